use super::Data;
use super::bytes_text::Arguments;
use super::outcome::Told;
use crate::history::{Answer, Request, outcome};
use bytes::Bytes;
use quorate_client::Error;
use quorate_history::Outcome;

/// Whoever is told of the operations that are made for somebody at a prompt, so that they can be judged.
pub(crate) trait Watch {
    /// Where an operation was written down.
    type Place;

    /// One begins; `None` if it is of no interest.
    fn begins(&self, key: &Bytes, request: &Request) -> Option<Self::Place>;

    /// It has ended so. One that is left off never does.
    fn ends(&self, place: Self::Place, told: Outcome);
}

/// Nobody.
pub(super) struct Nobody;

impl Watch for Nobody {
    type Place = ();

    fn begins(&self, _: &Bytes, _: &Request) -> Option<()> {
        None
    }

    fn ends(&self, (): (), _: Outcome) {}
}

impl Data {
    /// The operation on a key that it makes, in the judge's terms; `None` if it makes none, or its arguments are wrong.
    pub(super) fn request(&self, mut read: Arguments) -> Option<Request> {
        let max = quorate_client::VALUE_BYTES_MAX;
        Some(match self {
            // The judge asks whether reads are linearizable; others promise less.
            Self::Get { level, .. } if level.is_weak() => return None,
            Self::Get { .. } => Request::Get,
            Self::Put { value, .. } => Request::Put(read.bytes(value, max).ok()?),
            Self::Del { .. } => Request::Delete,
            Self::Cas { expect, new, .. } => {
                let expect = expect.read(&mut read).ok()?;
                match new {
                    Some(new) => Request::Cas(expect, read.bytes(new, max).ok()?),
                    None => Request::DeleteIf(expect),
                }
            }
            Self::Incr { by, .. } => Request::Increment(*by),
            _ => return None,
        })
    }
}

/// What an operation came to, in the judge's terms.
pub(super) fn told(told: &Result<Told, Error>) -> Outcome {
    match told.as_ref().map(Told::in_its_session) {
        Ok(Told::Get(found)) => Answer::Read(found.clone()).outcome(),
        Ok(Told::Put(version)) => Answer::Written(*version).outcome(),
        Ok(Told::Delete(deleted)) => Answer::Deleted(*deleted).outcome(),
        Ok(Told::Cas(compared)) => Answer::Compared(*compared).outcome(),
        Ok(Told::Increment(counted)) => Answer::Counted(*counted).outcome(),
        Ok(Told::Resolve(_) | Told::InSession(..)) => Outcome::Unknown,
        Err(error) => outcome(&Err(error.clone())),
    }
}
