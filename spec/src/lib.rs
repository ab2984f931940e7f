//! What must hold in Quorate, apart from the code that makes it hold.
//!
//! Three kinds of things live here, and none of them knows Paxos:
//!
//! * [`Property`]: the numbered list P1 to P23 of `spec/PROPERTIES.md`. Checks, tests and documents cite
//!   these numbers.
//! * Abstract models, small enough to exhaust: [`Consensus`], [`EagerVoting`] (which refines it),
//!   [`Voting`] (which refines that), the sequential [`Register`] that one key must look like to its clients, and
//!   [`SessionView`], what a session has seen.
//! * [`checks`]: the properties that speak of several replicas or of a whole run, as functions on plain
//!   observations, for the models and the histories in `verification`.
//!
//! The crate depends on nothing, the protocol least of all: a specification that shared code with what
//! it judges would be wrong together with it. That is why a quorum is defined a second time in
//! [`AcceptorSet::is_quorum`], and why there is no third place.

#![forbid(unsafe_code)]

mod acceptors;
pub mod checks;
mod consensus;
mod eager_voting;
mod machine;
mod property;
mod recorded_votes;
mod refinement;
mod register;
mod safe_at;
mod session_view;
mod value;
mod violation;
mod voting;
mod voting_state;

pub use acceptors::{Acceptor, AcceptorSet, MAX_ACCEPTORS};
pub use consensus::{Choose, ChosenSets, Consensus, MAX_SLOTS};
pub use eager_voting::{EagerVoting, EagerVotingAction};
pub use machine::Spec;
pub use property::Property;
pub use recorded_votes::{RecordedAcceptor, RecordedVotes};
pub use refinement::{AbstractStep, chosen, voting_step_refines_consensus};
pub use register::{Answer, Effect, Expect, Operation, Refusal, Register, RegisterValue, number};
pub use session_view::SessionView;
pub use value::{MAX_VALUES, Value, ValueSet};
pub use violation::{BoundsError, Violation};
pub use voting::{Voting, VotingAction};
pub use voting_state::{Ballot, MAX_BALLOTS, NO_BALLOT, VotingState};
