//! TPaxos as published in TLA+ (modules `TPaxos`, `TPaxosAP`, `TPaxosWithVotes` and `TPaxosAPWithVotes` of
//! Starydark/PaxosStore-tla; "TPaxos Consensus Protocol in PaxosStore: Derivation, Specification, and
//! Refinement", Journal of Software 2020): the variables and actions are those of the text, and so are the
//! numbers of states (docs/models.md, "Counts compared with TLC").
//!
//! It is not a model of Quorate's core. It is here so that our way to count can be checked against TLC's,
//! and as the ancestor of the row exchange: it has one slot, no crash, no fast accept, and messages that
//! carry a whole view, which is what makes three participants expensive.

mod message;
mod model;
mod record;
mod state;
mod votes;

pub use message::Message;
pub use model::{Addressees, Order, TPaxos, TPaxosAction};
pub use record::{MAX_PARTICIPANTS, Record, Row};
pub use state::TPaxosState;
pub use votes::{TPaxosWithVotes, WithVotes};
