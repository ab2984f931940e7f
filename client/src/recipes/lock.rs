//! A lock with fencing tokens.

use super::{
    Fence, Holder, RecipeError, Standing,
    encoding::Kind,
    tenure::{Seat, Taking, Tenure},
};
use crate::{Client, IntoBytes};
use bytes::Bytes;
use std::time::Duration;

/// A lock that one owner at a time holds, until it gives it back or somebody takes it over.
///
/// There is no lease: a lock does not run out, since the store has no clock that it could run out by. When a
/// holder is dead, somebody has to say so, and that is whoever calls [`take_over`](Self::take_over): by what a
/// supervisor says, by an operator's word, or because the holder's [`beats`](Holder::beats) have stood still for
/// too long by one's own clock. None of these is certain. The holder may be slow, not dead, and may wake up in
/// the middle of what it was doing.
///
/// **A lock without fencing is therefore not safe**, this one or any other: it keeps those apart who look
/// before they act, not what is already on its way. So each acquisition has a [`Fence`], higher than all before
/// it. Send it along with everything that is done under the lock, and have whatever takes it refuse a lower one
/// than it has seen. For values in this store, [`FencedValue`](super::FencedValue) does that. A destination that
/// cannot check a number (a mail server, say) cannot be protected by any lock.
///
/// Nobody else may write the key. An owner's name should be its own: a host with a process id, say.
///
/// ```no_run
/// # async fn example(client: quorate_client::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use quorate_client::recipes::{FencedLock, FencedValue, LockOutcome};
/// use std::time::Duration;
///
/// let lock = FencedLock::new(&client, "locks/report", "worker-7")?;
/// match lock.acquire_within(Duration::from_secs(10)).await? {
///     LockOutcome::Acquired(guard) => {
///         let report = FencedValue::new(&client, "report");
///         report.write(guard.fence(), "the new report").await?;
///         guard.release().await?;
///     }
///     LockOutcome::Held(holder) => println!("{:?} has it, with fence {}", holder.name(), holder.fence()),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct FencedLock {
    seat: Seat,
}

/// What asking for a lock came to.
#[derive(Debug)]
pub enum LockOutcome {
    /// It is held by the one who asked, until it is released or taken over.
    Acquired(LockGuard),
    /// This one has it.
    Held(Holder),
}

/// A lock that is held. Dropping it does not give it back (that would be a write without an answer):
/// [`release`](Self::release) does.
#[derive(Debug)]
#[must_use = "the lock stays held until it is released"]
pub struct LockGuard {
    tenure: Tenure,
}

impl FencedLock {
    /// The lock at this key, for an owner of this name: 1 to [`NAME_BYTES_MAX`](super::NAME_BYTES_MAX) bytes.
    /// Nothing is sent.
    ///
    /// # Errors
    /// [`RecipeError::NameLength`].
    pub fn new(client: &Client, key: impl IntoBytes, owner: impl IntoBytes) -> Result<Self, RecipeError> {
        Ok(Self { seat: Seat::new(Kind::Lock, client, key.into_bytes(), owner.into_bytes())? })
    }

    /// The longest that each step may take, instead of the client's own timeout. A day at most.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.seat.place.timeout = timeout;
        self
    }

    /// Takes the lock if nobody has it.
    ///
    /// A lock that an owner of the same name has is held like any other: two processes may have the name. One
    /// that knows that it is its own, since it is the only one of that name and has no guard, takes it over from
    /// itself. So does one whose call ended with [`Error::Unknown`](crate::Error::Unknown), or was dropped: call
    /// again, and the lock is either acquired, or held by oneself, or by another.
    ///
    /// # Errors
    /// See [`RecipeError`].
    pub async fn try_acquire(&self) -> Result<LockOutcome, RecipeError> {
        self.seat.acquire().await.map(LockOutcome::from)
    }

    /// Takes the lock as soon as nobody has it, or says who has it when `wait` is over. It looks about twenty
    /// times a second; nobody queues, so a lock that is much wanted goes to whoever looks first.
    ///
    /// # Errors
    /// As [`try_acquire`](Self::try_acquire).
    pub async fn acquire_within(&self, wait: Duration) -> Result<LockOutcome, RecipeError> {
        self.seat.acquire_within(wait).await.map(LockOutcome::from)
    }

    /// Takes the lock away from a holder that the caller has decided is dead, with a higher fence. It is not
    /// taken from one that has [beaten](LockGuard::beat) since `from` was looked at, nor from one that came
    /// after it; it is taken if it has become free.
    ///
    /// # Errors
    /// As [`try_acquire`](Self::try_acquire).
    pub async fn take_over(&self, from: &Holder) -> Result<LockOutcome, RecipeError> {
        self.seat.take_over(from).await.map(LockOutcome::from)
    }

    /// Who has it. By the time the answer is here, that may be over.
    ///
    /// # Errors
    /// As [`Client::get`]; [`RecipeError::Foreign`].
    pub async fn holder(&self) -> Result<Option<Holder>, RecipeError> {
        self.seat.holder().await
    }

    /// The owner's name.
    pub fn owner(&self) -> &Bytes {
        self.seat.name()
    }
}

impl LockGuard {
    /// The token of this acquisition, to be sent along with everything that is done under the lock.
    pub fn fence(&self) -> Fence {
        self.tenure.fence()
    }

    /// The owner's name.
    pub fn owner(&self) -> &Bytes {
        self.tenure.name()
    }

    /// Says in the lock that its holder is alive, for those who watch it, and learns whether it still holds it.
    ///
    /// # Errors
    /// See [`RecipeError`]. An unknown beat does no harm: beat again.
    pub async fn beat(&self) -> Result<Standing, RecipeError> {
        self.tenure.beat().await
    }

    /// Whether the lock is still held, without writing: it was, or was not, at some moment during the call. It
    /// may be taken over right afterwards, which is what the fence is for.
    ///
    /// # Errors
    /// As [`Client::get`]; [`RecipeError::Foreign`].
    pub async fn standing(&self) -> Result<Standing, RecipeError> {
        self.tenure.standing().await
    }

    /// Gives the lock back. [`Standing::Lost`] if it is not this guard's any more: it was taken over, or
    /// released before. Never takes it from somebody else.
    ///
    /// # Errors
    /// See [`RecipeError`]. After an error, or a dropped future, call again: releasing twice is harmless.
    pub async fn release(&self) -> Result<Standing, RecipeError> {
        self.tenure.release().await
    }
}

impl From<Taking> for LockOutcome {
    fn from(taking: Taking) -> Self {
        match taking {
            Taking::Mine(tenure) => Self::Acquired(LockGuard { tenure }),
            Taking::Theirs(holder) => Self::Held(holder),
        }
    }
}
