//! What clients ask a node, and what it answers.

use super::{Inspection, NodeStatus};
use quorate_protocol::{
    ConfigEpoch, Expect, KEY_BYTES_MAX, LogId, Operation, ReadId, ReadReply, Reply, Request, Slot, VALUE_BYTES_MAX,
};
use serde::{Deserialize, Serialize};

/// A client's request, by format version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KvRequest {
    /// The first format.
    V1 {
        /// The configuration that the client counts quorums in; 0 when the request needs none. A node in
        /// another epoch refuses it.
        epoch: ConfigEpoch,
        /// What is asked.
        request: KvRequestV1,
    },
}

/// One request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KvRequestV1 {
    /// Have this request chosen. Answered by [`KvResponseV1::Written`].
    Write {
        /// Which log.
        log: LogId,
        /// One attempt of a client's operation.
        request: Request,
    },
    /// What this replica answers to a linearizable read. Answered by [`KvResponseV1::Read`].
    Read {
        /// Which log.
        log: LogId,
        /// The read it is part of.
        id: ReadId,
        /// Whether the values shall travel.
        full: bool,
    },
    /// The highest slot this replica knows chosen. Answered by [`KvResponseV1::Slot`].
    Slot {
        /// Which log.
        log: LogId,
    },
    /// Send on what this replica accepted in an open slot. Answered by [`KvResponseV1::Ack`].
    Help {
        /// Which log.
        log: LogId,
        /// The open slot.
        slot: Slot,
    },
    /// Complete an open slot. Answered by [`KvResponseV1::Ack`], before it is completed.
    Settle {
        /// Which log.
        log: LogId,
        /// The open slot.
        slot: Slot,
    },
    /// What this replica holds for a log. Answered by [`KvResponseV1::Inspection`].
    Inspect {
        /// Which log.
        log: LogId,
    },
    /// How the node is. Answered by [`KvResponseV1::Status`].
    Status,
}

/// A node's answer, by format version: that of the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KvResponse {
    /// The first format.
    V1(KvResponseV1),
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KvResponseV1 {
    /// To [`KvRequestV1::Write`].
    Written(Reply),
    /// To [`KvRequestV1::Read`].
    Read(ReadReply),
    /// To [`KvRequestV1::Slot`]; 0 when nothing is known chosen.
    Slot(Slot),
    /// To [`KvRequestV1::Help`] and [`KvRequestV1::Settle`]: taken in.
    Ack,
    /// To [`KvRequestV1::Inspect`].
    Inspection(Box<Inspection>),
    /// To [`KvRequestV1::Status`].
    Status(Box<NodeStatus>),
}

/// Why a node did not take a request in. Whatever the reason, this attempt was not proposed and never
/// will be; other attempts of the same operation may have been.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
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
    /// The client counts quorums in another configuration.
    #[error("the node is in configuration epoch {}", .current.0)]
    WrongEpoch {
        /// The node's.
        current: ConfigEpoch,
    },
    /// The node's record of this log failed its check: the node neither votes nor answers in it.
    #[error("the node's record of this key is corrupt")]
    CorruptLog,
    /// Too much is under way at the node.
    #[error("the node has too much under way")]
    Overloaded,
    /// The node is stopping.
    #[error("the node is stopping")]
    ShuttingDown,
    /// The node serves no such request in its present state.
    #[error("the node does not serve this request")]
    Unsupported,
}

#[cfg(feature = "driver")]
impl From<quorate_driver::DriverRefusal> for Refusal {
    fn from(refusal: quorate_driver::DriverRefusal) -> Self {
        use quorate_driver::DriverRefusal;
        match refusal {
            DriverRefusal::KeyLength { bytes } => Self::KeyLength { bytes },
            DriverRefusal::ValueLength { bytes } => Self::ValueLength { bytes },
            DriverRefusal::CorruptLog => Self::CorruptLog,
            DriverRefusal::Overloaded => Self::Overloaded,
        }
    }
}

impl KvRequest {
    /// A request that depends on the voters of `epoch`.
    pub fn v1(epoch: ConfigEpoch, request: KvRequestV1) -> Self {
        Self::V1 { epoch, request }
    }
}

impl KvRequestV1 {
    /// The log it is about, if it is about one.
    pub fn log(&self) -> Option<&LogId> {
        match self {
            Self::Write { log, .. }
            | Self::Read { log, .. }
            | Self::Slot { log }
            | Self::Help { log, .. }
            | Self::Settle { log, .. }
            | Self::Inspect { log } => Some(log),
            Self::Status => None,
        }
    }

    /// Whether keys and values are within bounds. Client and node apply this same check.
    ///
    /// # Errors
    /// [`Refusal::KeyLength`] or [`Refusal::ValueLength`].
    pub fn check_limits(&self) -> Result<(), Refusal> {
        if let Some(log) = self.log() {
            check_key(log)?;
        }
        match self {
            Self::Write { request, .. } => check_operation(&request.operation),
            _ => Ok(()),
        }
    }
}

/// Whether the key's length is within bounds.
pub(crate) fn check_key(log: &LogId) -> Result<(), Refusal> {
    let length = log.key.len();
    if length == 0 || length > KEY_BYTES_MAX {
        return Err(Refusal::KeyLength { bytes: saturated(length) });
    }
    Ok(())
}

/// Whether the values that an operation carries are within bounds: what it stores, and what it expects.
pub(crate) fn check_operation(operation: &Operation) -> Result<(), Refusal> {
    let expected = match operation {
        Operation::CompareAndSet { expect: Expect::Value(value), .. } => value.len(),
        _ => 0,
    };
    let longest = expected.max(operation.value_bytes());
    if longest > VALUE_BYTES_MAX {
        return Err(Refusal::ValueLength { bytes: saturated(longest) });
    }
    Ok(())
}

fn saturated(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
