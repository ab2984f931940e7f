//! The client's side of an operation, through its retries: twin of [`QuorumRead`](crate::QuorumRead).

use crate::{NodeId, NotApplied, Operation, Outcome, Recorded, Reply, Request, RequestId, Slot};
use alloc::vec::Vec;

/// One operation from its first attempt to its outcome.
///
/// Every attempt carries the same id and the same base. An attempt is open from when it may have left
/// until its replica says that it was never proposed. While any attempt is open, the operation may
/// still apply, and nothing but a recorded outcome ends it other than as unknown (P18).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WriteAttempt {
    request: Request,
    base_known: bool,
    replicas: Vec<NodeId>,
    turn: usize,
    sent: u8,
    open: Vec<(NodeId, u8)>,
    ever_unknown: bool,
}

/// What the operation's caller does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WriteStep {
    /// Ask this replica which slot of the key it knows chosen, then call [`WriteAttempt::on_slot`].
    AskSlot(NodeId),
    /// Send this attempt.
    Send {
        /// To whom.
        to: NodeId,
        /// With which request; `request.attempt` names the attempt in [`WriteAttempt::on_reply`].
        request: Request,
    },
    /// Wait for a reply, or for patience to run out ([`WriteAttempt::on_timeout`]).
    Wait,
    /// The operation is over.
    Done(WriteOutcome),
}

/// What an operation came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WriteOutcome {
    /// Chosen, with this outcome.
    Recorded(Recorded),
    /// Surely not applied, now and later.
    NotApplied(NotApplied),
    /// It may have applied, or may yet.
    Unknown,
}

impl WriteAttempt {
    /// Attempts that one operation makes at most; after them it waits for what is under way.
    pub const ATTEMPTS_MAX: u8 = 32;

    /// Begins an operation. `base` is a slot of the key that any replica named to this client before,
    /// if one did. `replicas` are tried in turn and must not be empty.
    pub fn start(
        id: RequestId,
        base: Option<Slot>,
        keep: u8,
        operation: Operation,
        replicas: Vec<NodeId>,
    ) -> (Self, WriteStep) {
        let request = Request { id, base: base.unwrap_or_default(), attempt: 0, keep, operation };
        let mut write = Self {
            request,
            base_known: base.is_some(),
            replicas,
            turn: 0,
            sent: 0,
            open: Vec::new(),
            ever_unknown: false,
        };
        let step = write.next();
        (write, step)
    }

    /// The id that every attempt carries.
    pub fn id(&self) -> RequestId {
        self.request.id
    }

    /// The base that every attempt names, once it is known.
    pub fn base(&self) -> Option<Slot> {
        self.base_known.then_some(self.request.base)
    }

    /// A replica named a slot that it knows chosen. The first such word fixes the base.
    ///
    /// A new base is for a request of which no attempt was ever proposed. A reply that contradicts the ones
    /// that said so takes the new base away again, and leaves the outcome to the deadline.
    pub fn on_slot(&mut self, slot: Slot) -> WriteStep {
        if self.base_known || self.ever_unknown {
            return WriteStep::Wait;
        }
        self.base_known = true;
        self.request.base = slot;
        self.turn = self.turn.saturating_sub(1); // The replica that named it answers, so it is asked first.
        self.next()
    }

    /// The reply to attempt `attempt`, sent to `from`.
    pub fn on_reply(&mut self, from: NodeId, attempt: u8, reply: Reply) -> WriteStep {
        match reply {
            Reply::Recorded(recorded) => self.recorded(recorded),
            Reply::Forgotten => {
                self.ever_unknown = true;
                WriteStep::Done(WriteOutcome::Unknown)
            }
            Reply::Unknown => {
                self.ever_unknown = true;
                self.next()
            }
            Reply::NotApplied(reason) => {
                self.open.retain(|open| *open != (from, attempt));
                if reason == NotApplied::Stale {
                    return self.outlived();
                }
                if usize::from(self.sent) >= self.replicas.len() && self.is_surely_not_applied() {
                    return WriteStep::Done(WriteOutcome::NotApplied(reason));
                }
                self.next()
            }
        }
    }

    /// Attempt `attempt` to `to` surely never left this client.
    pub fn on_unsent(&mut self, to: NodeId, attempt: u8) -> WriteStep {
        self.open.retain(|open| *open != (to, attempt));
        self.next()
    }

    /// Patience with the last attempt has run out: try the next replica, under the same id.
    pub fn on_timeout(&mut self) -> WriteStep {
        if mutant!(RetryNewBase) {
            self.base_known = false;
        }
        self.next()
    }

    /// The caller's deadline. What is not known by now is unknown, unless no attempt is open.
    pub fn on_deadline(&self) -> WriteOutcome {
        if self.is_surely_not_applied() || mutant!(TimeoutIsFailure) {
            WriteOutcome::NotApplied(NotApplied::Withdrawn)
        } else {
            WriteOutcome::Unknown
        }
    }

    /// The key has moved too far for the base.
    fn outlived(&mut self) -> WriteStep {
        // A cancellation speaks for attempts that are not its own: its base stays theirs. (A replica may
        // have answered it together with an attempt of theirs that waited there.)
        let speaks_for_others = self.request.operation == Operation::Cancel && !mutant!(CancelRebased);
        if speaks_for_others || self.ever_unknown {
            self.ever_unknown = true;
            return WriteStep::Done(WriteOutcome::Unknown);
        }
        if !self.open.is_empty() {
            return WriteStep::Wait; // No other replica can tell; one with an open attempt may.
        }
        // No attempt was ever proposed, so a slot chosen by now is as good a base as the first.
        self.base_known = false;
        self.next()
    }

    fn is_surely_not_applied(&self) -> bool {
        self.open.is_empty() && !self.ever_unknown
    }

    /// Somebody else's `resolve` may have closed the id: then it surely does not apply.
    fn recorded(&self, recorded: Recorded) -> WriteStep {
        let cancelled = recorded.outcome == Outcome::Cancelled && self.request.operation != Operation::Cancel;
        WriteStep::Done(if cancelled {
            WriteOutcome::NotApplied(NotApplied::Withdrawn)
        } else {
            WriteOutcome::Recorded(recorded)
        })
    }

    fn next(&mut self) -> WriteStep {
        let Some(to) = self.replicas.get(self.turn % self.replicas.len().max(1)).copied() else {
            return WriteStep::Wait;
        };
        if self.sent >= Self::ATTEMPTS_MAX {
            return WriteStep::Wait;
        }
        self.turn += 1;
        if !self.base_known {
            return WriteStep::AskSlot(to);
        }
        let mut request = self.request.clone();
        request.attempt = self.sent;
        if mutant!(RetryNewId) {
            request.id.sequence += u64::from(self.sent) << 32;
        }
        self.open.push((to, self.sent));
        self.sent += 1;
        WriteStep::Send { to, request }
    }
}
