//! Why an operation took as long as it did: which replica was asked what, and what it said when.
//!
//! Nothing is kept unless an operation is asked for by its `explained()`; then at most [`EXCHANGES_MAX`] exchanges are.
//!
//! ```no_run
//! # async fn example(client: quorate_client::Client) {
//! let (found, explanation) = client.get("user:7").explained().await;
//! println!("{found:?} after {:?}, {} round trips", explanation.took, explanation.round_trips());
//! for exchange in &explanation.exchanges {
//!     println!("node {}: {:?}, answered after {:?}", exchange.node.0, exchange.asked, exchange.answered_after);
//! }
//! # }
//! ```

mod exchange;
mod explained;
mod explanation;
mod recorder;

pub use exchange::{Asked, Exchange, Heard};
pub use explained::Explained;
pub use explanation::{EXCHANGES_MAX, Explanation, Path};
pub(crate) use recorder::{begin, end, lost_patience};
