use super::{LogFormat, Share};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A node's configuration file, as written. An unknown key is an error, since it is most likely a known one misspelt.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileConfig {
    /// 32 hexadecimal digits.
    pub cluster: String,
    /// This node's id, one of `members`.
    pub node: u16,
    /// The configuration epoch; 1 where absent.
    pub epoch: Option<u32>,
    /// Where to listen; the own address in `members` where absent.
    pub listen: Option<String>,
    /// Where the admin port listens; nowhere where absent.
    pub admin: Option<String>,
    /// The data directory, relative to the file.
    pub data: String,
    /// Where to record what every log does, relative to the file; nowhere where absent.
    pub record: Option<String>,
    /// What to log.
    pub log: Option<String>,
    /// How to log it.
    pub log_format: Option<LogFormat>,
    /// Whether slow operations are remembered with their keys; not where absent.
    pub show_keys: Option<bool>,
    /// Where spans are sent, as the address of an OpenTelemetry collector; nowhere where absent.
    pub otlp_endpoint: Option<String>,
    /// Which share of the requests is traced whose client does not trace them; none where absent.
    pub otlp_share: Option<Share>,
    /// Every voter's id and address.
    pub members: BTreeMap<String, String>,
    /// Bounds that differ from their defaults.
    #[serde(default)]
    pub limits: LimitsTable,
}

/// The bounds that somebody set; see [`BOUNDS`](super::BOUNDS) for their units, defaults and maxima.
#[derive(Clone, Debug, Default, Deserialize, clap::Args)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "each is described where its bound is")]
pub struct LimitsTable {
    #[arg(long, env = "QUORATE_CONNECTIONS", value_name = "N", hide = true)]
    pub connections: Option<u64>,
    #[arg(long, env = "QUORATE_REQUESTS_IN_FLIGHT", value_name = "N", hide = true)]
    pub requests_in_flight: Option<u64>,
    #[arg(long, env = "QUORATE_OPERATIONS", value_name = "N", hide = true)]
    pub operations: Option<u64>,
    #[arg(long, env = "QUORATE_HANDSHAKE_TIMEOUT_MS", value_name = "MS", hide = true)]
    pub handshake_timeout_ms: Option<u64>,
    #[arg(long, env = "QUORATE_IDLE_TIMEOUT_MS", value_name = "MS", hide = true)]
    pub idle_timeout_ms: Option<u64>,
    #[arg(long, env = "QUORATE_STOP_TIMEOUT_MS", value_name = "MS", hide = true)]
    pub stop_timeout_ms: Option<u64>,
    #[arg(long, env = "QUORATE_INBOX", value_name = "N", hide = true)]
    pub inbox: Option<u64>,
    #[arg(long, env = "QUORATE_OUTBOX", value_name = "N", hide = true)]
    pub outbox: Option<u64>,
    #[arg(long, env = "QUORATE_LOGS_IN_MEMORY", value_name = "N", hide = true)]
    pub logs_in_memory: Option<u64>,
    #[arg(long, env = "QUORATE_MAP_GIB", value_name = "GIB", hide = true)]
    pub map_gib: Option<u64>,
    #[arg(long, env = "QUORATE_RECORD_MIB", value_name = "MIB", hide = true)]
    pub record_mib: Option<u64>,
    #[arg(long, env = "QUORATE_SLOW_MS", value_name = "MS", hide = true)]
    pub slow_ms: Option<u64>,
}
