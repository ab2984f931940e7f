use super::random::Seeded;
use super::{Cluster, ClusterError};
use crate::environment::{Connector, Environment, Random};
use crate::history::Recorder;
use crate::{Client, ClientBuilder, Error};
use quorate_protocol::NodeId;
use std::sync::atomic::Ordering;

/// Clients of a cluster.
impl Cluster {
    /// A client that can reach every node, whatever the partition.
    ///
    /// # Errors
    /// As [`ClientBuilder::build`].
    pub async fn client(&self) -> Result<Client, Error> {
        self.client_builder().build().await
    }

    /// A client beside a node: what that node cannot reach, it cannot reach either.
    ///
    /// # Errors
    /// [`ClusterError::NoSuchNode`], [`ClusterError::Client`].
    pub async fn client_at(&self, node: u16) -> Result<Client, ClusterError> {
        Ok(self.client_builder_at(node)?.build().await?)
    }

    /// Options for a client as [`client`](Cluster::client) gives one.
    pub fn client_builder(&self) -> ClientBuilder {
        self.builder_for(None)
    }

    /// Options for a client as [`client_at`](Cluster::client_at) gives one.
    ///
    /// # Errors
    /// [`ClusterError::NoSuchNode`].
    pub fn client_builder_at(&self, node: u16) -> Result<ClientBuilder, ClusterError> {
        self.node(node)?;
        Ok(self.builder_for(Some(NodeId(node))))
    }

    /// A [`client`](Cluster::client) whose requests are recorded. All recorders of a cluster share one clock, so that
    /// [`Recording::of`](crate::history::Recording::of) makes one history of them, which
    /// [`check`](crate::history::check) judges.
    ///
    /// # Errors
    /// As [`ClientBuilder::build`].
    pub async fn recorder(&self) -> Result<Recorder, Error> {
        Ok(self.record(self.client().await?))
    }

    /// A [`client_at`](Cluster::client_at) whose requests are recorded.
    ///
    /// # Errors
    /// As [`client_at`](Cluster::client_at).
    pub async fn recorder_at(&self, node: u16) -> Result<Recorder, ClusterError> {
        Ok(self.record(self.client_at(node).await?))
    }

    /// Has this client's requests recorded.
    pub fn record(&self, client: Client) -> Recorder {
        let process = self.shared.recorders.fetch_add(1, Ordering::Relaxed);
        Recorder::new(client, process, self.shared.clock)
    }

    fn builder_for(&self, at: Option<NodeId>) -> ClientBuilder {
        let connector = Connector::Memory(self.shared.network.port(at));
        let random = Random::Seeded(Seeded::new(self.next_seed()));
        let seeds = self.shared.addresses.values();
        Client::builder().seeds(seeds).cluster(self.shared.id).environment(Environment { connector, random })
    }
}
