use std::process::ExitCode;

/// How a command ended; scripts tell these apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Done.
    Ok = 0,
    /// A proper answer, and a negative one: no such key, not as expected, not a number.
    Negative = 1,
    /// The command line or the configuration is wrong (clap's own code as well).
    Usage = 2,
    /// Not reachable in time, and surely not applied, now or later.
    Unavailable = 3,
    /// It may have been applied, or may be yet; `resolve` tells.
    Unknown = 4,
    /// A node refused: another cluster, another epoch, a limit.
    Refused = 5,
    /// What a disk holds cannot be trusted.
    Corruption = 6,
}

/// A command that did not end well: what to say, and the code.
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// For stderr.
    pub message: String,
}

impl Failure {
    /// A failure with this code and message.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into() }
    }

    /// The command line or the configuration is wrong.
    pub fn usage(message: impl std::fmt::Display) -> Self {
        Self::new(Exit::Usage, message.to_string())
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}
