//! The models, with their bounds.

use super::{Bounds, Branch, Scenario};
use quorate_protocol::NodeId;

const N0: NodeId = NodeId(0);
const N1: NodeId = NodeId(1);
const N2: NodeId = NodeId(2);

/// Every model of this kind, the default one first.
pub fn catalogue() -> Vec<Scenario> {
    vec![
        rejoin(),
        rejoin_open(),
        rejoin_behind(),
        rejoin_crash(),
        rejoin_any(),
        rejoin_read(),
        rejoin_preparer(),
        rejoin_prepared(),
        rejoin_persist(),
        rejoin_relay(),
        rejoin_promise(),
    ]
}

/// The model of this name.
pub fn find(name: &str) -> Option<Scenario> {
    catalogue().into_iter().find(|scenario| scenario.name == name)
}

/// The owner loses its disk in the middle of its fast accept; another prepares.
fn rejoin() -> Scenario {
    Scenario {
        name: "rejoin",
        about: "the owner loses its disk during its fast accept and comes back; another prepares",
        bounds: Bounds { last_slot: 2, prepares: 1, crashes: 0, wipes: 1, settles: 0, reads: 0 },
        puts: vec![(N0, "B"), (N1, "C")],
        wiping: vec![N0],
        crashing: Vec::new(),
        settlers: Vec::new(),
        relays: false,
        behind: Vec::new(),
        persist_first: false,
        expects: vec![
            Branch::VoteLost,
            Branch::PromiseLost,
            Branch::Returned,
            Branch::VotedAgain,
            Branch::ChosenWithIt,
        ],
        is_default: true,
    }
}

/// A vote is lost whose proposer forgot it as well: the hole that the fence closes.
fn rejoin_crash() -> Scenario {
    let mut scenario = rejoin();
    scenario.name = "rejoin-crash";
    scenario.about = "an acceptor loses its disk, the owner's unsynced accept is lost in a crash and still under way";
    scenario.bounds.crashes = 1;
    scenario.wiping = vec![N1];
    scenario.crashing = vec![N0];
    scenario.expects.retain(|branch| *branch != Branch::PromiseLost);
    scenario.expects.push(Branch::OldRefused);
    scenario.is_default = false;
    scenario
}

/// Any node loses its disk, any node crashes, also while one comes back.
fn rejoin_any() -> Scenario {
    let mut scenario = rejoin_crash();
    scenario.name = "rejoin-any";
    scenario.about = "as rejoin-crash, any node losing its disk and any crashing, the one that comes back too";
    scenario.wiping = vec![N0, N1, N2];
    scenario.crashing = vec![N0, N1, N2];
    scenario.expects.extend([Branch::PromiseLost, Branch::CrashedReturning]);
    scenario
}

/// A slot found open is completed by another, and the next one fenced.
fn rejoin_open() -> Scenario {
    let mut scenario = rejoin();
    scenario.name = "rejoin-open";
    scenario.about = "a slot found open is completed without the node, and the next one fenced";
    scenario.bounds.last_slot = 3;
    scenario.bounds.settles = 1;
    scenario.bounds.prepares = 0;
    scenario.puts = vec![(N0, "B")];
    scenario.wiping = vec![N1];
    scenario.expects = vec![Branch::VoteLost, Branch::OpenFound, Branch::Returned];
    scenario
}

/// A reader beside it.
fn rejoin_read() -> Scenario {
    let mut scenario = rejoin();
    scenario.name = "rejoin-read";
    scenario.about = "as rejoin, with a reader whose read may last from before the loss until after the return";
    scenario.bounds.reads = 1;
    scenario.expects.push(Branch::ReadAfter);
    scenario.is_default = false;
    scenario
}

/// A preparer loses its disk; an owner, and a reader that has the slot settled.
fn rejoin_preparer() -> Scenario {
    let mut scenario = rejoin();
    scenario.name = "rejoin-preparer";
    scenario.about = "a preparer loses its disk; the owner's fast accept and a reader's settling beside it";
    scenario.wiping = vec![N1];
    scenario.bounds.settles = 1;
    scenario.settlers = vec![N2];
    scenario.is_default = false;
    scenario
}

/// As `rejoin-crash`, where every accept follows a prepare.
fn rejoin_prepared() -> Scenario {
    let mut scenario = rejoin_crash();
    scenario.name = "rejoin-prepared";
    scenario.about = "as rejoin-crash, without an owner: every accept follows a prepare";
    scenario.bounds.prepares = 2;
    scenario.puts = vec![(N2, "B"), (N1, "C")];
    scenario.crashing = vec![N2];
    scenario.expects.retain(|branch| ![Branch::VoteLost].contains(branch));
    scenario
}

/// The slot before is chosen, and one of the others has not heard of it.
fn rejoin_behind() -> Scenario {
    let mut scenario = rejoin();
    scenario.name = "rejoin-behind";
    scenario.about = "a node loses its disk while one of the others is a slot behind";
    scenario.puts = vec![(N1, "C"), (N2, "B")];
    scenario.behind = vec![N1];
    scenario.expects = vec![Branch::PromiseLost, Branch::Returned, Branch::VotedAgain, Branch::ChosenWithIt];
    scenario.is_default = false;
    scenario
}

/// Every vote durable before its accept leaves: where the rule needs no fence. A preparer loses its disk.
fn rejoin_persist() -> Scenario {
    let mut scenario = rejoin();
    scenario.name = "rejoin-persist";
    scenario.about = "a preparer loses its disk, where no accept leaves before its proposer's vote is durable";
    scenario.persist_first = true;
    scenario.wiping = vec![N1];
    scenario.bounds.settles = 1;
    scenario.settlers = vec![N2];
    scenario.expects = vec![Branch::VoteLost, Branch::PromiseLost, Branch::Returned];
    scenario.is_default = false;
    scenario
}

/// As `rejoin-persist`, any voter sending on what it voted for, to the node that comes back too.
fn rejoin_relay() -> Scenario {
    let mut scenario = rejoin_persist();
    scenario.name = "rejoin-relay";
    scenario.about = "as rejoin-persist, any voter sending on what it voted for";
    scenario.relays = true;
    scenario.bounds.settles = 0;
    scenario.settlers = Vec::new();
    scenario
}

/// As `rejoin-persist`, an acceptor losing its disk.
fn rejoin_promise() -> Scenario {
    let mut scenario = rejoin_persist();
    scenario.name = "rejoin-promise";
    scenario.about = "as rejoin-persist, an acceptor that has promised to another losing its disk";
    scenario.bounds.settles = 0;
    scenario.settlers = Vec::new();
    scenario.puts = vec![(N0, "B"), (N2, "C")];
    scenario
}
