//! Running a model and saying what came of it.

mod abstract_model;
mod expected;
mod grouped;
mod listed_model;
mod live_table;
mod outcome;
mod progress;
mod run;
mod spec_model;
mod table;

pub use abstract_model::{AbstractModel, abstract_models, find_abstract};
pub use expected::Expected;
pub use grouped::grouped;
pub use listed_model::{ListedModel, every_model};
pub use outcome::{Outcome, Verdict, Violated};
pub use progress::{Progress, Seen};
pub use run::{Limits, run_cluster, run_spec};
pub(crate) use run::{Reading, run as run_model};
pub use spec_model::{SpecModel, SpecState, SpecStep};
pub use table::table;
