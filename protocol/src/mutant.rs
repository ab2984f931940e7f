//! Wrong variants of the rules, each of which the checker must catch, and harmless ones, which it must let live. They
//! exist in builds with the feature `mutants` alone; elsewhere every `mutant!` is the constant `false`.

macro_rules! variants {
    ($(#[doc = $doc:literal] $name:ident,)+ [controls] $(#[doc = $harmless:literal] $control:ident,)+) => {
        /// A variant. `docs/mutants.md` has the numbers that the literature's lists give them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        #[cfg_attr(not(feature = "mutants"), allow(dead_code, unreachable_pub))]
        pub enum Mutant {
            $(#[doc = $doc] $name,)+
            $(#[doc = $harmless] $control,)+
        }

        #[cfg(feature = "mutants")]
        impl Mutant {
            /// The wrong ones.
            pub const ALL: &[Self] = &[$(Self::$name),+];
            /// The harmless ones: as good as the shipped rules, where safety is concerned.
            pub const CONTROLS: &[Self] = &[$(Self::$control),+];
        }
    };
}

variants! {
    /// A promise is told before it is durable.
    PromiseBeforeSync,
    /// A vote is told before it is durable.
    VoteBeforeSync,
    /// A promise is never written, so a restart forgets it.
    PromiseInMemory,
    /// A vote below the promise.
    VoteBelowPromise,
    /// A vote does not raise the promise.
    AcceptKeepsPromise,
    /// A vote is tested against the durable promise, not the one being written.
    StalePromise,
    /// The proposer keeps its own value although a promise reported an accepted one.
    KeepOwnValue,
    /// The proposer adopts the entry of the lowest ballot.
    AdoptLowest,
    /// The proposer adopts the entry that was reported last.
    AdoptLatest,
    /// The proposer makes itself the owner of the entry that it adopts.
    AdoptRewritesOwner,
    /// A slot is settled for a reader with the value chosen last, whatever the promises report.
    SettleNoOp,
    /// A majority is half of the voters.
    QuorumOfHalf,
    /// A majority is half of the voters where their number is even.
    QuorumOfHalfIfEven,
    /// Two voters are a majority, however many there are.
    QuorumOfTwo,
    /// Two votes make an entry chosen, however many voters there are.
    TwoVotesAreEnough,
    /// A promise for an older ballot is counted for the present one.
    CountOldPromise,
    /// A promise does not report a vote of a round that was reported before.
    OmitReported,
    /// Votes are counted by slot, whatever their ballots.
    CountAnyBallot,
    /// A peer that is past the slot counts as a voter for our entry.
    CountLearner,
    /// The sender of a proposal counts as a voter.
    CountProposal,
    /// Of three, an acceptor that votes takes the proposal for chosen, though the proposer's vote may not be durable.
    FastChosen,
    /// The proposer counts its own vote before it is durable.
    CountUnsyncedVote,
    /// The incarnation is not raised by a restart, so a ballot is used again.
    ReuseIncarnation,
    /// A ballot does not name its node, so two draw the same.
    SharedBallot,
    /// Prepares draw from round 0 too, which is the owner's.
    PrepareInRoundZero,
    /// Any node skips prepare in an untouched slot.
    FastByAnyone,
    /// Any node skips prepare, and acceptors refuse a second fast proposal.
    FastByAnyoneOnce,
    /// A proposer believes it owns the next slot since its own ballot won with a foreign entry.
    OwnerByOwnBallot,
    /// The next slot is owned by whoever's ballot won.
    OwnerByWinningBallot,
    /// A restarted owner uses its fast ballot again.
    OwnerByNode,
    /// The first voter owns slot 1, in whatever incarnation.
    OwnedSlotOne,
    /// The owner's fast accept skips the promise check.
    FastSkipsPromise,
    /// The owner's fast accept overwrites a vote.
    FastOverwrites,
    /// The next slot is opened when this one is only accepted.
    OpenEarly,
    /// A restart forgets the vote in the open slot.
    RestoreDropsVote,
    /// A restart forgets what was chosen.
    RestoreDropsChosen,
    /// An older chosen entry replaces a newer one.
    LearnOlder,
    /// Catch-up takes a peer's accepted entry for chosen.
    TrustAccepted,
    /// Word that a later slot is chosen makes our own vote in this one chosen.
    TrustBelowNotice,
    /// Word that a slot is chosen makes our own vote in it chosen, whatever its ballot.
    NoticeWithoutBallot,
    /// A read ends although a slot above is accepted somewhere.
    SkipRinse,
    /// Rinsing ends on the first answer of any voter.
    RinseFirstAnswer,
    /// A read quorum is one voter short.
    ReadQuorumShort,
    /// A read ends with the first answer.
    ReadLocal,
    /// Replies to an earlier read are counted.
    LateReadReply,
    /// A voter answers a read with a reply it made before the read began.
    StaleReply,
    /// A read counts votes by slot, whatever their ballots.
    CountBySlot,
    /// A read returns the newest vote of a majority, chosen or not.
    ReadNewestAccepted,
    /// A reader whose patience runs out takes what is known chosen.
    ReadFallsBack,
    /// One voter of a majority that has nothing open is enough.
    ReadSingleEqual,
    /// A slot that every voter voted in and none knows chosen is taken for not chosen.
    PendingEverywhere,
    /// A voter reports a vote that is not durable yet.
    ReadFromMemory,
    /// A voter that learns its open slot chosen reports the slot before, without its vote.
    LearningHidesVote,
    /// A retry goes out under a new request id.
    RetryNewId,
    /// A retry names a base of its own.
    RetryNewBase,
    /// The window is not asked before a request is proposed.
    NoWindow,
    /// A mismatch is answered from the local entry alone.
    LocalMismatch,
    /// The first attempt is exempt from the base check.
    FirstAttemptExempt,
    /// A version is the slot alone.
    VersionIsSlot,
    /// `resolve` says "not applied" without writing anything.
    ResolveUnfenced,
    /// A mismatch is answered without a slot although the request is a retry.
    RetryMismatchUnslotted,
    /// A cancellation takes a new base, and so misses what was recorded before it.
    CancelRebased,
    /// At its deadline a client takes what it does not know for "not applied".
    TimeoutIsFailure,
    /// A request that was proposed and then withdrawn is answered "not applied".
    WithdrawnIsRefused,
    /// A proposer that is passed prepares again at once.
    NoBackoff,
    /// What a session's read returns does not count as seen.
    SeenReadIgnored,
    /// What a session writes does not count as seen.
    SeenWriteIgnored,
    /// A session's floor is looked up under another key.
    SeenOtherKey,
    /// An older answer lowers what a session has seen.
    SeenFalls,
    /// A token that is full does not say so.
    SeenFullSilently,
    /// A token that is full takes in a key of which more was seen than it is told.
    SeenFillsUp,
    /// Where both know a key, a handed-on token does not raise it.
    SeenMergeKeepsOwn,
    /// That a token is full is not handed on with it.
    SeenMergeForgetsFull,
    /// A key keeps its floor where a full token that has not got the key is handed on.
    SeenMergeKeepsUnknown,
    /// A session's read ends with the first answer, whatever the session has seen.
    SessionBelowFloor,
    /// A session's read returns a vote whose slot is late enough, chosen or not.
    SessionTakesVote,
    /// A voter that is behind is brought up only if it voted in the open slot.
    BringUpVotersAlone,
    /// A voter that is behind is asked to send its vote on, and nothing else.
    BringUpHelpsAlone,
    [controls]
    /// (C1) The accept is tested against the old promise, and the promise is raised then (TPaxosAP).
    AcceptBeforePromise,
    /// (C2) The entry to adopt is taken from all rows heard of, not from promises alone.
    AdoptFromAll,
    /// (C3) An acceptor that refuses a proposal promises more than it was asked for.
    ExtraPromise,
    /// (C4) A read waits for one answer more than a majority.
    ReadFromMore,
    /// (C5) A read rinses while any voter reports a slot above, though a majority reports none.
    RinseMore,
    /// (C6) That a slot is chosen is written at once, though a durable vote of ours holds its entry.
    SyncChosen,
}

#[cfg(feature = "mutants")]
static ACTIVE: core::sync::atomic::AtomicU8 = core::sync::atomic::AtomicU8::new(0);

/// Switches one variant on for this process (`None` switches it off). For the checker alone.
#[cfg(feature = "mutants")]
pub fn activate(mutant: Option<Mutant>) {
    let code = mutant.map_or(0, Mutant::code);
    ACTIVE.store(code, core::sync::atomic::Ordering::SeqCst);
}

#[cfg(feature = "mutants")]
impl Mutant {
    /// 0 stands for none.
    const fn code(self) -> u8 {
        self as u8 + 1
    }

    /// Whether it is one that must live.
    pub fn is_control(self) -> bool {
        self >= Self::AcceptBeforePromise
    }

    /// The variant of this name, in any case.
    pub fn named(name: &str) -> Option<Self> {
        use core::fmt::Write as _;
        let mut every = Self::ALL.iter().chain(Self::CONTROLS).copied();
        every.find(|mutant| {
            let mut spelled = alloc::string::String::new();
            write!(spelled, "{mutant:?}").is_ok() && spelled.eq_ignore_ascii_case(name)
        })
    }

    /// Whether this variant is the one switched on, for models that play the part of a driver.
    pub fn is_active(self) -> bool {
        is_active(self)
    }
}

#[cfg(feature = "mutants")]
pub(crate) fn is_active(mutant: Mutant) -> bool {
    ACTIVE.load(core::sync::atomic::Ordering::Relaxed) == mutant.code()
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
