use std::path::PathBuf;

/// What is wrong with a configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not what a node's configuration looks like, or has a key that nobody knows.
    #[error("{}: {message}", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// Where and why.
        message: String,
    },
    /// The cluster id is no 32 hexadecimal digits, or zero.
    #[error("`cluster` is 32 hexadecimal digits, not all zero; found {0:?}")]
    Cluster(String),
    /// A member's id is no number from 1 to 65534.
    #[error("a member is named by a number from 1 to 65534; found {0:?}")]
    MemberId(String),
    /// An address has no host or no port.
    #[error("an address is host:port; found {0:?}")]
    Address(String),
    /// This node is not among the members.
    #[error("`members` does not name this node, {0}")]
    NotAMember(u16),
    /// The members are no voting configuration.
    #[error("`members`: {0}")]
    Members(String),
    /// `--dial` names this very node, or one that is no member.
    #[error("`--dial` names {0}, which is no other member")]
    Dial(u16),
    /// `otlp_endpoint` is no address of a collector.
    #[error("`otlp_endpoint` is http://host:port, with a path or without, or \"off\"; found {0:?}")]
    OtlpEndpoint(String),
    /// A collector is named, and this build sends no spans.
    #[error("`otlp_endpoint` is set, and this build sends no spans: build it with `--features otlp`")]
    NoOtlp,
    /// A bound is outside what it may be.
    #[error("`limits.{name}` is from 1 to {max}; found {value}")]
    Bound {
        /// Which.
        name: &'static str,
        /// What was asked for.
        value: u64,
        /// The largest value it may have.
        max: u64,
    },
}
