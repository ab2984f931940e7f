use super::answer::Answer;
use super::{Exit, Failure, Table};
use crate::config::{ConfigError, NodeConfig, OverrideOrigins, Overrides};
use crate::server::check_log_filter;
use clap::{ArgMatches, Subcommand};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Look at a node's configuration without starting it.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Say whether a node would start with this file, the environment and these flags
    Check(Effective),
    /// Print every value that a node would run with, and where it comes from
    PrintEffective(Effective),
}

/// A file with what stands above it.
#[derive(Debug, clap::Args)]
pub(crate) struct Effective {
    /// The configuration file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What stands above the file.
    #[command(flatten)]
    overrides: Overrides,
}

impl ConfigCommand {
    /// The same, with what the command line alone knows: which value is a flag and which a variable.
    pub(super) fn with_origins(self, command: &clap::Command, matches: &ArgMatches) -> Self {
        let with = |mut effective: Effective, name| {
            let below = command.find_subcommand(name).zip(matches.subcommand_matches(name));
            effective.overrides.origins =
                below.map(|(command, matches)| OverrideOrigins::of(command, matches)).unwrap_or_default();
            effective
        };
        match self {
            Self::Check(effective) => Self::Check(with(effective, "check")),
            Self::PrintEffective(effective) => Self::PrintEffective(with(effective, "print-effective")),
        }
    }

    /// Runs the command.
    ///
    /// # Errors
    /// A node would not start with it.
    pub(super) fn run(&self) -> Result<Answer, Failure> {
        match self {
            Self::Check(effective) => Ok(effective.check(&effective.load()?)),
            Self::PrintEffective(effective) => Ok(effective.print(&effective.load()?)),
        }
    }
}

impl Effective {
    fn load(&self) -> Result<NodeConfig, Failure> {
        load(&self.file, &self.overrides)
    }

    fn check(&self, config: &NodeConfig) -> Answer {
        let voters = config.voters.voters().len();
        let line = format!(
            "{}: good: node {} of {voters}, listening on {}, data in {}\n",
            self.file.display(),
            config.node.0,
            config.listen,
            config.data.display()
        );
        Answer::text("valid", line, Exit::Ok)
            .with("file", self.file.display().to_string())
            .with("node", config.node.0)
            .with("voters", u64::try_from(voters).unwrap_or(u64::MAX))
    }

    fn print(&self, config: &NodeConfig) -> Answer {
        let mut table = Table::new(&["key", "value", "origin"]);
        let mut settings = Vec::new();
        for setting in &config.settings {
            table.row(vec![setting.name.clone(), setting.value.clone(), setting.origin.to_string()]);
            settings.push(json!({ "key": setting.name, "value": setting.value, "origin": setting.origin.to_string() }));
        }
        Answer::text("valid", table.render(), Exit::Ok)
            .with("file", self.file.display().to_string())
            .with("settings", Value::Array(settings))
    }
}

/// A node's configuration, checked as far as it can be without starting the node.
///
/// # Errors
/// A node would not start with it.
pub(crate) fn load(file: &std::path::Path, overrides: &Overrides) -> Result<NodeConfig, Failure> {
    let config = NodeConfig::load(file, overrides).map_err(|error| failure(&error))?;
    check_log_filter(&config.log).map_err(|error| {
        Failure::usage(error).hint("A filter is a level, or target=level, several separated by commas.")
    })?;
    Ok(config)
}

/// What a wrong configuration means for who runs the command.
fn failure(error: &ConfigError) -> Failure {
    let hint = match error {
        ConfigError::Read { .. } => "`quorate init --out DIR` writes a configuration for each node of a new cluster.",
        ConfigError::Parse { .. } => "The keys are in docs/operating.md; an unknown one is refused.",
        ConfigError::Cluster(_) => "Copy it from another node's file: all nodes of a cluster have the same.",
        ConfigError::MemberId(_) | ConfigError::Address(_) | ConfigError::Members(_) => {
            "Write [members] as ID = \"HOST:PORT\", the same in every node's file."
        }
        ConfigError::Dial(_) => "Name another node of [members], as --dial NODE=HOST:PORT.",
        ConfigError::NotAMember(_) => "Set `node` to one of the ids in [members].",
        ConfigError::OtlpEndpoint(_) => "A collector on this machine is http://127.0.0.1:4318; there is no TLS.",
        ConfigError::NoOtlp => "`quorate version -o json` lists the features of a build.",
        ConfigError::Bound { .. } => "The bounds are in docs/limits.md.",
    };
    Failure::usage(error).hint(hint)
}
