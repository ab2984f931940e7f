use crate::mailbox::{Mailbox, PushError, Taken};
use crate::sync::{AtomicBool, Ordering};
use std::error::Error;
use std::fmt;
use std::thread;

/// Many submitters, one writer thread, one sync for all jobs that wait (group commit: Gray and Reuter, Transaction
/// Processing, 1992, section 9).
///
/// Every job that was taken in is answered exactly once, and after the sync of its own batch. The first failed sync is
/// the last: what a disk holds after it is not known (Rebello et al., ATC 2020), so its batch and every later job fail,
/// and nothing is committed again.
pub struct GroupCommit<J> {
    queue: Mailbox<J>,
    /// Set before the queue is closed, so whoever finds the queue closed by a failure sees the flag.
    failed: AtomicBool,
    running: AtomicBool,
}

/// Witness that what a job wrote is durable. Only the answer to that job hands one out; see
/// [`Synced::loaded_from_store`] for the one other source.
#[derive(Debug)]
#[must_use]
pub struct Synced(());

/// The job's sync failed, or an earlier one had. Whether the job's write survives a restart is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyncFailed;

/// Why a job was not taken in; it is handed back, and no answer follows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum SubmitError<J> {
    /// As many jobs wait as may.
    Full(J),
    /// A sync has failed; none follows.
    Failed(J),
    /// The queue was closed.
    Closed(J),
}

impl<J> GroupCommit<J> {
    /// An empty queue for at most `capacity` waiting jobs; those of the batch under way do not count.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        Self { queue: Mailbox::new(capacity), failed: AtomicBool::new(false), running: AtomicBool::new(false) }
    }

    /// Hands a job to the writer. Never blocks. Jobs of one submitter are committed in the order of submission.
    ///
    /// # Errors
    /// [`SubmitError`], with the job.
    pub fn submit(&self, job: J) -> Result<(), SubmitError<J>> {
        match self.queue.push(job) {
            Ok(()) => Ok(()),
            Err(PushError::Full(job)) => Err(SubmitError::Full(job)),
            Err(PushError::Closed(job)) if self.has_failed() => Err(SubmitError::Failed(job)),
            Err(PushError::Closed(job)) => Err(SubmitError::Closed(job)),
        }
    }

    /// The writer thread: takes up to `max_batch` waiting jobs at a time, calls `commit` once for them, which returns
    /// when they are durable, then `answer` for each, in order. Returns after [`close`](Self::close) and the last
    /// waiting job, or after a failure.
    ///
    /// # Errors
    /// The first error of `commit`, after every job that was taken in has been answered.
    ///
    /// # Panics
    /// If `max_batch` is 0, or if it is called twice. If `commit` or `answer` panics, the queue has failed: later jobs
    /// are refused, those that were in are dropped without an answer.
    pub fn run<E>(
        &self,
        max_batch: usize,
        commit: impl FnMut(&[J]) -> Result<(), E>,
        answer: impl FnMut(J, Result<Synced, SyncFailed>),
    ) -> Result<(), E> {
        self.run_gathering(max_batch, || {}, commit, answer)
    }

    /// As [`run`](Self::run), with `gather` called before jobs are taken: the place to pause, so that more come together.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    ///
    /// # Panics
    /// As [`run`](Self::run).
    pub fn run_gathering<E>(
        &self,
        max_batch: usize,
        mut gather: impl FnMut(),
        mut commit: impl FnMut(&[J]) -> Result<(), E>,
        mut answer: impl FnMut(J, Result<Synced, SyncFailed>),
    ) -> Result<(), E> {
        assert!(!self.running.swap(true, Ordering::AcqRel), "one writer thread, and no second run");
        let _fail = FailOnUnwind(self);
        loop {
            gather();
            let batch = match self.queue.take(max_batch, None) {
                Taken::Items(batch) => batch,
                Taken::Empty => continue,
                Taken::Closed => return Ok(()),
            };
            match commit(&batch) {
                Ok(()) => {
                    batch.into_iter().for_each(|job| answer(job, Ok(Synced(()))));
                    if mutant!(AnswerUpToTail) {
                        let Taken::Items(late) = self.queue.try_take(max_batch) else { continue };
                        late.into_iter().for_each(|job| answer(job, Ok(Synced(()))));
                    }
                }
                Err(_) if mutant!(CommitAfterFailure) => {
                    batch.into_iter().for_each(|job| answer(job, Err(SyncFailed)));
                }
                Err(error) => {
                    if !mutant!(DrainBeforeClose) {
                        self.fail();
                    }
                    let told = || if mutant!(FailedSyncIsSuccess) { Ok(Synced(())) } else { Err(SyncFailed) };
                    batch.into_iter().for_each(|job| answer(job, told()));
                    while let Taken::Items(late) = self.queue.try_take(max_batch) {
                        late.into_iter().for_each(|job| answer(job, Err(SyncFailed)));
                    }
                    if mutant!(DrainBeforeClose) {
                        self.fail();
                    }
                    return Err(error);
                }
            }
        }
    }

    /// Refuses jobs from now on; the writer commits and answers those that are in, then returns.
    pub fn close(&self) {
        self.queue.close();
    }

    /// Whether a sync has failed.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Acquire)
    }

    /// How many jobs wait, without those of the batch under way.
    #[must_use]
    pub fn len(&self) -> usize {
        self.queue.len()
    }

    /// Whether no job waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    fn fail(&self) {
        if mutant!(CloseBeforeFailed) {
            self.queue.close();
        }
        self.failed.store(true, Ordering::Release);
        self.queue.close();
    }
}

/// A writer that unwinds must not leave submitters to a queue that nobody empties.
struct FailOnUnwind<'a, J>(&'a GroupCommit<J>);

impl<J> Drop for FailOnUnwind<'_, J> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.fail();
            drop(self.0.queue.try_take(usize::MAX));
        }
    }
}

impl Synced {
    /// The witness for a record that was read back from the store in a transaction of its own: what a committed
    /// transaction shows is durable, since every commit syncs. Nothing else may call this.
    pub fn loaded_from_store() -> Self {
        Self(())
    }
}

impl<J> SubmitError<J> {
    /// The job that was not taken in.
    pub fn into_inner(self) -> J {
        match self {
            Self::Full(job) | Self::Failed(job) | Self::Closed(job) => job,
        }
    }
}

impl<J> fmt::Debug for GroupCommit<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupCommit").field("queue", &self.queue).finish_non_exhaustive()
    }
}

impl<J> fmt::Debug for SubmitError<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full(_) => "Full",
            Self::Failed(_) => "Failed",
            Self::Closed(_) => "Closed",
        })
    }
}

impl<J> fmt::Display for SubmitError<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full(_) => "the commit queue is full",
            Self::Failed(_) => "a sync has failed; the store takes no more writes",
            Self::Closed(_) => "the commit queue is closed",
        })
    }
}

impl<J> Error for SubmitError<J> {}

impl fmt::Display for SyncFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sync failed; whether the write is durable is not known")
    }
}

impl Error for SyncFailed {}
