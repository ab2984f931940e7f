use super::weather::Weather;
use super::{Cluster, ClusterError};
use std::ops::RangeInclusive;
use std::time::Duration;

/// The longest latency, and the longest sync.
const TIME_MAX: Duration = Duration::from_secs(60);

/// Options of a [`Cluster`].
#[derive(Clone, Debug, Default)]
#[must_use = "a builder does nothing until it is started"]
pub struct ClusterBuilder {
    pub(super) nodes: u16,
    pub(super) seed: u64,
    pub(super) weather: Weather,
}

impl ClusterBuilder {
    /// How many nodes: 1 to [`VOTERS_MAX`](quorate_protocol::VOTERS_MAX). Three unless said otherwise.
    pub fn nodes(mut self, nodes: u16) -> Self {
        self.nodes = nodes;
        self
    }

    /// What everything random is drawn from. 0 unless said otherwise, so that a test does the same in each run.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// How long bytes are on their way, each direction, drawn in whole milliseconds; 1 to 2 ms unless said otherwise, a
    /// minute at most. Bytes of one connection do not overtake each other.
    pub fn latency(mut self, latency: RangeInclusive<Duration>) -> Self {
        self.weather.latency = latency;
        self
    }

    /// How long a sync of a disk takes, drawn in whole milliseconds; 1 ms unless said otherwise, a minute at most.
    pub fn sync(mut self, sync: RangeInclusive<Duration>) -> Self {
        self.weather.sync = sync;
        self
    }

    /// The share of segments that the network loses, from 0 to below 1; none unless said otherwise. As over TCP, what
    /// was lost is sent again: it arrives 200 ms later, and so does all that was sent after it.
    pub fn loss(mut self, share: f64) -> Self {
        self.weather.loss = share;
        self
    }

    /// Starts the nodes in the current runtime, and waits until they have found each other.
    ///
    /// # Errors
    /// [`ClusterError::NoRuntime`], or an option that makes no sense.
    pub async fn start(self) -> Result<Cluster, ClusterError> {
        tokio::runtime::Handle::try_current().map_err(|_| ClusterError::NoRuntime)?;
        self.weather.check(TIME_MAX)?;
        let cluster = Cluster::assemble(&self)?;
        cluster.start_all().await?;
        Ok(cluster)
    }
}
