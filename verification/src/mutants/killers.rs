//! Small models that are meant for wrong variants alone: the right code has nothing to show in them that a larger
//! model does not show, so they are in no set. Some of them every variant's property has to be fetched far.

use crate::model::{Branch, Scenario, Script, find};
use quorate_protocol::NodeId;

/// A model by name: one for variants, or one of the catalogue.
pub fn killer(name: &str) -> Option<Scenario> {
    killers().into_iter().find(|scenario| scenario.name == name).or_else(|| find(name))
}

/// All of them.
pub fn killers() -> Vec<Scenario> {
    vec![four(), settled(), twice(), past(), behind(), relay(), order()]
}

fn instant(name: &'static str, about: &'static str) -> Scenario {
    Scenario { instant_disk: true, is_default: false, ..Scenario::new(name, about) }
}

/// Two halves of four.
fn four() -> Scenario {
    let mut scenario = instant("k-four", "four nodes, one slot, two values");
    scenario.bounds.nodes = 4;
    scenario.bounds.prepares = 1;
    scenario.scripts = vec![Script::put(0, "B"), Script::put(3, "C")];
    scenario.expects = vec![Branch::FastChosen, Branch::PreparedChosen];
    scenario
}

/// Two rounds report two votes to a third.
fn settled() -> Scenario {
    let mut scenario = instant("k-settled", "one slot, two values, a third node completing for a reader");
    scenario.bounds.prepares = 2;
    scenario.scripts = vec![Script::put(0, "B"), Script::put(1, "C")];
    scenario.settlers = vec![NodeId(2)];
    scenario.expects = vec![Branch::FastChosen, Branch::PreparedChosen, Branch::Adopted];
    scenario
}

/// A proposer that restarts, and prepares again where it has prepared.
fn twice() -> Scenario {
    let mut scenario = instant("k-twice", "one slot, a second node prepares, restarts and prepares again");
    scenario.bounds.prepares = 2;
    scenario.bounds.crashes = 1;
    scenario.crashing = vec![NodeId(2)];
    scenario.scripts = vec![Script::put(0, "B"), Script::put(2, "C"), Script::put(2, "D")];
    scenario.expects = vec![Branch::FastChosen, Branch::PreparedChosen, Branch::Adopted];
    scenario
}

/// A node that is left behind with a vote that lost, while the others prepare in the slot after.
fn past() -> Scenario {
    let mut scenario = instant("k-past", "two slots, both prepared, the first owner's vote left behind");
    scenario.bounds.prepares = 2;
    scenario.bounds.last_slot = 3;
    scenario.scripts = vec![Script::put(0, "B"), Script::put(1, "C"), Script::put(2, "D").after(2)];
    scenario.expects = vec![Branch::FastChosen, Branch::PreparedChosen];
    scenario
}

/// A reader has a vote sent on by a replica that has promised another ballot since.
fn relay() -> Scenario {
    let mut scenario = instant("k-relay", "one slot, two values, a reader that has a vote relayed");
    scenario.bounds.prepares = 1;
    scenario.bounds.reads = 1;
    scenario.bounds.read_timeouts = 2;
    scenario.scripts = vec![Script::put(0, "B"), Script::put(1, "C")];
    scenario.expects = vec![Branch::FastChosen, Branch::ReadRinsed, Branch::Deferred];
    scenario
}

/// As relay, with one value and a second node that completes it: small enough for the quick run.
fn order() -> Scenario {
    let mut scenario = relay();
    scenario.name = "k-order";
    scenario.about = "one slot, one value, a second node completing, a reader that has a vote relayed";
    scenario.scripts.truncate(1);
    scenario.settlers = vec![NodeId(1)];
    scenario.expects = vec![Branch::FastChosen];
    scenario
}

/// Chosen entries as they travel, to a node that learns them in any order.
fn behind() -> Scenario {
    let mut scenario = instant("k-behind", "three slots of one owner, a third node behind, without any reduction");
    scenario.bounds.last_slot = 4;
    scenario.reduced = false;
    scenario.scripts = vec![Script::put(0, "B"), Script::put(0, "C").after(2)];
    scenario.expects = vec![Branch::FastChosen, Branch::CaughtUp];
    scenario
}
