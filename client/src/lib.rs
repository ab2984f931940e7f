//! The library people embed to use Quorate, and the wire that both ends of a connection speak.
#![forbid(unsafe_code)]

pub mod wire;
