use super::NodeConfig;

impl NodeConfig {
    /// The settings that `newer` has otherwise, and that a running node cannot take over.
    pub fn needs_restart(&self, newer: &NodeConfig) -> Vec<&'static str> {
        let mut limits = newer.limits.clone();
        limits.slow_threshold = self.limits.slow_threshold;
        let differs = [
            ("cluster", self.cluster != newer.cluster),
            ("node", self.node != newer.node),
            ("epoch", self.voters.epoch() != newer.voters.epoch()),
            ("members", self.members != newer.members),
            ("data", self.data != newer.data),
            ("dial", self.dial != newer.dial),
            ("listen", self.listen != newer.listen),
            ("admin", self.admin != newer.admin),
            ("record", self.record != newer.record),
            ("log_format", self.log_format != newer.log_format),
            ("otlp_endpoint", self.otlp_endpoint != newer.otlp_endpoint),
            ("otlp_share", self.otlp_share != newer.otlp_share),
            ("limits", self.limits != limits),
        ];
        differs.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
    }
}
