//! A client's write among replicas that answer anything.

use super::Source;
use super::build::{Build, Near, id};
use quorate_protocol::{
    Ballot, NodeId, NotApplied, Operation, Outcome, Recorded, Reply, Request, Slot, WriteAttempt, WriteOutcome,
    WriteStep,
};

const EVENTS_MAX: usize = 200;

/// Feeds a write any replies. Whatever comes: every attempt carries the same request; "not applied" is said only when
/// every attempt that left was turned away and none is in doubt, or when a replica says that the id was closed (P18);
/// "recorded" is what a replica said; and attempts are bounded.
pub(super) fn write_attempt(data: &[u8]) {
    let mut source = Source::new(data);
    let replicas: Vec<NodeId> = (1..=u16::from(source.below(6))).map(NodeId).collect();
    let near = Near { slot: 3, ballot: Ballot::ZERO };
    let operation = Build { source: &mut source, near }.operation();
    let base = source.chance(128).then(|| Slot(u64::from(source.below(5))));
    let keep = source.byte();
    let (write, step) = WriteAttempt::start(id(1), base, keep, operation.clone(), replicas.clone());
    let mut run = Run { write, operation, replicas, open: Vec::new(), sent: 0, doubt: false, last: None };
    let mut over = run.judge(step, None);
    for _ in 0..EVENTS_MAX {
        if over || source.is_empty() {
            break;
        }
        over = run.event(&mut source);
    }
}

struct Run {
    write: WriteAttempt,
    operation: Operation,
    replicas: Vec<NodeId>,
    /// Attempts that may have left and were not turned away.
    open: Vec<(NodeId, u8)>,
    sent: usize,
    /// Whether any replica ever left the outcome open.
    doubt: bool,
    last: Option<Request>,
}

impl Run {
    /// One event; whether the write is over.
    fn event(&mut self, source: &mut Source<'_>) -> bool {
        let (from, attempt) = self.whom(source);
        let reply = match source.below(12) {
            0 => return self.turn(WriteAttempt::on_timeout),
            1 => {
                let slot = Slot(u64::from(source.byte()));
                return self.turn(|write| write.on_slot(slot));
            }
            2 => {
                self.open.retain(|open| *open != (from, attempt));
                return self.turn(|write| write.on_unsent(from, attempt));
            }
            3 => Reply::Unknown,
            4 => Reply::Forgotten,
            5..=6 => {
                let near = Near { slot: 3, ballot: Ballot::ZERO };
                Reply::Recorded(Recorded { id: id(1), ..Build { source, near }.recorded() })
            }
            7..=8 => Reply::NotApplied(NotApplied::Stale),
            _ => Reply::NotApplied(source.pick(&[
                NotApplied::Busy,
                NotApplied::Contention,
                NotApplied::Withdrawn,
                NotApplied::TooLarge,
            ])),
        };
        match reply {
            Reply::NotApplied(_) => self.open.retain(|open| *open != (from, attempt)),
            Reply::Unknown | Reply::Forgotten => self.doubt = true,
            Reply::Recorded(_) => {}
        }
        let step = self.write.on_reply(from, attempt, reply);
        self.judge(step, Some(reply))
    }

    /// Mostly an attempt that is open, or else any.
    fn whom(&self, source: &mut Source<'_>) -> (NodeId, u8) {
        let any = (NodeId(u16::from(source.below(7))), source.below(40));
        let at = usize::from(source.byte());
        self.open.get(at % self.open.len().max(1)).copied().filter(|_| at < 200).unwrap_or(any)
    }

    fn turn(&mut self, by: impl FnOnce(&mut WriteAttempt) -> WriteStep) -> bool {
        let step = by(&mut self.write);
        self.judge(step, None)
    }

    fn judge(&mut self, step: WriteStep, reply: Option<Reply>) -> bool {
        match step {
            WriteStep::Wait => {}
            WriteStep::AskSlot(to) => assert!(self.replicas.contains(&to) && self.write.base().is_none()),
            WriteStep::Send { to, request } => self.left(to, request),
            WriteStep::Done(outcome) => {
                self.is_true(outcome, reply);
                return true;
            }
        }
        if let WriteOutcome::NotApplied(reason) = self.write.on_deadline() {
            assert!(self.open.is_empty() && !self.doubt, "P18: {reason:?} while {:?} may apply", self.open);
        }
        false
    }

    fn left(&mut self, to: NodeId, request: Request) {
        assert!(self.replicas.contains(&to) && request.id == id(1) && request.operation == self.operation);
        assert_eq!(Some(request.base), self.write.base());
        if let Some(last) = &self.last {
            assert!(last.attempt < request.attempt, "an attempt's number is used twice");
            // A new base is a new beginning: no attempt with the old one may be about.
            assert!(last.base == request.base || (self.open.is_empty() && !self.doubt), "P10: the base has moved");
        }
        self.open.push((to, request.attempt));
        self.sent += 1;
        assert!(self.sent <= usize::from(WriteAttempt::ATTEMPTS_MAX));
        self.last = Some(request);
    }

    fn is_true(&self, outcome: WriteOutcome, reply: Option<Reply>) {
        let said = match reply {
            Some(Reply::Recorded(recorded)) => Some(recorded),
            _ => None,
        };
        match outcome {
            WriteOutcome::Recorded(recorded) => assert_eq!(said, Some(recorded), "nobody said so"),
            WriteOutcome::NotApplied(reason) => {
                let closed = said.is_some_and(|recorded| recorded.outcome == Outcome::Cancelled);
                let turned_away = self.open.is_empty() && !self.doubt;
                assert!(closed || turned_away, "P18: {reason:?} while {:?} may apply", self.open);
            }
            WriteOutcome::Unknown => {}
        }
    }
}
