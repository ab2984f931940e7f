//! Sessions: what they remember of what they have seen, and which answer is late enough for them.

use crate::support::*;
use quickcheck::quickcheck;
use quorate_protocol::{
    Ballot, Config, LogId, Need, NodeId, NodeSet, NotSeen, Outcome, ReadId, ReadReply, ReadStep, Recorded, RequestId,
    SEEN_BYTES_MAX, SEEN_KEYS_MAX, SLOT_MAX, Seen, SeenAhead, SessionRead, Slot, Snapshot, bring_up,
};

fn key(name: &str) -> LogId {
    LogId::of_key(name.to_owned())
}

fn seen(floors: &[(&str, u64)]) -> Seen {
    let mut seen = Seen::default();
    floors.iter().for_each(|(name, slot)| seen.read(&key(name), Slot(*slot)));
    seen
}

fn at_least(slot: u64) -> Need {
    Need::AtLeast(Slot(slot))
}

/// (a, c, round of an open vote at a).
fn reply((accepted, chosen, round): (u64, u64, u32)) -> ReadReply {
    let is_open = accepted > chosen;
    let held = |slot: u64| Some(Snapshot { value: Some(format!("{slot}").into()), version: Some(version(slot, 0)) });
    ReadReply {
        id: ReadId::default(),
        chosen: Slot(chosen),
        accepted: Slot(accepted),
        ballot: if is_open { ballot(round, A) } else { Ballot::ZERO },
        chosen_value: if chosen > 0 { held(chosen) } else { None },
        accepted_value: if is_open { held(accepted) } else { None },
    }
}

fn start(config: &Config, need: Need) -> (SessionRead, ReadStep) {
    SessionRead::start(ReadId::default(), config, need, &[B, A])
}

fn set(config: &Config, nodes: &[NodeId]) -> NodeSet {
    nodes.iter().fold(NodeSet::default(), |set, node| set.with(config, *node))
}

fn slot_of(step: Result<ReadStep, SeenAhead>) -> Option<u64> {
    match step {
        Ok(ReadStep::Done(result)) => Some(result.slot.0),
        _ => None,
    }
}

#[test]
fn reads_and_writes_raise_what_was_seen_and_nothing_lowers_it() {
    let mut seen = seen(&[("x", 3), ("y", 1), ("x", 2), ("z", 0)]);
    assert_eq!(seen.need(&key("x")), at_least(3));
    let recorded = Recorded { id: RequestId::new(1, 1), version: version(9, 2), outcome: Outcome::Absent };
    seen.wrote(&key("y"), &recorded);
    assert_eq!(seen.need(&key("y")), at_least(9), "a negative answer shows its slot too");
    assert_eq!(seen.need(&key("z")), at_least(0), "a key that was never written shows nothing");
    assert_eq!(seen.floors().count(), 2);
}

#[test]
fn a_full_token_takes_no_key_in_and_says_so() {
    let mut full = Seen::default();
    (0..SEEN_KEYS_MAX).for_each(|number| full.read(&key(&number.to_string()), Slot(5)));
    assert!(!full.is_full());
    assert_eq!(full.need(&key("new")), at_least(0), "it has place for all that was seen so far");
    full.read(&key("new"), Slot(2));
    full.read(&key("new"), Slot(1));
    assert!(full.is_full());
    assert_eq!(full.floors().count(), SEEN_KEYS_MAX);
    assert_eq!(full.need(&key("new")), Need::Fresh, "it found no place, so nothing is known of it");
    assert_eq!(full.need(&key("never seen")), Need::Fresh, "nor of any other");
    full.read(&key("1"), Slot(6));
    assert_eq!((full.need(&key("0")), full.need(&key("1"))), (at_least(5), at_least(6)), "what is in it is raised");
    let mut bytes = Seen::default();
    ["a", "b", "c", "d", "e", "f"].iter().for_each(|letter| bytes.read(&key(&letter.repeat(400)), Slot(1)));
    bytes.read(&key("small"), Slot(1));
    assert_eq!((bytes.floors().count(), bytes.is_full()), (SEEN_BYTES_MAX / 400, true));
}

#[test]
fn a_token_that_is_handed_on_adds_and_takes_nothing_away() {
    let mut one = seen(&[("x", 3), ("y", 5), ("own", 6)]);
    let other = seen(&[("x", 4), ("y", 2), ("z", 1)]);
    one.merge(&other);
    for (name, slot) in [("x", 4), ("y", 5), ("z", 1), ("own", 6)] {
        assert_eq!(one.need(&key(name)), at_least(slot), "{name}");
    }
    assert_eq!(one.need(&key("other")), at_least(0));
}

/// A full token may have seen more of any key that it has not got.
#[test]
fn of_a_key_that_a_full_token_has_not_got_nothing_is_known() {
    let full = Seen::restore([(key("x"), Slot(1))], true).unwrap();
    let other = seen(&[("x", 4), ("y", 2)]);
    let (mut one, mut two) = (full.clone(), other.clone());
    one.merge(&other);
    two.merge(&full);
    assert_eq!(one, two, "whichever way it goes");
    for (name, need) in [("x", at_least(4)), ("y", Need::Fresh), ("z", Need::Fresh)] {
        assert_eq!(one.need(&key(name)), need, "{name}");
    }
    one.read(&key("y"), Slot(2));
    assert_eq!(one.need(&key("y")), Need::Fresh, "a slot that is seen later may be below one that was seen before");
}

#[test]
fn floors_that_nobody_can_have_seen_are_refused() {
    let many: Vec<_> = (0..=SEEN_KEYS_MAX).map(|number| (key(&number.to_string()), Slot(1))).collect();
    let bytes: Vec<_> = ["a", "b", "c", "d", "e", "f"].map(|letter| (key(&letter.repeat(400)), Slot(1))).to_vec();
    let twice = vec![(key("x"), Slot(1)), (key("y"), Slot(1)), (key("x"), Slot(2))];
    let one = |name: &str, slot| vec![(key(name), Slot(slot))];
    for wrong in [many, bytes, twice, one("", 1), one(&"k".repeat(481), 1), one("x", 0), one("x", SLOT_MAX)] {
        assert_eq!(Seen::restore(wrong, false), Err(NotSeen));
    }
    assert!(Seen::restore(one("x", SLOT_MAX - 1), false).is_ok());
}

#[test]
fn a_session_is_done_with_the_first_answer_that_is_late_enough() {
    let config = config(3);
    let (mut read, step) = start(&config, at_least(7));
    let first = set(&config, &[B]);
    assert_eq!(step, ReadStep::Ask { voters: first, full: first }, "one voter, the preferred one");
    assert_eq!(slot_of(read.on_reply(&config, B, reply((8, 7, 1)))), Some(7), "an open vote above does no harm");
    let (mut read, _) = start(&config, at_least(7));
    let rest = set(&config, &[A, C]);
    let step = read.on_reply(&config, B, reply((6, 6, 0)));
    assert_eq!(step, Ok(ReadStep::Ask { voters: rest, full: rest }), "too early: the rest is asked");
    let Ok(ReadStep::Done(result)) = read.on_reply(&config, C, reply((9, 9, 0))) else { panic!("late enough") };
    assert_eq!((result.slot, result.one_round), (Slot(9), false));
}

#[test]
fn a_session_read_keeps_the_id_it_was_given() {
    let id = ReadId { sequence: 9, ..ReadId::default() };
    for need in [at_least(7), Need::Fresh] {
        assert_eq!(SessionRead::start(id, &config(3), need, &[B, A]).0.id(), id);
    }
}

#[test]
fn a_slot_that_a_majority_voted_for_is_late_enough_and_one_vote_is_not() {
    let config = config(3);
    let (mut read, _) = start(&config, at_least(7));
    assert!(matches!(read.on_reply(&config, B, reply((7, 6, 1))), Ok(ReadStep::Ask { .. })), "voted for, not chosen");
    let (mut other, _) = (read.clone(), ());
    assert_eq!(slot_of(other.on_reply(&config, A, reply((7, 6, 2)))), None, "votes of two ballots");
    assert_eq!(slot_of(read.on_reply(&config, A, reply((7, 6, 1)))), Some(7));
}

#[test]
fn a_read_of_which_nothing_is_known_is_the_linearizable_one() {
    let config = config(3);
    let (mut read, step) = start(&config, Need::Fresh);
    let majority = set(&config, &[A, B]);
    assert_eq!(step, ReadStep::Ask { voters: majority, full: set(&config, &[B]) });
    assert_eq!(slot_of(read.on_reply(&config, B, reply((8, 7, 1)))), None);
    assert_eq!(slot_of(read.on_reply(&config, A, reply((7, 7, 0)))), None);
    assert_eq!(slot_of(read.on_reply(&config, C, reply((7, 7, 0)))), Some(7));
}

#[test]
fn a_floor_above_all_that_is_chosen_is_an_error_and_no_older_value() {
    let config = config(3);
    let (mut read, _) = start(&config, at_least(9));
    assert!(matches!(read.on_reply(&config, B, reply((7, 7, 0))), Ok(ReadStep::Ask { .. })));
    let ahead = SeenAhead { seen: Slot(9), fresh: Slot(8) };
    assert_eq!(read.on_reply(&config, A, reply((8, 8, 0))), Err(ahead));
}

#[test]
fn a_voter_that_is_behind_sends_its_vote_on_and_then_asks_with_a_ballot() {
    let config = config(3);
    let (help, settle) = (Some(ReadStep::Help { voter: A, slot: Slot(7) }), |slot| {
        Some(ReadStep::Settle { voter: A, slot: Slot(slot) })
    });
    let step = |report, fresh, helped| bring_up(&config, A, &reply(report), Slot(fresh), helped);
    assert_eq!(step((7, 7, 0), 7, false), None, "it is not behind");
    assert_eq!(step((7, 6, 1), 6, false), None, "its open vote is not known chosen");
    assert_eq!(step((7, 6, 1), 7, false), help);
    assert_eq!(step((7, 6, 1), 7, true), settle(7));
    assert_eq!(step((6, 6, 0), 9, false), settle(9), "it missed the writes");
    assert_eq!(bring_up(&config, NodeId(9), &reply((6, 6, 0)), Slot(9), false), None, "a stranger");
}

quickcheck! {
    /// Whatever a session sees, in whatever order and by whichever hands: a key's need is its highest slot, or a
    /// fresh read. (A first form, which dropped the oldest key and took it in again at a lower slot, failed here.)
    fn nothing_seen_is_ever_forgotten_silently(shown: Vec<(u8, u8)>, handed: Vec<(u8, u8)>, full: bool) -> bool {
        let mut seen = Seen::default();
        let mut other = Seen::restore([], full).unwrap();
        handed.iter().for_each(|(name, slot)| other.read(&key(&name.to_string()), Slot(u64::from(*slot))));
        seen.merge(&other);
        let shown = [handed, shown].concat();
        shown.iter().for_each(|(name, slot)| seen.read(&key(&name.to_string()), Slot(u64::from(*slot))));
        shown.iter().all(|(name, _)| {
            let highest = shown.iter().filter(|(other, _)| other == name).map(|(_, slot)| u64::from(*slot)).max();
            match seen.need(&key(&name.to_string())) {
                Need::Fresh => seen.is_full(),
                need => need == at_least(highest.unwrap_or(0)) || highest == Some(0),
            }
        })
    }
}
