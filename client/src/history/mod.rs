//! What clients of a cluster see, recorded so that it can be judged: [`Recorder`] makes requests and keeps each
//! with its times and what was told. The judge is `quorate-history`, which knows nothing of nodes or clients; from this
//! module it has histories in its own terms.

mod answer;
mod clock;
mod recorder;
mod request;
mod terms;

pub use answer::{Answer, outcome};
pub use clock::Clock;
pub use quorate_history::{Bound, Operation, Report, check, check_versions};
pub use recorder::{OPERATIONS_MAX, Recorder, Recording};
pub use request::Request;
pub use terms::{expected, version};
