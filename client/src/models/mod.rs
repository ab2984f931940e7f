//! Models of what is built upon the operations: the shipped loop and the shipped decisions, over keys whose
//! requests are evaluated by the core's own rule, with answers lost, requests late, workers crashed, in every
//! order that the bounds allow.

mod counter;
mod idempotency;
mod store;
mod tenure;
mod update;
mod world;

use stateright::{Checker, Model};
use world::{Bounded, Program};

/// Explores a model to its end. What holds must hold everywhere, and what shall be reached must be reached.
fn holds<P: Program>(bounded: Bounded<P>) {
    let checker = bounded.checker().spawn_bfs().join();
    println!("{} states", checker.unique_state_count());
    assert!(checker.is_done());
    checker.assert_properties();
}

/// A wrong variant must break this property.
fn breaks<P: Program>(bounded: Bounded<P>, property: &'static str) {
    let checker = bounded.checker().spawn_bfs().join();
    let found = checker.discovery(property);
    assert!(found.is_some(), "{property}: not broken in {} states", checker.unique_state_count());
}
