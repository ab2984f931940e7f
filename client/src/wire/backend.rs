//! What stands between the wire and whoever has the logs: the same for every node, in a process of its own or in a
//! test's.

use super::{Inspection, KvRequestV1, KvResponseV1, NodeStatus, Refusal};
use quorate_protocol::{ConfigEpoch, LogId, ReadId, ReadReply, Reply, Request, Slot};
use std::time::Duration;

/// How much before a caller's deadline a write is taken back or called unknown, so that the caller can be told so.
const ANSWER_MARGIN: Duration = Duration::from_millis(10);

/// Whoever has the logs of a node.
pub trait KvBackend: Sync {
    /// The configuration it is in.
    fn epoch(&self) -> ConfigEpoch;

    /// Has a request chosen; answers within `wait`, whatever came of it.
    ///
    /// # Errors
    /// This attempt is surely not applied.
    fn write(
        &self,
        log: LogId,
        request: Request,
        wait: Duration,
    ) -> impl Future<Output = Result<Reply, Refusal>> + Send;

    /// What this replica answers to a linearizable read.
    ///
    /// # Errors
    /// It answers none in this log, or has stopped.
    fn read(&self, log: &LogId, id: ReadId, full: bool) -> Result<ReadReply, Refusal>;

    /// The highest slot this replica knows chosen; 0 for none.
    ///
    /// # Errors
    /// As [`read`](KvBackend::read).
    fn slot(&self, log: &LogId) -> Result<Slot, Refusal>;

    /// Sends on what this replica accepted in an open slot.
    ///
    /// # Errors
    /// Nothing was done.
    fn help(&self, log: LogId, slot: Slot) -> Result<(), Refusal>;

    /// Completes an open slot. Returns before it is completed.
    ///
    /// # Errors
    /// Nothing was done.
    fn settle(&self, log: LogId, slot: Slot) -> Result<(), Refusal>;

    /// What this replica holds for a log, for people.
    fn inspect(&self, log: LogId) -> impl Future<Output = Result<Inspection, Refusal>> + Send;

    /// How the node is.
    fn status(&self) -> NodeStatus;
}

/// Answers one request of a client that counts quorums in `epoch` and has so much time `left`.
///
/// # Errors
/// The request was surely not taken in.
pub async fn answer(
    backend: &impl KvBackend,
    left: Duration,
    epoch: ConfigEpoch,
    request: KvRequestV1,
) -> Result<KvResponseV1, Refusal> {
    request.check_limits()?;
    let current = backend.epoch();
    if epoch != ConfigEpoch(0) && epoch != current {
        return Err(Refusal::WrongEpoch { current });
    }
    Ok(match request {
        KvRequestV1::Write { log, request } => {
            KvResponseV1::Written(backend.write(log, request, left.saturating_sub(ANSWER_MARGIN)).await?)
        }
        KvRequestV1::Read { log, id, full } => KvResponseV1::Read(backend.read(&log, id, full)?),
        KvRequestV1::Slot { log } => KvResponseV1::Slot(backend.slot(&log)?),
        KvRequestV1::Help { log, slot } => {
            backend.help(log, slot)?;
            KvResponseV1::Ack
        }
        KvRequestV1::Settle { log, slot } => {
            backend.settle(log, slot)?;
            KvResponseV1::Ack
        }
        KvRequestV1::Inspect { log } => KvResponseV1::Inspection(Box::new(backend.inspect(log).await?)),
        KvRequestV1::Status => KvResponseV1::Status(Box::new(backend.status())),
    })
}
