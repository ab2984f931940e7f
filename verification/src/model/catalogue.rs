//! The models, with their bounds.

use super::{Branch, Scenario, Script};
use quorate_protocol::NodeId;

/// Every model, the default ones first.
pub fn catalogue() -> Vec<Scenario> {
    let default =
        [slot(), plain(), restart(), owner(), read(), rinse(), late(), requests(), stale(), resolve(), outlived()];
    default.into_iter().chain(super::ladder::ladder()).collect()
}

/// (d) A client that gives up; by the time its request is resolved, the key has outlived it.
fn outlived() -> Scenario {
    let mut scenario = Scenario::new("outlived", "a request is resolved after its key's window has moved on");
    scenario.bounds.last_slot = 6;
    scenario.bounds.attempts = 1;
    scenario.resolves = true;
    scenario.instant_disk = true;
    scenario.silent = vec![NodeId(2)];
    scenario.scripts = vec![Script::put(0, "C"), Script::put(0, "D"), Script::put(0, "E")];
    scenario.writer = Some((Scenario::cas("A", "B"), vec![NodeId(0)]));
    scenario.expects = vec![Branch::Forgotten, Branch::FoundInWindow, Branch::Cancelled];
    scenario
}

/// The model of this name.
pub fn find(name: &str) -> Option<Scenario> {
    catalogue().into_iter().find(|scenario| scenario.name == name)
}

/// (a) One slot: the owner's fast accept against another's prepare, and whatever prepare follows.
pub(super) fn slot() -> Scenario {
    let mut scenario = Scenario::new("slot", "one slot, three ballots, one of them the owner's, two values, a crash");
    scenario.bounds.prepares = 2;
    scenario.bounds.crashes = 1;
    scenario.scripts = vec![Script::put(0, "B"), Script::put(1, "C")];
    scenario.expects = vec![
        Branch::FastChosen,
        Branch::PreparedChosen,
        Branch::Adopted,
        Branch::TailLost,
        Branch::TailKept,
        Branch::ChosenWithoutProposer,
        Branch::Deferred,
    ];
    scenario
}

/// (a) The same without any reduction, at one prepare: what a reduction might hide must show here.
fn plain() -> Scenario {
    let mut scenario = Scenario { name: "plain", about: "as slot with one prepare, without any reduction", ..slot() };
    scenario.bounds.prepares = 1;
    scenario.reduced = false;
    scenario.expects.retain(|branch| *branch != Branch::Adopted);
    scenario
}

/// (a) One slot, and an owner that restarts in the middle of its fast accept.
fn restart() -> Scenario {
    let mut scenario = Scenario::new("restart", "one slot, the owner restarts between two requests");
    scenario.bounds.prepares = 1;
    scenario.bounds.crashes = 1;
    scenario.scripts = vec![Script::put(0, "B"), Script::put(0, "C")];
    scenario.crashing = vec![NodeId(0)];
    scenario.expects = vec![Branch::FastChosen, Branch::TailLost, Branch::TailKept, Branch::PreparedChosen];
    scenario
}

/// (b) Two slots; the first entry may be chosen under two ballots, the second slot has one owner.
pub(super) fn heir() -> Scenario {
    let mut scenario = Scenario::new("heir", "two slots; an adopted entry leaves its proposer the owner");
    scenario.bounds.prepares = 1;
    scenario.bounds.last_slot = 3;
    scenario.scripts = vec![Script::put(0, "B"), Script::put(0, "C").after(2), Script::put(1, "D")];
    scenario.expects = vec![Branch::FastChosen, Branch::Adopted, Branch::NoticeUsed, Branch::CaughtUp];
    scenario
}

/// (b) Two slots, the owner restarting between them, a foreign completion.
fn owner() -> Scenario {
    let mut scenario = Scenario::new("owner", "two slots, the owner restarts between them, a foreign completion");
    scenario.bounds.prepares = 1;
    scenario.bounds.crashes = 1;
    scenario.bounds.last_slot = 3;
    scenario.scripts = vec![Script::put(0, "B"), Script::put(0, "C").after(2)];
    scenario.settlers = vec![NodeId(1)];
    scenario.settles_after_crash = true;
    scenario.crashing = vec![NodeId(0)];
    scenario.expects = vec![Branch::FastChosen, Branch::Adopted, Branch::CaughtUp, Branch::TailLost];
    scenario
}

/// (c) Two writers and a reader.
pub(super) fn read() -> Scenario {
    let mut scenario = Scenario::new("read", "two writers and a reader");
    scenario.bounds.prepares = 1;
    scenario.bounds.reads = 1;
    scenario.scripts = vec![Script::put(0, "B"), Script::put(1, "C")];
    scenario.expects = vec![Branch::ReadFresh, Branch::ReadRinsed, Branch::ReadCounted];
    scenario
}

/// (c) A reader that rinses to the end, beside one writer that may stop at any point.
pub(super) fn rinse() -> Scenario {
    let mut scenario = Scenario::new("rinse", "a writer and a reader that has the open slot settled");
    scenario.bounds.prepares = 1;
    scenario.bounds.reads = 1;
    scenario.bounds.read_timeouts = 3;
    scenario.scripts = vec![Script::put(0, "B")];
    scenario.expects = vec![Branch::ReadFresh, Branch::ReadRinsed, Branch::ReadSettled];
    scenario
}

/// (c) Two reads, one after the other; replies to the first arrive in the second.
pub(super) fn late() -> Scenario {
    let mut scenario = Scenario::new("late", "two reads; replies to the first arrive in the second");
    scenario.bounds.reads = 2;
    scenario.scripts = vec![Script::put(0, "B")];
    scenario.expects = vec![Branch::ReadFresh, Branch::LateReply, Branch::ReadCounted];
    scenario
}

/// (d) A compare-and-set that is retried elsewhere, its first attempt arriving late, while others write.
pub(super) fn requests() -> Scenario {
    let mut scenario = Scenario::new("requests", "a compare-and-set retried elsewhere, its first attempt late");
    scenario.bounds.prepares = 2;
    scenario.bounds.last_slot = 5;
    scenario.bounds.attempts = 2;
    scenario.instant_disk = true;
    scenario.silent = vec![NodeId(2)];
    scenario.scripts = vec![Script::put(0, "C"), Script::put(0, "A")];
    scenario.writer = Some((Scenario::cas("A", "B"), vec![NodeId(0), NodeId(1)]));
    scenario.expects = vec![
        Branch::WriterAnswered,
        Branch::Retried,
        Branch::LateAttempt,
        Branch::Forgotten,
        Branch::FoundInWindow,
        Branch::NegativeRecorded,
        Branch::Batched,
    ];
    scenario
}

/// (d) A sole attempt that the key has outlived takes a new base.
fn stale() -> Scenario {
    let mut scenario = Scenario::new("stale", "three writes overtake a request, which takes a new base");
    scenario.bounds.last_slot = 4;
    scenario.bounds.attempts = 1;
    scenario.instant_disk = true;
    scenario.silent = vec![NodeId(2)];
    scenario.scripts = vec![Script::put(0, "B"), Script::put(0, "C"), Script::put(0, "A")];
    scenario.writer = Some((Scenario::cas("A", "B"), vec![NodeId(0)]));
    scenario.expects = vec![Branch::WriterAnswered, Branch::Forgotten, Branch::NewBase];
    scenario
}

/// (d) A client that gives up at its deadline and has its request resolved elsewhere.
fn resolve() -> Scenario {
    let mut scenario = Scenario::new("resolve", "a client gives up and has its request closed elsewhere");
    scenario.bounds.prepares = 2;
    scenario.bounds.last_slot = 3;
    scenario.bounds.attempts = 1;
    scenario.resolves = true;
    scenario.instant_disk = true;
    scenario.silent = vec![NodeId(2)];
    scenario.scripts = vec![Script::put(0, "C")];
    scenario.writer = Some((Scenario::cas("A", "B"), vec![NodeId(0), NodeId(1)]));
    scenario.expects = vec![Branch::Cancelled, Branch::WriterAnswered, Branch::LateAttempt];
    scenario
}
