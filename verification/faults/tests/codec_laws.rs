//! Codecs of the wire and of the disk: what is encoded decodes to itself; what is torn or damaged on disk is corrupt,
//! never absent and never something else. Values are built from tuples, which quickcheck shrinks part by part.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::needless_pass_by_value)]

use quickcheck::{QuickCheck, TestResult, quickcheck};
use quorate_client::wire::codec::{decode, encode};
use quorate_client::wire::{
    ClusterId, Counter, Hello, Inspection, KvResponse, KvResponseV1, NodeStatus, Refusal, Refused, Role, VoterStatus,
};
use quorate_node::store::{Corruption, Identity, PeerStarts, decode_record, encode_record};
use quorate_protocol::{
    Accepted, Ballot, Chosen, ConfigEpoch, Entry, Incarnation, LogId, LogRecord, NodeId, NotApplied, Outcome, Owner,
    ReadId, ReadReply, Recorded, Reply, RequestId, Slot, Snapshot, Version,
};
use std::sync::Arc;

const EPOCH: ConfigEpoch = ConfigEpoch(1);

type BallotParts = (u32, u16, u32);
type VersionParts = (u64, u16);
type RecordedParts = ((u128, u64), VersionParts, (u8, i64));
type EntryParts = (Option<Vec<u8>>, Option<VersionParts>, (u16, u32), Vec<RecordedParts>, u64);
type RecordParts = (Option<(u64, BallotParts, EntryParts)>, BallotParts, Option<(BallotParts, EntryParts)>);

fn ballot((round, node, incarnation): BallotParts) -> Ballot {
    Ballot { round, node: NodeId(node), incarnation: Incarnation(incarnation) }
}

fn version((slot, position): VersionParts) -> Version {
    Version { slot: Slot(slot), position }
}

fn recorded(((client, sequence), at, (kind, number)): RecordedParts) -> Recorded {
    let outcome = match kind % 8 {
        0 => Outcome::Written,
        1 => Outcome::Counted(number),
        2 => Outcome::Mismatch(None),
        3 => Outcome::Mismatch(Some(version(at))),
        4 => Outcome::Absent,
        5 => Outcome::NotANumber,
        6 => Outcome::Overflow,
        _ => Outcome::Cancelled,
    };
    Recorded { id: RequestId::new(client, sequence), version: version(at), outcome }
}

fn snapshot((value, at): (Option<Vec<u8>>, Option<VersionParts>)) -> Snapshot {
    Snapshot { value: value.map(Into::into), version: at.map(version) }
}

/// An entry that a record may have at this slot.
fn entry_at(slot: Slot, (value, at, (node, incarnation), requests, floor): EntryParts) -> Arc<Entry> {
    let mut requests: Vec<Recorded> = requests.into_iter().take(12).map(recorded).collect();
    requests.iter_mut().for_each(|recorded| recorded.version.slot.0 %= slot.0 + 1);
    requests.sort_unstable_by_key(|recorded| recorded.version);
    requests.dedup_by_key(|recorded| recorded.version);
    Arc::new(Entry {
        value: value.map(Into::into),
        version: at.map(version),
        owner: Owner { node: NodeId(node), incarnation: Incarnation(incarnation) },
        requests,
        floor: Slot(floor % slot.0),
    })
}

/// A record that passes its check.
fn record((chosen, promised, accepted): RecordParts) -> LogRecord {
    let chosen = chosen.map(|(slot, under, entry)| {
        let slot = Slot(1 + slot % (1 << 40));
        Chosen { slot, ballot: ballot(under), entry: entry_at(slot, entry) }
    });
    let open = chosen.as_ref().map_or(Slot(1), |chosen| chosen.slot.next());
    let accepted = accepted.map(|((round, node, incarnation), entry)| {
        let ballot = ballot((round.max(1), node, incarnation));
        Accepted { ballot, entry: entry_at(open, entry) }
    });
    let voted = accepted.as_ref().map_or(Ballot::ZERO, |accepted| accepted.ballot);
    LogRecord { chosen, promised: ballot(promised).max(voted), accepted }
}

fn reply((kind, parts): (u8, RecordedParts)) -> Reply {
    match kind % 8 {
        0 => Reply::Unknown,
        1 => Reply::Forgotten,
        2 => Reply::NotApplied(NotApplied::Busy),
        3 => Reply::NotApplied(NotApplied::Contention),
        4 => Reply::NotApplied(NotApplied::Withdrawn),
        5 => Reply::NotApplied(NotApplied::TooLarge),
        6 => Reply::NotApplied(NotApplied::Stale),
        _ => Reply::Recorded(recorded(parts)),
    }
}

fn comes_back(response: &Result<KvResponse, Refusal>) -> bool {
    let bytes = encode(response).unwrap();
    let longer = [&bytes[..], &[0]].concat();
    let torn = (0..bytes.len()).all(|length| decode::<Result<KvResponse, Refusal>>(&bytes[..length]).is_err());
    let whole = decode::<Result<KvResponse, Refusal>>(&bytes).is_ok_and(|back| back == *response);
    whole && torn && decode::<Result<KvResponse, Refusal>>(&longer).is_err()
}

fn answered(response: KvResponseV1) -> bool {
    comes_back(&Ok(KvResponse::V1(response)))
}

quickcheck! {
    fn answers_to_writes_come_back(of: (u8, RecordedParts)) -> bool {
        answered(KvResponseV1::Written(reply(of)))
    }

    fn answers_to_reads_come_back(
        id: (u128, u64), slots: (u64, u64), at: BallotParts,
        chosen: Option<(Option<Vec<u8>>, Option<VersionParts>)>,
        accepted: Option<(Option<Vec<u8>>, Option<VersionParts>)>
    ) -> bool {
        let id = ReadId { client: RequestId::new(id.0, 0).client, sequence: id.1 };
        answered(KvResponseV1::Read(ReadReply {
            id,
            chosen: Slot(slots.0),
            accepted: Slot(slots.1),
            ballot: ballot(at),
            chosen_value: chosen.map(snapshot),
            accepted_value: accepted.map(snapshot),
        }))
    }

    fn inspections_come_back(of: Option<RecordParts>, corrupt: bool, phase: String, waiting: u32) -> bool {
        let (node, incarnation) = (NodeId(7), Incarnation(waiting));
        let inspection = Inspection { node, incarnation, record: of.map(record), corrupt, phase, waiting };
        answered(KvResponseV1::Inspection(Box::new(inspection)))
    }

    fn statuses_come_back(
        of: (u16, u32, u128, u32), voters: Vec<(u16, String, bool)>, version: String, numbers: (u64, u64, u64),
        keys: Vec<Vec<u8>>, counters: Vec<(String, u64)>
    ) -> bool {
        let voter = |(node, address, up)| VoterStatus { node: NodeId(node), address, up, incarnation: Incarnation(1) };
        answered(KvResponseV1::Status(Box::new(NodeStatus {
            node: NodeId(of.0),
            incarnation: Incarnation(of.1),
            cluster: ClusterId(of.2),
            epoch: ConfigEpoch(of.3),
            voters: voters.into_iter().take(9).map(voter).collect(),
            version,
            uptime_ms: numbers.0,
            logs: numbers.1,
            corrupt: numbers.2,
            corrupt_logs: keys.into_iter().take(64).map(LogId::of_key).collect(),
            counters: counters.into_iter().take(256).map(|(name, value)| Counter { name, value }).collect(),
        })))
    }

    fn refusals_come_back(kind: u8, number: u32) -> bool {
        comes_back(&Err(match kind % 7 {
            0 => Refusal::KeyLength { bytes: number },
            1 => Refusal::ValueLength { bytes: number },
            2 => Refusal::WrongEpoch { current: ConfigEpoch(number) },
            3 => Refusal::CorruptLog,
            4 => Refusal::Overloaded,
            5 => Refusal::ShuttingDown,
            _ => Refusal::Unsupported,
        }))
    }

    fn hellos_come_back(of: (u16, u16, bool), cluster: u128, node: u16, incarnation: u32, epoch: u32) -> bool {
        let hello = Hello {
            version_min: of.0,
            version_max: of.1,
            role: if of.2 { Role::Client } else { Role::Peer },
            cluster: ClusterId(cluster),
            node: NodeId(node),
            incarnation: Incarnation(incarnation),
            epoch: ConfigEpoch(epoch),
        };
        let verdicts = [Ok(()), Err(Refused::Version), Err(Refused::Incarnation), Err(Refused::Role), Err(Refused::Other)];
        verdicts.into_iter().all(|verdict| Hello::decode(&hello.encode(verdict)) == Ok((hello, verdict)))
    }

    fn identities_come_back_whole_or_not_at_all(cluster: u128, node: u16, incarnation: u32, epoch: u32) -> bool {
        let new = Identity::new(cluster, NodeId(node), ConfigEpoch(epoch));
        let identity = Identity { incarnation: Incarnation(incarnation), ..new };
        Identity::decode(&identity.encode()) == Ok(identity)
            && every_damage(&identity.encode()).all(|bytes| Identity::decode(&bytes).is_err())
    }

    fn starts_of_peers_come_back_whole_or_not_at_all(node: u16, other: u16, incarnation: u32) -> bool {
        let (node, other, start) = (NodeId(node), NodeId(other), Incarnation(incarnation));
        let (key, bytes) = (PeerStarts::key(node), PeerStarts::encode(EPOCH, node, start));
        PeerStarts::decode(&key, &bytes) == Ok((node, start))
            && (node == other || PeerStarts::decode(&PeerStarts::key(other), &bytes) == Err(Corruption::Checksum))
            && every_damage(&bytes).all(|bytes| PeerStarts::decode(&key, &bytes).is_err())
    }
}

/// Every one of its bits flipped, and every beginning of it.
fn every_damage(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    let flipped = (0..bytes.len() * 8).map(|bit| {
        let mut damaged = bytes.to_vec();
        damaged[bit / 8] ^= 1 << (bit % 8);
        damaged
    });
    flipped.chain((0..bytes.len()).map(|length| bytes[..length].to_vec()))
}

#[test]
fn records_come_back_whole_or_are_corrupt() {
    fn holds(of: RecordParts, key: Vec<u8>, other: Vec<u8>) -> TestResult {
        let (record, log, other) = (record(of), LogId::of_key(key), LogId::of_key(other));
        if record.check().is_err() {
            return TestResult::error("the test builds a record that cannot be");
        }
        let bytes = encode_record(EPOCH, &log, &record);
        if decode_record(EPOCH, &log, &bytes).as_ref() != Ok(&record) {
            return TestResult::error("it does not come back");
        }
        if log != other && decode_record(EPOCH, &other, &bytes) != Err(Corruption::Checksum) {
            return TestResult::error("it passes for another key's");
        }
        let passes = |bytes: &Vec<u8>| decode_record(EPOCH, &log, bytes).is_ok();
        every_damage(&bytes).find(passes).map_or_else(TestResult::passed, |bytes| {
            TestResult::error(format!("damage passes for a record: {bytes:?}"))
        })
    }
    QuickCheck::new().tests(60).quickcheck(holds as fn(RecordParts, Vec<u8>, Vec<u8>) -> TestResult);
}
