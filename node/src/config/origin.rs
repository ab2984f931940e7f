use clap::ArgMatches;
use clap::parser::ValueSource;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Where a value of a configuration comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The file, on this line.
    File {
        /// Counted from 1; `None` where the file was not read from text.
        line: Option<usize>,
    },
    /// A flag or a variable, which stand above the file.
    Override(OverrideOrigin),
    /// Nobody says: it follows from another value.
    Derived(&'static str),
    /// Nobody says.
    Default,
}

/// What stands above the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OverrideOrigin {
    /// A flag, as it is written.
    Flag(String),
    /// A variable of the environment.
    Environment(String),
    /// The program that made the overrides.
    Program,
}

/// A value that a node runs with, as text, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its key in the file, such as `limits.inbox`.
    pub name: String,
    /// Its value, as the file would have it.
    pub value: String,
    /// Where it comes from.
    pub origin: Origin,
}

/// Which overrides are flags and which are variables: what the values themselves no longer tell.
#[derive(Clone, Debug, Default)]
pub struct OverrideOrigins(BTreeMap<String, OverrideOrigin>);

impl OverrideOrigins {
    /// Those of a command line that `command` has parsed.
    pub fn of(command: &clap::Command, matches: &ArgMatches) -> Self {
        let known: BTreeSet<&str> = matches.ids().map(clap::Id::as_str).collect();
        let given = command.get_arguments().filter(|argument| known.contains(argument.get_id().as_str()));
        let origin = |argument: &clap::Arg| {
            let flag = || argument.get_long().map(|long| OverrideOrigin::Flag(format!("--{long}")));
            let variable = || {
                let name = argument.get_env()?.to_string_lossy().into_owned();
                Some(OverrideOrigin::Environment(name))
            };
            match matches.value_source(argument.get_id().as_str())? {
                ValueSource::CommandLine => flag(),
                ValueSource::EnvVariable => variable(),
                _ => None,
            }
        };
        let named = given.filter_map(|argument| Some((argument.get_id().to_string(), origin(argument)?)));
        Self(named.collect())
    }

    pub(super) fn get(&self, argument: &str) -> OverrideOrigin {
        self.0.get(argument).cloned().unwrap_or(OverrideOrigin::Program)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { line: Some(line) } => write!(f, "file, line {line}"),
            Self::File { line: None } => f.write_str("file"),
            Self::Override(OverrideOrigin::Flag(flag)) => write!(f, "flag {flag}"),
            Self::Override(OverrideOrigin::Environment(variable)) => write!(f, "variable {variable}"),
            Self::Override(OverrideOrigin::Program) => f.write_str("program"),
            Self::Derived(from) => write!(f, "from {from}"),
            Self::Default => f.write_str("default"),
        }
    }
}
