//! `docs/cli.md` lists the commands and flags that the command line has, and no others.
#![allow(missing_docs, clippy::unwrap_used)]

use clap::{Arg, ArgAction, Command};
use std::fmt::Write as _;
use std::path::Path;

/// What stands between two marks has to be this; with `UPDATE_DOCS` set, it is written there.
fn compare(page: &mut String, begin: &str, end: &str, expected: &str) -> bool {
    let from = page.find(begin).unwrap_or_else(|| panic!("docs/cli.md lacks {begin}"));
    let from = from + page.get(from..).unwrap().find('\n').unwrap() + 1;
    let until = from + page.get(from..).unwrap().find(end).unwrap();
    let same = page.get(from..until) == Some(expected);
    page.replace_range(from..until, expected);
    same
}

#[test]
fn every_command_and_flag_and_no_other() {
    let mut command = quorate_node::cli::command();
    command.build();
    let mut commands = "| command | flags | does |\n|---|---|---|\n".to_owned();
    rows(&command, "", &mut commands);
    let mut flags = "| flag | variable | means |\n|---|---|---|\n".to_owned();
    for flag in command.get_arguments().filter(|flag| flag.is_global_set() && !flag.is_hide_set()) {
        let variable = flag.get_env().map_or(String::new(), |name| format!("`{}`", name.to_string_lossy()));
        let help = flag.get_help().map(ToString::to_string).unwrap_or_default();
        writeln!(flags, "| `--{}` | {variable} | {help} |", flag.get_long().unwrap()).unwrap();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/cli.md");
    let mut page = std::fs::read_to_string(&path).unwrap();
    let commands_same = compare(&mut page, "<!-- commands", "<!-- end of commands", &commands);
    let flags_same = compare(&mut page, "<!-- flags", "<!-- end of flags", &flags);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, page).unwrap();
        return;
    }
    assert!(
        commands_same && flags_same,
        "docs/cli.md is behind: UPDATE_DOCS=1 cargo test -p quorate-node --test docs_cli"
    );
}

/// A row for each command that does something, in clap's order.
fn rows(command: &Command, above: &str, table: &mut String) {
    for below in command.get_subcommands().filter(|below| below.get_name() != "help" && !below.is_hide_set()) {
        let path = format!("{above}{}", below.get_name());
        if below.has_subcommands() {
            rows(below, &format!("{path} "), table);
            continue;
        }
        let positionals: String = below.get_positionals().map(|one| format!(" {}", named(one))).collect();
        let own = below.get_opts().chain(below.get_arguments().filter(|one| is_switch(one)));
        let own = own.filter(|one| !one.is_global_set() && !one.is_hide_set() && one.get_long() != Some("help"));
        let mut flags: Vec<String> = own.filter_map(|one| Some(format!("`--{}`", one.get_long()?))).collect();
        flags.sort();
        flags.dedup();
        let about = below.get_about().map(ToString::to_string).unwrap_or_default();
        writeln!(table, "| `{path}{positionals}` | {} | {about} |", flags.join(" ")).unwrap();
    }
}

fn is_switch(argument: &Arg) -> bool {
    matches!(argument.get_action(), ArgAction::SetTrue | ArgAction::SetFalse | ArgAction::Count)
}

fn named(argument: &Arg) -> String {
    let name = argument.get_id().as_str().to_uppercase();
    if argument.is_required_set() { name } else { format!("[{name}]") }
}

#[test]
fn help_is_whole() {
    fn check(command: &Command) {
        assert!(command.get_about().is_some(), "{} has no help", command.get_name());
        for argument in command.get_arguments().filter(|argument| !argument.is_hide_set()) {
            let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
            assert!(!help.is_empty() && !help.ends_with('.'), "{} {}: {help:?}", command.get_name(), argument.get_id());
        }
        command.get_subcommands().for_each(check);
    }
    quorate_node::cli::command().debug_assert();
    check(&quorate_node::cli::command());
}
