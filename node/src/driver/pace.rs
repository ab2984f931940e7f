/// How many requests a log has seen in about the last two seconds. It decides how many request ids the log's entries
/// keep: enough that a retry still finds its first attempt, and no more. Policy only; fewer ids are always safe.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pace {
    second: u64,
    now: u32,
    before: u32,
}

impl Pace {
    /// Counts a request; how many earlier ids its entry should keep.
    pub(super) fn count(&mut self, now_ms: u64) -> u8 {
        let second = now_ms / 1000;
        match second.saturating_sub(self.second) {
            0 => {}
            1 => (self.before, self.now) = (self.now, 0),
            _ => (self.before, self.now) = (0, 0),
        }
        self.second = self.second.max(second);
        self.now = self.now.saturating_add(1);
        // Rounded up, so that the length does not change with every request.
        match self.before.saturating_add(self.now) {
            0..=2 => 2,
            3..=4 => 4,
            5..=8 => 8,
            9..=16 => 16,
            17..=32 => 32,
            _ => 64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pace;

    #[test]
    fn a_cold_key_keeps_two_ids_and_a_hot_one_64() {
        let mut pace = Pace::default();
        assert_eq!(pace.count(10), 2);
        let last = (0..100).map(|step| pace.count(1000 + step)).last();
        assert_eq!(last, Some(64));
        assert_eq!(pace.count(2500), 64, "the second before still counts");
        assert_eq!(pace.count(9000), 2, "long ago does not");
    }
}
