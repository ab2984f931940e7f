//! Wrong variants of the rules, each of which the checker must catch. They exist in builds with the
//! feature `mutants` alone; elsewhere every `mutant!` is the constant `false`.

/// A wrong variant. The names in the documents' lists stand behind each: 3.1-N for the kill table of
/// `docs/mutants.md`, N1 to N10 for Quorate's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[cfg_attr(not(feature = "mutants"), allow(dead_code, unreachable_pub))]
pub enum Mutant {
    /// (1) A promise is told before it is durable.
    PromiseBeforeSync = 1,
    /// (2) A vote is told before it is durable.
    VoteBeforeSync,
    /// (3) A promise is never written, so a restart forgets it.
    PromiseInMemory,
    /// (4) A vote below the promise.
    VoteBelowPromise,
    /// (6) The proposer keeps its own value although a promise reported an accepted one.
    KeepOwnValue,
    /// (7) The proposer adopts the entry of the lowest ballot.
    AdoptLowest,
    /// (10) A promise for an older ballot is counted for the present one.
    CountOldPromise,
    /// (11) The incarnation is not raised by a restart, so a ballot is used again.
    ReuseIncarnation,
    /// (14) A proposer believes it owns the next slot since its own ballot won with a foreign entry.
    OwnerByOwnBallot,
    /// (15) The owner's fast accept skips the promise check.
    FastSkipsPromise,
    /// (16) A restarted owner uses its fast ballot again.
    OwnerByNode,
    /// (18) The next slot is opened when this one is only accepted.
    OpenEarly,
    /// (20) Catch-up takes a peer's accepted entry for chosen.
    TrustAccepted,
    /// (22) A read ends although a slot above is accepted somewhere.
    SkipRinse,
    /// (23) Rinsing ends on the first answer of any voter.
    RinseFirstAnswer,
    /// (25) Replies to an earlier read are counted.
    LateReadReply,
    /// (28) A retry goes out under a new request id.
    RetryNewId,
    /// (N1) A mismatch is answered from the local entry alone.
    LocalMismatch,
    /// (N2) The first attempt is exempt from the base check.
    FirstAttemptExempt,
    /// (N3) A version is the slot alone.
    VersionIsSlot,
    /// (N4) The proposer counts its own vote before it is durable.
    CountUnsyncedVote,
    /// (N5) `resolve` says "not applied" without writing anything.
    ResolveUnfenced,
    /// (N6) A mismatch is answered without a slot although the request is a retry.
    RetryMismatchUnslotted,
    /// (N7) The next slot is owned by whoever's ballot won.
    OwnerByWinningBallot,
    /// (N8) A read counts votes by slot, whatever their ballots.
    CountBySlot,
    /// (N9) A voter answers a read with a reply it made before the read began.
    StaleReply,
    /// (N10) A cancellation takes a new base, and so misses what was recorded before it.
    CancelRebased,
}

#[cfg(feature = "mutants")]
static ACTIVE: core::sync::atomic::AtomicU8 = core::sync::atomic::AtomicU8::new(0);

/// Switches one wrong variant on for this process (`None` switches it off). For the checker alone.
#[cfg(feature = "mutants")]
pub fn activate(mutant: Option<Mutant>) {
    let code = mutant.map_or(0, |mutant| mutant as u8);
    ACTIVE.store(code, core::sync::atomic::Ordering::SeqCst);
}

#[cfg(feature = "mutants")]
impl Mutant {
    /// All of them.
    pub const ALL: [Self; 27] = [
        Self::PromiseBeforeSync,
        Self::VoteBeforeSync,
        Self::PromiseInMemory,
        Self::VoteBelowPromise,
        Self::KeepOwnValue,
        Self::AdoptLowest,
        Self::CountOldPromise,
        Self::ReuseIncarnation,
        Self::OwnerByOwnBallot,
        Self::FastSkipsPromise,
        Self::OwnerByNode,
        Self::OpenEarly,
        Self::TrustAccepted,
        Self::SkipRinse,
        Self::RinseFirstAnswer,
        Self::LateReadReply,
        Self::RetryNewId,
        Self::LocalMismatch,
        Self::FirstAttemptExempt,
        Self::VersionIsSlot,
        Self::CountUnsyncedVote,
        Self::ResolveUnfenced,
        Self::RetryMismatchUnslotted,
        Self::OwnerByWinningBallot,
        Self::CountBySlot,
        Self::StaleReply,
        Self::CancelRebased,
    ];

    /// Whether this variant is the one switched on, for models that play the part of a driver.
    pub fn is_active(self) -> bool {
        is_active(self)
    }
}

#[cfg(feature = "mutants")]
pub(crate) fn is_active(mutant: Mutant) -> bool {
    ACTIVE.load(core::sync::atomic::Ordering::Relaxed) == mutant as u8
}

#[cfg(not(feature = "mutants"))]
pub(crate) const fn is_active(_: Mutant) -> bool {
    false
}

macro_rules! mutant {
    ($name:ident) => {
        $crate::mutant::is_active($crate::mutant::Mutant::$name)
    };
}
