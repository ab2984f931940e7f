use quorate_protocol::Range;

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): small, seeded, and the same on every machine. For timers and
/// simulations, never for anything an attacker must not guess.
#[derive(Clone, Debug)]
pub struct SplitMix64(u64);

impl SplitMix64 {
    /// The generator with this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`; 0 for a bound of 0. The bias of the remainder is below one in 2^32 for bounds below it.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next_u64().checked_rem(bound).unwrap_or(0)
    }

    /// A wait within a range, in milliseconds.
    pub fn draw(&mut self, range: Range) -> u64 {
        let width = u64::from(range.max_ms.saturating_sub(range.min_ms)) + 1;
        u64::from(range.min_ms) + self.below(width)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stay_below_their_bound_and_cover_it() {
        let mut random = SplitMix64::new(7);
        let mut seen = [false; 10];
        for _ in 0..1000 {
            let number = random.below(10);
            seen[usize::try_from(number).unwrap()] = true;
        }
        assert_eq!(seen, [true; 10]);
        assert_eq!(random.below(0), 0);
    }
}
