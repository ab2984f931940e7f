use super::{Failure, Target, failure};
use quorate_client::Client;

/// A client of the cluster that a command is about.
///
/// # Errors
/// No endpoint answers in time, or one belongs to another cluster.
pub(crate) async fn connect(target: &Target) -> Result<Client, Failure> {
    let mut builder = Client::builder().seeds(target.addresses()?).timeout(target.timeout);
    if let Some(cluster) = target.cluster {
        builder = builder.cluster(cluster);
    }
    builder.build().await.map_err(|error| failure::plain(&error, target))
}
