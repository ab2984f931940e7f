//! Properties of several replicas, or of a whole run, as functions on what was observed.
//!
//! They are generic in slots, ballots, entries and ids, so that neither the protocol's types nor a
//! quorum appears here. Each takes the observations and gives back the first one that breaks the
//! property. None allocates before it finds something wrong, but for what it must remember.

use crate::{Property, Violation};
use core::fmt::Debug;
use core::hash::Hash;
use std::collections::{BTreeMap, BTreeSet};

/// P1, P8, P14: whatever was chosen in, held as chosen for, or read from a slot is one entry.
///
/// # Errors
/// A slot with two.
pub fn agreement<S: Ord + Debug, E: Eq + Debug>(observed: impl IntoIterator<Item = (S, E)>) -> Result<(), Violation> {
    function(Property::Agreement, observed)
}

/// P3, P6: whatever was proposed or voted for under a key (the slot and the ballot) is one entry.
///
/// # Errors
/// A (slot, ballot) with two.
pub fn one_entry_a_ballot<B: Ord + Debug, E: Eq + Debug>(
    observed: impl IntoIterator<Item = (B, E)>,
) -> Result<(), Violation> {
    function(Property::OneEntryABallot, observed)
}

/// P9: a request id, wherever it shows, has one version and one outcome. Give it, for each chosen
/// entry, every id in it with where it says that the id was recorded and as what.
///
/// # Errors
/// An id that was recorded twice.
pub fn at_most_once<I: Ord + Debug, R: Eq + Debug>(
    recorded: impl IntoIterator<Item = (I, R)>,
) -> Result<(), Violation> {
    function(Property::AtMostOnce, recorded)
}

/// P2, P19: everything chosen is among what was proposed.
///
/// # Errors
/// Something that is not.
pub fn validity<T: Eq + Hash + Debug>(
    chosen: impl IntoIterator<Item = T>,
    proposed: &std::collections::HashSet<T>,
) -> Result<(), Violation> {
    let stranger = chosen.into_iter().find(|entry| !proposed.contains(entry));
    holds(Property::Validity, stranger.is_none(), || format!("never proposed: {stranger:?}"))
}

/// P4, P16 and whatever else only grows: `after` is not below `before`.
///
/// # Errors
/// It is.
pub fn never_falls<T: Ord + Debug>(property: Property, before: &T, after: &T) -> Result<(), Violation> {
    holds(property, before <= after, || format!("fell from {before:?} to {after:?}"))
}

/// P7: what was told is not ahead of what is durable.
///
/// # Errors
/// It is.
pub fn never_ahead<T: Ord + Debug>(told: &T, durable: &T) -> Result<(), Violation> {
    holds(Property::DurableBeforeTold, told <= durable, || format!("told {told:?}, durable is {durable:?}"))
}

/// P10, P18: what a client was told of a request is what the chosen entries record of it. `None` stands
/// for "not recorded" on the one side and for "never applied" on the other.
///
/// # Errors
/// They differ.
pub fn true_outcome<I: Debug, R: Eq + Debug>(
    request: &I,
    told: Option<&R>,
    recorded: Option<&R>,
) -> Result<(), Violation> {
    holds(Property::TrueOutcomes, told == recorded, || format!("{request:?}: told {told:?}, recorded {recorded:?}"))
}

/// P11: of the ids recorded so far (with their slots), each that is above the floor is held.
///
/// # Errors
/// One that is missing.
pub fn window_complete<S: Ord + Debug, I: Ord + Debug>(
    floor: &S,
    held: &BTreeSet<I>,
    recorded: impl IntoIterator<Item = (S, I)>,
) -> Result<(), Violation> {
    let missing = recorded.into_iter().find(|(slot, id)| slot > floor && !held.contains(id));
    holds(Property::Window, missing.is_none(), || format!("not held above floor {floor:?}: {missing:?}"))
}

/// P12: versions, in the order in which their writes applied, strictly increase.
///
/// # Errors
/// Two neighbours that do not.
pub fn increasing<V: Ord + Debug>(versions: impl IntoIterator<Item = V>) -> Result<(), Violation> {
    let mut last: Option<V> = None;
    for version in versions {
        if let Some(last) = &last {
            holds(Property::Versions, *last < version, || format!("{version:?} after {last:?}"))?;
        }
        last = Some(version);
    }
    Ok(())
}

/// P13: the slot a read returned is not below the highest slot chosen before the read began.
///
/// # Errors
/// It is.
pub fn fresh_read<S: Ord + Debug>(returned: &S, floor: &S) -> Result<(), Violation> {
    holds(Property::FreshReads, returned >= floor, || format!("read slot {returned:?}, chosen before it: {floor:?}"))
}

/// Each key has one value.
fn function<K: Ord + Debug, V: Eq + Debug>(
    property: Property,
    pairs: impl IntoIterator<Item = (K, V)>,
) -> Result<(), Violation> {
    let mut seen = BTreeMap::new();
    for (key, value) in pairs {
        match seen.get(&key) {
            Some(first) if *first != value => {
                return Err(Violation::new(property, format!("{key:?}: {first:?} and {value:?}")));
            }
            Some(_) => {}
            None => {
                seen.insert(key, value);
            }
        }
    }
    Ok(())
}

fn holds(property: Property, holds: bool, detail: impl FnOnce() -> String) -> Result<(), Violation> {
    if holds { Ok(()) } else { Err(Violation::new(property, detail())) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn broken(result: Result<(), Violation>) -> Option<Property> {
        result.err().map(|violation| violation.property)
    }

    #[test]
    fn each_check_passes_what_is_right_and_names_what_is_wrong() {
        assert_eq!(broken(agreement([(1, 'a'), (2, 'b'), (1, 'a')])), None);
        assert_eq!(broken(agreement([(1, 'a'), (2, 'b'), (1, 'b')])), Some(Property::Agreement));
        assert_eq!(broken(one_entry_a_ballot([((1, 0), 'a'), ((2, 0), 'b')])), None);
        assert_eq!(broken(one_entry_a_ballot([((1, 0), 'a'), ((1, 0), 'b')])), Some(Property::OneEntryABallot));
        assert_eq!(broken(at_most_once([(7, (1, 0)), (8, (1, 1)), (7, (1, 0))])), None);
        assert_eq!(broken(at_most_once([(7, (1, 0)), (7, (2, 0))])), Some(Property::AtMostOnce));
        let proposed = HashSet::from(['a', 'b']);
        assert_eq!(broken(validity(['a'], &proposed)), None);
        assert_eq!(broken(validity(['a', 'c'], &proposed)), Some(Property::Validity));
        assert_eq!(broken(never_falls(Property::PromiseDurable, &1, &1)), None);
        assert_eq!(broken(never_falls(Property::Incarnation, &2, &1)), Some(Property::Incarnation));
        assert_eq!(broken(never_ahead(&1, &1)), None);
        assert_eq!(broken(never_ahead(&2, &1)), Some(Property::DurableBeforeTold));
        assert_eq!(broken(true_outcome(&7, Some(&'d'), Some(&'d'))), None);
        assert_eq!(broken(true_outcome(&7, None, Some(&'d'))), Some(Property::TrueOutcomes));
        let held = BTreeSet::from([7]);
        assert_eq!(broken(window_complete(&1, &held, [(1, 6), (2, 7)])), None);
        assert_eq!(broken(window_complete(&1, &held, [(2, 6), (2, 7)])), Some(Property::Window));
        assert_eq!(broken(increasing([(1, 0), (1, 1), (3, 0)])), None);
        assert_eq!(broken(increasing([(1, 0), (1, 0)])), Some(Property::Versions));
        assert_eq!(broken(fresh_read(&3, &3)), None);
        assert_eq!(broken(fresh_read(&2, &3)), Some(Property::FreshReads));
    }
}
