//! One key's history, made ready for the search.

#![expect(clippy::indexing_slicing, reason = "operation numbers and ranks are made here")]

use super::symbol::{Kind, Revision, Revisions, Symbol, Symbols};
use super::{Asked, Operation, Outcome};
use crate::shared::FoldMap;
use quorate_spec::{Effect, Expect, Operation as Plain, Register};

/// What the key holds at some point of an order.
pub(crate) type State = Register<Symbol, Revision>;

/// What an operation's outcome says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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

/// What an operation does.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Act<'a> {
    /// Something that the register of `quorate-spec` does.
    Plain(Plain<Symbol, Revision>),
    /// It appends these bytes.
    Append(&'a [u8]),
    /// It leaves nothing, whatever was there.
    Clear,
}

/// An operation, and how it is to be taken.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<'a> {
    pub(crate) operation: &'a Operation,
    pub(crate) taken_as: TakenAs,
}

/// How an operation is taken: as it is, or as one that says less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TakenAs {
    /// As it is.
    Told,
    /// Whatever its outcome, as one whose outcome is unknown.
    Open,
    /// A delete that was done, as one that would have been done in any case.
    Clear,
}

/// An operation, as the search needs it. Two with the same act and claim asked and were told the same.
#[derive(Debug)]
pub(crate) struct Step<'a> {
    pub(crate) act: Act<'a>,
    pub(crate) claim: Claim,
    /// When it was over at the latest; `None` if it may come at any time, or never.
    pub(crate) end: Option<u64>,
    /// Its place among those that never end.
    pub(crate) open: u32,
    /// Where to look for it first; see `hints.rs`.
    pub(crate) hint: (u8, u64),
}

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
        let parts: Vec<Part<'a>> = operations.into_iter().filter(|part| !part.says_nothing()).collect();
        let source: Vec<&'a Operation> = parts.iter().map(|part| part.operation).collect();
        let revisions = Revisions::new(source.iter().flat_map(|o| o.versions()).collect());
        let read = parts.iter().flat_map(|part| observed(part.operation, part.is_open())).flatten();
        let symbols = Symbols::new(kind(&source), read);
        let mut problem = Self {
            stated: vec![false; revisions.len() + 1],
            steps: Vec::with_capacity(source.len()),
            start: State::default(),
            definite: 0,
            unread_helps: false,
            symbols,
            revisions,
            source,
        };
        problem.start = problem.begin(start);
        for part in parts {
            let step = problem.compile(part);
            if let Claim::Done(Some(revision), _) = step.claim {
                problem.stated[revision.rank() as usize] = true;
            }
            problem.unread_helps |= minds_what_is_there(&step);
            problem.steps.push(step);
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
        self.source.iter().zip(&self.steps).map(|(source, step)| (source.call, step.end)).collect()
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
        starts.extend(self.symbols.values()?.iter().map(|value| Start::Written(Some(value))));
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

    fn compile(&self, part: Part<'a>) -> Step<'a> {
        let Self { symbols, revisions, .. } = self;
        let (operation, open) = (part.operation, part.is_open());
        let act = match &operation.op {
            _ if part.taken_as == TakenAs::Clear => Act::Clear,
            Asked::Append(bytes) => Act::Append(bytes),
            Asked::Get => Act::Plain(Plain::Get),
            Asked::Put(value) => Act::Plain(Plain::Put(symbols.of(value))),
            Asked::Delete => Act::Plain(Plain::Delete),
            Asked::Increment(by) => Act::Plain(Plain::Increment(*by)),
            Asked::CompareAndSet { expect, new } => Act::Plain(Plain::CompareAndSet {
                expect: match expect {
                    Expect::Absent => Expect::Absent,
                    Expect::Value(value) => Expect::Value(symbols.of(value)),
                    Expect::Version(version) => Expect::Version(revisions.of(*version)),
                },
                new: new.as_ref().map(|value| symbols.of(value)),
            }),
        };
        let symbol = |value: &Option<Vec<u8>>| value.as_ref().map(|value| symbols.of(value));
        let revision = |version: &Option<_>| version.map(|version| revisions.of(version));
        let claim = match &operation.outcome {
            _ if open => Claim::Open,
            Outcome::Done { version, value } => Claim::Done(revision(version), symbol(value)),
            Outcome::Read { value, version } => Claim::Read(symbol(value), revision(version)),
            Outcome::Refused { found } => Claim::Refused(revision(found)),
            Outcome::Unknown | Outcome::NotApplied => Claim::Open,
        };
        let end = if claim == Claim::Open { None } else { operation.ret };
        Step { act, claim, end, open: 0, hint: (0, 0) }
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
            if let Some(left) = leaves(&step.act) {
                lives.entry(left).or_insert((0, u64::MAX)).0 += 1;
            }
            if let (Some(found), Some(end)) = (finds(step), step.end) {
                let life = lives.entry(found).or_insert((0, u64::MAX));
                life.1 = life.1.min(end);
            }
        }
        for (step, source) in self.steps.iter_mut().zip(&self.source) {
            if step.claim == Claim::Open
                && let Some((1, seen)) = leaves(&step.act).and_then(|left| lives.get(&left)).copied()
                && (source.call..u64::MAX).contains(&seen)
            {
                (step.claim, step.end) = (Claim::Done(None, None), Some(seen));
                step.hint = step.hint.min((1, seen));
            }
        }
    }
}

impl<'a> Part<'a> {
    /// As it is.
    pub(crate) fn told(operation: &'a Operation) -> Self {
        Self { operation, taken_as: TakenAs::Told }
    }

    /// Whether it surely did not happen, or is a read that nobody saw the end of.
    pub(crate) fn says_nothing(&self) -> bool {
        let Operation { op, outcome, .. } = self.operation;
        matches!(outcome, Outcome::NotApplied) || self.is_open() && matches!(op, Asked::Get)
    }

    /// Whether its outcome is unknown, or taken so.
    pub(crate) fn is_open(&self) -> bool {
        self.taken_as == TakenAs::Open || matches!(self.operation.outcome, Outcome::Unknown)
    }
}

fn kind(operations: &[&Operation]) -> Kind {
    let of = |o: &&Operation| match o.op {
        Asked::Increment(_) => Some(Kind::Counted),
        Asked::Append(_) => Some(Kind::Appended),
        _ => None,
    };
    operations.iter().find_map(of).unwrap_or_default()
}

/// The values that an operation reads or expects.
fn observed(operation: &Operation, open: bool) -> [Option<&[u8]>; 2] {
    let expected = match &operation.op {
        Asked::CompareAndSet { expect: Expect::Value(value), .. } => Some(value.as_slice()),
        _ => None,
    };
    let read = match &operation.outcome {
        Outcome::Read { value, .. } | Outcome::Done { value, .. } if !open => value.as_deref(),
        _ => None,
    };
    [expected, read]
}

/// The one value that the act leaves if it is done.
fn leaves(act: &Act<'_>) -> Option<Symbol> {
    match act {
        Act::Plain(Plain::Put(value)) => Some(*value),
        Act::Plain(Plain::CompareAndSet { new, .. }) => *new,
        Act::Plain(Plain::Get | Plain::Delete | Plain::Increment(_)) | Act::Append(_) | Act::Clear => None,
    }
}

/// The value that the operation surely found.
fn finds(step: &Step<'_>) -> Option<Symbol> {
    match (&step.act, step.claim) {
        (_, Claim::Read(value, _)) => value,
        (Act::Plain(Plain::CompareAndSet { expect: Expect::Value(value), .. }), Claim::Done(..)) => Some(*value),
        _ => None,
    }
}

/// Whether the operation may come where an unread value is, and perhaps not elsewhere, and leave or show
/// something else than that.
fn minds_what_is_there(step: &Step<'_>) -> bool {
    match (&step.act, step.claim) {
        (_, Claim::Refused(_)) => true,
        (_, Claim::Read(..)) | (Act::Plain(Plain::Get | Plain::Put(_)) | Act::Clear, _) => false,
        (Act::Plain(Plain::CompareAndSet { expect, .. }), _) => matches!(expect, Expect::Version(_)),
        (Act::Plain(Plain::Delete | Plain::Increment(_)) | Act::Append(_), _) => true,
    }
}
