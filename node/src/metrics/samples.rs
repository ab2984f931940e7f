use super::Distribution;
use std::borrow::Cow;

/// One number with its labels.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Names and values of its labels, in the order of the table.
    pub labels: Vec<(&'static str, Cow<'static, str>)>,
    /// The number.
    pub value: Value,
}

/// What a sample says.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A whole number.
    Count(u64),
    /// Any number.
    Number(f64),
    /// A histogram.
    Distribution(Distribution),
}

/// The samples of one metric in the making.
#[derive(Debug, Default)]
pub struct Samples(Vec<Sample>);

impl Samples {
    /// A whole number without labels.
    pub(super) fn count(&mut self, count: u64) {
        self.0.push(Sample { labels: Vec::new(), value: Value::Count(count) });
    }

    /// A length as a whole number.
    pub(super) fn len(&mut self, len: usize) {
        self.count(u64::try_from(len).unwrap_or(u64::MAX));
    }

    /// A number without labels.
    pub(super) fn number(&mut self, number: f64) {
        self.0.push(Sample { labels: Vec::new(), value: Value::Number(number) });
    }

    /// A whole number with labels.
    pub(super) fn labelled<const N: usize>(&mut self, labels: [(&'static str, Cow<'static, str>); N], count: u64) {
        self.0.push(Sample { labels: labels.into(), value: Value::Count(count) });
    }

    /// A histogram.
    pub(super) fn distribution<const N: usize>(
        &mut self,
        labels: [(&'static str, Cow<'static, str>); N],
        distribution: &Distribution,
    ) {
        self.0.push(Sample { labels: labels.into(), value: Value::Distribution(distribution.clone()) });
    }

    pub(super) fn into_vec(self) -> Vec<Sample> {
        self.0
    }
}
