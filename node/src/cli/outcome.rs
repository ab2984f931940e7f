use super::Exit;
use super::answer::Answer;
use super::format::Encoding;
use quorate_client::{
    CasOutcome, DeleteOutcome, IncrementOutcome, Negative, Resolution, SessionToken, Version, Versioned,
};
use serde_json::Value;

/// What an operation on one key came to.
#[derive(Debug)]
pub(super) enum Told {
    /// A read.
    Get(Option<Versioned>),
    /// A write.
    Put(Version),
    /// A delete.
    Delete(DeleteOutcome),
    /// A compare-and-set.
    Cas(CasOutcome),
    /// An increment.
    Increment(IncrementOutcome),
    /// A question for the outcome of a write.
    Resolve(Resolution),
    /// Any of them, in a session that has seen this much since.
    InSession(Box<Told>, Box<SessionToken>),
}

impl Told {
    /// The version that a write left, if it left one.
    pub(super) fn written(&self) -> Option<Version> {
        match self {
            Self::Put(version)
            | Self::Delete(DeleteOutcome::Deleted(version))
            | Self::Cas(CasOutcome::Applied(version))
            | Self::Increment(IncrementOutcome::Applied { version, .. }) => Some(*version),
            _ => None,
        }
    }

    /// As it is printed. `with_version`: a bare value has its version on a line before it.
    pub(super) fn answer(self, encoding: Encoding, key: &[u8], with_version: bool) -> Answer {
        let answer = match self {
            Self::InSession(told, token) => {
                let answer = told.answer(encoding, key, with_version);
                return answer.with("session", token.to_string()).aside(format!("session {token}\n"));
            }
            Self::Get(Some(found)) => get(&found, encoding, with_version),
            Self::Get(None) | Self::Delete(DeleteOutcome::Absent) => Answer::negative("absent", "the key has no value"),
            Self::Put(version) => written("written", version),
            Self::Delete(DeleteOutcome::Deleted(version)) => written("deleted", version),
            Self::Cas(CasOutcome::Applied(version)) => written("applied", version),
            Self::Cas(CasOutcome::Mismatch(found)) => mismatch(found),
            Self::Increment(outcome) => increment(outcome),
            Self::Resolve(found) => resolution(&found),
        };
        answer.with("key", encoding.json(key))
    }
}

fn get(found: &Versioned, encoding: Encoding, with_version: bool) -> Answer {
    let head = if with_version { format!("{}\n", found.version) } else { String::new() };
    let shown = [head.into_bytes(), encoding.encode(&found.value)].concat();
    let answer = Answer::bytes("found", shown).with("value", encoding.json(&found.value));
    answer.with("version", found.version.to_string())
}

fn written(outcome: &str, version: Version) -> Answer {
    Answer::line(outcome, version).with("version", version.to_string())
}

fn mismatch(found: Option<Version>) -> Answer {
    let answer = match found {
        Some(version) => {
            Answer::negative("mismatch", &format!("not as expected; the last write left version {version}"))
        }
        None => Answer::negative("mismatch", "not as expected; the key was never written"),
    };
    answer.with("found_version", found.map(|version| version.to_string()))
}

fn increment(outcome: IncrementOutcome) -> Answer {
    match outcome {
        IncrementOutcome::Applied { value, version } => {
            Answer::line("applied", value).with("value", value).with("version", version.to_string())
        }
        IncrementOutcome::NotANumber => {
            Answer::negative("not_a_number", "the value is no decimal integer of 64 bits; it is as it was")
        }
        IncrementOutcome::Overflow => {
            Answer::negative("overflow", "the sum leaves the range of 64 bits; the value is as it was")
        }
    }
}

fn resolution(found: &Resolution) -> Answer {
    let told = |outcome: &str, exit| Answer::text(outcome, format!("{}\n", outcome.replace('_', "-")), exit);
    match found {
        Resolution::Applied { version, counter } => {
            let sum = counter.map_or_else(String::new, |sum| format!(" {sum}"));
            let answer = Answer::text("applied", format!("applied {version}{sum}\n"), Exit::Ok);
            let answer = answer.with("version", version.to_string());
            if let Some(sum) = counter { answer.with("value", *sum) } else { answer }
        }
        Resolution::Refused(negative) => told("refused", Exit::Negative).with("reason", refusal(negative)),
        Resolution::NotApplied => told("not_applied", Exit::Negative),
        Resolution::Open => told("open", Exit::Unknown),
        Resolution::Forgotten => told("forgotten", Exit::Unknown),
    }
}

fn refusal(negative: &Negative) -> Value {
    match negative {
        Negative::Mismatch(_) => "mismatch",
        Negative::Absent => "absent",
        Negative::NotANumber => "not_a_number",
        Negative::Overflow => "overflow",
    }
    .into()
}
