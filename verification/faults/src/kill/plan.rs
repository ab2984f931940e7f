use super::KillError;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// What happens to the nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: what a run shows without any fault is what the machine itself does.
    None,
    /// SIGKILL and a restart, one node after the other.
    Kill,
    /// SIGTERM, which must end well, and a start when it has: the rolling restart of an operator, who waits for each node
    /// to be ready before the next.
    Restart,
    /// SIGSTOP, then SIGCONT, one node after the other.
    Stop,
    /// SIGKILL of all three at once, and a restart.
    KillAll,
    /// What no protocol survives: all three are killed, and come back with their disks as they were a while ago. A run
    /// that finds nothing wrong with that would find nothing wrong with anything.
    RollBack,
}

/// One run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The `quorate` binary.
    pub binary: PathBuf,
    /// Where the run makes its own directory, on the disk that is to be used.
    pub directory: PathBuf,
    /// What happens to the nodes.
    pub fault: Fault,
    /// How often it happens to each, at least.
    pub rounds: u32,
    /// How long the load lasts, at least; faults go on as long.
    pub load: Duration,
    /// How long a node stays down, or stopped.
    pub down: Duration,
    /// How long all is well between a node that is ready again and the next fault.
    pub calm: Duration,
    /// Clients, each with a session and connections of its own; 1 to 1,000.
    pub clients: u16,
    /// Keys, of which every fifth is a counter; 1 to 10,000.
    pub keys: u16,
    /// The longest that an operation may take.
    pub timeout: Duration,
    /// For what the clients draw. The rest of a run is as random as the machine is.
    pub seed: u64,
}

impl Plan {
    /// Eight clients on twenty keys, three rounds of `fault` and 30 seconds of load at least.
    pub fn new(binary: PathBuf, directory: PathBuf, fault: Fault) -> Self {
        let down = if fault == Fault::Stop { Duration::from_millis(2500) } else { Duration::from_millis(500) };
        Self {
            binary,
            directory,
            fault,
            rounds: 3,
            load: Duration::from_secs(30),
            down,
            calm: Duration::from_millis(1500),
            clients: 8,
            keys: 20,
            timeout: Duration::from_secs(5),
            seed: 1,
        }
    }

    pub(super) fn check(&self) -> Result<(), KillError> {
        if !(1..=1000).contains(&self.clients) || !(1..=10_000).contains(&self.keys) {
            return Err(KillError::Plan("1 to 1,000 clients and 1 to 10,000 keys"));
        }
        Ok(())
    }

    pub(super) fn key(number: u64) -> String {
        if number % 5 == 4 { format!("counter-{number}") } else { format!("key-{number}") }
    }

    pub(super) fn is_counter(number: u64) -> bool {
        number % 5 == 4
    }
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "none" => Ok(Self::None),
            "kill" => Ok(Self::Kill),
            "restart" => Ok(Self::Restart),
            "stop" => Ok(Self::Stop),
            "kill-all" => Ok(Self::KillAll),
            "roll-back" => Ok(Self::RollBack),
            _ => Err(format!("faults are none, kill, restart, stop, kill-all and roll-back, not {text:?}")),
        }
    }
}
