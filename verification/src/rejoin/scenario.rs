//! What one model is about, and how far it goes.

use super::Branch;
use quorate_protocol::NodeId;

/// The bounds of a model. All of them are printed with its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The last slot in which anything happens; slot 1 is chosen at the start.
    pub last_slot: u64,
    /// Prepares begun, over all nodes; those that a step begins by itself are never cut off.
    pub prepares: u8,
    /// Crashes that keep the disk, over all nodes.
    pub crashes: u8,
    /// Disks lost, over all nodes.
    pub wipes: u8,
    /// Times an open slot is completed at the wish of a node that comes back, or of a reader.
    pub settles: u8,
    /// Reads.
    pub reads: u8,
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
    /// Puts: to whom, and what. Each arrives once, at any time, or never.
    pub puts: Vec<(NodeId, &'static str)>,
    /// Nodes that may lose their disk.
    pub wiping: Vec<NodeId>,
    /// Nodes that may crash.
    pub crashing: Vec<NodeId>,
    /// Nodes that a reader may ask to complete slot 2.
    pub settlers: Vec<NodeId>,
    /// Whether any node may be asked to send on what it accepted.
    pub relays: bool,
    /// Nodes that do not know slot 1 chosen at the start.
    pub behind: Vec<NodeId>,
    /// Whether every replica makes its vote durable before its accept leaves. The shipped core does not;
    /// this holds its messages back until the write they come with is durable.
    pub persist_first: bool,
    /// Branches that the model must reach, or it is vacuous.
    pub expects: Vec<Branch>,
    /// In the default set, or only in the full one.
    pub is_default: bool,
}

impl Scenario {
    /// Everything that bounds the model, for its result.
    pub fn bounds_line(&self) -> String {
        let Bounds { last_slot, prepares, crashes, wipes, settles, reads } = self.bounds;
        let names = |nodes: &[NodeId]| nodes.iter().map(|node| format!("n{}", node.0)).collect::<Vec<_>>().join(" ");
        let mut line = format!("nodes 3, slots 2..{last_slot}, puts {}, prepares {prepares}", self.puts.len());
        line.push_str(&format!(", disks lost {wipes} (of {}), crashes {crashes}", names(&self.wiping)));
        if crashes > 0 {
            line.push_str(&format!(" (of {})", names(&self.crashing)));
        }
        line.push_str(&format!(", settles {settles}"));
        if !self.settlers.is_empty() {
            line.push_str(&format!(" ({} at any time)", names(&self.settlers)));
        }
        if reads > 0 {
            line.push_str(&format!(", reads {reads}"));
        }
        if self.relays {
            line.push_str(", relays");
        }
        if !self.behind.is_empty() {
            line.push_str(&format!(", {} behind", names(&self.behind)));
        }
        if self.persist_first {
            line.push_str(", votes durable before accepts leave");
        }
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
            "reads" => self.reads = small,
            _ => return Err(format!("--{bound} is none of this model's bounds")),
        }
        Ok(())
    }
}
