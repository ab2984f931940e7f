//! What happens to a log.

use crate::{Message, Request, RequestId, Slot, Timer};

/// One event for [`PaxosLog::step`](crate::PaxosLog::step).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Input {
    /// A message of another replica arrived.
    Receive(Message),
    /// A client asks for a change.
    Propose(Request),
    /// The caller of a request no longer waits. Its answer comes at once, if it still waits here.
    Withdraw(RequestId),
    /// A reader found this slot open: send on what this replica accepted there, under its ballot.
    Help(Slot),
    /// A reader needs this slot settled: complete what was accepted in it. Never a new value.
    Settle(Slot),
    /// A timer that an output armed has fired.
    Timeout(Timer),
    /// The write under way is durable.
    Durable,
}
