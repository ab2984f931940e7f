use quorate_node::driver::SplitMix64;

/// What a run consists of. Times are virtual milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimConfig {
    /// Everything is drawn from it.
    pub seed: u64,
    /// Voters.
    pub nodes: u16,
    /// Keys that the clients share.
    pub keys: u32,
    /// Clients, each with one operation at a time.
    pub clients: u32,
    /// Operations of each client while there are faults; afterwards it writes and reads each key once.
    pub operations: u32,
    /// Messages between replicas that are lost, in percent.
    pub loss: u64,
    /// Those that arrive twice.
    pub duplication: u64,
    /// Messages of any kind that take up to a hundred times as long.
    pub slow: u64,
    /// Crashes, freezes and cuts, each at a random time.
    pub crashes: u32,
    /// Commits during which their node crashes, in percent; a crash at a random time mostly finds none under way.
    pub torn: u64,
    /// See `crashes`.
    pub freezes: u32,
    /// See `crashes`.
    pub cuts: u32,
    /// Whether drivers may hold fewer logs than there are keys.
    pub evict: bool,
    /// When the faults stop.
    pub faults_ms: u64,
}

impl SimConfig {
    /// A run whose shape depends on the seed as well: calm and stormy networks, hot and spread keys.
    pub fn of_seed(seed: u64) -> Self {
        let mut draw = SplitMix64::new(seed ^ 0x51_6d75_7261_7465);
        let mut below = |bound| draw.below(bound);
        Self {
            seed,
            nodes: 3,
            keys: 1 + u32::try_from(below(4)).unwrap_or(0),
            clients: 2 + u32::try_from(below(3)).unwrap_or(0),
            operations: 40,
            loss: below(25),
            duplication: below(25),
            slow: below(10),
            crashes: u32::try_from(below(8)).unwrap_or(0),
            torn: below(3),
            freezes: u32::try_from(below(4)).unwrap_or(0),
            cuts: u32::try_from(below(4)).unwrap_or(0),
            evict: below(2) == 0,
            faults_ms: 3000,
        }
    }
}
