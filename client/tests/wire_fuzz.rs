//! Decoding is total, encoding round-trips, and memory follows what has arrived rather than what is claimed.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test that fails shall panic.

mod allocations;

use allocations::largest_allocation;
use quickcheck::{Arbitrary, Gen, quickcheck};
use quorate_client::wire::{
    Envelope, Hello, KvRequest, KvRequestV1, PeerRequest,
    codec::{decode, decode_message, encode},
    envelope_bytes_max,
    hello::HELLO_BYTES,
    limits::{ENVELOPES_MAX, PEER_FRAME_BYTES_MAX},
    rpc::{KvCall, KvReturn, PeerCall, PeerReturn},
};
use quorate_protocol::{
    Ballot, ChosenNotice, ConfigEpoch, Entry, Expect, Incarnation, LogId, Message, Namespace, NodeId, Operation,
    Outcome, Owner, Proposal, ReadId, Recorded, Request, RequestId, Row, Slot, Version,
};
use std::sync::Arc;
use tarpc::Response;

/// Everything that decodes what a stranger sends.
fn decode_as_everything(bytes: &[u8]) {
    let _ = decode_message::<KvCall>(bytes);
    let _ = decode_message::<PeerCall>(bytes);
    let _ = decode::<Response<KvReturn>>(bytes);
    let _ = decode::<Response<PeerReturn>>(bytes);
    let _ = decode::<KvRequest>(bytes);
    let _ = decode::<PeerRequest>(bytes);
    let _ = bytes.first_chunk::<HELLO_BYTES>().map(Hello::decode);
}

fn golden() -> Vec<Vec<u8>> {
    let hex = |text: &str| -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    };
    include_str!("golden/wire.txt").lines().map(|line| hex(line.split(' ').nth(1).unwrap())).collect()
}

#[derive(Clone, Debug)]
struct AnyRequest(KvRequest);

#[derive(Clone, Debug)]
struct AnyEnvelope(Envelope);

fn version(g: &mut Gen) -> Version {
    Version { slot: Slot(u64::arbitrary(g)), position: u16::arbitrary(g) }
}

fn bytes(g: &mut Gen) -> bytes::Bytes {
    Vec::<u8>::arbitrary(g).into()
}

fn log(g: &mut Gen) -> LogId {
    LogId { namespace: Namespace(u32::arbitrary(g)), key: bytes(g) }
}

fn id(g: &mut Gen) -> RequestId {
    RequestId::new(u128::arbitrary(g), u64::arbitrary(g))
}

fn operation(g: &mut Gen) -> Operation {
    let expect = match u8::arbitrary(g) % 3 {
        0 => Expect::Absent,
        1 => Expect::Version(version(g)),
        _ => Expect::Value(bytes(g)),
    };
    match u8::arbitrary(g) % 5 {
        0 => Operation::Put(bytes(g)),
        1 => Operation::Delete,
        2 => Operation::CompareAndSet { expect, new: bool::arbitrary(g).then(|| bytes(g)) },
        3 => Operation::Increment(i64::arbitrary(g)),
        _ => Operation::Cancel,
    }
}

impl Arbitrary for AnyRequest {
    fn arbitrary(g: &mut Gen) -> Self {
        let log = log(g);
        let slot = Slot(u64::arbitrary(g));
        let request = match u8::arbitrary(g) % 7 {
            0 => KvRequestV1::Write {
                log,
                request: Request {
                    id: id(g),
                    base: slot,
                    attempt: u8::arbitrary(g),
                    keep: u8::arbitrary(g),
                    operation: operation(g),
                },
            },
            1 => {
                let id = ReadId { client: id(g).client, sequence: u64::arbitrary(g) };
                KvRequestV1::Read { log, id, full: bool::arbitrary(g) }
            }
            2 => KvRequestV1::Slot { log },
            3 => KvRequestV1::Help { log, slot },
            4 => KvRequestV1::Settle { log, slot },
            5 => KvRequestV1::Inspect { log },
            _ => KvRequestV1::Status,
        };
        Self(KvRequest::v1(ConfigEpoch(u32::arbitrary(g)), request))
    }
}

fn ballot(g: &mut Gen) -> Ballot {
    Ballot { round: u32::arbitrary(g), node: NodeId(u16::arbitrary(g)), incarnation: Incarnation(u32::arbitrary(g)) }
}

fn entry(g: &mut Gen) -> Arc<Entry> {
    let outcomes = [Outcome::Written, Outcome::Counted(i64::arbitrary(g)), Outcome::Mismatch(Some(version(g)))];
    let count = usize::arbitrary(g) % 128;
    let requests =
        (0..count).map(|_| Recorded { id: id(g), version: version(g), outcome: *g.choose(&outcomes).unwrap() });
    Arc::new(Entry {
        requests: requests.collect(),
        value: bool::arbitrary(g).then(|| bytes(g)),
        version: bool::arbitrary(g).then(|| version(g)),
        owner: Owner { node: NodeId(u16::arbitrary(g)), incarnation: Incarnation(u32::arbitrary(g)) },
        floor: Slot(u64::arbitrary(g)),
    })
}

fn row(g: &mut Gen) -> Row {
    Row { slot: Slot(u64::arbitrary(g)), promised: ballot(g), accepted: ballot(g) }
}

impl Arbitrary for AnyEnvelope {
    fn arbitrary(g: &mut Gen) -> Self {
        let message = Message {
            epoch: ConfigEpoch(u32::arbitrary(g)),
            from: NodeId(u16::arbitrary(g)),
            to: NodeId(u16::arbitrary(g)),
            row: row(g),
            accepted: bool::arbitrary(g).then(|| entry(g)),
            chosen: ChosenNotice {
                slot: Slot(u64::arbitrary(g)),
                ballot: ballot(g),
                entry: bool::arbitrary(g).then(|| entry(g)),
            },
            proposal: bool::arbitrary(g).then(|| Proposal {
                slot: Slot(u64::arbitrary(g)),
                ballot: ballot(g),
                entry: entry(g),
            }),
            belief: bool::arbitrary(g).then(|| row(g)),
        };
        Self(Envelope { log: log(g), message })
    }
}

quickcheck! {
    fn requests_round_trip(request: AnyRequest) -> bool {
        decode::<KvRequest>(&encode(&request.0).unwrap()).unwrap() == request.0
    }

    fn envelopes_round_trip_within_their_bound(envelope: AnyEnvelope) -> bool {
        let bytes = encode(&envelope.0).unwrap();
        bytes.len() <= envelope_bytes_max(&envelope.0) && decode::<Envelope>(&bytes).unwrap() == envelope.0
    }

    fn any_bytes_decode_or_fail(bytes: Vec<u8>) -> bool {
        let largest = largest_allocation(|| decode_as_everything(&bytes));
        largest <= 1 << 20
    }

    fn damaged_messages_decode_or_fail(which: usize, at: usize, with: u8, cut: usize) -> bool {
        let golden = golden();
        let mut bytes = golden[which % golden.len()].clone();
        let length = bytes.len();
        bytes[at % length] = with;
        let largest = largest_allocation(|| {
            decode_as_everything(&bytes);
            decode_as_everything(&bytes[..cut % length]);
        });
        largest <= 1 << 20
    }
}

/// A list or a byte string that claims more than it brings takes no more memory than serde's own cap.
#[test]
fn claimed_lengths_allocate_nothing_much() {
    let claims = [u64::MAX, 1 << 40, 1 << 24];
    for claim in claims {
        let claim = encode(&claim).unwrap();
        let envelopes = [&[0][..], &claim, &[1; 100]].concat();
        let key = [&[0, 1, 0][..], &claim, b"k"].concat();
        let requests =
            [&[0, 1, 0, 1, b'k', 0, 1, 2][..], &[1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0], &claim, &[0; 50]].concat();
        for hostile in [envelopes, key, requests] {
            let largest = largest_allocation(|| assert!(decode::<PeerRequest>(&hostile).is_err()));
            assert!(largest <= 1 << 20, "{largest} bytes");
        }
    }
}

#[test]
fn a_frame_of_the_smallest_envelopes_is_bounded_by_their_number() {
    let smallest = Message {
        epoch: ConfigEpoch(0),
        from: NodeId(0),
        to: NodeId(0),
        row: Row::default(),
        accepted: None,
        chosen: ChosenNotice::default(),
        proposal: None,
        belief: None,
    };
    let smallest = Envelope { log: LogId::default(), message: smallest };
    let as_many_as = |count| PeerRequest::V1(vec![smallest.clone(); count]);
    let most = as_many_as(ENVELOPES_MAX);
    assert_eq!(decode::<PeerRequest>(&encode(&most).unwrap()).unwrap(), most);
    let more = encode(&as_many_as(PEER_FRAME_BYTES_MAX / 32)).unwrap();
    let largest = largest_allocation(|| assert!(decode::<PeerRequest>(&more).is_err()));
    assert!(largest <= 1 << 20, "{largest} bytes");
}
