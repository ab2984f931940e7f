use super::{Numbers, Sample, Samples};

/// One metric: everything that is said of it anywhere, and how it is read.
pub struct Metric {
    /// Its name, in Prometheus' conventions: base units, and `_total` for what only grows.
    pub name: &'static str,
    /// What kind of number it is.
    pub kind: Kind,
    /// The names of its labels.
    pub labels: &'static [&'static str],
    /// What it means.
    pub help: &'static str,
    /// What a bad value looks like, and what to do then; empty where no value is bad by itself.
    pub watch: &'static str,
    pub(super) read: fn(&Numbers, &mut Samples),
}

/// What kind of number a metric is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only grows while the node runs.
    Counter,
    /// Goes up and down.
    Gauge,
    /// How often a quantity had which size.
    Histogram,
}

impl Metric {
    /// Its samples: one for each set of labels.
    pub fn samples(&self, numbers: &Numbers) -> Vec<Sample> {
        let mut samples = Samples::default();
        (self.read)(numbers, &mut samples);
        samples.into_vec()
    }

    /// The unit that its name ends in, if it has one.
    pub fn unit(&self) -> Option<&'static str> {
        let stem = self.name.strip_suffix("_total").unwrap_or(self.name);
        ["seconds", "bytes"].into_iter().find(|unit| stem.rsplit('_').next() == Some(unit))
    }
}

impl Kind {
    /// As Prometheus calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

impl std::fmt::Debug for Metric {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Metric").field("name", &self.name).finish_non_exhaustive()
    }
}
