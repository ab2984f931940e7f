//! One run of a model, step by step: told as a story, drawn, written to a file, and played again on the real core.

mod any_model;
mod example;
mod files;
mod replay;
mod run;
mod settings;
mod told;
mod trace_file;
pub(crate) mod words;

pub use any_model::{Visitor, scenario, visit, visit_core};
pub use example::example;
pub use files::{Files, write};
pub use replay::{ReplayError, replay};
pub use run::{Run, Step};
pub use settings::Settings;
pub use told::{Path, Told, broken_property};
pub use trace_file::{FileError, FileStep, TraceFile};
