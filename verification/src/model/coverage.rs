//! Which branches a run took: the guard against models that hold since nothing happens in them.

use super::Cluster;
use quorate_protocol::{Message, PaxosLog, Phase, Recorded};
use std::sync::atomic::{AtomicBool, Ordering};

/// Something interesting that a model is expected to reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Branch {
    /// The owner's fast accept was chosen.
    FastChosen,
    /// A prepared ballot was chosen.
    PreparedChosen,
    /// A proposer adopted another's entry.
    Adopted,
    /// A vote was refused, the promise being higher.
    VoteRefused,
    /// A crash lost an unsynced write.
    TailLost,
    /// A crash came after the write reached the disk and before anybody heard of it.
    TailKept,
    /// A replica that was behind learnt an entry it had not voted for.
    CaughtUp,
    /// A chosen slot was learnt from a notice without the entry.
    NoticeUsed,
    /// A proposer's vote was chosen before it was durable at the proposer.
    ChosenWithoutProposer,
    /// A proposer gave way to a higher ballot.
    Deferred,
    /// One entry carried several requests.
    Batched,
    /// A read returned after one round.
    ReadFresh,
    /// A read returned after rinsing.
    ReadRinsed,
    /// A read counted votes to prove a slot chosen.
    ReadCounted,
    /// A reader had an open slot settled.
    ReadSettled,
    /// A reply to an earlier read arrived in a later one.
    LateReply,
    /// A client learnt its write's outcome.
    WriterAnswered,
    /// A request was found in the window of a later slot.
    FoundInWindow,
    /// A late attempt met a floor above its base.
    Forgotten,
    /// A client whose request was never proposed took a new base.
    NewBase,
    /// A client retried elsewhere.
    Retried,
    /// A first attempt arrived after the client had its answer.
    LateAttempt,
    /// A negative answer was recorded in a slot.
    NegativeRecorded,
    /// `resolve` closed an id.
    Cancelled,
}

/// Which branches were taken at least once.
#[derive(Debug, Default)]
pub struct Coverage([AtomicBool; 24]);

impl Branch {
    /// All of them.
    pub const ALL: [Self; 24] = [
        Self::FastChosen,
        Self::PreparedChosen,
        Self::Adopted,
        Self::VoteRefused,
        Self::TailLost,
        Self::TailKept,
        Self::CaughtUp,
        Self::NoticeUsed,
        Self::ChosenWithoutProposer,
        Self::Deferred,
        Self::Batched,
        Self::ReadFresh,
        Self::ReadRinsed,
        Self::ReadCounted,
        Self::ReadSettled,
        Self::LateReply,
        Self::WriterAnswered,
        Self::FoundInWindow,
        Self::Forgotten,
        Self::NewBase,
        Self::Retried,
        Self::LateAttempt,
        Self::NegativeRecorded,
        Self::Cancelled,
    ];
}

impl Coverage {
    /// Notes a branch. Written once, so that workers do not take its cache line from each other.
    pub fn hit(&self, branch: Branch) {
        if let Some(taken) = self.0.get(branch as usize).filter(|taken| !taken.load(Ordering::Relaxed)) {
            taken.store(true, Ordering::Relaxed);
        }
    }

    /// Whether it was taken.
    pub fn is_taken(&self, branch: Branch) -> bool {
        self.0.get(branch as usize).is_some_and(|taken| taken.load(Ordering::Relaxed))
    }
}

impl Cluster {
    /// Notes what a step of a node was an instance of.
    pub(super) fn cover_step(&self, before: &PaxosLog, after: &PaxosLog) {
        let (was, is) = (before.record(), after.record());
        if *after.phase() == Phase::Deferred && *before.phase() != Phase::Deferred {
            self.coverage.hit(Branch::Deferred);
        }
        if is.chosen_slot() > was.chosen_slot() {
            let Some(chosen) = &is.chosen else { return };
            let voted = was
                .accepted
                .as_ref()
                .is_some_and(|vote| was.open_slot() == chosen.slot && vote.ballot == chosen.ballot);
            self.coverage.hit(if chosen.ballot.is_fast() { Branch::FastChosen } else { Branch::PreparedChosen });
            if !voted {
                self.coverage.hit(Branch::CaughtUp);
            }
            let durable =
                after.durable().open_slot() == chosen.slot && after.durable().accepted_ballot() == chosen.ballot;
            if !durable && chosen.ballot.proposer() == after.replica().me() {
                self.coverage.hit(Branch::ChosenWithoutProposer);
            }
            let here = |recorded: &&Recorded| recorded.version.slot == chosen.slot;
            if chosen.entry.requests.iter().filter(here).count() > 1 {
                self.coverage.hit(Branch::Batched);
            }
            if chosen.entry.requests.iter().filter(here).any(|recorded| !recorded.outcome.is_applied()) {
                self.coverage.hit(Branch::NegativeRecorded);
            }
        }
        if let (Phase::Accepting { ballot }, Some(vote)) = (after.phase(), &is.accepted)
            && *before.phase() != *after.phase()
            && !ballot.is_fast()
            && vote.entry.owner != after.replica().me()
        {
            self.coverage.hit(Branch::Adopted);
        }
    }

    /// Notes what the arrival of a message was an instance of.
    pub(super) fn cover_receive(&self, before: &PaxosLog, after: &PaxosLog, message: &Message) {
        let open = before.record().open_slot();
        let notice = &message.chosen;
        let voted = notice.slot == open && before.record().accepted_ballot() == notice.ballot;
        if voted && notice.entry.is_none() && after.record().chosen_slot() >= open {
            self.coverage.hit(Branch::NoticeUsed);
        }
        let low = message.proposal.as_ref().filter(|p| p.slot == open && p.ballot < before.record().promised);
        if low.is_some() && after.record().accepted == before.record().accepted {
            self.coverage.hit(Branch::VoteRefused);
        }
    }
}
