//! The bytes of every wire variant, pinned. A change here is a change of the format: append a variant
//! rather than alter one. `QUORATE_UPDATE_GOLDEN=1` writes the file anew.
#![allow(clippy::unwrap_used)] // A test that fails shall panic.

use quorate_client::wire::{
    ClusterId, Counter, Envelope, Hello, Inspection, KvRequest, KvRequestV1, KvResponse, KvResponseV1, NodeStatus,
    PeerRequest, PeerResponse, Refusal, Refused, VoterStatus, codec, envelope_bytes_max, rpc,
};
use quorate_protocol::{
    Accepted, Ballot, Chosen, ChosenNotice, ConfigEpoch, Entry, Expect, Incarnation, LogId, LogRecord, Message, NodeId,
    NotApplied, Operation, Outcome, Owner, Proposal, ReadId, ReadReply, Recorded, Reply, Request, RequestId, Row, Slot,
    Snapshot, Version,
};
use serde::{Serialize, de::DeserializeOwned};
use std::{fmt::Debug, sync::Arc, time::Instant};
use tarpc::{ClientMessage, Response, context, trace};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/wire.txt");

/// Names and bytes, in order.
#[derive(Default)]
struct Golden(Vec<(String, Vec<u8>)>);

impl Golden {
    /// Adds a value, which must also survive the way back.
    fn add<T: Serialize + DeserializeOwned + PartialEq + Debug>(&mut self, name: &str, value: &T) {
        let bytes = codec::encode(value).unwrap();
        assert_eq!(&codec::decode::<T>(&bytes).unwrap(), value, "{name}");
        self.0.push((name.to_owned(), bytes.to_vec()));
    }

    fn request(&mut self, name: &str, request: KvRequestV1) {
        self.add(&format!("kv.request.{name}"), &KvRequest::v1(ConfigEpoch(3), request));
    }

    fn write(&mut self, name: &str, operation: Operation) {
        let request = Request { id: RequestId::new(9, 4), base: Slot(6), attempt: 1, keep: 2, operation };
        self.request(name, KvRequestV1::Write { log: log(), request });
    }

    fn response(&mut self, name: &str, response: KvResponseV1) {
        self.add(&format!("kv.response.{name}"), &KvResponse::V1(response));
    }
}

fn log() -> LogId {
    LogId::of_key("key")
}

fn version() -> Version {
    Version { slot: Slot(7), position: 2 }
}

fn owner() -> Owner {
    Owner { node: NodeId(1), incarnation: Incarnation(5) }
}

fn ballot(round: u32) -> Ballot {
    Ballot { round, node: NodeId(2), incarnation: Incarnation(8) }
}

fn outcomes() -> [(&'static str, Outcome); 7] {
    [
        ("written", Outcome::Written),
        ("counted", Outcome::Counted(-3)),
        ("mismatch", Outcome::Mismatch(Some(version()))),
        ("absent", Outcome::Absent),
        ("not_a_number", Outcome::NotANumber),
        ("overflow", Outcome::Overflow),
        ("cancelled", Outcome::Cancelled),
    ]
}

fn recorded(outcome: Outcome) -> Recorded {
    Recorded { id: RequestId::new(9, 4), version: version(), outcome }
}

fn entry() -> Arc<Entry> {
    Arc::new(Entry {
        value: Some("value".into()),
        version: Some(version()),
        owner: owner(),
        requests: vec![recorded(Outcome::Written)],
        floor: Slot(5),
    })
}

fn requests(golden: &mut Golden) {
    golden.write("put", Operation::put("value"));
    golden.write("delete", Operation::Delete);
    golden.write("cas_absent", Operation::CompareAndSet { expect: Expect::Absent, new: Some("new".into()) });
    golden.write("cas_version", Operation::CompareAndSet { expect: Expect::Version(version()), new: None });
    let expect = Expect::Value("old".into());
    golden.write("cas_value", Operation::CompareAndSet { expect, new: Some("new".into()) });
    golden.write("increment", Operation::Increment(-300));
    golden.write("cancel", Operation::Cancel);
    let id = ReadId { client: RequestId::new(9, 0).client, sequence: 5 };
    golden.request("read", KvRequestV1::Read { log: log(), id, full: true });
    golden.request("slot", KvRequestV1::Slot { log: log() });
    golden.request("help", KvRequestV1::Help { log: log(), slot: Slot(8) });
    golden.request("settle", KvRequestV1::Settle { log: log(), slot: Slot(8) });
    golden.request("inspect", KvRequestV1::Inspect { log: log() });
    golden.request("status", KvRequestV1::Status);
}

fn responses(golden: &mut Golden) {
    for (name, outcome) in outcomes() {
        golden.response(&format!("written.recorded.{name}"), KvResponseV1::Written(Reply::Recorded(recorded(outcome))));
    }
    for (name, reason) in [
        ("busy", NotApplied::Busy),
        ("contention", NotApplied::Contention),
        ("withdrawn", NotApplied::Withdrawn),
        ("too_large", NotApplied::TooLarge),
    ] {
        golden.response(&format!("written.not_applied.{name}"), KvResponseV1::Written(Reply::NotApplied(reason)));
    }
    golden.response("written.unknown", KvResponseV1::Written(Reply::Unknown));
    golden.response("written.forgotten", KvResponseV1::Written(Reply::Forgotten));
    let snapshot = Snapshot { value: Some("value".into()), version: Some(version()) };
    let id = ReadId { client: RequestId::new(9, 0).client, sequence: 5 };
    golden.response(
        "read",
        KvResponseV1::Read(ReadReply {
            id,
            chosen: Slot(7),
            accepted: Slot(8),
            ballot: ballot(1),
            chosen_value: Some(snapshot),
            accepted_value: Some(Snapshot::default()),
        }),
    );
    golden.response("slot", KvResponseV1::Slot(Slot(7)));
    golden.response("ack", KvResponseV1::Ack);
    golden.response("inspection", KvResponseV1::Inspection(Box::new(inspection())));
    golden.response("status", KvResponseV1::Status(Box::new(status())));
    for (name, refusal) in [
        ("key_length", Refusal::KeyLength { bytes: 481 }),
        ("value_length", Refusal::ValueLength { bytes: 1_048_577 }),
        ("wrong_epoch", Refusal::WrongEpoch { current: ConfigEpoch(4) }),
        ("corrupt_log", Refusal::CorruptLog),
        ("overloaded", Refusal::Overloaded),
        ("shutting_down", Refusal::ShuttingDown),
        ("unsupported", Refusal::Unsupported),
    ] {
        golden.add(&format!("kv.refusal.{name}"), &refusal);
    }
}

fn inspection() -> Inspection {
    let record = LogRecord {
        chosen: Some(Chosen { slot: Slot(7), ballot: ballot(0), entry: entry() }),
        promised: ballot(2),
        accepted: Some(Accepted { ballot: ballot(1), entry: entry() }),
    };
    Inspection {
        node: NodeId(1),
        incarnation: Incarnation(5),
        record: Some(record),
        corrupt: false,
        phase: "idle".to_owned(),
        waiting: 3,
    }
}

fn status() -> NodeStatus {
    let voter =
        VoterStatus { node: NodeId(1), address: "127.0.0.1:7301".to_owned(), up: true, incarnation: Incarnation(5) };
    NodeStatus {
        node: NodeId(1),
        incarnation: Incarnation(5),
        cluster: ClusterId(0xabcd),
        epoch: ConfigEpoch(3),
        voters: vec![voter],
        version: "0.1.0".to_owned(),
        uptime_ms: 1000,
        logs: 2,
        corrupt: 1,
        corrupt_logs: vec![log()],
        counters: vec![Counter { name: "commits".to_owned(), value: 77 }],
    }
}

fn peers(golden: &mut Golden) {
    let row = Row { slot: Slot(8), promised: ballot(1), accepted: ballot(1) };
    let bare = Message {
        epoch: ConfigEpoch(3),
        from: NodeId(1),
        to: NodeId(2),
        row: Row { slot: Slot(1), ..Row::default() },
        accepted: None,
        chosen: ChosenNotice::default(),
        proposal: None,
        belief: None,
    };
    let full = Message {
        row,
        accepted: Some(entry()),
        chosen: ChosenNotice { slot: Slot(7), ballot: ballot(0), entry: Some(entry()) },
        proposal: Some(Proposal { slot: Slot(8), ballot: ballot(1), entry: entry() }),
        belief: Some(row),
        ..bare
    };
    for (name, message) in [("bare", bare), ("full", full)] {
        let envelope = Envelope { log: log(), message };
        assert!(codec::encode(&envelope).unwrap().len() <= envelope_bytes_max(&envelope));
        golden.add(&format!("peer.request.{name}"), &PeerRequest::V1(vec![envelope]));
    }
    golden.add("peer.response.taken", &PeerResponse::Taken);
    golden.add("peer.response.overloaded", &PeerResponse::Overloaded);
    golden.add("peer.response.shutting_down", &PeerResponse::ShuttingDown);
}

/// What tarpc puts around a request. A deadline in the past travels as 0.
fn frames(golden: &mut Golden) {
    let mut context = context::current();
    context.deadline = Instant::now();
    context.trace_context = trace::Context::default();
    let request = KvRequest::v1(ConfigEpoch(0), KvRequestV1::Status);
    let message = ClientMessage::Request(tarpc::Request { context, id: 300, message: rpc::KvCall::Call { request } });
    let cancel: ClientMessage<rpc::KvCall> =
        ClientMessage::Cancel { trace_context: trace::Context::default(), request_id: 300 };
    let response =
        Response { request_id: 300, message: Ok(rpc::KvReturn::Call(Ok(KvResponse::V1(KvResponseV1::Ack)))) };
    golden.0.push(("frame.request".to_owned(), codec::encode(&message).unwrap().to_vec()));
    golden.0.push(("frame.cancel".to_owned(), codec::encode(&cancel).unwrap().to_vec()));
    golden.0.push(("frame.response".to_owned(), codec::encode(&response).unwrap().to_vec()));
}

fn hellos(golden: &mut Golden) {
    let client = Hello::client(ClusterId(0xabcd));
    let node = Hello::node(ClusterId(0xabcd), NodeId(2), Incarnation(8), ConfigEpoch(3));
    golden.0.push(("hello.client".to_owned(), client.encode(Ok(())).to_vec()));
    golden.0.push(("hello.node".to_owned(), node.encode(Ok(())).to_vec()));
    for refused in [
        Refused::Version,
        Refused::Cluster,
        Refused::Epoch,
        Refused::Node,
        Refused::Incarnation,
        Refused::Overloaded,
        Refused::ShuttingDown,
        Refused::Role,
        Refused::Other,
    ] {
        let bytes = node.encode(Err(refused));
        assert_eq!(Hello::decode(&bytes), Ok((node, Err(refused))));
        golden.0.push((format!("hello.refused.{refused:?}"), bytes.to_vec()));
    }
}

#[test]
fn every_variant_has_its_golden_bytes() {
    let mut golden = Golden::default();
    requests(&mut golden);
    responses(&mut golden);
    peers(&mut golden);
    frames(&mut golden);
    hellos(&mut golden);
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let lines: Vec<String> = golden.0.iter().map(|(name, bytes)| format!("{name} {}", hex(bytes))).collect();
    if std::env::var_os("QUORATE_UPDATE_GOLDEN").is_some() {
        std::fs::write(FILE, lines.join("\n") + "\n").unwrap();
    }
    let committed = std::fs::read_to_string(FILE).unwrap();
    let committed: Vec<&str> = committed.lines().collect();
    assert_eq!(lines, committed);
}
