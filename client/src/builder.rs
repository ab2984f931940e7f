//! How a client finds its cluster.

use crate::{
    Client, Consistency, Error, ReplicaFailure,
    environment::Environment,
    inner::Inner,
    operation::deadline,
    pool::Replica,
    stats::Counters,
    wire::{
        self, ClusterId, ConnectError, Hello, KvRequest, KvRequestV1, KvResponse, KvResponseV1, NodeStatus,
        limits::DEADLINE_MAX,
    },
};
use futures::{StreamExt, stream::FuturesUnordered};
use quorate_protocol::{ClientId, Config, ConfigEpoch, NodeId};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tokio::time::{Instant, sleep, timeout, timeout_at};

/// How long the other seeds have to answer once one has: a seed's own address beats the one that the
/// cluster knows the node by.
const GRACE: Duration = Duration::from_millis(100);
/// The pause between two rounds over seeds of which none answered.
const PAUSE: Duration = Duration::from_millis(100);

/// Options of a [`Client`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is built"]
pub struct ClientBuilder {
    seeds: Vec<String>,
    cluster: ClusterId,
    timeout: Duration,
    environment: Environment,
    consistency: Consistency,
}

impl Default for ClientBuilder {
    fn default() -> Self {
        Self {
            seeds: Vec::new(),
            cluster: ClusterId(0),
            timeout: Duration::from_secs(5),
            environment: Environment::default(),
            consistency: Consistency::default(),
        }
    }
}

/// A seed that answered.
struct Found {
    address: String,
    node: NodeId,
    status: NodeStatus,
}

impl ClientBuilder {
    /// Nodes to ask first, as `host:port`. One that answers is enough.
    pub fn seeds<S: AsRef<str>>(mut self, seeds: impl IntoIterator<Item = S>) -> Self {
        self.seeds.extend(seeds.into_iter().map(|seed| seed.as_ref().trim().to_owned()));
        self
    }

    /// Refuse any other cluster. Without it, the seeds' word is taken.
    pub fn cluster(mut self, cluster: ClusterId) -> Self {
        self.cluster = cluster;
        self
    }

    /// The longest that an operation may take, and that building the client may take; five seconds by
    /// default, a day at most.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How much reads promise that do not say it themselves; [`Consistency::Linearizable`] by default. With
    /// [`Consistency::Causal`] all operations of the client and its clones make up one session.
    pub fn consistency(mut self, consistency: Consistency) -> Self {
        self.consistency = consistency;
        self
    }

    /// Asks the seeds who votes, again and again until one answers or the timeout is over. Connections to
    /// the replicas are opened when they are first used.
    ///
    /// # Errors
    /// [`Error::Seeds`], [`Error::NoRuntime`], [`Error::Unreachable`] when no seed answered in time,
    /// [`Error::Incompatible`] when one belongs to another cluster or speaks no common version.
    pub async fn build(self) -> Result<Client, Error> {
        tokio::runtime::Handle::try_current().map_err(|_| Error::NoRuntime)?;
        self.check_seeds()?;
        let client = self.environment.random.client_id()?;
        let deadline = deadline(self.timeout);
        let mut failures: BTreeMap<String, ReplicaFailure> = BTreeMap::new();
        failures.extend(self.seeds.iter().map(|seed| (seed.clone(), ReplicaFailure::Silent)));
        loop {
            match self.ask_seeds(deadline).await? {
                Ok(found) => return self.assemble(client, &found),
                Err(latest) => failures.extend(latest),
            }
            if Instant::now() + PAUSE >= deadline {
                return Err(Error::Unreachable { failures: failures.into_iter().collect() });
            }
            sleep(self.environment.random.jittered(PAUSE)).await;
        }
    }

    #[cfg(feature = "testing")]
    pub(crate) fn environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }

    fn check_seeds(&self) -> Result<(), Error> {
        let port = |seed: &String| {
            seed.rsplit_once(':')
                .is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0))
        };
        if self.seeds.is_empty() || !self.seeds.iter().all(port) {
            return Err(Error::Seeds { given: self.seeds.join(",") });
        }
        Ok(())
    }

    /// One round over all seeds at once. The inner error says what each failed with.
    async fn ask_seeds(&self, deadline: Instant) -> Result<Result<Vec<Found>, Vec<(String, ReplicaFailure)>>, Error> {
        let mut asked: FuturesUnordered<_> = self.seeds.iter().map(|seed| self.ask(seed)).collect();
        let (mut found, mut failures) = (Vec::new(), Vec::new());
        let mut limit = deadline;
        while let Ok(Some((seed, answer))) = timeout_at(limit, asked.next()).await {
            match answer {
                Ok(answer) => {
                    found.push(answer);
                    limit = limit.min(Instant::now() + GRACE);
                }
                Err(failure) => failures.push((seed.clone(), failure)),
            }
        }
        if !found.is_empty() {
            return Ok(Ok(found));
        }
        incompatible(&failures).map_or(Ok(()), Err)?;
        Ok(Err(failures))
    }

    async fn ask<'a>(&self, seed: &'a String) -> (&'a String, Result<Found, ReplicaFailure>) {
        let limited = timeout(self.timeout, self.ask_status(seed)).await;
        (seed, limited.unwrap_or(Err(ReplicaFailure::Silent)))
    }

    async fn ask_status(&self, seed: &str) -> Result<Found, ReplicaFailure> {
        let connected = self.environment.connector.connect(seed, &Hello::client(self.cluster)).await;
        let connection = connected.map_err(|error| ReplicaFailure::Connect(Arc::new(error)))?;
        let node = connection.theirs.node;
        let context = connection.deadlines().context(Instant::now() + self.timeout.min(DEADLINE_MAX));
        let (client, driven) = wire::kv_client(connection);
        let request = KvRequest::v1(ConfigEpoch(0), KvRequestV1::Status);
        let answered = tokio::select! {
            biased;
            answered = client.call(context, request) => answered,
            _ = driven => return Err(ReplicaFailure::Broken(Arc::from("closed by the node"))),
        };
        match answered {
            Ok(Ok(KvResponse::V1(KvResponseV1::Status(status)))) if status.node == node => {
                Ok(Found { address: seed.to_owned(), node, status: *status })
            }
            Ok(Ok(_)) => Err(ReplicaFailure::Nonsense),
            Ok(Err(refusal)) => Err(ReplicaFailure::Refused(refusal)),
            Err(error) => Err(ReplicaFailure::Broken(Arc::from(error.to_string()))),
        }
    }

    /// The newest configuration that a seed named; each voter at the seed's address, if it was a seed.
    fn assemble(&self, client: ClientId, found: &[Found]) -> Result<Client, Error> {
        let Some(newest) = found.iter().max_by_key(|found| found.status.epoch) else {
            return Err(Error::Unreachable { failures: Vec::new() });
        };
        let status = &newest.status;
        if let Some(stranger) = found.iter().find(|found| found.status.cluster != status.cluster) {
            return Err(Error::Incompatible { address: stranger.address.clone(), refused: wire::Refused::Cluster });
        }
        let mut addresses: BTreeMap<NodeId, String> =
            status.voters.iter().map(|voter| (voter.node, voter.address.clone())).collect();
        for found in found {
            addresses.entry(found.node).and_modify(|address| address.clone_from(&found.address));
        }
        let config = Config::new(status.epoch, addresses.keys().copied());
        let config = config.map_err(|_| Error::Protocol(newest.node))?;
        let counters = Arc::new(Counters::default());
        let ours = Hello { epoch: status.epoch, ..Hello::client(status.cluster) };
        let environment = &self.environment;
        let replica = |(node, address)| Replica::new(node, address, ours, environment.clone(), counters.clone());
        let replicas = addresses.into_iter().map(replica).collect();
        let inner = Inner::new(
            client,
            status.cluster,
            config,
            self.timeout,
            environment.random.clone(),
            replicas,
            counters.clone(),
        );
        Ok(Client::new(inner, self.consistency))
    }
}

/// A refusal that no waiting will change.
fn incompatible(failures: &[(String, ReplicaFailure)]) -> Option<Error> {
    use wire::Refused::{Cluster, Version};
    failures.iter().find_map(|(address, failure)| match failure {
        ReplicaFailure::Connect(error) => match **error {
            ConnectError::Refused(refused @ (Cluster | Version))
            | ConnectError::Unwanted(refused @ (Cluster | Version)) => {
                Some(Error::Incompatible { address: address.clone(), refused })
            }
            _ => None,
        },
        _ => None,
    })
}
