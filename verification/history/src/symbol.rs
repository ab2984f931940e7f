//! Values and versions as small things that copy and compare in an instant.

#![expect(clippy::indexing_slicing, reason = "places in the table are made here")]

use crate::fold::FoldMap;
use crate::noted::{NotedValues, NotedVersions};
use crate::{Value, Version};
use quorate_spec::{Refusal, RegisterValue, number as number_of};

/// A value. Values that no operation of the key can tell apart are one symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Symbol {
    /// Bytes that are the plain decimal form of this number, on a key that is incremented.
    Number(i64),
    /// Bytes that are a number in another form, such as `007`; the second field tells the forms apart.
    Spelled(i64, u32),
    /// Other bytes, of this place in the table.
    Bytes(u32),
    /// On a key that is appended to: the first so many bytes of the value at this place, the first of
    /// those that begin so.
    Beginning(u32, u32),
    /// Any value that nobody reads or expects, and that no append makes one: which does not matter.
    Unread,
}

/// The place of a value that is not in the table.
const UNREAD: u32 = u32::MAX;

/// What is done to a key, as far as its values go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Values are compared for equality, and no more.
    #[default]
    Plain,
    /// It is incremented.
    Counted,
    /// It is appended to.
    Appended,
}

/// The values that are read or expected, and others that have been noted.
#[derive(Debug, Default)]
pub(crate) struct Symbols<'a> {
    kind: Kind,
    places: FoldMap<&'a [u8], u32>,
    /// If the key is appended to: those that are read or expected, in order.
    values: Vec<&'a [u8]>,
    /// By place: whether the value is read or expected.
    seen: Vec<bool>,
}

/// A version, by its rank among the versions of the key that the history names, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Revision(u32);

/// The versions that the history of one key names, in order.
#[derive(Debug)]
pub(crate) struct Revisions {
    versions: Vec<Version>,
}

impl RegisterValue for Symbol {
    fn increment(current: Option<&Self>, by: i64) -> Result<Self, Refusal> {
        match current {
            None => Ok(Self::Number(by)),
            Some(Self::Number(now) | Self::Spelled(now, _)) => {
                now.checked_add(by).map(Self::Number).ok_or(Refusal::Overflow)
            }
            // On a key that is incremented, numbers are never unread.
            Some(Self::Bytes(_) | Self::Beginning(..) | Self::Unread) => Err(Refusal::NotANumber),
        }
    }
}

impl<'a> Symbols<'a> {
    /// Of a key of this kind, and the symbols of all values that were noted.
    pub(crate) fn new(kind: Kind, noted: NotedValues<'a>) -> (Self, Vec<Symbol>) {
        let NotedValues { places, values, seen } = noted;
        if kind == Kind::Appended {
            let mut observed: Vec<&[u8]> =
                values.iter().zip(&seen).filter(|(_, seen)| **seen).map(|(value, _)| *value).collect();
            observed.sort_unstable();
            let symbols = Self { kind, places: FoldMap::default(), seen: vec![true; observed.len()], values: observed };
            let named = values.iter().map(|value| symbols.of(value)).collect();
            return (symbols, named);
        }
        let symbols = Self { kind, places, values, seen };
        let named =
            (0..).zip(&symbols.values).map(|(place, value)| symbols.at(symbols.if_seen(place), value)).collect();
        (symbols, named)
    }

    /// The symbol of these bytes.
    pub(crate) fn of(&self, value: &[u8]) -> Symbol {
        let place = self.places.get(value).and_then(|place| self.if_seen(*place));
        self.at(place, value)
    }

    /// The symbol of a value that is read or expected at `place`, if it is.
    fn at(&self, place: Option<u32>, value: &[u8]) -> Symbol {
        match self.kind {
            Kind::Plain => place.map_or(Symbol::Unread, Symbol::Bytes),
            Kind::Counted => number_or_bytes(place, value),
            Kind::Appended => self.beginning(0, 0, value),
        }
    }

    /// What is there after an append.
    pub(crate) fn append(&self, before: Option<Symbol>, bytes: &[u8]) -> Symbol {
        match before {
            None => self.beginning(0, 0, bytes),
            Some(Symbol::Beginning(place, length)) => self.beginning(place, length as usize, bytes),
            Some(_) => Symbol::Unread,
        }
    }

    /// The bytes of a symbol, unless it is unread.
    pub(crate) fn bytes(&self, symbol: Symbol) -> Option<Value> {
        match symbol {
            Symbol::Number(number) => Some(number.to_string().into_bytes()),
            Symbol::Spelled(_, place) | Symbol::Bytes(place) => {
                self.values.get(place as usize).map(|bytes| bytes.to_vec())
            }
            Symbol::Beginning(place, length) => Some(self.values[place as usize][..length as usize].to_vec()),
            Symbol::Unread => None,
        }
    }

    /// What is done to the key.
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// All values that are read or expected; `None` where beginnings of them matter too.
    pub(crate) fn values(&self) -> Option<impl Iterator<Item = &'a [u8]>> {
        let seen = self.values.iter().zip(&self.seen).filter(|(_, seen)| **seen).map(|(value, _)| *value);
        (self.kind != Kind::Appended).then_some(seen)
    }

    fn if_seen(&self, place: u32) -> Option<u32> {
        self.seen[place as usize].then_some(place)
    }

    /// The first value that begins with the first `length` bytes of the value at `place` (which is the
    /// first that does) and then `more`, if one does.
    fn beginning(&self, place: u32, length: usize, more: &[u8]) -> Symbol {
        let Some(from) = self.values.get(place as usize..) else { return Symbol::Unread };
        let start = from.first().map_or(&[][..], |value| &value[..length]);
        let lower = |value: &&[u8]| value.strip_prefix(start).is_some_and(|rest| rest < more);
        let skipped = from.partition_point(lower);
        let begins = |value: &&[u8]| value.strip_prefix(start).is_some_and(|rest| rest.starts_with(more));
        match from.get(skipped).filter(|value| begins(value)) {
            Some(_) => Symbol::Beginning(place + number(skipped), number(length + more.len())),
            None => Symbol::Unread,
        }
    }
}

fn number_or_bytes(place: Option<u32>, value: &[u8]) -> Symbol {
    // What counts as a number is the register's business.
    match number_of(value) {
        Ok(number) if is_plain(value) => Symbol::Number(number),
        Ok(number) => Symbol::Spelled(number, place.unwrap_or(UNREAD)),
        Err(_) => place.map_or(Symbol::Unread, Symbol::Bytes),
    }
}

/// Whether a number is in the form that an increment writes: no sign but a minus, no zero in front.
fn is_plain(number: &[u8]) -> bool {
    match number {
        b"0" => true,
        [b'-', digits @ ..] | digits => matches!(digits.first(), Some(b'1'..=b'9')),
    }
}

fn number(number: usize) -> u32 {
    u32::try_from(number).expect("fewer than 2^32 values and bytes in one")
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
    /// Of the versions that were noted, and the rank of each.
    pub(crate) fn new(noted: NotedVersions) -> (Self, Vec<Revision>) {
        let mut in_order: Vec<(Version, u32)> = noted.places.into_iter().collect();
        in_order.sort_unstable();
        let mut ranks = vec![Revision::UNSTATED; in_order.len()];
        for (rank, (_, place)) in (1..).zip(&in_order) {
            ranks[*place as usize] = Revision(rank);
        }
        (Self { versions: in_order.into_iter().map(|(version, _)| version).collect() }, ranks)
    }

    /// Which version it is; `None` for the unstated one.
    pub(crate) fn version(&self, revision: Revision) -> Option<Version> {
        usize::try_from(revision.0).ok()?.checked_sub(1).and_then(|place| self.versions.get(place)).copied()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.versions.len()
    }
}
