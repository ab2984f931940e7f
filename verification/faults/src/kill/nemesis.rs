use super::nodes::{NODES, Nodes};
use super::{Fault, KillError, Plan};
use quorate_node::history::Clock;
use rustix::process::Signal;
use std::time::Duration;

/// Something that was done to a node, or that it then did.
#[derive(Clone, Debug)]
pub(super) struct Event {
    /// When, in nanoseconds since the run's start.
    pub(super) at: u64,
    /// What, for people.
    pub(super) what: String,
}

/// Does to the nodes what a plan says, until its rounds are done and its time is over.
#[derive(Debug)]
pub(super) struct Nemesis<'a> {
    pub(super) plan: &'a Plan,
    pub(super) nodes: &'a mut Nodes,
    pub(super) clock: Clock,
    pub(super) events: Vec<Event>,
    /// Faults done.
    pub(super) faults: u64,
}

impl Nemesis<'_> {
    /// Runs on the calling thread.
    ///
    /// # Errors
    /// A node that should come back does not, or one that was left alone is gone.
    pub(super) fn run(&mut self) -> Result<(), KillError> {
        let mut rounds = 0;
        std::thread::sleep(self.plan.calm);
        while rounds < self.plan.rounds || self.clock.elapsed() < self.plan.load {
            match self.plan.fault {
                Fault::None => std::thread::sleep(Duration::from_millis(100)),
                Fault::Kill => (1..=NODES).try_for_each(|node| self.kill(node))?,
                Fault::Restart => (1..=NODES).try_for_each(|node| self.restart(node))?,
                Fault::Stop => (1..=NODES).try_for_each(|node| self.stop(node))?,
                Fault::KillAll => self.kill_all(Nodes::kill_all)?,
                Fault::RollBack => {
                    self.kill_all(|nodes| nodes.kill_all().and_then(|()| nodes.save()))?;
                    self.kill_all(|nodes| nodes.kill_all().and_then(|()| nodes.put_back()))?;
                }
            }
            rounds += 1;
        }
        Ok(())
    }

    fn kill(&mut self, node: u16) -> Result<(), KillError> {
        self.note(format!("SIGKILL node {node}"));
        self.nodes.kill(node)?;
        std::thread::sleep(self.plan.down);
        self.note(format!("start node {node}"));
        self.nodes.spawn(node)?;
        self.settle(&[node])
    }

    fn restart(&mut self, node: u16) -> Result<(), KillError> {
        self.note(format!("SIGTERM node {node}"));
        self.nodes.terminate(node)?;
        self.note(format!("node {node} ended"));
        std::thread::sleep(self.plan.down);
        self.note(format!("start node {node}"));
        self.nodes.spawn(node)?;
        self.settle(&[node])
    }

    fn stop(&mut self, node: u16) -> Result<(), KillError> {
        self.note(format!("SIGSTOP node {node}"));
        self.nodes.signal(node, Signal::STOP)?;
        std::thread::sleep(self.plan.down);
        self.note(format!("SIGCONT node {node}"));
        self.nodes.signal(node, Signal::CONT)?;
        self.settle(&[node])
    }

    fn kill_all(&mut self, how: impl FnOnce(&mut Nodes) -> Result<(), KillError>) -> Result<(), KillError> {
        self.note("SIGKILL all nodes".to_owned());
        how(self.nodes)?;
        std::thread::sleep(self.plan.down);
        self.note("start all nodes".to_owned());
        let all: Vec<u16> = (1..=NODES).collect();
        all.iter().try_for_each(|node| self.nodes.spawn(*node))?;
        self.settle(&all)
    }

    /// Waits until the nodes are ready, and then for a while; all must still run at its end.
    fn settle(&mut self, nodes: &[u16]) -> Result<(), KillError> {
        self.faults += 1;
        for node in nodes {
            self.nodes.wait_ready(*node)?;
            self.note(format!("node {node} ready"));
        }
        std::thread::sleep(self.plan.calm);
        (1..=NODES).try_for_each(|node| self.nodes.wait_ready(node))
    }

    fn note(&mut self, what: String) {
        self.events.push(Event { at: self.clock.now(), what });
    }
}
