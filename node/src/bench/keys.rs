use super::Zipf;
use crate::driver::SplitMix64;
use std::sync::atomic::{AtomicU64, Ordering};

/// How often each key is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Spread {
    /// All alike.
    Uniform,
    /// By Zipf's law with this exponent: the first keys most of the time.
    Zipf(f64),
    /// Writes take the keys in turn; reads take what was written lately, by Zipf's law with this exponent.
    Latest(f64),
}

/// The keys of a run, by number, as they are drawn.
#[derive(Debug)]
pub struct Keys {
    count: u64,
    /// `None`: all alike.
    zipf: Option<Zipf>,
    /// Keys that were written in turn so far.
    turn: Option<AtomicU64>,
}

impl Keys {
    /// `count` keys, at least 1.
    pub fn new(count: u64, spread: Spread) -> Self {
        let zipf = match spread {
            Spread::Uniform => None,
            Spread::Zipf(exponent) | Spread::Latest(exponent) => Some(Zipf::new(count, exponent)),
        };
        // All of them were written before.
        let turn = matches!(spread, Spread::Latest(_)).then(|| AtomicU64::new(count));
        Self { count: count.max(1), zipf, turn }
    }

    /// A key to be written.
    pub fn to_write(&self, random: &mut SplitMix64) -> u64 {
        match &self.turn {
            Some(turn) => turn.fetch_add(1, Ordering::Relaxed) % self.count,
            None => self.any(random),
        }
    }

    /// A key to be read.
    pub fn to_read(&self, random: &mut SplitMix64) -> u64 {
        let drawn = self.any(random);
        match &self.turn {
            Some(turn) => (turn.load(Ordering::Relaxed).saturating_sub(1 + drawn)) % self.count,
            None => drawn,
        }
    }

    fn any(&self, random: &mut SplitMix64) -> u64 {
        match &self.zipf {
            Some(zipf) => zipf.draw(random),
            None => random.below(self.count),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(spread: Spread, draw: impl Fn(&Keys, &mut SplitMix64) -> u64) -> Vec<u64> {
        let (keys, mut random) = (Keys::new(10, spread), SplitMix64::new(1));
        (0..1000).map(|_| draw(&keys, &mut random)).collect()
    }

    fn share(drawn: &[u64], key: u64) -> usize {
        drawn.iter().filter(|found| **found == key).count()
    }

    #[test]
    fn keys_are_spread_as_asked() {
        let uniform = drawn(Spread::Uniform, Keys::to_read);
        assert!((0..10).all(|key| (50..200).contains(&share(&uniform, key))), "{uniform:?}");
        let zipf = drawn(Spread::Zipf(0.99), Keys::to_write);
        assert!(share(&zipf, 0) > 250 && share(&zipf, 9) < 100, "{zipf:?}");
        assert!([&uniform, &zipf].iter().all(|drawn| drawn.iter().all(|key| *key < 10)));
    }

    #[test]
    fn what_was_written_last_is_read_most() {
        let (keys, mut random) = (Keys::new(10, Spread::Latest(0.99)), SplitMix64::new(1));
        let written: Vec<u64> = (0..14).map(|_| keys.to_write(&mut random)).collect();
        assert_eq!(written, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3]);
        let read: Vec<u64> = (0..1000).map(|_| keys.to_read(&mut random)).collect();
        assert!(share(&read, 3) > 250 && share(&read, 4) < 100, "{read:?}");
    }
}
