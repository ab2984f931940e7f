//! What a worker of the checker has computed so far.

use super::effect::{Effect, Event};
use super::{Cluster, Ghost, Id, NODES_MAX, Node, Nodes, READERS_MAX, Reader, State};
use crate::shared::FoldMap;
use quorate_protocol::LogRecord;
use quorate_spec::Property;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::atomic::Ordering;

/// Entries of each table; one that is full starts over, which costs time and nothing else.
const ENTRIES_MAX: usize = 4_000_000;

thread_local! {
    static MEMO: RefCell<Memo> = RefCell::default();
}

/// A replica's record became durable: what the observer knew, which records the replicas had, which
/// replica it is, and its record now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Durability {
    /// The votes so far.
    pub(super) ghost: Id<Ghost>,
    /// All durable records before.
    pub(super) records: [Id<LogRecord>; NODES_MAX],
    /// Whose changes.
    pub(super) node: usize,
    /// To what.
    pub(super) now: Id<LogRecord>,
}

/// What the observer knows then, and what broke.
pub(super) type Observed = (Id<Ghost>, Option<Property>);

/// Tables of one model. Each worker thread has its own, so that none waits for another.
#[derive(Default)]
struct Memo {
    model: u64,
    effects: FoldMap<u64, Rc<Effect>>,
    observed: FoldMap<Durability, Observed>,
    healed: FoldMap<Alive, bool>,
}

/// What is left of a state once its cluster has healed.
type Alive = (Nodes, [Option<Id<Reader>>; READERS_MAX]);

impl Memo {
    fn belong_to(&mut self, model: u64) {
        if self.model != model {
            *self = Self { model, ..Self::default() };
        }
    }
}

impl Cluster {
    /// The effect of an event on a replica.
    pub(super) fn effect(&self, node: Id<Node>, event: Event) -> Rc<Effect> {
        let key = u64::from(node.code()) << 32 | u64::from(event.code());
        let known = MEMO.with_borrow_mut(|memo| {
            memo.belong_to(self.serial);
            memo.effects.get(&key).cloned()
        });
        known.unwrap_or_else(|| {
            let effect = Rc::new(self.compute(node, event));
            MEMO.with_borrow_mut(|memo| {
                if memo.effects.len() >= ENTRIES_MAX {
                    memo.effects.clear();
                }
                memo.effects.insert(key, effect.clone());
            });
            effect
        })
    }

    /// P21: whether this state's cluster, healed, answers every request within the steps that the scenario
    /// states. States that differ in what healing takes away are asked about once.
    pub(crate) fn makes_progress(&self, state: &State) -> bool {
        let Some(most) = self.scenario.heals_within.filter(|_| state.broken.is_none()) else { return true };
        let key = (state.nodes, state.readers);
        let known = MEMO.with_borrow_mut(|memo| {
            memo.belong_to(self.serial);
            memo.healed.get(&key).copied()
        });
        known.unwrap_or_else(|| {
            let steps = self.heals_within(state, most, None);
            self.longest.fetch_max(steps.unwrap_or(0), Ordering::Relaxed);
            MEMO.with_borrow_mut(|memo| {
                if memo.healed.len() >= ENTRIES_MAX {
                    memo.healed.clear();
                }
                memo.healed.insert(key, steps.is_some());
            });
            steps.is_some()
        })
    }

    /// What the observer makes of a record that became durable.
    pub(super) fn observed(&self, event: &Durability) -> Observed {
        let known = MEMO.with_borrow_mut(|memo| {
            memo.belong_to(self.serial);
            memo.observed.get(event).copied()
        });
        known.unwrap_or_else(|| {
            let observed = self.judge(event);
            MEMO.with_borrow_mut(|memo| {
                if memo.observed.len() >= ENTRIES_MAX {
                    memo.observed.clear();
                }
                memo.observed.insert(*event, observed);
            });
            observed
        })
    }
}
