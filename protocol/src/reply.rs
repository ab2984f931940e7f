//! What a replica answers to one attempt of a request.

use crate::Recorded;

/// A replica's answer to one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Reply {
    /// It is chosen, with this outcome, for ever.
    Recorded(Recorded),
    /// This attempt was never proposed and never will be. Other attempts may have been.
    NotApplied(NotApplied),
    /// It may have been chosen, or may be yet.
    Unknown,
    /// This attempt was proposed, its slot went to another entry, and the key has since moved so far that
    /// the window no longer tells whether the request was recorded.
    Forgotten,
}

/// Why an attempt was turned away before it was proposed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum NotApplied {
    /// Too many requests wait for this key at this replica.
    Busy,
    /// Other proposers kept winning; the bound on prepares was reached (P17).
    Contention,
    /// The caller took it back, at its deadline.
    Withdrawn,
    /// The value it would leave is over the limit.
    TooLarge,
    /// The key has moved so far since the request's base that the window no longer tells whether another
    /// attempt of it was recorded. A request of which no attempt was ever proposed may take a new base.
    Stale,
}
