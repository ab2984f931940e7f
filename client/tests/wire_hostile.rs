//! What strangers may send: huge deadlines, garbage, other protocols, oversized frames.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test that fails shall panic.

use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use quorate_client::wire::{
    self, AcceptError, ByteStream, ClusterId, ConnectError, Hello, Kv, KvClient, KvRequest, KvRequestV1, KvResponse,
    KvResponseV1, Refusal, Refused,
    codec::{self, decode_message},
    limits::{CLIENT_FRAME_BYTES_MAX, DEADLINE_MAX},
    rpc::{KvCall, KvReturn},
};
use quorate_protocol::{ConfigEpoch, Incarnation, NodeId};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    time::{Duration, Instant},
};
use tarpc::{
    ClientMessage, Response, context, serde_transport,
    server::{BaseChannel, Channel},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_util::codec::LengthDelimitedCodec;

const CLUSTER: ClusterId = ClusterId(77);

/// A status request whose deadline is `seconds` away, byte by byte.
fn hostile(seconds: u64) -> Vec<u8> {
    let request = KvRequest::v1(ConfigEpoch(0), KvRequestV1::Status);
    let message = KvCall::Call { request };
    let parts = (0_u8, (seconds, 0_u32), ([0_u8; 16], 0_u64, 1_u8), 7_u64);
    let mut bytes = codec::encode(&parts).unwrap().to_vec();
    bytes.extend_from_slice(&codec::encode(&message).unwrap());
    bytes
}

fn frame(payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap();
    [&length.to_be_bytes(), payload].concat()
}

#[derive(Clone)]
struct Acks;

impl Kv for Acks {
    async fn call(self, _: context::Context, _: KvRequest) -> Result<KvResponse, Refusal> {
        Ok(KvResponse::V1(KvResponseV1::Ack))
    }
}

fn ours() -> Hello {
    Hello::node(CLUSTER, NodeId(1), Incarnation(1), ConfigEpoch(1))
}

/// A server of one connection, and what became of it.
async fn serve_one() -> (SocketAddr, JoinHandle<Result<(), AcceptError>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let served = tokio::spawn(async move {
        let (stream, _) = listener.accept().await?;
        let connection = wire::accept(stream, &ours(), |_| Ok(())).await?;
        let channel = BaseChannel::with_defaults(wire::kv_server(connection));
        channel.execute(Acks.serve()).for_each_concurrent(None, |handled| handled).await;
        Ok(())
    });
    (address, served)
}

async fn answer(stream: &mut ByteStream) -> Response<KvReturn> {
    let length = stream.read_u32().await.unwrap();
    let mut payload = vec![0; length.try_into().unwrap()];
    stream.read_exact(&mut payload).await.unwrap();
    codec::decode(&payload).unwrap()
}

/// tarpc's own way: nothing stands between the bytes and its decoder.
struct Stock;

impl<T: DeserializeOwned> tokio_serde::Deserializer<ClientMessage<T>> for Stock {
    type Error = io::Error;

    fn deserialize(self: Pin<&mut Self>, bytes: &BytesMut) -> io::Result<ClientMessage<T>> {
        postcard::from_bytes(bytes).map_err(io::Error::other)
    }
}

impl<T: Serialize> tokio_serde::Serializer<Response<T>> for Stock {
    type Error = io::Error;

    fn serialize(self: Pin<&mut Self>, response: &Response<T>) -> io::Result<Bytes> {
        codec::encode(response)
    }
}

/// Before: why the codec cuts deadlines. When tarpc stops panicking, this says so.
#[tokio::test]
async fn tarpc_alone_panics_on_huge_deadlines() {
    for seconds in [u64::MAX, 1 << 33] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let served = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let transport = serde_transport::new(LengthDelimitedCodec::builder().new_framed(stream), Stock);
            let channel = BaseChannel::with_defaults(transport);
            channel.execute(Acks.serve()).for_each_concurrent(None, |handled| handled).await;
        });
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(&frame(&hostile(seconds))).await.unwrap();
        assert!(served.await.unwrap_err().is_panic(), "{seconds} s");
    }
}

/// After: the same bytes are served.
#[tokio::test]
async fn huge_deadlines_are_cut_and_served() {
    for seconds in [0, 1, 60, 1 << 33, u64::MAX] {
        let (address, served) = serve_one().await;
        let mut stream = wire::connect(address, &Hello::client(CLUSTER)).await.unwrap().stream;
        stream.write_all(&frame(&hostile(seconds))).await.unwrap();
        if seconds > 0 {
            let response = answer(&mut stream).await;
            assert_eq!(response.request_id, 7);
            assert!(matches!(response.message, Ok(KvReturn::Call(Ok(KvResponse::V1(KvResponseV1::Ack))))));
        }
        drop(stream);
        served.await.unwrap().unwrap();
    }
    let before = Instant::now();
    let ClientMessage::Request(request) = decode_message::<KvCall>(&hostile(u64::MAX)).unwrap() else {
        panic!("it is a request")
    };
    assert!(request.context.deadline <= Instant::now() + DEADLINE_MAX);
    assert!(request.context.deadline >= before + DEADLINE_MAX);
    let mut nanoseconds = hostile(0);
    nanoseconds.splice(1..3, codec::encode(&(u64::MAX, u32::MAX)).unwrap());
    assert!(decode_message::<KvCall>(&nanoseconds).is_err(), "a duration that overflows is refused");
}

#[tokio::test]
async fn garbage_frames_end_their_connection_alone() {
    let valid = hostile(5);
    let (truncated, trailing) = (&valid[..valid.len() - 1], [&valid[..], &[0]].concat());
    for payload in [&b""[..], b"\xff\xff\xff", &[9; 64], truncated, &trailing] {
        let (address, served) = serve_one().await;
        let mut stream = wire::connect(address, &Hello::client(CLUSTER)).await.unwrap().stream;
        stream.write_all(&frame(payload)).await.unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.unwrap();
        assert!(rest.is_empty(), "no answer");
        served.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_frame_over_the_limit_is_not_waited_for() {
    let (address, served) = serve_one().await;
    let mut stream = wire::connect(address, &Hello::client(CLUSTER)).await.unwrap().stream;
    let length = u32::try_from(CLIENT_FRAME_BYTES_MAX + 1).unwrap();
    stream.write_all(&length.to_be_bytes()).await.unwrap();
    assert_eq!(stream.read(&mut [0]).await.unwrap(), 0, "closed at its header");
    served.await.unwrap().unwrap();
}

#[tokio::test]
async fn strangers_get_no_answer() {
    let (address, served) = serve_one().await;
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n").await.unwrap();
    assert!(matches!(served.await.unwrap(), Err(AcceptError::NotHello(_))));
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
    assert!(rest.is_empty());

    // The other way round: a server that is no node.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stranger = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").await.unwrap();
        stream
    });
    let refused = wire::connect(address, &Hello::client(CLUSTER)).await;
    assert!(matches!(refused, Err(ConnectError::NotHello(_))));
    drop(stranger.await.unwrap());
}

#[tokio::test]
async fn both_sides_say_why_they_refuse() {
    let peer = Hello::node(CLUSTER, NodeId(2), Incarnation(1), ConfigEpoch(1));
    let cases = [
        (Hello::client(ClusterId(78)), Refused::Cluster),
        (Hello { epoch: ConfigEpoch(2), ..Hello::client(CLUSTER) }, Refused::Epoch),
        (Hello { version_min: 2, version_max: 9, ..Hello::client(CLUSTER) }, Refused::Version),
        (Hello { node: NodeId(3), ..Hello::client(CLUSTER) }, Refused::Node),
        (Hello { cluster: ClusterId(0), ..peer }, Refused::Cluster),
        (Hello { epoch: ConfigEpoch(0), ..peer }, Refused::Epoch),
        (Hello { node: NodeId(1), ..peer }, Refused::Node),
    ];
    for (theirs, expected) in cases {
        let (address, served) = serve_one().await;
        let refused = wire::connect(address, &theirs).await;
        assert!(matches!(refused, Err(ConnectError::Refused(refused)) if refused == expected), "{theirs:?}");
        let told = served.await.unwrap();
        assert!(matches!(told, Err(AcceptError::Refused { refused, .. }) if refused == expected));
    }
    for theirs in [peer, Hello::client(CLUSTER), Hello::client(ClusterId(0))] {
        let (address, _served) = serve_one().await;
        let connection = wire::connect(address, &theirs).await.unwrap();
        assert_eq!((connection.theirs, connection.version), (ours(), 1));
    }
}

#[tokio::test]
async fn a_request_over_the_limit_fails_alone() {
    let (address, _served) = serve_one().await;
    let connection = wire::connect(address, &Hello::client(CLUSTER)).await.unwrap();
    let (client, driven): (KvClient, _) = wire::kv_client(connection);
    tokio::spawn(driven);
    let status = || KvRequest::v1(ConfigEpoch(0), KvRequestV1::Status);
    let log = quorate_protocol::LogId::of_key(vec![0; CLIENT_FRAME_BYTES_MAX]);
    let mut context = context::current();
    context.deadline = Instant::now() + Duration::from_secs(30);
    let sent = client.call(context, KvRequest::v1(ConfigEpoch(0), KvRequestV1::Slot { log })).await;
    assert!(matches!(sent, Err(tarpc::client::RpcError::Send(_))), "it does not leave: {sent:?}");
    assert_eq!(client.call(context, status()).await.unwrap(), Ok(KvResponse::V1(KvResponseV1::Ack)));
}
