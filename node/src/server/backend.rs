use super::shared::Shared;
use quorate_client::wire::{Inspection, KvBackend, NodeStatus, Refusal};
use quorate_protocol::{ConfigEpoch, LogId, ReadId, ReadReply, Reply, Request, Slot};
use std::time::Duration;

/// What the wire asks of a node goes to its engine.
impl KvBackend for Shared {
    fn epoch(&self) -> ConfigEpoch {
        self.hello.epoch
    }

    fn write(
        &self,
        log: LogId,
        request: Request,
        wait: Duration,
    ) -> impl Future<Output = Result<Reply, Refusal>> + Send {
        self.engine.write(log, request, wait)
    }

    fn read(&self, log: &LogId, id: ReadId, full: bool) -> Result<ReadReply, Refusal> {
        self.engine.read(log, id, full)
    }

    fn slot(&self, log: &LogId) -> Result<Slot, Refusal> {
        self.engine.slot(log)
    }

    fn help(&self, log: LogId, slot: Slot) -> Result<(), Refusal> {
        self.engine.help(log, slot)
    }

    fn settle(&self, log: LogId, slot: Slot) -> Result<(), Refusal> {
        self.engine.settle(log, slot)
    }

    fn inspect(&self, log: LogId) -> impl Future<Output = Result<Inspection, Refusal>> + Send {
        self.engine.inspect(log)
    }

    fn status(&self) -> NodeStatus {
        self.node_status()
    }
}
