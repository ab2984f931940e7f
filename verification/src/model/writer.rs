//! The retrying client of a model: the shipped `WriteAttempt`, its requests on their way, its deadline,
//! and the `resolve` that follows.

use super::{Branch, Cluster, State};
use quorate_protocol::{
    Input, NodeId, NotApplied, Operation, Reply, Request, RequestId, Slot, WriteAttempt, WriteOutcome, WriteStep,
};

/// Its state.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Writer {
    /// The machine.
    pub attempt: WriteAttempt,
    /// Requests that were sent and have not arrived. Each arrives once, at any time, or never.
    pub sent: Vec<(NodeId, Request)>,
    /// Requests that arrived and have no answer yet.
    pub pending: Vec<(NodeId, u8, RequestId)>,
    /// Answers on their way. Each arrives at any time or never.
    pub replies: Vec<(NodeId, u8, Reply)>,
    /// What the client was told of its operation.
    told: Option<WriteOutcome>,
    /// Whether the machine is now resolving an operation that ended unknown.
    resolving: bool,
    /// Attempts sent by the present machine.
    sends: u8,
    id: RequestId,
}

impl Writer {
    /// A client whose operation has just begun, with slot 1 as its base.
    pub fn new(operation: &Operation, replicas: &[NodeId], keep: u8) -> Self {
        let id = RequestId::new(77, 1);
        let (attempt, step) = WriteAttempt::start(id, Some(Slot(1)), keep, operation.clone(), replicas.to_vec());
        let (sent, pending, replies) = (Vec::new(), Vec::new(), Vec::new());
        let mut writer = Self { attempt, sent, pending, replies, told: None, resolving: false, sends: 0, id };
        writer.follow(step);
        writer
    }

    /// The operation's id.
    pub fn id(&self) -> RequestId {
        self.id
    }

    /// What the client was told, once it was told something final.
    pub fn told(&self) -> Option<WriteOutcome> {
        self.told
    }

    /// Whether its machine still runs.
    pub fn is_waiting(&self) -> bool {
        self.told.is_none()
    }

    fn follow(&mut self, step: WriteStep) {
        match step {
            WriteStep::Send { to, request } => {
                self.sends += 1;
                self.sent.push((to, request));
            }
            WriteStep::Done(outcome) => self.told = Some(outcome),
            WriteStep::AskSlot(_) | WriteStep::Wait => {}
        }
    }
}

impl Cluster {
    /// A request of the client reaches its replica.
    pub(super) fn attempt_arrives(&self, state: &State, index: usize) -> Option<State> {
        let mut writer = self.writer(state)?.clone();
        if index >= writer.sent.len() {
            return None;
        }
        let (to, request) = writer.sent.remove(index);
        if !writer.is_waiting() {
            self.coverage.hit(Branch::LateAttempt);
        }
        if !writer.resolving || request.operation == Operation::Cancel {
            writer.pending.push((to, request.attempt, request.id));
        }
        let next = self.with_writer(state, writer);
        self.input(&next, usize::from(to.0), Input::Propose(request))
    }

    /// Hands a node's answers to the attempts that wait there.
    pub(super) fn answers(&self, state: &mut State, index: usize, done: &[(RequestId, Reply)]) {
        let Some(mut writer) = self.writer(state).cloned() else { return };
        let Some(log) = self.log(state, index) else { return };
        let (node, known) = (log.replica().me().node, log.record().chosen_slot());
        for (id, reply) in done {
            let mine = |(at, _, asked): &(NodeId, u8, RequestId)| *at == node && asked == id;
            let answered: Vec<_> = writer.pending.iter().copied().filter(mine).collect();
            writer.pending.retain(|pending| !mine(pending));
            self.cover_reply(*reply, !answered.is_empty(), known);
            if writer.is_waiting() {
                writer.replies.extend(answered.iter().map(|(_, attempt, _)| (node, *attempt, *reply)));
            }
        }
        state.writer = Some(self.writers.intern(writer));
    }

    fn cover_reply(&self, reply: Reply, ours: bool, known: Slot) {
        match reply {
            Reply::Forgotten | Reply::NotApplied(NotApplied::Stale) if ours => self.coverage.hit(Branch::Forgotten),
            Reply::Recorded(recorded) if ours && recorded.version.slot < known => {
                self.coverage.hit(Branch::FoundInWindow);
            }
            _ => {}
        }
    }

    /// An answer reaches the client.
    pub(super) fn attempt_reply(&self, state: &State, index: usize) -> Option<State> {
        let mut writer = self.writer(state)?.clone();
        if index >= writer.replies.len() || !writer.is_waiting() {
            return None;
        }
        let (from, attempt, reply) = writer.replies.remove(index);
        let step = writer.attempt.on_reply(from, attempt, reply);
        self.client_moves(state, writer, step)
    }

    /// The client's patience runs out: it tries the next replica.
    pub(super) fn attempt_timeout(&self, state: &State) -> Option<State> {
        let mut writer = self.writer(state)?.clone();
        if !writer.is_waiting() || writer.sends >= self.scenario.bounds.attempts {
            return None;
        }
        let step = writer.attempt.on_timeout();
        self.coverage.hit(Branch::Retried);
        self.client_moves(state, writer, step)
    }

    /// The client's deadline: it learns that the outcome is unknown, and resolves the request.
    pub(super) fn deadline(&self, state: &State) -> Option<State> {
        let mut writer = self.writer(state)?.clone();
        if !self.scenario.resolves || writer.resolving || !writer.is_waiting() {
            return None;
        }
        let outcome = writer.attempt.on_deadline();
        if outcome != WriteOutcome::Unknown {
            return None;
        }
        let base = writer.attempt.base();
        let replicas = self.scenario.writer.as_ref()?.1.iter().rev().copied().collect();
        let (attempt, step) = WriteAttempt::start(writer.id, base, self.scenario.keep, Operation::Cancel, replicas);
        writer.attempt = attempt;
        writer.replies.clear();
        writer.pending.clear();
        writer.resolving = true;
        writer.sends = 0;
        self.client_moves(state, writer, step)
    }

    /// A question for a base is answered at once: any slot the replica ever knew chosen would do.
    fn client_moves(&self, state: &State, mut writer: Writer, mut step: WriteStep) -> Option<State> {
        if let WriteStep::AskSlot(replica) = step {
            self.coverage.hit(Branch::NewBase);
            let known = self.log(state, usize::from(replica.0))?.record().chosen_slot();
            step = writer.attempt.on_slot(known);
        }
        writer.follow(step);
        if let Some(outcome) = writer.told {
            self.cover_outcome(outcome);
            writer.replies.clear();
        }
        let mut next = self.with_writer(state, writer);
        self.audit_outcome(&mut next);
        Some(next)
    }

    /// A crash: nobody answers any more what waited at the node.
    pub(super) fn forget_pending(&self, state: &mut State, node: NodeId) {
        let Some(mut writer) = self.writer(state).cloned() else { return };
        writer.pending.retain(|(at, _, _)| *at != node);
        state.writer = Some(self.writers.intern(writer));
    }

    fn with_writer(&self, state: &State, writer: Writer) -> State {
        State { writer: Some(self.writers.intern(writer)), ..state.clone() }
    }
}
