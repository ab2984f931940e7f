use crate::config::LogFormat;
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Sends log lines to stderr. `filter` is in the syntax of [`EnvFilter`]; tarpc's own line for every call is left out
/// unless the filter names tarpc.
///
/// # Errors
/// What is wrong with the filter, or with calling this twice, in words.
pub fn init_logging(filter: &str, format: LogFormat) -> Result<(), String> {
    let filter = if filter.contains("tarpc") { filter.to_owned() } else { format!("{filter},tarpc=off") };
    let filter = EnvFilter::try_new(&filter).map_err(|error| format!("log filter {filter:?}: {error}"))?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let set = match format {
        LogFormat::Text => lines.with_ansi(std::io::stderr().is_terminal()).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    set.map_err(|error| error.to_string())
}
