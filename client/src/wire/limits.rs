//! Every bound of the wire, with its unit. The bounds of keys, values and batches are the core's own
//! ([`quorate_protocol`]). `docs/limits.md` lists them all for users.

use quorate_protocol::VALUE_BYTES_MAX;
use std::time::Duration;

/// Bytes of one frame between a client and a node. The largest carry two values: a reply to a read of an
/// open slot, a compare-and-set by value, an inspection.
pub const CLIENT_FRAME_BYTES_MAX: usize = 2 * VALUE_BYTES_MAX + 64 * 1024;
/// Bytes of one frame between two replicas. One message carries three entries at most.
pub const PEER_FRAME_BYTES_MAX: usize = 8 * VALUE_BYTES_MAX;
/// Envelopes in one frame. A small one takes a few dozen bytes on the wire and some hundreds in memory.
pub const ENVELOPES_MAX: usize = 4096;
/// Bytes of envelopes that a sender packs into one frame, by [`envelope_bytes_max`](super::envelope_bytes_max);
/// a frame with a single envelope may be larger, and always fits in [`PEER_FRAME_BYTES_MAX`].
pub const ENVELOPE_BYTES_TARGET: usize = 4 * VALUE_BYTES_MAX;
/// Requests under way on one client's connection. A node refuses more with
/// [`Refusal::Overloaded`](super::Refusal::Overloaded); the client library queues them.
pub const CLIENT_IN_FLIGHT_MAX: usize = 1024;
/// Deliveries under way on one peer's connection.
pub const PEER_IN_FLIGHT_MAX: usize = 64;
/// Connections that a node holds from each other replica. Two, so that a new one can replace a dead one.
pub const PEER_CONNECTIONS_MAX: usize = 2;
/// A request's deadline is cut to this when it is decoded: tarpc panics on one that its clock cannot hold.
pub const DEADLINE_MAX: Duration = Duration::from_secs(60);
/// How long either side waits for the other's hello.
pub const HELLO_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a connection may take to be established, hello included.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Corrupt logs that a status lists by name; it counts them all.
pub const CORRUPT_LISTED_MAX: usize = 64;
/// Counters in a status.
pub const COUNTERS_MAX: usize = 256;
