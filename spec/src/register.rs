//! The sequential register: what one key must look like to its clients, one operation after another.

use core::hash::Hash;

/// What a register can hold. Increment is the only operation that looks inside a value.
pub trait RegisterValue: Clone + Eq + Ord + Hash {
    /// `current + by`, where an absent value counts as 0.
    ///
    /// # Errors
    /// [`Refusal::NotANumber`] or [`Refusal::Overflow`].
    fn increment(current: Option<&Self>, by: i64) -> Result<Self, Refusal>;
}

/// What a compare-and-set expects to find.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Expect<V, R> {
    /// No value: never written, or deleted.
    Absent,
    /// This value.
    Value(V),
    /// What the write with this version left (a delete leaves absence, under its version).
    Version(R),
}

/// An operation on a register. `V` is a value, `R` an opaque version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation<V, R> {
    /// Read.
    Get,
    /// Write.
    Put(V),
    /// Remove; refused where nothing is.
    Delete,
    /// Write (or remove, with `None`) where what is there is as expected; refused elsewhere.
    CompareAndSet {
        /// What must be there.
        expect: Expect<V, R>,
        /// What to leave.
        new: Option<V>,
    },
    /// Add to a number.
    Increment(i64),
}

/// Why an operation had no effect, for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refusal {
    /// A compare-and-set found something else.
    Mismatch,
    /// There was nothing to delete.
    Absent,
    /// The value is no number.
    NotANumber,
    /// The sum is out of range.
    Overflow,
}

/// What an operation would do, decided by the state alone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect<V> {
    /// It reads.
    Read,
    /// It changes nothing and says why.
    Refused(Refusal),
    /// It leaves this value, or none, under a new version (also if the value is the old one).
    Write(Option<V>),
}

/// What an operation answers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer<V, R> {
    /// The value, if there is one, and the version of the write that left it that way, if any did.
    Read(Option<V>, Option<R>),
    /// Done, under this version. An increment also says what it left.
    Done(R, Option<V>),
    /// Not done, for good.
    Refused(Refusal),
}

/// A register's state. Versions are opaque: the register is told the version of each write by whoever
/// runs it, and only ever compares versions for equality. That they increase is P12, a property of the
/// system and not of the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Register<V, R> {
    /// What it holds.
    pub value: Option<V>,
    /// The last write's version; `None` if there was no write. Refusals do not change it.
    pub version: Option<R>,
}

impl<V, R> Default for Register<V, R> {
    fn default() -> Self {
        Self { value: None, version: None }
    }
}

impl<V: RegisterValue, R: Clone + Eq> Register<V, R> {
    /// What `operation` would do here.
    pub fn evaluate(&self, operation: &Operation<V, R>) -> Effect<V> {
        match operation {
            Operation::Get => Effect::Read,
            Operation::Put(value) => Effect::Write(Some(value.clone())),
            Operation::Delete if self.value.is_none() => Effect::Refused(Refusal::Absent),
            Operation::Delete => Effect::Write(None),
            Operation::CompareAndSet { expect, new } if self.is_as(expect) => Effect::Write(new.clone()),
            Operation::CompareAndSet { .. } => Effect::Refused(Refusal::Mismatch),
            Operation::Increment(by) => match V::increment(self.value.as_ref(), *by) {
                Ok(sum) => Effect::Write(Some(sum)),
                Err(refusal) => Effect::Refused(refusal),
            },
        }
    }

    /// Carries `operation` out; `version` is its version if it writes.
    pub fn apply(&mut self, operation: &Operation<V, R>, version: R) -> Answer<V, R> {
        match self.evaluate(operation) {
            Effect::Read => Answer::Read(self.value.clone(), self.version.clone()),
            Effect::Refused(refusal) => Answer::Refused(refusal),
            Effect::Write(value) => {
                self.value = value;
                self.version = Some(version.clone());
                let counted = matches!(operation, Operation::Increment(_));
                Answer::Done(version, self.value.clone().filter(|_| counted))
            }
        }
    }

    /// Whether what it holds is as expected.
    fn is_as(&self, expect: &Expect<V, R>) -> bool {
        match expect {
            Expect::Absent => self.value.is_none(),
            Expect::Value(value) => self.value.as_ref() == Some(value),
            Expect::Version(version) => self.version.as_ref() == Some(version),
        }
    }
}

impl RegisterValue for i64 {
    fn increment(current: Option<&Self>, by: i64) -> Result<Self, Refusal> {
        current.copied().unwrap_or(0).checked_add(by).ok_or(Refusal::Overflow)
    }
}

/// The number that these bytes are, if they are a decimal `i64`, with or without a sign.
///
/// # Errors
/// [`Refusal::NotANumber`].
pub fn number(bytes: &[u8]) -> Result<i64, Refusal> {
    let text = core::str::from_utf8(bytes).map_err(|_| Refusal::NotANumber)?;
    text.parse().map_err(|_| Refusal::NotANumber)
}

/// Bytes count as a number if they are a decimal `i64`, with or without a sign.
impl RegisterValue for Vec<u8> {
    fn increment(current: Option<&Self>, by: i64) -> Result<Self, Refusal> {
        let number = current.map_or(Ok(0), |bytes| number(bytes))?;
        let sum = number.checked_add(by).ok_or(Refusal::Overflow)?;
        Ok(sum.to_string().into_bytes())
    }
}
