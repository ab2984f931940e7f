//! The record format: one golden file, and no damage that passes for a record.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

mod support;

use quorate_node::store::{Corruption, RECORD_VERSION, decode_record, encode_record};
use quorate_protocol::{ConfigEpoch, LogRecord};
use support::{key, record};

const EPOCH: ConfigEpoch = ConfigEpoch(1);

fn golden() -> Vec<u8> {
    let text: String = include_str!("golden/record-v1.hex").split_whitespace().collect();
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn the_format_is_that_of_the_golden_file() {
    let bytes = encode_record(EPOCH, &key("tea"), &record());
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(bytes, golden(), "format {RECORD_VERSION} has changed; a new format needs a new version: {hex}");
    assert_eq!(decode_record(EPOCH, &key("tea"), &golden()), Ok(record()));
}

#[test]
fn every_record_comes_back_as_it_was() {
    for record in [LogRecord::default(), record(), LogRecord { accepted: None, ..record() }] {
        let bytes = encode_record(EPOCH, &key("k"), &record);
        assert_eq!(decode_record(EPOCH, &key("k"), &bytes), Ok(record));
    }
}

#[test]
fn every_flipped_bit_is_found() {
    let bytes = encode_record(EPOCH, &key("tea"), &record());
    for bit in 0..bytes.len() * 8 {
        let mut damaged = bytes.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        assert!(decode_record(EPOCH, &key("tea"), &damaged).is_err(), "bit {bit}");
    }
}

#[test]
fn every_truncation_and_every_added_byte_is_found() {
    let bytes = encode_record(EPOCH, &key("tea"), &record());
    for length in 0..bytes.len() {
        assert!(decode_record(EPOCH, &key("tea"), &bytes[..length]).is_err(), "{length} bytes");
    }
    for byte in 0..=u8::MAX {
        let longer = [&bytes[..], &[byte]].concat();
        assert_eq!(decode_record(EPOCH, &key("tea"), &longer), Err(Corruption::Checksum));
    }
}

#[test]
fn a_record_of_another_key_or_epoch_is_none() {
    let bytes = encode_record(EPOCH, &key("tea"), &record());
    assert_eq!(decode_record(EPOCH, &key("te"), &bytes), Err(Corruption::Checksum));
    assert_eq!(decode_record(2.into(), &key("tea"), &bytes), Err(Corruption::Epoch(EPOCH)));
}

#[test]
fn a_newer_version_is_named() {
    let mut bytes = encode_record(EPOCH, &key("tea"), &record());
    bytes[2] = 9;
    assert_eq!(decode_record(EPOCH, &key("tea"), &bytes), Err(Corruption::Version(9)));
}

#[test]
fn a_record_that_breaks_an_invariant_is_corrupt_though_its_checksum_holds() {
    let promised = quorate_protocol::Ballot::ZERO;
    let bytes = encode_record(EPOCH, &key("tea"), &LogRecord { promised, ..record() });
    assert!(matches!(decode_record(EPOCH, &key("tea"), &bytes), Err(Corruption::Invariant(_))));
}

#[test]
fn bytes_of_any_kind_never_panic() {
    let good = encode_record(EPOCH, &key("tea"), &record());
    quickcheck::QuickCheck::new().tests(2000).quickcheck(prop as fn(Vec<u8>, usize) -> bool);
    #[allow(clippy::needless_pass_by_value)] // quickcheck's properties own their arguments
    fn prop(noise: Vec<u8>, cut: usize) -> bool {
        let good = encode_record(EPOCH, &key("tea"), &record());
        let cut = cut % good.len();
        let mixed = [&good[..cut], &noise].concat();
        let spliced = decode_record(EPOCH, &key("tea"), &mixed);
        decode_record(EPOCH, &key("tea"), &noise).is_err() && (spliced.is_err() || mixed == good)
    }
    assert!(decode_record(EPOCH, &key("tea"), &good).is_ok());
}
