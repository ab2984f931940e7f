use super::merge::{Lines, Merge};
use super::{ConfigError, LimitsTable, Origin, Overrides};
use std::time::Duration;

/// Every bound that a node's configuration may change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Clients' connections that are open at a time. Peers' do not count: they have a bound of their own.
    pub connections: usize,
    /// Requests under way on one connection.
    pub requests_in_flight: usize,
    /// Operations under way in the node.
    pub operations: usize,
    /// How long a connection may take for its hello.
    pub handshake_timeout: Duration,
    /// How long a connection may stay without a request.
    pub idle_timeout: Duration,
    /// How long a clean stop waits for what is under way.
    pub stop_timeout: Duration,
    /// Events that wait for a driver.
    pub inbox: usize,
    /// Envelopes that wait for one peer.
    pub outbox: usize,
    /// Logs that a shard keeps in memory.
    pub logs_in_memory: usize,
    /// Bytes that the store's file may grow to.
    pub map_bytes: u64,
    /// Bytes that a recording may grow to.
    pub record_bytes: u64,
    /// From how long on an operation of a client is remembered as slow.
    pub slow_threshold: Duration,
}

/// One bound: what it is called in a file, in the environment (`QUORATE_` and the name in capitals) and as a flag
/// (`--` and the name with hyphens), what it is by default, and what it may be at most. The least is always 1.
pub struct Bound {
    /// Its name in a file.
    pub name: &'static str,
    /// Its value where nobody sets it.
    pub default: u64,
    /// The largest value it may have.
    pub max: u64,
    /// Where it stands in a table.
    pub field: fn(&mut LimitsTable) -> &mut Option<u64>,
}

const CONNECTIONS: Bound =
    Bound { name: "connections", default: 1024, max: 65_536, field: |table| &mut table.connections };
const REQUESTS_IN_FLIGHT: Bound =
    Bound { name: "requests_in_flight", default: 1024, max: 16_384, field: |table| &mut table.requests_in_flight };
const OPERATIONS: Bound =
    Bound { name: "operations", default: 16_384, max: 1 << 20, field: |table| &mut table.operations };
const HANDSHAKE_TIMEOUT_MS: Bound =
    Bound { name: "handshake_timeout_ms", default: 2_000, max: 60_000, field: |table| &mut table.handshake_timeout_ms };
const IDLE_TIMEOUT_MS: Bound =
    Bound { name: "idle_timeout_ms", default: 300_000, max: 86_400_000, field: |table| &mut table.idle_timeout_ms };
const STOP_TIMEOUT_MS: Bound =
    Bound { name: "stop_timeout_ms", default: 5_000, max: 60_000, field: |table| &mut table.stop_timeout_ms };
const INBOX: Bound = Bound { name: "inbox", default: 65_536, max: 1 << 22, field: |table| &mut table.inbox };
const OUTBOX: Bound = Bound { name: "outbox", default: 65_536, max: 1 << 22, field: |table| &mut table.outbox };
const LOGS_IN_MEMORY: Bound =
    Bound { name: "logs_in_memory", default: 65_536, max: 1 << 24, field: |table| &mut table.logs_in_memory };
const MAP_GIB: Bound = Bound { name: "map_gib", default: 64, max: 16_384, field: |table| &mut table.map_gib };

const RECORD_MIB: Bound =
    Bound { name: "record_mib", default: 4096, max: 1 << 24, field: |table| &mut table.record_mib };

const SLOW_MS: Bound = Bound { name: "slow_ms", default: 100, max: 3_600_000, field: |table| &mut table.slow_ms };

/// Every bound.
pub const BOUNDS: &[Bound] = &[
    CONNECTIONS,
    REQUESTS_IN_FLIGHT,
    OPERATIONS,
    HANDSHAKE_TIMEOUT_MS,
    IDLE_TIMEOUT_MS,
    STOP_TIMEOUT_MS,
    INBOX,
    OUTBOX,
    LOGS_IN_MEMORY,
    MAP_GIB,
    RECORD_MIB,
    SLOW_MS,
];

impl Limits {
    /// The bounds of `file`, with the overrides over them.
    ///
    /// # Errors
    /// [`ConfigError::Bound`].
    pub(super) fn resolve(
        file: &LimitsTable,
        overrides: &Overrides,
        merge: &mut Merge<'_>,
    ) -> Result<Self, ConfigError> {
        let (mut file, mut above) = (file.clone(), overrides.limits.clone());
        let mut value = |bound: &Bound| {
            let (over, below) = (*(bound.field)(&mut above), *(bound.field)(&mut file));
            let chosen =
                merge.pick(&format!("limits.{}", bound.name), over, below, || (bound.default, Origin::Default));
            let allowed = (1..=bound.max).contains(&chosen);
            allowed.then_some(chosen).ok_or(ConfigError::Bound { name: bound.name, value: chosen, max: bound.max })
        };
        let mut millis = |bound: &Bound| value(bound).map(Duration::from_millis);
        let handshake_timeout = millis(&HANDSHAKE_TIMEOUT_MS)?;
        let idle_timeout = millis(&IDLE_TIMEOUT_MS)?;
        let stop_timeout = millis(&STOP_TIMEOUT_MS)?;
        let slow_threshold = millis(&SLOW_MS)?;
        let mut count = |bound: &Bound| value(bound).map(|count| usize::try_from(count).unwrap_or(usize::MAX));
        Ok(Self {
            connections: count(&CONNECTIONS)?,
            requests_in_flight: count(&REQUESTS_IN_FLIGHT)?,
            operations: count(&OPERATIONS)?,
            inbox: count(&INBOX)?,
            outbox: count(&OUTBOX)?,
            logs_in_memory: count(&LOGS_IN_MEMORY)?,
            handshake_timeout,
            idle_timeout,
            stop_timeout,
            slow_threshold,
            map_bytes: value(&MAP_GIB)? << 30,
            record_bytes: value(&RECORD_MIB)? << 20,
        })
    }
}

impl Default for Limits {
    fn default() -> Self {
        let (none, lines) = (Overrides::default(), Lines::new());
        let resolved = Self::resolve(&none.limits, &none, &mut Merge::new(&lines, &none));
        resolved.unwrap_or_else(|error| unreachable!("a default out of its bounds: {error}"))
    }
}
