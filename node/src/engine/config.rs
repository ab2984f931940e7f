use crate::driver::DriverLimits;
use std::time::Duration;

/// The engine's bounds. The defaults suit a node with a few gibibytes of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EngineConfig {
    /// Driver threads; each owns the logs whose ids hash to it. At least 1.
    pub shards: u16,
    /// Events that wait for one driver, and the bytes they hold. Beyond, requests are refused and messages dropped.
    pub inbox: usize,
    /// See `inbox`.
    pub inbox_bytes: usize,
    /// Messages that wait for one peer, and the bytes they hold. Beyond, messages are dropped.
    pub outbox: usize,
    /// See `outbox`.
    pub outbox_bytes: usize,
    /// Records that one shard shows to readers without asking the store; together they weigh no more than the bytes
    /// that its driver may hold.
    pub cache: usize,
    /// Jobs that one commit serves at most. A job holds the writes of one driver's turn.
    pub commit_jobs: usize,
    /// The bounds of each driver.
    pub driver: DriverLimits,
    /// The longest time that a request waits for its answer.
    pub wait_max: Duration,
    /// How long a clean stop lets requests under way finish.
    pub stop_grace: Duration,
    /// The share of the store's map, in percent, beyond which writes are refused.
    pub full_percent: u8,
    /// For drawing timers; `None` draws one.
    pub seed: Option<u64>,
}

impl Default for EngineConfig {
    fn default() -> Self {
        Self {
            shards: 1,
            inbox: 1 << 16,
            inbox_bytes: 256 << 20,
            outbox: 1 << 16,
            outbox_bytes: 64 << 20,
            cache: 1 << 17,
            commit_jobs: 256,
            driver: DriverLimits::default(),
            wait_max: Duration::from_secs(60),
            stop_grace: Duration::from_secs(2),
            full_percent: 95,
            seed: None,
        }
    }
}
