//! Traces that are as they should be are explained; each kind of mutation is refused, for its own reason.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

mod trace_support;

use quorate_protocol::trace::Event;
use quorate_protocol::{Accepted, Ballot, Input, LogRecord, Message, NodeId, Proposal, Row, Slot};
use quorate_spec::Property;
use quorate_verification::trace::{Fault, Report};
use std::sync::Arc;
use trace_support::{Cluster, Recorded, check, renumber};

fn explained(streams: &[Recorded]) -> Report {
    let report = check(streams);
    assert!(report.is_explained(), "{report}");
    report
}

fn refused(streams: &[Recorded]) -> Report {
    let report = check(streams);
    assert!(!report.is_explained(), "{report}");
    report
}

fn first(report: &Report) -> &Fault {
    &report.failures.first().unwrap().fault
}

/// The place of the `nth` step of a stream for which this holds.
fn step_where(stream: &Recorded, nth: usize, holds: impl Fn(&Input) -> bool) -> usize {
    let steps = stream.events.iter().enumerate();
    let mut found = steps.filter(|(_, event)| matches!(event, Event::Step { input, .. } if holds(input)));
    found.nth(nth).unwrap().0
}

fn is_durable(input: &Input) -> bool {
    matches!(input, Input::Durable)
}

#[test]
fn what_happened_is_explained() {
    let report = explained(&Cluster::busy().end());
    assert_eq!((report.nodes, report.voters, report.streams, report.torn, report.holes), (3, 3, 3, 0, 0), "{report}");
    assert_eq!((report.slots_in_full, report.slots), (report.slots, report.chosen), "{report}");
    assert!(report.chosen >= 10 && report.learned >= 20 && report.issued == report.durable, "{report}");
}

#[test]
fn a_skipped_event_is_refused() {
    let streams = Cluster::busy().end();
    let events = &streams[0].events;
    let state = |at: usize| {
        events.get(at).and_then(|event| if let Event::Step { after, .. } = event { Some(*after) } else { None })
    };
    let mut found = 0;
    for at in 1..events.len() - 1 {
        let mut mutated = streams.clone();
        mutated[0].events.remove(at);
        if at + 2 < events.len() {
            assert!(matches!(first(&refused(&mutated)), Fault::Serial { .. }));
        }
        renumber(&mut mutated[0]);
        let report = check(&mutated);
        // The digests find it as well, unless the state had stayed as it was.
        let stayed = state(at - 1).map(|before| before.state) == state(at).map(|after| after.state);
        assert_eq!(report.is_explained(), stayed || at + 2 == events.len(), "{at}: {report}");
        if let Some(failure) = report.failures.first() {
            found += 1;
            assert!(matches!(failure.fault, Fault::Output | Fault::State | Fault::NotIssued), "{at}: {report}");
        }
    }
    assert!(found >= 30, "{found} of {}", events.len());
    let mut mutated = streams.clone();
    let durable = step_where(&mutated[0], 1, is_durable);
    mutated[0].events.remove(durable);
    renumber(&mut mutated[0]);
    assert!(matches!(first(&refused(&mutated)), Fault::Output | Fault::State), "a durable write");
    let mut mutated = streams;
    mutated[0].events.remove(0);
    assert!(matches!(first(&refused(&mutated)), Fault::Misplaced(_)), "a log's first record");
}

#[test]
fn swapped_events_are_refused() {
    let mut mutated = Cluster::busy().end();
    let at = step_where(&mutated[1], 2, is_durable);
    mutated[1].events.swap(at, at - 1);
    assert!(matches!(first(&refused(&mutated)), Fault::Serial { .. }));
    renumber(&mut mutated[1]);
    let report = refused(&mutated);
    assert!(matches!(first(&report), Fault::Output | Fault::State | Fault::NotIssued), "{report}");
}

#[test]
fn a_changed_digest_is_refused_where_it_is() {
    let streams = Cluster::busy().end();
    for (of_state, flip) in [(false, 1), (true, 1 << 63)] {
        let mut mutated = streams.clone();
        let at = step_where(&mutated[2], 5, |_| true);
        if let Event::Step { after, .. } = &mut mutated[2].events[at] {
            *(if of_state { &mut after.state } else { &mut after.output }) ^= flip;
        }
        let report = refused(&mutated);
        assert_eq!(matches!(first(&report), Fault::State), of_state, "{report}");
        assert_eq!(matches!(first(&report), Fault::Output), !of_state, "{report}");
        let failure = &report.failures[0];
        assert!(failure.place.contains(&format!("event {} ", at + 1)), "{failure}");
        assert!(failure.neighbourhood.iter().any(|line| line.starts_with(">>>")), "{failure}");
        assert!(failure.neighbourhood.len() >= 8, "before, replayed, after: {failure}");
        assert_eq!(report.failed, 1, "the log is not looked at any more: {report}");
    }
}

/// A node whose disk comes back with a promise that is one round below the confirmed one.
#[test]
fn a_promise_that_fell_is_refused() {
    let promise = |round| Ballot { round, node: NodeId(2), incarnation: 1.into() };
    let promised = || {
        let mut cluster = Cluster::busy();
        let slot = cluster.node(1).log.durable().open_slot();
        cluster.run(1, Input::Receive(told(2, 1, Row { slot, promised: promise(9), accepted: Ballot::ZERO })), &[2, 3]);
        assert_eq!(cluster.node(1).log.durable().promised, promise(9));
        cluster
    };
    for (round, falls) in [(9, false), (8, true)] {
        let mut cluster = promised();
        let record = LogRecord { promised: promise(round), ..cluster.node(1).log.durable().clone() };
        cluster.node(1).restart(record);
        let report = check(&cluster.streams());
        assert_eq!(matches!(report.failures.first().map(|f| &f.fault), Some(Fault::Fell(_))), falls, "{report}");
        assert_eq!(report.is_explained(), !falls, "{report}");
    }
}

fn told(from: u16, to: u16, row: Row) -> Message {
    let chosen = quorate_protocol::ChosenNotice::default();
    let (epoch, from, to) = (1.into(), NodeId(from), NodeId(to));
    Message { epoch, from, to, row, accepted: None, chosen, proposal: None, belief: None }
}

/// A store that gives back what it was never given is found out, unless something was lost in between.
#[test]
fn a_store_gives_back_what_it_was_given() {
    let other = || {
        let mut cluster = Cluster::busy();
        cluster.put(2, "later", &[]);
        cluster.node(1).log.durable().clone()
    };
    for orderly in [true, false] {
        let mut cluster = Cluster::busy();
        if orderly {
            cluster.node(1).push(Event::End);
        }
        cluster.node(1).restart(other());
        let report = check(&cluster.streams());
        assert_eq!(matches!(report.failures.first().map(|f| &f.fault), Some(Fault::Store)), orderly, "{report}");
        assert_eq!((report.is_explained(), report.holes), (!orderly, u64::from(!orderly)), "{report}");
    }
    let mut strange = Cluster::new();
    let record = other();
    strange.nodes[0].streams[0].events[0] = Event::Loaded { log: 1, id: trace_support::log_id(), record };
    assert!(matches!(first(&refused(&strange.streams())), Fault::Store), "a first start finds an empty disk");
}

/// A node votes for another entry than the one proposed: its own trace is sound, and all together are not.
#[test]
fn a_vote_for_another_entry_is_refused() {
    let mut cluster = Cluster::busy();
    let before = cluster.node(3).log.clone();
    let mark = cluster.node(3).streams[0].events.len();
    let owner = before.record().chosen.as_ref().unwrap().entry.owner.node.0;
    cluster.put(owner, "right", &[]);
    let voted = cluster.node(if owner == 3 { 1 } else { 3 });
    let stream = &mut voted.streams[0];
    let at = stream.events[mark.min(stream.events.len())..].iter().position(
        |event| matches!(event, Event::Step { input: Input::Receive(message), .. } if message.proposal.is_some()),
    );
    let at = mark + at.unwrap();
    let Event::Step { input: Input::Receive(mut forged), .. } = stream.events[at].clone() else { unreachable!() };
    let proposal = forged.proposal.as_mut().unwrap();
    let mut entry = (*proposal.entry).clone();
    entry.value = Some("wrong".into());
    proposal.entry = Arc::new(entry);
    stream.events.truncate(at);
    voted.log = before;
    let output = voted.step(Input::Receive(forged));
    assert!(output.write.is_some(), "it votes");
    voted.step(Input::Durable);
    renumber(&mut voted.streams[0]);
    let report = refused(&cluster.streams());
    assert!(
        matches!(first(&report), Fault::Spec(violation) if violation.property == Property::OneEntryABallot),
        "{report}"
    );
    assert!(report.failures[0].neighbourhood.iter().any(|line| line.contains("node 3")), "{report}");
}

/// A proposer that skipped its prepare: no quorum's promises show the vote safe.
#[test]
fn a_vote_that_nobody_prepared_is_refused() {
    let mut cluster = Cluster::busy();
    cluster.put(1, "held", &[3]);
    let slot = cluster.node(3).log.record().open_slot();
    let chosen = cluster.node(2).log.record().chosen.clone().unwrap();
    assert_eq!(chosen.slot, slot, "the others chose without node 3");
    let entry = Arc::new(quorate_protocol::Entry { value: Some("usurper".into()), ..(*chosen.entry).clone() });
    let ballot = Ballot { round: 40, node: NodeId(2), incarnation: 1.into() };
    let mut message = told(2, 3, Row { slot, promised: Ballot::ZERO, accepted: Ballot::ZERO });
    message.proposal = Some(Proposal { slot, ballot, entry });
    cluster.node(3).step(Input::Receive(message));
    cluster.node(3).step(Input::Durable);
    let report = refused(&cluster.end());
    assert!(matches!(first(&report), Fault::Spec(violation) if violation.property == Property::Agreement), "{report}");
}

/// Two majorities for two entries: P1, counted from durable votes.
#[test]
fn two_chosen_entries_are_refused() {
    let (mut one, mut other) = (Cluster::new(), Cluster::new());
    one.put(1, "one", &[3]);
    other.put(1, "other", &[]);
    let streams = vec![one.streams()[0].clone(), one.streams()[1].clone(), other.streams()[2].clone()];
    let report = refused(&streams);
    assert!(matches!(first(&report), Fault::Spec(violation) if violation.property == Property::OneEntryABallot));
}

/// A message that claims an entry chosen for which nobody voted.
#[test]
fn a_learned_entry_without_a_majority_is_refused() {
    let mut cluster = Cluster::busy();
    let slot = cluster.node(2).log.record().open_slot();
    let mut last = cluster.node(2).log.record().chosen.clone().unwrap();
    last.slot = slot;
    let mut message = told(3, 2, Row { slot: slot.next(), promised: Ballot::ZERO, accepted: Ballot::ZERO });
    message.chosen =
        quorate_protocol::ChosenNotice { slot, ballot: Ballot { round: 5, ..last.ballot }, entry: Some(last.entry) };
    cluster.node(2).step(Input::Receive(message));
    let report = refused(&cluster.end());
    assert!(matches!(first(&report), Fault::LearnedUnchosen { node: NodeId(2), .. }), "{report}");
}

/// Round 0 used by one who is not the owner. The core refuses to vote so, even when told to.
#[test]
fn a_record_with_a_foreign_round_0_is_refused() {
    let mut cluster = Cluster::busy();
    let mut record = cluster.node(1).log.durable().clone();
    let chosen = record.chosen.clone().unwrap();
    let foreign = Ballot { round: 0, node: NodeId(9), incarnation: 9.into() };
    record =
        LogRecord { promised: foreign, accepted: Some(Accepted { ballot: foreign, entry: chosen.entry }), ..record };
    let me = quorate_protocol::Owner { node: NodeId(1), incarnation: 2.into() };
    let start = quorate_protocol::trace::Start { me, ..cluster.nodes[0].streams[0].start.clone() };
    let events = vec![Event::Loaded { log: 1, id: trace_support::log_id(), record }];
    cluster.node(1).streams.push(Recorded { start, events });
    assert!(matches!(first(&refused(&cluster.streams())), Fault::Record(_)));
}

/// A gap is counted, what follows goes on from an image, and what the gap hides is held against nobody.
#[test]
fn a_gap_is_a_gap() {
    let mut cluster = Cluster::busy();
    let before = cluster.node(2).streams[0].events.len();
    for value in ["m", "n", "o"] {
        cluster.put(1, value, &[]);
    }
    let node = cluster.node(2);
    let lost = node.streams[0].events.len() - before;
    node.streams[0].events.truncate(before);
    node.push(Event::Gap { events: lost as u64 });
    node.resume();
    cluster.put(1, "p", &[]);
    cluster.put(3, "q", &[]);
    let report = explained(&cluster.end());
    assert_eq!((report.gaps, report.lost, report.holes), (1, lost as u64, 1), "{report}");
    assert!(report.slots_in_full < report.slots && report.slots_in_full > Slot(8).0, "{report}");
    // Without its mark, the same is a failure.
    let mut cluster = Cluster::busy();
    cluster.node(2).streams[0].events.truncate(before / 2);
    cluster.node(2).resume();
    assert!(matches!(first(&refused(&cluster.streams())), Fault::Misplaced(_)));
}

/// Traces of two nodes of three say less, and nothing false.
#[test]
fn a_missing_node_is_given_the_benefit_of_the_doubt() {
    let streams = Cluster::busy().end();
    for left_out in 0..3 {
        let mut some = streams.clone();
        some.remove(left_out);
        let report = explained(&some);
        assert_eq!((report.nodes, report.slots_in_full), (2, 0), "{report}");
    }
}
