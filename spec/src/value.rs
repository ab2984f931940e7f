//! Abstract values: what consensus is about.

/// The most values a model can have.
pub const MAX_VALUES: u8 = 8;

/// An abstract value, `0..MAX_VALUES`. Nothing but equality matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Value(pub u8);

/// A set of values, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ValueSet(u8);

impl ValueSet {
    /// No value.
    pub const EMPTY: Self = Self(0);

    /// Just `value`.
    ///
    /// # Panics
    /// `value` is not below [`MAX_VALUES`]: a fault of the model that asks.
    pub fn of(value: Value) -> Self {
        assert!(value.0 < MAX_VALUES, "no such value: {value:?}");
        Self(1 << value.0)
    }

    /// One bit a value.
    pub(crate) fn bits(self) -> u8 {
        self.0
    }

    /// The set whose [`Self::bits`] these are.
    pub(crate) fn from_bits(bits: u8) -> Self {
        Self(bits)
    }

    /// Whether `value` is in it.
    pub fn contains(self, value: Value) -> bool {
        value.0 < MAX_VALUES && self.0 & (1 << value.0) != 0
    }

    /// Whether nothing is in it.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many are in it.
    pub fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// What is in either.
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of it is in `other`.
    pub fn is_subset(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Its values, the smallest first.
    pub fn iter(self) -> impl Iterator<Item = Value> {
        (0..MAX_VALUES).map(Value).filter(move |v| self.contains(*v))
    }
}
