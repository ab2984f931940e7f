use super::grouping::Grouping;
use crate::cli::parse_duration;
use clap::Subcommand;
use std::time::Duration;

/// What one can do to the nodes, at the prompt and on the page alike.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub(super) enum Deed {
    /// End a node without warning (SIGKILL)
    Kill {
        /// Which
        node: u16,
    },
    /// Start a node that was killed
    Start {
        /// Which
        node: u16,
    },
    /// Stop a node where it stands (SIGSTOP): it keeps its connections, and says nothing
    Freeze {
        /// Which
        node: u16,
    },
    /// Let a frozen node go on (SIGCONT)
    Thaw {
        /// Which
        node: u16,
    },
    /// Cut the links between groups of nodes, such as 1|2,3; clients still reach every node
    Partition {
        /// Every node in one group; groups are parted by |
        groups: Grouping,
    },
    /// Delay everything between a node and the others
    Slow {
        /// Which
        node: u16,
        /// By how much each way, such as 50ms; at most 2s
        #[arg(value_parser = parse_delay)]
        delay: Duration,
    },
    /// Mend every link
    Heal,
    /// Turn the load on or off: eight clients that read and write, with figures each second
    Load {
        /// on or off
        #[arg(value_enum)]
        switch: Switch,
    },
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Switch {
    /// Begin.
    On,
    /// End.
    Off,
}

/// The longest that a slow link takes: as long as a node waits for another's answer.
const DELAY_MAX: Duration = Duration::from_secs(2);

fn parse_delay(text: &str) -> Result<Duration, String> {
    let delay = parse_duration(text)?;
    if delay <= DELAY_MAX { Ok(delay) } else { Err(format!("at most {}s", DELAY_MAX.as_secs())) }
}

impl std::fmt::Display for Deed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Kill { node } => write!(f, "kill {node}"),
            Self::Start { node } => write!(f, "start {node}"),
            Self::Freeze { node } => write!(f, "freeze {node}"),
            Self::Thaw { node } => write!(f, "thaw {node}"),
            Self::Partition { groups } => write!(f, "partition {groups}"),
            Self::Slow { node, delay } => write!(f, "slow {node} {}ms", delay.as_millis()),
            Self::Heal => f.write_str("heal"),
            Self::Load { switch: Switch::On } => f.write_str("load on"),
            Self::Load { switch: Switch::Off } => f.write_str("load off"),
        }
    }
}
