use super::cluster::NODES;
use std::str::FromStr;

/// Which nodes still hear each other: groups of nodes, each node in exactly one. `1|2,3` is node 1 alone, and the
/// others together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Grouping(Vec<Vec<u16>>);

impl Grouping {
    /// Whether these two hear each other.
    pub(super) fn joins(&self, one: u16, other: u16) -> bool {
        self.0.iter().any(|group| group.contains(&one) && group.contains(&other))
    }
}

impl std::fmt::Display for Grouping {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let group = |group: &Vec<u16>| group.iter().map(u16::to_string).collect::<Vec<_>>().join(",");
        f.write_str(&self.0.iter().map(group).collect::<Vec<_>>().join("|"))
    }
}

/// What is wrong with a grouping.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum GroupingError {
    /// There is a word that is no node.
    #[error("{0:?} is no node; nodes are 1 to {NODES}, in groups such as 1|2,3")]
    NoNode(String),
    /// A node stands in two places.
    #[error("node {0} is named twice")]
    Twice(u16),
    /// A node stands in none.
    #[error("node {0} is in no group; name every node, such as 1|2,3")]
    Missing(u16),
    /// There is nothing to part.
    #[error("one group is no partition; part groups with |, such as 1|2,3")]
    OneGroup,
}

impl FromStr for Grouping {
    type Err = GroupingError;

    fn from_str(text: &str) -> Result<Self, GroupingError> {
        let mut seen = Vec::new();
        let mut groups = Vec::new();
        for group in text.split('|') {
            let mut nodes = Vec::new();
            for word in group.split(',').map(str::trim) {
                let node = word.parse().ok().filter(|node| (1..=NODES).contains(node));
                let node = node.ok_or_else(|| GroupingError::NoNode(word.to_owned()))?;
                if seen.contains(&node) {
                    return Err(GroupingError::Twice(node));
                }
                seen.push(node);
                nodes.push(node);
            }
            groups.push(nodes);
        }
        if let Some(missing) = (1..=NODES).find(|node| !seen.contains(node)) {
            return Err(GroupingError::Missing(missing));
        }
        if groups.len() == 1 { Err(GroupingError::OneGroup) } else { Ok(Self(groups)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_hears_whom() {
        let grouping: Grouping = "1| 3,2".parse().unwrap();
        assert!(grouping.joins(2, 3) && !grouping.joins(1, 2) && !grouping.joins(3, 1));
        assert_eq!(grouping.to_string(), "1|3,2");
        let all: Grouping = "1|2|3".parse().unwrap();
        assert!(!all.joins(2, 3));
    }

    #[test]
    fn every_node_once() {
        let error = |text: &str| text.parse::<Grouping>().unwrap_err();
        assert_eq!(error("1|2,2,3"), GroupingError::Twice(2));
        assert_eq!(error("1|2"), GroupingError::Missing(3));
        assert_eq!(error("1,2,3"), GroupingError::OneGroup);
        for (text, word) in [("", ""), ("1||2,3", ""), ("1|2,4", "4"), ("0|1,2,3", "0"), ("1|2;3", "2;3")] {
            assert_eq!(error(text), GroupingError::NoNode(word.to_owned()), "{text}");
        }
    }
}
