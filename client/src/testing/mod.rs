//! A cluster within the process, for tests of programs that use Quorate.
//!
//! A [`Cluster`] is no model and no mock. Each node runs the driver and the core that the `quorate` command runs; nodes
//! and clients speak the wire that they speak over TCP; a [`Client`](crate::Client) of it is the shipped client, retries
//! and connection pool included. Only what a test wants in its hands is replaced: connections are memory, disks are
//! memory that forgets at a kill what was not synced, and random numbers come from one seed.
//!
//! In a runtime whose time is paused, time is virtual: an hour of waiting takes no time, and the same seed gives the
//! same run, to the millisecond. In `Cargo.toml`:
//!
//! ```toml
//! [dev-dependencies]
//! quorate-client = { version = "0.1", features = ["testing"] }
//! tokio = { version = "1", features = ["macros", "rt", "test-util", "time"] }
//! ```
//!
//! A test of a counter of orders, through each fault:
//!
//! ```
//! use quorate_client::testing::Cluster;
//! use quorate_client::{Error, Outcome};
//! use std::time::Duration;
//!
//! #[tokio::main(flavor = "current_thread", start_paused = true)] // In a test: #[tokio::test(start_paused = true)]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let cluster = Cluster::start(3).await?;
//!     let client = cluster.client().await?;
//!     client.increment("orders", 1).await?;
//!
//!     // One node of three is lost: nobody waits for it, and it comes back with what it had synced.
//!     cluster.kill(1)?;
//!     client.increment("orders", 1).await?;
//!     cluster.start_node(1).await?;
//!
//!     // One stops without a word, as a process under SIGSTOP does.
//!     cluster.freeze(2)?;
//!     client.increment("orders", 1).await?;
//!     cluster.thaw(2)?;
//!
//!     // A client beside node 1 is cut off with it. Its write may be applied or not, and says so.
//!     let beside = cluster.client_at(1).await?;
//!     cluster.partition([&[1][..], &[2, 3]])?;
//!     let error = beside.increment("orders", 1).timeout(Duration::from_secs(30)).await.unwrap_err();
//!     let Outcome::Unknown(token) = error.outcome() else { return Err(error.into()) };
//!     assert!(matches!(beside.get("orders").await, Err(Error::Unavailable { .. })));
//!     cluster.heal();
//!
//!     // Once it can ask again, it is told which.
//!     println!("{:?}", beside.resolve("orders", token).await?);
//!     Ok(())
//! }
//! ```
//!
//! # Was it linearizable?
//!
//! A [recorder](Cluster::recorder) keeps what its client asked and was told, with the times; the judge says whether some
//! order explains all of it.
//!
//! ```
//! use quorate_client::history::{Bound, Recording, Request, check};
//! use quorate_client::testing::Cluster;
//!
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let cluster = Cluster::builder().nodes(5).seed(7).loss(0.01).start().await?;
//! let (mut one, mut other) = (cluster.recorder().await?, cluster.recorder_at(4).await?);
//! one.make("k", Request::Put("v".into())).await?;
//! cluster.partition([[4, 5]])?;
//! let (_, read) = tokio::join!(one.make("k", Request::Put("w".into())), other.make("k", Request::Get));
//! read.unwrap_err();
//! let history = Recording::of([one, other]).history;
//! let report = check(&history, Bound::default()).map_err(|(_, error)| error)?;
//! assert!(report.is_linearizable(), "{report}");
//! # Ok(())
//! # }
//! ```
//!
//! # What is not simulated
//!
//! - Disks do not rot, fill up or fail. `quorate-faults` tries that on the node itself.
//! - Links are cut both ways or not at all.
//! - A node's own bounds on clients (connections, requests under way, idle time), its metrics and its admin port are the
//!   server's; here every node takes 4096 connections, and [`status`](crate::Client::status) lists no counters.
//! - All nodes run this version.
//!
//! The same seed gives the same run only in a runtime of one thread whose time is paused, and as far as the test itself
//! does the same each time. Clients of a cluster must be made through it. Times are whole milliseconds, as tokio's timers
//! are.

mod builder;
mod clients;
mod cluster;
mod disk;
mod error;
mod machine;
mod network;
mod node;
mod peer;
mod pipe;
mod process;
mod random;
mod serve;
mod state;
mod stream;
mod weather;

pub use builder::ClusterBuilder;
pub use cluster::Cluster;
pub use error::ClusterError;
pub(crate) use network::Port;
pub(crate) use random::Seeded;
pub use state::NodeState;
pub(crate) use stream::MemoryStream;
