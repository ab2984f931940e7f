use crate::config::LogFormat;
use std::io::IsTerminal;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Registry, fmt, reload};

/// The log of a process that has one: changes what is logged while it runs.
#[derive(Clone, Debug)]
pub struct Logging {
    filter: reload::Handle<EnvFilter, Registry>,
}

impl Logging {
    /// Logs what `filter` lets through from now on.
    ///
    /// # Errors
    /// What is wrong with the filter, in words; what is logged stays as it was.
    pub fn set(&self, filter: &str) -> Result<(), String> {
        self.filter.reload(parse(filter)?).map_err(|error| error.to_string())
    }
}

/// Sends log lines to stderr. `filter` is in the syntax of [`EnvFilter`]; tarpc's own line for every call is left out
/// unless the filter names tarpc.
///
/// # Errors
/// What is wrong with the filter, or with calling this twice, in words.
pub fn init_logging(filter: &str, format: LogFormat) -> Result<Logging, String> {
    let (filter, handle) = reload::Layer::new(parse(filter)?);
    let lines = fmt::layer().with_writer(std::io::stderr);
    let lines = match format {
        LogFormat::Text => lines.with_ansi(std::io::stderr().is_terminal()).with_filter(filter).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_filter(filter).boxed(),
    };
    tracing_subscriber::registry().with(lines).try_init().map_err(|error| error.to_string())?;
    Ok(Logging { filter: handle })
}

fn parse(filter: &str) -> Result<EnvFilter, String> {
    let filter = if filter.contains("tarpc") { filter.to_owned() } else { format!("{filter},tarpc=off") };
    EnvFilter::try_new(&filter).map_err(|error| format!("log filter {filter:?}: {error}"))
}

/// Whether [`init_logging`] takes a filter.
///
/// # Errors
/// What is wrong with it, in words.
pub fn check_log_filter(filter: &str) -> Result<(), String> {
    parse(filter).map(drop)
}
