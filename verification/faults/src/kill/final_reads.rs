//! What is there when all is over.

use super::{KillError, Plan};
use quorate_node::history::{Recorder, Request};

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
        let last = if Plan::is_counter(number) { Request::Increment(1) } else { Request::Put("last".into()) };
        for request in [Request::Get, last, Request::Get] {
            insist(recorder, &key, &request).await?;
        }
    }
    Ok(())
}

async fn insist(recorder: &mut Recorder, key: &str, request: &Request) -> Result<(), KillError> {
    let mut error = String::new();
    for _ in 0..TRIES {
        match recorder.make(key.to_owned(), request.clone()).await {
            Ok(_) => return Ok(()),
            Err(failed) => error = failed.to_string(),
        }
    }
    Err(KillError::Final { key: key.to_owned(), error })
}
