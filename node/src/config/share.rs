use serde::Deserialize;
use std::fmt;
use std::str::FromStr;

/// A share of something, from 0 (none of it) to 1 (all of it).
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(try_from = "f64")]
pub struct Share(f64);

/// It is below 0, above 1, or no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a share is a number from 0 to 1")]
pub struct NotAShare;

impl Share {
    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Share {
    type Error = NotAShare;

    fn try_from(number: f64) -> Result<Self, NotAShare> {
        if (0.0..=1.0).contains(&number) { Ok(Self(number)) } else { Err(NotAShare) }
    }
}

impl FromStr for Share {
    type Err = NotAShare;

    fn from_str(text: &str) -> Result<Self, NotAShare> {
        text.parse::<f64>().map_err(|_| NotAShare)?.try_into()
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_from_0_to_1() {
        assert_eq!("0.25".parse::<Share>().map(Share::get), Ok(0.25));
        assert_eq!("1".parse::<Share>().unwrap().to_string(), "1");
        for wrong in ["", "-0.1", "1.01", "NaN", "inf", "half"] {
            assert_eq!(wrong.parse::<Share>(), Err(NotAShare), "{wrong}");
        }
    }
}
