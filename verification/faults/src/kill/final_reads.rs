//! What is there when all is over.

use super::recorder::{Recorder, Request};
use super::{KillError, Plan};
use quorate_verification::history::{Operation, Outcome};

/// Attempts at one final operation: after a fault of all nodes, the first may find some of them still busy.
const TRIES: u32 = 10;

/// Reads every key, writes it once more and reads it again, so that each key's history ends with a value and with a
/// version above every other's.
///
/// # Errors
/// A key could not be read: nothing could be said of it.
pub(super) async fn read_all(recorder: &mut Recorder, plan: &Plan) -> Result<(), KillError> {
    for number in 0..u64::from(plan.keys) {
        let key = Plan::key(number);
        let last = if Plan::is_counter(number) { Request::Increment(1) } else { Request::Put("last".to_owned()) };
        for request in [Request::Get, last, Request::Get] {
            insist(recorder, &key, &request).await?;
        }
    }
    Ok(())
}

async fn insist(recorder: &mut Recorder, key: &str, request: &Request) -> Result<(), KillError> {
    for _ in 0..TRIES {
        recorder.make(key, request.clone()).await;
        if recorder.history.last().is_some_and(was_told) {
            return Ok(());
        }
    }
    Err(KillError::Final { key: key.to_owned(), error: recorder.errors.last().cloned().unwrap_or_default() })
}

fn was_told(operation: &Operation) -> bool {
    !matches!(operation.outcome, Outcome::Unknown | Outcome::NotApplied)
}
