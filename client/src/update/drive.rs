//! Runs [`Attempts`] over a client: reads, sends, resolves, pauses. What to do next is the machine's to say.

use super::attempts::{Answer, Attempts, Change, Decision, End, Step};
use crate::{CasOutcome, Client, Consistency, Error, IncrementOutcome, Negative, Resolution, Versioned};
use bytes::Bytes;
use quorate_protocol::Version;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The pause, on average, after the first change that somebody else's beat; doubled by each one after it.
const PAUSE_MIN: Duration = Duration::from_millis(1);
/// The longest such pause, on average.
const PAUSE_MAX: Duration = Duration::from_millis(100);

/// One read-modify-write loop.
#[derive(Debug)]
pub(crate) struct Loop<'a> {
    pub(crate) client: &'a Client,
    pub(crate) key: &'a Bytes,
    pub(crate) deadline: Instant,
    /// How many changes may be sent.
    pub(crate) attempts: u32,
    /// Decide without looking at the key: for changes that do not depend on what it holds.
    pub(crate) blind: bool,
}

/// What a loop came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Settled<T> {
    Applied { version: Version, counter: Option<i64>, with: T },
    Kept(T),
    Refused(Negative),
}

impl Loop<'_> {
    /// Reads, has a change decided, sends it; again while somebody else is faster.
    pub(crate) async fn run<T>(
        &self,
        mut decide: impl FnMut(Option<&Versioned>) -> Decision<T>,
    ) -> Result<Settled<T>, Error> {
        let mut attempts = Attempts::new(self.attempts);
        let mut step = Step::Decide;
        // The last change's failure, while it counts.
        let mut last = None;
        loop {
            step = match step {
                Step::Decide => {
                    self.pause(attempts.sent(), &mut last).await?;
                    let found = if self.blind { None } else { self.look().await? };
                    attempts.on_decision(decide(found.as_ref()))
                }
                Step::Send(change) => {
                    let answer = self.send(change, &mut last).await?;
                    attempts.on_answer(answer)
                }
                Step::Resolve(token) => {
                    let asked = self.client.resolve(self.key.clone(), token).timeout(self.left()).await;
                    // Without an answer the change is as unknown as before.
                    attempts.on_resolution(token, asked.unwrap_or(Resolution::Open))
                }
                Step::Done(End::Applied { version, counter, with }) => {
                    return Ok(Settled::Applied { version, counter, with });
                }
                Step::Done(End::Kept(with)) => return Ok(Settled::Kept(with)),
                Step::Done(End::Refused(negative)) => return Ok(Settled::Refused(negative)),
                Step::Done(End::Exhausted) => return Err(given_up(attempts.sent(), &mut last)),
                Step::Done(End::Unknown(token)) => {
                    return Err(last.unwrap_or(Error::Unknown { token, reasons: Vec::new() }));
                }
            };
        }
    }

    async fn look(&self) -> Result<Option<Versioned>, Error> {
        // Whatever the client's own level: what is decided on is what there is, also where nothing is written.
        let read = self.client.get(self.key.clone()).consistency(Consistency::Linearizable);
        read.timeout(self.left()).await
    }

    /// Sends a change with half of the time that is left: should its outcome be unknown, the other half is
    /// for finding out.
    async fn send(&self, change: Change, last: &mut Option<Error>) -> Result<Answer, Error> {
        let (key, time) = (self.key.clone(), self.left() / 2);
        let result = match change {
            Change::Cas { expect, new: Some(new) } => cas(self.client.cas(key, expect, new).timeout(time).await),
            Change::Cas { expect, new: None } => cas(self.client.delete_if(key, expect).timeout(time).await),
            Change::Add(by) => add(self.client.increment(key, by).timeout(time).await),
        };
        match result {
            Ok(answer) => {
                *last = None;
                Ok(answer)
            }
            Err(Error::Unknown { token, reasons }) => {
                *last = Some(Error::Unknown { token, reasons });
                Ok(Answer::Unknown(token))
            }
            Err(error) if error.is_retryable() => {
                *last = Some(error);
                Ok(Answer::NotApplied)
            }
            Err(error) => Err(error),
        }
    }

    /// Steps back, longer each time, so that many who change one key get their turns.
    async fn pause(&self, sent: u32, last: &mut Option<Error>) -> Result<(), Error> {
        if sent == 0 {
            return Ok(());
        }
        let doubled = PAUSE_MIN.saturating_mul(1 << (sent - 1).min(16));
        let pause = self.client.inner().random().jittered(doubled.min(PAUSE_MAX));
        if pause >= self.left() {
            return Err(given_up(sent, last));
        }
        sleep(pause).await;
        Ok(())
    }

    fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }
}

/// Nothing was applied: because the cluster could not the last time, or because others were faster.
fn given_up(attempts: u32, last: &mut Option<Error>) -> Error {
    match last.take() {
        Some(error) if error.is_retryable() => error,
        _ => Error::GaveUp { attempts },
    }
}

fn cas(result: Result<CasOutcome, Error>) -> Result<Answer, Error> {
    result.map(|outcome| match outcome {
        CasOutcome::Applied(version) => Answer::Applied { version, counter: None },
        CasOutcome::Mismatch(found) => Answer::Refused(Negative::Mismatch(found)),
    })
}

fn add(result: Result<IncrementOutcome, Error>) -> Result<Answer, Error> {
    result.map(|outcome| match outcome {
        IncrementOutcome::Applied { value, version } => Answer::Applied { version, counter: Some(value) },
        IncrementOutcome::NotANumber => Answer::Refused(Negative::NotANumber),
        IncrementOutcome::Overflow => Answer::Refused(Negative::Overflow),
    })
}
