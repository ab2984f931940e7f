//! One key's history, made ready for the search.

#![expect(clippy::indexing_slicing, reason = "operation numbers and ranks are made here")]

use crate::fold::FoldMap;
use crate::noted::{NotedValues, NotedVersions, ValueNumber, VersionNumber};
use crate::part::Part;
use crate::step::{Act, Claim, NotedStep, Step};
use crate::symbol::{Kind, Revision, Revisions, Symbol, Symbols};
use crate::{Asked, Operation};
use quorate_spec::{Effect, Expect, Operation as Plain, Register};

/// How many operations are fetched ahead: more than a processor can wait for at once, and few enough to stay near.
const AHEAD: usize = 32;

/// What the key holds at some point of an order.
pub(crate) type State = Register<Symbol, Revision>;

/// What the key held before the first of the operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start<'a> {
    /// This, and it was never written.
    New(Option<&'a [u8]>),
    /// What some write left.
    Written(Option<&'a [u8]>),
    /// A number that some write left.
    Number(i64),
    /// What some write left, and nobody reads.
    Unread,
}

/// The operations of one key that say anything, in the order given.
#[derive(Debug)]
pub(crate) struct Problem<'a> {
    pub(crate) source: Vec<&'a Operation>,
    pub(crate) steps: Vec<Step<'a>>,
    pub(crate) symbols: Symbols<'a>,
    pub(crate) revisions: Revisions,
    pub(crate) start: State,
    /// How many of the operations must be in an order.
    pub(crate) definite: usize,
    /// By rank: whether an operation that is surely done states this version as its own.
    stated: Vec<bool>,
    /// Whether an open write of an unread value can be of use to anybody.
    unread_helps: bool,
}

/// What taking an operation next makes of the state.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    pub(crate) state: State,
    /// It is no write and changed nothing, so wherever it may come it may come at once.
    pub(crate) quiet: bool,
}

impl<'a> Problem<'a> {
    /// Of one key's operations. Those that surely did not happen are left out, and so are reads that
    /// nobody saw the end of.
    pub(crate) fn new(operations: impl IntoIterator<Item = Part<'a>>, start: Start<'a>) -> Self {
        // On a clean history most of the time goes into fetching operations, since those of one key lie far apart. So
        // each is looked at once, and so many are fetched ahead that the fetches overlap.
        let mut operations = operations.into_iter();
        let most = operations.size_hint().1.unwrap_or(0);
        let (mut source, mut noted, mut kind) = (Vec::with_capacity(most), Vec::with_capacity(most), None);
        let (mut values, mut versions) = (NotedValues::with_room(most), NotedVersions::with_room(most));
        let mut ahead = Vec::with_capacity(AHEAD);
        loop {
            ahead.extend(operations.by_ref().take(AHEAD));
            core::hint::black_box(ahead.iter().fold(0, |touched, part: &Part<'_>| touched ^ part.touch()));
            if ahead.is_empty() {
                break;
            }
            for part in ahead.drain(..).filter(|part| !part.says_nothing()) {
                noted.push(NotedStep::new(part, &mut values, &mut versions));
                kind = kind.or(kind_of(part.operation));
                source.push(part.operation);
            }
        }
        let (symbols, named) = Symbols::new(kind.unwrap_or_default(), values);
        let (revisions, ranks) = Revisions::new(versions);
        let (symbol, rank) = (|number: ValueNumber| named[number.0 as usize], |n: VersionNumber| ranks[n.0 as usize]);
        let mut problem = Self {
            stated: vec![false; revisions.len() + 1],
            steps: noted.into_iter().map(|step| step.named(symbol, rank)).collect(),
            start: State::default(),
            definite: 0,
            unread_helps: false,
            symbols,
            revisions,
            source,
        };
        problem.start = problem.begin(start);
        for step in &problem.steps {
            if let Claim::Done(Some(revision), _) = step.claim {
                problem.stated[revision.rank() as usize] = true;
            }
            problem.unread_helps |= step.minds_what_is_there();
        }
        problem.hints();
        problem.settle_what_was_seen();
        let mut opened = 0..;
        problem
            .steps
            .iter_mut()
            .filter(|step| step.claim == Claim::Open)
            .zip(&mut opened)
            .for_each(|(s, n)| s.open = n);
        problem.definite = problem.steps.iter().filter(|step| step.claim != Claim::Open).count();
        problem
    }

    /// Calls and returns; what is open never returns.
    pub(crate) fn times(&self) -> Vec<(u64, Option<u64>)> {
        self.steps.iter().map(|step| (step.call, step.end)).collect()
    }

    /// When operation `number` was over at the latest.
    pub(crate) fn end_of(&self, number: u32) -> Option<u64> {
        self.steps.get(number as usize).and_then(|step| step.end)
    }

    /// Whether an operation that is surely done states this version as its own.
    pub(crate) fn is_stated(&self, revision: Revision) -> bool {
        self.stated[revision.rank() as usize]
    }

    /// What operation `number`, taken next, makes of `state`; `None` if it cannot come next, or if it is
    /// open and would change nothing, which is the same as never.
    pub(crate) fn take(&self, state: &State, number: u32) -> Option<Taken> {
        let step = &self.steps[number as usize];
        let bound = self.bind(state, step);
        let agrees = |revision: Option<Revision>| revision.is_none() || revision == bound.version;
        let quiet = Taken { state: bound, quiet: bound == *state };
        match (self.effect(&bound, &step.act), step.claim) {
            (Effect::Read, Claim::Read(value, revision)) => (value == bound.value && agrees(revision)).then_some(quiet),
            (Effect::Refused(_), Claim::Refused(found)) => agrees(found).then_some(quiet),
            (Effect::Write(value), Claim::Done(revision, told)) => {
                let version = Some(revision.unwrap_or(Revision::UNSTATED));
                (told.is_none() || told == value).then_some(Taken { state: State { value, version }, quiet: false })
            }
            (Effect::Write(value), Claim::Open) => {
                let useful = self.unread_helps || value != Some(Symbol::Unread);
                let state = State { value, version: Some(Revision::UNSTATED) };
                useful.then_some(Taken { state, quiet: false })
            }
            _ => None,
        }
    }

    /// The states that the key may have been left in by operations that are not among these, where
    /// nothing is known of it: all that these can tell apart. `None` if they are too many to tell.
    pub(crate) fn starts(&self) -> Option<Vec<Start<'a>>> {
        let mut starts = vec![Start::New(None), Start::Written(None), Start::Unread];
        starts.extend(self.symbols.values()?.map(|value| Start::Written(Some(value))));
        for step in &self.steps {
            if let Act::Plain(Plain::Increment(by)) = step.act {
                match step.claim {
                    Claim::Done(_, Some(Symbol::Number(sum))) => starts.extend(sum.checked_sub(by).map(Start::Number)),
                    // It finds anything but a number, or so much that no sum is in range.
                    Claim::Refused(_) => starts.extend([Start::Number(i64::MAX), Start::Number(i64::MIN)]),
                    _ => return None,
                }
            }
        }
        Some(starts)
    }

    fn begin(&self, start: Start<'_>) -> State {
        let written = Some(Revision::UNSTATED);
        match start {
            Start::New(value) => State { value: value.map(|value| self.symbols.of(value)), version: None },
            Start::Written(value) => State { value: value.map(|value| self.symbols.of(value)), version: written },
            Start::Number(number) => State { value: Some(Symbol::Number(number)), version: written },
            Start::Unread => State { value: Some(Symbol::Unread), version: written },
        }
    }

    fn effect(&self, state: &State, act: &Act<'_>) -> Effect<Symbol> {
        match act {
            Act::Plain(plain) => state.evaluate(plain),
            Act::Append(bytes) => Effect::Write(Some(self.symbols.append(state.value, bytes))),
            Act::Clear => Effect::Write(None),
        }
    }

    /// If nobody was told the version of the last write, it is the one that `step` needs it to be, as
    /// long as that is no other write's.
    fn bind(&self, state: &State, step: &Step<'_>) -> State {
        let needed = match (step.claim, &step.act) {
            (Claim::Read(_, revision) | Claim::Refused(revision), _) => revision,
            (_, Act::Plain(Plain::CompareAndSet { expect: Expect::Version(revision), .. })) => Some(*revision),
            _ => None,
        };
        match needed {
            Some(revision) if state.version == Some(Revision::UNSTATED) && !self.is_stated(revision) => {
                State { version: Some(revision), ..*state }
            }
            _ => *state,
        }
    }

    /// An open write whose value was read, where nothing else can have left that value, was done before
    /// the first such read was over: it is open no longer. Without this every such write doubles the
    /// work, since the search would also try to do without it.
    fn settle_what_was_seen(&mut self) {
        if self.symbols.kind() != Kind::Plain {
            return;
        }
        // By value: how many may have left it, and when the first that surely found it was over.
        let mut lives: FoldMap<Symbol, (u32, u64)> = FoldMap::default();
        lives.extend(self.start.value.map(|value| (value, (1, u64::MAX))));
        for step in &self.steps {
            if let Some(left) = step.act.leaves() {
                lives.entry(left).or_insert((0, u64::MAX)).0 += 1;
            }
            if let (Some(found), Some(end)) = (step.finds(), step.end) {
                let life = lives.entry(found).or_insert((0, u64::MAX));
                life.1 = life.1.min(end);
            }
        }
        for step in &mut self.steps {
            if step.claim == Claim::Open
                && let Some((1, seen)) = step.act.leaves().and_then(|left| lives.get(&left)).copied()
                && (step.call..u64::MAX).contains(&seen)
            {
                (step.claim, step.end) = (Claim::Done(None, None), Some(seen));
                step.hint = step.hint.min((1, seen));
            }
        }
    }
}

fn kind_of(operation: &Operation) -> Option<Kind> {
    match operation.op {
        Asked::Increment(_) => Some(Kind::Counted),
        Asked::Append(_) => Some(Kind::Appended),
        _ => None,
    }
}
