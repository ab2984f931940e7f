//! Work that is to be done once.

pub(super) mod record;

pub use record::{Claimed, Completion};

use super::{
    Fence, RecipeError,
    place::{Place, Taken, check_result},
};
use crate::{Client, IntoBytes};
use bytes::Bytes;
use std::time::Duration;

/// Remembers which pieces of work were done, and with which result, so that a request that arrives twice is
/// answered twice and performed once.
///
/// A piece of work has an id that its requester chose (an order's number, a key that came with the request), and
/// a record at the key `prefix` + `id`: nothing yet, *started* by a claim, or *done* with a result. The result is
/// recorded once and stays the one that everybody gets.
///
/// **What a crash in between means.** Whoever starts the work and crashes leaves it *in progress*, for ever: the
/// store cannot know whether the worker is dead, nor whether it had performed the effect. Whoever decides that it
/// is dead [takes the work over](Self::take_over), under a new claim; from then on the old claim records nothing.
/// The effect itself, if it is outside of this record, may then be performed twice. Three ways out: perform it
/// where a second time is harmless; have its destination check the claim's [`fence`](Claim::fence), or the id; or
/// make the result *be* the effect, which is what this record alone keeps exact.
///
/// Records stay until they are [forgotten](Self::forget). Nobody else may write the keys.
///
/// ```no_run
/// # async fn charge(_: &str) -> String { String::new() }
/// # async fn example(client: quorate_client::Client) -> Result<(), quorate_client::recipes::RecipeError> {
/// use quorate_client::recipes::{Begin, Completion, IdempotencyStore};
///
/// let payments = IdempotencyStore::new(&client, "payments/");
/// match payments.begin("order-17").await? {
///     Begin::Started(claim) => {
///         let receipt = charge("order-17").await;
///         match payments.complete(&claim, receipt).await? {
///             Completion::Recorded => println!("paid"),
///             Completion::AlreadyDone(theirs) => println!("somebody took over, and it came to {theirs:?}"),
///             Completion::Superseded(_) => println!("somebody took over, and is at it"),
///         }
///     }
///     Begin::AlreadyDone(receipt) => println!("paid before: {receipt:?}"),
///     Begin::InProgress(_) => println!("ask again in a while"),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct IdempotencyStore {
    place: Place,
}

/// What beginning a piece of work came to.
#[derive(Clone, Debug)]
pub enum Begin {
    /// It is the caller's to do, and to [complete](IdempotencyStore::complete).
    Started(Claim),
    /// It was done, with this result.
    AlreadyDone(Bytes),
    /// Somebody has started it, and not completed it.
    InProgress(Claimed),
}

/// The right to complete a piece of work, until somebody takes it over.
#[derive(Clone, Debug)]
#[must_use = "the work stays in progress until it is completed or given up"]
pub struct Claim {
    id: Bytes,
    fence: Fence,
}

impl Claim {
    /// Its fencing token: higher than that of each claim before it on the same piece of work.
    pub fn fence(&self) -> Fence {
        self.fence
    }

    /// The piece of work.
    pub fn id(&self) -> &Bytes {
        &self.id
    }
}

impl IdempotencyStore {
    /// Work whose records are kept under keys that begin so. Prefix and id together are a key, with its bounds.
    /// Nothing is sent.
    pub fn new(client: &Client, prefix: impl IntoBytes) -> Self {
        Self { place: Place::new(client, prefix.into_bytes()) }
    }

    /// The longest that each step may take, instead of the client's own timeout. A day at most.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.place.timeout = timeout;
        self
    }

    /// Starts a piece of work, unless it was started before.
    ///
    /// When this ends with [`Error::Unknown`](crate::Error::Unknown), or is dropped, the work may be in progress
    /// under a claim that nobody has. Begin again; if it then is in progress, and no other worker can have
    /// started it, take it over.
    ///
    /// # Errors
    /// See [`RecipeError`].
    pub async fn begin(&self, id: impl IntoBytes) -> Result<Begin, RecipeError> {
        let id = id.into_bytes();
        let taken = self.record(&id).step(record::begin).await?;
        Ok(begun(id, taken))
    }

    /// Starts a piece of work in the place of somebody whom the caller has decided is dead. If the work is done
    /// by now, or was taken over by somebody else, it stays so.
    ///
    /// # Errors
    /// As [`begin`](Self::begin).
    pub async fn take_over(&self, id: impl IntoBytes, from: &Claimed) -> Result<Begin, RecipeError> {
        let id = id.into_bytes();
        let taken = self.record(&id).step(|seen| record::take_over(from, seen)).await?;
        Ok(begun(id, taken))
    }

    /// Records the result, of at most [`RESULT_BYTES_MAX`](super::RESULT_BYTES_MAX) bytes, if the work is still
    /// this claim's.
    ///
    /// # Errors
    /// See [`RecipeError`]. After an error, or a dropped future, call again with the same result: it is recorded
    /// once.
    pub async fn complete(&self, claim: &Claim, result: impl IntoBytes) -> Result<Completion, RecipeError> {
        let result = check_result(result.into_bytes())?;
        let (_, completion) = self.record(&claim.id).step(|seen| record::complete(claim.fence, &result, seen)).await?;
        Ok(completion)
    }

    /// Gives up work that was started and has had no effect, so that it may be begun anew. Whether it was still
    /// this claim's.
    ///
    /// # Errors
    /// See [`RecipeError`]. After an error, call again; `false` then also says that the first call did it.
    pub async fn give_up(&self, claim: &Claim) -> Result<bool, RecipeError> {
        Ok(self.record(&claim.id).step(|seen| record::give_up(claim.fence, seen)).await?.1)
    }

    /// What is recorded of a piece of work: its result once it is done.
    ///
    /// # Errors
    /// As [`Client::get`]; [`RecipeError::Foreign`].
    pub async fn result(&self, id: impl IntoBytes) -> Result<Option<Bytes>, RecipeError> {
        let seen = self.record(&id.into_bytes()).look().await?;
        Ok(match record::found(seen.as_ref())? {
            record::Found::Done { result, .. } => Some(result),
            record::Found::Nothing | record::Found::Claimed(_) => None,
        })
    }

    /// Forgets the record of work that is done, so that its id begins anew; for when no request with this id can
    /// come any more. `false`, with nothing changed, while the work is in progress.
    ///
    /// # Errors
    /// See [`RecipeError`]. After an error, call again.
    pub async fn forget(&self, id: impl IntoBytes) -> Result<bool, RecipeError> {
        Ok(self.record(&id.into_bytes()).step(record::forget).await?.1)
    }

    fn record(&self, id: &Bytes) -> Place {
        self.place.at([&self.place.key[..], id].concat().into())
    }
}

fn begun(id: Bytes, (version, begun): Taken<record::Begun>) -> Begin {
    match begun {
        // Work is started by a write, so there is a version.
        record::Begun::Started => Begin::Started(Claim { id, fence: Fence::of(version.unwrap_or_default()) }),
        record::Begun::AlreadyDone(result) => Begin::AlreadyDone(result),
        record::Begun::InProgress(claimed) => Begin::InProgress(claimed),
    }
}
