//! Leader election.

use super::{
    Fence, Holder, RecipeError, Standing,
    encoding::Kind,
    tenure::{Seat, Taking, Tenure},
};
use crate::{Client, IntoBytes, operation::deadline};
use bytes::Bytes;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The number of a leadership: its fencing token. Each later leader of an election has a higher one, and no two
/// leaders share one.
pub type Term = Fence;

/// An election: one leader at a time, each in a term of its own.
///
/// A leader stays one until it resigns or is deposed: there is no lease, as in a
/// [`FencedLock`](super::FencedLock), and for the same reasons whoever deposes it decides that it is dead, and
/// the leader's term has to go with everything that it has others do.
///
/// A leader learns that it was deposed from its next [`beat`](Leadership::beat) or
/// [`standing`](Leadership::standing), no earlier. Between two of them it may take itself for the leader while
/// another one already is; in the same term there is only ever one.
///
/// Nobody else may write the key. A candidate's name should be its own; its address, say, for others to find it.
///
/// ```no_run
/// # async fn example(client: quorate_client::Client) -> Result<(), Box<dyn std::error::Error>> {
/// use quorate_client::recipes::{Campaign, Election, Standing};
/// use std::time::Duration;
///
/// let election = Election::new(&client, "leader", "10.0.0.7:8080")?;
/// match election.campaign_within(Duration::from_secs(10)).await? {
///     Campaign::Elected(leadership) => {
///         while let Standing::Holds = leadership.beat().await? {
///             // Lead for a while, and have leadership.term() travel with every order.
///             tokio::time::sleep(Duration::from_secs(1)).await;
///         }
///         println!("deposed");
///     }
///     Campaign::Follows(leader) => {
///         // Has it been silent for ten seconds by this process's clock? Then this process calls it dead.
///         tokio::time::sleep(Duration::from_secs(10)).await;
///         if election.leader().await?.as_ref() == Some(&leader) {
///             election.depose(&leader).await?;
///         }
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Election {
    seat: Seat,
}

/// What a campaign came to.
#[derive(Debug)]
pub enum Campaign {
    /// The candidate leads.
    Elected(Leadership),
    /// This one does.
    Follows(Holder),
}

/// A leadership. Dropping it does not resign: [`resign`](Self::resign) does.
#[derive(Debug)]
#[must_use = "the leader stays the leader until it resigns"]
pub struct Leadership {
    tenure: Tenure,
}

impl Election {
    /// The election at this key, for a candidate of this name: 1 to [`NAME_BYTES_MAX`](super::NAME_BYTES_MAX)
    /// bytes. Nothing is sent.
    ///
    /// # Errors
    /// [`RecipeError::NameLength`].
    pub fn new(client: &Client, key: impl IntoBytes, candidate: impl IntoBytes) -> Result<Self, RecipeError> {
        Ok(Self { seat: Seat::new(Kind::Election, client, key.into_bytes(), candidate.into_bytes())? })
    }

    /// The longest that each step may take, instead of the client's own timeout. A day at most.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.seat.place.timeout = timeout;
        self
    }

    /// Becomes the leader if there is none.
    ///
    /// After [`Error::Unknown`](crate::Error::Unknown), or a dropped future, call again. If the leader then has
    /// the candidate's own name, and nobody else has that name, the candidate was elected and does not know its
    /// term: it [deposes](Self::depose) itself, and gets a new one.
    ///
    /// # Errors
    /// See [`RecipeError`].
    pub async fn campaign(&self) -> Result<Campaign, RecipeError> {
        self.seat.acquire().await.map(Campaign::from)
    }

    /// Becomes the leader as soon as there is none, or says who leads when `wait` is over. It looks about twenty
    /// times a second.
    ///
    /// # Errors
    /// As [`campaign`](Self::campaign).
    pub async fn campaign_within(&self, wait: Duration) -> Result<Campaign, RecipeError> {
        self.seat.acquire_within(wait).await.map(Campaign::from)
    }

    /// Becomes the leader in the place of one that the caller has decided is dead. One that has
    /// [beaten](Leadership::beat) since it was looked at, or that came after it, stays.
    ///
    /// # Errors
    /// As [`campaign`](Self::campaign).
    pub async fn depose(&self, leader: &Holder) -> Result<Campaign, RecipeError> {
        self.seat.take_over(leader).await.map(Campaign::from)
    }

    /// Who leads. By the time the answer is here, that may be over.
    ///
    /// # Errors
    /// As [`Client::get`]; [`RecipeError::Foreign`].
    pub async fn leader(&self) -> Result<Option<Holder>, RecipeError> {
        self.seat.holder().await
    }

    /// Waits until the leader's term is another one than this (`None`: until there is a leader), or until `wait`
    /// is over, and says who leads then. It looks about twenty times a second, so a leader that led for less
    /// than that may be missed.
    ///
    /// # Errors
    /// As [`leader`](Self::leader).
    pub async fn changed_within(&self, term: Option<Term>, wait: Duration) -> Result<Option<Holder>, RecipeError> {
        let end = deadline(wait);
        loop {
            let leader = self.leader().await?;
            let pause = self.seat.place.pause();
            if leader.as_ref().map(Holder::fence) != term || Instant::now() + pause >= end {
                return Ok(leader);
            }
            sleep(pause).await;
        }
    }

    /// The candidate's name.
    pub fn candidate(&self) -> &Bytes {
        self.seat.name()
    }
}

impl Leadership {
    /// The term: to be sent along with everything that the leader has others do.
    pub fn term(&self) -> Term {
        self.tenure.fence()
    }

    /// Says that the leader is alive, for those who watch it, and learns whether it still leads.
    ///
    /// # Errors
    /// See [`RecipeError`]. An unknown beat does no harm: beat again.
    pub async fn beat(&self) -> Result<Standing, RecipeError> {
        self.tenure.beat().await
    }

    /// Whether it still leads, without writing: it did, or did not, at some moment during the call.
    ///
    /// # Errors
    /// As [`Client::get`]; [`RecipeError::Foreign`].
    pub async fn standing(&self) -> Result<Standing, RecipeError> {
        self.tenure.standing().await
    }

    /// Ends the leadership, so that the next candidate need not depose anybody. [`Standing::Lost`] if it was
    /// over before.
    ///
    /// # Errors
    /// See [`RecipeError`]. After an error, or a dropped future, call again: resigning twice is harmless.
    pub async fn resign(&self) -> Result<Standing, RecipeError> {
        self.tenure.release().await
    }
}

impl From<Taking> for Campaign {
    fn from(taking: Taking) -> Self {
        match taking {
            Taking::Mine(tenure) => Self::Elected(Leadership { tenure }),
            Taking::Theirs(holder) => Self::Follows(holder),
        }
    }
}
