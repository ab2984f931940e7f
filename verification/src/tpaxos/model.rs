//! The actions and the invariant of modules `TPaxos` and `TPaxosAP`.

use super::{MAX_PARTICIPANTS, Message, Record, Row, TPaxosState};
use quorate_spec::{
    Acceptor, AcceptorSet, Ballot, BoundsError, MAX_BALLOTS, MAX_VALUES, Property, Spec, Value, ValueSet, Violation,
};

/// In which order a participant takes a row: the one difference between the two modules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// `TPaxos`: it promises, and then accepts under the new promise.
    PromiseFirst,
    /// `TPaxosAP`: it accepts under the promise it had, and then promises.
    AcceptFirst,
}

/// To whom `Prepare` and `Accept` send. Both texts are published, and their counts differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addressees {
    /// `to |-> Participant`: the sender too. Consistency and refinement were checked with it.
    Everybody,
    /// `to |-> Participant \ {p}`, the later text, with which liveness was checked.
    Others,
}

/// TPaxos within bounds. `PIndex` maps the participants to 1, 2, ... in order, so participant `p`,
/// counted from 0, has the ballots `b` with `b % participants = p`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TPaxos {
    participants: u8,
    values: u8,
    /// The highest; `Ballot` is `1..ballots`.
    ballots: u8,
    order: Order,
    addressees: Addressees,
}

/// A step of [`TPaxos`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TPaxosAction {
    /// `Prepare(p, b)`.
    Prepare(u8, Ballot),
    /// `Accept(p, b, v)`.
    Accept(u8, Ballot, Value),
    /// `OnMessage(q)`, with the message that it takes.
    OnMessage(u8, Message),
}

impl TPaxos {
    /// `participants` participants, `values` values, ballots `1..=ballots`.
    ///
    /// # Errors
    /// One of the bounds is 0 or above its maximum ([`MAX_PARTICIPANTS`]; 7 ballots and 8 values, so that
    /// the models of `spec` hold them too).
    pub fn new(
        participants: u8,
        values: u8,
        ballots: u8,
        order: Order,
        addressees: Addressees,
    ) -> Result<Self, BoundsError> {
        let bounds = [
            ("participants", participants, MAX_PARTICIPANTS),
            ("values", values, MAX_VALUES),
            ("ballots", ballots, MAX_BALLOTS - 1),
        ];
        match bounds.into_iter().find(|(_, asked, most)| !(1..=*most).contains(asked)) {
            Some((what, asked, most)) => Err(BoundsError { what, asked, most }),
            None => Ok(Self { participants, values, ballots, order, addressees }),
        }
    }

    /// In which order a row is taken.
    pub fn order(&self) -> Order {
        self.order
    }

    /// Participants, values and highest ballot.
    pub fn bounds(&self) -> (u8, u8, u8) {
        (self.participants, self.values, self.ballots)
    }

    fn participants(&self) -> impl Iterator<Item = u8> + use<> {
        0..self.participants
    }

    /// `Bals(p)`.
    fn ballots_of(&self, p: u8) -> impl Iterator<Item = Ballot> + use<> {
        let participants = self.participants;
        (1..=self.ballots).filter(move |b| b % participants == p).filter_map(|b| Ballot::try_from(b).ok())
    }

    /// Whether those that `holds` speaks of contain a quorum.
    fn quorum(&self, holds: impl Fn(u8) -> bool) -> bool {
        let those: AcceptorSet = self.participants().filter(|q| holds(*q)).map(Acceptor).collect();
        those.is_quorum(AcceptorSet::first(self.participants))
    }

    /// `Send` of a row to all that `Prepare` and `Accept` address.
    fn broadcast(&self, p: u8, row: Row) -> Message {
        let all = (1 << self.participants) - 1;
        let to = match self.addressees {
            Addressees::Everybody => all,
            Addressees::Others => all & !(1 << p),
        };
        Message::new(p, to, row)
    }

    fn prepare(&self, state: &TPaxosState, p: u8, b: Ballot) -> Option<TPaxosState> {
        let row = state.row(p);
        let own = row.record(p);
        (own.max_bal() < b).then(|| {
            let row = row.with(p, own.with_max_bal(b));
            state.with(p, row, None, &[self.broadcast(p, row)])
        })
    }

    /// The guards are in the order of the text; the value comes from all that `p` knows, quorum or not.
    fn accept(&self, state: &TPaxosState, p: u8, b: Ballot, v: Value) -> Option<TPaxosState> {
        let row = state.row(p);
        let own = row.record(p);
        let voted = |q: u8| row.record(q).max_v_bal();
        let free = || self.participants().all(|q| voted(q) == -1);
        let is_highest = |q: u8| self.participants().all(|r| voted(q) >= voted(r));
        let highest = || self.participants().any(|q| row.record(q).max_v_val() == Some(v) && is_highest(q));
        let enabled = own.max_bal() <= b
            && own.max_v_bal() != b
            && self.quorum(|q| row.record(q).max_bal() == b)
            && (free() || highest());
        enabled.then(|| {
            let row = row.with(p, own.with_max_v_bal(b).with_max_v_val(Some(v)));
            state.with(p, row, None, &[self.broadcast(p, row)])
        })
    }

    fn on_message(&self, state: &TPaxosState, q: u8, m: Message) -> TPaxosState {
        let p = m.from();
        let row = self.update_state(state.row(q), q, p, m.row().record(p));
        let (told, own) = (m.row().record(q), row.record(q));
        let taken = m.taken_by(q);
        let reply = Message::new(q, 1 << p, row);
        if told.max_bal() < own.max_bal() || told.max_v_bal() < own.max_v_bal() {
            state.with(q, row, Some(m), &[taken, reply])
        } else {
            state.with(q, row, Some(m), &[taken])
        }
    }

    /// `UpdateState(q, p, pp)`, one line of the `EXCEPT` after the other: where `p` is `q`, each sees what
    /// the ones before it wrote, where the text says `@`, and not, where it says `state[q][q]`.
    fn update_state(&self, old: Row, q: u8, p: u8, pp: Record) -> Row {
        let (known, own) = (old.record(p), old.record(q));
        let max_b = own.max_bal().max(pp.max_bal());
        let heard = known
            .with_max_bal(known.max_bal().max(pp.max_bal()))
            .with_max_v_bal(known.max_v_bal().max(pp.max_v_bal()))
            .with_max_v_val(if known.max_v_bal() < pp.max_v_bal() { pp.max_v_val() } else { known.max_v_val() });
        let row = old.with(p, heard);
        let accepts = match self.order {
            Order::PromiseFirst => max_b <= pp.max_v_bal(),
            Order::AcceptFirst => own.max_bal() <= pp.max_v_bal(),
        };
        let promised = row.record(q).with_max_bal(max_b);
        let record = match accepts {
            true => promised.with_max_v_bal(pp.max_v_bal()).with_max_v_val(pp.max_v_val()),
            false => promised,
        };
        row.with(q, record)
    }

    /// `chosen`: what any participant can tell to be.
    fn chosen(&self, state: &TPaxosState) -> ValueSet {
        let mut chosen = ValueSet::EMPTY;
        for row in self.participants().map(|p| state.row(p)) {
            // A quorum holds one record's vote, so it is enough to ask for the votes that there are.
            for record in self.participants().map(|q| row.record(q)) {
                let Some(value) = record.max_v_val() else { continue };
                let vote = (record.max_v_bal(), record.max_v_val());
                if self.quorum(|q| (row.record(q).max_v_bal(), row.record(q).max_v_val()) == vote) {
                    chosen = chosen.union(ValueSet::of(value));
                }
            }
        }
        chosen
    }
}

impl Spec for TPaxos {
    type State = TPaxosState;
    type Action = TPaxosAction;

    fn init(&self) -> Vec<TPaxosState> {
        vec![TPaxosState::default()]
    }

    fn next(&self, state: &TPaxosState) -> Vec<(TPaxosAction, TPaxosState)> {
        let mut steps = Vec::new();
        for p in self.participants() {
            for m in state.messages().iter().copied().filter(|m| m.is_to(p)) {
                steps.push((TPaxosAction::OnMessage(p, m), self.on_message(state, p, m)));
            }
            for b in self.ballots_of(p) {
                steps.extend(self.prepare(state, p, b).map(|next| (TPaxosAction::Prepare(p, b), next)));
                for v in (0..self.values).map(Value) {
                    steps.extend(self.accept(state, p, b, v).map(|next| (TPaxosAction::Accept(p, b, v), next)));
                }
            }
        }
        steps
    }

    /// `Consistency`: at most one value is known as chosen, to all together.
    fn check_state(&self, state: &TPaxosState) -> Result<(), Violation> {
        match self.chosen(state) {
            set if set.len() <= 1 => Ok(()),
            set => Err(Violation::new(Property::Agreement, format!("chosen: {set:?}"))),
        }
    }

    /// No promise and no accepted ballot falls. The refinement needs the votes that were ever cast: see
    /// [`TPaxosWithVotes`](super::TPaxosWithVotes).
    fn check_step(&self, from: &TPaxosState, to: &TPaxosState) -> Result<(), Violation> {
        let own = |state: &TPaxosState, p| state.row(p).record(p);
        let fell = self.participants().find(|p| {
            let (was, is) = (own(from, *p), own(to, *p));
            is.max_bal() < was.max_bal() || is.max_v_bal() < was.max_v_bal()
        });
        match fell {
            None => Ok(()),
            Some(p) => Err(Violation::new(Property::PromiseDurable, format!("p{p} forgot: {from:?} -> {to:?}"))),
        }
    }
}
