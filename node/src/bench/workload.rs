use crate::driver::SplitMix64;
use bytes::Bytes;

/// What the workers do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Workload {
    /// Puts only.
    Put,
    /// Gets only, of keys that were put before the clock starts.
    Get,
    /// One put for every get, at random.
    Mixed,
}

/// Keys and values of one run.
#[derive(Clone, Debug)]
pub struct Material {
    keys: u64,
    key_size: usize,
    value: Bytes,
}

/// The shortest key that tells the keys of a run apart.
const KEY_SIZE_MIN: usize = 16;

impl Material {
    /// `keys` keys of `key_size` bytes, values of `value_size` bytes that do not compress.
    pub fn new(keys: u64, key_size: usize, value_size: usize, random: &mut SplitMix64) -> Self {
        let value =
            (0..value_size.div_ceil(8)).flat_map(|_| random.next_u64().to_le_bytes()).take(value_size).collect();
        Self { keys, key_size: key_size.max(KEY_SIZE_MIN), value }
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

    /// One key, all alike likely.
    pub fn any_key(&self, random: &mut SplitMix64) -> Bytes {
        self.key(random.below(self.keys))
    }

    /// A value: shared bytes, which cost the benchmark itself nothing.
    pub fn value(&self) -> Bytes {
        self.value.clone()
    }
}

impl Workload {
    /// Whether the next operation is a put.
    pub fn puts_next(self, random: &mut SplitMix64) -> bool {
        match self {
            Self::Put => true,
            Self::Get => false,
            Self::Mixed => random.next_u64() & 1 == 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_as_asked_and_keys_differ() {
        let material = Material::new(1000, 20, 13, &mut SplitMix64::new(1));
        assert_eq!((material.key(7).len(), material.value().len()), (20, 13));
        let keys: std::collections::BTreeSet<_> = (0..1000).map(|index| material.key(index)).collect();
        assert_eq!(keys.len(), 1000);
        assert_eq!(Material::new(u64::MAX, 1, 0, &mut SplitMix64::new(1)).key(9_999_999).len(), KEY_SIZE_MIN);
    }
}
