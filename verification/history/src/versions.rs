//! Are the versions that clients were told versions? (P12)

use crate::{Asked, Key, Operation, Outcome, Version};
use core::fmt;
use std::collections::BTreeMap;

/// Two operations on one key whose versions cannot both be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VersionFault {
    /// Two writes were told the same version.
    Shared(Box<Operation>, Box<Operation>),
    /// Two values were seen under one version.
    TwoValues(Box<Operation>, Box<Operation>),
    /// The first returned before the second was called, and states a higher version (or, if the second
    /// is a write, one that is not lower).
    Backwards(Box<Operation>, Box<Operation>),
}

impl fmt::Display for VersionFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, one, other) = match self {
            Self::Shared(one, other) => ("two writes with one version", one, other),
            Self::TwoValues(one, other) => ("two values with one version", one, other),
            Self::Backwards(one, other) => ("a later operation with an earlier version", one, other),
        };
        writeln!(f, "{what}:\n    {one}\n    {other}")
    }
}

impl core::error::Error for VersionFault {}

/// Checks the versions that the operations state: each is one write's and stands for one value, and
/// along real time they increase. In `O(n log n)`, whatever [`check`](crate::check) says.
///
/// # Errors
/// The first fault found.
pub fn check_versions(history: &[Operation]) -> Result<(), VersionFault> {
    let mut keys: BTreeMap<&Key, Vec<&Operation>> = BTreeMap::new();
    for operation in history {
        keys.entry(&operation.key).or_default().push(operation);
    }
    keys.into_values().try_for_each(|operations| {
        each_is_one_write(&operations)?;
        along_real_time(&operations)
    })
}

/// What an operation says of a version.
struct Stated<'a> {
    version: Version,
    /// It is the operation's own.
    own: bool,
    stood: Stood<'a>,
}

/// What stood under a version.
#[derive(Clone, Copy, PartialEq)]
enum Stood<'a> {
    NotSaid,
    Value(Option<&'a [u8]>),
}

fn stated(operation: &Operation) -> Option<Stated<'_>> {
    let (version, own, stood) = match &operation.outcome {
        Outcome::Done { version, value } => {
            let left = match &operation.op {
                Asked::Put(put) => Stood::Value(Some(put)),
                Asked::Delete => Stood::Value(None),
                Asked::CompareAndSet { new, .. } => Stood::Value(new.as_deref()),
                Asked::Increment(_) | Asked::Append(_) | Asked::Get => {
                    value.as_ref().map_or(Stood::NotSaid, |v| Stood::Value(Some(v)))
                }
            };
            (*version, true, left)
        }
        Outcome::Read { version, value } => (*version, false, Stood::Value(value.as_deref())),
        Outcome::Refused { found } => (*found, false, Stood::NotSaid),
        Outcome::NotApplied | Outcome::Unknown => (None, false, Stood::NotSaid),
    };
    version.map(|version| Stated { version, own, stood })
}

fn each_is_one_write(operations: &[&Operation]) -> Result<(), VersionFault> {
    let mut writes: BTreeMap<Version, &Operation> = BTreeMap::new();
    let mut values = BTreeMap::new();
    for operation in operations {
        let Some(Stated { version, own, stood }) = stated(operation) else { continue };
        if own && let Some(other) = writes.insert(version, operation) {
            return Err(VersionFault::Shared(Box::new(other.clone()), Box::new((*operation).clone())));
        }
        if stood == Stood::NotSaid {
            continue;
        }
        match values.insert(version, (stood, *operation)) {
            Some((seen, other)) if seen != stood => {
                return Err(VersionFault::TwoValues(Box::new(other.clone()), Box::new((*operation).clone())));
            }
            _ => {}
        }
    }
    Ok(())
}

fn along_real_time(operations: &[&Operation]) -> Result<(), VersionFault> {
    let mut by_call: Vec<(&Operation, Version, bool)> =
        operations.iter().filter_map(|o| stated(o).map(|stated| (*o, stated.version, stated.own))).collect();
    let mut by_ret: Vec<(u64, Version, &Operation)> =
        by_call.iter().filter_map(|(operation, version, _)| Some((operation.ret?, *version, *operation))).collect();
    by_call.sort_by_key(|(operation, ..)| operation.call);
    by_ret.sort_by_key(|(ret, ..)| *ret);
    let mut returned = by_ret.into_iter().peekable();
    let mut highest: Option<(Version, &Operation)> = None;
    for (operation, version, own) in by_call {
        while let Some((_, before, earlier)) = returned.next_if(|(ret, ..)| *ret < operation.call) {
            if highest.is_none_or(|(highest, _)| highest < before) {
                highest = Some((before, earlier));
            }
        }
        if let Some((before, earlier)) = highest
            && (before > version || own && before == version)
        {
            return Err(VersionFault::Backwards(Box::new(earlier.clone()), Box::new(operation.clone())));
        }
    }
    Ok(())
}
