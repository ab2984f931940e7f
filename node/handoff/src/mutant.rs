//! Wrong variants of the structures, each of which a loom test must catch. They exist in builds with the feature
//! `mutants` alone; elsewhere every `mutant!` is the constant `false`.

/// A wrong variant. Numbers are those of the kill table of `docs/mutants.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "mutants"), allow(dead_code, unreachable_pub))]
pub enum Mutant {
    /// (34) Mailbox: the consumer looks, lets go of the lock, and says only then that it sleeps.
    TakeLosesWakeup,
    /// Mailbox: the consumer is woken before the item is in.
    PushWakesFirst,
    /// Mailbox: capacity and closing are checked under one lock, the item goes in under the next.
    CheckThenPush,
    /// Mailbox: closing wakes nobody.
    CloseWakesNobody,
    /// Mailbox: the waker of the first poll is kept.
    KeepFirstWaker,
    /// (33) GroupCommit: jobs that came in during a sync are answered with it.
    AnswerUpToTail,
    /// GroupCommit: the jobs of a failed sync are told that they are durable.
    FailedSyncIsSuccess,
    /// GroupCommit: a failed sync fails its own batch only.
    CommitAfterFailure,
    /// GroupCommit: the queue is closed before the failure is noted.
    CloseBeforeFailed,
    /// GroupCommit: after a failure the waiting jobs are answered first, and then the queue is closed.
    DrainBeforeClose,
    /// WaiterTable: a token is the first free place, without a generation.
    TokenIsPlace,
    /// WaiterTable: a completion looks under one lock and stores its result under the next.
    CheckThenComplete,
    /// WaiterTable: the waiter is woken before its result is there.
    WakeBeforeResult,
    /// (34) WaiterTable: the waiter looks, lets go of the lock, and leaves its waker without looking again.
    PollLosesWakeup,
    /// WaiterTable: closing takes away results that were told to be delivered.
    CloseDropsResults,
    /// (35) DurableCache: the driver publishes a record when it submits it. It is the loom tests' driver that does, since
    /// [`Publisher::publish`](crate::Publisher::publish) wants the witness of a sync.
    PublishBeforeSync,
    /// DurableCache: the record that has to go leaves under a lock of its own.
    EvictLater,
    /// DurableCache: a replaced record keeps its old age too, so that the newest record goes as the oldest.
    KeepOldAge,
    /// DurableCache: what was replaced or evicted is dropped inside the lock.
    DropInsideLock,
    /// DurableCache: the old record leaves under one lock, the new one comes under the next.
    RemoveThenInsert,
    /// (34) Shutdown: a thread looks, lets go of the lock, and sleeps without looking again.
    WaitLosesWakeup,
    /// Shutdown: everyone is woken before the state says why.
    WakeBeforeChange,
    /// Shutdown: one thread is woken instead of all.
    NotifyOne,
    /// Shutdown: a participant looks for the request under one lock and joins under the next.
    CheckThenJoin,
    /// Shutdown: the request throws the wakers of sleeping tasks away.
    DropSleepers,
}

/// The variable that names the variant to switch on in a build with the feature `mutants`.
#[cfg(feature = "mutants")]
const VARIABLE: &str = "QUORATE_HANDOFF_MUTANT";

#[cfg(feature = "mutants")]
impl Mutant {
    /// All of them.
    pub const ALL: [Self; 25] = [
        Self::TakeLosesWakeup,
        Self::PushWakesFirst,
        Self::CheckThenPush,
        Self::CloseWakesNobody,
        Self::KeepFirstWaker,
        Self::AnswerUpToTail,
        Self::FailedSyncIsSuccess,
        Self::CommitAfterFailure,
        Self::CloseBeforeFailed,
        Self::DrainBeforeClose,
        Self::TokenIsPlace,
        Self::CheckThenComplete,
        Self::WakeBeforeResult,
        Self::PollLosesWakeup,
        Self::CloseDropsResults,
        Self::PublishBeforeSync,
        Self::EvictLater,
        Self::KeepOldAge,
        Self::DropInsideLock,
        Self::RemoveThenInsert,
        Self::WaitLosesWakeup,
        Self::WakeBeforeChange,
        Self::NotifyOne,
        Self::CheckThenJoin,
        Self::DropSleepers,
    ];

    /// Whether this is the variant that the environment variable `QUORATE_HANDOFF_MUTANT` switches on, for tests that
    /// play the part of a driver.
    #[must_use]
    pub fn is_active(self) -> bool {
        is_active(self)
    }
}

/// Says on stderr when the wrong code is reached for the first time, so that a mistyped name or a test that never gets
/// there is not taken for a kill.
#[cfg(feature = "mutants")]
pub(crate) fn is_active(mutant: Mutant) -> bool {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicBool, Ordering};
    // Of `std` under loom too: one value for the whole process, which no interleaving changes.
    static WANTED: OnceLock<Option<Mutant>> = OnceLock::new();
    static REACHED: AtomicBool = AtomicBool::new(false);
    let wanted = WANTED.get_or_init(|| {
        let name = std::env::var(VARIABLE).ok()?;
        Mutant::ALL.into_iter().find(|mutant| format!("{mutant:?}") == name)
    });
    let active = *wanted == Some(mutant);
    if active && !REACHED.swap(true, Ordering::Relaxed) {
        eprintln!("mutant reached: {mutant:?}");
    }
    active
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
