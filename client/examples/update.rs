//! Changes a value as a function of what it was, without a loop of one's own.
//!
//! `cargo run -p quorate-client --example update -- SEEDS NAME`

use quorate_client::{Client, Error, UpdateOutcome, Value};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut arguments = std::env::args().skip(1);
    let seeds = arguments.next().unwrap_or_else(|| "127.0.0.1:7401".to_owned());
    let name = arguments.next().unwrap_or_else(|| "Ada".to_owned());
    let client = Client::connect(&seeds).await?;

    // Nobody's line is lost, whoever else is adding one; and nobody is on the list twice.
    let outcome = client
        .update("guests", |found| {
            let mut guests = String::from_utf8_lossy(found.unwrap_or_default()).into_owned();
            if guests.lines().any(|guest| guest == name) {
                return Value::Keep;
            }
            guests.push_str(&name);
            guests.push('\n');
            guests.into()
        })
        .await?;
    match outcome {
        UpdateOutcome::Written(list) => println!("{name} is on the list as of version {}", list.version),
        UpdateOutcome::Kept(_) => println!("{name} is on the list already"),
        UpdateOutcome::Deleted(_) => println!("there is no list any more"),
    }
    Ok(())
}
