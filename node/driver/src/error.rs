use quorate_protocol::{LogId, Violation};
use std::error::Error;

/// Why a driver stopped. It does nothing any more, and neither may the node.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DriverError {
    /// The core broke an invariant of its own.
    #[error("the log of key {:?} broke an invariant: {violation}", log.key)]
    Violation {
        /// Which log.
        log: LogId,
        /// What was broken.
        violation: Violation,
    },
    /// The store cannot be read.
    #[error("the store cannot be read: {0}")]
    Store(#[source] Box<dyn Error + Send + Sync>),
    /// It stopped earlier.
    #[error("the driver has stopped")]
    Stopped,
}
