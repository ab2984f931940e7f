//! Targets of fuzzing: each takes any bytes, and panics where a claim does not hold.
//!
//! The bodies live here so that libFuzzer (`verification/fuzz`, a workspace of its own) and the ordinary tests, which
//! replay the corpus on a stable compiler, call the same functions. `docs/fuzzing.md` says how to run them.

mod attempt;
mod build;
mod disk;
mod history;
mod quorum_read;
mod source;
mod step;
mod text;
mod trace;
mod wire;

pub use source::Source;

/// One target: its name (of its program, and of its directory in the corpus), and what it does with an input.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name.
    pub name: &'static str,
    /// Judges one input; panics where a claim does not hold.
    pub run: fn(&[u8]),
}

/// Every target.
pub const TARGETS: &[Target] = &[
    Target { name: "wire_request", run: wire::request },
    Target { name: "wire_response", run: wire::response },
    Target { name: "wire_peer", run: wire::peer },
    Target { name: "hello", run: wire::hello },
    Target { name: "record", run: disk::record },
    Target { name: "identity", run: disk::identity },
    Target { name: "peers", run: disk::peers },
    Target { name: "config", run: text::config },
    Target { name: "names", run: text::names },
    Target { name: "session_token", run: text::session_token },
    Target { name: "history", run: history::history },
    Target { name: "trace", run: trace::trace },
    Target { name: "step", run: step::step },
    Target { name: "quorum_read", run: quorum_read::quorum_read },
    Target { name: "write_attempt", run: attempt::write_attempt },
];

/// Runs the target of this name.
///
/// # Panics
/// There is none of this name, or a claim does not hold.
pub fn run(name: &str, data: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name);
    target.map_or_else(|| panic!("there is no target {name}"), |target| (target.run)(data));
}
