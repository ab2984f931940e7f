//! The kill table: wrong variants, where each is caught, and the command that shows it.

mod build;
mod checker;
mod command;
#[cfg(feature = "mutants")]
mod control;
#[cfg(feature = "mutants")]
mod distorted;
mod handoff;
mod handoff_rows;
#[cfg(feature = "mutants")]
mod histories;
#[cfg(feature = "mutants")]
mod hunt;
mod killers;
mod list;
mod listed;
#[cfg(feature = "mutants")]
mod order;
mod outcome;
mod rejoin;
mod rejoin_rows;
#[cfg(feature = "mutants")]
mod scheduler;
#[cfg(feature = "mutants")]
mod session_rows;
mod table;
#[cfg(feature = "mutants")]
mod traces;

pub use build::rerun_with_mutants;
pub use checker::CheckerMutant;
pub use command::{MutantOptions, run};
pub use handoff::{HandoffRow, HandoffVerdict, ListedHandoff, handoff_line, handoff_list, hunt_handoff};
#[cfg(feature = "mutants")]
pub use hunt::{hunt, switch_on};
pub use killers::{killer, killers};
pub use list::list;
pub use listed::{Catcher, Layer, Listed};
pub use outcome::{Row, Verdict};
pub use rejoin::{Fate, NO_PLACE, RejoinVariant, rejoin_variants};
#[cfg(feature = "mutants")]
pub use rejoin::{hunt_rejoin, switch_on_rejoin};
pub use table::{HEADS, head, markdown, summary, text, tsv};
