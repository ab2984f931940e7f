use crate::admin::Exposition;
use quorate_client::wire::{KvRequestV1, KvResponseV1, Refusal};
use quorate_protocol::Reply;
use std::sync::atomic::{AtomicU64, Ordering};

/// What the server counts from the node's start. Each number is of something that has happened, counted where it
/// happens; none of them decides anything.
#[derive(Debug, Default)]
pub(super) struct Metrics {
    requests: [[Count; Outcome::ALL.len()]; Op::ALL.len()],
    /// Envelopes that peers delivered.
    pub(super) envelopes_in: Count,
    /// Envelopes that were handed to a connection to a peer.
    pub(super) envelopes_out: Count,
    /// Envelopes for peers that were dropped, since the peer was down or too slow.
    pub(super) envelopes_dropped: Count,
    /// Deliveries to peers: frames, each with many envelopes.
    pub(super) deliveries: Count,
    /// Connections that were let in.
    pub(super) connections: Count,
    /// Connections that were refused, or never said a proper hello.
    pub(super) connections_refused: Count,
}

/// A counter.
#[derive(Debug, Default)]
pub(super) struct Count(AtomicU64);

/// What a client asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    /// [`KvRequestV1::Write`].
    Write,
    /// [`KvRequestV1::Read`].
    Read,
    /// [`KvRequestV1::Slot`].
    Slot,
    /// [`KvRequestV1::Help`].
    Help,
    /// [`KvRequestV1::Settle`].
    Settle,
    /// [`KvRequestV1::Inspect`].
    Inspect,
    /// [`KvRequestV1::Status`].
    Status,
}

/// What the node answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// An answer.
    Ok,
    /// A write that was taken in and surely not applied.
    NotApplied,
    /// A write that may have been applied, or may be yet.
    Unknown,
    /// Refused before anything was done.
    Refused,
}

impl Metrics {
    /// Counts one request of a client.
    pub(super) fn count_request(&self, op: Op, outcome: Outcome) {
        if let Some(count) = self.requests.get(op as usize).and_then(|row| row.get(outcome as usize)) {
            count.add(1);
        }
    }

    /// How many requests of this kind ended so.
    pub(super) fn requests(&self, op: Op, outcome: Outcome) -> u64 {
        self.requests.get(op as usize).and_then(|row| row.get(outcome as usize)).map_or(0, Count::get)
    }

    /// Writes its part of a page of metrics.
    pub(super) fn expose(&self, page: &mut Exposition) {
        let name = "quorate_requests_total";
        page.metric(name, "counter", "Requests of clients by operation and outcome.");
        for op in Op::ALL {
            for outcome in Outcome::ALL {
                let labels = [("op", op.name()), ("outcome", outcome.name())];
                page.sample(name, &labels, self.requests(op, outcome));
            }
        }
        for (name, help, value) in self.plain() {
            page.counter(name, help, value);
        }
    }

    /// The counters without labels: name, meaning, value.
    pub(super) fn plain(&self) -> [(&'static str, &'static str, u64); 8] {
        [
            ("quorate_reads_answered_total", "Replies to linearizable reads.", self.requests(Op::Read, Outcome::Ok)),
            (
                "quorate_unknown_outcomes_total",
                "Attempts at a write answered with unknown.",
                self.requests(Op::Write, Outcome::Unknown),
            ),
            ("quorate_envelopes_in_total", "Messages of peers taken in.", self.envelopes_in.get()),
            ("quorate_envelopes_out_total", "Messages sent to peers.", self.envelopes_out.get()),
            (
                "quorate_envelopes_dropped_total",
                "Messages for peers dropped since the peer was down or slow.",
                self.envelopes_dropped.get(),
            ),
            ("quorate_deliveries_total", "Frames of messages sent to peers.", self.deliveries.get()),
            ("quorate_connections_total", "Connections let in.", self.connections.get()),
            ("quorate_connections_refused_total", "Connections refused.", self.connections_refused.get()),
        ]
    }
}

impl Count {
    /// Adds to it.
    pub(super) fn add(&self, count: usize) {
        self.0.fetch_add(u64::try_from(count).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Its value.
    pub(super) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Op {
    const ALL: [Op; 7] = [Op::Write, Op::Read, Op::Slot, Op::Help, Op::Settle, Op::Inspect, Op::Status];

    /// Of a request.
    pub(super) fn of(request: &KvRequestV1) -> Self {
        match request {
            KvRequestV1::Write { .. } => Self::Write,
            KvRequestV1::Read { .. } => Self::Read,
            KvRequestV1::Slot { .. } => Self::Slot,
            KvRequestV1::Help { .. } => Self::Help,
            KvRequestV1::Settle { .. } => Self::Settle,
            KvRequestV1::Inspect { .. } => Self::Inspect,
            KvRequestV1::Status => Self::Status,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Write => "write",
            Self::Read => "read",
            Self::Slot => "slot",
            Self::Help => "help",
            Self::Settle => "settle",
            Self::Inspect => "inspect",
            Self::Status => "status",
        }
    }
}

impl Outcome {
    const ALL: [Outcome; 4] = [Outcome::Ok, Outcome::NotApplied, Outcome::Unknown, Outcome::Refused];

    /// Of an answer.
    pub(super) fn of(answer: &Result<KvResponseV1, Refusal>) -> Self {
        match answer {
            Err(_) => Self::Refused,
            Ok(KvResponseV1::Written(Reply::NotApplied(_))) => Self::NotApplied,
            Ok(KvResponseV1::Written(Reply::Unknown | Reply::Forgotten)) => Self::Unknown,
            Ok(_) => Self::Ok,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::NotApplied => "not_applied",
            Self::Unknown => "unknown",
            Self::Refused => "refused",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_operation_and_outcome() {
        let metrics = Metrics::default();
        for op in Op::ALL {
            metrics.count_request(op, Outcome::Ok);
        }
        metrics.count_request(Op::Write, Outcome::Unknown);
        let mut page = Exposition::default();
        metrics.expose(&mut page);
        let page = page.finish();
        assert!(page.contains("quorate_requests_total{op=\"write\",outcome=\"unknown\"} 1\n"), "{page}");
        assert!(page.contains("quorate_requests_total{op=\"status\",outcome=\"ok\"} 1\n"), "{page}");
        assert!(page.contains("quorate_unknown_outcomes_total 1\n"), "{page}");
        assert!(page.contains("quorate_reads_answered_total 1\n"), "{page}");
    }
}
