use super::answer::Answer;
use super::look::Look;
use super::{Failure, Target, failure};
use quorate_client::Client;

/// Shows each node, and whether reads and writes have their quorums.
///
/// # Errors
/// Nobody could be asked.
pub(super) async fn status(client: &Client, target: &Target) -> Result<Answer, Failure> {
    let nodes = client.status().await.map_err(|error| failure::plain(&error, target))?;
    Look::at(nodes).answer(target)
}
