use super::shared::Shared;
use super::traced;
use crate::metrics::{Op, Outcome};
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use quorate_client::wire::{Connection, Deadlines, Kv, KvRequest, KvResponse, Refusal, answer, kv_server};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tarpc::{
    context::Context,
    server::{BaseChannel, Channel, Config},
};
use tokio::time::{sleep, timeout};
use tracing::Instrument;

/// Answers that wait to be written to one connection; and refusals that wait behind them, beyond the requests under way.
const ANSWERS_MAX: usize = 256;
/// How long the last answers of a stopping node may take to leave.
const FLUSH: Duration = Duration::from_millis(50);

/// Answers one request of a client.
#[derive(Clone)]
struct Service {
    shared: Arc<Shared>,
    deadlines: Deadlines,
    refusal: Option<Refusal>,
}

/// Serves a client's connection until it ends, or stays idle for too long. When the node stops, what is under way is
/// answered first, and what comes then is refused.
pub(super) async fn serve(shared: Arc<Shared>, connection: Connection) {
    let Some(_guard) = shared.shutdown.guard() else { return };
    let in_flight_max = shared.config.limits.requests_in_flight;
    let deadlines = connection.deadlines();
    let channel = BaseChannel::new(Config { pending_response_buffer: ANSWERS_MAX }, kv_server(connection));
    let mut requests = std::pin::pin!(channel.requests());
    let mut under_way = FuturesUnordered::new();
    let mut stop = shared.shutdown.requested();
    let mut stopping = false;
    let idle_timeout = shared.config.limits.idle_timeout;
    let mut idle = std::pin::pin!(sleep(idle_timeout));
    let mut last_request = Instant::now();
    while !(stopping && under_way.is_empty()) {
        tokio::select! {
            biased;
            next = requests.next() => {
                let Some(Ok(request)) = next else { return };
                last_request = Instant::now();
                if under_way.len() >= in_flight_max {
                    while let Some(Some(())) = under_way.next().now_or_never() {}
                }
                // What is refused is ready at once, unless the answers before it are not read.
                if under_way.len() > in_flight_max.saturating_add(ANSWERS_MAX) {
                    return note_unread(&shared);
                }
                let refusal = match under_way.len() {
                    _ if stopping => Some(Refusal::ShuttingDown),
                    count if count >= in_flight_max => Some(Refusal::Overloaded),
                    _ => None,
                };
                let service = Service { shared: Arc::clone(&shared), deadlines: deadlines.clone(), refusal };
                under_way.push(request.execute(service.serve()));
            }
            // Everything that is ready, before the next poll for requests, which writes what is answered: one system
            // call for all of it.
            Some(()) = under_way.next(), if !under_way.is_empty() => {
                while let Some(Some(())) = under_way.next().now_or_never() {}
            }
            () = &mut stop, if !stopping => stopping = true,
            () = &mut idle => {
                if under_way.is_empty() && last_request.elapsed() >= idle_timeout {
                    return;
                }
                idle.set(sleep(idle_timeout));
            }
        }
    }
    // Polling for requests is what writes the answers.
    let _ = timeout(FLUSH, requests.next()).await;
}

fn note_unread(shared: &Shared) {
    if let Some(held_back) = shared.notices.allow() {
        tracing::warn!(held_back, "connection closed: its client sends requests and does not read the answers");
    }
}

impl Kv for Service {
    async fn call(self, context: Context, request: KvRequest) -> Result<KvResponse, Refusal> {
        let KvRequest::V1 { epoch, request } = request;
        let (op, begun) = (Op::of(&request), Instant::now());
        let key = if self.shared.slow.shows_keys() { request.log().map(|log| log.key.clone()) } else { None };
        let span = traced::answering(&context, self.shared.hello.node, op, request.log());
        let watched = if op.is_write() { self.shared.traced.watch(&span) } else { None };
        let answer = match self.refusal {
            Some(refusal) => Err(refusal),
            None => {
                let left = self.deadlines.left(&context);
                answer(&*self.shared, left, epoch, request).instrument(span.clone()).await
            }
        };
        drop(watched);
        let outcome = Outcome::of(&answer);
        traced::answered(&span, outcome, answer.as_ref().ok());
        let took = self.shared.slow.note(op, outcome, begun, key.as_ref());
        self.shared.metrics.requests.count(op, outcome, took);
        answer.map(KvResponse::V1)
    }
}
