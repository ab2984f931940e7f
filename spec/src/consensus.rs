//! `Consensus`: the most abstract model. A set of chosen values grows from empty to one value, and that
//! is all. (Lamport, "Byzantizing Paxos by Refinement", module `Consensus`.)

use crate::{BoundsError, MAX_VALUES, Property, Spec, Value, ValueSet, Violation};

/// The most slots a model can have.
pub const MAX_SLOTS: u8 = 4;

/// Consensus on each slot of one log: one value a slot, and a slot only after the one before it (P1,
/// and the half of P5 that an observer can see). With one slot it is Lamport's module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consensus {
    slots: u8,
    values: u8,
}

/// The chosen set of each slot. Sets, not options: a state in which two values are chosen must be
/// expressible, or agreement would hold by representation and check nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChosenSets(pub [ValueSet; MAX_SLOTS as usize]);

/// The only step: a value becomes chosen in a slot, numbered from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Choose {
    /// Where.
    pub slot: u8,
    /// What.
    pub value: Value,
}

impl Consensus {
    /// A log of `slots` slots over `values` values.
    ///
    /// # Errors
    /// Either is 0 or above [`MAX_SLOTS`], [`MAX_VALUES`].
    pub fn new(slots: u8, values: u8) -> Result<Self, BoundsError> {
        Ok(Self {
            slots: BoundsError::within("slots", slots, MAX_SLOTS)?,
            values: BoundsError::within("values", values, MAX_VALUES)?,
        })
    }

    /// Whether `from` -> `to` is a step or changes nothing.
    pub fn steps_or_stutters(&self, from: &ChosenSets, to: &ChosenSets) -> bool {
        from == to || self.next(from).iter().any(|(_, next)| next == to)
    }
}

impl ChosenSets {
    /// One slot's chosen set, the other slots empty.
    pub fn single(set: ValueSet) -> Self {
        let mut sets = Self::default();
        if let Some(first) = sets.0.first_mut() {
            *first = set;
        }
        sets
    }
}

impl Spec for Consensus {
    type State = ChosenSets;
    type Action = Choose;

    fn init(&self) -> Vec<ChosenSets> {
        vec![ChosenSets::default()]
    }

    fn next(&self, state: &ChosenSets) -> Vec<(Choose, ChosenSets)> {
        // The first slot with nothing chosen is the only open one.
        let Some(slot) = (0..self.slots).zip(&state.0).find(|(_, set)| set.is_empty()).map(|(slot, _)| slot) else {
            return Vec::new();
        };
        let choose = |value| {
            let mut next = *state;
            if let Some(set) = next.0.get_mut(usize::from(slot)) {
                *set = ValueSet::of(value);
            }
            (Choose { slot, value }, next)
        };
        (0..self.values).map(Value).map(choose).collect()
    }

    fn check_state(&self, state: &ChosenSets) -> Result<(), Violation> {
        match state.0.iter().position(|set| set.len() > 1) {
            None => Ok(()),
            Some(slot) => Err(Violation::new(Property::Agreement, format!("slot {slot} of {state:?}"))),
        }
    }

    fn check_step(&self, from: &ChosenSets, to: &ChosenSets) -> Result<(), Violation> {
        if from.0.iter().zip(&to.0).all(|(before, after)| before.is_subset(*after)) {
            return Ok(());
        }
        Err(Violation::new(Property::Agreement, format!("a chosen value was unchosen: {from:?} -> {to:?}")))
    }
}
