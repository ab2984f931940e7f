use crate::config::NodeConfig;
use crate::server::SpanLayer;
use std::convert::Infallible;

/// Sends nothing.
pub(crate) struct Exporter;

impl Exporter {
    /// Nothing waits to be sent.
    pub(crate) async fn stop(self) {}
}

/// The configuration has refused a collector already.
///
/// # Errors
/// There is none.
pub(crate) fn start(_: &NodeConfig) -> Result<(Option<SpanLayer>, Exporter), Infallible> {
    Ok((None, Exporter))
}
