use super::sampler::Chosen;
use super::transport::Transport;
use crate::config::NodeConfig;
use crate::server::{SPANS, SpanLayer};
use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{ExporterBuildError, Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, SdkTracerProvider};
use std::time::Duration;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::layer::Layer;

/// Spans that wait to be sent; beyond it they are dropped.
pub(crate) const SPANS_WAITING_MAX: usize = 4096;
/// Spans in one request to the collector.
const BATCH: usize = 512;
/// How long spans wait for others.
const DELAY: Duration = Duration::from_secs(1);
/// How long a node that stops waits for its last spans to be taken.
const FLUSH: Duration = Duration::from_secs(2);

/// The collector cannot be sent to.
#[derive(Debug, thiserror::Error)]
#[error("spans cannot be sent: {0}")]
pub(crate) struct StartExporterError(#[from] ExporterBuildError);

/// What sends spans, if a collector was named.
pub(crate) struct Exporter(Option<SdkTracerProvider>);

/// Starts what sends spans to the collector that the configuration names.
///
/// # Errors
/// Its address is none.
pub(crate) fn start(config: &NodeConfig) -> Result<(Option<SpanLayer>, Exporter), StartExporterError> {
    let Some(endpoint) = &config.otlp_endpoint else { return Ok((None, Exporter(None))) };
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(Transport::new())
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(path_of_traces(endpoint))
        .build()?;
    let bounds = BatchConfigBuilder::default()
        .with_max_queue_size(SPANS_WAITING_MAX)
        .with_max_export_batch_size(BATCH)
        .with_scheduled_delay(DELAY);
    let provider = SdkTracerProvider::builder()
        .with_span_processor(BatchSpanProcessor::builder(exporter).with_batch_config(bounds.build()).build())
        .with_sampler(Chosen::new(config.otlp_share))
        .with_resource(resource(config))
        .build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("quorate"));
    // A delivery to a peer is a span only within a request that is traced; heartbeats and all other frames are none.
    let filter = dynamic_filter_fn(|what, context| match kind(what) {
        Kind::Served => true,
        Kind::Asked => context.lookup_current().is_some(),
        Kind::Other => false,
    });
    Ok((Some(layer.with_filter(filter).boxed()), Exporter(Some(provider))))
}

impl Exporter {
    /// Sends what waits, within [`FLUSH`].
    pub(crate) async fn stop(self) {
        let Some(provider) = self.0 else { return };
        let stopped = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(FLUSH)).await;
        if !matches!(stopped, Ok(Ok(()))) {
            tracing::warn!("the last spans were not sent");
        }
    }
}

enum Kind {
    Served,
    Asked,
    Other,
}

fn kind(what: &Metadata<'_>) -> Kind {
    match what.target() {
        _ if *what.level() > Level::INFO => Kind::Other,
        "tarpc::server" | SPANS => Kind::Served,
        "tarpc::client" => Kind::Asked,
        _ => Kind::Other,
    }
}

/// A collector's address alone stands for its usual path.
fn path_of_traces(endpoint: &str) -> String {
    let address = endpoint.trim_end_matches('/');
    let path = address.strip_prefix("http://").is_some_and(|rest| rest.contains('/'));
    if path { address.to_owned() } else { format!("{address}/v1/traces") }
}

/// Which process a span is of.
fn resource(config: &NodeConfig) -> Resource {
    Resource::builder()
        .with_service_name("quorate")
        .with_attributes([
            KeyValue::new("service.version", env!("CARGO_PKG_VERSION")),
            KeyValue::new("service.instance.id", config.node.0.to_string()),
            KeyValue::new("quorate.cluster", format!("{:032x}", config.cluster)),
        ])
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_path_is_added_to_an_address_alone() {
        assert_eq!(path_of_traces("http://c:4318"), "http://c:4318/v1/traces");
        assert_eq!(path_of_traces("http://c:4318/"), "http://c:4318/v1/traces");
        assert_eq!(path_of_traces("http://c:4318/otlp/v1/traces"), "http://c:4318/otlp/v1/traces");
    }
}
