use super::document::Document;
use super::format::Format;
use crate::config::closest;
use std::collections::BTreeSet;

/// Warnings that one command gives at most.
const WARNINGS_MAX: usize = 8;

/// Variables that are no option's: what tools around the command read.
const OTHERS: [&str; 1] = ["QUORATE_COMMIT"];

/// Tells of variables whose names look like ours, and which no option reads: most likely one is misspelt.
pub(super) fn warn(command: &clap::Command, format: &Format) {
    let mut known: BTreeSet<String> = OTHERS.iter().map(|&name| name.to_owned()).collect();
    collect(command, &mut known);
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let strange = names.filter(|name| name.starts_with("QUORATE_") && !known.contains(name));
    for name in strange.take(WARNINGS_MAX) {
        let message = warning(&name, &known);
        match format.output {
            Some(output) if output.is_json() => {
                eprint!("{}", Document::new().with("outcome", "warning").with("message", message).render(output));
            }
            _ => eprintln!("quorate: warning: {message}"),
        }
    }
}

fn warning(name: &str, known: &BTreeSet<String>) -> String {
    let meant = closest(name, known.iter().map(String::as_str));
    let meant = meant.map_or_else(String::new, |meant| format!("; did you mean {meant}?"));
    format!("the environment has {name}, which no option reads{meant}")
}

/// The variables of a command's options, and of its subcommands'.
fn collect(command: &clap::Command, known: &mut BTreeSet<String>) {
    let variables = command.get_arguments().filter_map(clap::Arg::get_env);
    known.extend(variables.map(|name| name.to_string_lossy().into_owned()));
    command.get_subcommands().for_each(|command| collect(command, known));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_named() {
        let mut known = BTreeSet::new();
        collect(&super::super::command(), &mut known);
        assert!(known.contains("QUORATE_ENDPOINTS") && known.contains("QUORATE_CONNECTIONS"), "{known:?}");
        assert!(warning("QUORATE_ENDPOINT", &known).ends_with("did you mean QUORATE_ENDPOINTS?"));
        assert!(!warning("QUORATE_", &known).is_empty());
    }
}
