use super::bytes_text::to_hex;
use super::format::Encoding;
use super::{Exit, Failure, Target};
use quorate_client::wire::Refusal;
use quorate_client::{Error, ReplicaFailure};
use serde_json::{Value, json};

/// What a failed operation on `key` means for who ran the command.
pub(super) fn failure(error: &Error, key: &[u8], target: &Target) -> Failure {
    let Error::Unknown { token, .. } = error else {
        return plain(error, target);
    };
    let command = resolve_command(key, &token.to_string(), target);
    let hint = format!(
        "The write may have been applied, or may be yet. To find out, and to close it if it was not:\n  {command}"
    );
    let failure = Failure::new(Exit::Unknown, error.to_string()).hint(hint);
    failure.with("token", token.to_string()).with("resolve", command).with("replicas", replicas(error))
}

/// What a failure that is about no key means.
pub(super) fn plain(error: &Error, target: &Target) -> Failure {
    let failure = Failure::new(exit(error), error.to_string()).hint(hint(error, target));
    let failure = failure.with("retryable", error.is_retryable());
    if error.replicas().is_empty() { failure } else { failure.with("replicas", replicas(error)) }
}

/// What each replica failed with.
fn replicas(error: &Error) -> Value {
    let replica =
        |reason: &quorate_client::ReplicaError| json!({ "node": reason.node.0, "reason": reason.failure.to_string() });
    error.replicas().iter().map(replica).collect()
}

fn exit(error: &Error) -> Exit {
    match error {
        Error::Unknown { .. } => Exit::Unknown,
        Error::KeyLength { .. }
        | Error::ValueLength { .. }
        | Error::Incompatible { .. }
        | Error::Protocol(_)
        | Error::ForeignToken(_) => Exit::Refused,
        Error::Seeds { .. } => Exit::Usage,
        Error::SessionAhead(_) => Exit::Corruption,
        Error::Unavailable { .. } if is_corrupt(error) => Exit::Corruption,
        _ => Exit::Unavailable,
    }
}

fn is_corrupt(error: &Error) -> bool {
    let corrupt = |failure: &ReplicaFailure| matches!(failure, ReplicaFailure::Refused(Refusal::CorruptLog));
    !error.replicas().is_empty() && error.replicas().iter().all(|reason| corrupt(&reason.failure))
}

/// What to do next.
fn hint(error: &Error, target: &Target) -> String {
    let endpoints = target.endpoints.join(",");
    match error {
        Error::Unreachable { .. } => "Nothing was applied. Does a node run at one of these addresses? --endpoints or \
                                      QUORATE_ENDPOINTS names others; `quorate demo` starts a cluster to try."
            .to_owned(),
        Error::Unavailable { .. } if is_corrupt(error) => {
            "Nothing was applied. `quorate key inspect` shows the key; \"When something is wrong\" in docs/operating.md \
             says what to do."
                .to_owned()
        }
        Error::Unavailable { .. } => format!(
            "Nothing was applied, now or later; try again. `quorate status --endpoints {endpoints}` shows which nodes \
             answer; --timeout gives it longer."
        ),
        Error::Busy | Error::Contention | Error::Cancelled => {
            "Nothing was applied, now or later; try again.".to_owned()
        }
        Error::KeyLength { .. } | Error::ValueLength { .. } => {
            "Nothing was applied. The bounds are the same in every cluster: docs/limits.md.".to_owned()
        }
        Error::Incompatible { .. } => {
            "Compare --cluster with what `quorate status` shows there, and `quorate version` with the nodes' own."
                .to_owned()
        }
        Error::ForeignToken(_) => "Nothing was asked. Begin with `--session new` here.".to_owned(),
        Error::SessionAhead(_) => {
            "The token comes from a cluster of the same id with another history, or data was lost: `quorate key inspect` \
             shows the key. `--session new` begins anew."
                .to_owned()
        }
        Error::Seeds { .. } => "Write --endpoints host:port, several separated by commas.".to_owned(),
        Error::Protocol(_) => {
            "Nothing is known of its effect. Is the node of another version? `quorate status` shows it.".to_owned()
        }
        _ => String::new(),
    }
}

/// The very command, safe to paste into a shell.
fn resolve_command(key: &[u8], token: &str, target: &Target) -> String {
    let endpoints = target.endpoints.join(",");
    let plain = target.format.encoding() == Encoding::Plain;
    let (hex, key) = match std::str::from_utf8(key) {
        Ok(text) if plain && is_plain(text) => ("", text.to_owned()),
        Ok(text) if plain && is_quotable(text) => ("", format!("'{text}'")),
        _ => (" --hex", to_hex(key)),
    };
    format!("quorate resolve --endpoints {endpoints}{hex} {key} {token}")
}

fn is_plain(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_./:@%+=,-".contains(&byte);
    !text.is_empty() && !text.starts_with('-') && text.bytes().all(plain)
}

fn is_quotable(text: &str) -> bool {
    !text.is_empty() && !text.starts_with('-') && text.chars().all(|c| c != '\'' && !c.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn target() -> Target {
        let endpoints = vec!["a:1".into(), "b:2".into()];
        Target { endpoints, timeout: Duration::MAX, cluster: None, format: super::super::Format::default() }
    }

    #[test]
    fn the_command_survives_a_shell() {
        let target = target();
        let command = |key: &[u8]| resolve_command(key, "q1-a-b-c", &target);
        assert_eq!(command(b"user:7"), "quorate resolve --endpoints a:1,b:2 user:7 q1-a-b-c");
        assert_eq!(command(b"a b$c"), "quorate resolve --endpoints a:1,b:2 'a b$c' q1-a-b-c");
        for hard in [b"it's".as_slice(), b"\xff", b"a\nb", b"-x", b""] {
            let command = command(hard);
            assert!(command.contains(&format!(" --hex {} q1", to_hex(hard))), "{command}");
        }
    }

    #[test]
    fn every_failure_says_what_to_do_next() {
        let errors = [
            Error::KeyLength { bytes: 0 },
            Error::Unavailable { reasons: Vec::new() },
            Error::Busy,
            Error::Contention,
            Error::Cancelled,
            Error::Seeds { given: String::new() },
            Error::Unreachable { failures: Vec::new() },
            Error::Protocol(quorate_protocol::NodeId(1)),
        ];
        for error in errors {
            assert!(!hint(&error, &target()).is_empty(), "{error:?}");
        }
    }
}
