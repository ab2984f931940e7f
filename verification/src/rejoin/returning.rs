//! Losing a disk, coming back, and the reader beside it.

use super::parts::{drops_round, rows_first};
use super::{Branch, Cluster, Node, Role, Sent, State};
use crate::shared::Shared;
use quorate_protocol::{
    ClientId, Forgotten, Input, Message, PaxosLog, QuorumRead, ReadId, ReadStep, Rejoin, RejoinStep, Replica, Slot,
    read_reply,
};
use std::sync::Arc;

impl Cluster {
    /// A message arrives, and what its receiver refuses is taken from it first.
    pub(super) fn deliver(&self, state: &State, sent: &Sent) -> Option<State> {
        let to = self.config.index(sent.message.to)?;
        let node = state.nodes.get(to)?;
        // What a learner is told before all others have answered it does nothing that it would not do later.
        let asking = node.rejoin().is_some_and(|rejoin| matches!(rejoin.step(), RejoinStep::Ask(_)));
        let message = node.forgotten.admit(sent.incarnation, sent.message.clone()).filter(|_| !asking)?;
        if message.proposal.is_none() && sent.message.proposal.is_some() {
            self.coverage.hit(Branch::OldProposal);
        }
        match &node.role {
            Role::Voting(_) => self.step(state, to, Input::Receive(message)),
            Role::Returning(_) => self.hear(state, to, &message),
        }
    }

    /// A node that comes back hears a message.
    pub(super) fn hear(&self, state: &State, node: usize, message: &Message) -> Option<State> {
        let before = state.nodes.get(node)?.rejoin()?;
        let mut rejoin = before.clone();
        rejoin.on_message(message);
        if rejoin == *before {
            return None;
        }
        let next = self.returning(state.clone(), node, before.chosen().map(|chosen| chosen.slot), rejoin)?;
        // Waiting with it is hearing this message later.
        Some(self.ready(&next, node).unwrap_or(next))
    }

    /// Keeps the machine, checks what it learnt, and sends its fence.
    fn returning(&self, mut next: State, node: usize, known: Option<Slot>, rejoin: Rejoin) -> Option<State> {
        if let Some(chosen) = rejoin.chosen().filter(|chosen| known.is_none_or(|known| chosen.slot > known)) {
            self.audit_learnt(&mut next, chosen.slot, &chosen.entry);
        }
        if let RejoinStep::Fence(messages) = rejoin.step() {
            let within = |message: &Message| message.row.slot.0 <= self.scenario.bounds.last_slot;
            for message in messages.into_iter().filter(within) {
                next.send(self.tagged(rejoin.replica().me(), message));
            }
        }
        next.set_role(node, Role::Returning(rejoin))?;
        Some(next)
    }

    /// A crash: the disk is as it was, with the write under way or without it; the rest is gone. A node
    /// that comes back begins anew.
    pub(super) fn crash(&self, state: &State, node: usize, kept: bool) -> Option<State> {
        let before = state.nodes.get(node)?;
        let replica = self.next_start(before)?;
        let mut next = state.clone();
        next.crashes += 1;
        match &before.role {
            Role::Voting(log) => {
                let record = log.writing().filter(|_| kept).unwrap_or(log.durable()).clone();
                let log = PaxosLog::restore(replica, record).ok()?;
                self.record_vote(&mut next, &log);
                next.set_role(node, Role::Voting(log))?;
            }
            Role::Returning(_) => {
                self.coverage.hit(Branch::CrashedReturning);
                *next.nodes.get_mut(node)? = self.begin(replica, before.forgotten.clone())?;
            }
        }
        Some(next)
    }

    /// A disk is lost, with all that was ever on it.
    pub(super) fn wipe(&self, state: &State, node: usize) -> Option<State> {
        let before = state.nodes.get(node)?;
        let log = before.log()?;
        if log.durable().accepted.is_some() {
            self.coverage.hit(Branch::VoteLost);
        }
        if log.durable().promised.round > 0 {
            self.coverage.hit(Branch::PromiseLost);
        }
        let mut next = state.clone();
        next.wipes += 1;
        *next.nodes.get_mut(node)? = self.begin(self.next_start(before)?, Forgotten::default())?;
        Some(next)
    }

    /// A node with an empty disk, which refuses its own past from the start.
    fn begin(&self, replica: Arc<Replica>, mut forgotten: Forgotten) -> Option<Shared<Node>> {
        forgotten.record(&self.config, replica.me());
        Some(Shared::new(Node { role: Role::Returning(Rejoin::start(replica)?), forgotten }))
    }

    /// Whether `voter` may be asked by `node`, which comes back.
    pub(super) fn is_asked(&self, state: &State, node: usize, voter: usize) -> bool {
        let (Some(of), Some(at)) = (state.nodes.get(node), state.nodes.get(voter)) else { return false };
        let Some(rejoin) = of.rejoin().filter(|_| at.log().is_some()) else { return false };
        let asked = match rejoin.step() {
            RejoinStep::Ask(voters) => voters.contains(&self.config, at.replica().me().node),
            _ => false,
        };
        asked || (rows_first() && !self.has_recorded(state, node, voter))
    }

    fn has_recorded(&self, state: &State, node: usize, voter: usize) -> bool {
        let (Some(of), Some(at)) = (state.nodes.get(node), state.nodes.get(voter)) else { return false };
        let returned = of.replica().me();
        node == voter || at.forgotten.oldest(returned.node) >= returned.incarnation
    }

    /// A voter durably records that a node lost its disk, and tells its record in the same transaction.
    /// (The wrong variant tells first, and records in an event of its own.)
    pub(super) fn record(&self, state: &State, node: usize, voter: usize) -> Option<State> {
        let before = state.nodes.get(node)?.rejoin()?;
        let at = state.nodes.get(voter)?;
        let log = at.log()?;
        let mut rejoin = before.clone();
        let told =
            !matches!(rejoin.step(), RejoinStep::Ask(voters) if voters.contains(&self.config, log.replica().me().node));
        if !told || !rows_first() {
            rejoin.on_recorded(log.replica().me().node, log.durable());
        }
        let mut next = state.clone();
        if told || !rows_first() {
            let mut forgotten = at.forgotten.clone();
            let changed = forgotten.record(&self.config, before.replica().me());
            let role = self.without_rounds(&mut next, log, changed)?;
            // What it refuses whole from now on need not be kept on its way.
            let me = log.replica().me().node;
            let refused = |sent: &Sent| forgotten.admit(sent.incarnation, sent.message.clone()).is_none();
            let before = next.network.len();
            next.network.retain(|sent| sent.message.to != me || !refused(sent));
            if next.network.len() < before {
                self.coverage.hit(Branch::OldRefused);
            }
            *next.nodes.get_mut(voter)? = Shared::new(Node { role, forgotten });
        }
        self.returning(next, node, before.chosen().map(|chosen| chosen.slot), rejoin)
    }

    /// Without the fence, what a voter has counted so far of the lost incarnation must go as well. Its
    /// round does; with every vote durable before its accept, nothing that was sent is lost with it.
    fn without_rounds(&self, next: &mut State, log: &PaxosLog, changed: bool) -> Option<Role> {
        if !(changed && self.scenario.persist_first && drops_round(log)) {
            return Some(Role::Voting(log.clone()));
        }
        let me = log.replica().me().node;
        for (index, (to, _)) in self.scenario.puts.iter().enumerate() {
            if *to == me && log.waiting() > 0 {
                next.arrived &= !(1 << index);
            }
        }
        let replica = Arc::new(log.replica().clone());
        PaxosLog::restore(replica, log.durable().clone()).ok().map(Role::Voting)
    }

    /// A node that has come back votes: its record is durable first.
    pub(super) fn ready(&self, state: &State, node: usize) -> Option<State> {
        let rejoin = state.nodes.get(node)?.rejoin()?;
        let RejoinStep::Ready(record) = rejoin.step() else { return None };
        if rows_first() && !(0..state.nodes.len()).all(|voter| self.has_recorded(state, node, voter)) {
            return None;
        }
        self.coverage.hit(Branch::Returned);
        let log = PaxosLog::restore(Arc::new(rejoin.replica().clone()), record).ok()?;
        let mut next = state.clone();
        next.set_role(node, Role::Voting(log))?;
        Some(next)
    }

    /// The nodes that some node that comes back wants to complete the open slot.
    pub(super) fn wanted_to_settle(&self, state: &State) -> Option<(usize, Slot)> {
        state.nodes.iter().find_map(|node| match node.rejoin()?.step() {
            RejoinStep::Settle { voter, slot } => Some((self.config.index(voter)?, slot)),
            _ => None,
        })
    }

    /// A node completes its open slot.
    pub(super) fn settle(&self, state: &State, node: usize) -> Option<State> {
        let slot = state.log(node)?.record().open_slot();
        if self.wanted_to_settle(state).is_some_and(|(voter, _)| voter == node) {
            self.coverage.hit(Branch::OpenFound);
        }
        let mut next = self.step(state, node, Input::Settle(slot))?;
        next.settles += 1;
        Some(next)
    }

    /// A reader has a node send on what it accepted.
    pub(super) fn relay(&self, state: &State, node: usize) -> Option<State> {
        let slot = state.log(node)?.record().open_slot();
        self.step(state, node, Input::Help(slot))
    }

    /// A read begins: the observer notes what is chosen by now.
    pub(super) fn read_begins(&self, state: &State) -> Option<State> {
        let mut reader = (**state.reader.as_ref()?).clone();
        reader.begun += 1;
        reader.floor = state.ghost.highest_chosen();
        let id = ReadId { client: ClientId(99), sequence: u64::from(reader.begun) };
        reader.read = Some(QuorumRead::start(id, &self.config, &[]).0);
        Some(State { reader: Some(Shared::new(reader)), ..state.clone() })
    }

    /// A node that votes answers the read, and the answer arrives at once: to one read, a late answer is
    /// the same fact later. A learner that comes back does not answer.
    pub(super) fn read_reply(&self, state: &State, node: usize) -> Option<State> {
        let mut reader = (**state.reader.as_ref()?).clone();
        let log = state.log(node)?;
        let read = reader.read.as_mut()?;
        let reply = read_reply(read.id(), &log.snapshot(), true);
        let step = read.on_reply(&self.config, log.replica().me().node, reply);
        let ReadStep::Done(result) = step else {
            let unchanged = state.reader.as_ref().is_some_and(|before| **before == reader);
            return (!unchanged).then(|| State { reader: Some(Shared::new(reader)), ..state.clone() });
        };
        if state.wipes > 0 {
            self.coverage.hit(Branch::ReadAfter);
        }
        let floor = std::mem::take(&mut reader.floor);
        reader.read = None;
        let mut next = State { reader: Some(Shared::new(reader)), ..state.clone() };
        self.audit_read(&mut next, result.slot, &result.snapshot, floor);
        Some(next)
    }
}
