//! What each claim of Quorate rests on: properties, models with their bounds and counts, wrong variants
//! that were caught, tests. Made from what runs left behind (`verification/expected.tsv`,
//! `verification/kills.tsv`), so that it cannot say more than was run.

mod behind;
mod claim;
mod claims;
mod html;
mod kills;
mod page;
mod prose;
mod report;

pub use behind::{Behind, behind};
pub use claim::{Claim, Test};
pub use claims::claims;
pub use html::{Html, escaped};
pub use kills::{Kill, Kills};
pub use page::page;
pub use prose::Prose;
pub use report::report;
