//! What one model is about: who asks for what, and how far it goes.

use super::Branch;
use quorate_protocol::{Expect, NodeId, Operation, Slot};

/// The bounds of a model. All of them are printed with its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Replicas.
    pub nodes: u16,
    /// Prepares that reach the network, over all nodes: with the owner's ballot, one less than the
    /// ballots in all.
    pub prepares: u8,
    /// Crashes with restart, over all nodes.
    pub crashes: u8,
    /// The last slot in which anything happens; slot 1 is chosen at the start.
    pub last_slot: u64,
    /// Reads of each reader, one after the other.
    pub reads: u8,
    /// Readers, [`READERS_MAX`](super::READERS_MAX) at most.
    pub readers: u8,
    /// Times a reader's patience runs out.
    pub read_timeouts: u8,
    /// Attempts of the retrying client.
    pub attempts: u8,
}

/// The model of `spec` that the steps of the core must be steps of (P20).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Abstraction {
    /// Lamport's Voting.
    Voting,
    /// None: agreement and the other properties are judged all the same.
    Nothing,
}

/// A request that some client sends to one replica, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// To whom.
    pub to: NodeId,
    /// What for.
    pub operation: Operation,
    /// Not before this slot is chosen.
    pub after: Slot,
}

/// A model.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is about, in a line.
    pub about: &'static str,
    /// Its bounds.
    pub bounds: Bounds,
    /// Requests of clients that do not retry.
    pub scripts: Vec<Script>,
    /// Nodes that may be asked to settle slot 2, as a reader would.
    pub settlers: Vec<NodeId>,
    /// Whether they are asked only after a crash.
    pub settles_after_crash: bool,
    /// Nodes that may crash.
    pub crashing: Vec<NodeId>,
    /// Nodes that are down from beginning to end.
    pub silent: Vec<NodeId>,
    /// The operation of the client that retries, and the replicas it tries in turn.
    pub writer: Option<(Operation, Vec<NodeId>)>,
    /// Whether that client gives up at a deadline and then resolves its request.
    pub resolves: bool,
    /// Whether the reductions of `docs/models.md` are on.
    pub reduced: bool,
    /// How many ids of earlier requests an entry keeps in its window, apart from its own.
    pub keep: u8,
    /// What the core is held against on every transition.
    pub refines: Abstraction,
    /// Mixed into every fingerprint, so that a second run shares none of the first one's collisions.
    pub salt: u64,
    /// The most steps that a cluster, healed in any of its states, may take to answer everything (P21);
    /// `None` in models that do not ask.
    pub heals_within: Option<u32>,
    /// States to generate at most, in a model too large to be exhausted: it is searched depth first, and
    /// its result is a bound.
    pub generates: Option<usize>,
    /// Whether every write is durable in the step that issues it, where the model is not about disks.
    pub instant_disk: bool,
    /// The value at the start, chosen in slot 1 and proposed by the first node.
    pub initial: &'static str,
    /// Branches that the model must reach, or it is vacuous.
    pub expects: Vec<Branch>,
    /// In the default set, or only in the full one.
    pub is_default: bool,
}

impl Script {
    /// A put, at any time.
    pub fn put(to: u16, value: &'static str) -> Self {
        Self { to: NodeId(to), operation: Operation::put(value), after: Slot(1) }
    }

    /// Not before this slot is chosen.
    #[must_use]
    pub fn after(mut self, slot: u64) -> Self {
        self.after = Slot(slot);
        self
    }
}

impl Scenario {
    /// A model of three replicas with nothing in it yet.
    pub fn new(name: &'static str, about: &'static str) -> Self {
        let bounds = Bounds {
            nodes: 3,
            prepares: 0,
            crashes: 0,
            last_slot: 2,
            reads: 0,
            readers: 1,
            read_timeouts: 0,
            attempts: 0,
        };
        Self {
            name,
            about,
            bounds,
            scripts: Vec::new(),
            settlers: Vec::new(),
            settles_after_crash: false,
            crashing: (0..3).map(NodeId).collect(),
            silent: Vec::new(),
            writer: None,
            resolves: false,
            reduced: true,
            keep: 1,
            refines: Abstraction::Voting,
            salt: 0,
            heals_within: None,
            generates: None,
            instant_disk: false,
            initial: "A",
            expects: Vec::new(),
            is_default: true,
        }
    }

    /// Everything that bounds the model, for its result.
    pub fn bounds_line(&self) -> String {
        let mut line = self.bounds.to_string();
        let names = |nodes: &[NodeId]| nodes.iter().map(|node| format!("n{}", node.0)).collect::<Vec<_>>().join(" ");
        if self.bounds.crashes > 0 && self.crashing.len() < usize::from(self.bounds.nodes) {
            line.push_str(&format!(" (of {})", names(&self.crashing)));
        }
        if !self.settlers.is_empty() {
            let when = if self.settles_after_crash { " after a crash" } else { "" };
            line.push_str(&format!(", {} settles{when}", names(&self.settlers)));
        }
        if !self.silent.is_empty() {
            line.push_str(&format!(", {} down", names(&self.silent)));
        }
        if self.keep != 1 {
            line.push_str(&format!(", windows of {}", self.keep));
        }
        if self.instant_disk {
            line.push_str(", instant disks");
        }
        if let Some(steps) = self.heals_within {
            line.push_str(&format!(", heals within {steps} steps"));
        }
        if let Some(most) = self.generates {
            line.push_str(&format!(", at most {most} generated"));
        }
        if !self.reduced {
            line.push_str(", unreduced");
        }
        line
    }

    /// Changes a bound by its name on the command line.
    ///
    /// # Errors
    /// There is none of that name here, or the value is too large.
    pub fn change(&mut self, bound: &str, value: u64) -> Result<(), String> {
        let small = u8::try_from(value).map_err(|_| format!("--{bound} is too large"))?;
        let bounds = &mut self.bounds;
        match bound {
            "nodes" => bounds.nodes = u16::from(small),
            "prepares" => bounds.prepares = small,
            "crashes" => bounds.crashes = small,
            "last-slot" => bounds.last_slot = value,
            "reads" => bounds.reads = small,
            "readers" => bounds.readers = small,
            "read-timeouts" => bounds.read_timeouts = small,
            "attempts" => bounds.attempts = small,
            _ => return Err(format!("{} has no bound --{bound}", self.name)),
        }
        Ok(())
    }

    /// A compare-and-set by value.
    pub fn cas(expect: &'static str, new: &'static str) -> Operation {
        Operation::CompareAndSet { expect: Expect::Value(expect.into()), new: Some(new.into()) }
    }
}

impl std::fmt::Display for Bounds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { nodes, prepares, crashes, last_slot, reads, readers, read_timeouts, attempts } = self;
        write!(f, "nodes {nodes}, slots 2..{last_slot}, prepares {prepares}, crashes {crashes}")?;
        if *reads > 0 {
            write!(f, ", reads {reads} (patience {read_timeouts})")?;
            if *readers > 1 {
                write!(f, " of each of {readers} readers")?;
            }
        }
        if *attempts > 0 {
            write!(f, ", attempts {attempts}")?;
        }
        Ok(())
    }
}
