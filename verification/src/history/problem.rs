//! One key's history, made ready for the search.

#![expect(clippy::indexing_slicing, reason = "operation numbers and ranks are made here")]

use super::symbol::{Revision, Revisions, Symbol, Symbols};
use super::{Operation, Outcome};
use quorate_spec::{Effect, Expect, Operation as Asked, Register};
use std::collections::HashMap;

/// What the key holds at some point of an order.
pub(crate) type State = Register<Symbol, Revision>;

/// What an operation's outcome says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Claim {
    /// It wrote, under this version, and left this value, as far as it was told.
    Done(Option<Revision>, Option<Symbol>),
    /// It read this value, of this version.
    Read(Option<Symbol>, Option<Revision>),
    /// It was refused, on this version.
    Refused(Option<Revision>),
    /// Nothing: it may come anywhere, or never.
    Open,
}

/// An operation, as the search needs it.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) asked: Asked<Symbol, Revision>,
    pub(crate) claim: Claim,
    /// Equal for operations that asked and were told the same.
    pub(crate) class: u32,
    /// Where to look for it first; see [`Problem::hints`].
    pub(crate) hint: (u8, u64),
}

/// The operations of one key that say anything, in the order given.
#[derive(Debug)]
pub(crate) struct Problem<'a> {
    pub(crate) source: Vec<&'a Operation>,
    pub(crate) steps: Vec<Step>,
    pub(crate) symbols: Symbols,
    pub(crate) revisions: Revisions,
    /// By operation: whether it is open.
    open: Vec<bool>,
    /// By rank: whether an operation that is surely done states this version as its own.
    stated: Vec<bool>,
}

/// What taking an operation next makes of the state.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    pub(crate) state: State,
    /// It is no write and changed nothing, so wherever it may come it may come at once.
    pub(crate) quiet: bool,
}

impl<'a> Problem<'a> {
    /// Of one key's operations.
    pub(crate) fn new(operations: impl IntoIterator<Item = &'a Operation>) -> Self {
        Self::with_open(operations.into_iter().map(|o| (o, o.outcome == Outcome::Unknown)))
    }

    /// Of one key's operations, each with whether it is to be taken as open, whatever its outcome.
    /// Those that surely did not happen are left out, and so are reads that nobody saw the end of.
    pub(crate) fn with_open(operations: impl IntoIterator<Item = (&'a Operation, bool)>) -> Self {
        let says_something =
            |(o, open): &(&Operation, bool)| o.outcome != Outcome::NotApplied && !(*open && o.op == Asked::Get);
        let (source, open): (Vec<&Operation>, Vec<bool>) = operations.into_iter().filter(says_something).unzip();
        let revisions = Revisions::new(source.iter().flat_map(|o| o.versions()).collect());
        let mut problem = Self {
            stated: vec![false; revisions.len() + 1],
            open,
            steps: Vec::with_capacity(source.len()),
            symbols: Symbols::default(),
            revisions,
            source,
        };
        let mut classes = HashMap::new();
        for i in 0..problem.source.len() {
            let (asked, claim) = problem.compile(problem.source[i], problem.open[i]);
            let fresh = u32::try_from(classes.len()).expect("fewer than 2^32 classes");
            let class = *classes.entry((asked.clone(), claim)).or_insert(fresh);
            if let Claim::Done(Some(revision), _) = claim {
                problem.stated[revision.rank() as usize] = true;
            }
            problem.steps.push(Step { asked, claim, class, hint: (0, 0) });
        }
        problem.hints();
        problem
    }

    /// Calls and returns; what is open never returns.
    pub(crate) fn times(&self) -> Vec<(u64, Option<u64>)> {
        let ret = |o: &Operation, open: &bool| if *open { None } else { o.ret };
        self.source.iter().zip(&self.open).map(|(o, open)| (o.call, ret(o, open))).collect()
    }

    /// What operation `number`, taken next, makes of `state`; `None` if it cannot come next, or if it is
    /// open and would change nothing, which is the same as never.
    pub(crate) fn take(&self, state: &State, number: u32) -> Option<Taken> {
        let step = &self.steps[number as usize];
        let bound = self.bind(state, step);
        let agrees = |revision: Option<Revision>| revision.is_none() || revision == bound.version;
        let quiet = Taken { state: bound, quiet: bound == *state };
        match (bound.evaluate(&step.asked), step.claim) {
            (Effect::Read, Claim::Read(value, revision)) => (value == bound.value && agrees(revision)).then_some(quiet),
            (Effect::Refused(_), Claim::Refused(found)) => agrees(found).then_some(quiet),
            (Effect::Write(value), Claim::Done(revision, told)) => {
                let version = Some(revision.unwrap_or(Revision::UNSTATED));
                (told.is_none() || told == value).then_some(Taken { state: State { value, version }, quiet: false })
            }
            (Effect::Write(value), Claim::Open) => {
                Some(Taken { state: State { value, version: Some(Revision::UNSTATED) }, quiet: false })
            }
            _ => None,
        }
    }

    /// If nobody was told the version of the last write, it is the one that `step` needs it to be, as
    /// long as that is no other write's.
    fn bind(&self, state: &State, step: &Step) -> State {
        let needed = match (step.claim, &step.asked) {
            (Claim::Read(_, revision) | Claim::Refused(revision), _) => revision,
            (_, Asked::CompareAndSet { expect: Expect::Version(revision), .. }) => Some(*revision),
            _ => None,
        };
        match needed {
            Some(revision) if state.version == Some(Revision::UNSTATED) && !self.stated[revision.rank() as usize] => {
                State { version: Some(revision), ..*state }
            }
            _ => *state,
        }
    }

    fn compile(&mut self, operation: &Operation, open: bool) -> (Asked<Symbol, Revision>, Claim) {
        let Self { symbols, revisions, .. } = self;
        let asked = match &operation.op {
            Asked::Get => Asked::Get,
            Asked::Put(value) => Asked::Put(symbols.of(value)),
            Asked::Delete => Asked::Delete,
            Asked::Increment(by) => Asked::Increment(*by),
            Asked::CompareAndSet { expect, new } => Asked::CompareAndSet {
                expect: match expect {
                    Expect::Absent => Expect::Absent,
                    Expect::Value(value) => Expect::Value(symbols.of(value)),
                    Expect::Version(version) => Expect::Version(revisions.of(*version)),
                },
                new: new.as_ref().map(|value| symbols.of(value)),
            },
        };
        let mut symbol = |value: &Option<Vec<u8>>| value.as_ref().map(|value| symbols.of(value));
        let revision = |version: &Option<_>| version.map(|version| revisions.of(version));
        let claim = match &operation.outcome {
            _ if open => Claim::Open,
            Outcome::Done { version, value } => Claim::Done(revision(version), symbol(value)),
            Outcome::Read { value, version } => Claim::Read(symbol(value), revision(version)),
            Outcome::Refused { found } => Claim::Refused(revision(found)),
            Outcome::Unknown | Outcome::NotApplied => Claim::Open,
        };
        (asked, claim)
    }

    /// Orders the search, and no more: first what states a version, the lowest first, together with the
    /// open writes that seem to be the ones which left the versions that reads saw and nobody states;
    /// then what returned first; at last the other open writes.
    fn hints(&mut self) {
        // The versions seen that no write states: what was seen under them, and the end of the first look.
        let mut orphans: HashMap<Revision, (Option<Symbol>, u64)> = HashMap::new();
        for (step, source) in self.steps.iter().zip(&self.source) {
            if let (Claim::Read(value, Some(revision)), Some(ret)) = (step.claim, source.ret)
                && !self.stated[revision.rank() as usize]
            {
                let seen = orphans.entry(revision).or_insert((value, ret));
                seen.1 = seen.1.min(ret);
            }
        }
        let mut orphans: Vec<_> = orphans.into_iter().collect();
        orphans.sort_unstable();
        for (step, source) in self.steps.iter_mut().zip(&self.source) {
            let stated = match step.claim {
                Claim::Done(revision, _) | Claim::Read(_, revision) | Claim::Refused(revision) => revision,
                Claim::Open => {
                    let left = |orphan: &(Revision, (Option<Symbol>, u64))| {
                        let (_, (value, seen)) = *orphan;
                        source.call <= seen && may_leave(&step.asked, value)
                    };
                    orphans.iter().position(left).map(|place| orphans.remove(place).0)
                }
            };
            step.hint = match (stated, step.claim) {
                (Some(revision), _) => (0, u64::from(revision.rank())),
                (None, Claim::Open) => (2, source.call),
                (None, _) => (1, source.ret.unwrap_or(u64::MAX)),
            };
        }
    }
}

/// Whether an operation may have left this value.
fn may_leave(asked: &Asked<Symbol, Revision>, value: Option<Symbol>) -> bool {
    match asked {
        Asked::Put(put) => value == Some(*put),
        Asked::Delete => value.is_none(),
        Asked::CompareAndSet { new, .. } => value == *new,
        // An increment may leave any number, and a guess would be wrong most of the time.
        Asked::Get | Asked::Increment(_) => false,
    }
}
