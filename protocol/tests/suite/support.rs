//! What the tests build their cases from.

use quorate_protocol::{
    Accepted, Ballot, Chosen, ChosenNotice, Config, Entry, Incarnation, Input, LogRecord, Message, NodeId, Operation,
    Output, Owner, PaxosLog, Proposal, Recorded, Replica, Request, RequestId, Row, Slot, Version,
};
use std::sync::Arc;

pub(crate) const A: NodeId = NodeId(1);
pub(crate) const B: NodeId = NodeId(2);
pub(crate) const C: NodeId = NodeId(3);

pub(crate) fn config(voters: u16) -> Config {
    Config::new(1.into(), (1..=voters).map(NodeId)).unwrap()
}

pub(crate) fn replica(node: NodeId, incarnation: u32, voters: u16) -> Arc<Replica> {
    Arc::new(Replica::new(node, Incarnation(incarnation), config(voters)).unwrap())
}

/// An empty log at A, the first of three voters, in its first incarnation.
pub(crate) fn log() -> PaxosLog {
    log_with(LogRecord::default())
}

pub(crate) fn log_with(record: LogRecord) -> PaxosLog {
    PaxosLog::restore(replica(A, 1, 3), record).unwrap()
}

pub(crate) fn owner(node: NodeId) -> Owner {
    Owner { node, incarnation: Incarnation(1) }
}

pub(crate) fn ballot(round: u32, node: NodeId) -> Ballot {
    Ballot { round, node, incarnation: Incarnation(1) }
}

pub(crate) fn id(sequence: u64) -> RequestId {
    RequestId::new(7, sequence)
}

pub(crate) fn version(slot: u64, position: u16) -> Version {
    Version { slot: Slot(slot), position }
}

pub(crate) fn put(sequence: u64, value: &'static str) -> Request {
    Request::first(id(sequence), Slot::ZERO, Operation::put(value))
}

/// An entry of `node` at `slot` that records one request, the write of `value`.
pub(crate) fn entry(node: NodeId, slot: u64, sequence: u64, value: &'static str) -> Arc<Entry> {
    let version = version(slot, 0);
    let outcome = quorate_protocol::Outcome::Written;
    Arc::new(Entry {
        value: Some(value.into()),
        version: Some(version),
        owner: owner(node),
        requests: vec![Recorded { id: id(sequence), version, outcome }],
        floor: Slot(slot - 1),
    })
}

pub(crate) fn chosen(slot: u64, ballot: Ballot, entry: &Arc<Entry>) -> LogRecord {
    let chosen = Some(Chosen { slot: Slot(slot), ballot, entry: entry.clone() });
    LogRecord { chosen, ..LogRecord::default() }
}

pub(crate) fn accepted(record: LogRecord, ballot: Ballot, entry: &Arc<Entry>) -> LogRecord {
    let promised = record.promised.max(ballot);
    LogRecord { promised, accepted: Some(Accepted { ballot, entry: entry.clone() }), ..record }
}

/// A message to A that says only that its sender's open slot is `slot`.
pub(crate) fn message(from: NodeId, slot: u64) -> Message {
    Message {
        epoch: 1.into(),
        from,
        to: A,
        row: Row { slot: Slot(slot), ..Row::default() },
        accepted: None,
        chosen: ChosenNotice::default(),
        proposal: None,
        belief: None,
    }
}

pub(crate) fn prepare(from: NodeId, slot: u64, promised: Ballot) -> Message {
    let plain = message(from, slot);
    let belief = Some(Row { slot: Slot(slot), ..Row::default() });
    Message { row: Row { promised, ..plain.row }, belief, ..plain }
}

/// A promise of `promised` that reports a vote, or none.
pub(crate) fn promise(from: NodeId, slot: u64, promised: Ballot, vote: Option<(Ballot, &Arc<Entry>)>) -> Message {
    let plain = message(from, slot);
    let accepted = vote.map_or(Ballot::ZERO, |(ballot, _)| ballot);
    Message { row: Row { promised, accepted, ..plain.row }, accepted: vote.map(|(_, entry)| entry.clone()), ..plain }
}

pub(crate) fn proposal(from: NodeId, slot: u64, ballot: Ballot, entry: &Arc<Entry>) -> Message {
    let plain = message(from, slot);
    let belief = Some(Row { slot: Slot(slot), ..Row::default() });
    Message { proposal: Some(Proposal { slot: Slot(slot), ballot, entry: entry.clone() }), belief, ..plain }
}

/// A durable vote in `ballot`.
pub(crate) fn vote(from: NodeId, slot: u64, ballot: Ballot) -> Message {
    let plain = message(from, slot);
    Message { row: Row { promised: ballot, accepted: ballot, ..plain.row }, ..plain }
}

/// Word that `entry` is chosen at `slot`, with the entry.
pub(crate) fn notice(from: NodeId, slot: u64, ballot: Ballot, entry: &Arc<Entry>) -> Message {
    let chosen = ChosenNotice { slot: Slot(slot), ballot, entry: Some(entry.clone()) };
    Message { chosen, ..message(from, slot + 1) }
}

/// One step, with the local invariants checked after it.
pub(crate) fn step(log: &mut PaxosLog, input: Input) -> Output {
    let output = log.step(input);
    log.check().unwrap();
    output
}

pub(crate) fn receive(log: &mut PaxosLog, message: Message) -> Output {
    step(log, Input::Receive(message))
}

/// Steps until no write is under way; all outputs together.
pub(crate) fn sync(log: &mut PaxosLog) -> Output {
    let mut all = Output::default();
    while log.writing().is_some() {
        let output = step(log, Input::Durable);
        all.send.extend(output.send);
        all.done.extend(output.done);
        all.timers.extend(output.timers);
        all.prepared |= output.prepared;
        all.readable |= output.readable;
    }
    all
}
