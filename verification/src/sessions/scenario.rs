//! What one model is about, and how far it goes.

use super::Branch;
use quorate_protocol::NodeId;

/// The bounds of a model. All of them are printed with its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The last slot of a key in which anything happens; slot 1 is chosen at the start.
    pub last_slot: u64,
    /// Prepares begun, over all nodes; those that a step begins by itself are never cut off.
    pub prepares: u8,
    /// Crashes with restart, over all nodes.
    pub crashes: u8,
    /// Times a session's patience runs out in one read.
    pub timeouts: u8,
    /// Refreshes that a replica may need until what it answers is what is chosen (P23).
    pub refreshes: u8,
}

/// What a session does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// It puts a value to the first key, at this replica.
    Write(NodeId),
    /// It reads any key causally.
    Read,
    /// It reads any key at the level of eventual consistency.
    Glance,
    /// It sees more other keys than a token has place for.
    Elsewhere,
    /// It hands its token on to the session of this number, while that one does nothing.
    HandOn(usize),
}

/// A model of three replicas and two keys.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is about, in a line.
    pub about: &'static str,
    /// Its bounds.
    pub bounds: Bounds,
    /// The sessions, each with what it does, in order. It may skip any of it but a write.
    pub sessions: Vec<Vec<Op>>,
    /// Puts of clients without a session: to the key of this number, to whom, what. Each arrives once, or never.
    pub puts: Vec<(usize, NodeId, &'static str)>,
    /// Nodes that may crash.
    pub crashing: Vec<NodeId>,
    /// Branches that the model must reach, or it is vacuous.
    pub expects: Vec<Branch>,
    /// In the default set, or only in the full one.
    pub is_default: bool,
}

impl Scenario {
    /// Everything that bounds the model, for its result.
    pub fn bounds_line(&self) -> String {
        let Bounds { last_slot, prepares, crashes, timeouts, refreshes } = self.bounds;
        let names = |nodes: &[NodeId]| nodes.iter().map(|node| format!("n{}", node.0)).collect::<Vec<_>>().join(" ");
        let programs: Vec<String> =
            self.sessions.iter().map(|ops| ops.iter().map(|op| op.letter()).collect()).collect();
        let mut line = format!("nodes 3, keys 2, slots 2..{last_slot}, sessions {}", programs.join(" "));
        line.push_str(&format!(", puts {}, prepares {prepares}, crashes {crashes}", self.puts.len()));
        if crashes > 0 {
            line.push_str(&format!(" (of {})", names(&self.crashing)));
        }
        line.push_str(&format!(", patience {timeouts}, refreshes {refreshes}"));
        line
    }
}

impl Bounds {
    /// Changes a bound by its name on the command line.
    ///
    /// # Errors
    /// There is none of that name here, or the value is too large.
    pub fn change(&mut self, bound: &str, value: u64) -> Result<(), String> {
        let small = u8::try_from(value).map_err(|_| format!("--{bound} is too large"))?;
        match bound {
            "prepares" => self.prepares = small,
            "crashes" => self.crashes = small,
            "last-slot" => self.last_slot = value,
            "read-timeouts" => self.timeouts = small,
            _ => return Err(format!("--{bound} is none of this model's bounds")),
        }
        Ok(())
    }
}

impl Op {
    fn letter(self) -> char {
        match self {
            Self::Write(_) => 'W',
            Self::Read => 'R',
            Self::Glance => 'G',
            Self::Elsewhere => 'E',
            Self::HandOn(_) => 'H',
        }
    }
}
