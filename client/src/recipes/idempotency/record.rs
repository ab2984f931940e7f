//! What is kept of a piece of work, and the steps on it as functions of that. The models explore these.

use super::super::{
    Fence, Foreign,
    encoding::{Kind, Reader, Writer},
};
use crate::{
    Versioned,
    update::{Change, Decision, as_found},
};
use bytes::Bytes;
use quorate_protocol::Version;

const STARTED: u8 = 1;
const DONE: u8 = 2;

/// Work that somebody has started and not completed: they are at it, or they have crashed. One that is still equal
/// to itself after longer than the work can take, by one's own clock, may be dead: it is the caller's to decide that.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Claimed {
    pub(super) fence: Fence,
    version: Version,
}

impl Claimed {
    /// The fencing token of that claim.
    pub fn fence(&self) -> Fence {
        self.fence
    }
}

/// The key's value, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Record {
    Started {
        /// `None`: the version of this very write.
        claim: Option<Fence>,
    },
    Done {
        claim: Fence,
        result: Bytes,
    },
}

/// What was found of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Nothing,
    Claimed(Claimed),
    Done { claim: Fence, result: Bytes },
}

/// What beginning comes to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Begun {
    Started,
    AlreadyDone(Bytes),
    InProgress(Claimed),
}

/// What completing comes to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Completion {
    /// The result is recorded, and stays.
    Recorded,
    /// Somebody took the work over and has recorded this result, which stays.
    AlreadyDone(Bytes),
    /// Somebody took the work over and is at it (or, without one, its record was given up or forgotten). The
    /// result was not recorded.
    Superseded(Option<Claimed>),
}

type Step<T> = Decision<Result<T, Foreign>>;

impl Record {
    pub(crate) fn encode(&self) -> Bytes {
        match self {
            Self::Started { claim } => Writer::new(Kind::Idempotency, STARTED).fence(*claim).rest(&[]),
            Self::Done { claim, result } => Writer::new(Kind::Idempotency, DONE).fence(Some(*claim)).rest(result),
        }
    }

    fn decode(value: &[u8]) -> Result<Self, Foreign> {
        let (state, mut reader) = Reader::new(Kind::Idempotency, value)?;
        let claim = reader.fence()?;
        match (state, claim) {
            (STARTED, claim) => reader.end().map(|()| Self::Started { claim }),
            (DONE, Some(claim)) => Ok(Self::Done { claim, result: reader.rest() }),
            _ => Err(Foreign::Malformed),
        }
    }
}

pub(crate) fn found(found: Option<&Versioned>) -> Result<Found, Foreign> {
    let Some(Versioned { value, version }) = found else {
        return Ok(Found::Nothing);
    };
    Ok(match Record::decode(value)? {
        Record::Started { claim } => {
            Found::Claimed(Claimed { fence: claim.unwrap_or(Fence::of(*version)), version: *version })
        }
        Record::Done { claim, result } => Found::Done { claim, result },
    })
}

/// To start, if nobody has.
pub(crate) fn begin(seen: Option<&Versioned>) -> Step<Begun> {
    match found(seen) {
        Ok(Found::Nothing) => start(seen),
        Ok(Found::Claimed(claimed)) => Decision::Keep(Ok(Begun::InProgress(claimed))),
        Ok(Found::Done { result, .. }) => Decision::Keep(Ok(Begun::AlreadyDone(result))),
        Err(foreign) => Decision::Keep(Err(foreign)),
    }
}

/// To start in the place of this claim, if it is still the one; or if nobody has started.
pub(crate) fn take_over(from: &Claimed, seen: Option<&Versioned>) -> Step<Begun> {
    match found(seen) {
        Ok(Found::Claimed(now)) if now == *from => start(seen),
        _ => begin(seen),
    }
}

/// To record the result, if the work is still this claim's.
pub(crate) fn complete(claim: Fence, result: &Bytes, seen: Option<&Versioned>) -> Step<Completion> {
    match found(seen) {
        Ok(Found::Claimed(now)) if now.fence == claim => {
            let record = Record::Done { claim, result: result.clone() };
            write(Some(record.encode()), seen, Completion::Recorded)
        }
        Ok(Found::Claimed(now)) => Decision::Keep(Ok(Completion::Superseded(Some(now)))),
        Ok(Found::Nothing) => Decision::Keep(Ok(Completion::Superseded(None))),
        // One's own, of a call whose answer was lost.
        Ok(Found::Done { claim: theirs, .. }) if theirs == claim => Decision::Keep(Ok(Completion::Recorded)),
        Ok(Found::Done { result, .. }) => Decision::Keep(Ok(Completion::AlreadyDone(result))),
        Err(foreign) => Decision::Keep(Err(foreign)),
    }
}

/// To give the work up, if it is still this claim's. Whether it was.
pub(crate) fn give_up(claim: Fence, seen: Option<&Versioned>) -> Step<bool> {
    match found(seen) {
        Ok(Found::Claimed(now)) if now.fence == claim => write(None, seen, true),
        other => Decision::Keep(other.map(|_| false)),
    }
}

/// To forget work that is done. Whether there is nothing to remember now.
pub(crate) fn forget(seen: Option<&Versioned>) -> Step<bool> {
    match found(seen) {
        Ok(Found::Done { .. }) => write(None, seen, true),
        other => Decision::Keep(other.map(|found| found == Found::Nothing)),
    }
}

fn start(seen: Option<&Versioned>) -> Step<Begun> {
    write(Some(Record::Started { claim: None }.encode()), seen, Begun::Started)
}

fn write<T>(new: Option<Bytes>, seen: Option<&Versioned>, with: T) -> Step<T> {
    Decision::Send(Change::Cas { expect: as_found(seen), new }, Ok(with))
}

#[cfg(test)]
mod tests {
    use super::*;
    use quickcheck::quickcheck;

    #[test]
    fn the_bytes_are_pinned() {
        let claim = Fence::from_number(0x0102).unwrap();
        let golden: [(Record, &[u8]); 3] = [
            (Record::Started { claim: None }, b"I\x01\x01\0\0\0\0\0\0\0\0"),
            (Record::Started { claim: Some(claim) }, b"I\x01\x01\0\0\0\0\0\0\x01\x02"),
            (Record::Done { claim, result: "paid".into() }, b"I\x01\x02\0\0\0\0\0\0\x01\x02paid"),
        ];
        for (record, bytes) in golden {
            assert_eq!(record.encode(), bytes);
            assert_eq!(Record::decode(bytes), Ok(record));
        }
        for (bytes, why) in [
            (&b""[..], Foreign::Kind),
            (b"L\x01\x00", Foreign::Kind),
            (b"I\x02\x01", Foreign::Version(2)),
            (b"I\x01\x01\0\0", Foreign::Malformed),
            (b"I\x01\x01\0\0\0\0\0\0\0\0more", Foreign::Malformed),
            (b"I\x01\x02\0\0\0\0\0\0\0\0by nobody", Foreign::Malformed),
            (b"I\x01\x03\0\0\0\0\0\0\0\x01", Foreign::Malformed),
        ] {
            assert_eq!(Record::decode(bytes), Err(why), "{bytes:?}");
        }
    }

    quickcheck! {
        fn decoding_is_total_and_exact(tail: Vec<u8>) -> bool {
            let bytes = [&b"I\x01"[..], &tail].concat();
            Record::decode(&bytes).is_ok_and(|record| record.encode() == bytes) || Record::decode(&bytes).is_err()
        }
    }
}
