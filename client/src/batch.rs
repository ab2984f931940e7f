//! Many operations in one call.

use crate::{
    CasOutcome, Client, Consistency, DeleteOutcome, Error, IncrementOutcome, IntoBytes, Versioned, operation::deadline,
};
use bytes::Bytes;
use futures::{StreamExt, future::BoxFuture, stream};
use quorate_protocol::{Expect, Version};
use std::{future::IntoFuture, time::Duration};
use tokio::{runtime::Handle, time::Instant};

/// Operations in one batch.
pub const BATCH_OPERATIONS_MAX: usize = 1024;
/// Bytes of all keys and values in one batch, those that a compare-and-set expects included.
pub const BATCH_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Operations of one batch that are under way at a time. More would gain nothing once the nodes are busy, and their
/// answers would take longer than the client has patience for.
pub const BATCH_IN_FLIGHT_MAX: usize = 64;

/// Operations to be sent together, from [`Client::batch`].
#[derive(Debug)]
#[must_use = "nothing is sent until it is awaited"]
pub struct Batch<'a> {
    client: &'a Client,
    timeout: Duration,
    consistency: Consistency,
    operations: Vec<Planned>,
}

/// What one operation of a batch came to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BatchAnswer {
    /// Of a [`get`](Batch::get).
    Get(Option<Versioned>),
    /// Of a [`put`](Batch::put): the version of the write.
    Put(Version),
    /// Of a [`delete`](Batch::delete).
    Delete(DeleteOutcome),
    /// Of a [`cas`](Batch::cas) or a [`delete_if`](Batch::delete_if).
    Cas(CasOutcome),
    /// Of an [`increment`](Batch::increment).
    Increment(IncrementOutcome),
}

#[derive(Clone, Debug)]
struct Planned {
    key: Bytes,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Get,
    Put(Bytes),
    Delete,
    Cas(Expect, Option<Bytes>),
    Increment(i64),
}

impl Client {
    /// Many operations on many keys in one call: all of them under one deadline, at most
    /// [`BATCH_IN_FLIGHT_MAX`] under way at a time, their requests to a replica one behind the other on its
    /// connection. The answers come back in the order of the operations, each a result of its own.
    ///
    /// **A batch is not a transaction.** Some of its operations may be applied and others not; each is what it
    /// would be alone: linearizable for its key, applied at most once, possibly unknown with its own token. They
    /// run at the same time, so two operations of one batch on one key take effect in either order.
    ///
    /// Dropping the future: the writes that have begun are as a dropped [`put`](Client::put), the others were
    /// not sent.
    ///
    /// # Errors
    /// The batch as a whole fails, with nothing sent, when it is larger than [`BATCH_OPERATIONS_MAX`] or
    /// [`BATCH_BYTES_MAX`] ([`Error::BatchSize`]), or outside of a runtime. Everything else is the result of a
    /// single operation; one that had no time left to begin is [`Error::Unavailable`].
    ///
    /// ```no_run
    /// # async fn example(client: quorate_client::Client) -> Result<(), quorate_client::Error> {
    /// use quorate_client::{BatchAnswer, Outcome};
    ///
    /// let batch = client.batch().put("user:7", "Ada").increment("users", 1).get("greeting");
    /// for (at, result) in batch.await?.into_iter().enumerate() {
    ///     match result {
    ///         Ok(BatchAnswer::Get(found)) => println!("{found:?}"),
    ///         Ok(other) => println!("{at}: {other:?}"),
    ///         Err(error) => match error.outcome() {
    ///             Outcome::NotApplied => println!("{at} was not applied: {error}"),
    ///             Outcome::Unknown(token) => println!("{at} may have been: keep {token}"),
    ///         },
    ///     }
    /// }
    ///
    /// let keys = (0..100).map(|user| format!("user:{user}"));
    /// let users = client.batch().gets(keys).await?;
    /// assert_eq!(users.len(), 100);
    /// # Ok(())
    /// # }
    /// ```
    pub fn batch(&self) -> Batch<'_> {
        Batch { client: self, timeout: self.inner().timeout, consistency: self.consistency(), operations: Vec::new() }
    }
}

impl<'a> Batch<'a> {
    /// How much its reads promise, all of them, instead of the client's or the session's own choice.
    pub fn consistency(mut self, consistency: Consistency) -> Self {
        self.consistency = consistency;
        self
    }

    /// A read; see [`Client::get`].
    pub fn get(self, key: impl IntoBytes) -> Self {
        self.and(key, What::Get)
    }

    /// A read of each of these keys.
    pub fn gets<K: IntoBytes>(self, keys: impl IntoIterator<Item = K>) -> Self {
        keys.into_iter().fold(self, Self::get)
    }

    /// A write; see [`Client::put`].
    pub fn put(self, key: impl IntoBytes, value: impl IntoBytes) -> Self {
        self.and(key, What::Put(value.into_bytes()))
    }

    /// A write of each of these keys and values.
    pub fn puts<K: IntoBytes, V: IntoBytes>(self, pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        pairs.into_iter().fold(self, |batch, (key, value)| batch.put(key, value))
    }

    /// A delete; see [`Client::delete`].
    pub fn delete(self, key: impl IntoBytes) -> Self {
        self.and(key, What::Delete)
    }

    /// A compare-and-set; see [`Client::cas`].
    pub fn cas(self, key: impl IntoBytes, expect: Expect, new: impl IntoBytes) -> Self {
        self.and(key, What::Cas(expect, Some(new.into_bytes())))
    }

    /// A conditional delete; see [`Client::delete_if`].
    pub fn delete_if(self, key: impl IntoBytes, expect: Expect) -> Self {
        self.and(key, What::Cas(expect, None))
    }

    /// An increment; see [`Client::increment`].
    pub fn increment(self, key: impl IntoBytes, by: i64) -> Self {
        self.and(key, What::Increment(by))
    }

    /// The longest that all of it may take, instead of the client's timeout for one operation. A day at most.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How many operations it has so far.
    pub fn len(&self) -> usize {
        self.operations.len()
    }

    /// Whether it has none; such a batch comes to no answers.
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    fn and(mut self, key: impl IntoBytes, what: What) -> Self {
        self.operations.push(Planned { key: key.into_bytes(), what });
        self
    }

    async fn run(self) -> Result<Vec<Result<BatchAnswer, Error>>, Error> {
        let (operations, bytes) = (self.operations.len(), self.operations.iter().map(Planned::bytes).sum());
        if operations > BATCH_OPERATIONS_MAX || bytes > BATCH_BYTES_MAX {
            return Err(Error::BatchSize { operations, bytes });
        }
        Handle::try_current().map_err(|_| Error::NoRuntime)?;
        let (client, consistency, deadline) = (self.client, self.consistency, deadline(self.timeout));
        let calls = self.operations.into_iter().enumerate().map(|(at, planned)| async move {
            let answer = planned.run(client, consistency, deadline).await;
            (at, answer)
        });
        // One that is slow holds nobody up, so the answers are put in order at the end.
        let mut answers: Vec<_> = stream::iter(calls).buffer_unordered(BATCH_IN_FLIGHT_MAX).collect().await;
        answers.sort_unstable_by_key(|(at, _)| *at);
        Ok(answers.into_iter().map(|(_, answer)| answer).collect())
    }
}

impl<'a> IntoFuture for Batch<'a> {
    type Output = Result<Vec<Result<BatchAnswer, Error>>, Error>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl Planned {
    fn bytes(&self) -> usize {
        let values = match &self.what {
            What::Put(value) => value.len(),
            What::Cas(expect, new) => {
                let expected = if let Expect::Value(value) = expect { value.len() } else { 0 };
                expected + new.as_ref().map_or(0, Bytes::len)
            }
            What::Get | What::Delete | What::Increment(_) => 0,
        };
        self.key.len() + values
    }

    async fn run(self, client: &Client, level: Consistency, deadline: Instant) -> Result<BatchAnswer, Error> {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Error::Unavailable { reasons: Vec::new() });
        }
        let key = self.key;
        match self.what {
            What::Get => client.get(key).consistency(level).timeout(left).await.map(BatchAnswer::Get),
            What::Put(value) => client.put(key, value).timeout(left).await.map(BatchAnswer::Put),
            What::Delete => client.delete(key).timeout(left).await.map(BatchAnswer::Delete),
            What::Cas(expect, Some(new)) => client.cas(key, expect, new).timeout(left).await.map(BatchAnswer::Cas),
            What::Cas(expect, None) => client.delete_if(key, expect).timeout(left).await.map(BatchAnswer::Cas),
            What::Increment(by) => client.increment(key, by).timeout(left).await.map(BatchAnswer::Increment),
        }
    }
}
