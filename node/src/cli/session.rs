use super::explain::{Made, made};
use super::outcome::Told;
use bytes::Bytes;
use quorate_client::{Client, Consistency, Error, NotSessionToken, Session, SessionToken};
use std::str::FromStr;

/// The session that an operation belongs to.
#[derive(Clone, Debug)]
pub(crate) enum InSession {
    /// One that has seen nothing yet.
    New,
    /// One that has seen what this token says.
    Token(SessionToken),
}

/// How much a read promises.
#[derive(Debug, clap::Args)]
pub(crate) struct Level {
    /// linearizable, causal or eventual; by default causal with --session, and linearizable without (as causal is then)
    #[arg(long, value_name = "LEVEL")]
    consistency: Option<Consistency>,
    /// Read nothing older than what this token has seen; the token to go on with is printed on stderr
    #[arg(long, value_name = "TOKEN|new")]
    pub(super) session: Option<InSession>,
}

impl FromStr for InSession {
    type Err = NotSessionToken;

    fn from_str(text: &str) -> Result<Self, NotSessionToken> {
        if text == "new" { Ok(Self::New) } else { text.parse().map(Self::Token) }
    }
}

impl InSession {
    /// Begins it.
    ///
    /// # Errors
    /// The token is of another cluster.
    pub(super) fn begin(&self, client: &Client) -> Result<Session, Error> {
        match self {
            Self::New => Ok(client.session()),
            Self::Token(token) => Session::from_token(client, token),
        }
    }
}

impl Level {
    /// Whether it may return less than the newest.
    pub(super) fn is_weak(&self) -> bool {
        match self.consistency {
            None | Some(Consistency::Causal) => self.session.is_some(),
            Some(level) => level != Consistency::Linearizable,
        }
    }

    /// What a read without a session promises.
    pub(super) fn plain(&self) -> Consistency {
        self.consistency.unwrap_or_default()
    }

    /// Reads in a session.
    pub(super) async fn get(&self, session: &Session, key: Bytes, explain: bool) -> Made {
        let read = session.get(key).consistency(self.consistency.unwrap_or(Consistency::Causal));
        made(read, explain, Told::Get).await.of(session)
    }
}

/// Writes in a session.
pub(super) async fn put(session: &Session, key: Bytes, value: Bytes, explain: bool) -> Made {
    made(session.put(key, value), explain, Told::Put).await.of(session)
}

impl Made {
    fn of(self, session: &Session) -> Self {
        Self { result: self.result.map(|told| told.of(session)), ..self }
    }
}

impl Told {
    /// The operation itself, in a session or not.
    pub(super) fn in_its_session(&self) -> &Self {
        match self {
            Self::InSession(told, _) => told,
            told => told,
        }
    }

    fn of(self, session: &Session) -> Self {
        Self::InSession(Box::new(self), Box::new(session.token()))
    }
}
