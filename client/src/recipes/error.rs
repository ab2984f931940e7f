//! How a recipe fails.

use super::{NAME_BYTES_MAX, RESULT_BYTES_MAX};
use crate::{Error, Outcome};

/// Why a recipe has no result. That somebody else holds the lock, say, is a result.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecipeError {
    /// The operation below failed. With [`Error::Unknown`] the step may have been taken, or may be yet; each
    /// recipe says how to go on.
    #[error(transparent)]
    Client(#[from] Error),
    /// The key holds something that this recipe did not write. It was left as it is.
    #[error("the key holds something else: {0}")]
    Foreign(#[from] Foreign),
    /// The name of a holder is empty or too long. Nothing was sent.
    #[error("the name has {bytes} bytes; 1 to {NAME_BYTES_MAX} are allowed")]
    NameLength {
        /// Its length.
        bytes: usize,
    },
    /// A result, or a fenced value, is too long. Nothing was sent.
    #[error("the result has {bytes} bytes; at most {RESULT_BYTES_MAX} are allowed")]
    ResultLength {
        /// Its length.
        bytes: usize,
    },
    /// The sum of a counter would leave the range of 64 bits. It is as it was.
    #[error("the counter would leave the range of 64 bits")]
    Overflow,
}

/// Why bytes are not a recipe's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Foreign {
    /// They do not begin as this recipe's values do.
    #[error("not a value of this recipe")]
    Kind,
    /// They were written by another version of this library, in a format that this one does not know.
    #[error("a value of format version {0}, which this library does not know")]
    Version(u8),
    /// They begin rightly, and go on wrongly.
    #[error("a value that breaks off, or goes on wrongly")]
    Malformed,
    /// They are no decimal integer of 64 bits.
    #[error("not a decimal integer of 64 bits")]
    NotANumber,
}

impl RecipeError {
    /// What is known of the step's effect.
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::Client(error) => error.outcome(),
            _ => Outcome::NotApplied,
        }
    }

    /// Whether the same call may succeed when it is made again, and cannot take effect twice by that.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Client(error) if error.is_retryable())
    }
}
