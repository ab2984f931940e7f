//! What people build on a store of keys, built and checked: a lock, an election, a counter, work that is done
//! once.
//!
//! | you want | use |
//! |---|---|
//! | one at a time, and to stop one that was overtaken | [`FencedLock`], with [`FencedValue`] or a destination of your own that checks [`Fence`]s |
//! | one leader, and everybody to know who | [`Election`] |
//! | a number that many add to | [`Counter`] |
//! | a request that arrives twice to be performed once | [`IdempotencyStore`] |
//! | anything else that changes one key as a function of what it holds | [`Client::update`](crate::Client::update) |
//!
//! They all use plain reads, compare-and-sets and increments on keys of their own, and need nothing of the
//! cluster. Each step is a function of what the key holds, without I/O, driven by the loop of
//! [`Client::update`](crate::Client::update): an unknown outcome is resolved before anything else is tried, and
//! attempts are bounded by [`UPDATE_ATTEMPTS`](crate::UPDATE_ATTEMPTS) and by the timeout of the recipe (at first
//! the client's). The crate's tests explore these same functions and this same loop, with lost answers, crashes
//! and takeovers in every order, and with wrong variants that must be caught.
//!
//! **No clocks.** The store has no leases and no expiry, so nothing here runs out. Where somebody may have died
//! in the middle, whoever calls `take_over` or `depose` decides that, and fences keep a wrong decision harmless.
//!
//! **Errors.** That somebody else has the lock is an outcome; [`RecipeError`] is for the rest. When a step ends
//! with [`Error::Unknown`](crate::Error::Unknown), or its future is dropped, it may have been taken; each says
//! how to go on.
//!
//! **Bytes.** A value begins with a letter for its recipe and the version of its format. A key that holds
//! something else is [`RecipeError::Foreign`], and is left as it is. A counter is the decimal text that
//! [`Client::increment`](crate::Client::increment) keeps.

mod counter;
mod election;
mod encoding;
mod error;
mod fence;
mod fenced;
mod idempotency;
mod lock;
mod place;
mod tenure;

pub use counter::Counter;
pub use election::{Campaign, Election, Leadership, Term};
pub use error::{Foreign, RecipeError};
pub use fence::Fence;
pub use fenced::{FencedValue, FencedWrite};
pub use idempotency::{Begin, Claim, Claimed, Completion, IdempotencyStore};
pub use lock::{FencedLock, LockGuard, LockOutcome};
pub use tenure::{Holder, Standing};

use crate::VALUE_BYTES_MAX;

/// Bytes of the name of an owner or a candidate.
pub const NAME_BYTES_MAX: usize = 256;
/// Bytes of a recorded result and of a fenced value: what is left of a value beside the recipe's own.
pub const RESULT_BYTES_MAX: usize = VALUE_BYTES_MAX - encoding::OVERHEAD_MAX;

/// The steps as the models run them.
#[cfg(test)]
pub(crate) mod decisions {
    pub(crate) use super::{
        encoding::Kind,
        fenced::{decode as decode_fenced, encode as encode_fenced, write as write_fenced},
        idempotency::record::{Begun, Found, Record, begin, complete, found, give_up, take_over as take_over_work},
        tenure::decide::{acquire, beat, release, standing, take_over},
        tenure::state::{State, holder},
    };
}
