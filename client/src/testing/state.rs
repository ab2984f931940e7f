/// How a node of a [`Cluster`](super::Cluster) is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NodeState {
    /// It runs.
    Running,
    /// It is stopped, and would go on.
    Frozen,
    /// It was killed.
    Down,
    /// It stopped by itself, which is a fault of Quorate; the words say why.
    Failed(String),
}
