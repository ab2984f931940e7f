//! The pure core of Quorate: what one replica of one key's Paxos log does.
//!
//! Every key has a Paxos log of its own; every replica may propose in it. The log is the value: a
//! replica keeps the last chosen entry and, for the slot after it, one promise and one accepted
//! entry. [`PaxosLog::step`] is the only mutator. It takes an [`Input`], performs no I/O, reads no
//! clock and draws no random number, and returns an [`Output`]: what to make durable, what may be
//! sent now, who is answered, which timers to arm.
//!
//! The same compiled code runs in the model checker, in the simulator and in the node. The crate is
//! `no_std`, so that the compiler itself keeps clocks, threads, files and sockets out of it.
//!
//! More machines live here, since each decides something about safety: [`QuorumRead`] (a linearizable read, run by
//! clients and nodes), [`SessionRead`] (the same, allowed to stop where its session has [`Seen`] enough),
//! [`WriteAttempt`] (a client's operation through its retries), and [`evaluate`] (which waiting requests become an
//! entry).
//!
//! Numbers such as P4 cite the properties in `spec/PROPERTIES.md`.
//!
//! ```
//! use quorate_protocol::{Config, Input, LogRecord, NodeId, Operation, PaxosLog, Replica, Request, RequestId};
//! use std::sync::Arc;
//!
//! // One voter is a majority of itself: a write is chosen as soon as it is durable.
//! let config = Config::new(1.into(), [NodeId(1)])?;
//! let replica = Arc::new(Replica::new(NodeId(1), 1.into(), config)?);
//! let mut log = PaxosLog::restore(replica, LogRecord::default())?;
//! let request = Request::first(RequestId::new(7, 1), 0.into(), Operation::put("tea"));
//! let prepare = log.step(Input::Propose(request));
//! assert!(prepare.write.is_some(), "a promise is made durable first");
//! let accept = log.step(Input::Durable);
//! assert!(accept.write.is_some(), "then the vote");
//! let chosen = log.step(Input::Durable);
//! assert_eq!(chosen.done.len(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

#[macro_use]
mod mutant;
mod ballot;
mod check;
mod entry;
mod envelope;
mod error;
mod evaluate;
mod id;
mod input;
mod limits;
mod log;
mod message;

mod operation;
mod output;
mod quorum;
mod quorum_read;
mod read;
mod record;
mod rejoin;
mod reply;
mod seen;
mod session_read;
pub mod trace;
mod version;
mod write_attempt;

pub use ballot::{Ballot, Owner, Round};
pub use check::Violation;
pub use entry::{Entry, Outcome, Recorded};
pub use envelope::Envelope;
pub use error::{ConfigError, RestoreError};
pub use evaluate::{Evaluation, evaluate};
pub use id::{ClientId, ConfigEpoch, Incarnation, LogId, Namespace, NodeId, ReadId, RequestId, Slot};
pub use input::Input;
pub use limits::*;
pub use log::{IdleImage, PaxosLog, Phase, Replica};
pub use message::{ChosenNotice, Malformed, Message, Proposal, Row};
#[cfg(feature = "mutants")]
pub use mutant::{Mutant, activate};
pub use operation::{Expect, Operation, Request};
pub use output::{Output, Range, Timer};
pub use quorum::{Config, NodeSet};
pub use quorum_read::{QuorumRead, ReadResult, ReadStep};
pub use read::{ReadReply, Snapshot, read_reply};
pub use record::{Accepted, Chosen, LogRecord};
pub use rejoin::{Forgotten, Rejoin, RejoinStep};
#[cfg(feature = "mutants")]
pub use rejoin::{RejoinPart, leave_out};
pub use reply::{NotApplied, Reply};
pub use seen::{Need, NotSeen, Seen};
pub use session_read::{SeenAhead, SessionRead, bring_up};
pub use version::Version;
pub use write_attempt::{WriteAttempt, WriteOutcome, WriteStep};

/// Whether this build holds the wrong variants of the rules. A product build asserts that it does not.
pub const MUTANTS_COMPILED_IN: bool = cfg!(feature = "mutants");
