use crate::driver::DriverError;
use crate::store::StoreError;

/// Why an engine stopped by itself. The process must exit: what it holds in memory may not be trusted, or what it
/// holds on disk is not known.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fatal {
    /// A commit failed. Whether its writes are durable is not known; only a restart reads what is there.
    #[error("a commit failed: {0}")]
    Sync(#[source] StoreError),
    /// The core broke an invariant, or the store could not be read.
    #[error(transparent)]
    Driver(#[from] DriverError),
    /// A thread of the engine panicked.
    #[error("the thread {0} panicked")]
    Panicked(
        /// Its name.
        String,
    ),
}
