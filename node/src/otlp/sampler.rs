use crate::config::Share;
use opentelemetry::trace::{Link, SpanKind, TraceContextExt, TraceId};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{Sampler, SamplingResult, ShouldSample};

/// Which spans are sent: those of requests that their clients trace, and a share of all others.
///
/// The share is taken by the trace's id. So every node takes the same operations, and a trace has all its parts. What
/// has no trace at all is no client's request: deliveries between nodes, heartbeats.
#[derive(Clone, Debug)]
pub(super) struct Chosen {
    share: Sampler,
}

impl Chosen {
    pub(super) fn new(share: Share) -> Self {
        Self { share: Sampler::TraceIdRatioBased(share.get()) }
    }
}

impl ShouldSample for Chosen {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        trace: TraceId,
        name: &str,
        kind: &SpanKind,
        attributes: &[KeyValue],
        links: &[Link],
    ) -> SamplingResult {
        let of = parent.map(|context| context.span().span_context().clone()).filter(|span| span.is_valid());
        let rule = match of {
            None => &Sampler::AlwaysOff,
            Some(span) if span.is_sampled() => &Sampler::AlwaysOn,
            Some(_) => &self.share,
        };
        rule.should_sample(parent, trace, name, kind, attributes, links)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use opentelemetry::trace::{SpanContext, SpanId, TraceFlags, TraceState};
    use opentelemetry_sdk::trace::SamplingDecision;

    fn taken(share: f64, trace: u128, flags: TraceFlags) -> bool {
        let id = TraceId::from(trace);
        let remote = SpanContext::new(id, SpanId::from(5), flags, true, TraceState::default());
        let parent = Context::new().with_remote_span_context(remote);
        let chosen = Chosen::new(Share::try_from(share).unwrap());
        let result = chosen.should_sample(Some(&parent), id, "RPC", &SpanKind::Server, &[], &[]);
        result.decision == SamplingDecision::RecordAndSample
    }

    #[test]
    fn clients_choose_and_a_share_of_the_rest_is_taken_by_the_trace() {
        let (low, high) = (1, u128::from(u64::MAX));
        assert!(taken(0.0, high, TraceFlags::SAMPLED), "its client traces it");
        assert!(!taken(0.0, low, TraceFlags::default()));
        assert!(taken(0.5, low, TraceFlags::default()));
        assert!(!taken(0.5, high, TraceFlags::default()));
        assert!(taken(1.0, high, TraceFlags::default()));
        assert!(!taken(1.0, 0, TraceFlags::default()), "no client's request");
    }
}
