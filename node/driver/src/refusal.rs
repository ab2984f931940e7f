use quorate_protocol::{KEY_BYTES_MAX, VALUE_BYTES_MAX};

/// Why a driver did not take a request in. This attempt was not proposed and never will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DriverRefusal {
    /// The key is empty or too long.
    #[error("the key has {bytes} bytes; 1 to {KEY_BYTES_MAX} are allowed")]
    KeyLength {
        /// What it has, saturating.
        bytes: u32,
    },
    /// The value is too long.
    #[error("the value has {bytes} bytes; {VALUE_BYTES_MAX} are allowed")]
    ValueLength {
        /// What it has, saturating.
        bytes: u32,
    },
    /// The record of this log failed its check: it neither votes nor answers.
    #[error("the record of this key is corrupt")]
    CorruptLog,
    /// Too much is in memory, or waits.
    #[error("the driver has too much under way")]
    Overloaded,
}
