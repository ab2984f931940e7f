use super::{LimitsTable, OverrideOrigins, Share, parse_dial};
use quorate_protocol::NodeId;
use serde::Deserialize;
use std::path::PathBuf;

/// What the environment and the flags say, each over the file; a flag over the environment.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Overrides {
    /// Address for peers and clients, host:port
    #[arg(long, env = "QUORATE_LISTEN", value_name = "ADDRESS")]
    pub listen: Option<String>,
    /// Address of the admin port (/livez, /readyz, /metrics), or "off"
    #[arg(long, env = "QUORATE_ADMIN", value_name = "ADDRESS")]
    pub admin: Option<String>,
    /// The data directory
    #[arg(long, env = "QUORATE_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Record what every log does into this directory, for `quorate-check trace`
    #[arg(long, env = "QUORATE_RECORD", value_name = "DIR")]
    pub record: Option<PathBuf>,
    /// Reach a node at another address than its own, as NODE=HOST:PORT: when a proxy or a tunnel is in between
    #[arg(long, value_name = "NODE=ADDRESS", value_parser = parse_dial)]
    pub dial: Vec<(NodeId, String)>,
    /// What to log, such as "info" or "quorate_node=debug"
    #[arg(long, env = "QUORATE_LOG", value_name = "FILTER")]
    pub log: Option<String>,
    /// How to log it
    #[arg(long, env = "QUORATE_LOG_FORMAT", value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,
    /// Whether /debug/ops on the admin port shows the keys of slow operations
    #[arg(long, env = "QUORATE_SHOW_KEYS", value_name = "BOOL")]
    pub show_keys: Option<bool>,
    /// Send spans of requests to this OpenTelemetry collector, such as http://127.0.0.1:4318, or "off"
    #[arg(long, env = "QUORATE_OTLP_ENDPOINT", value_name = "URL")]
    pub otlp_endpoint: Option<String>,
    /// Which share of the requests is traced whose client does not trace them, from 0 to 1
    #[arg(long, env = "QUORATE_OTLP_SHARE", value_name = "SHARE")]
    pub otlp_share: Option<Share>,
    /// Bounds.
    #[command(flatten)]
    pub limits: LimitsTable,
    /// Which of them are flags, and which are variables.
    #[arg(skip)]
    pub origins: OverrideOrigins,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

impl std::fmt::Display for LogFormat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Json => "json",
        })
    }
}
