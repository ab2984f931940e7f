//! Spans of one request, from several nodes: real processes, each with a collector of its own.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

#[allow(dead_code, reason = "the tests of processes use all of it")]
#[path = "processes/cluster.rs"]
mod cluster;

use cluster::Cluster;
use quorate_client::wire::{self, ClusterId, Hello, KvRequest, KvRequestV1, KvResponse, KvResponseV1};
use quorate_protocol::{ConfigEpoch, LogId, Operation, Reply, Request, RequestId, Slot};
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tarpc::{context, trace::SamplingDecision};

/// A collector that keeps what it is sent. Its thread ends with the test program.
#[derive(Clone)]
struct Collector {
    endpoint: String,
    taken: Arc<Mutex<Vec<u8>>>,
}

impl Collector {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let taken = Arc::new(Mutex::new(Vec::new()));
        let keep = Arc::clone(&taken);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let keep = Arc::clone(&keep);
                std::thread::spawn(move || take(stream.unwrap(), &keep));
            }
        });
        Self { endpoint, taken }
    }

    /// The traces of all spans so far: in the wire's format a span begins with its trace and its own id, as fields 1 and
    /// 2, of 16 and 8 bytes.
    fn traces(&self) -> BTreeSet<u128> {
        let taken = self.taken.lock().unwrap();
        let spans = taken.windows(28).filter(|w| w[..2] == [0x0a, 16] && w[18..20] == [0x12, 8]);
        spans.map(|span| u128::from_be_bytes(span[2..18].try_into().unwrap())).collect()
    }
}

/// Serves requests of one connection until it ends.
fn take(mut stream: TcpStream, keep: &Mutex<Vec<u8>>) {
    let (mut read, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let head = read.windows(4).position(|end| end == b"\r\n\r\n").map(|at| at + 4);
        let length = head.map(|head| {
            let words = String::from_utf8_lossy(&read[..head]).to_lowercase();
            assert!(words.starts_with("post /v1/traces http/1.1"), "{words}");
            let length = words.split("content-length:").nth(1).unwrap().lines().next().unwrap().trim().to_owned();
            head + length.parse::<usize>().unwrap()
        });
        if let (Some(head), Some(length)) = (head, length.filter(|length| read.len() >= *length)) {
            keep.lock().unwrap().extend(&read[head..length]);
            read.drain(..length);
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
            continue;
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return,
            Ok(count) => read.extend(&buffer[..count]),
        }
    }
}

/// Three nodes, each with its collector.
fn start(name: &str, share: &str) -> (Cluster, [Collector; 3]) {
    let mut cluster = Cluster::init(name);
    let collectors = [(); 3].map(|()| Collector::start());
    for (node, collector) in (1..).zip(&collectors) {
        cluster.start_node(node, &["--otlp-endpoint", &collector.endpoint, "--otlp-share", share]);
    }
    (1..=3).for_each(|node| cluster.wait_ready(node));
    (cluster, collectors)
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..600 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("it did not come to this: {what}");
}

/// Writes a key at the first node, as a client that is in a trace.
async fn write(cluster: &Cluster, sequence: u64, trace: u128, sampled: SamplingDecision) {
    let id = ClusterId(u128::from_str_radix(&cluster.id, 16).unwrap());
    let address = format!("127.0.0.1:{}", cluster.base_port + 1);
    let connection = wire::connect(address, &Hello::client(id)).await.unwrap();
    let (client, dispatch) = wire::kv_client(connection);
    tokio::spawn(dispatch);
    let mut context = context::current();
    context.trace_context.trace_id = trace.into();
    context.trace_context.span_id = 5.into();
    context.trace_context.sampling_decision = sampled;
    let request = Request::first(RequestId::new(77, sequence), Slot::ZERO, Operation::Put("v".into()));
    let request = KvRequestV1::Write { log: LogId::of_key(format!("key{sequence}")), request };
    let answer = client.call(context, KvRequest::v1(ConfigEpoch(1), request)).await.unwrap();
    assert!(matches!(answer, Ok(KvResponse::V1(KvResponseV1::Written(Reply::Recorded(_))))), "{answer:?}");
}

#[tokio::test]
async fn a_write_that_its_client_traces_is_one_trace_at_the_node_and_at_its_peers() {
    let (cluster, collectors) = start("otlp-write", "0");
    let (traced, other) = (0x0102_0304_0506_0708_090a_0b0c_0d0e_0f10, 0x99);
    write(&cluster, 1, other, SamplingDecision::Unsampled).await;
    write(&cluster, 2, traced, SamplingDecision::Sampled).await;
    until("each node has sent a span of the traced write", || {
        collectors.iter().all(|collector| collector.traces().contains(&traced))
    });
    let all: BTreeSet<u128> = collectors.iter().flat_map(Collector::traces).collect();
    assert_eq!(all, BTreeSet::from([traced]), "nothing that no client traces: requests, heartbeats, other frames");
    let taken = String::from_utf8_lossy(&collectors[0].taken.lock().unwrap()).into_owned();
    for word in ["quorate", "service.instance.id", "answer", "quorate.operation", "put", "quorate.outcome", "ok"] {
        assert!(taken.contains(word), "{word}");
    }
    assert!(!taken.contains("key2"), "no span shows a key");
}

#[test]
fn a_share_of_what_no_client_traces_is_the_same_share_at_every_node() {
    let (cluster, collectors) = start("otlp-share", "1");
    cluster.expect(0, &["put", "tea", "green"]);
    (0..4).for_each(|_| drop(cluster.expect(0, &["get", "tea"])));
    until("a read is one trace at two nodes", || {
        let traces = collectors.each_ref().map(Collector::traces);
        [(0, 1), (1, 2), (2, 0)].iter().any(|(a, b)| traces[*a].intersection(&traces[*b]).count() > 0)
    });
}

#[test]
fn a_collector_that_is_not_there_costs_nothing_but_spans() {
    let mut cluster = Cluster::init("otlp-away");
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let flags = ["--otlp-endpoint", &format!("http://{closed}"), "--otlp-share", "1"];
    (1..=3).for_each(|node| cluster.start_node(node, &flags));
    (1..=3).for_each(|node| cluster.wait_ready(node));
    cluster.expect(0, &["put", "tea", "green"]);
    assert_eq!(cluster.expect(0, &["get", "tea"]), "green");
    let log = cluster.directory.join("node1.log");
    until("the node says that spans were lost", || std::fs::read_to_string(&log).unwrap().contains("spans were lost"));
    assert!(cluster.stop_node(1).success());
}
