//! Everything that decodes what the disk gives back.

use quorate_node::store::{Corruption, Identity, PeerStarts, RECORD_VERSION, decode_record, encode_record};
use quorate_protocol::{ConfigEpoch, LogId, NodeId};

const EPOCH: ConfigEpoch = ConfigEpoch(1);
/// The version of the identity's and the peers' format.
const VERSION: u16 = 1;

/// The seal as `docs/formats.md` has it, written a second time: any body under a sum that matches, so that what is
/// behind the sum is reached too.
fn sealed(version: u16, key: &[u8], body: &[u8]) -> Vec<u8> {
    let mut bytes = [&b"QR"[..], &version.to_le_bytes(), &EPOCH.0.to_le_bytes()].concat();
    let length = u32::try_from(key.len()).expect("a short key").to_le_bytes();
    let sum =
        [&length[..], key, body].iter().fold(crc32c::crc32c(&bytes), |sum, part| crc32c::crc32c_append(sum, part));
    bytes.extend_from_slice(&sum.to_le_bytes());
    bytes.extend_from_slice(body);
    bytes
}

/// The same bytes with one bit changed, and their beginning without the end; where is drawn from the bytes.
fn damaged(bytes: &[u8]) -> [Vec<u8>; 2] {
    let at = usize::try_from(crc32c::crc32c(bytes)).unwrap_or(0);
    let mut flipped = bytes.to_vec();
    if let Some(byte) = flipped.get_mut((at / 8) % bytes.len().max(1)) {
        *byte ^= 1 << (at % 8);
    }
    let torn = bytes.iter().copied().take(at % bytes.len().max(1)).collect();
    [flipped, torn]
}

/// A log's record, as it is and as a body under a seal. What decodes is a record that passes its check, and encodes to
/// bytes that decode to it; damaged, it is corrupt, never another record.
pub(super) fn record(data: &[u8]) {
    let log = LogId::of_key("tea");
    let own = sealed(RECORD_VERSION, &log.to_store_key(), data);
    for bytes in [data, &own] {
        match decode_record(EPOCH, &log, bytes) {
            Ok(record) => {
                assert_eq!(record.check(), Ok(()));
                let again = encode_record(EPOCH, &log, &record);
                assert_eq!(decode_record(EPOCH, &log, &again), Ok(record));
            }
            Err(error) if bytes == own => {
                assert!(matches!(error, Corruption::Body | Corruption::Invariant(_)), "{error}");
            }
            Err(_) => {}
        }
    }
    for bytes in damaged(&own) {
        assert!(decode_record(EPOCH, &log, &bytes).is_err(), "damage passes for a record: {bytes:?}");
    }
    assert!(decode_record(EPOCH, &LogId::of_key("te"), &own).is_err(), "another key's bytes pass for a record");
}

/// Whose data a directory holds.
pub(super) fn identity(data: &[u8]) {
    let own = sealed(VERSION, b"identity", data);
    for bytes in [data, &own] {
        if let Ok(identity) = Identity::decode(bytes) {
            assert_eq!(identity.encode(), bytes, "one identity has one form");
        }
    }
    for bytes in damaged(&own) {
        assert!(Identity::decode(&bytes).is_err(), "damage passes for an identity: {bytes:?}");
    }
}

/// The highest start seen of a peer. The first byte says how long the key is, which comes first.
pub(super) fn peers(data: &[u8]) {
    let (length, rest) = data.split_first().map_or((0, data), |(length, rest)| (usize::from(*length), rest));
    let (key, body) = rest.split_at(length.min(rest.len()));
    let own_key = PeerStarts::key(NodeId(2));
    for key in [key, &own_key] {
        let own = sealed(VERSION, key, body);
        for bytes in [body, &own] {
            if let Ok((node, incarnation)) = PeerStarts::decode(key, bytes) {
                assert_eq!(PeerStarts::key(node), key);
                let again = PeerStarts::encode(EPOCH, node, incarnation);
                assert_eq!(PeerStarts::decode(key, &again), Ok((node, incarnation)));
            }
        }
        for bytes in damaged(&own) {
            assert!(PeerStarts::decode(key, &bytes).is_err(), "damage passes for a start: {bytes:?}");
        }
    }
}
