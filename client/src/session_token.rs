//! What a session has seen, as a text that can be passed on.

use crate::wire::ClusterId;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use quorate_protocol::{LogId, Seen, Slot};
use std::{fmt, str::FromStr};

/// The longest text of a token, in bytes.
pub const SESSION_TOKEN_BYTES_MAX: usize = 4096;

/// What a text of this version begins with.
const HEAD: &str = "qs1-";
const CHECKSUM_BYTES: usize = 4;

/// What a [`Session`](crate::Session) has seen: hand it on, and the session that takes it reads nothing older.
///
/// It prints and parses as a text of letters, digits, `-` and `_`, [`SESSION_TOKEN_BYTES_MAX`] at most, with a version and
/// a checksum. It holds the keys that were seen, in no secret form. It names its cluster, and holds
/// [`SEEN_KEYS_MAX`](crate::SEEN_KEYS_MAX) keys and [`SEEN_BYTES_MAX`](crate::SEEN_BYTES_MAX) bytes of keys at most;
/// keys that found no place are read linearizably.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionToken {
    cluster: ClusterId,
    seen: Seen,
}

/// A text that is no session token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotSessionToken {
    /// It does not begin as one of this version does, or is too long.
    #[error("not a session token of this version: qs1- and at most {SESSION_TOKEN_BYTES_MAX} bytes are expected")]
    Form,
    /// A part of it is missing or changed.
    #[error("the session token is damaged: its checksum does not fit")]
    Damaged,
    /// It holds what no session can have seen.
    #[error("the session token holds what no session can have seen")]
    Impossible,
}

/// A token of another cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the session token is of cluster {token}, not of {cluster}")]
pub struct ForeignToken {
    /// The token's.
    pub token: ClusterId,
    /// The other's.
    pub cluster: ClusterId,
}

impl SessionToken {
    /// That nothing of this cluster was seen.
    pub fn empty(cluster: ClusterId) -> Self {
        Self::new(cluster, Seen::default())
    }

    pub(crate) fn new(cluster: ClusterId, seen: Seen) -> Self {
        Self { cluster, seen }
    }

    pub(crate) fn seen(&self) -> &Seen {
        &self.seen
    }

    /// The cluster that it is about.
    pub fn cluster(&self) -> ClusterId {
        self.cluster
    }

    /// How many keys it knows.
    pub fn keys(&self) -> usize {
        self.seen.floors().count()
    }

    /// Whether a key found no place in it, so that keys it does not know are read linearizably.
    pub fn is_full(&self) -> bool {
        self.seen.is_full()
    }

    /// Adds what the other has seen.
    ///
    /// # Errors
    /// The other is of another cluster; nothing is added.
    pub fn merge(&mut self, other: &Self) -> Result<(), ForeignToken> {
        other.belongs_to(self.cluster)?;
        self.seen.merge(&other.seen);
        Ok(())
    }

    pub(crate) fn belongs_to(&self, cluster: ClusterId) -> Result<(), ForeignToken> {
        if self.cluster == cluster { Ok(()) } else { Err(ForeignToken { token: self.cluster, cluster }) }
    }

    /// Cluster, mark and floors, and the checksum over them.
    fn to_bytes(&self) -> Result<Vec<u8>, postcard::Error> {
        let floors: Vec<(&LogId, Slot)> = self.seen.floors().collect();
        let mut bytes = postcard::to_stdvec(&(self.cluster.0, self.seen.is_full(), floors))?;
        bytes.extend_from_slice(&crc32c::crc32c(&bytes).to_le_bytes());
        Ok(bytes)
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self, NotSessionToken> {
        let at = bytes.len().checked_sub(CHECKSUM_BYTES).ok_or(NotSessionToken::Damaged)?;
        let (held, checksum) = bytes.split_at_checked(at).ok_or(NotSessionToken::Damaged)?;
        if crc32c::crc32c(held).to_le_bytes() != checksum {
            return Err(NotSessionToken::Damaged);
        }
        let decoded = postcard::take_from_bytes::<(u128, bool, Vec<(LogId, Slot)>)>(held);
        let ((cluster, full, floors), rest) = decoded.map_err(|_| NotSessionToken::Impossible)?;
        let seen = Seen::restore(floors, full).map_err(|_| NotSessionToken::Impossible)?;
        let token = Self::new(ClusterId(cluster), seen);
        // One text for each token.
        let same = rest.is_empty() && token.to_bytes().is_ok_and(|again| again == bytes);
        if same { Ok(token) } else { Err(NotSessionToken::Impossible) }
    }
}

impl fmt::Display for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.to_bytes().map_err(|_| fmt::Error)?;
        write!(f, "{HEAD}{}", URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl FromStr for SessionToken {
    type Err = NotSessionToken;

    fn from_str(text: &str) -> Result<Self, NotSessionToken> {
        let body = text.strip_prefix(HEAD).filter(|_| text.len() <= SESSION_TOKEN_BYTES_MAX);
        let bytes = URL_SAFE_NO_PAD.decode(body.ok_or(NotSessionToken::Form)?);
        Self::from_bytes(&bytes.map_err(|_| NotSessionToken::Damaged)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quickcheck::quickcheck;
    use quorate_protocol::{SEEN_BYTES_MAX, SEEN_KEYS_MAX, SLOT_MAX};

    fn token(floors: impl IntoIterator<Item = (Vec<u8>, u64)>) -> SessionToken {
        let mut token = SessionToken::empty(ClusterId(0x5157));
        floors.into_iter().for_each(|(key, slot)| token.seen.read(&LogId::of_key(key), Slot(slot)));
        token
    }

    /// Committed texts must go on being read, and printed alike.
    #[test]
    fn the_texts_are_frozen() {
        let golden = include_str!("../tests/golden/session_tokens.txt");
        let tokens = [
            token([]),
            token([(b"user:7".to_vec(), 3), (vec![0xff, 0], 1 << 40)]),
            token((0..=SEEN_KEYS_MAX).map(|number| (number.to_string().into_bytes(), 1))),
        ];
        let lines: Vec<&str> = golden.lines().filter(|line| !line.starts_with('#')).collect();
        let printed: Vec<String> = tokens.iter().map(ToString::to_string).collect();
        assert_eq!(lines, printed);
        for (line, token) in lines.into_iter().zip(tokens) {
            assert_eq!(line.parse(), Ok(token));
        }
    }

    #[test]
    fn the_largest_token_is_within_its_bound() {
        let wide = SEEN_BYTES_MAX / SEEN_KEYS_MAX;
        let slots = (1..).map(|number| SLOT_MAX - number);
        let keys = (0..SEEN_KEYS_MAX).map(|number| format!("{number:0wide$}").into_bytes());
        let mut largest = token(keys.zip(slots));
        largest.cluster = ClusterId(u128::MAX);
        assert_eq!((largest.keys(), largest.is_full()), (SEEN_KEYS_MAX, false));
        let text = largest.to_string();
        assert!(text.len() <= SESSION_TOKEN_BYTES_MAX, "{} bytes", text.len());
        assert_eq!(text.parse(), Ok(largest));
    }

    #[test]
    fn what_is_cut_changed_or_of_another_kind_is_refused() {
        let text = token([(b"user:7".to_vec(), 3)]).to_string();
        for end in 0..text.len() {
            assert!(text[..end].parse::<SessionToken>().is_err(), "cut at {end}");
        }
        for at in HEAD.len()..text.len() {
            let other = if text.as_bytes()[at] == b'A' { "B" } else { "A" };
            let changed = format!("{}{other}{}", &text[..at], &text[at + 1..]);
            assert!(changed.parse::<SessionToken>().is_err(), "changed at {at}");
        }
        for wrong in ["", "qs1-", "qs2-AAAA", "q1-1-2-3", &format!("{text}A"), &format!("{HEAD}{}", "A".repeat(5000))] {
            assert!(wrong.parse::<SessionToken>().is_err(), "{wrong}");
        }
        let impossible = postcard::to_stdvec(&(1_u128, false, [(LogId::of_key("k"), Slot(0))])).unwrap();
        let sealed = [&impossible[..], &crc32c::crc32c(&impossible).to_le_bytes()].concat();
        let text = format!("{HEAD}{}", URL_SAFE_NO_PAD.encode(sealed));
        assert_eq!(text.parse::<SessionToken>(), Err(NotSessionToken::Impossible));
    }

    #[test]
    fn tokens_of_two_clusters_do_not_merge() {
        let mut one = token([(b"k".to_vec(), 3)]);
        let other = SessionToken::empty(ClusterId(7));
        let before = one.clone();
        assert_eq!(one.merge(&other), Err(ForeignToken { token: ClusterId(7), cluster: ClusterId(0x5157) }));
        assert_eq!(one, before);
    }

    quickcheck! {
        fn a_printed_token_parses(floors: Vec<(Vec<u8>, u64)>) -> bool {
            let floors = floors.into_iter().filter(|(key, _)| !key.is_empty());
            let token = token(floors.map(|(key, slot)| (key, slot % SLOT_MAX)));
            token.to_string().parse() == Ok(token)
        }

        fn merging_goes_either_way(one: Vec<(Vec<u8>, u64)>, other: Vec<(Vec<u8>, u64)>) -> bool {
            let (one, other) = (token(one), token(other));
            let (mut left, mut right) = (one.clone(), other.clone());
            left.merge(&other).is_ok() && right.merge(&one).is_ok() && (left == right || left.is_full())
        }
    }
}
