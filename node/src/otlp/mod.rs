//! Spans for an OpenTelemetry collector, in builds with the feature `otlp`.

#[cfg(not(feature = "otlp"))]
mod absent;
#[cfg(feature = "otlp")]
mod exporter;
#[cfg(feature = "otlp")]
mod sampler;
#[cfg(feature = "otlp")]
mod transport;

#[cfg(not(feature = "otlp"))]
pub(crate) use absent::start;
#[cfg(feature = "otlp")]
pub(crate) use exporter::start;
