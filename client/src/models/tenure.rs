//! A lock (or an election, which is the same seat) with a value that checks fences.

use super::{
    breaks, holds,
    store::Store,
    world::{Bounded, Driver, Program, World},
};
use crate::{
    Versioned,
    recipes::{
        Fence, FencedWrite, Foreign, Holder, Standing,
        decisions::{self as shipped, Kind, State},
    },
    update::{Change, Decision, End, as_found},
};
use bytes::Bytes;
use stateright::Property;

const SEAT: usize = 0;
const VALUE: usize = 1;
const KIND: Kind = Kind::Lock;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Variant {
    Nothing,
    /// A takeover keeps the fence of the holder that it takes over from.
    SameFence,
    /// A takeover takes the seat from whoever has it by now.
    FromAnybody,
    /// A release frees the seat, whoever has it.
    ReleaseAny,
    /// A beat writes the holder's name again, whoever has the seat.
    BeatAny,
    /// A value takes any fence.
    Unfenced,
    /// A holder takes its word for it that it still is one.
    Assumed,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Candidate {
    name: &'static str,
    variant: Variant,
    left: u8,
    /// The fence under which it believes to hold the seat.
    holds: Option<Fence>,
    /// Whom it has seen in the seat.
    seen: Option<Holder>,
    granted: Vec<Fence>,
    refused: bool,
    deposed: bool,
    /// The highest fence granted to anybody when the call began.
    highest: Option<Fence>,
    /// Whether the seat was its own when the call began.
    was_mine: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Call {
    Acquire,
    TakeOver(Holder),
    Beat(Fence),
    Ask(Fence),
    Write(Fence),
    Release(Fence),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Note {
    Seat(Result<Option<Holder>, Foreign>),
    Standing(Result<Standing, Foreign>),
    Write(Result<FencedWrite, Foreign>),
}

impl Candidate {
    fn name(&self) -> Bytes {
        self.name.into()
    }

    /// The wrong variant of a decision, where there is one.
    fn wrong(&self, call: &Call, found: Option<&Versioned>) -> Option<Decision<Note>> {
        let seat = |fence| State::Held { name: self.name(), fence, beats: 0 }.encode(KIND);
        let send = |new, note| Some(Decision::Send(Change::Cas { expect: as_found(found), new: Some(new) }, note));
        match (self.variant, call) {
            (Variant::SameFence, Call::TakeOver(from)) => send(seat(Some(from.fence())), Note::Seat(Ok(None))),
            (Variant::FromAnybody, Call::TakeOver(_)) => send(seat(None), Note::Seat(Ok(None))),
            (Variant::ReleaseAny, Call::Release(_)) => {
                send(State::Free.encode(KIND), Note::Standing(Ok(Standing::Holds)))
            }
            (Variant::BeatAny, Call::Beat(fence)) => send(seat(Some(*fence)), Note::Standing(Ok(Standing::Holds))),
            (Variant::Unfenced, Call::Write(fence)) => {
                send(shipped::encode_fenced(*fence, b""), Note::Write(Ok(FencedWrite::Written)))
            }
            (Variant::Assumed, Call::Ask(_)) => Some(Decision::Keep(Note::Standing(Ok(Standing::Holds)))),
            _ => None,
        }
    }

    fn take(&mut self, call: &Call, fence: Fence) -> Option<&'static str> {
        let fence = match call {
            Call::TakeOver(from) if self.variant == Variant::SameFence => from.fence(),
            _ => fence,
        };
        self.granted.push(fence);
        self.holds = Some(fence);
        (self.highest >= Some(fence)).then_some("a later holder has no higher fence")
    }

    fn stands(&mut self, call: &Call, standing: Standing) -> Option<&'static str> {
        match standing {
            Standing::Holds if matches!(call, Call::Release(_)) => self.holds = None,
            Standing::Holds if !self.was_mine => return Some("it is told that it holds what it had lost before"),
            Standing::Holds => {}
            Standing::Lost(to) => {
                self.deposed |= !matches!(call, Call::Release(_));
                (self.holds, self.seen) = (None, to);
            }
        }
        None
    }
}

impl Program for Candidate {
    type Call = Call;
    type Note = Note;

    fn calls(&self) -> Vec<Call> {
        match (self.left, self.holds) {
            (0, _) => Vec::new(),
            (_, Some(fence)) => vec![Call::Beat(fence), Call::Ask(fence), Call::Write(fence), Call::Release(fence)],
            (_, None) => [Call::Acquire].into_iter().chain(self.seen.clone().map(Call::TakeOver)).collect(),
        }
    }

    fn key(call: &Call) -> usize {
        if matches!(call, Call::Write(_)) { VALUE } else { SEAT }
    }

    fn begins(&mut self, _: &Call, store: &Store, all: &[Self]) {
        self.left -= 1;
        self.highest = all.iter().flat_map(|other| &other.granted).max().copied();
        let holder = shipped::holder(KIND, store.found(SEAT).as_ref()).expect("nobody else writes it");
        self.was_mine = holder.is_some_and(|holder| Some(holder.fence()) == self.holds);
    }

    fn decide(&self, call: &Call, found: Option<&Versioned>) -> Decision<Note> {
        self.wrong(call, found).unwrap_or_else(|| match call {
            Call::Acquire => noted(shipped::acquire(KIND, &self.name(), found), Note::Seat),
            Call::TakeOver(from) => noted(shipped::take_over(KIND, &self.name(), from, found), Note::Seat),
            Call::Beat(fence) => noted(shipped::beat(KIND, *fence, found), Note::Standing),
            Call::Ask(fence) => Decision::Keep(Note::Standing(shipped::standing(KIND, *fence, found))),
            Call::Write(fence) => noted(shipped::write_fenced(*fence, b"", found), Note::Write),
            Call::Release(fence) => noted(shipped::release(KIND, *fence, found), Note::Standing),
        })
    }

    fn ended(&mut self, call: &Call, end: End<Note>) -> Option<&'static str> {
        match end {
            End::Applied { version, with: Note::Seat(Ok(None)), .. } => self.take(call, Fence::of(version)),
            End::Kept(Note::Seat(Ok(Some(holder)))) => {
                self.seen = Some(holder);
                None
            }
            End::Applied { with: Note::Standing(Ok(standing)), .. } | End::Kept(Note::Standing(Ok(standing))) => {
                self.stands(call, standing)
            }
            End::Kept(Note::Write(Ok(FencedWrite::Refused(_)))) => {
                self.refused = true;
                None
            }
            End::Applied { with: Note::Write(Ok(_)), .. } | End::Exhausted | End::Unknown(_) => None,
            End::Applied { .. } | End::Kept(_) | End::Refused(_) => Some("a step that cannot be"),
        }
    }

    fn judge(call: &Call, before: Option<&Versioned>, after: Option<&Versioned>) -> Option<&'static str> {
        if let Call::Write(_) = call {
            let fence = |value: Option<&Versioned>| value.map(|value| shipped::decode_fenced(&value.value).unwrap().0);
            return (fence(before) > fence(after)).then_some("one that was overtaken has written");
        }
        let fence = |value| shipped::holder(KIND, value).unwrap().map(|holder: Holder| holder.fence());
        let (before, after) = (fence(before), fence(after));
        match call {
            Call::Acquire => before.is_some().then_some("the seat was taken from its holder"),
            Call::TakeOver(from) => {
                let rightly = before.is_none_or(|fence| fence == from.fence());
                (!rightly).then_some("the seat was taken from one that was not called dead")
            }
            Call::Beat(fence) => {
                let alive = before == Some(*fence) && after == before;
                (!alive).then_some("one that was overtaken is back in the seat")
            }
            Call::Release(fence) => (before != Some(*fence)).then_some("the seat was given back by somebody else"),
            Call::Ask(_) | Call::Write(_) => Some("a question has changed the seat"),
        }
    }

    fn properties() -> Vec<Property<Bounded<Self>>> {
        vec![
            Property::always("each holder has a fence of its own", |_, world: &World<Self>| {
                let mut fences: Vec<Fence> = world.programs().flat_map(|one| one.granted.clone()).collect();
                let all = fences.len();
                fences.sort_unstable();
                fences.dedup();
                fences.len() == all
            }),
            Property::sometimes("two have held the seat", |_, world: &World<Self>| {
                world.programs().filter(|one| !one.granted.is_empty()).count() > 1
            }),
            Property::sometimes("a holder learns that it was deposed", |_, world: &World<Self>| {
                world.programs().any(|one| one.deposed)
            }),
            Property::sometimes("one that was overtaken is refused", |_, world: &World<Self>| {
                world.programs().any(|one| one.refused)
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

fn bounded(variant: Variant, left: [u8; 2], faults: u8) -> Bounded<Candidate> {
    let candidate = |(name, left)| Candidate {
        name,
        variant,
        left,
        holds: None,
        seen: None,
        granted: Vec::new(),
        refused: false,
        deposed: false,
        highest: None,
        was_mine: false,
    };
    let programs = ["a", "b"].into_iter().zip(left).map(candidate).collect();
    Bounded { programs, keys: 2, faults, driver: Driver::Shipped }
}

#[test]
fn one_holder_a_fence_and_none_that_was_overtaken_writes() {
    holds(bounded(Variant::Nothing, [3, 2], 1));
}

#[test]
fn a_takeover_without_a_new_fence_is_caught() {
    breaks(bounded(Variant::SameFence, [2, 2], 0), "each holder has a fence of its own");
}

#[test]
fn a_takeover_from_whoever_it_is_is_caught() {
    breaks(bounded(Variant::FromAnybody, [3, 3], 0), "no step is wrong");
}

#[test]
fn a_release_of_what_is_anothers_is_caught() {
    breaks(bounded(Variant::ReleaseAny, [2, 2], 0), "no step is wrong");
}

#[test]
fn a_beat_of_one_that_was_overtaken_is_caught() {
    breaks(bounded(Variant::BeatAny, [2, 2], 0), "no step is wrong");
}

#[test]
fn a_value_that_checks_no_fence_is_caught() {
    breaks(bounded(Variant::Unfenced, [2, 3], 0), "no step is wrong");
}

#[test]
fn a_leader_that_does_not_ask_is_caught() {
    breaks(bounded(Variant::Assumed, [2, 2], 0), "no step is wrong");
}
