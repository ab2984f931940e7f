//! Values and versions as small things that copy and compare in an instant.

use super::{Value, Version};
use quorate_spec::{Refusal, RegisterValue};
use std::collections::HashMap;

/// A value. Two symbols of one table are equal if and only if the bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Symbol {
    /// Bytes that are the plain decimal form of this number. Sums are of this kind.
    Number(i64),
    /// Bytes that are a number in another form, such as `007`; the second field tells the forms apart.
    Spelled(i64, u32),
    /// Other bytes.
    Bytes(u32),
}

/// The bytes seen so far that are no plain numbers.
#[derive(Debug, Default)]
pub(crate) struct Symbols {
    ids: HashMap<Value, u32>,
    bytes: Vec<Value>,
}

/// A version, by its rank among the versions of the key that the history names, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Revision(u32);

/// The versions that the history of one key names, in order.
#[derive(Debug)]
pub(crate) struct Revisions(Vec<Version>);

impl RegisterValue for Symbol {
    fn increment(current: Option<&Self>, by: i64) -> Result<Self, Refusal> {
        match current {
            None => Ok(Self::Number(by)),
            Some(Self::Number(now) | Self::Spelled(now, _)) => {
                now.checked_add(by).map(Self::Number).ok_or(Refusal::Overflow)
            }
            Some(Self::Bytes(_)) => Err(Refusal::NotANumber),
        }
    }
}

impl Symbols {
    /// The symbol of these bytes.
    pub(crate) fn of(&mut self, value: &Value) -> Symbol {
        // What counts as a number is the register's business: adding nothing spells it plainly.
        match Value::increment(Some(value), 0) {
            Err(_) => Symbol::Bytes(self.id(value)),
            Ok(plain) => {
                let number = core::str::from_utf8(&plain).ok().and_then(|text| text.parse().ok()).unwrap_or_default();
                if plain == *value { Symbol::Number(number) } else { Symbol::Spelled(number, self.id(value)) }
            }
        }
    }

    /// The bytes of a symbol.
    pub(crate) fn bytes(&self, symbol: Symbol) -> Value {
        match symbol {
            Symbol::Number(number) => number.to_string().into_bytes(),
            Symbol::Spelled(_, id) | Symbol::Bytes(id) => {
                usize::try_from(id).ok().and_then(|id| self.bytes.get(id)).cloned().unwrap_or_default()
            }
        }
    }

    fn id(&mut self, value: &Value) -> u32 {
        if let Some(id) = self.ids.get(value) {
            return *id;
        }
        let id = u32::try_from(self.bytes.len()).expect("fewer than 2^32 values");
        self.bytes.push(value.clone());
        self.ids.insert(value.clone(), id);
        id
    }
}

impl Revision {
    /// The version of a write whose version nobody was told: it may turn out to be any version that no
    /// other write states.
    pub(crate) const UNSTATED: Self = Self(0);

    /// Its rank, from 1 for the lowest.
    pub(crate) fn rank(self) -> u32 {
        self.0
    }
}

impl Revisions {
    /// Of these versions, in any order and as often as they come.
    pub(crate) fn new(mut versions: Vec<Version>) -> Self {
        versions.sort_unstable();
        versions.dedup();
        Self(versions)
    }

    /// The rank of `version`.
    pub(crate) fn of(&self, version: Version) -> Revision {
        let place = self.0.binary_search(&version).expect("a version that the history names");
        Revision(u32::try_from(place + 1).expect("fewer than 2^32 versions"))
    }

    /// Which version it is; `None` for the unstated one.
    pub(crate) fn version(&self, revision: Revision) -> Option<Version> {
        usize::try_from(revision.0).ok()?.checked_sub(1).and_then(|place| self.0.get(place)).copied()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}
