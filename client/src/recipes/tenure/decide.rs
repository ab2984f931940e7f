//! The steps of a lock and of an election, as functions of what the key holds. The models explore these.

use super::super::{Fence, Foreign, encoding::Kind};
use super::state::{Holder, State, holder};
use crate::{
    Versioned,
    update::{Change, Decision, as_found},
};
use bytes::Bytes;

/// Whether somebody still is who it was.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// It is.
    Holds,
    /// It is not any more, and never will be again under this fence. Who is instead, if anybody.
    Lost(Option<Holder>),
}

/// `None`: the seat is taken by this step. Otherwise who has it.
type Seat = Decision<Result<Option<Holder>, Foreign>>;

/// To take the seat if it is free.
pub(crate) fn acquire(kind: Kind, name: &Bytes, found: Option<&Versioned>) -> Seat {
    match holder(kind, found) {
        Ok(None) => write(kind, &taken(name), found, None),
        other => Decision::Keep(other),
    }
}

/// To take the seat from this holder, as it was seen, or if it is free. One that has beaten since, or that came
/// after it, keeps the seat.
pub(crate) fn take_over(kind: Kind, name: &Bytes, from: &Holder, found: Option<&Versioned>) -> Seat {
    match holder(kind, found) {
        Ok(Some(now)) if now.version == from.version => write(kind, &taken(name), found, None),
        _ => acquire(kind, name, found),
    }
}

/// To say that the holder with this fence is alive.
pub(crate) fn beat(kind: Kind, fence: Fence, found: Option<&Versioned>) -> Decision<Result<Standing, Foreign>> {
    match holder(kind, found) {
        Ok(Some(Holder { name, fence: theirs, beats, .. })) if theirs == fence => {
            let state = State::Held { name, fence: Some(fence), beats: beats.saturating_add(1) };
            write(kind, &state, found, Standing::Holds)
        }
        other => Decision::Keep(other.map(Standing::Lost)),
    }
}

/// To give the seat back, if the holder with this fence has it.
pub(crate) fn release(kind: Kind, fence: Fence, found: Option<&Versioned>) -> Decision<Result<Standing, Foreign>> {
    match holder(kind, found) {
        Ok(Some(now)) if now.fence == fence => write(kind, &State::Free, found, Standing::Holds),
        other => Decision::Keep(other.map(Standing::Lost)),
    }
}

/// Whether the holder with this fence has the seat.
pub(crate) fn standing(kind: Kind, fence: Fence, found: Option<&Versioned>) -> Result<Standing, Foreign> {
    Ok(match holder(kind, found)? {
        Some(now) if now.fence == fence => Standing::Holds,
        other => Standing::Lost(other),
    })
}

fn taken(name: &Bytes) -> State {
    State::Held { name: name.clone(), fence: None, beats: 0 }
}

fn write<T>(kind: Kind, state: &State, found: Option<&Versioned>, with: T) -> Decision<Result<T, Foreign>> {
    Decision::Send(Change::Cas { expect: as_found(found), new: Some(state.encode(kind)) }, Ok(with))
}
