//! The Quorate node: what drives the core, stores its records, serves peers and clients; and the `quorate` command.
#![deny(unsafe_code)]

pub mod admin;
pub mod bench;
pub mod cli;
pub mod config;
pub mod demo;
pub mod doctor;
pub mod engine;
pub mod metrics;
mod otlp;
mod prompt;
pub mod recording;
pub mod server;
pub mod store;

pub use quorate_client::history;
pub use quorate_driver as driver;
