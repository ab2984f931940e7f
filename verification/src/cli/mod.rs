//! `quorate-check`: the command line.

mod arguments;
mod check;
mod commands;
mod example;
mod exit;
mod explain;
mod explore;
mod history;
mod ledger;
mod list;
mod model_arguments;
mod names;
mod number;
mod replay;
mod report;
mod say;
mod trace;
mod verdict;

pub use arguments::Arguments;
pub use commands::run;
pub use exit::Exit;
pub(crate) use model_arguments::threads_or_all;
pub(crate) use names::{listed_variant, nearest};
pub(crate) use number::number;
