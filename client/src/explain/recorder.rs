//! What explains itself runs in the scope of a recorder, which everything below finds without being handed it: an
//! operation that nobody wants explained pays for one look at a task-local.

use super::exchange::{Asked, Exchange, Heard};
use super::explanation::{EXCHANGES_MAX, Explanation};
use crate::pool::CallError;
use crate::wire::{KvRequestV1, KvResponseV1};
use quorate_protocol::NodeId;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

tokio::task_local! {
    static RECORDER: Arc<Recorder>;
}

/// Keeps what one operation does.
#[derive(Debug)]
pub(super) struct Recorder {
    begun: Instant,
    kept: Mutex<Explanation>,
}

/// An exchange that was begun, for [`end`].
pub(crate) struct Begun {
    recorder: Arc<Recorder>,
    at: usize,
    since: Instant,
}

impl Recorder {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { begun: Instant::now(), kept: Mutex::default() })
    }

    /// Runs an operation, and keeps what it does.
    pub(super) async fn watch<F: Future>(self: &Arc<Self>, operation: F) -> F::Output {
        RECORDER.scope(self.clone(), operation).await
    }

    /// What was kept, once the operation has ended.
    pub(super) fn finish(&self) -> Explanation {
        let mut explanation = std::mem::take(&mut *self.kept());
        explanation.took = self.begun.elapsed();
        explanation
    }

    fn kept(&self) -> MutexGuard<'_, Explanation> {
        // Every change is one push or one assignment to a field that nothing depends on.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A question is put to a replica. `None`: nobody wants to know.
pub(crate) fn begin(node: NodeId, request: &KvRequestV1) -> Option<Begun> {
    let recorder = RECORDER.try_with(Arc::clone).ok()?;
    let since = Instant::now();
    let mut kept = recorder.kept();
    if kept.exchanges.len() >= EXCHANGES_MAX {
        kept.omitted += 1;
        return None;
    }
    let at = kept.exchanges.len();
    kept.exchanges.push(Exchange {
        node,
        asked: Asked::of(request),
        began: since - recorder.begun,
        connecting: None,
        late: None,
        answered_after: None,
        heard: Heard::Nothing,
    });
    drop(kept);
    Some(Begun { recorder, at, since })
}

/// A replica has answered, or failed. With an answer goes how long the exchange took once there was a connection.
pub(crate) fn end(begun: Option<Begun>, result: &Result<(KvResponseV1, Duration), CallError>) {
    let Some(Begun { recorder, at, since }) = begun else { return };
    let elapsed = since.elapsed();
    let mut kept = recorder.kept();
    let Some(exchange) = kept.exchanges.get_mut(at) else { return };
    exchange.answered_after = Some(elapsed);
    match result {
        Ok((response, took)) => {
            exchange.connecting = Some(elapsed.saturating_sub(*took));
            exchange.heard = Heard::of(response);
        }
        Err(CallError::NotTaken(failure) | CallError::Lost(failure)) => exchange.heard = Heard::Failed(failure.clone()),
    }
}

/// Patience with a replica has run out.
pub(crate) fn lost_patience(node: NodeId) {
    let _ = RECORDER.try_with(|recorder| {
        let elapsed = recorder.begun.elapsed();
        let mut kept = recorder.kept();
        let open = |exchange: &&mut Exchange| exchange.node == node && exchange.answered_after.is_none();
        for exchange in kept.exchanges.iter_mut().filter(open) {
            exchange.late.get_or_insert(elapsed);
        }
    });
}
