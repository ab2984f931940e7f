//! The library people embed to use Quorate, and the wire that both ends of a connection speak.
//!
//! [`Client`] finds a cluster from a few seeds and offers linearizable operations on keys. Keys are 1 to
//! [`KEY_BYTES_MAX`] bytes, values up to [`VALUE_BYTES_MAX`]. Every operation ends by its deadline, in one
//! of three ways: with its outcome, with an error that says it was not applied, or, for a write, with
//! [`Error::Unknown`] and a token by which [`Client::resolve`] finds out later.
//!
//! ```no_run
//! use quorate_client::Client;
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), quorate_client::Error> {
//!     let client = Client::connect("127.0.0.1:7401,127.0.0.1:7402,127.0.0.1:7403").await?;
//!     client.put("greeting", "hello").await?;
//!     println!("{:?}", client.get("greeting").await?);
//!     Ok(())
//! }
//! ```
//!
//! The library installs no tracing subscriber and needs no multi-threaded runtime.
#![forbid(unsafe_code)]

mod answer;
mod bases;
mod builder;
mod client;
#[cfg(doctest)]
mod doc_tests;
mod environment;
mod error;
mod operation;
pub mod placement;
mod pool;
mod report;
mod session;
mod stats;
mod token;
pub mod wire;

pub use answer::{CasOutcome, DeleteOutcome, IncrementOutcome, Negative, Resolution, Versioned};
pub use builder::ClientBuilder;
pub use client::Client;
pub use error::{Error, Outcome, ReplicaError, ReplicaFailure};
pub use operation::{Cas, Delete, Get, Increment, Put, Resolve};
pub use quorate_protocol::{Expect, KEY_BYTES_MAX, NodeId, Slot, VALUE_BYTES_MAX, Version};
pub use report::NodeReport;
pub use stats::Stats;
pub use token::{NotToken, RequestToken};
pub use wire::ClusterId;

pub use bytes::Bytes;
