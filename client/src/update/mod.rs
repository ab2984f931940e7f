//! Read-modify-write loops.

mod attempts;
mod drive;
mod value;

#[cfg(test)]
pub(crate) use attempts::{Answer, Attempts, End, Step};
pub(crate) use attempts::{Change, Decision};
pub(crate) use drive::{Loop, Settled};
pub use value::Value;

use crate::{Client, Error, IntoBytes, Versioned, operation::deadline};
use bytes::Bytes;
use futures::future::BoxFuture;
use quorate_protocol::{Expect, Version};
use std::{future::IntoFuture, time::Duration};
use tokio::runtime::Handle;

/// Changes that an update sends at most, unless [`Update::attempts`] says otherwise.
pub const UPDATE_ATTEMPTS: u32 = 64;

/// What an update came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UpdateOutcome {
    /// The new value, which is there as of this version.
    Written(Versioned),
    /// The value is gone; the delete has this version.
    Deleted(Version),
    /// Nothing was changed. This is what was found.
    Kept(Option<Versioned>),
}

impl UpdateOutcome {
    /// The value that the key had when the update ended.
    pub fn value(&self) -> Option<&Bytes> {
        match self {
            Self::Written(written) | Self::Kept(Some(written)) => Some(&written.value),
            Self::Deleted(_) | Self::Kept(None) => None,
        }
    }
}

/// A read-modify-write loop, from [`Client::update`].
#[must_use = "nothing is sent until it is awaited"]
pub struct Update<'a, F> {
    client: &'a Client,
    key: Bytes,
    change: F,
    timeout: Duration,
    attempts: u32,
}

impl Client {
    /// Changes a value as a function of what it was: reads the key, has `change` decide, and sets the value on
    /// the condition that the key still holds what `change` was shown. When somebody else was faster it starts
    /// again, after a short pause that grows, with the value of that moment.
    ///
    /// `change` is given the key's value (`None`: it has none) and says which one it shall have: a [`Value`], or
    /// whatever becomes one. `Some(value)` sets it, `None` removes it, [`Value::Keep`] leaves it as it is. It may
    /// be called several times, so what it does besides should be harmless to repeat; only what it said last
    /// counts.
    ///
    /// **Exactly what is applied.** A decision is applied to the value that it was shown and to no other, and
    /// one decision of the loop is applied, once, or none. When an attempt's outcome is unknown, the loop
    /// resolves it before it does anything else; half of the time that is left is kept for that.
    ///
    /// Dropping the future: the attempt under way, if there is one, is as a dropped [`put`](Client::put).
    ///
    /// # Errors
    /// [`Error::GaveUp`] after [`UPDATE_ATTEMPTS`] attempts (or [`Update::attempts`]), or when time ran out
    /// among them: nothing was applied. [`Error::Unknown`] when the last attempt could not be resolved in time.
    /// Otherwise as [`get`](Client::get) and [`cas`](Client::cas).
    ///
    /// ```no_run
    /// # async fn example(client: quorate_client::Client) -> Result<(), quorate_client::Error> {
    /// use quorate_client::{Bytes, UpdateOutcome, Value};
    ///
    /// // A guest more; nobody's guest is lost, whoever else is adding one.
    /// client
    ///     .update("guests", |found| {
    ///         let mut guests = found.unwrap_or_default().to_vec();
    ///         guests.extend_from_slice(b"Ada\n");
    ///         Some(guests)
    ///     })
    ///     .await?;
    ///
    /// // A decision that needs no write.
    /// let outcome = client
    ///     .update("state", |found| match found {
    ///         Some(b"open") => Value::from("closed"),
    ///         _ => Value::Keep,
    ///     })
    ///     .await?;
    /// if let UpdateOutcome::Kept(found) = outcome {
    ///     println!("it was not open but {found:?}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn update<F, V>(&self, key: impl IntoBytes, change: F) -> Update<'_, F>
    where
        F: FnMut(Option<&[u8]>) -> V + Send,
        V: Into<Value>,
    {
        let (key, timeout) = (key.into_bytes(), self.inner().timeout);
        Update { client: self, key, change, timeout, attempts: UPDATE_ATTEMPTS }
    }
}

/// What was decided, for the outcome.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Decided {
    Set(Bytes),
    Delete,
    Keep(Option<Versioned>),
}

impl<F> Update<'_, F> {
    /// The longest that all of it may take, instead of the client's timeout for one operation. A day at most.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How many attempts it may make. With 0 it changes nothing, and fails unless nothing is to be changed.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    async fn run<V>(self) -> Result<UpdateOutcome, Error>
    where
        F: FnMut(Option<&[u8]>) -> V + Send,
        V: Into<Value>,
    {
        let Self { client, key, mut change, timeout, attempts } = self;
        Handle::try_current().map_err(|_| Error::NoRuntime)?;
        let attempts = Loop { client, key: &key, deadline: deadline(timeout), attempts, blind: false };
        let settled = attempts.run(|found| decide(found, change(found.map(|found| &found.value[..])).into())).await?;
        Ok(match settled {
            Settled::Applied { version, with: Decided::Set(value), .. } => {
                UpdateOutcome::Written(Versioned { value, version })
            }
            Settled::Applied { version, .. } => UpdateOutcome::Deleted(version),
            Settled::Kept(Decided::Keep(found)) => UpdateOutcome::Kept(found),
            // A compare-and-set is refused for a mismatch alone, after which the loop goes on.
            Settled::Kept(_) | Settled::Refused(_) => UpdateOutcome::Kept(None),
        })
    }
}

/// The change that gives the key this value, on the condition that it holds what was found.
pub(crate) fn decide(found: Option<&Versioned>, value: Value) -> Decision<Decided> {
    let send = |new, decided| Decision::Send(Change::Cas { expect: as_found(found), new }, decided);
    match value {
        Value::Set(value) => send(Some(value.clone()), Decided::Set(value)),
        Value::Absent if found.is_some() => send(None, Decided::Delete),
        Value::Absent | Value::Keep => Decision::Keep(Decided::Keep(found.cloned())),
    }
}

/// That the key still holds what was found.
pub(crate) fn as_found(found: Option<&Versioned>) -> Expect {
    found.map_or(Expect::Absent, |found| Expect::Version(found.version))
}

impl<'a, F, V> IntoFuture for Update<'a, F>
where
    F: FnMut(Option<&[u8]>) -> V + Send + 'a,
    V: Into<Value> + 'a,
{
    type Output = Result<UpdateOutcome, Error>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl<F> std::fmt::Debug for Update<'_, F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { key, timeout, attempts, .. } = self;
        f.debug_struct("Update")
            .field("key", key)
            .field("timeout", timeout)
            .field("attempts", attempts)
            .finish_non_exhaustive()
    }
}
