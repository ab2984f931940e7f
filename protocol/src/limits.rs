//! Every bound of the core, with its unit. `docs/limits.md` lists them for users.

/// Voters of one configuration.
pub const VOTERS_MAX: usize = 9;
/// Bytes of a key, at least 1.
pub const KEY_BYTES_MAX: usize = 480;
/// Bytes of a value, from 0.
pub const VALUE_BYTES_MAX: usize = 1 << 20;
/// Requests that share one slot.
pub const BATCH_MAX: usize = 64;
/// Earlier request ids that an entry keeps beside its own.
pub const WINDOW_MAX: usize = 64;
/// Requests that wait for one key at one replica.
pub const WAITING_MAX: usize = 1024;
/// Prepares that one replica spends on the requests waiting for a key before it gives them up (P17).
pub const PREPARES_MAX: u8 = 16;
/// A ballot more than this many rounds above what a replica has seen is refused: one message with the
/// greatest round would otherwise wedge its slot for ever.
pub const ROUND_JUMP_MAX: u32 = 1 << 16;
/// No slot reaches this; a message that names one is refused.
pub const SLOT_MAX: u64 = 1 << 62;
/// Keys of which a session remembers what it has seen.
pub const SEEN_KEYS_MAX: usize = 64;
/// Bytes of those keys, all together.
pub const SEEN_BYTES_MAX: usize = 2048;
