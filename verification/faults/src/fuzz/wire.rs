//! Everything that decodes what came over a socket.

use quorate_client::wire::{
    Hello, KvRequest, KvResponse, PeerRequest, PeerResponse, Refusal,
    codec::{decode, decode_message, encode},
    envelope_bytes_max,
    hello::{HELLO_BYTES, MAGIC, VERSION_MAX, VERSION_MIN},
    rpc::{KvCall, KvReturn, PeerCall, PeerReturn},
};
use quorate_protocol::{Incarnation, NodeId};
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Debug;
use tarpc::Response;

/// What decodes, encodes; and what it encodes to is the same value again. (Not the same bytes: the varints of the format
/// are not the shortest ones only.)
fn round_trip<T: Serialize + DeserializeOwned + PartialEq + Debug>(data: &[u8]) -> Option<T> {
    let value = decode::<T>(data).ok()?;
    let bytes = encode(&value).expect("every value of the wire encodes");
    assert_eq!(decode::<T>(&bytes).ok().as_ref(), Some(&value), "{bytes:?}");
    Some(value)
}

/// A client's request, bare and in tarpc's message.
pub(super) fn request(data: &[u8]) {
    drop(decode_message::<KvCall>(data));
    if let Some(KvRequest::V1 { request, .. }) = round_trip::<KvRequest>(data) {
        let _ = request.check_limits();
    }
}

/// A node's answer to a client, bare and in tarpc's message, and that to a peer.
pub(super) fn response(data: &[u8]) {
    drop(decode::<Response<KvReturn>>(data));
    drop(decode::<Response<PeerReturn>>(data));
    round_trip::<Result<KvResponse, Refusal>>(data);
    round_trip::<PeerResponse>(data);
}

/// What a replica delivers to another.
pub(super) fn peer(data: &[u8]) {
    drop(decode_message::<PeerCall>(data));
    let Some(PeerRequest::V1(envelopes)) = round_trip::<PeerRequest>(data) else { return };
    for envelope in envelopes {
        let bytes = encode(&envelope).expect("every value of the wire encodes");
        assert!(bytes.len() <= envelope_bytes_max(&envelope), "{} bytes: {envelope:?}", bytes.len());
        let _ = envelope.message.validate();
    }
}

/// The first bytes of a connection, as they are and with the magic before them.
pub(super) fn hello(data: &[u8]) {
    let with_magic = [&MAGIC, data].concat();
    for bytes in [data, &with_magic].into_iter().filter_map(<[u8]>::first_chunk::<HELLO_BYTES>) {
        let Ok((hello, verdict)) = Hello::decode(bytes) else { continue };
        let again = hello.encode(verdict);
        assert_eq!(Hello::decode(&again), Ok((hello, verdict)));
        // A verdict that this version does not know becomes 255; every other byte comes back as it was.
        assert!(again.iter().zip(bytes).enumerate().all(|(at, (one, two))| one == two || at == 9));
        let ours = Hello::node(hello.cluster, NodeId(1), Incarnation(1), hello.epoch);
        if ours.admit(&hello).is_ok() {
            assert!(hello.node != ours.node && hello.version_min <= VERSION_MAX && hello.version_max >= VERSION_MIN);
        }
        let _ = Hello::client(hello.cluster).trust(&hello);
    }
}
