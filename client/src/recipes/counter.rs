//! A counter.

use super::{Foreign, RecipeError, place::Place};
use crate::{Client, IntoBytes};
use std::time::Duration;

/// A number that many add to, each addition counted exactly once.
///
/// It is what [`Client::increment`] keeps (a decimal integer as text, absent counts as 0), with the part of the
/// caller done: an addition whose outcome is unknown is resolved before anything is sent again. Additions that
/// wait for one key at one replica share a slot, so a counter takes far more of them than one a round trip.
///
/// ```no_run
/// # async fn example(client: quorate_client::Client) -> Result<(), quorate_client::recipes::RecipeError> {
/// use quorate_client::recipes::Counter;
///
/// let orders = Counter::new(&client, "orders");
/// let number = orders.add(1).await?;
/// println!("order number {number} of {}", orders.get().await?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Counter {
    place: Place,
}

impl Counter {
    /// The counter at this key. Nothing is sent.
    pub fn new(client: &Client, key: impl IntoBytes) -> Self {
        Self { place: Place::new(client, key.into_bytes()) }
    }

    /// The longest that each step may take, instead of the client's own timeout. A day at most.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.place.timeout = timeout;
        self
    }

    /// Adds, once, and returns the sum. No two additions of 1 return the same number.
    ///
    /// Dropping the future: the addition may be made, once, or not.
    ///
    /// # Errors
    /// [`RecipeError::Overflow`] and [`RecipeError::Foreign`], with nothing added. An
    /// [`Error::Unknown`](crate::Error::Unknown) carries the token by which to [resolve](Client::resolve) it; to
    /// add again without that may count twice. After every other error nothing was added.
    pub async fn add(&self, by: i64) -> Result<i64, RecipeError> {
        self.place.add(by).await
    }

    /// The sum of what was added: of all additions that ended before the call, and of some of those under way.
    ///
    /// # Errors
    /// As [`Client::get`]; [`RecipeError::Foreign`].
    pub async fn get(&self) -> Result<i64, RecipeError> {
        match self.place.look().await? {
            Some(found) => Ok(number(&found.value)?),
            None => Ok(0),
        }
    }
}

fn number(value: &[u8]) -> Result<i64, Foreign> {
    let text = std::str::from_utf8(value).map_err(|_| Foreign::NotANumber)?;
    text.parse().map_err(|_| Foreign::NotANumber)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_a_decimal_integer() {
        assert_eq!(number(b"-9223372036854775808"), Ok(i64::MIN));
        for foreign in [&b""[..], b"seven", b"1.5", b" 1", b"9223372036854775808", b"\xff"] {
            assert_eq!(number(foreign), Err(Foreign::NotANumber), "{foreign:?}");
        }
    }
}
