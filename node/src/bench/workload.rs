use super::Spread;
use crate::driver::SplitMix64;

/// What is done: how much of each kind of operation, on which keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Workload {
    /// Puts only
    Put,
    /// Gets only
    Get,
    /// One put for every get, at random
    Mixed,
    /// YCSB A: half gets, half puts; some keys more often than others
    A,
    /// YCSB B: 95 % gets, 5 % puts; some keys more often than others
    B,
    /// YCSB C: gets only; some keys more often than others
    C,
    /// Like YCSB D: 95 % gets of what was put lately; puts take the keys in turn
    D,
    /// YCSB F: half gets, half read-modify-writes (a get and a compare-and-set of the version it found)
    F,
}

/// A kind of operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A put.
    Put,
    /// A get.
    Get,
    /// A get, then a compare-and-set of what it found.
    Update,
}

/// YCSB's exponent.
pub(super) const ZIPF: f64 = 0.99;

impl Workload {
    /// The kind of the next operation.
    pub fn draw(self, random: &mut SplitMix64) -> Kind {
        let (gets, others) = match self {
            Self::Put => (0, Kind::Put),
            Self::Get | Self::C => (100, Kind::Put),
            Self::Mixed | Self::A => (50, Kind::Put),
            Self::B | Self::D => (95, Kind::Put),
            Self::F => (50, Kind::Update),
        };
        if random.below(100) < gets { Kind::Get } else { others }
    }

    /// How the keys are spread; `exponent` is what was asked for, and 0 asks for keys that are all alike.
    pub fn spread(self, exponent: Option<f64>) -> Spread {
        match (self, exponent) {
            (Self::D, exponent) => Spread::Latest(exponent.filter(|exponent| *exponent > 0.0).unwrap_or(ZIPF)),
            (_, Some(exponent)) if exponent > 0.0 => Spread::Zipf(exponent),
            (Self::A | Self::B | Self::C | Self::F, None) => Spread::Zipf(ZIPF),
            _ => Spread::Uniform,
        }
    }
}

impl Kind {
    /// Every kind, in the order in which they are printed.
    pub const ALL: [Kind; 3] = [Kind::Put, Kind::Get, Kind::Update];

    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Put => "put",
            Self::Get => "get",
            Self::Update => "update",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_those_of_the_mixes() {
        let share = |workload: Workload, kind: Kind| {
            let mut random = SplitMix64::new(1);
            (0..10_000).filter(|_| workload.draw(&mut random) == kind).count()
        };
        assert_eq!((share(Workload::Put, Kind::Put), share(Workload::C, Kind::Get)), (10_000, 10_000));
        assert!((4_700..5_300).contains(&share(Workload::A, Kind::Put)));
        assert!((300..700).contains(&share(Workload::B, Kind::Put)));
        assert!((4_700..5_300).contains(&share(Workload::F, Kind::Update)));
    }

    #[test]
    fn keys_are_spread_as_the_mix_says_unless_asked_otherwise() {
        assert_eq!(Workload::Put.spread(None), Spread::Uniform);
        assert_eq!(Workload::Put.spread(Some(1.2)), Spread::Zipf(1.2));
        assert_eq!(Workload::A.spread(None), Spread::Zipf(ZIPF));
        assert_eq!(Workload::A.spread(Some(0.0)), Spread::Uniform);
        assert_eq!(Workload::D.spread(Some(0.0)), Spread::Latest(ZIPF));
    }
}
