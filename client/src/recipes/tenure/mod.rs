//! One holder at a time, each with a fence: what locks and elections have in common.

pub(super) mod decide;
pub(super) mod state;

pub use decide::Standing;
pub use state::Holder;

use super::{
    Fence, RecipeError,
    encoding::Kind,
    place::{Place, Taken, check_name},
};
use crate::Client;
use bytes::Bytes;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// A seat that one at a time may have, as one of those who want it sees it.
#[derive(Clone, Debug)]
pub(super) struct Seat {
    kind: Kind,
    pub(super) place: Place,
    name: Bytes,
}

/// Somebody in the seat, or the one that has it.
pub(super) enum Taking {
    Mine(Tenure),
    Theirs(Holder),
}

/// One's own time in the seat.
#[derive(Debug)]
pub(super) struct Tenure {
    seat: Seat,
    fence: Fence,
}

impl Seat {
    pub(super) fn new(kind: Kind, client: &Client, key: Bytes, name: Bytes) -> Result<Self, RecipeError> {
        Ok(Self { kind, place: Place::new(client, key), name: check_name(name)? })
    }

    pub(super) fn name(&self) -> &Bytes {
        &self.name
    }

    pub(super) async fn acquire(&self) -> Result<Taking, RecipeError> {
        let taken = self.place.step(|found| decide::acquire(self.kind, &self.name, found)).await?;
        Ok(self.taking(taken))
    }

    pub(super) async fn take_over(&self, from: &Holder) -> Result<Taking, RecipeError> {
        let taken = self.place.step(|found| decide::take_over(self.kind, &self.name, from, found)).await?;
        Ok(self.taking(taken))
    }

    /// Acquires, again and again until the seat is free or `wait` is over.
    pub(super) async fn acquire_within(&self, wait: Duration) -> Result<Taking, RecipeError> {
        let end = crate::operation::deadline(wait);
        loop {
            let pause = self.place.pause();
            match self.acquire().await? {
                Taking::Theirs(_) if Instant::now() + pause < end => sleep(pause).await,
                taking => return Ok(taking),
            }
        }
    }

    pub(super) async fn holder(&self) -> Result<Option<Holder>, RecipeError> {
        let found = self.place.look().await?;
        Ok(state::holder(self.kind, found.as_ref())?)
    }

    fn taking(&self, (version, holder): Taken<Option<Holder>>) -> Taking {
        match (version, holder) {
            (_, Some(holder)) => Taking::Theirs(holder),
            (version, None) => {
                // A seat is taken by a write, so there is a version.
                let fence = Fence::of(version.unwrap_or_default());
                Taking::Mine(Tenure { seat: self.clone(), fence })
            }
        }
    }
}

impl Tenure {
    pub(super) fn fence(&self) -> Fence {
        self.fence
    }

    pub(super) fn name(&self) -> &Bytes {
        &self.seat.name
    }

    pub(super) async fn standing(&self) -> Result<Standing, RecipeError> {
        let found = self.seat.place.look().await?;
        Ok(decide::standing(self.seat.kind, self.fence, found.as_ref())?)
    }

    pub(super) async fn beat(&self) -> Result<Standing, RecipeError> {
        let (_, standing) = self.seat.place.step(|found| decide::beat(self.seat.kind, self.fence, found)).await?;
        Ok(standing)
    }

    pub(super) async fn release(&self) -> Result<Standing, RecipeError> {
        let (_, standing) = self.seat.place.step(|found| decide::release(self.seat.kind, self.fence, found)).await?;
        Ok(standing)
    }
}
