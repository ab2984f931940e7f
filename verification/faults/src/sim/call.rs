//! What clients send to nodes and get back.

use quorate_node::driver::DriverRefusal;
use quorate_protocol::{LogId, ReadId, ReadReply, Reply, Request, Slot};

/// A question of a client, for one of its operations.
#[derive(Clone, Debug)]
pub(super) enum Call {
    Slot { log: LogId },
    Write { log: LogId, request: Request },
    Read { log: LogId, id: ReadId, full: bool },
    Help { log: LogId, slot: Slot },
    Settle { log: LogId, slot: Slot },
}

/// What came of it.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    Slot(Slot),
    Written {
        attempt: u8,
        result: Result<Reply, DriverRefusal>,
    },
    /// The node could not be reached: the attempt surely never left.
    Unsent {
        attempt: u8,
    },
    Read(ReadReply),
}
