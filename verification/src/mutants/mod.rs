//! The wrong variants, where each is caught, and the command that shows it.

mod build;
mod handoff;
#[cfg(feature = "mutants")]
mod hunt;
mod list;
mod rejoin;

pub use build::rerun_with_mutants;
pub use handoff::{HandoffRow, HandoffVerdict, ListedHandoff, handoff_line, handoff_list, hunt_handoff};
#[cfg(feature = "mutants")]
pub use hunt::{hunt, switch_on};
pub use list::{Expectation, Listed, list};
pub use rejoin::{Fate, NO_PLACE, RejoinVariant, rejoin_variants};
#[cfg(feature = "mutants")]
pub use rejoin::{hunt_rejoin, switch_on_rejoin};
