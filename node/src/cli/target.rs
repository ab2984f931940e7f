use super::{Failure, Format};
use quorate_client::wire::ClusterId;
use std::time::Duration;

/// Which cluster a command talks to, and for how long.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Target {
    /// Addresses of some nodes, host:port; the others are found through them
    #[arg(
        long,
        global = true,
        help_heading = "Cluster",
        env = "QUORATE_ENDPOINTS",
        value_name = "ADDRESSES",
        value_delimiter = ',',
        default_value = "127.0.0.1:7401,127.0.0.1:7402,127.0.0.1:7403"
    )]
    pub endpoints: Vec<String>,
    /// How long the command may take, such as 500ms or 5s
    #[arg(long, global = true, help_heading = "Cluster", env = "QUORATE_TIMEOUT", default_value = "5s", value_parser = parse_duration)]
    pub timeout: Duration,
    /// Take no other cluster than this one
    #[arg(long, global = true, help_heading = "Cluster", env = "QUORATE_CLUSTER", value_name = "ID")]
    pub cluster: Option<ClusterId>,
    /// How its data look.
    #[command(flatten)]
    pub format: Format,
}

/// The longest timeout: what the wire cuts deadlines to.
pub(crate) const TIMEOUT_MAX: Duration = quorate_client::wire::limits::DEADLINE_MAX;

impl Target {
    /// The endpoints, once each.
    ///
    /// # Errors
    /// There is none.
    pub(crate) fn addresses(&self) -> Result<Vec<String>, Failure> {
        let mut addresses: Vec<String> =
            self.endpoints.iter().map(|address| address.trim().to_owned()).filter(|one| !one.is_empty()).collect();
        addresses.sort();
        addresses.dedup();
        let none = || Failure::usage("--endpoints names no node").hint("Write it as host:port,host:port,...");
        if addresses.is_empty() { Err(none()) } else { Ok(addresses) }
    }
}

/// A duration as written: a whole number and one of ms, s, m.
///
/// # Errors
/// It is something else, zero, or too long.
pub(crate) fn parse_duration(text: &str) -> Result<Duration, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let millis_per_unit = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        _ => return Err("a whole number and a unit, one of ms, s, m".to_owned()),
    };
    let millis = number.parse::<u64>().ok().and_then(|number| number.checked_mul(millis_per_unit));
    match millis.map(Duration::from_millis) {
        Some(duration) if !duration.is_zero() && duration <= TIMEOUT_MAX => Ok(duration),
        _ => Err(format!("from 1ms to {}s", TIMEOUT_MAX.as_secs())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        assert_eq!(parse_duration("250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(parse_duration("5s"), Ok(Duration::from_secs(5)));
        assert_eq!(parse_duration("1m"), Ok(Duration::from_secs(60)));
        for wrong in ["", "5", "s", "0s", "-1s", "1.5s", "61s", "2m", "1h", "99999999999999999999s"] {
            assert!(parse_duration(wrong).is_err(), "{wrong}");
        }
    }
}
