//! The hash of bytes: that of their words, the last filled up with zeros.
#![allow(clippy::indexing_slicing)]

use quorate_history::fold::Fold;
use std::hash::Hasher;

#[test]
fn bytes_hash_as_the_words_they_are() {
    let bytes: Vec<u8> = (1..=40).collect();
    for length in 0..=bytes.len() {
        let bytes = &bytes[..length];
        let (mut whole, mut words) = (Fold::default(), Fold::default());
        whole.write(bytes);
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            words.write_u64(u64::from_le_bytes(word));
        }
        assert_eq!(whole.finish(), words.finish(), "{length} bytes");
    }
}
