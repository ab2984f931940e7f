use crate::driver::SplitMix64;
use bytes::Bytes;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Keys and values of one run.
#[derive(Clone, Debug)]
pub struct Material {
    keys: u64,
    key_size: usize,
    value_size: usize,
    values: Values,
}

#[derive(Clone, Debug)]
enum Values {
    /// The same bytes every time.
    Alike(Bytes),
    /// No two alike: the run's number and a serial number.
    Told { run: u64, serial: Arc<AtomicU64> },
}

/// The shortest key that tells the keys of a run apart.
pub const KEY_SIZE_MIN: usize = 16;
/// The shortest values that are told apart: `r`, 16 digits, `-`, and up to 14 digits.
pub const TOLD_SIZE_MIN: usize = 32;
/// What values that are told apart are filled up with.
const FILLER: u8 = b'.';

impl Material {
    /// `keys` keys of `key_size` bytes; each value the same `value_size` bytes, which do not compress.
    pub fn alike(keys: u64, key_size: usize, value_size: usize, random: &mut SplitMix64) -> Self {
        let value =
            (0..value_size.div_ceil(8)).flat_map(|_| random.next_u64().to_le_bytes()).take(value_size).collect();
        Self { keys, key_size: key_size.max(KEY_SIZE_MIN), value_size, values: Values::Alike(value) }
    }

    /// The same with values that are told apart, from each other and from those of other runs; at least
    /// [`TOLD_SIZE_MIN`] bytes each.
    pub fn told(keys: u64, key_size: usize, value_size: usize, run: u64) -> Self {
        let (key_size, value_size) = (key_size.max(KEY_SIZE_MIN), value_size.max(TOLD_SIZE_MIN));
        Self { keys, key_size, value_size, values: Values::Told { run, serial: Arc::default() } }
    }

    /// How many keys there are.
    pub fn keys(&self) -> u64 {
        self.keys
    }

    /// Key `index` of the run.
    pub fn key(&self, index: u64) -> Bytes {
        let mut key = format!("bench{index:011}").into_bytes();
        key.resize(self.key_size, b'.');
        key.into()
    }

    /// The next value.
    pub fn value(&self) -> Bytes {
        match &self.values {
            // Shared bytes, which cost the benchmark itself nothing.
            Values::Alike(value) => value.clone(),
            Values::Told { run, serial } => {
                let mut value = format!("r{run:016x}-{}", serial.fetch_add(1, Ordering::Relaxed)).into_bytes();
                value.resize(self.value_size, FILLER);
                value.into()
            }
        }
    }

    /// A value as a history keeps it: without what fills it up, if it is a whole one. Anything else is kept as it is,
    /// and then is a value that nobody wrote.
    pub fn brief(&self, value: &[u8]) -> Vec<u8> {
        let filled = value.iter().rev().take_while(|byte| **byte == FILLER).count();
        let whole = value.len() == self.value_size;
        value.get(..value.len() - filled).filter(|_| whole).unwrap_or(value).to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn sizes_are_as_asked_and_keys_differ() {
        let material = Material::alike(1000, 20, 13, &mut SplitMix64::new(1));
        assert_eq!((material.key(7).len(), material.value().len()), (20, 13));
        assert_eq!(material.value(), material.value());
        let keys: BTreeSet<_> = (0..1000).map(|index| material.key(index)).collect();
        assert_eq!(keys.len(), 1000);
        assert_eq!(Material::alike(u64::MAX, 1, 0, &mut SplitMix64::new(1)).key(9_999_999).len(), KEY_SIZE_MIN);
    }

    #[test]
    fn values_are_told_apart_also_when_they_are_brief() {
        let (one, other) = (Material::told(1, 16, 40, 7), Material::told(1, 16, 40, 8));
        let values: Vec<Bytes> = (0..100).flat_map(|_| [one.value(), other.value()]).collect();
        assert!(values.iter().all(|value| value.len() == 40));
        assert_eq!(values.iter().collect::<BTreeSet<_>>().len(), 200);
        assert_eq!(values.iter().map(|value| one.brief(value)).collect::<BTreeSet<_>>().len(), 200);
        assert_eq!(one.brief(&one.value()), b"r0000000000000007-100");
        assert_eq!(one.brief(b"r0000000000000007-1.."), b"r0000000000000007-1..", "it was cut short");
        assert_eq!(Material::told(1, 16, 0, 7).value().len(), TOLD_SIZE_MIN);
    }
}
