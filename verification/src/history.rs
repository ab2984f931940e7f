//! The judge of histories, which is a package of its own, and what stateright's tester makes of the same histories.

mod compare;

pub use compare::{Comparison, compare};
pub use quorate_history::*;
