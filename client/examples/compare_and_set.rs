//! Changes a value that others may be changing too: read, compute, set if it is still the same version.
//!
//! `cargo run -p quorate-client --example compare_and_set -- SEEDS NAME`

use quorate_client::{CasOutcome, Client, Error, Expect, Version};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut arguments = std::env::args().skip(1);
    let seeds = arguments.next().unwrap_or_else(|| "127.0.0.1:7401".to_owned());
    let name = arguments.next().unwrap_or_else(|| "Ada".to_owned());
    let client = Client::connect(&seeds).await?;

    let version = add_to_list(&client, "guests", &name).await?;
    println!("{name} is on the list as of version {version}");
    Ok(())
}

/// Appends a line to a value. Nobody's line is lost, whoever else is appending. `Client::update` is this loop with
/// what this one lacks: pauses, a bound, and what to do when an outcome is unknown.
async fn add_to_list(client: &Client, key: &'static str, line: &str) -> Result<Version, Error> {
    loop {
        let found = client.get(key).await?;
        let (expect, mut list) = match found {
            Some(found) => (Expect::Version(found.version), String::from_utf8_lossy(&found.value).into_owned()),
            None => (Expect::Absent, String::new()),
        };
        list.push_str(line);
        list.push('\n');
        match client.cas(key, expect, list).await? {
            CasOutcome::Applied(version) => return Ok(version),
            CasOutcome::Mismatch(_) => println!("somebody was faster; once more"),
        }
    }
}
