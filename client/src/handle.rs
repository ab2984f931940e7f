//! Sessions, as their users hold them.

use crate::{
    Batch, Cas, Client, Consistency, Delete, Error, Get, Increment, IntoBytes, Put, RequestToken, Resolve,
    SessionToken, Update, Value,
};
use quorate_protocol::{Expect, LogId, Need, Recorded, Seen, Slot};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a session has seen, shared by all that belongs to it.
#[derive(Clone, Debug, Default)]
pub(crate) struct SharedSeen(Arc<Mutex<Seen>>);

impl SharedSeen {
    pub(crate) fn of(seen: Seen) -> Self {
        Self(Arc::new(Mutex::new(seen)))
    }

    pub(crate) fn read(&self, log: &LogId, slot: Slot) {
        self.lock().read(log, slot);
    }

    pub(crate) fn wrote(&self, log: &LogId, recorded: &Recorded) {
        self.lock().wrote(log, recorded);
    }

    pub(crate) fn need(&self, log: &LogId) -> Need {
        self.lock().need(log)
    }

    pub(crate) fn merge(&self, other: &Seen) {
        self.lock().merge(other);
    }

    pub(crate) fn snapshot(&self) -> Seen {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        // Nothing that holds the lock can panic halfway: whatever a panic left of it is sound.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A line of work that never unsees what it has seen: its reads are causal, across keys, unless one says otherwise.
///
/// Every operation of a session, a read at any level included, adds to what it has seen. A [`token`](Session::token)
/// hands that on, to another session, process or machine. Clones are one session. Operations that run at the same time
/// do not see each other: a read knows what its session had seen when it was first polled.
///
/// ```no_run
/// # async fn example(client: quorate_client::Client) -> Result<(), quorate_client::Error> {
/// use quorate_client::Session;
///
/// let writer = client.session();
/// writer.put("profile:7", "new picture").await?;
/// let text = writer.token().to_string(); // Into a cookie, a message, a URL.
///
/// let reader = Session::from_token(&client, &text.parse().expect("it was printed above"))?;
/// let seen = reader.get("profile:7").await?; // The new picture, or a newer one: from one replica, if that has it.
/// # let _ = seen;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Session {
    client: Client,
    seen: SharedSeen,
}

impl Session {
    /// A session that has seen what `token` says, and nothing else.
    ///
    /// # Errors
    /// [`Error::ForeignToken`] when the token is of another cluster.
    pub fn from_token(client: &Client, token: &SessionToken) -> Result<Self, Error> {
        token.belongs_to(client.cluster())?;
        Ok(Self::new(client, token.seen().clone()))
    }

    pub(crate) fn new(client: &Client, seen: Seen) -> Self {
        let seen = SharedSeen::of(seen);
        Self { client: client.in_session(seen.clone()), seen }
    }

    /// What it has seen so far.
    pub fn token(&self) -> SessionToken {
        SessionToken::new(self.client.cluster(), self.seen.snapshot())
    }

    /// Takes a token that was handed on: from here on this session has seen that as well.
    ///
    /// # Errors
    /// [`Error::ForeignToken`] when the token is of another cluster; nothing changes.
    pub fn observe(&self, token: &SessionToken) -> Result<(), Error> {
        token.belongs_to(self.client.cluster())?;
        self.seen.merge(token.seen());
        Ok(())
    }

    /// Reads a key causally: not older than what this session has seen. See [`Client::get`].
    pub fn get(&self, key: impl IntoBytes) -> Get<'_> {
        self.client.get(key).consistency(Consistency::Causal)
    }

    /// Sets a key. See [`Client::put`].
    pub fn put(&self, key: impl IntoBytes, value: impl IntoBytes) -> Put<'_> {
        self.client.put(key, value)
    }

    /// Removes a key's value. See [`Client::delete`].
    pub fn delete(&self, key: impl IntoBytes) -> Delete<'_> {
        self.client.delete(key)
    }

    /// Sets a key if it is as expected. See [`Client::cas`].
    pub fn cas(&self, key: impl IntoBytes, expect: Expect, new: impl IntoBytes) -> Cas<'_> {
        self.client.cas(key, expect, new)
    }

    /// Removes a key's value if it is as expected. See [`Client::delete_if`].
    pub fn delete_if(&self, key: impl IntoBytes, expect: Expect) -> Cas<'_> {
        self.client.delete_if(key, expect)
    }

    /// Adds to a key that holds a decimal integer. See [`Client::increment`].
    pub fn increment(&self, key: impl IntoBytes, by: i64) -> Increment<'_> {
        self.client.increment(key, by)
    }

    /// Many operations in one call, their reads causal. See [`Client::batch`]. Each read is not older than what this session
    /// had seen when it was sent, which is what the batch found at its beginning or more.
    ///
    /// ```no_run
    /// # async fn example(session: quorate_client::Session) -> Result<(), quorate_client::Error> {
    /// let answers = session.batch().put("profile:7", "new picture").get("feed:7").await?;
    /// let token = session.token(); // Covers both keys.
    /// # let _ = (answers, token);
    /// # Ok(())
    /// # }
    /// ```
    pub fn batch(&self) -> Batch<'_> {
        self.client.batch().consistency(Consistency::Causal)
    }

    /// Changes a value by what it is, until that is done without anybody in between. Its reads are linearizable. See
    /// [`Client::update`].
    pub fn update<F, V>(&self, key: impl IntoBytes, change: F) -> Update<'_, F>
    where
        F: FnMut(Option<&[u8]>) -> V + Send,
        V: Into<Value>,
    {
        self.client.update(key, change)
    }

    /// Finds out what became of a write whose outcome was unknown: until then this session has not seen it. See
    /// [`Client::resolve`].
    pub fn resolve(&self, key: impl IntoBytes, token: RequestToken) -> Resolve<'_> {
        self.client.resolve(key, token)
    }
}
