//! The list: every wrong variant with the numbers that it has in `docs/mutants.md`, and who catches it.

mod checkers;
mod client;
mod controls;
mod core;
mod later;
mod sessions;
mod walks;

use super::handoff_rows::handoff_rows;
use super::listed::Listed;
use super::rejoin_rows::rejoin_rows;

/// All of them, in the order of the table.
pub fn list() -> Vec<Listed> {
    let parts = [
        core::list(),
        client::list(),
        sessions::list(),
        walks::list(),
        handoff_rows(),
        rejoin_rows(),
        controls::list(),
        checkers::list(),
        later::list(),
    ];
    parts.concat()
}
