use quorate_client::Client;

/// What the nodes counted, all of them together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct NodeCounters {
    /// Prepares begun.
    pub(super) prepares: u64,
    /// Commits of a store, each with its sync.
    pub(super) commits: u64,
    /// Records that they wrote.
    pub(super) records: u64,
    /// Envelopes between nodes.
    pub(super) envelopes: u64,
    /// Frames that they travelled in.
    pub(super) deliveries: u64,
    /// Nodes that answered.
    pub(super) nodes: usize,
}

impl NodeCounters {
    /// Of every node that answers.
    pub(super) async fn of(client: &Client) -> Self {
        let mut sum = Self::default();
        for report in client.status().await.unwrap_or_default() {
            let Ok(status) = report.answer else { continue };
            let counter = |name| status.counter(name).unwrap_or(0);
            sum.prepares += counter("quorate_paxos_prepares_total");
            sum.commits += counter("quorate_commits_total");
            sum.records += counter("quorate_records_written_total");
            sum.envelopes += counter("quorate_envelopes_out_total");
            sum.deliveries += counter("quorate_deliveries_total");
            sum.nodes += 1;
        }
        sum
    }

    /// What was counted since; `None` if other nodes answered then, or one has started again.
    pub(super) fn since(&self, before: &Self) -> Option<Self> {
        Some(Self {
            prepares: self.prepares.checked_sub(before.prepares)?,
            commits: self.commits.checked_sub(before.commits)?,
            records: self.records.checked_sub(before.records)?,
            envelopes: self.envelopes.checked_sub(before.envelopes)?,
            deliveries: self.deliveries.checked_sub(before.deliveries)?,
            nodes: (self.nodes == before.nodes && self.nodes > 0).then_some(self.nodes)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_need_the_same_nodes() {
        let before = NodeCounters { prepares: 3, commits: 10, nodes: 3, ..NodeCounters::default() };
        let after = NodeCounters { prepares: 4, commits: 30, nodes: 3, ..NodeCounters::default() };
        assert_eq!(after.since(&before).map(|d| (d.prepares, d.commits)), Some((1, 20)));
        assert_eq!(NodeCounters { nodes: 2, ..after }.since(&before), None);
        assert_eq!(NodeCounters { prepares: 0, ..after }.since(&before), None, "a node started again");
    }
}
