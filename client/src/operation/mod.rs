//! Operations: what users call, and the two loops that run them.

mod call;
mod pace;
mod read;
mod write;

pub(crate) use call::deadline;
pub use call::{Cas, Delete, Get, Increment, Put, Resolve};
pub(crate) use pace::Pace;
pub(crate) use read::Read;
pub(crate) use write::{Failed, Write};
