//! Tests from the models: every kind of step that a replica takes in a model, with one way to it.
//!
//! A model computes what an event does to a replica once ([`Cluster::compute`](super::Cluster)), so what it computes
//! are its distinct local transitions. A `Recorder` keeps how each replica's state was first reached, and sorts the
//! transitions into classes. Each has a [`Witness`], which is a test for any other driver of the core.

mod class;
mod event;
mod recorder;
mod witness;

pub use class::{Class, Held, Owns, Promise, Result, Stage, Vote};
pub use event::{Event, Heard, Proposed, Slots};
pub(super) use recorder::Recorder;
pub use witness::{Step, Transitions, Witness, transitions};
