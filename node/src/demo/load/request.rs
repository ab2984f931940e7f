use super::figures::Ending;
use bytes::Bytes;
use quorate_client::{Client, Error, Expect, Outcome, Versioned};

/// What a client of the load asks for.
#[derive(Clone, Debug)]
pub(super) enum Request {
    Get,
    Put(Bytes),
    Delete,
    Cas(Expect, Bytes),
    Increment(i64),
}

impl Request {
    /// Whether it is a read.
    pub(super) fn is_read(&self) -> bool {
        matches!(self, Self::Get)
    }

    /// Asks, and says how it ended. A read leaves what it found in `seen`.
    pub(super) async fn make(self, client: &Client, key: String, seen: &mut Option<Versioned>) -> Ending {
        let done = match self {
            Self::Get => client.get(key).await.map(|found| *seen = found),
            Self::Put(value) => client.put(key, value).await.map(drop),
            Self::Delete => client.delete(key).await.map(drop),
            Self::Cas(expect, value) => client.cas(key, expect, value).await.map(drop),
            Self::Increment(by) => client.increment(key, by).await.map(drop),
        };
        done.map_or_else(|error| ending(&error), |()| Ending::Answered)
    }
}

fn ending(error: &Error) -> Ending {
    match error.outcome() {
        Outcome::Unknown(_) => Ending::Unknown,
        Outcome::NotApplied => Ending::Failed,
    }
}
