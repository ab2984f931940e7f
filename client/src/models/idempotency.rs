//! Work that several are asked to do, and that shall be recorded once.

use super::{
    breaks, holds,
    world::{Bounded, Driver, Program, World},
};
use crate::{
    Versioned,
    recipes::{
        Claimed, Completion, Fence, Foreign,
        decisions::{self as shipped, Begun, Found, Record},
    },
    update::{Change, Decision, End, as_found},
};
use bytes::Bytes;
use stateright::Property;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Variant {
    Nothing,
    /// Work that is in progress is begun again.
    BeginAgain,
    /// A result is recorded whoever has the claim.
    CompleteAny,
    /// A result is recorded over another one.
    CompleteOver,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Worker {
    name: &'static str,
    variant: Variant,
    left: u8,
    claim: Option<Fence>,
    seen: Option<Claimed>,
    /// Every result that it was told.
    results: Vec<Bytes>,
    superseded: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Call {
    Begin,
    TakeOver(Claimed),
    Complete(Fence, Bytes),
    GiveUp(Fence),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Note {
    Begun(Result<Begun, Foreign>),
    Completed(Result<Completion, Foreign>),
    GivenUp(Result<bool, Foreign>),
}

impl Worker {
    /// The wrong variant of a decision, where there is one.
    fn wrong(&self, call: &Call, seen: Option<&Versioned>) -> Option<Decision<Note>> {
        let send = |record: &Record, note| {
            Some(Decision::Send(Change::Cas { expect: as_found(seen), new: Some(record.encode()) }, note))
        };
        let found = shipped::found(seen).expect("nobody else writes it");
        match (self.variant, call, found) {
            (Variant::BeginAgain, Call::Begin, Found::Claimed(_)) => {
                send(&Record::Started { claim: None }, Note::Begun(Ok(Begun::Started)))
            }
            (Variant::CompleteAny, Call::Complete(claim, result), Found::Claimed(_))
            | (Variant::CompleteOver, Call::Complete(claim, result), Found::Done { .. }) => {
                let record = Record::Done { claim: *claim, result: result.clone() };
                send(&record, Note::Completed(Ok(Completion::Recorded)))
            }
            _ => None,
        }
    }
}

impl Program for Worker {
    type Call = Call;
    type Note = Note;

    fn calls(&self) -> Vec<Call> {
        match (self.left, self.claim) {
            (0, _) => Vec::new(),
            (_, Some(claim)) => vec![Call::Complete(claim, self.name.into()), Call::GiveUp(claim)],
            (_, None) => [Call::Begin].into_iter().chain(self.seen.clone().map(Call::TakeOver)).collect(),
        }
    }

    fn key(_: &Call) -> usize {
        0
    }

    fn decide(&self, call: &Call, seen: Option<&Versioned>) -> Decision<Note> {
        self.wrong(call, seen).unwrap_or_else(|| match call {
            Call::Begin => noted(shipped::begin(seen), Note::Begun),
            Call::TakeOver(from) => noted(shipped::take_over_work(from, seen), Note::Begun),
            Call::Complete(claim, result) => noted(shipped::complete(*claim, result, seen), Note::Completed),
            Call::GiveUp(claim) => noted(shipped::give_up(*claim, seen), Note::GivenUp),
        })
    }

    fn ended(&mut self, call: &Call, end: End<Note>) -> Option<&'static str> {
        self.left -= 1;
        match (end, call) {
            (End::Applied { version, with: Note::Begun(Ok(Begun::Started)), .. }, _) => {
                self.claim = Some(Fence::of(version));
            }
            (End::Kept(Note::Begun(Ok(Begun::InProgress(claimed)))), _) => self.seen = Some(claimed),
            (End::Kept(Note::Begun(Ok(Begun::AlreadyDone(result)))), _)
            | (End::Kept(Note::Completed(Ok(Completion::AlreadyDone(result)))), _) => {
                self.claim = None;
                self.results.push(result);
            }
            (
                End::Applied { with: Note::Completed(Ok(Completion::Recorded)), .. }
                | End::Kept(Note::Completed(Ok(Completion::Recorded))),
                Call::Complete(_, result),
            ) => {
                self.claim = None;
                self.results.push(result.clone());
            }
            (End::Kept(Note::Completed(Ok(Completion::Superseded(by)))), _) => {
                self.superseded = true;
                (self.claim, self.seen) = (None, by);
            }
            (End::Applied { with: Note::GivenUp(Ok(_)), .. } | End::Kept(Note::GivenUp(Ok(_))), _) => {
                self.claim = None;
            }
            (End::Exhausted | End::Unknown(_), _) => {}
            _ => return Some("a step that cannot be"),
        }
        None
    }

    fn judge(call: &Call, before: Option<&Versioned>, _: Option<&Versioned>) -> Option<&'static str> {
        let before = shipped::found(before).expect("nobody else writes it");
        let right = match (call, before) {
            (_, Found::Done { .. }) => false,
            (Call::Begin | Call::TakeOver(_), Found::Nothing) => true,
            (Call::TakeOver(from), Found::Claimed(now)) => *from == now,
            (Call::Complete(claim, _) | Call::GiveUp(claim), Found::Claimed(now)) => now.fence() == *claim,
            _ => false,
        };
        (!right).then_some("a record was changed by one that has no claim on it")
    }

    fn properties() -> Vec<Property<Bounded<Self>>> {
        vec![
            Property::always("everybody gets the same result", |_, world: &World<Self>| {
                let mut results = world.programs().flat_map(|worker| &worker.results);
                results.next().is_none_or(|first| results.all(|result| result == first))
            }),
            Property::sometimes("one that was superseded is told", |_, world: &World<Self>| {
                world.programs().any(|worker| worker.superseded)
            }),
            Property::sometimes("everybody gets a result", |_, world: &World<Self>| {
                world.programs().all(|worker| !worker.results.is_empty())
            }),
        ]
    }
}

fn noted<T>(decision: Decision<T>, note: fn(T) -> Note) -> Decision<Note> {
    match decision {
        Decision::Send(change, with) => Decision::Send(change, note(with)),
        Decision::Keep(with) => Decision::Keep(note(with)),
    }
}

fn bounded(variant: Variant, faults: u8) -> Bounded<Worker> {
    let worker =
        |(name, left)| Worker { name, variant, left, claim: None, seen: None, results: Vec::new(), superseded: false };
    Bounded { programs: [("a", 3), ("b", 2)].map(worker).to_vec(), keys: 1, faults, driver: Driver::Shipped }
}

#[test]
fn a_result_is_recorded_once() {
    holds(bounded(Variant::Nothing, 1));
}

#[test]
fn beginning_what_is_in_progress_is_caught() {
    breaks(bounded(Variant::BeginAgain, 0), "no step is wrong");
}

#[test]
fn completing_what_is_anothers_is_caught() {
    breaks(bounded(Variant::CompleteAny, 0), "no step is wrong");
}

#[test]
fn a_second_result_is_caught() {
    breaks(bounded(Variant::CompleteOver, 0), "everybody gets the same result");
}
