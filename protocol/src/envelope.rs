use crate::{LogId, Message};

/// A message, and the log it is about: what replicas send each other.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Envelope {
    /// Which log.
    pub log: LogId,
    /// What its replica at the sender says.
    pub message: Message,
}
