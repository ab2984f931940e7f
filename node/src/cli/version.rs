use super::Exit;
use super::answer::Answer;
use super::document::SCHEMA;
use crate::store::RECORD_VERSION;
use quorate_client::wire::hello::{VERSION_MAX, VERSION_MIN};
use serde_json::{Value, json};

/// The commit, where whoever built the binary said so: `QUORATE_COMMIT=$(git rev-parse HEAD) cargo build`.
const COMMIT: Option<&str> = option_env!("QUORATE_COMMIT");

/// What this binary is and speaks.
pub(super) fn version() -> Answer {
    let version = env!("CARGO_PKG_VERSION");
    let lines = [
        format!("quorate {version}"),
        format!("commit           {}", COMMIT.unwrap_or("not said when it was built")),
        format!("wire protocol    {VERSION_MIN} to {VERSION_MAX}"),
        format!("record on disk   {RECORD_VERSION}"),
        format!("json schema      {SCHEMA}"),
        format!("debug assertions {}", if cfg!(debug_assertions) { "on" } else { "off" }),
    ];
    Answer::text("version", lines.join("\n") + "\n", Exit::Ok)
        .with("version", version)
        .with("commit", COMMIT.map_or(Value::Null, Value::from))
        .with("wire", json!({ "min": VERSION_MIN, "max": VERSION_MAX }))
        .with("record", RECORD_VERSION)
        .with("features", features())
        .with("debug_assertions", cfg!(debug_assertions))
}

/// The optional parts that are compiled in.
fn features() -> Value {
    FEATURES.iter().filter(|(_, on)| *on).map(|(name, _)| Value::from(*name)).collect()
}

/// Every optional part of the package, and whether this binary has it.
const FEATURES: &[(&str, bool)] = &[("otlp", cfg!(feature = "otlp"))];
