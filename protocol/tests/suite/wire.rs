//! What the codecs that derive on these types let in. With the feature `serde`, which every build of the node has.

use crate::support::*;
use quorate_protocol::{BATCH_MAX, Entry, WINDOW_MAX};

fn with_window(length: usize) -> Entry {
    let one = (*entry(B, 1, 1, "x")).clone();
    let requests = (0..length).map(|at| {
        let position = u16::try_from(at).unwrap();
        quorate_protocol::Recorded { version: version(1, position), ..one.requests[0] }
    });
    Entry { requests: requests.collect(), ..one.clone() }
}

/// Bytes of a frame must not become many times as much memory: a window from outside is as long as one of ours, at most.
#[test]
fn a_window_is_decoded_up_to_its_bound_and_no_further() {
    let longest = WINDOW_MAX + BATCH_MAX;
    for length in [0, 1, 2, BATCH_MAX, longest - 1, longest, longest + 1, 4 * longest] {
        let entry = with_window(length);
        let bytes = postcard::to_allocvec(&entry).unwrap();
        let decoded = postcard::from_bytes::<Entry>(&bytes);
        if length <= longest {
            assert_eq!(decoded, Ok(entry), "{length}");
        } else {
            assert!(decoded.is_err(), "{length}");
        }
    }
}
