use super::answer::Answer;
use super::bytes_text::{argument, to_hex, value};
use super::failure::failure;
use super::{Exit, Failure, Target, inspect, status};
use clap::Subcommand;
use quorate_client::{
    CasOutcome, Client, DeleteOutcome, Expect, IncrementOutcome, RequestToken, Resolution, VALUE_BYTES_MAX, Version,
};
use quorate_protocol::Slot;
use std::ffi::OsString;

/// What one asks of a cluster. The command line and the demo's prompt share these.
#[derive(Debug, Subcommand)]
pub(crate) enum Data {
    /// Print a key's value (with a newline only on a terminal)
    Get {
        /// The key
        key: OsString,
        /// Print the version on a line before the value
        #[arg(long)]
        with_version: bool,
    },
    /// Set a key; prints the version of this write
    Put {
        /// The key
        key: OsString,
        /// The value; - reads it from stdin
        value: OsString,
    },
    /// Remove a key's value
    Del {
        /// The key
        key: OsString,
    },
    /// Set a key if it is as expected; prints the new version
    Cas {
        /// The key
        key: OsString,
        /// What it must be
        #[command(flatten)]
        expect: Expectation,
        /// The new value; - reads it from stdin; without one, the value is removed
        new: Option<OsString>,
    },
    /// Add to a decimal integer; prints the sum
    Incr {
        /// The key
        key: OsString,
        /// How much
        #[arg(default_value_t = 1, allow_negative_numbers = true)]
        by: i64,
    },
    /// Find out what became of a write whose outcome was unknown; if it was not applied, it never will be
    Resolve {
        /// The key
        key: OsString,
        /// The token that the write's failure printed
        token: RequestToken,
    },
    /// Show every node, and whether reads and writes have their quorums
    Status,
    /// Look into one key
    #[command(subcommand)]
    Key(Key),
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
    /// It has this value
    #[arg(long, value_name = "VALUE")]
    if_value: Option<OsString>,
}

impl Data {
    /// `key inspect` of this key.
    pub(crate) fn inspect(key: OsString) -> Self {
        Self::Key(Key::Inspect { key })
    }

    /// Asks, and puts the answer in words.
    pub(crate) async fn run(&self, client: &Client, target: &Target) -> Result<Answer, Failure> {
        let hex = target.hex;
        match self {
            Self::Get { key, with_version } => get(client, target, key, *with_version).await,
            Self::Put { key, value: new } => {
                let (key, new) = (argument(key, hex)?, value(new, hex, VALUE_BYTES_MAX)?);
                let version = client.put(key.clone(), new).await.map_err(|error| failure(&error, &key, target))?;
                Ok(Answer::line(version))
            }
            Self::Del { key } => {
                let key = argument(key, hex)?;
                match client.delete(key.clone()).await.map_err(|error| failure(&error, &key, target))? {
                    DeleteOutcome::Deleted(version) => Ok(Answer::line(version)),
                    DeleteOutcome::Absent => Ok(Answer::negative("the key has no value")),
                }
            }
            Self::Cas { key, expect, new } => cas(client, target, key, expect, new.as_ref()).await,
            Self::Incr { key, by } => {
                let key = argument(key, hex)?;
                match client.increment(key.clone(), *by).await.map_err(|error| failure(&error, &key, target))? {
                    IncrementOutcome::Applied { value, .. } => Ok(Answer::line(value)),
                    IncrementOutcome::NotANumber => Ok(Answer::negative("the value is no decimal integer of 64 bits")),
                    IncrementOutcome::Overflow => Ok(Answer::negative("the sum leaves the range of 64 bits")),
                }
            }
            Self::Resolve { key, token } => {
                let key = argument(key, hex)?;
                let found = client.resolve(key.clone(), *token).await.map_err(|error| failure(&error, &key, target))?;
                Ok(resolution(&found))
            }
            Self::Status => status::status(client).await,
            Self::Key(Key::Inspect { key }) => inspect::inspect(client, argument(key, hex)?, target).await,
        }
    }
}

async fn get(client: &Client, target: &Target, key: &OsString, with_version: bool) -> Result<Answer, Failure> {
    let key = argument(key, target.hex)?;
    let Some(found) = client.get(key.clone()).await.map_err(|error| failure(&error, &key, target))? else {
        return Ok(Answer::negative("the key has no value"));
    };
    let shown = if target.hex { to_hex(&found.value).into() } else { found.value };
    let head = if with_version { format!("{}\n", found.version) } else { String::new() };
    Ok(Answer::data([head.as_bytes(), &shown].concat()))
}

async fn cas(
    client: &Client,
    target: &Target,
    key: &OsString,
    expect: &Expectation,
    new: Option<&OsString>,
) -> Result<Answer, Failure> {
    let key = argument(key, target.hex)?;
    let expect = match (&expect.if_version, &expect.if_value) {
        (Some(version), _) => Expect::Version(*version),
        (_, Some(value)) => Expect::Value(argument(value, target.hex)?),
        _ => Expect::Absent,
    };
    let asked = match new {
        Some(new) => client.cas(key.clone(), expect, value(new, target.hex, VALUE_BYTES_MAX)?),
        None => client.delete_if(key.clone(), expect),
    };
    match asked.await.map_err(|error| failure(&error, &key, target))? {
        CasOutcome::Applied(version) => Ok(Answer::line(version)),
        CasOutcome::Mismatch(found) => Ok(mismatch(found)),
    }
}

fn mismatch(found: Option<Version>) -> Answer {
    match found {
        Some(version) => Answer::negative(&format!("not as expected; the last write left version {version}")),
        None => Answer::negative("not as expected; the key was never written"),
    }
}

fn resolution(found: &Resolution) -> Answer {
    match found {
        Resolution::Applied { version, counter: None } => Answer::line(format!("applied {version}")),
        Resolution::Applied { version, counter: Some(sum) } => Answer::line(format!("applied {version} {sum}")),
        Resolution::Refused(_) => Answer::line("refused").ending(Exit::Negative),
        Resolution::NotApplied => Answer::line("not-applied").ending(Exit::Negative),
        Resolution::Open => Answer::line("open").ending(Exit::Unknown),
        Resolution::Forgotten => Answer::line("forgotten").ending(Exit::Unknown),
    }
}

fn parse_version(text: &str) -> Result<Version, String> {
    let parsed = text.split_once('.').and_then(|(slot, position)| {
        Some(Version { slot: Slot(slot.parse().ok()?), position: position.parse().ok()? })
    });
    parsed.ok_or_else(|| "a version is SLOT.POSITION, as put and get print it".to_owned())
}
