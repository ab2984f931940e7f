//! Counts something exactly once, whatever happens to the connection: a write whose outcome is unknown is
//! resolved before anything is decided.
//!
//! `cargo run -p quorate-client --example unknown_outcome -- SEEDS`

use quorate_client::{Client, Error, IncrementOutcome, Outcome, RequestToken, Resolution};
use std::time::Duration;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let seeds = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:7401".to_owned());
    let client = Client::connect(&seeds).await?;
    println!("orders: {:?}", count_once(&client, "orders").await?);
    Ok(())
}

/// Adds one to a counter, once. `None` if it cannot be told any more whether it was added.
async fn count_once(client: &Client, key: &'static str) -> Result<Option<i64>, Error> {
    loop {
        let error = match client.increment(key, 1).timeout(Duration::from_secs(1)).await {
            Ok(IncrementOutcome::Applied { value, .. }) => return Ok(Some(value)),
            Ok(other) => {
                println!("not a counter: {other:?}");
                return Ok(None);
            }
            Err(error) => error,
        };
        match error.outcome() {
            // The token may be kept in a file meanwhile: it prints and parses, and any client can resolve it.
            Outcome::Unknown(token) => match settle(client, key, token).await? {
                Resolution::Applied { counter, .. } => return Ok(counter),
                Resolution::NotApplied => println!("it was not counted; once more"),
                other => {
                    println!("nobody can tell: {other:?}");
                    return Ok(None);
                }
            },
            Outcome::NotApplied if error.is_retryable() => println!("surely not counted ({error}); once more"),
            Outcome::NotApplied => return Err(error),
        }
    }
}

/// Asks until there is an answer.
async fn settle(client: &Client, key: &'static str, token: RequestToken) -> Result<Resolution, Error> {
    loop {
        match client.resolve(key, token).await {
            Ok(Resolution::Open) => println!("still open: {token}"),
            Err(error) if error.is_retryable() => println!("nobody to ask: {error}"),
            settled => return settled,
        }
    }
}
