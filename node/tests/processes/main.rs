//! The shipped binary as processes: three nodes on disk, and the commands that people run.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]

mod admin;
mod bench;
mod browser;
mod cluster;
mod commands;
mod config;
mod corruption;
mod demo;
mod demo_page;
mod doctor;
mod history;
mod hostile;
mod http;
mod identity;
mod limits;
#[path = "../support/openmetrics.rs"]
mod openmetrics;
mod output;
mod supervised;
mod syncs;
mod terminal;
mod tools;
mod unknown;
