//! A prompt: lines from a terminal with completion and history, from a pipe or from a file, each obeyed as it comes.

mod complete;
mod converse;
mod editor;
mod history;
mod keys;
mod lines;
mod live;
mod signals;
mod words;

pub(crate) use complete::Completion;
pub(crate) use converse::{Reply, converse, parse};
pub(crate) use keys::SeenKeys;
pub(crate) use lines::Lines;
pub(crate) use live::LiveLine;
