use super::{Kind, Metric, Numbers, Value, metrics};
use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;
use std::fmt;

/// The type of [`page`].
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Every metric, in the text format of OpenMetrics 1.0, which Prometheus reads.
pub fn page(numbers: Numbers) -> String {
    let mut registry = Registry::default();
    registry.register_collector(Box::new(Page(numbers)));
    let mut text = String::new();
    // Writing to a String does not fail.
    let _ = encode(&mut text, &registry);
    text
}

/// One look at a node.
#[derive(Debug)]
struct Page(Numbers);

impl Collector for Page {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        metrics().try_for_each(|metric| self.write(metric, &mut encoder))
    }
}

impl Page {
    fn write(&self, metric: &Metric, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let kind = match metric.kind {
            Kind::Counter => MetricType::Counter,
            Kind::Gauge => MetricType::Gauge,
            Kind::Histogram => MetricType::Histogram,
        };
        // The encoder ends a counter's name itself.
        let name = metric.name.strip_suffix("_total").unwrap_or(metric.name);
        let mut encoder = encoder.encode_descriptor(name, metric.help, None, kind)?;
        for sample in metric.samples(&self.0) {
            if sample.labels.is_empty() {
                value(&mut encoder, metric.kind, &sample.value)?;
            } else {
                let labels: Vec<(&str, &str)> = sample.labels.iter().map(|(name, value)| (*name, &**value)).collect();
                value(&mut encoder.encode_family(&labels)?, metric.kind, &sample.value)?;
            }
        }
        Ok(())
    }
}

fn value(encoder: &mut MetricEncoder<'_>, kind: Kind, value: &Value) -> fmt::Result {
    match (value, kind) {
        (Value::Distribution(distribution), _) => {
            encoder.encode_histogram::<NoLabelSet>(distribution.sum, distribution.count(), &distribution.buckets, None)
        }
        (Value::Count(count), Kind::Counter) => encoder.encode_counter::<NoLabelSet, _, u64>(count, None),
        (Value::Count(count), _) => encoder.encode_gauge(count),
        (Value::Number(number), Kind::Counter) => encoder.encode_counter::<NoLabelSet, _, u64>(number, None),
        (Value::Number(number), _) => encoder.encode_gauge(number),
    }
}
