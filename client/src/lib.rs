//! The library that programs embed to use Quorate, a replicated key-value store without a leader.
//!
//! # Connect
//!
//! [`Client::connect`] takes the addresses of some nodes; one that answers names the others. A client is cheap to
//! clone, and all clones share its connections. It runs within tokio, on a runtime of either kind.
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
//! # Read and write
//!
//! Keys are 1 to [`KEY_BYTES_MAX`] bytes, values up to [`VALUE_BYTES_MAX`]; text, byte strings and vectors will do,
//! owned or borrowed, and [`Bytes`], which are shared rather than copied. A value comes with its [`Version`], which grows
//! with every write of its key.
//!
//! ```no_run
//! # async fn example(client: quorate_client::Client) -> Result<(), quorate_client::Error> {
//! use quorate_client::{DeleteOutcome, IncrementOutcome};
//!
//! let version = client.put("user:7", "Ada").await?;
//! if let Some(found) = client.get("user:7").await? {
//!     assert!(found.version >= version);
//! }
//! if let IncrementOutcome::Applied { value, .. } = client.increment("visits", 1).await? {
//!     println!("visit number {value}");
//! }
//! if client.delete("user:7").await? == DeleteOutcome::Absent {
//!     println!("somebody else was faster");
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Every operation is linearizable for its key: it takes effect at one moment between its call and its answer, and
//! whatever was answered before is seen by all who call after.
//!
//! # Change what others change, too
//!
//! [`Client::cas`] sets a value if the key is as [expected](Expect): absent, at a version, or equal to a value. That
//! it is not is an answer, not an error. [`Client::update`] makes a loop of it.
//!
//! ```no_run
//! # async fn example(client: quorate_client::Client) -> Result<(), quorate_client::Error> {
//! use quorate_client::{CasOutcome, Expect};
//!
//! match client.cas("owner", Expect::Absent, "me").await? {
//!     CasOutcome::Applied(version) => println!("mine, as of {version}"),
//!     CasOutcome::Mismatch(version) => println!("it has one, as of {version:?}"),
//! }
//! client.update("guests", |found| Some([found.unwrap_or_default(), b"Ada\n"].concat())).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # When it fails
//!
//! Every call ends by its deadline: five seconds, unless [`ClientBuilder::timeout`] or the operation's own `timeout`
//! says otherwise. Until then the client tries one replica after the other by itself; you need no loop around it for
//! a node that is down. What is left is an [`Error`], and [`Error::outcome`] says the one thing that matters:
//!
//! - [`Outcome::NotApplied`]: it surely was not applied and will not be. If [`Error::is_retryable`], the same call may
//!   succeed later.
//! - [`Outcome::Unknown`]: a write was sent, and its answer did not come. It may have been applied, or may be yet, once
//!   at most. **Do not just send it again**: that is a second write. Ask [`Client::resolve`] what became of it. If it
//!   was not applied, resolving closes it, so that afterwards it may safely be made again. The [token](RequestToken)
//!   prints and parses, so it can be kept, and any client may resolve it.
//!
//! ```no_run
//! # async fn example(client: quorate_client::Client) -> Result<(), quorate_client::Error> {
//! use quorate_client::{Outcome, Resolution};
//! use std::time::Duration;
//!
//! if let Err(error) = client.increment("orders", 1).timeout(Duration::from_millis(500)).await {
//!     match error.outcome() {
//!         Outcome::NotApplied => println!("not counted: {error}"),
//!         Outcome::Unknown(token) => match client.resolve("orders", token).await? {
//!             Resolution::Applied { counter, .. } => println!("counted: {counter:?}"),
//!             Resolution::Refused(why) => println!("not counted, for good: {why:?}"),
//!             Resolution::NotApplied => println!("not counted, for good: it may be counted again"),
//!             Resolution::Open => println!("nobody can tell yet: ask again, {token}"),
//!             Resolution::Forgotten => println!("the key has moved on too far for anybody to tell"),
//!         },
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! A read has no such question: it leaves no trace, and [`Error::Unavailable`] means that no majority answered in
//! time. It never returns an older value instead.
//!
//! Dropping the future of a read is safe. A write whose future is dropped is as unknown as one without an answer, and
//! its token is gone with it: give it a timeout rather than drop it.
//!
//! # Many at a time
//!
//! Operations need only `&Client`, so any number may be under way at once. [`Client::batch`] sends many under one
//! deadline and returns a result for each; it is no transaction.
//!
//! ```no_run
//! # async fn example(client: quorate_client::Client) -> Result<(), quorate_client::Error> {
//! let users = (0..100).map(|user| format!("user:{user}"));
//! for found in client.batch().gets(users).await? {
//!     println!("{:?}", found?);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Fresh enough
//!
//! A read may ask for less than the newest value, and be answered by one replica: [`Consistency`]. A [`Session`] never
//! unsees what it has seen, across keys; its token hands that on, to another process too.
//!
//! ```no_run
//! # async fn example(client: quorate_client::Client) -> Result<(), quorate_client::Error> {
//! use quorate_client::{Consistency, Session};
//!
//! let session = client.session();
//! session.put("profile:7", "new picture").await?;
//! let elsewhere = Session::from_token(&client, &session.token())?;
//! println!("{:?}", elsewhere.get("profile:7").await?); // The new picture, or a newer one.
//! println!("{:?}", client.get("menu").consistency(Consistency::Eventual).await?);
//! # Ok(())
//! # }
//! ```
//!
//! # Built upon it
//!
//! [`recipes`] has what people build on such a store: a [lock with fencing tokens](recipes::FencedLock),
//! [leader election](recipes::Election), a [counter](recipes::Counter), [work that is done once](recipes::IdempotencyStore).
//! Each is explored by a model, in every order of lost answers and crashes.
//!
//! Programs without async have `blocking::Client`, behind the feature `blocking`.
//!
//! # Test what you build
//!
//! Behind the feature `testing`, `testing::Cluster` is a cluster within the process: the shipped driver, wire and
//! client, with nodes to kill, freeze and cut off, and with virtual time. What your program does when an outcome is
//! unknown is a test of a few lines there, and of no real seconds.
//!
//! # In your tests
//!
//! Behind the feature `testing`, `testing::Cluster` is a cluster within the process: nodes that run the shipped driver,
//! killed, frozen and partitioned as you say, in virtual time, and the same again for the same seed. Behind `history`,
//! `history::Recorder` keeps what a client saw, so that it can be judged.
//!
//! # Limits, and what to look at
//!
//! All bounds are constants here ([`KEY_BYTES_MAX`], [`VALUE_BYTES_MAX`], [`BATCH_OPERATIONS_MAX`], …) and are listed in
//! `docs/limits.md`. [`Client::stats`] counts what a client has done, retries and unknown outcomes among it;
//! [`Client::status`] asks every node how it is, [`Client::inspect`] what each holds for a key. [`Error::replicas`] says
//! what each replica failed with.
//!
//! There are no transactions across keys, no scans, no watches and no expiry.
//!
//! The library installs no tracing subscriber and needs no multi-threaded runtime. [`wire`] and [`placement`] are for
//! those who build the other end of a connection.
#![forbid(unsafe_code)]

mod answer;
mod bases;
mod batch;
#[cfg(feature = "blocking")]
pub mod blocking;
mod builder;
mod client;
mod consistency;
#[cfg(doctest)]
mod doc_tests;
mod environment;
mod error;
pub mod explain;
mod handle;
#[cfg(feature = "history")]
pub mod history;
mod inner;
mod into_bytes;
#[cfg(test)]
mod models;
mod operation;
pub mod placement;
mod pool;
pub mod recipes;
mod refresh;
mod report;
mod session_token;
mod stats;
#[cfg(feature = "testing")]
pub mod testing;
mod token;
mod update;
pub mod wire;

pub use answer::{CasOutcome, DeleteOutcome, IncrementOutcome, Negative, Resolution, Versioned};
pub use batch::{BATCH_BYTES_MAX, BATCH_IN_FLIGHT_MAX, BATCH_OPERATIONS_MAX, Batch, BatchAnswer};
pub use builder::ClientBuilder;
pub use client::Client;
pub use consistency::{Consistency, NotConsistency};
pub use error::{Error, Outcome, ReplicaError, ReplicaFailure};
pub use handle::Session;
pub use into_bytes::IntoBytes;
pub use operation::{Cas, Delete, Get, Increment, Put, Resolve};
pub use quorate_protocol::{
    Expect, KEY_BYTES_MAX, NodeId, SEEN_BYTES_MAX, SEEN_KEYS_MAX, SeenAhead, Slot, VALUE_BYTES_MAX, Version,
};
pub use report::NodeReport;
pub use session_token::{ForeignToken, NotSessionToken, SESSION_TOKEN_BYTES_MAX, SessionToken};
pub use stats::Stats;
pub use token::{NotToken, RequestToken};
pub use update::{UPDATE_ATTEMPTS, Update, UpdateOutcome, Value};
pub use wire::ClusterId;

pub use bytes::Bytes;
