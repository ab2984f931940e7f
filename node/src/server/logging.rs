use super::SPANS;
use crate::config::LogFormat;
use std::io::IsTerminal;
use tracing_subscriber::layer::{Layer, Layered, SubscriberExt};
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

/// What takes spans, beside the log.
pub type SpanLayer = Box<dyn Layer<Layered<LogLayer, Registry>> + Send + Sync>;

type LogLayer = Box<dyn Layer<Registry> + Send + Sync>;

/// Sends log lines to stderr, and spans to `spans`. `filter` is in the syntax of [`EnvFilter`]; tarpc's own line for every
/// call, and spans that are for `spans` alone, are left out unless the filter names them.
///
/// # Errors
/// What is wrong with the filter, or with calling this twice, in words.
pub fn init_logging(filter: &str, format: LogFormat, spans: Option<SpanLayer>) -> Result<Logging, String> {
    let (filter, handle) = reload::Layer::new(parse(filter)?);
    let lines = fmt::layer().with_writer(std::io::stderr);
    let lines: LogLayer = match format {
        LogFormat::Text => lines.with_ansi(std::io::stderr().is_terminal()).with_filter(filter).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_filter(filter).boxed(),
    };
    tracing_subscriber::registry().with(lines).with(spans).try_init().map_err(|error| error.to_string())?;
    Ok(Logging { filter: handle })
}

fn parse(filter: &str) -> Result<EnvFilter, String> {
    let quiet = ["tarpc", SPANS].into_iter().filter(|target| !filter.contains(target));
    let whole = quiet.fold(filter.to_owned(), |filter, target| format!("{filter},{target}=off"));
    EnvFilter::try_new(&whole).map_err(|error| format!("log filter {filter:?}: {error}"))
}

/// Whether [`init_logging`] takes a filter.
///
/// # Errors
/// What is wrong with it, in words.
pub fn check_log_filter(filter: &str) -> Result<(), String> {
    parse(filter).map(drop)
}
