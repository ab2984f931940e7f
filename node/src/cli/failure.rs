use super::bytes_text::to_hex;
use super::{Exit, Failure, Target};
use quorate_client::wire::Refusal;
use quorate_client::{Error, ReplicaFailure};

/// What a failed operation on `key` means for who ran the command.
pub(super) fn failure(error: &Error, key: &[u8], target: &Target) -> Failure {
    match error {
        Error::Unknown { token, .. } => {
            let message = format!(
                "{error}\nThe write may have been applied, or may be yet. To find out, and to close it if it was not:\n  \
                 {}",
                resolve_command(key, &token.to_string(), target)
            );
            Failure::new(Exit::Unknown, message)
        }
        error => Failure::new(exit(error), error.to_string()),
    }
}

/// What a failure that is about no key means.
pub(super) fn plain(error: &Error) -> Failure {
    Failure::new(exit(error), error.to_string())
}

fn exit(error: &Error) -> Exit {
    match error {
        Error::Unknown { .. } => Exit::Unknown,
        Error::KeyLength { .. } | Error::ValueLength { .. } | Error::Incompatible { .. } | Error::Protocol(_) => {
            Exit::Refused
        }
        Error::Seeds { .. } => Exit::Usage,
        Error::Unavailable { reasons } => {
            let corrupt = |failure: &ReplicaFailure| matches!(failure, ReplicaFailure::Refused(Refusal::CorruptLog));
            let all = !reasons.is_empty() && reasons.iter().all(|reason| corrupt(&reason.failure));
            if all { Exit::Corruption } else { Exit::Unavailable }
        }
        _ => Exit::Unavailable,
    }
}

/// The very command, safe to paste into a shell.
fn resolve_command(key: &[u8], token: &str, target: &Target) -> String {
    let endpoints = target.endpoints.join(",");
    let (hex, key) = match std::str::from_utf8(key) {
        Ok(text) if !target.hex && is_plain(text) => ("", text.to_owned()),
        Ok(text) if !target.hex && is_quotable(text) => ("", format!("'{text}'")),
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

    #[test]
    fn the_command_survives_a_shell() {
        let target =
            Target { endpoints: vec!["a:1".into(), "b:2".into()], timeout: Duration::MAX, cluster: None, hex: false };
        let command = |key: &[u8]| resolve_command(key, "q1-a-b-c", &target);
        assert_eq!(command(b"user:7"), "quorate resolve --endpoints a:1,b:2 user:7 q1-a-b-c");
        assert_eq!(command(b"a b$c"), "quorate resolve --endpoints a:1,b:2 'a b$c' q1-a-b-c");
        for hard in [b"it's".as_slice(), b"\xff", b"a\nb", b"-x", b""] {
            let command = command(hard);
            assert!(command.contains(&format!(" --hex {} q1", to_hex(hard))), "{command}");
        }
    }
}
