//! The models, with their bounds.

use super::{Bounds, Branch, Op, Scenario};
use quorate_protocol::NodeId;

const N0: NodeId = NodeId(0);
const N1: NodeId = NodeId(1);

/// Every model of this kind, the default one first.
pub fn catalogue() -> Vec<Scenario> {
    vec![sessions(), sessions_full(), sessions_duel(), sessions_lost(), sessions_crash()]
}

/// The model of this name.
pub fn find(name: &str) -> Option<Scenario> {
    catalogue().into_iter().find(|scenario| scenario.name == name)
}

/// One session writes, looks at either key, and hands on; another reads before and after.
fn sessions() -> Scenario {
    Scenario {
        name: "sessions",
        about: "a session writes, reads two keys and hands its token on to another, which reads before and after",
        bounds: Bounds { last_slot: 2, prepares: 0, crashes: 0, timeouts: 0, refreshes: 2 },
        sessions: vec![vec![Op::Write(N0), Op::Glance, Op::Read, Op::HandOn(1)], vec![Op::Read, Op::Read]],
        puts: vec![(1, N0, "C")],
        crashing: Vec::new(),
        expects: vec![Branch::FirstAnswer, Branch::Widened, Branch::Older, Branch::ReadHandedOn, Branch::Written],
        is_default: true,
    }
}

/// A token that is full.
fn sessions_full() -> Scenario {
    let mut scenario = sessions();
    scenario.name = "sessions-full";
    scenario.about = "as sessions, with tokens that are full, handed on in either direction";
    scenario.sessions = vec![
        vec![Op::Elsewhere, Op::Write(N0), Op::Read, Op::HandOn(1)],
        vec![Op::Read, Op::Elsewhere, Op::HandOn(0), Op::Read],
    ];
    scenario.puts = Vec::new();
    scenario.expects = vec![Branch::Full, Branch::ReadFresh, Branch::ReadHandedOn, Branch::Written];
    scenario
}

/// What was known chosen in memory alone is forgotten.
fn sessions_crash() -> Scenario {
    let mut scenario = sessions();
    scenario.name = "sessions-crash";
    scenario.about =
        "as sessions, the owner or another crashing, so that nobody may know a slot chosen that a session has seen";
    scenario.bounds.crashes = 1;
    scenario.bounds.timeouts = 2;
    scenario.crashing = vec![N0, N1];
    scenario.sessions = vec![vec![Op::Write(N0), Op::HandOn(1)], vec![Op::Read, Op::Read]];
    scenario.puts = Vec::new();
    scenario.expects = vec![Branch::Forgot, Branch::Counted, Branch::Repaired, Branch::ReadHandedOn];
    scenario
}

/// Two writers of one key, so that a replica may hold a vote that lost.
fn sessions_duel() -> Scenario {
    let mut scenario = sessions();
    scenario.name = "sessions-duel";
    scenario.about = "two values duel for a slot of the key that a session writes and reads";
    scenario.bounds.prepares = 1;
    scenario.sessions = vec![vec![Op::Write(N0), Op::Read], vec![Op::Read, Op::Read]];
    scenario.puts = vec![(0, N1, "C")];
    scenario.expects = vec![Branch::FirstAnswer, Branch::Widened, Branch::Written];
    scenario
}

/// A vote that lost, where nobody knows what won.
fn sessions_lost() -> Scenario {
    let mut scenario = sessions_duel();
    scenario.name = "sessions-lost";
    scenario.about = "as sessions-duel, both writers crashing, so that nobody may know which value was chosen";
    scenario.bounds.crashes = 2;
    scenario.crashing = vec![N0, N1];
    scenario.sessions = vec![vec![Op::Write(N0)]];
    scenario.expects = vec![Branch::Forgot, Branch::Written];
    scenario
}
