//! A value that several change as a function of what it was.

use super::{
    breaks, holds,
    world::{Bounded, Driver, Program, World},
};
use crate::{
    Value, Versioned,
    update::{Decided, Decision, End, decide},
};
use stateright::Property;

/// Appends its letter to the value, a number of times.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Appender {
    letter: char,
    left: u8,
    appended: usize,
    unknown: usize,
}

impl Program for Appender {
    type Call = ();
    type Note = Decided;

    fn calls(&self) -> Vec<()> {
        vec![(); usize::from(self.left.min(1))]
    }

    fn key((): &()) -> usize {
        0
    }

    fn decide(&self, (): &(), found: Option<&Versioned>) -> Decision<Decided> {
        decide(found, Value::from(text(found) + &self.letter.to_string()))
    }

    fn ended(&mut self, (): &(), end: End<Decided>) -> Option<&'static str> {
        self.left -= 1;
        match end {
            End::Applied { with: Decided::Set(value), .. } if value.ends_with(self.letter.to_string().as_bytes()) => {
                self.appended += 1;
            }
            End::Unknown(_) => self.unknown += 1,
            End::Exhausted => {}
            _ => return Some("an update that cannot be"),
        }
        None
    }

    fn judge((): &(), before: Option<&Versioned>, after: Option<&Versioned>) -> Option<&'static str> {
        let (before, after) = (text(before), text(after));
        let appended = after.strip_prefix(&before).is_some_and(|letter| letter.len() == 1);
        (!appended).then_some("a change was applied to a value that it was not decided on")
    }

    fn properties() -> Vec<Property<Bounded<Self>>> {
        vec![
            Property::always("each letter is there as often as it was appended", |_, world: &World<Self>| {
                let text = text(world.store.found(0).as_ref());
                world.programs().all(|appender| {
                    let there = text.chars().filter(|letter| *letter == appender.letter).count();
                    let most = appender.appended + appender.unknown + world.unsettled();
                    (appender.appended..=most).contains(&there)
                })
            }),
            Property::sometimes("an update gives up", |_, world: &World<Self>| {
                world.unsettled() == 0 && world.programs().any(|one| one.left == 0 && one.appended + one.unknown == 0)
            }),
        ]
    }
}

fn text(found: Option<&Versioned>) -> String {
    found.map_or(String::new(), |found| String::from_utf8(found.value.to_vec()).unwrap())
}

fn bounded(driver: Driver) -> Bounded<Appender> {
    let appender = |letter, left| Appender { letter, left, appended: 0, unknown: 0 };
    Bounded { programs: vec![appender('a', 1), appender('b', 2)], keys: 1, faults: 2, driver }
}

#[test]
fn every_change_is_applied_once_to_the_value_it_was_shown() {
    holds(bounded(Driver::Shipped));
}

#[test]
fn taking_unknown_for_not_applied_changes_twice() {
    breaks(bounded(Driver::BlindRetry), "each letter is there as often as it was appended");
}

#[test]
fn sending_the_old_decision_again_loses_a_change() {
    breaks(bounded(Driver::StaleDecision), "no step is wrong");
}
