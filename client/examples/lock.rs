//! Does something that one at a time may do, under a lock whose fence stops those who were overtaken. Start it
//! twice; kill the first one; the second takes over when the first has been silent for three seconds.
//!
//! `cargo run -p quorate-client --example lock -- SEEDS NAME`

use quorate_client::{
    Client,
    recipes::{FencedLock, FencedValue, FencedWrite, LockGuard, LockOutcome, RecipeError, Standing},
};
use std::time::Duration;
use tokio::time::sleep;

/// How long a holder may be silent before this process calls it dead. Of its clock alone, and of nobody else's.
const PATIENCE: Duration = Duration::from_secs(3);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), RecipeError> {
    let mut arguments = std::env::args().skip(1);
    let seeds = arguments.next().unwrap_or_else(|| "127.0.0.1:7401".to_owned());
    let name = arguments.next().unwrap_or_else(|| format!("process-{}", std::process::id()));
    let client = Client::connect(&seeds).await?;
    let lock = FencedLock::new(&client, "locks/report", name)?;

    let guard = acquire(&lock).await?;
    println!("holding the lock, with fence {}", guard.fence());
    work(&guard, &FencedValue::new(&client, "report")).await?;
    match guard.release().await? {
        Standing::Holds => println!("given back"),
        Standing::Lost(_) => println!("nothing to give back: somebody took it over"),
    }
    Ok(())
}

/// Waits for the lock. A holder whose beats stand still for too long is taken for dead.
async fn acquire(lock: &FencedLock) -> Result<LockGuard, RecipeError> {
    let mut outcome = lock.acquire_within(PATIENCE).await?;
    loop {
        let seen = match outcome {
            LockOutcome::Acquired(guard) => return Ok(guard),
            LockOutcome::Held(holder) => holder,
        };
        println!("{:?} has it, with fence {} and beat {}", seen.name(), seen.fence(), seen.beats());
        outcome = match lock.acquire_within(PATIENCE).await? {
            LockOutcome::Held(now) if now == seen => lock.take_over(&seen).await?,
            other => other,
        };
    }
}

/// Ten steps, each written under the fence, each with a sign of life.
async fn work(guard: &LockGuard, report: &FencedValue) -> Result<(), RecipeError> {
    for step in 1..=10 {
        sleep(Duration::from_secs(1)).await;
        if let FencedWrite::Refused(newer) = report.write(guard.fence(), format!("step {step}")).await? {
            println!("overtaken: fence {newer} has written");
            return Ok(());
        }
        match guard.beat().await? {
            Standing::Holds => println!("step {step}"),
            Standing::Lost(to) => {
                println!("lost the lock to {to:?}");
                return Ok(());
            }
        }
    }
    Ok(())
}
