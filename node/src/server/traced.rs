//! What a node says of a request to whoever traces it: spans, for requests alone that somebody chose to trace.

use crate::metrics::{Op, Outcome};
use quorate_client::wire::KvResponseV1;
use quorate_protocol::{LogId, NodeId, Reply};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use tarpc::{context::Context, trace::SamplingDecision};
use tracing::Span;

/// The target of spans that are for a collector, and not for the log.
pub(crate) const SPANS: &str = "quorate_spans";

/// The traced write that is under way, the latest one if there are several. Frames that leave to peers meanwhile are
/// spans of its trace. A frame may hold messages of other keys as well, and which message began a frame is not known
/// here, so the trace shows a frame too many rather than one too few.
#[derive(Debug)]
pub(super) struct Traced {
    /// The number of `current`; 0 while there is none, which is all that most frames look at.
    number: AtomicU64,
    current: Mutex<(u64, Span)>,
}

/// Ends the watch when the write is answered.
#[derive(Debug)]
pub(super) struct Watched<'a> {
    traced: &'a Traced,
    number: u64,
}

impl Default for Traced {
    fn default() -> Self {
        Self { number: AtomicU64::new(0), current: Mutex::new((0, Span::none())) }
    }
}

impl Traced {
    /// From now on frames belong to the span, unless it is disabled.
    pub(super) fn watch(&self, span: &Span) -> Option<Watched<'_>> {
        if span.is_disabled() {
            return None;
        }
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let number = current.0 + 1;
        *current = (number, span.clone());
        self.number.store(number, Ordering::Relaxed);
        Some(Watched { traced: self, number })
    }

    /// What a frame that leaves now belongs to.
    pub(super) fn span(&self) -> Span {
        if self.number.load(Ordering::Relaxed) == 0 {
            return Span::none();
        }
        self.current.lock().unwrap_or_else(PoisonError::into_inner).1.clone()
    }
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        let mut current = self.traced.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.0 == self.number {
            current.1 = Span::none();
            self.traced.number.store(0, Ordering::Relaxed);
        }
    }
}

/// The span of a request that its client, or this node's share, chose to trace. It says no key and no value.
pub(super) fn answering(context: &Context, node: NodeId, op: Op, log: Option<&LogId>) -> Span {
    if context.trace_context.sampling_decision == SamplingDecision::Unsampled {
        return Span::none();
    }
    tracing::info_span!(
        target: SPANS,
        "answer",
        quorate.node = node.0,
        quorate.operation = op.name(),
        quorate.key_bytes = log.map(|log| log.key.len()),
        quorate.outcome = tracing::field::Empty,
        quorate.slot = tracing::field::Empty,
    )
}

/// How it ended: the outcome, and the slot that it took or found.
pub(super) fn answered(span: &Span, outcome: Outcome, answer: Option<&KvResponseV1>) {
    if span.is_disabled() {
        return;
    }
    span.record("quorate.outcome", outcome.name());
    let slot = match answer {
        Some(KvResponseV1::Written(Reply::Recorded(recorded))) => recorded.version.slot,
        Some(KvResponseV1::Read(reply)) => reply.chosen,
        Some(KvResponseV1::Slot(slot)) => *slot,
        _ => return,
    };
    span.record("quorate.slot", slot.0);
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing_subscriber::layer::SubscriberExt;

    #[test]
    fn frames_belong_to_the_latest_traced_write_until_it_is_answered() {
        let subscriber =
            tracing_subscriber::registry().with(tracing_subscriber::fmt::layer().with_writer(std::io::sink));
        tracing::subscriber::with_default(subscriber, || {
            let traced = Traced::default();
            assert!(traced.watch(&Span::none()).is_none(), "nobody traces it");
            assert!(traced.span().is_disabled());
            let (one, two) = (tracing::info_span!("one"), tracing::info_span!("two"));
            let first = traced.watch(&one);
            assert_eq!(traced.span().id(), one.id());
            let second = traced.watch(&two);
            drop(first);
            assert_eq!(traced.span().id(), two.id());
            drop(second);
            assert!(traced.span().is_disabled());
            let _third = traced.watch(&one);
            assert_eq!(traced.span().id(), one.id());
        });
    }
}
