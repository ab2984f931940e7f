//! Strangers, half-open connections and hostile frames: they get nothing, and nobody else notices.

use crate::cluster::Cluster;
use quorate_client::wire::hello::HELLO_BYTES;
use quorate_client::wire::{ClusterId, Hello, Refused};
use quorate_protocol::{ConfigEpoch, Incarnation, NodeId};
use std::io::{Read, Write};
use std::net::TcpStream;

fn connect(cluster: &Cluster, node: u16) -> TcpStream {
    TcpStream::connect(cluster.address(node)).unwrap()
}

/// Says a hello; the stream, and what the node answered.
fn greet(cluster: &Cluster, node: u16, hello: &Hello) -> (TcpStream, Result<(), Refused>) {
    let mut stream = connect(cluster, node);
    stream.write_all(&hello.encode(Ok(()))).unwrap();
    let mut answer = [0; HELLO_BYTES];
    stream.read_exact(&mut answer).unwrap();
    (stream, Hello::decode(&answer).unwrap().1)
}

fn id(cluster: &Cluster) -> ClusterId {
    cluster.id.parse().unwrap()
}

#[test]
fn garbage_and_half_open_connections_disturb_nobody() {
    let mut cluster = Cluster::start("garbage");
    cluster.expect(0, &["put", "tea", "green"]);
    let mut held = Vec::new();
    let client = Hello::client(ClusterId(0));
    for node in 1..=3 {
        for _ in 0..20 {
            held.push(connect(&cluster, node));
            let (mut halfway, verdict) = greet(&cluster, node, &client);
            assert_eq!(verdict, Ok(()));
            halfway.write_all(&[0, 0, 1, 0, 7]).unwrap();
            held.push(halfway);
        }
        for garbage in frames() {
            let (mut stream, _) = greet(&cluster, node, &client);
            let _ = stream.write_all(&garbage);
            held.push(stream);
        }
        let mut probe = connect(&cluster, node);
        probe.write_all(b"GET / HTTP/1.1\r\nHost: somewhere-with-a-name\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        let _ = probe.read_to_end(&mut answer);
        assert!(answer.is_empty(), "a stranger gets no answer");
    }
    assert_eq!(cluster.expect(0, &["get", "tea"]), "green");
    cluster.expect(0, &["put", "tea", "black"]);
    assert_eq!(cluster.expect(0, &["get", "tea"]), "black");
    assert!((1..=3).all(|node| cluster.runs(node)));
    let log = std::fs::read_to_string(cluster.directory.join("node1.log")).unwrap();
    assert!(!log.contains("panicked"), "{log}");
}

/// Frames that no client sends: too long, empty, cut short, noise, and a deadline of 2^64 seconds.
fn frames() -> Vec<Vec<u8>> {
    let framed = |body: &[u8]| [&u32::try_from(body.len()).unwrap().to_be_bytes()[..], body].concat();
    let noise: Vec<u8> = (0..4096u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let mut endless = vec![0];
    endless.extend([0xff; 9]);
    endless.push(0x01);
    endless.extend([0; 64]);
    let mut many = vec![0; 40];
    many.extend([0xff; 9]);
    vec![
        vec![0xff; 4],
        framed(&[]),
        framed(&[0]),
        framed(&[0xff; 64]),
        framed(&noise),
        noise,
        framed(&endless),
        framed(&many),
    ]
}

#[test]
fn hellos_are_refused_with_their_reason() {
    let mut cluster = Cluster::start("hellos");
    let (ours, one) = (id(&cluster), ConfigEpoch(1));
    let peer = |node, start| Hello::node(ours, NodeId(node), Incarnation(start), one);
    let refusals = [
        (Hello::client(ClusterId(ours.0 ^ 1)), Refused::Cluster),
        (Hello::node(ClusterId(ours.0 ^ 1), NodeId(2), Incarnation(9), one), Refused::Cluster),
        (Hello::node(ours, NodeId(2), Incarnation(9), ConfigEpoch(2)), Refused::Epoch),
        (peer(9, 1), Refused::Node),
        (peer(1, 9), Refused::Node),
        (peer(2, 0), Refused::Incarnation),
        (Hello { version_min: 7, version_max: 9, ..Hello::client(ours) }, Refused::Version),
    ];
    for (hello, refused) in refusals {
        assert_eq!(greet(&cluster, 1, &hello).1, Err(refused), "{hello:?}");
    }
    // Node 2 starts again. Its first start has been heard of by nobody who would take it back.
    assert!(cluster.stop_node(2).success());
    cluster.start_node(2, &[]);
    cluster.wait_ready(2);
    cluster.expect(0, &["put", "tea", "green"]);
    assert_eq!(greet(&cluster, 1, &peer(2, 1)).1, Err(Refused::Incarnation));
    // Node 1 starts again, and remembers.
    assert!(cluster.stop_node(1).success());
    cluster.start_node(1, &[]);
    assert_eq!(greet(&cluster, 1, &peer(2, 1)).1, Err(Refused::Incarnation));
    cluster.expect(0, &["put", "tea", "black"]);
}

#[test]
fn connections_are_bounded() {
    let mut cluster = Cluster::init("connections");
    (1..=3).for_each(|node| cluster.start_node(node, &["--connections", "4"]));
    (1..=3).for_each(|node| cluster.wait_ready(node));
    let client = Hello::client(ClusterId(0));
    let mut held = Vec::new();
    let refused = loop {
        match greet(&cluster, 1, &client) {
            (stream, Ok(())) => held.push(stream),
            (_, Err(refused)) => break refused,
        }
        assert!(held.len() <= 4);
    };
    assert_eq!(refused, Refused::Overloaded);
    // The other two nodes still serve, and peers are not shut out.
    cluster.expect(0, &["put", "tea", "green"]);
    assert!(cluster.http(1, "/readyz").contains(" 200 OK"));
}

#[test]
fn silence_is_not_waited_for() {
    let mut cluster = Cluster::init("silence");
    cluster.start_node(1, &["--idle-timeout-ms", "100", "--handshake-timeout-ms", "100"]);
    let mut mute = connect(&cluster, 1);
    let (mut idle, verdict) = greet(&cluster, 1, &Hello::client(ClusterId(0)));
    assert_eq!(verdict, Ok(()));
    let mut rest = Vec::new();
    // The node hangs up on both; this would not return otherwise.
    assert_eq!(mute.read_to_end(&mut rest).unwrap(), 0);
    assert_eq!(idle.read_to_end(&mut rest).unwrap(), 0);
}
