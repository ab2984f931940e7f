/// Buckets of [`Counters::rounds`].
pub const ROUNDS_MAX: usize = 9;

/// What a driver has done since it was made. Each only grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Requests of clients that were taken in.
    pub requests: u64,
    /// Requests of clients that were refused before the core saw them.
    pub refused: u64,
    /// Answers given, refusals not counted.
    pub answers: u64,
    /// Requests that were taken back at their deadline.
    pub expired: u64,
    /// Messages of peers that the core looked at.
    pub received: u64,
    /// Messages of peers that were malformed, or over a limit.
    pub malformed: u64,
    /// Messages of peers that were dropped: their log is corrupt, or too many logs are busy.
    pub dropped: u64,
    /// Messages for peers.
    pub sent: u64,
    /// Messages for peers that were dropped, since one turn made too many.
    pub unsent: u64,
    /// Prepares begun.
    pub prepares: u64,
    /// Attempts at a write that were answered, by the round trips to a majority that they took at least: 1, 2, and so
    /// on; the last is for all above.
    pub rounds: [u64; ROUNDS_MAX],
    /// Times that a log's proposer left it to another for a while.
    pub deferrals: u64,
    /// Times that a log's proposer sent an open round again.
    pub resends: u64,
    /// Writes issued.
    pub writes: u64,
    /// Writes confirmed.
    pub synced: u64,
    /// Records loaded from the store, absent ones included.
    pub loads: u64,
    /// Logs that were dropped from memory.
    pub evictions: u64,
    /// Loads that found a corrupt record.
    pub corrupt: u64,
}

impl Counters {
    /// Both together, for several shards.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            requests: self.requests + other.requests,
            refused: self.refused + other.refused,
            answers: self.answers + other.answers,
            expired: self.expired + other.expired,
            received: self.received + other.received,
            malformed: self.malformed + other.malformed,
            dropped: self.dropped + other.dropped,
            sent: self.sent + other.sent,
            unsent: self.unsent + other.unsent,
            prepares: self.prepares + other.prepares,
            rounds: std::array::from_fn(|at| at_or_0(&self.rounds, at) + at_or_0(&other.rounds, at)),
            deferrals: self.deferrals + other.deferrals,
            resends: self.resends + other.resends,
            writes: self.writes + other.writes,
            synced: self.synced + other.synced,
            loads: self.loads + other.loads,
            evictions: self.evictions + other.evictions,
            corrupt: self.corrupt + other.corrupt,
        }
    }

    /// The sum of all round trips in [`Counters::rounds`]; those of the last bucket count as its least.
    pub fn rounds_sum(&self) -> u64 {
        (1..).zip(self.rounds).map(|(rounds, attempts): (u64, u64)| rounds * attempts).sum()
    }

    /// Counts an answer that took so many prepares.
    pub(crate) fn count_rounds(&mut self, prepares: u64) {
        let at = usize::try_from(prepares).unwrap_or(usize::MAX).min(ROUNDS_MAX - 1);
        if let Some(attempts) = self.rounds.get_mut(at) {
            *attempts += 1;
        }
    }
}

fn at_or_0(counts: &[u64; ROUNDS_MAX], at: usize) -> u64 {
    counts.get(at).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_are_prepares_and_the_accept() {
        let mut counters = Counters::default();
        [0, 0, 1, 7, 8, 1000].into_iter().for_each(|prepares| counters.count_rounds(prepares));
        assert_eq!(counters.rounds, [2, 1, 0, 0, 0, 0, 0, 1, 2]);
        assert_eq!(counters.rounds_sum(), 2 + 2 + 8 + 18);
        assert_eq!(counters.plus(counters).rounds, [4, 2, 0, 0, 0, 0, 0, 2, 4]);
    }
}
