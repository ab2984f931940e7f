//! Running a model and saying what came of it.

mod abstract_model;
mod expected;
mod listed_model;
mod outcome;
mod progress;
mod run;
mod spec_model;
mod story;
mod table;

pub use abstract_model::{AbstractModel, abstract_models, find_abstract};
pub use expected::Expected;
pub use listed_model::{ListedModel, every_model};
pub use outcome::{Outcome, Verdict};
pub use progress::Progress;
pub use run::{Limits, run_cluster, run_spec};
pub(crate) use run::{Reading, run as run_model};
pub use spec_model::{SpecModel, SpecState, SpecStep};
pub use story::story;
pub(crate) use story::{changes, describe, said, told};
pub use table::table;
