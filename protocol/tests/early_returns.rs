//! Early returns of the core that nothing else in its suite takes: found by coverage of regions, see `docs/models.md`.
#![allow(missing_docs, clippy::unwrap_used)]

use bytes::Bytes;
use quorate_protocol::{
    Accepted, Ballot, Chosen, Config, Entry, Incarnation, LogRecord, NodeId, NodeSet, Operation, Outcome, Owner,
    PaxosLog, Replica, Request, RequestId, Slot, Version, WriteAttempt, WriteStep, evaluate,
};
use std::sync::Arc;

const ME: Owner = Owner { node: NodeId(1), incarnation: Incarnation(1) };

fn config() -> Config {
    Config::new(1.into(), (1..=3).map(NodeId)).unwrap()
}

fn replica() -> Arc<Replica> {
    Arc::new(Replica::new(ME.node, ME.incarnation, config()).unwrap())
}

fn holding(value: &'static [u8]) -> LogRecord {
    let entry = Entry { value: Some(Bytes::from_static(value)), owner: ME, ..Entry::default() };
    let chosen = Chosen { slot: Slot(1), ballot: Ballot::ZERO.above(ME), entry: Arc::new(entry) };
    LogRecord { chosen: Some(chosen), ..LogRecord::default() }
}

#[test]
fn a_value_that_is_no_text_is_no_number() {
    let request = Request::first(RequestId::new(7, 1), Slot(1), Operation::Increment(1));
    let entry = evaluate(&holding(&[0xff, b'1']), [&request], ME).entry.unwrap();
    assert_eq!(entry.find(request.id).unwrap().outcome, Outcome::NotANumber);
    assert_eq!(entry.value.as_deref(), Some(&[0xff, b'1'][..]), "and stays as it is");
}

#[test]
fn an_image_whose_parts_contradict_each_other_is_refused() {
    let good = PaxosLog::restore(replica(), holding(b"tea")).unwrap().idle_image().unwrap();
    assert!(PaxosLog::from_idle_image(replica(), good.clone()).is_ok());
    let vote = Accepted { ballot: Ballot::ZERO.above(ME), entry: Arc::default() };
    let unpromised = LogRecord { accepted: Some(vote), ..holding(b"tea") };
    let mut broken = good.clone();
    broken.durable = unpromised.clone();
    assert!(PaxosLog::from_idle_image(replica(), broken).is_err(), "a disk with a vote above its promise");
    let mut broken = good.clone();
    broken.record = unpromised;
    assert!(PaxosLog::from_idle_image(replica(), broken).is_err(), "a memory with a vote above its promise");
    let mut fallen = good;
    fallen.record = LogRecord::default();
    assert!(PaxosLog::from_idle_image(replica(), fallen).is_err(), "a memory behind its disk");
}

#[test]
fn a_client_without_replicas_waits_for_its_deadline() {
    let (_, step) = WriteAttempt::start(RequestId::new(7, 1), None, 2, Operation::put("v"), Vec::new());
    assert_eq!(step, WriteStep::Wait);
}

#[test]
fn taking_a_stranger_out_of_a_set_of_voters_changes_nothing() {
    let mut voters = config().everyone();
    voters.remove(&config(), NodeId(9));
    assert_eq!(voters, config().everyone());
    voters.remove(&config(), NodeId(2));
    assert_eq!(voters.union(NodeSet::default().with(&config(), NodeId(2))), config().everyone());
    assert_eq!(voters.len(), 2);
}

#[test]
fn what_people_see_of_ballots_and_sets() {
    assert_eq!(format!("{} {}", Ballot::ZERO, Ballot::ZERO.above(ME)), "- 1.1.1");
    assert_eq!(Version { slot: Slot(4), position: 2 }.to_string(), "4.2");
    assert_eq!(format!("{:?}", config().everyone()), "{111}");
}
