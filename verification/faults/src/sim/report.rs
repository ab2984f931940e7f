use quorate_spec::Violation;

/// What a run came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// A hash of everything that happened.
    pub digest: u64,
    /// Events handled.
    pub events: u64,
    /// Operations that the clients finished.
    pub operations: u64,
    /// Of those, how many ended unknown.
    pub unknown: u64,
    /// Attempts that were answered as forgotten.
    pub forgotten: u64,
    /// Reads that were given up.
    pub unavailable: u64,
    /// Reads that one round answered, and all reads that were answered.
    pub one_round: u64,
    /// See `one_round`.
    pub reads: u64,
    /// Slots chosen.
    pub chosen: u64,
    /// Writes that a crash took back, and those it did not although their node had not heard of them.
    pub lost: u64,
    /// See `lost`.
    pub survived: u64,
    /// Logs that drivers dropped from memory.
    pub evictions: u64,
    /// Prepares begun.
    pub prepares: u64,
    /// Steps of the drivers that were run again from their traces.
    pub replayed: u64,
}

/// Why a run failed. The seed has it again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// A property does not hold.
    #[error("at {at_ms} ms, event {event}: {violation}")]
    Property {
        /// Virtual time.
        at_ms: u64,
        /// How many events came before.
        event: u64,
        /// Which, and how.
        violation: Violation,
    },
    /// A driver stopped.
    #[error("a driver stopped: {0}")]
    Driver(#[from] quorate_node::driver::DriverError),
    /// The disk's bytes are no record.
    #[error("a simulated disk cannot be read: {0}")]
    Store(#[from] quorate_node::store::LoadError),
    /// The protocol's own types refused the configuration.
    #[error("the configuration cannot be: {0}")]
    Config(#[from] quorate_protocol::ConfigError),
    /// Without faults, an operation found no end, or a bad one.
    #[error("no progress without faults: {0}")]
    Progress(String),
    /// The drivers' traces cannot be explained.
    #[error("the drivers' traces are not explained:\n{0}")]
    Trace(String),
    /// What clients were told cannot have been.
    #[error("the history is not linearizable:\n{0}")]
    History(String),
}
