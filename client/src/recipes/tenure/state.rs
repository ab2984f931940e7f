//! What the key of a lock or of an election holds.

use super::super::{
    Fence, Foreign,
    encoding::{Kind, Reader, Writer},
};
use crate::Versioned;
use bytes::Bytes;
use quorate_protocol::Version;

const FREE: u8 = 0;
const HELD: u8 = 1;

/// Who holds a lock, or leads.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Holder {
    pub(super) name: Bytes,
    pub(super) fence: Fence,
    pub(super) beats: u64,
    pub(super) version: Version,
}

impl Holder {
    /// The name that it gave itself.
    pub fn name(&self) -> &Bytes {
        &self.name
    }

    /// The fencing token of its acquisition; in an election, its term.
    pub fn fence(&self) -> Fence {
        self.fence
    }

    /// How often it has said that it is alive. One whose beats stand still for longer than you would wait, by
    /// your own clock, may be dead: it is yours to decide that.
    pub fn beats(&self) -> u64 {
        self.beats
    }
}

/// The key's value, decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Free,
    Held {
        name: Bytes,
        /// `None` in the write that acquired: its fence is its own version, which it cannot know.
        fence: Option<Fence>,
        beats: u64,
    },
}

impl State {
    pub(crate) fn encode(&self, kind: Kind) -> Bytes {
        match self {
            Self::Free => Writer::new(kind, FREE).rest(&[]),
            Self::Held { name, fence, beats } => Writer::new(kind, HELD).fence(*fence).number(*beats).rest(name),
        }
    }

    pub(crate) fn decode(kind: Kind, value: &[u8]) -> Result<Self, Foreign> {
        let (state, mut reader) = Reader::new(kind, value)?;
        match state {
            FREE => reader.end().map(|()| Self::Free),
            HELD => {
                let (fence, beats, name) = (reader.fence()?, reader.number()?, reader.rest());
                if name.is_empty() { Err(Foreign::Malformed) } else { Ok(Self::Held { name, fence, beats }) }
            }
            _ => Err(Foreign::Malformed),
        }
    }
}

/// Who holds what was found. A key without a value is held by nobody.
pub(crate) fn holder(kind: Kind, found: Option<&Versioned>) -> Result<Option<Holder>, Foreign> {
    let Some(Versioned { value, version }) = found else {
        return Ok(None);
    };
    Ok(match State::decode(kind, value)? {
        State::Free => None,
        State::Held { name, fence, beats } => {
            Some(Holder { name, fence: fence.unwrap_or(Fence::of(*version)), beats, version: *version })
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use quickcheck::quickcheck;

    #[test]
    fn the_bytes_are_pinned() {
        let acquired = State::Held { name: "me".into(), fence: None, beats: 0 };
        let beaten = State::Held { name: "me".into(), fence: Fence::from_number(0x0102), beats: 3 };
        let golden: [(Kind, State, &[u8]); 3] = [
            (Kind::Lock, State::Free, b"L\x01\x00"),
            (Kind::Election, acquired, b"E\x01\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0me"),
            (Kind::Lock, beaten, b"L\x01\x01\0\0\0\0\0\0\x01\x02\0\0\0\0\0\0\0\x03me"),
        ];
        for (kind, state, bytes) in golden {
            assert_eq!(state.encode(kind), bytes);
            assert_eq!(State::decode(kind, bytes), Ok(state));
        }
    }

    #[test]
    fn foreign_bytes_are_told_apart() {
        for (bytes, why) in [
            (&b""[..], Foreign::Kind),
            (b"L", Foreign::Kind),
            (b"hello", Foreign::Kind),
            (b"E\x01\x00", Foreign::Kind),
            (b"L\x02", Foreign::Version(2)),
            (b"L\x02\x00more", Foreign::Version(2)),
            (b"L\x01\x00more", Foreign::Malformed),
            (b"L\x01\x02", Foreign::Malformed),
            (b"L\x01\x01\0\0\0\0\0\0\x01\x02\0\0", Foreign::Malformed),
            (b"L\x01\x01\0\0\0\0\0\0\x01\x02\0\0\0\0\0\0\0\x03", Foreign::Malformed),
        ] {
            assert_eq!(State::decode(Kind::Lock, bytes), Err(why), "{bytes:?}");
        }
    }

    quickcheck! {
        fn decoding_is_total_and_exact(tail: Vec<u8>) -> bool {
            let bytes = [&b"L\x01"[..], &tail].concat();
            State::decode(Kind::Lock, &bytes).is_ok_and(|state| state.encode(Kind::Lock) == bytes)
                || State::decode(Kind::Lock, &bytes).is_err()
        }
    }
}
