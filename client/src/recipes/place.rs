//! The key that a recipe works on.

use super::{Foreign, NAME_BYTES_MAX, RESULT_BYTES_MAX, RecipeError};
use crate::{
    Client, Consistency, Error, Negative, UPDATE_ATTEMPTS, Versioned,
    operation::deadline,
    update::{Change, Decision, Loop, Settled},
};
use bytes::Bytes;
use quorate_protocol::Version;
use std::time::Duration;
use tokio::runtime::Handle;

/// How often, on average, one who waits looks again.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// A key, and how long one step on it may take.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) client: Client,
    pub(super) key: Bytes,
    pub(super) timeout: Duration,
}

/// What a step came to: the version of its write, if it wrote, and what was decided.
pub(super) type Taken<T> = (Option<Version>, T);

impl Place {
    pub(super) fn new(client: &Client, key: Bytes) -> Self {
        Self { client: client.clone(), key, timeout: client.inner().timeout }
    }

    pub(super) fn at(&self, key: Bytes) -> Self {
        Self { key, ..self.clone() }
    }

    /// Takes a step: looks, decides, writes, as an [`update`](Client::update) does.
    pub(super) async fn step<T>(
        &self,
        decide: impl FnMut(Option<&Versioned>) -> Decision<Result<T, Foreign>>,
    ) -> Result<Taken<T>, RecipeError> {
        match self.attempts(false)?.run(decide).await? {
            Settled::Applied { version, with, .. } => Ok((Some(version), with?)),
            Settled::Kept(with) => Ok((None, with?)),
            // A compare-and-set is refused for a mismatch alone, after which the loop goes on.
            Settled::Refused(_) => Err(Error::GaveUp { attempts: UPDATE_ATTEMPTS }.into()),
        }
    }

    /// Adds to a number.
    pub(super) async fn add(&self, by: i64) -> Result<i64, RecipeError> {
        match self.attempts(true)?.run(|_| Decision::Send(Change::Add(by), ())).await? {
            Settled::Applied { counter: Some(sum), .. } => Ok(sum),
            Settled::Refused(Negative::Overflow) => Err(RecipeError::Overflow),
            Settled::Applied { .. } | Settled::Kept(()) | Settled::Refused(_) => Err(Foreign::NotANumber.into()),
        }
    }

    pub(super) async fn look(&self) -> Result<Option<Versioned>, Error> {
        // Whatever the client's own level: who holds a lock is read from a quorum, as in the models.
        let read = self.client.get(self.key.clone()).consistency(Consistency::Linearizable);
        read.timeout(self.timeout).await
    }

    /// How long to wait before looking again.
    pub(super) fn pause(&self) -> Duration {
        self.client.inner().random().jittered(LOOK_AGAIN)
    }

    fn attempts(&self, blind: bool) -> Result<Loop<'_>, Error> {
        Handle::try_current().map_err(|_| Error::NoRuntime)?;
        let Self { client, key, timeout } = self;
        Ok(Loop { client, key, deadline: deadline(*timeout), attempts: UPDATE_ATTEMPTS, blind })
    }
}

pub(super) fn check_name(name: Bytes) -> Result<Bytes, RecipeError> {
    match name.len() {
        bytes if bytes == 0 || bytes > NAME_BYTES_MAX => Err(RecipeError::NameLength { bytes }),
        _ => Ok(name),
    }
}

pub(super) fn check_result(result: Bytes) -> Result<Bytes, RecipeError> {
    match result.len() {
        bytes if bytes > RESULT_BYTES_MAX => Err(RecipeError::ResultLength { bytes }),
        _ => Ok(result),
    }
}
