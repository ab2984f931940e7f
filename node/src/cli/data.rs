use super::answer::Answer;
use super::bytes_text::Arguments;
use super::explain::{self, Made, made};
use super::failure::failure;
use super::outcome::Told;
use super::session::{InSession, Level};
use super::status::{self, Watching};
use super::watch::{self, Nobody, Watch};
use super::{Failure, Target, inspect, session};
use bytes::Bytes;
use clap::Subcommand;
use quorate_client::{Client, Expect, KEY_BYTES_MAX, RequestToken, VALUE_BYTES_MAX, Version};
use quorate_protocol::Slot;
use std::ffi::OsString;

/// What one asks of a cluster. The command line and the prompts share these.
#[derive(Debug, Subcommand)]
pub(crate) enum Data {
    /// Print a key's value (with a newline only on a terminal)
    Get {
        /// The key; - reads it from standard input
        key: OsString,
        /// Print the version on a line before the value
        #[arg(long)]
        with_version: bool,
        #[command(flatten)]
        level: Level,
        /// How it went.
        #[command(flatten)]
        asked: Asked,
    },
    /// Set a key; prints the version of this write
    Put {
        /// The key
        key: OsString,
        /// The value; - reads it from standard input
        value: OsString,
        /// Write in this session; the token to go on with is printed on stderr
        #[arg(long, value_name = "TOKEN|new")]
        session: Option<InSession>,
        /// How it went.
        #[command(flatten)]
        asked: Asked,
    },
    /// Remove a key's value; prints the version of this write
    Del {
        /// The key
        key: OsString,
        /// How it went.
        #[command(flatten)]
        asked: Asked,
    },
    /// Set a key if it is as expected; prints the new version
    Cas {
        /// The key
        key: OsString,
        /// What it must be
        #[command(flatten)]
        expect: Expectation,
        /// The new value; - reads it from standard input; without one, the value is removed
        new: Option<OsString>,
        /// How it went.
        #[command(flatten)]
        asked: Asked,
    },
    /// Add to a decimal integer; prints the sum
    Incr {
        /// The key
        key: OsString,
        /// How much
        #[arg(default_value_t = 1, allow_negative_numbers = true)]
        by: i64,
        /// How it went.
        #[command(flatten)]
        asked: Asked,
    },
    /// Find out what became of a write whose outcome was unknown; if it was not applied, it never will be
    Resolve {
        /// The key
        key: OsString,
        /// The token that the write's failure printed
        token: RequestToken,
        /// How it went.
        #[command(flatten)]
        asked: Asked,
    },
    /// Show every node, and whether reads and writes have their quorums
    Status(Watching),
    /// Look into one key
    #[command(subcommand)]
    Key(Key),
}

/// What every operation on one key takes.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Asked {
    /// Say how it went: which replica was asked what, when it answered, what it said
    #[arg(long)]
    explain: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Key {
    /// What each replica promised, accepted and knows chosen for a key, side by side
    Inspect {
        /// The key
        key: OsString,
    },
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Expectation {
    /// The key has no value
    #[arg(long)]
    absent: bool,
    /// Its value was left by this write
    #[arg(long, value_name = "VERSION", value_parser = parse_version)]
    if_version: Option<Version>,
    /// It has this value; - reads it from standard input
    #[arg(long, value_name = "VALUE")]
    if_value: Option<OsString>,
}

impl Data {
    /// `key inspect` of this key.
    pub(crate) fn inspect(key: OsString) -> Self {
        Self::Key(Key::Inspect { key })
    }

    /// How long from one look to the next, if it is to look again and again, which [`run`](Self::run) does not do.
    pub(crate) fn watch(&self) -> Option<std::time::Duration> {
        match self {
            Self::Status(watching) => watching.interval(),
            _ => None,
        }
    }

    /// The key that it is about, if it is about one.
    pub(crate) fn key(&self) -> Option<&OsString> {
        match self {
            Self::Get { key, .. }
            | Self::Put { key, .. }
            | Self::Del { key, .. }
            | Self::Cas { key, .. }
            | Self::Incr { key, .. }
            | Self::Resolve { key, .. }
            | Self::Key(Key::Inspect { key }) => Some(key),
            Self::Status(_) => None,
        }
    }

    fn explain(&self) -> bool {
        match self {
            Self::Get { asked, .. }
            | Self::Put { asked, .. }
            | Self::Del { asked, .. }
            | Self::Cas { asked, .. }
            | Self::Incr { asked, .. }
            | Self::Resolve { asked, .. } => asked.explain,
            Self::Status(_) | Self::Key(_) => false,
        }
    }

    /// Asks, and puts the answer in words.
    ///
    /// # Errors
    /// An argument is not what it should be, or the operation failed.
    pub(crate) async fn run(&self, client: &Client, target: &Target) -> Result<Answer, Failure> {
        self.run_watched(client, target, &Nobody).await
    }

    /// The same, with somebody who is told of the operation.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub(crate) async fn run_watched(
        &self,
        client: &Client,
        target: &Target,
        watch: &impl Watch,
    ) -> Result<Answer, Failure> {
        let mut read = Arguments::new(target.format.encoding(), !target.format.prompt);
        if self.watch().is_some() {
            return Err(Failure::usage("--watch does not come back to the prompt")
                .hint("Run `quorate status --watch` in another shell."));
        }
        let Some(key) = self.key() else {
            return status::status(client, target).await;
        };
        let key = read.bytes(key, KEY_BYTES_MAX)?;
        if let Self::Key(Key::Inspect { .. }) = self {
            return inspect::inspect(client, key, target).await;
        }
        let request = self.request(Arguments::new(target.format.encoding(), false));
        let place = request.and_then(|request| watch.begins(&key, &request));
        let Made { result, explanation } = self.ask(client, &key, &mut read).await?;
        place.into_iter().for_each(|place| watch.ends(place, watch::told(&result)));
        let explained = match &explanation {
            Some(explanation) => Some(explain::Shown::of(explanation, client, &key, result.as_ref().ok()).await),
            None => None,
        };
        let with_version = matches!(self, Self::Get { with_version: true, .. });
        match result {
            Ok(told) => {
                let answer = told.answer(target.format.encoding(), &key, with_version);
                Ok(explained.iter().fold(answer, |answer, shown| shown.beside(answer, target)))
            }
            Err(error) => {
                let failure = failure(&error, &key, target);
                Err(explained.iter().fold(failure, |failure, shown| shown.beside_failure(failure, target)))
            }
        }
    }

    /// The operation itself.
    ///
    /// # Errors
    /// The arguments are wrong, and nothing was asked.
    async fn ask(&self, client: &Client, key: &Bytes, read: &mut Arguments) -> Result<Made, Failure> {
        let (key, explain) = (key.clone(), self.explain());
        Ok(match self {
            Self::Put { value, session: Some(session), .. } => {
                let value = read.bytes(value, VALUE_BYTES_MAX)?;
                match session.begin(client) {
                    Ok(session) => session::put(&session, key, value, explain).await,
                    Err(error) => Made { result: Err(error), explanation: None },
                }
            }
            Self::Put { value, .. } => {
                let value = read.bytes(value, VALUE_BYTES_MAX)?;
                made(client.put(key, value), explain, Told::Put).await
            }
            Self::Del { .. } => made(client.delete(key), explain, Told::Delete).await,
            Self::Cas { expect, new, .. } => {
                let expect = expect.read(read)?;
                let cas = match new {
                    Some(new) => client.cas(key, expect, read.bytes(new, VALUE_BYTES_MAX)?),
                    None => client.delete_if(key, expect),
                };
                made(cas, explain, Told::Cas).await
            }
            Self::Incr { by, .. } => made(client.increment(key, *by), explain, Told::Increment).await,
            Self::Resolve { token, .. } => made(client.resolve(key, *token), explain, Told::Resolve).await,
            Self::Get { level, .. } => match &level.session {
                Some(session) => match session.begin(client) {
                    Ok(session) => level.get(&session, key, explain).await,
                    Err(error) => Made { result: Err(error), explanation: None },
                },
                None => made(client.get(key).consistency(level.plain()), explain, Told::Get).await,
            },
            Self::Status(_) | Self::Key(_) => made(client.get(key), explain, Told::Get).await,
        })
    }
}

impl Expectation {
    pub(super) fn read(&self, read: &mut Arguments) -> Result<Expect, Failure> {
        Ok(match (&self.if_version, &self.if_value) {
            (Some(version), _) => Expect::Version(*version),
            (_, Some(value)) => Expect::Value(read.bytes(value, VALUE_BYTES_MAX)?),
            _ => Expect::Absent,
        })
    }
}

fn parse_version(text: &str) -> Result<Version, String> {
    let parsed = text.split_once('.').and_then(|(slot, position)| {
        Some(Version { slot: Slot(slot.parse().ok()?), position: position.parse().ok()? })
    });
    parsed.ok_or_else(|| "a version is SLOT.POSITION, as put and get print it".to_owned())
}
