use super::{Fault, Gaps, Noise, Sessions};
use quorate_client::Stats;
use quorate_history::{Asked, Operation, Outcome as Told, Report, VersionFault};
use quorate_node::bench::{Class, Tally as Measured};
use quorate_verification::trace::Report as Traces;
use std::time::Duration;

/// Operations by what they came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// All of them, the final ones included.
    pub operations: u64,
    /// Reads that returned.
    pub reads: u64,
    /// Writes that were acknowledged.
    pub acknowledged: u64,
    /// Writes with a negative answer.
    pub refused: u64,
    /// Reads that did not return, and writes that were surely not applied.
    pub failed: u64,
    /// Writes of unknown outcome.
    pub unknown: u64,
}

impl Tally {
    pub(super) fn of(history: &[Operation]) -> Self {
        let mut tally = Self::default();
        for operation in history {
            tally.operations += 1;
            let count = match (&operation.outcome, &operation.op) {
                (Told::Read { .. }, _) => &mut tally.reads,
                (Told::Done { .. }, _) => &mut tally.acknowledged,
                (Told::Refused { .. }, _) => &mut tally.refused,
                (Told::NotApplied, _) | (Told::Unknown, Asked::Get) => &mut tally.failed,
                (Told::Unknown, _) => &mut tally.unknown,
            };
            *count += 1;
        }
        tally
    }
}

/// How long what was answered took.
#[derive(Clone, Debug)]
pub struct Latencies {
    /// The reads.
    pub reads: Measured,
    /// The writes, those with a negative answer included.
    pub writes: Measured,
}

impl Latencies {
    pub(super) fn of(history: &[Operation]) -> Self {
        let (mut reads, mut writes) = (Measured::new(), Measured::new());
        for operation in history {
            let class = match operation.outcome {
                Told::Read { .. } | Told::Done { .. } | Told::Refused { .. } => Class::Ok,
                Told::NotApplied => Class::Unavailable,
                Told::Unknown => Class::Unknown,
            };
            let took = operation.ret.unwrap_or(operation.call).saturating_sub(operation.call);
            let side = if operation.op == Asked::Get { &mut reads } else { &mut writes };
            side.record(class, Duration::from_nanos(took));
        }
        Self { reads, writes }
    }
}

/// What a run showed.
#[derive(Debug)]
pub struct Outcome {
    /// What was done to the nodes.
    pub fault: Fault,
    /// How often.
    pub faults: u64,
    /// How long the load lasted.
    pub load: Duration,
    /// Operations by what they came to.
    pub tally: Tally,
    /// Acknowledged writes that are not accounted for by what the keys hold at the end.
    pub lost: u64,
    /// Whether the whole history is linearizable, key by key.
    pub linearizability: Report,
    /// What is wrong with the versions that clients were told, if anything is.
    pub versions: Option<VersionFault>,
    /// How long what was answered took.
    pub latencies: Latencies,
    /// How long writers waited.
    pub gaps: Gaps,
    /// How long readers waited.
    pub read_gaps: Gaps,
    /// What the machine did meanwhile.
    pub noise: Noise,
    /// What the clients counted, all of them together.
    pub clients: Stats,
    /// What sessions beside the load did and saw.
    pub sessions: Sessions,
    /// What the nodes recorded, run again.
    pub traces: Traces,
    /// Panics and errors that nodes wrote to their logs.
    pub complaints: Vec<String>,
    /// Some of the errors that clients got.
    pub errors: Vec<String>,
    /// Everything that clients saw.
    pub history: Vec<Operation>,
}

impl Outcome {
    /// What must not be, whatever the machine does: lost writes, an order that explains nothing, versions that are
    /// none, nodes that panic. Empty for a good run.
    pub fn faults_found(&self) -> Vec<String> {
        let mut found = Vec::new();
        if self.lost > 0 {
            found.push(format!("{} acknowledged writes are lost", self.lost));
        }
        if !self.linearizability.is_linearizable() {
            found.push(self.linearizability.to_string());
        }
        if !self.traces.is_explained() {
            found.push(self.traces.to_string());
        }
        found.extend(self.sessions.faults.iter().cloned());
        found.extend(self.versions.as_ref().map(ToString::to_string));
        found.extend(self.complaints.iter().cloned());
        found
    }

    /// Whether at most one operation in a thousand has an unknown outcome.
    pub fn unknown_is_rare(&self) -> bool {
        self.tally.unknown * 1000 <= self.tally.operations
    }
}
