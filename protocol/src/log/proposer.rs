//! The proposer: fast accept by the owner, prepare and adoption by everyone else.

use crate::{
    Accepted, Ballot, Entry, NodeSet, NotApplied, Operation, Output, PREPARES_MAX, PaxosLog, Phase, Range, Reply,
    Request, RequestId, Slot, Timer, VALUE_BYTES_MAX, WAITING_MAX, evaluate,
};
use alloc::{sync::Arc, vec::Vec};

use super::Waiting;

/// How long an unanswered round waits before it is sent again.
const RESEND: Range = Range { min_ms: 40, max_ms: 80 };

impl PaxosLog {
    pub(super) fn enqueue(&mut self, request: Request, out: &mut Output) {
        let id = request.id;
        if self.waiting.iter().any(|waiting| waiting.request.id == id) {
            return; // Another attempt of it waits here already; one answer serves both.
        }
        if request.operation.value_bytes() > VALUE_BYTES_MAX {
            out.done.push((id, Reply::NotApplied(NotApplied::TooLarge)));
            return;
        }
        if self.waiting.len() >= WAITING_MAX {
            out.done.push((id, Reply::NotApplied(NotApplied::Busy)));
            return;
        }
        self.waiting.push(Waiting { request, proposed: false });
    }

    pub(super) fn withdraw(&mut self, id: RequestId, out: &mut Output) {
        if let Some(at) = self.waiting.iter().position(|waiting| waiting.request.id == id) {
            let reply = give_up(&self.waiting.remove(at), NotApplied::Withdrawn);
            out.done.push((id, reply));
        }
    }

    /// An open round always has its timer armed, so whoever starts to wait for it need not arm one.
    pub(super) fn timeout(&mut self, timer: Timer, out: &mut Output) {
        match (timer, &self.phase) {
            (Timer::Defer, Phase::Deferred) => self.end_deferral(out),
            // Nobody waits any more. The round ends here, or its log would stay in memory for ever; what
            // was voted for stays in the record, and votes for it still count.
            (Timer::Resend, Phase::Preparing { .. } | Phase::Accepting { .. }) if !self.is_wanted() => {
                self.phase = Phase::Idle;
            }
            (Timer::Resend, Phase::Preparing { promises, .. }) => {
                let silent = self.others().without(*promises);
                self.owed_next = self.owed_next.union(silent);
                self.rearm(out);
            }
            (Timer::Resend, Phase::Accepting { .. }) => {
                self.send_proposal(self.others().without(self.votes), out);
                self.rearm(out);
            }
            _ => {}
        }
    }

    /// A reader found the slot open: any replica may relay a proposal it voted for, under its ballot.
    pub(super) fn help(&mut self, slot: Slot, out: &mut Output) {
        if slot == self.record.open_slot() && self.record.accepted.is_some() {
            self.send_proposal(self.others(), out);
        }
    }

    /// Starts a round for what waits, if none is open.
    pub(super) fn pursue(&mut self, out: &mut Output) {
        if self.phase != Phase::Idle {
            return;
        }
        if self.settle < self.record.open_slot() {
            self.settle = Slot::ZERO;
        }
        let entry = self.next_entry(out);
        if self.waiting.is_empty() && self.settle == Slot::ZERO {
            self.prepares = 0;
            return;
        }
        match (self.usable_fast_ballot(), entry) {
            (Some(ballot), Some(entry)) => self.propose(ballot, Arc::new(entry), out),
            _ if self.is_foreign_round_open() && self.prepares == 0 => self.defer(out),
            _ => self.prepare(out),
        }
    }

    /// The entry for the open slot. Requests that the chosen entry answers by itself leave here.
    fn next_entry(&mut self, out: &mut Output) -> Option<Entry> {
        let requests = self.waiting.iter().map(|waiting| &waiting.request);
        let evaluation = evaluate(&self.record, requests, self.replica().me());
        for (id, reply) in evaluation.answers {
            let sole = |waiting: &Waiting| waiting.request.id == id && waiting.may_take_a_new_base();
            let stale = reply == Reply::Forgotten && self.waiting.iter().any(sole);
            self.waiting.retain(|waiting| waiting.request.id != id);
            out.done.push((id, if stale { Reply::NotApplied(NotApplied::Stale) } else { reply }));
        }
        evaluation.entry
    }

    /// Fast accept: the agreed owner, this very incarnation, in a slot where nothing is promised to
    /// anyone else or accepted.
    fn usable_fast_ballot(&self) -> Option<Ballot> {
        let me = self.replica().me();
        let untouched = self.record.accepted.is_none() && self.record.promised.is_none();
        let first = self.record.chosen.is_none() && self.replica().config().voters().first() == Some(&me.node);
        if mutant!(FastByAnyone) || mutant!(FastByAnyoneOnce) || (mutant!(OwnedSlotOne) && first) {
            return untouched.then_some(Ballot::fast(me));
        }
        let mut fast = self.record.fast_ballot()?;
        let won = self.record.chosen.as_ref().map_or(Ballot::ZERO, |chosen| chosen.ballot);
        if (mutant!(OwnerByWinningBallot) || mutant!(OwnerByOwnBallot)) && won.node == me.node {
            fast = Ballot::fast(me);
        }
        if mutant!(OwnerByNode) && fast.node == me.node {
            return (self.record.accepted.is_none() && self.record.promised <= fast).then_some(fast);
        }
        let free = untouched || (mutant!(FastSkipsPromise) && self.record.promised.node != me.node);
        (fast == Ballot::fast(me) && free).then_some(fast)
    }

    fn is_foreign_round_open(&self) -> bool {
        let promised = self.record.promised;
        !promised.is_none() && promised.proposer() != self.replica().me()
    }

    /// P17: a bounded number of prepares, then those who wait are given up.
    fn prepare(&mut self, out: &mut Output) {
        let me = self.replica().me();
        let highest = self.record.promised.max(self.record.accepted_ballot());
        let low = Ballot::fast(me);
        let ballot = if mutant!(PrepareInRoundZero) && low > highest { low } else { highest.above(me) };
        // Only a peer's absurd rounds leave no ballot above the promise.
        if self.prepares >= PREPARES_MAX || ballot <= self.record.promised {
            return self.give_up_all(out);
        }
        self.record.promised = ballot;
        self.phase = Phase::Preparing { ballot, promises: NodeSet::default(), highest: None };
        self.prepares = self.prepares.saturating_add(1);
        self.owed_next = self.owed_next.union(self.others());
        out.timers.push((Timer::Resend, RESEND));
        out.prepared = true;
    }

    /// With promises of a majority, our own durable one among them or not: adopt the accepted entry of
    /// the highest ballot any of them reported, byte for byte (P19); with none, our own value is free.
    pub(super) fn count_promises(&mut self, out: &mut Output) {
        let Phase::Preparing { ballot, promises, highest } = &self.phase else {
            return;
        };
        let (ballot, mut voters) = (*ballot, *promises);
        let config = self.replica().config();
        let durable = self.durable.open_slot() == self.record.open_slot() && self.durable.promised == ballot;
        if durable || mutant!(PromiseInMemory) {
            voters.insert(config, self.replica().me().node);
        }
        if !config.is_majority(voters) {
            return;
        }
        let reported = highest.iter().chain(&self.record.accepted);
        let adopted = choose(reported).filter(|_| !mutant!(KeepOwnValue) || self.waiting.is_empty());
        if let Some(Accepted { entry, .. }) = adopted {
            let entry = self.adopt(entry);
            return self.propose(ballot, entry, out);
        }
        self.refuse_unslotted_retries(out);
        match self.next_entry(out) {
            Some(entry) => self.propose(ballot, Arc::new(entry), out),
            // A majority accepted nothing in this slot: a reader has nothing left to settle.
            None => {
                self.phase = Phase::Idle;
                self.settle = Slot::ZERO;
            }
        }
    }

    /// The reported entry as it is (P19). (7x) With its owner rewritten. (M23) For a reader, the value chosen last.
    fn adopt(&self, reported: &Arc<Entry>) -> Arc<Entry> {
        let me = self.replica().me();
        if mutant!(AdoptRewritesOwner) {
            return Arc::new(Entry { owner: me, ..(**reported).clone() });
        }
        let before = self.record.chosen_entry().filter(|_| mutant!(SettleNoOp) && self.waiting.is_empty());
        before.map_or_else(|| reported.clone(), |entry| Arc::new(Entry { owner: me, ..(**entry).clone() }))
    }

    /// (N6) The promises prove the chosen value fresh, yet a refusal without a slot closes nothing.
    fn refuse_unslotted_retries(&mut self, out: &mut Output) {
        if !mutant!(RetryMismatchUnslotted) {
            return;
        }
        let me = self.replica().me();
        let record = &self.record;
        self.waiting.retain(|waiting| {
            let request = &waiting.request;
            let retry = request.attempt > 0 && matches!(request.operation, Operation::CompareAndSet { .. });
            let alone = evaluate(record, [request], me).entry;
            let refused = alone.and_then(|entry| entry.find(request.id).copied());
            match refused.filter(|recorded| retry && !recorded.outcome.is_applied()) {
                Some(recorded) => out.done.push((request.id, Reply::Recorded(recorded))),
                None => return true,
            }
            false
        });
    }

    /// Casts our own vote and sends the proposal at once, while the vote is still being written. It
    /// counts as a vote only once it is durable; the incarnation in the ballot keeps a restarted node
    /// from using the ballot for anything else (P16).
    fn propose(&mut self, ballot: Ballot, entry: Arc<Entry>, out: &mut Output) {
        for waiting in &mut self.waiting {
            waiting.proposed |= entry.find(waiting.request.id).is_some();
        }
        self.accept(ballot, entry);
        self.phase = Phase::Accepting { ballot };
        self.send_proposal(self.others(), out);
        out.timers.push((Timer::Resend, RESEND));
    }

    /// A higher ballot was promised: our round is over, though its entry may yet be chosen.
    pub(super) fn yield_to_higher(&mut self, out: &mut Output) {
        let (Phase::Preparing { ballot, .. } | Phase::Accepting { ballot }) = &self.phase else {
            return;
        };
        if self.record.promised > *ballot {
            if mutant!(NoBackoff) {
                return self.end_deferral(out);
            }
            self.defer(out);
        }
    }

    /// Leaves the other proposer's round alone for a random time that grows with the prepares spent, so
    /// that duelling proposers draw apart.
    fn defer(&mut self, out: &mut Output) {
        self.phase = Phase::Deferred;
        out.timers.push((Timer::Defer, self.deferral()));
    }

    fn deferral(&self) -> Range {
        let scale = 1 << self.prepares.min(4);
        Range { min_ms: 2 * scale, max_ms: 8 * scale }
    }

    fn end_deferral(&mut self, out: &mut Output) {
        self.phase = Phase::Idle;
        if self.is_wanted() {
            self.prepare(out);
        }
    }

    fn give_up_all(&mut self, out: &mut Output) {
        self.phase = Phase::Idle;
        self.settle = Slot::ZERO;
        self.prepares = 0;
        let gone: Vec<Waiting> = self.waiting.drain(..).collect();
        let replies = gone.iter().map(|waiting| (waiting.request.id, give_up(waiting, NotApplied::Contention)));
        out.done.extend(replies);
    }

    /// Whether anybody waits for the open slot.
    fn is_wanted(&self) -> bool {
        !self.waiting.is_empty() || self.settle >= self.record.open_slot()
    }

    /// A round that only a reader wants is sent again once: a reader that still waits asks again.
    fn rearm(&mut self, out: &mut Output) {
        if self.waiting.is_empty() {
            self.settle = Slot::ZERO;
        }
        out.timers.push((Timer::Resend, RESEND));
    }

    fn others(&self) -> NodeSet {
        self.replica().config().others(self.replica().me().node)
    }
}

/// Of the entries that promises reported, the one of the highest ballot.
fn choose<'a>(mut reported: impl Iterator<Item = &'a Accepted>) -> Option<&'a Accepted> {
    if mutant!(AdoptLatest) {
        return reported.next();
    }
    if mutant!(AdoptLowest) {
        return reported.min_by_key(|accepted| accepted.ballot);
    }
    reported.max_by_key(|accepted| accepted.ballot)
}

impl Waiting {
    /// Whether this attempt, once turned away, says nothing of its request. A cancellation speaks for
    /// attempts that others made, perhaps long ago, so its base is theirs and stays.
    fn may_take_a_new_base(&self) -> bool {
        let speaks_for_itself = self.request.operation != Operation::Cancel || mutant!(CancelRebased);
        !self.proposed && speaks_for_itself
    }
}

/// The answer to a request that stops waiting: what was ever proposed may yet be chosen (P18).
fn give_up(waiting: &Waiting, reason: NotApplied) -> Reply {
    if waiting.proposed && !mutant!(WithdrawnIsRefused) { Reply::Unknown } else { Reply::NotApplied(reason) }
}
