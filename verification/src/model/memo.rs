//! What a worker of the checker has computed so far.

use super::effect::{Effect, Event};
use super::{Cluster, Ghost, Id, NODES_MAX, Node, Nodes, READERS_MAX, Reader, State};
use quorate_history::fold::FoldMap;
use quorate_protocol::LogRecord;
use quorate_spec::Property;
use std::cell::RefCell;
use std::hash::Hash;
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
    fn of(&mut self, model: u64) -> &mut Self {
        if self.model != model {
            *self = Self { model, ..Self::default() };
        }
        self
    }
}

impl Cluster {
    /// The effect of an event on a replica.
    pub(super) fn effect(&self, node: Id<Node>, event: Event) -> Rc<Effect> {
        let key = u64::from(node.code()) << 32 | u64::from(event.code());
        self.once(|memo| &mut memo.effects, key, || Rc::new(self.compute(node, event)))
    }

    /// P21: whether this state's cluster, healed, answers every request within the steps that the scenario
    /// states. States that differ in what healing takes away are asked about once.
    pub(crate) fn makes_progress(&self, state: &State) -> bool {
        let Some(most) = self.scenario.heals_within.filter(|_| state.broken.is_none()) else { return true };
        let heals = || {
            let steps = self.heals_within(state, most, None);
            self.longest.fetch_max(steps.unwrap_or(0), Ordering::Relaxed);
            steps.is_some()
        };
        self.once(|memo| &mut memo.healed, (state.nodes, state.readers), heals)
    }

    /// What the observer makes of a record that became durable.
    pub(super) fn observed(&self, event: &Durability) -> Observed {
        self.once(|memo| &mut memo.observed, *event, || self.judge(event))
    }

    /// What one of this worker's tables holds for a key, computed if it holds nothing yet.
    fn once<K: Hash + Eq, V: Clone>(
        &self,
        table: fn(&mut Memo) -> &mut FoldMap<K, V>,
        key: K,
        compute: impl FnOnce() -> V,
    ) -> V {
        let known = MEMO.with_borrow_mut(|memo| table(memo.of(self.serial)).get(&key).cloned());
        known.unwrap_or_else(|| {
            // Not while the tables are borrowed: computing one thing may ask for another.
            let value = compute();
            MEMO.with_borrow_mut(|memo| {
                let table = table(memo.of(self.serial));
                if table.len() >= ENTRIES_MAX {
                    table.clear();
                }
                table.insert(key, value.clone());
            });
            value
        })
    }
}
