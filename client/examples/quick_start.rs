//! Writes a key, reads it, deletes it.
//!
//! `cargo run -p quorate-client --example quick_start -- 127.0.0.1:7401,127.0.0.1:7402,127.0.0.1:7403`

use quorate_client::{Client, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let seeds = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:7401".to_owned());
    let client = Client::connect(&seeds).await?;

    let version = client.put("greeting", "hello").await?;
    println!("put: version {version}");

    if let Some(found) = client.get("greeting").await? {
        println!("get: {:?}, version {}", found.value, found.version);
    }

    println!("delete: {:?}", client.delete("greeting").await?);
    println!("get: {:?}", client.get("greeting").await?);
    Ok(())
}
