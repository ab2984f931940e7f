//! What it takes to ask later what became of a write.

use quorate_protocol::{RequestId, Slot};
use std::{fmt, str::FromStr};

/// Names one write whose outcome is unknown, for [`Client::resolve`](crate::Client::resolve). It prints
/// and parses as `q1-CLIENT-SEQUENCE-BASE`, in hexadecimal, so it can be kept in a log or a file. The key
/// is not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestToken {
    id: RequestId,
    base: Slot,
}

/// A text that is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a request token: q1-CLIENT-SEQUENCE-BASE with hexadecimal numbers is expected")]
pub struct NotToken;

impl RequestToken {
    /// The request with this id, which names this base.
    pub fn new(id: RequestId, base: Slot) -> Self {
        Self { id, base }
    }

    /// The write's id.
    pub fn id(self) -> RequestId {
        self.id
    }

    /// The slot of its key that was known chosen before it was first sent.
    pub fn base(self) -> Slot {
        self.base
    }
}

impl fmt::Display for RequestToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "q1-{:032x}-{:x}-{:x}", self.id.client.0, self.id.sequence, self.base.0)
    }
}

impl FromStr for RequestToken {
    type Err = NotToken;

    fn from_str(text: &str) -> Result<Self, NotToken> {
        let mut parts = text.split('-');
        let mut next = || parts.next().ok_or(NotToken);
        if next()? != "q1" {
            return Err(NotToken);
        }
        let client = number(next()?, 32)?;
        let sequence = number(next()?, 16)?;
        let base = number(next()?, 16)?;
        if next().is_ok() {
            return Err(NotToken);
        }
        let narrow = |number: u128| u64::try_from(number).map_err(|_| NotToken);
        Ok(Self { id: RequestId::new(client, narrow(sequence)?), base: Slot(narrow(base)?) })
    }
}

fn number(text: &str, digits_max: usize) -> Result<u128, NotToken> {
    if text.len() > digits_max || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(NotToken);
    }
    u128::from_str_radix(text, 16).map_err(|_| NotToken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use quickcheck::quickcheck;

    quickcheck! {
        fn a_printed_token_parses(client: u128, sequence: u64, base: u64) -> bool {
            let token = RequestToken::new(RequestId::new(client, sequence), Slot(base));
            token.to_string().parse() == Ok(token)
        }

        fn parsing_is_total(text: String) -> bool {
            text.parse::<RequestToken>().is_ok_and(|token| !token.to_string().is_empty()) || text.parse::<RequestToken>() == Err(NotToken)
        }
    }

    #[test]
    fn near_misses_are_refused() {
        let token = RequestToken::new(RequestId::new(u128::MAX, u64::MAX), Slot(u64::MAX)).to_string();
        for wrong in ["", "q1", "q1-1-2", "q1-1-2-3-4", "q2-1-2-3", "q1-+1-2-3", "q1--2-3", "q1-1-2-", "q1-x-2-3"] {
            assert_eq!(wrong.parse::<RequestToken>(), Err(NotToken), "{wrong}");
        }
        assert_eq!(format!("{token}0").parse::<RequestToken>(), Err(NotToken));
        assert_eq!("q1-a-b-c".parse(), Ok(RequestToken::new(RequestId::new(10, 11), Slot(12))));
    }
}
