//! The server: one port for peers and clients, one sender for each peer, the admin port.
//!
//! Nothing here decides anything about safety. A connection's task turns frames into calls of the
//! [engine](crate::engine) and answers back into frames; a read is answered on that very task. Work that has to survive
//! its caller lives in the engine, so a dropped call drops nothing but the waiting.

mod backend;
mod deliver;
mod kv;
mod listener;
mod logging;
mod metrics;
mod node;
mod notices;
mod peers;
mod report;
mod sender;
mod shared;
mod slow;
mod traced;

pub use logging::{Logging, SpanLayer, check_log_filter, init_logging};

pub use node::{Node, StartNodeError};
pub use slow::SLOW_OPS_MAX;
pub(crate) use traced::SPANS;
