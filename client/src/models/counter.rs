//! A counter that several add to.

use super::{
    breaks, holds,
    world::{Bounded, Driver, Program, World},
};
use crate::{
    Versioned,
    update::{Change, Decision, End},
};
use stateright::Property;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Adder {
    left: u8,
    added: i64,
    /// Additions that ended as unknown.
    unknown: i64,
}

impl Program for Adder {
    type Call = i64;
    type Note = ();

    fn calls(&self) -> Vec<i64> {
        if self.left > 0 { vec![1] } else { Vec::new() }
    }

    fn key(_: &i64) -> usize {
        0
    }

    fn decide(&self, by: &i64, _: Option<&Versioned>) -> Decision<()> {
        Decision::Send(Change::Add(*by), ())
    }

    fn ended(&mut self, by: &i64, end: End<()>) -> Option<&'static str> {
        self.left -= 1;
        match end {
            End::Applied { counter: Some(sum), .. } if sum > self.added => self.added += by,
            End::Unknown(_) => self.unknown += by,
            End::Exhausted => {}
            End::Applied { .. } | End::Kept(()) | End::Refused(_) => return Some("an addition that cannot be"),
        }
        None
    }

    fn properties() -> Vec<Property<Bounded<Self>>> {
        vec![
            Property::always("the sum is what was added", |_, world| {
                let (least, most) = bounds(world);
                (least..=most).contains(&sum(world))
            }),
            Property::sometimes("an addition stays unknown and is made", |_, world| {
                sum(world) > world.programs().map(|adder| adder.added).sum() && world.unsettled() == 0
            }),
        ]
    }
}

fn sum(world: &World<Adder>) -> i64 {
    let text = world.store.found(0).map_or("0".into(), |found| String::from_utf8(found.value.to_vec()).unwrap());
    text.parse().unwrap()
}

/// Each addition that was acknowledged counts; each one that may be under way may.
fn bounds(world: &World<Adder>) -> (i64, i64) {
    let added: i64 = world.programs().map(|adder| adder.added).sum();
    let unknown: i64 = world.programs().map(|adder| adder.unknown).sum();
    (added, added + unknown + world.unsettled() as i64)
}

fn bounded(driver: Driver) -> Bounded<Adder> {
    let adder = Adder { left: 2, added: 0, unknown: 0 };
    Bounded { programs: vec![adder; 2], keys: 1, faults: 2, driver }
}

#[test]
fn every_addition_counts_once() {
    holds(bounded(Driver::Shipped));
}

#[test]
fn taking_unknown_for_not_applied_counts_twice() {
    breaks(bounded(Driver::BlindRetry), "the sum is what was added");
}
