use super::{Answer, expected};
use crate::{Client, Error, Expect};
use bytes::Bytes;
use quorate_history::Asked;

/// What a client asks for, on some key.
#[derive(Clone, Debug)]
pub enum Request {
    /// Read it.
    Get,
    /// Write this.
    Put(Bytes),
    /// Remove what is there.
    Delete,
    /// Write this where what is there is as expected.
    Cas(Expect, Bytes),
    /// Remove what is there where it is as expected.
    DeleteIf(Expect),
    /// Add to a number.
    Increment(i64),
}

impl Request {
    /// Makes the request.
    ///
    /// # Errors
    /// Those of the client.
    pub async fn make(self, client: &Client, key: Bytes) -> Result<Answer, Error> {
        Ok(match self {
            Self::Get => Answer::Read(client.get(key).await?),
            Self::Put(value) => Answer::Written(client.put(key, value).await?),
            Self::Delete => Answer::Deleted(client.delete(key).await?),
            Self::Cas(expect, new) => Answer::Compared(client.cas(key, expect, new).await?),
            Self::DeleteIf(expect) => Answer::Compared(client.delete_if(key, expect).await?),
            Self::Increment(by) => Answer::Counted(client.increment(key, by).await?),
        })
    }

    /// In the judge's terms.
    pub fn asked(&self) -> Asked {
        match self {
            Self::Get => Asked::Get,
            Self::Put(value) => Asked::Put(value.to_vec()),
            Self::Delete => Asked::Delete,
            Self::Cas(expect, new) => Asked::CompareAndSet { expect: expected(expect), new: Some(new.to_vec()) },
            Self::DeleteIf(expect) => Asked::CompareAndSet { expect: expected(expect), new: None },
            Self::Increment(by) => Asked::Increment(*by),
        }
    }
}
