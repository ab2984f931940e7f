//! The larger models, of `--full`: each rung asks one thing more than the one before.

use super::catalogue::{heir, late, read, requests, slot};
use super::{Branch, Scenario, Script};

/// Every rung.
pub(super) fn ladder() -> Vec<Scenario> {
    let rungs = [one_slot(), slots(), reads(), writes(), liveness()];
    let small = ["live-duel", "live-down"];
    let rungs = rungs.into_iter().flatten();
    rungs.map(|rung| Scenario { is_default: small.contains(&rung.name), ..rung }).collect()
}

fn named(scenario: Scenario, name: &'static str, about: &'static str) -> Scenario {
    Scenario { name, about, ..scenario }
}

fn without_crashes(mut scenario: Scenario) -> Scenario {
    scenario.bounds.crashes = 0;
    scenario.expects.retain(|branch| ![Branch::TailLost, Branch::TailKept].contains(branch));
    scenario
}

/// One slot: more crashes, more ballots, more nodes.
fn one_slot() -> Vec<Scenario> {
    let mut crashes = slot();
    crashes.bounds.crashes = 2;
    let mut settled = without_crashes(slot());
    settled.settlers = vec![quorate_protocol::NodeId(2)];
    let mut four = slot();
    four.bounds.prepares = 3;
    four.generates = Some(100_000_000);
    let mut five = without_crashes(slot());
    five.bounds.nodes = 5;
    five.bounds.prepares = 1;
    five.expects.retain(|branch| *branch != Branch::Adopted);
    let mut five_crash = five.clone();
    five_crash.bounds.crashes = 1;
    five_crash.generates = Some(100_000_000);
    five_crash.crashing = vec![quorate_protocol::NodeId(0)];
    let mut unreduced = slot();
    unreduced.reduced = false;
    vec![
        named(crashes, "slot-crashes", "as slot, with two crashes"),
        named(settled, "slot-settled", "as slot without crashes, a third node completing for a reader"),
        named(four, "slot-four", "as slot, with four ballots: a bound"),
        named(five, "slot-five", "as slot without crashes, five nodes and two ballots"),
        named(five_crash, "slot-five-crash", "as slot-five, the owner crashing once: a bound"),
        named(unreduced, "slot-unreduced", "as slot, without any reduction"),
    ]
}

/// Two slots and three, with fast accepts and two writers.
fn slots() -> Vec<Scenario> {
    let mut crash = heir();
    crash.bounds.crashes = 1;
    crash.crashing = vec![quorate_protocol::NodeId(0)];
    let mut crashes = heir();
    crashes.bounds.crashes = 1;
    let mut three = heir();
    three.bounds.last_slot = 4;
    three.bounds.crashes = 1;
    three.scripts = vec![Script::put(0, "B"), Script::put(0, "C").after(2), Script::put(1, "D").after(3)];
    let mut unreduced = heir();
    unreduced.reduced = false;
    unreduced.expects = vec![Branch::CaughtUp];
    unreduced.generates = Some(500_000_000);
    vec![
        heir(),
        named(crash, "heir-crash", "as heir, the owner crashing once"),
        named(crashes, "heir-crashes", "as heir, any one node crashing once"),
        named(unreduced, "heir-unreduced", "as heir, without any reduction: more than 10^8 states, a bound"),
        named(three, "three-slots", "three slots: an owner's two writes, then another's; a crash"),
    ]
}

/// Reads: with a crash, two readers at once, more reads, and a compare-and-set with retries below them.
fn reads() -> Vec<Scenario> {
    let mut crash = read();
    crash.bounds.crashes = 1;
    let mut crash_unreduced = crash.clone();
    crash_unreduced.reduced = false;
    let mut two = read();
    two.bounds.readers = 2;
    let mut late_two = late();
    late_two.scripts.push(Script::put(1, "C"));
    late_two.bounds.prepares = 1;
    let mut cas = requests();
    cas.bounds.reads = 1;
    cas.bounds.last_slot = 4;
    cas.scripts.truncate(1);
    cas.expects = vec![Branch::WriterAnswered, Branch::Retried, Branch::LateAttempt, Branch::ReadFresh];
    vec![
        named(crash, "read-crash", "as read, with a crash"),
        named(crash_unreduced, "read-unreduced", "as read-crash, without any reduction"),
        named(two, "read-two", "as read, with two readers at once"),
        named(late_two, "late-two", "as late, with two writers"),
        named(cas, "read-cas", "a reader beside a compare-and-set that is retried elsewhere"),
    ]
}

/// Requests: all replicas up, an adopted entry that carries the request, longer windows.
fn writes() -> Vec<Scenario> {
    let mut three = requests();
    three.silent.clear();
    three.scripts.truncate(1);
    three.bounds.last_slot = 3;
    three.bounds.prepares = 1;
    three.expects = vec![Branch::WriterAnswered, Branch::Retried, Branch::LateAttempt, Branch::Adopted];
    let mut window = requests();
    window.keep = 2;
    window.expects.retain(|branch| *branch != Branch::Forgotten);
    vec![
        named(three, "requests-three", "as requests, with the third replica up and one other write"),
        named(window, "requests-window", "as requests, with windows of two earlier requests"),
    ]
}

/// P21, in each state: logs whose proposers duel, with a crash; two slots; readers; one replica down for good.
fn liveness() -> Vec<Scenario> {
    let mut duel = slot();
    duel.heals_within = Some(100);
    let mut two_slots = heir();
    two_slots.bounds.crashes = 1;
    two_slots.crashing = vec![quorate_protocol::NodeId(0)];
    two_slots.heals_within = Some(119);
    let mut rinsing = super::catalogue::rinse();
    rinsing.scripts.push(Script::put(1, "C"));
    rinsing.bounds.read_timeouts = 2;
    rinsing.heals_within = Some(100);
    rinsing.expects = vec![Branch::ReadFresh, Branch::ReadRinsed];
    let mut down = slot();
    down.silent = vec![quorate_protocol::NodeId(2)];
    down.heals_within = Some(46);
    down.bounds.prepares = 3;
    down.expects = vec![Branch::FastChosen, Branch::PreparedChosen, Branch::Adopted];
    for scenario in [&mut duel, &mut two_slots, &mut rinsing, &mut down] {
        // As the node does under contention. A short window turns healthy requests away as forgotten.
        scenario.keep = 8;
    }
    vec![
        named(duel, "live-duel", "as slot: every state, healed, answers everything"),
        named(two_slots, "live-slots", "as heir-crash: every state, healed, answers everything"),
        named(rinsing, "live-read", "two writers and a reader: every state, healed, answers everything"),
        named(
            down,
            "live-down",
            "as slot with the third replica down for good: every state, healed, answers everything",
        ),
    ]
}
