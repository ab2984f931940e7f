//! The rule of reads: return the value at C as soon as a majority replied with a <= C.

use crate::support::*;
use quickcheck::{TestResult, quickcheck};
use quorate_protocol::{Ballot, Config, NodeId, NodeSet, QuorumRead, ReadId, ReadReply, ReadStep, Slot, Snapshot};

/// A reply's (a, c, round of the vote at a); the round is 0 where a is chosen.
type Report = (u64, u64, u32);

fn read_id(sequence: u64) -> ReadId {
    ReadId { sequence, ..ReadId::default() }
}

fn snapshot(slot: u64, value: &'static str) -> Snapshot {
    Snapshot { value: Some(value.into()), version: Some(version(slot, 0)) }
}

/// A reply with its values: each slot's chosen one is "chosen", a vote's is named by its round.
fn reply((accepted, chosen, round): Report) -> ReadReply {
    let is_open = accepted > chosen;
    ReadReply {
        id: read_id(1),
        chosen: Slot(chosen),
        accepted: Slot(accepted),
        ballot: if is_open { ballot(round, A) } else { Ballot::ZERO },
        chosen_value: (chosen > 0).then(|| snapshot(chosen, "chosen")),
        accepted_value: is_open.then(|| snapshot(accepted, ["", "one", "two", "three"][round as usize])),
    }
}

fn slots_only(report: Report) -> ReadReply {
    ReadReply { chosen_value: None, accepted_value: None, ..reply(report) }
}

fn start(config: &Config) -> QuorumRead {
    QuorumRead::start(read_id(1), config, config.voters()).0
}

/// What a read of `voters` returns after these replies of its first voters: slot and value.
fn read(voters: u16, reports: &[Report]) -> Option<(u64, Option<&'static str>)> {
    let config = config(voters);
    let mut read = start(&config);
    let mut last = ReadStep::Wait;
    for (voter, report) in config.voters().iter().zip(reports) {
        last = read.on_reply(&config, *voter, reply(*report));
    }
    let ReadStep::Done(result) = last else { return None };
    let value = result.snapshot.value.map(|value| ["chosen", "one", "two", "three"].into_iter().find(|v| *v == value));
    Some((result.slot.0, value.flatten()))
}

#[test]
fn the_rule_table() {
    let chosen = Some("chosen");
    type Row<'a> = (&'a str, u16, &'a [Report], Option<(u64, Option<&'a str>)>);
    let table: [Row<'_>; 18] = [
        ("one reply is no majority", 3, &[(7, 7, 0)], None),
        ("unequal, both chosen: the higher", 3, &[(7, 7, 0), (8, 8, 0)], Some((8, chosen))),
        ("the same the other way round", 3, &[(8, 8, 0), (7, 7, 0)], Some((8, chosen))),
        ("one holds an open slot", 3, &[(8, 7, 1), (7, 7, 0)], None),
        ("a third without it decides", 3, &[(8, 7, 1), (7, 7, 0), (7, 7, 0)], Some((7, chosen))),
        ("a third with it decides, by counting", 3, &[(8, 7, 1), (7, 7, 0), (8, 7, 1)], Some((8, Some("one")))),
        ("two ballots prove nothing together", 3, &[(8, 7, 1), (8, 7, 2)], None),
        ("nor with a third voter below", 3, &[(8, 7, 1), (8, 7, 2), (7, 7, 0)], None),
        ("two of one ballot and one of another", 3, &[(8, 7, 1), (8, 7, 2), (8, 7, 2)], Some((8, Some("two")))),
        ("a holder of the open slot's outcome", 3, &[(8, 7, 1), (8, 8, 0)], Some((8, chosen))),
        ("a behind voter counts for a high C", 3, &[(9, 9, 0), (3, 2, 1)], Some((9, chosen))),
        ("open above the highest chosen", 3, &[(9, 8, 1), (8, 8, 0)], None),
        ("a key never written", 3, &[(0, 0, 0), (0, 0, 0)], Some((0, None))),
        ("its first write under way", 3, &[(1, 0, 1), (0, 0, 0)], None),
        ("its first write counted", 3, &[(1, 0, 1), (1, 0, 1)], Some((1, Some("one")))),
        ("two of five are no majority", 5, &[(7, 7, 0), (7, 7, 0)], None),
        ("three of five with one open", 5, &[(8, 7, 1), (7, 7, 0), (7, 7, 0)], None),
        ("a majority of five below C", 5, &[(8, 7, 1), (7, 7, 0), (7, 7, 0), (8, 7, 1), (6, 6, 0)], Some((7, chosen))),
    ];
    for (name, voters, reports, expected) in table {
        assert_eq!(read(voters, reports), expected, "{name}: {reports:?}");
    }
}

/// The rule as the text has it, over all sets of repliers.
fn by_definition(voters: usize, reports: &[Report]) -> bool {
    let majority = voters / 2 + 1;
    let known = reports.iter().map(|report| report.1);
    let counted = reports.iter().filter(|one| {
        one.0 > one.1
            && reports.iter().filter(|two| two.0 > two.1 && (two.0, two.2) == (one.0, one.2)).count() >= majority
    });
    let highest = known.chain(counted.map(|report| report.0)).max();
    highest.is_some_and(|highest| reports.iter().filter(|report| report.0 <= highest).count() >= majority)
}

quickcheck! {
    /// A read ends at the very reply that makes the rule true, whatever came before.
    fn a_read_ends_exactly_when_the_rule_says_so(five: bool, raw: Vec<(u8, bool, bool)>) -> TestResult {
        let voters = if five { 5 } else { 3 };
        let config = config(voters);
        let mut read = start(&config);
        let mut reports = Vec::new();
        for ((slot, open, high), voter) in raw.iter().zip(config.voters()) {
            let chosen = u64::from(slot % 3);
            let report = if *open { (chosen + 1, chosen, 1 + u32::from(*high)) } else { (chosen, chosen, 0) };
            reports.push(report);
            let done = matches!(read.on_reply(&config, *voter, reply(report)), ReadStep::Done(_));
            if done != by_definition(usize::from(voters), &reports) {
                return TestResult::error(format!("{reports:?}: done is {done}"));
            }
            if done {
                return TestResult::passed();
            }
        }
        TestResult::passed()
    }
}

#[test]
fn replies_to_other_reads_of_strangers_and_impossible_ones_count_nothing() {
    let config = config(3);
    let mut read = start(&config);
    read.on_reply(&config, A, reply((7, 7, 0)));
    let late = ReadReply { id: read_id(0), ..reply((7, 7, 0)) };
    assert_eq!(read.on_reply(&config, B, late), ReadStep::Wait);
    assert_eq!(read.on_reply(&config, NodeId(9), reply((7, 7, 0))), ReadStep::Wait);
    let (far, none, fell) = (reply((9, 7, 1)), reply((8, 7, 1)), reply((7, 7, 0)));
    for impossible in [
        far,
        ReadReply { ballot: Ballot::ZERO, ..none },
        ReadReply { ballot: ballot(1, A), ..fell.clone() },
        ReadReply { accepted: Slot(6), ..fell },
    ] {
        assert_eq!(read.on_reply(&config, B, impossible), ReadStep::Wait);
    }
    assert_eq!(read.on_reply(&config, A, reply((7, 7, 0))), ReadStep::Wait, "a voter counts once");
    assert!(matches!(read.on_reply(&config, C, reply((7, 7, 0))), ReadStep::Done(_)));
}

#[test]
fn the_newest_reply_of_a_voter_counts_and_a_late_older_one_does_not() {
    let config = config(3);
    let mut read = start(&config);
    assert_eq!(read.on_reply(&config, A, reply((8, 7, 1))), ReadStep::Wait);
    read.on_reply(&config, B, reply((7, 7, 0)));
    assert_eq!(read.on_reply(&config, A, reply((7, 7, 0))), ReadStep::Wait, "A was seen with 8 already");
    let ReadStep::Done(result) = read.on_reply(&config, A, reply((8, 8, 0))) else { panic!("8 is chosen") };
    assert_eq!((result.slot, result.one_round), (Slot(8), false));
}

fn set(config: &Config, nodes: &[NodeId]) -> NodeSet {
    nodes.iter().fold(NodeSet::default(), |set, node| set.with(config, *node))
}

#[test]
fn it_asks_a_majority_first_and_the_first_of_it_for_the_value() {
    let config = config(5);
    let (_, step) = QuorumRead::start(read_id(1), &config, &[NodeId(9), C, A]);
    let expected = ReadStep::Ask { voters: set(&config, &[C, A, B]), full: set(&config, &[C]) };
    assert_eq!(step, expected, "strangers are passed over, and the rest filled up in order");
}

#[test]
fn rinsing_goes_through_its_stages_again_and_again() {
    let config = config(3);
    let mut read = start(&config);
    read.on_reply(&config, A, reply((8, 7, 1)));
    let rest = set(&config, &[C]);
    assert_eq!(read.on_reply(&config, B, reply((7, 7, 0))), ReadStep::Ask { voters: rest, full: rest }, "widen");
    let everyone = config.everyone();
    let again = ReadStep::Ask { voters: everyone, full: everyone };
    let slot = Slot(8);
    for settler in [B, A, B] {
        assert_eq!(read.on_timeout(&config), ReadStep::Help { voter: A, slot }, "the holder sends its accept on");
        assert_eq!(read.on_timeout(&config), again);
        assert_eq!(read.on_timeout(&config), ReadStep::Settle { voter: settler, slot }, "those that answer take turns");
        assert_eq!(read.on_timeout(&config), again);
    }
    for _ in 0..1000 {
        assert_ne!(read.on_timeout(&config), ReadStep::Wait, "never silent before the caller's deadline");
    }
}

#[test]
fn with_the_slot_proven_but_no_value_its_holder_is_asked() {
    let config = config(3);
    let mut read = start(&config);
    read.on_reply(&config, A, slots_only((8, 8, 0)));
    let holder = set(&config, &[A]);
    assert_eq!(read.on_reply(&config, B, reply((7, 7, 0))), ReadStep::Ask { voters: holder, full: holder });
    assert!(matches!(read.on_reply(&config, A, reply((8, 8, 0))), ReadStep::Done(result) if result.slot == Slot(8)));
}

/// The value of a vote in slot 1 was thrown away where the slots were known already.
#[test]
fn a_value_that_comes_after_its_slot_is_kept() {
    let config = config(3);
    let mut read = start(&config);
    read.on_reply(&config, A, slots_only((1, 0, 1)));
    read.on_reply(&config, B, slots_only((1, 0, 1)));
    assert!(matches!(read.on_reply(&config, A, reply((1, 0, 1))), ReadStep::Done(result) if result.slot == Slot(1)));
}

/// A slot that one voter knows chosen is proven by votes as well: if that voter is gone, the value is not.
#[test]
fn the_value_of_a_known_slot_may_come_from_the_majority_that_voted_for_it() {
    let config = config(3);
    let mut read = start(&config);
    read.on_reply(&config, A, slots_only((8, 8, 0)));
    read.on_reply(&config, B, reply((8, 7, 2)));
    let ReadStep::Done(result) = read.on_reply(&config, C, reply((8, 7, 2))) else { panic!("counted") };
    assert_eq!(result.snapshot, snapshot(8, "two"));
    let mut read = start(&config);
    read.on_reply(&config, A, slots_only((8, 8, 0)));
    read.on_reply(&config, B, reply((8, 7, 2)));
    let holder = set(&config, &[A]);
    let step = read.on_reply(&config, C, reply((8, 7, 1)));
    assert_eq!(step, ReadStep::Ask { voters: holder, full: holder }, "two ballots do not prove whose value it was");
}
