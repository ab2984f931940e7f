//! The client.

use crate::{
    Cas, ClientBuilder, Consistency, Delete, Error, Get, Increment, IntoBytes, NodeReport, Put, RequestToken, Resolve,
    Session, Stats,
    handle::SharedSeen,
    inner::Inner,
    operation::deadline,
    report::ask_one,
    wire::{ClusterId, Inspection, KvRequestV1, KvResponseV1, NodeStatus, kv::check_key},
};
use futures::future::join_all;
use quorate_protocol::{Expect, LogId, NodeId};
use std::sync::Arc;

/// A client of one cluster.
///
/// Clones are cheap and share connections, identity and counters. Every operation is linearizable per
/// key, has a deadline (five seconds unless [`ClientBuilder::timeout`] or the operation's own `timeout`
/// says otherwise), and is retried on other replicas while that is safe: a write is applied at most once,
/// whatever number of times it is sent.
///
/// Operations run within a tokio runtime, of either kind, with its I/O and time drivers enabled. The
/// connections' tasks end with the last clone.
///
/// ```no_run
/// use quorate_client::{CasOutcome, Client, Error, Expect};
///
/// # async fn example() -> Result<(), Error> {
/// let client = Client::connect("10.0.0.1:7401,10.0.0.2:7401,10.0.0.3:7401").await?;
/// let version = client.put("user:7", "Ada").await?;
/// match client.cas("user:7", Expect::Version(version), "Grace").await? {
///     CasOutcome::Applied(newer) => assert!(newer > version),
///     CasOutcome::Mismatch(found) => println!("somebody was faster: {found:?}"),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    inner: Arc<Inner>,
    consistency: Consistency,
    /// What was seen, for one that belongs to a session.
    seen: Option<SharedSeen>,
}

impl Client {
    /// Options for a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    /// A client of the cluster that these seeds belong to: `host:port`, separated by commas. One that
    /// answers is enough; it names the others.
    ///
    /// # Errors
    /// As [`ClientBuilder::build`].
    pub async fn connect(seeds: &str) -> Result<Self, Error> {
        Self::builder().seeds(seeds.split(',')).build().await
    }

    /// What its reads promise, if they do not say so themselves.
    pub(crate) fn consistency(&self) -> Consistency {
        self.consistency
    }

    pub(crate) fn new(inner: Inner, consistency: Consistency) -> Self {
        let seen = (consistency == Consistency::Causal).then(SharedSeen::default);
        Self { inner: Arc::new(inner), consistency, seen }
    }

    pub(crate) fn inner(&self) -> &Arc<Inner> {
        &self.inner
    }

    pub(crate) fn seen(&self) -> Option<&SharedSeen> {
        self.seen.as_ref()
    }

    /// The same client, its operations belonging to a session.
    pub(crate) fn in_session(&self, seen: SharedSeen) -> Self {
        Self { seen: Some(seen), ..self.clone() }
    }

    /// A new session over this client's connections. It has seen nothing; in a client that was built
    /// [`Causal`](Consistency::Causal), what that one has seen.
    pub fn session(&self) -> Session {
        Session::new(self, self.seen.as_ref().map(SharedSeen::snapshot).unwrap_or_default())
    }

    /// Reads a key: its value with the version, or `None` if it has none. In the common case one round
    /// trip to a majority; nothing is written. [`Get::consistency`] takes one replica's word instead.
    ///
    /// Dropping the future is safe at any time and leaves no trace.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when no majority proved a value fresh before the deadline. Never an older value.
    ///
    /// ```no_run
    /// # async fn example(client: quorate_client::Client) -> Result<(), quorate_client::Error> {
    /// use quorate_client::Consistency;
    /// if let Some(found) = client.get("user:7").await? {
    ///     println!("{:?} at version {}", found.value, found.version);
    /// }
    /// let nearby = client.get("menu").consistency(Consistency::Eventual).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn get(&self, key: impl IntoBytes) -> Get<'_> {
        Get::new(self, key.into_bytes(), self.consistency)
    }

    /// Sets a key, whatever it holds, and returns the version of this write.
    ///
    /// A future that is dropped before it is ready leaves the write unknown: it may be applied, now or a
    /// little later, once, or not at all. Give it a [`timeout`](Put::timeout) rather than drop it, and the
    /// error carries the token to [`resolve`](Client::resolve) it.
    ///
    /// # Errors
    /// See [`Error`]; [`Error::outcome`] says whether it may have been applied.
    ///
    /// ```no_run
    /// # async fn example(client: quorate_client::Client) -> Result<(), quorate_client::Error> {
    /// use std::time::Duration;
    /// let version = client.put("greeting", "hello").timeout(Duration::from_millis(500)).await?;
    /// println!("written as {version}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn put(&self, key: impl IntoBytes, value: impl IntoBytes) -> Put<'_> {
        Put::new(self, key.into_bytes(), value.into_bytes())
    }

    /// Removes a key's value, if it has one. Dropping the future: as [`put`](Client::put).
    ///
    /// # Errors
    /// As [`put`](Client::put). That the key is absent is an outcome.
    pub fn delete(&self, key: impl IntoBytes) -> Delete<'_> {
        Delete::new(self, key.into_bytes())
    }

    /// Sets a key if it is as expected. Dropping the future: as [`put`](Client::put).
    ///
    /// # Errors
    /// As [`put`](Client::put). A mismatch is an outcome.
    ///
    /// ```no_run
    /// # async fn example(client: quorate_client::Client) -> Result<(), quorate_client::Error> {
    /// use quorate_client::{CasOutcome, Expect};
    /// if let CasOutcome::Applied(_) = client.cas("lock", Expect::Absent, "me").await? {
    ///     println!("the lock is mine");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn cas(&self, key: impl IntoBytes, expect: Expect, new: impl IntoBytes) -> Cas<'_> {
        Cas::new(self, key.into_bytes(), expect, Some(new.into_bytes()))
    }

    /// Removes a key's value if it is as expected; the new version is that of the delete. Dropping the
    /// future: as [`put`](Client::put).
    ///
    /// # Errors
    /// As [`cas`](Client::cas).
    pub fn delete_if(&self, key: impl IntoBytes, expect: Expect) -> Cas<'_> {
        Cas::new(self, key.into_bytes(), expect, None)
    }

    /// Adds to a key that holds a decimal integer; a key without a value counts as 0. Applied at most once,
    /// retries included. Dropping the future: as [`put`](Client::put).
    ///
    /// # Errors
    /// As [`put`](Client::put). That the value is no number, or would overflow, is an outcome.
    pub fn increment(&self, key: impl IntoBytes, by: i64) -> Increment<'_> {
        Increment::new(self, key.into_bytes(), by)
    }

    /// Finds out what became of a write whose outcome was unknown, given its key and the token of
    /// [`Error::Unknown`]. If it was not applied, it never will be from then on: the id is closed by a
    /// write of its own. Any client may ask, any number of times.
    ///
    /// Dropping the future is safe; the id may or may not have been closed.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when no replica could be asked.
    ///
    /// ```no_run
    /// # async fn example(client: quorate_client::Client) -> Result<(), quorate_client::Error> {
    /// use quorate_client::{Outcome, Resolution};
    /// if let Err(error) = client.increment("orders", 1).await {
    ///     if let Outcome::Unknown(token) = error.outcome() {
    ///         match client.resolve("orders", token).await? {
    ///             Resolution::Applied { counter, .. } => println!("counted: {counter:?}"),
    ///             other => println!("not counted: {other:?}"),
    ///         }
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn resolve(&self, key: impl IntoBytes, token: RequestToken) -> Resolve<'_> {
        Resolve::new(self, key.into_bytes(), token)
    }

    /// What this client, with all its clones, has done so far.
    pub fn stats(&self) -> Stats {
        self.inner.counters.snapshot()
    }

    /// The cluster it is connected to.
    pub fn cluster(&self) -> ClusterId {
        self.inner.cluster
    }

    /// The voters and where this client reaches them.
    pub fn replicas(&self) -> Vec<(NodeId, String)> {
        self.inner.replicas().iter().map(|replica| (replica.node(), replica.address().to_owned())).collect()
    }

    /// How every node is, each asked once, with the client's timeout.
    ///
    /// # Errors
    /// [`Error::NoRuntime`]. That a node does not answer is part of the result.
    pub async fn status(&self) -> Result<Vec<NodeReport<NodeStatus>>, Error> {
        self.ask_all(KvRequestV1::Status, |response| match response {
            KvResponseV1::Status(status) => Some(*status),
            _ => None,
        })
        .await
    }

    /// What every replica holds for a key, each asked once, with the client's timeout. For people: only
    /// [`get`](Client::get) knows what is current.
    ///
    /// # Errors
    /// [`Error::KeyLength`], [`Error::NoRuntime`]. That a node does not answer is part of the result.
    pub async fn inspect(&self, key: impl IntoBytes) -> Result<Vec<NodeReport<Inspection>>, Error> {
        let log = LogId::of_key(key.into_bytes());
        check_key(&log)?;
        self.ask_all(KvRequestV1::Inspect { log }, |response| match response {
            KvResponseV1::Inspection(inspection) => Some(*inspection),
            _ => None,
        })
        .await
    }

    async fn ask_all<T>(
        &self,
        request: KvRequestV1,
        unwrap: impl Fn(KvResponseV1) -> Option<T>,
    ) -> Result<Vec<NodeReport<T>>, Error> {
        tokio::runtime::Handle::try_current().map_err(|_| Error::NoRuntime)?;
        let deadline = deadline(self.inner.timeout);
        let asked = self.inner.replicas().iter().map(|replica| {
            let request = request.clone();
            ask_one(&self.inner, replica, request, deadline)
        });
        let answers = join_all(asked).await;
        Ok(answers.into_iter().map(|report| report.and_then(&unwrap)).collect())
    }
}
