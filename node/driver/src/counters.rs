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
            writes: self.writes + other.writes,
            synced: self.synced + other.synced,
            loads: self.loads + other.loads,
            evictions: self.evictions + other.evictions,
            corrupt: self.corrupt + other.corrupt,
        }
    }
}
