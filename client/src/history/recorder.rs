use super::{Answer, Clock, Request, outcome};
use crate::{Client, Error};
use bytes::Bytes;
use quorate_history::{Operation, Outcome, until};

/// Makes one client's requests, one at a time, and records each with its times and what was told.
#[derive(Debug)]
pub struct Recorder {
    client: Client,
    process: u64,
    clock: Clock,
    limit: usize,
    history: Vec<Operation>,
    full_at: Option<u64>,
    errors: Vec<String>,
}

/// Operations that a recorder keeps unless told otherwise; each takes about 200 bytes besides key and value.
pub const OPERATIONS_MAX: usize = 1 << 22;
/// Errors that a recorder keeps.
const ERRORS_MAX: usize = 5;

impl Recorder {
    /// For `client`, which shows as `process` in the history. All recorders of a history have copies of one clock.
    pub fn new(client: Client, process: u64, clock: Clock) -> Self {
        let (history, errors) = (Vec::new(), Vec::new());
        Self { client, process, clock, limit: OPERATIONS_MAX, history, full_at: None, errors }
    }

    /// Keeps so many operations at most. Later ones are made all the same; see [`Recording::of`].
    #[must_use]
    pub fn limit(self, limit: usize) -> Self {
        Self { limit, ..self }
    }

    /// Makes one request on `key`, and records it. If the future is dropped before its end, the operation stays in the
    /// history as one that never returned.
    ///
    /// # Errors
    /// Those of the client.
    pub async fn make(&mut self, key: impl Into<Bytes>, request: Request) -> Result<Answer, Error> {
        let key: Bytes = key.into();
        let call = self.clock.now();
        let place = (self.history.len() < self.limit).then_some(self.history.len());
        if place.is_some() {
            let (process, op) = (self.process, request.asked());
            let outcome = Outcome::Unknown;
            self.history.push(Operation { process, key: key.to_vec(), call, ret: None, op, outcome });
        } else {
            self.full_at.get_or_insert(call);
        }
        let told = request.make(&self.client, key.clone()).await;
        if let Some(operation) = place.and_then(|place| self.history.get_mut(place)) {
            operation.ret = Some(self.clock.now());
            operation.outcome = outcome(&told);
        }
        if let Err(error) = &told
            && self.errors.len() < ERRORS_MAX
        {
            let (process, at) = (self.process, self.clock.elapsed().as_secs_f64());
            self.errors.push(format!("client {process} at {at:.3} s, {}: {error}", String::from_utf8_lossy(&key)));
        }
        told
    }

    /// What was recorded so far.
    pub fn history(&self) -> &[Operation] {
        &self.history
    }

    /// The first few errors, for people.
    pub fn errors(&self) -> &[String] {
        &self.errors
    }
}

/// The history of several recorders.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    /// By the time of the call.
    pub history: Vec<Operation>,
    /// When the first recorder was full, in the clock's nanoseconds. The history then ends there: what was called
    /// later is left out, and what returned later is of unknown outcome, so that what is judged is a true beginning.
    pub full_at: Option<u64>,
    /// The first few errors of each, for people.
    pub errors: Vec<String>,
}

impl Recording {
    /// Of recorders that share a clock.
    pub fn of(recorders: impl IntoIterator<Item = Recorder>) -> Self {
        let mut all = Self::default();
        for recorder in recorders {
            all.history.extend(recorder.history);
            all.errors.extend(recorder.errors);
            all.full_at = [all.full_at, recorder.full_at].into_iter().flatten().min();
        }
        if let Some(end) = all.full_at {
            all.history = until(all.history, end);
        }
        all.history.sort_by_key(|operation| operation.call);
        all
    }
}
