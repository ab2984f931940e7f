//! What a client's next operation is, and which replicas it tries in which order.

use super::simulation::Simulation;
use bytes::Bytes;
use quorate_protocol::{Expect, LogId, NodeId, Operation};

impl Simulation {
    pub(super) fn draw_operation(&mut self, index: usize) -> Operation {
        let number = Bytes::from((self.serial % 100_000).to_string());
        let kind = self.random.below(100);
        let Some(client) = self.clients.get(index) else { return Operation::Delete };
        if client.is_closing {
            return Operation::Put(number);
        }
        let seen = client.seen.get(&client.log).cloned().unwrap_or_default();
        match kind {
            0..40 => Operation::Put(number),
            40..50 => Operation::Delete,
            50..70 => Operation::Increment(1 + (kind % 3).cast_signed()),
            70..73 => Operation::put("no number"),
            _ => {
                let expect = match (seen.value, seen.version) {
                    (Some(value), _) if kind < 85 => Expect::Value(value),
                    (_, Some(version)) => Expect::Version(version),
                    _ => Expect::Absent,
                };
                Operation::CompareAndSet { expect, new: (!kind.is_multiple_of(5)).then_some(number) }
            }
        }
    }

    /// The replicas in the order in which this operation tries them. Mostly the same first, as placement has it.
    pub(super) fn draw_replicas(&mut self) -> Vec<NodeId> {
        let mut replicas = self.voters.voters().to_vec();
        if self.random.below(100) < 50 {
            let first = usize::try_from(self.random.below(u64::from(self.config.nodes))).unwrap_or(0);
            let length = replicas.len().max(1);
            replicas.rotate_left(first % length);
        }
        replicas
    }
}

pub(super) fn key(number: u64) -> LogId {
    LogId::of_key(Bytes::from(format!("key-{number}")))
}
