//! A value that refuses those who were overtaken.

use super::{
    Fence, Foreign, RecipeError,
    encoding::{Kind, Reader, Writer},
    place::{Place, check_result},
};
use crate::{
    Client, IntoBytes, Versioned,
    update::{Change, Decision, as_found},
};
use bytes::Bytes;
use std::time::Duration;

/// The only state there is.
const WRITTEN: u8 = 1;

/// A value that is written under a [`Fence`], and refuses a lower one than it has seen: what the holder of a
/// [`FencedLock`](super::FencedLock), or a leader, writes to, so that one that was overtaken changes nothing any
/// more. It also shows how any other destination has to treat fences.
///
/// Take the fences of one value from one lock, or from one election: those of two different keys cannot be
/// compared. Nobody else may write the key.
#[derive(Clone, Debug)]
pub struct FencedValue {
    place: Place,
}

/// What a write under a fence came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FencedWrite {
    /// The value is there, with the writer's fence.
    Written,
    /// Somebody with this higher fence has written. The value is as it was.
    Refused(Fence),
}

impl FencedValue {
    /// The value at this key. Nothing is sent.
    pub fn new(client: &Client, key: impl IntoBytes) -> Self {
        Self { place: Place::new(client, key.into_bytes()) }
    }

    /// The longest that each step may take, instead of the client's own timeout. A day at most.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.place.timeout = timeout;
        self
    }

    /// Sets the value, of at most [`RESULT_BYTES_MAX`](super::RESULT_BYTES_MAX) bytes, unless a higher fence was
    /// there before.
    ///
    /// # Errors
    /// See [`RecipeError`]. An unknown write, or a dropped future, may take effect later, as long as no higher
    /// fence has written.
    pub async fn write(&self, fence: Fence, value: impl IntoBytes) -> Result<FencedWrite, RecipeError> {
        let value = check_result(value.into_bytes())?;
        let (_, written) = self.place.step(|found| write(fence, &value, found)).await?;
        Ok(written)
    }

    /// The value and the fence that it was written under, if there is one.
    ///
    /// # Errors
    /// As [`Client::get`]; [`RecipeError::Foreign`].
    pub async fn read(&self) -> Result<Option<(Fence, Bytes)>, RecipeError> {
        let found = self.place.look().await?;
        Ok(found.map(|found| decode(&found.value)).transpose()?)
    }
}

/// To set the value under a fence, as a function of what is there. The models explore this.
pub(crate) fn write(fence: Fence, value: &[u8], found: Option<&Versioned>) -> Decision<Result<FencedWrite, Foreign>> {
    match found.map(|found| decode(&found.value)).transpose() {
        Ok(Some((newer, _))) if newer > fence => Decision::Keep(Ok(FencedWrite::Refused(newer))),
        Ok(_) => {
            let change = Change::Cas { expect: as_found(found), new: Some(encode(fence, value)) };
            Decision::Send(change, Ok(FencedWrite::Written))
        }
        Err(foreign) => Decision::Keep(Err(foreign)),
    }
}

pub(crate) fn encode(fence: Fence, value: &[u8]) -> Bytes {
    Writer::new(Kind::Fenced, WRITTEN).fence(Some(fence)).rest(value)
}

pub(crate) fn decode(value: &[u8]) -> Result<(Fence, Bytes), Foreign> {
    match Reader::new(Kind::Fenced, value)? {
        (WRITTEN, mut reader) => {
            let fence = reader.fence()?.ok_or(Foreign::Malformed)?;
            Ok((fence, reader.rest()))
        }
        _ => Err(Foreign::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quickcheck::quickcheck;

    #[test]
    fn the_bytes_are_pinned() {
        let fence = Fence::from_number(0x0102).unwrap();
        assert_eq!(encode(fence, b"v"), &b"F\x01\x01\0\0\0\0\0\0\x01\x02v"[..]);
        for (bytes, why) in [
            (&b"L\x01\x00"[..], Foreign::Kind),
            (b"F\x07\x01", Foreign::Version(7)),
            (b"F\x01\x00", Foreign::Malformed),
            (b"F\x01\x01\0\0\0", Foreign::Malformed),
            (b"F\x01\x01\0\0\0\0\0\0\0\0v", Foreign::Malformed),
        ] {
            assert_eq!(decode(bytes), Err(why), "{bytes:?}");
        }
    }

    quickcheck! {
        fn decoding_is_total_and_exact(tail: Vec<u8>) -> bool {
            let bytes = [&b"F\x01"[..], &tail].concat();
            decode(&bytes).is_ok_and(|(fence, value)| encode(fence, &value) == bytes) || decode(&bytes).is_err()
        }
    }
}
