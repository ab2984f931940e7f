use super::cluster::NODES;
use super::grouping::Grouping;
use super::link::{Condition, Link};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

/// The ways between the nodes, one for each ordered pair.
#[derive(Debug)]
pub(super) struct Links(Vec<(u16, u16, Link)>);

impl Links {
    /// Opens all of them. `address` is where a node listens.
    ///
    /// # Errors
    /// There are not enough ports.
    pub(super) async fn open(address: impl Fn(u16) -> SocketAddr) -> io::Result<Self> {
        let mut links = Vec::new();
        for from in 1..=NODES {
            for to in (1..=NODES).filter(|to| *to != from) {
                links.push((from, to, Link::open(address(to)).await?));
            }
        }
        Ok(Self(links))
    }

    /// What `node` dials, as `quorate serve --dial` takes it.
    pub(super) fn dialled_by(&self, node: u16) -> impl Iterator<Item = String> {
        self.0.iter().filter(move |(from, ..)| *from == node).map(|(_, to, link)| format!("{to}={}", link.address()))
    }

    /// Lets only those hear each other that a grouping puts together; slow links between them stay slow.
    pub(super) fn partition(&self, grouping: &Grouping) {
        for (from, to, link) in &self.0 {
            match (grouping.joins(*from, *to), link.condition()) {
                (false, _) => link.set(Condition::Cut),
                (true, Condition::Cut) => link.set(Condition::Up),
                (true, _) => {}
            }
        }
    }

    /// Makes everything to and from a node take this long each way; what is cut stays cut.
    pub(super) fn slow(&self, node: u16, delay: Duration) {
        let touched = self.0.iter().filter(|(from, to, _)| *from == node || *to == node);
        touched.filter(|(.., link)| link.condition() != Condition::Cut).for_each(|(.., link)| {
            link.set(Condition::Slow(delay));
        });
    }

    /// Makes all of them as good as new; whether one was not.
    pub(super) fn heal(&self) -> bool {
        let ill = self.0.iter().filter(|(.., link)| link.condition() != Condition::Up);
        ill.map(|(.., link)| link.set(Condition::Up)).count() > 0
    }

    /// The two ends of each pair, once, and how it is. Both ways are always alike.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (u16, u16, Condition)> {
        self.0.iter().filter(|(from, to, _)| from < to).map(|(from, to, link)| (*from, *to, link.condition()))
    }
}
