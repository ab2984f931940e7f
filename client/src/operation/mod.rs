//! Operations: what users call, and the two loops that run them.

mod base;
mod call;
mod ending;
mod exchange;
mod pace;
mod read;
mod write;

pub(crate) use call::deadline;
#[cfg(test)]
pub(crate) use call::resolution;
pub use call::{Cas, Delete, Get, Increment, Put, Resolve};
pub(crate) use exchange::Failed;
pub(crate) use pace::Pace;
pub(crate) use read::Read;
pub(crate) use write::Write;
