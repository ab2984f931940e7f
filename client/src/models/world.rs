//! Workers that run loops over a few keys.

use super::store::{Store, answer, operation};
use crate::{
    RequestToken, Resolution, Versioned,
    update::{Answer, Attempts, Change, Decision, End, Step, as_found},
};
use quorate_protocol::{Operation, Reply, Request, RequestId};
use stateright::{Model, Property};
use std::{collections::BTreeMap, fmt::Debug, hash::Hash};

/// Changes that a loop may send.
const ATTEMPTS: u32 = 2;
/// Earlier request ids that an entry keeps, so that some resolutions come too late.
const KEEP: u8 = 1;

/// What one worker does, call by call.
pub(super) trait Program: Clone + Debug + Eq + Hash + Send + Sync + 'static {
    type Call: Clone + Debug + Eq + Hash + Send + Sync;
    type Note: Clone + Debug + Eq + Hash + Send + Sync;

    /// What it may call now.
    fn calls(&self) -> Vec<Self::Call>;
    /// Which key a call is about.
    fn key(call: &Self::Call) -> usize;
    /// It begins a call, while the keys are like this and the other workers (with itself) have come so far.
    fn begins(&mut self, _: &Self::Call, _: &Store, _: &[Self]) {}
    /// The shipped decision, or a wrong variant of it.
    fn decide(&self, call: &Self::Call, found: Option<&Versioned>) -> Decision<Self::Note>;
    /// A call has ended. What is wrong with that, if anything.
    fn ended(&mut self, call: &Self::Call, end: End<Self::Note>) -> Option<&'static str>;
    /// A change of this call was applied. What is wrong with that, if anything.
    fn judge(_: &Self::Call, _: Option<&Versioned>, _: Option<&Versioned>) -> Option<&'static str> {
        None
    }
    /// What else holds, and what shall be reached.
    fn properties() -> Vec<Property<Bounded<Self>>>;
}

/// How the loop is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Driver {
    /// As shipped.
    Shipped,
    /// Wrong: an unknown outcome is taken for "not applied".
    BlindRetry,
    /// Wrong: after a mismatch the old decision is sent again, on the condition of the new version.
    StaleDecision,
}

/// A model: who works, how many keys there are, how much may go wrong.
#[derive(Clone)]
pub(super) struct Bounded<P> {
    pub(super) programs: Vec<P>,
    pub(super) keys: usize,
    pub(super) faults: u8,
    pub(super) driver: Driver,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct World<P: Program> {
    pub(super) store: Store,
    workers: Vec<Worker<P>>,
    /// Requests that may still arrive.
    late: BTreeMap<RequestId, Late<P>>,
    faults: u8,
    broken: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Late<P: Program> {
    request: Request,
    call: P::Call,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Worker<P: Program> {
    program: P,
    sequence: u64,
    crashed: bool,
    running: Option<Running<P>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Running<P: Program> {
    call: P::Call,
    attempts: Attempts<P::Note>,
    at: At,
    /// The change sent last; kept for the wrong driver alone.
    stale: Option<Change>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum At {
    Decide,
    Waiting(RequestToken, Option<Reply>),
    Resolving(RequestToken),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Action<C> {
    /// A worker begins a call: it looks at the key and decides. (That it may be slow to look is no more than that
    /// it begins later.)
    Begin(usize, C),
    /// It looks again.
    Look(usize),
    /// A request arrives.
    Perform(RequestId),
    /// The answer arrives.
    Answer(usize),
    /// The answer does not arrive in time.
    Lose(usize),
    /// The request surely never left.
    Withdraw(usize),
    /// The worker finds out what became of its request.
    Resolve(usize),
    /// It does not, in time.
    GiveUp(usize),
    /// The worker is gone.
    Crash(usize),
}

impl<P: Program> World<P> {
    pub(super) fn programs(&self) -> impl Iterator<Item = &P> {
        self.workers.iter().map(|worker| &worker.program)
    }

    /// How many calls are under way, or have left a request behind that may still arrive.
    pub(super) fn unsettled(&self) -> usize {
        let crashed = self.workers.iter().filter(|worker| worker.crashed).count();
        crashed + self.workers.iter().filter(|worker| worker.running.is_some()).count()
    }

    fn begin(&mut self, at: usize, call: P::Call) {
        let programs: Vec<P> = self.programs().cloned().collect();
        self.workers[at].program.begins(&call, &self.store, &programs);
        let attempts = Attempts::new(ATTEMPTS);
        self.workers[at].running = Some(Running { call, attempts, at: At::Decide, stale: None });
    }

    fn look(&mut self, at: usize, driver: Driver) {
        let worker = &mut self.workers[at];
        let running = worker.running.as_mut().expect("it runs");
        let found = self.store.found(P::key(&running.call));
        let mut decision = worker.program.decide(&running.call, found.as_ref());
        if let (Decision::Send(change, _), Some(Change::Cas { new, .. })) = (&mut decision, &running.stale) {
            *change = Change::Cas { expect: as_found(found.as_ref()), new: new.clone() };
        }
        if let (Driver::StaleDecision, Decision::Send(change, _)) = (driver, &decision) {
            running.stale = Some(change.clone());
        }
        let step = running.attempts.on_decision(decision);
        self.follow(at, step);
    }

    /// Does what the loop's machine says.
    fn follow(&mut self, at: usize, step: Step<P::Note>) {
        let worker = &mut self.workers[at];
        let running = worker.running.as_mut().expect("it runs");
        match step {
            Step::Decide => running.at = At::Decide,
            Step::Resolve(token) => running.at = At::Resolving(token),
            Step::Send(change) => {
                worker.sequence += 1;
                let id = RequestId::new(at as u128, worker.sequence);
                let base = self.store.chosen_slot(P::key(&running.call));
                running.at = At::Waiting(RequestToken::new(id, base), None);
                let request = Request { id, base, attempt: 0, keep: KEEP, operation: operation(change) };
                self.late.insert(id, Late { request, call: running.call.clone() });
            }
            Step::Done(end) => {
                let running = worker.running.take().expect("it runs");
                let wrong = worker.program.ended(&running.call, end);
                self.broken = self.broken.or(wrong);
            }
        }
    }

    fn perform(&mut self, id: RequestId) {
        let Late { request, call } = self.late.remove(&id).expect("it is late");
        let key = P::key(&call);
        let before = self.store.found(key);
        let reply = self.store.perform(key, &request);
        let after = self.store.found(key);
        if before != after {
            self.broken = self.broken.or(P::judge(&call, before.as_ref(), after.as_ref()));
        }
        for running in self.workers.iter_mut().filter_map(|worker| worker.running.as_mut()) {
            match &mut running.at {
                At::Waiting(token, answer) if token.id() == id => *answer = Some(reply),
                _ => {}
            }
        }
    }

    fn on_answer(&mut self, at: usize, answer: Answer) {
        let running = self.workers[at].running.as_mut().expect("it runs");
        let step = running.attempts.on_answer(answer);
        self.follow(at, step);
    }

    fn on_resolution(&mut self, at: usize, token: RequestToken, resolution: Resolution) {
        let running = self.workers[at].running.as_mut().expect("it runs");
        let step = running.attempts.on_resolution(token, resolution);
        self.follow(at, step);
    }

    fn resolve(&mut self, at: usize, token: RequestToken) {
        let key = P::key(&self.workers[at].running.as_ref().expect("it runs").call);
        let (id, base) = (token.id(), token.base());
        let cancel = Request { id, base, attempt: 0, keep: KEEP, operation: Operation::Cancel };
        let resolution = match self.store.perform(key, &cancel) {
            Reply::Recorded(recorded) => crate::operation::resolution(recorded),
            _ => Resolution::Forgotten,
        };
        self.on_resolution(at, token, resolution);
    }

    fn token(&self, at: usize) -> RequestToken {
        match self.workers[at].running.as_ref().expect("it runs").at {
            At::Waiting(token, _) | At::Resolving(token) => token,
            At::Decide => unreachable!("nothing was sent"),
        }
    }

    fn reply(&self, at: usize) -> Reply {
        match self.workers[at].running.as_ref().expect("it runs").at {
            At::Waiting(_, Some(reply)) => reply,
            _ => unreachable!("there is no answer"),
        }
    }
}

impl<P: Program> Model for Bounded<P> {
    type State = World<P>;
    type Action = Action<P::Call>;

    fn init_states(&self) -> Vec<Self::State> {
        let worker = |program: &P| Worker { program: program.clone(), sequence: 0, crashed: false, running: None };
        vec![World {
            store: Store::new(self.keys),
            workers: self.programs.iter().map(worker).collect(),
            late: BTreeMap::new(),
            faults: self.faults,
            broken: None,
        }]
    }

    fn actions(&self, world: &Self::State, actions: &mut Vec<Self::Action>) {
        let faulty = world.faults > 0;
        for (at, worker) in world.workers.iter().enumerate().filter(|(_, worker)| !worker.crashed) {
            match worker.running.as_ref().map(|running| running.at) {
                None => actions.extend(worker.program.calls().into_iter().map(|call| Action::Begin(at, call))),
                Some(At::Decide) => actions.push(Action::Look(at)),
                Some(At::Waiting(token, answer)) => {
                    actions.extend(answer.map(|_| Action::Answer(at)));
                    actions.extend(faulty.then_some(Action::Lose(at)));
                    actions.extend((faulty && world.late.contains_key(&token.id())).then_some(Action::Withdraw(at)));
                }
                Some(At::Resolving(_)) => {
                    actions.push(Action::Resolve(at));
                    actions.extend(faulty.then_some(Action::GiveUp(at)));
                }
            }
            actions.extend((faulty && worker.running.is_some()).then_some(Action::Crash(at)));
        }
        actions.extend(world.late.keys().map(|id| Action::Perform(*id)));
    }

    fn next_state(&self, world: &Self::State, action: Self::Action) -> Option<Self::State> {
        let mut next = world.clone();
        if matches!(action, Action::Lose(_) | Action::Withdraw(_) | Action::GiveUp(_) | Action::Crash(_)) {
            next.faults -= 1;
        }
        match action {
            Action::Begin(at, call) => {
                next.begin(at, call);
                next.look(at, self.driver);
            }
            Action::Look(at) => next.look(at, self.driver),
            Action::Perform(id) => next.perform(id),
            Action::Answer(at) => next.on_answer(at, answer(next.reply(at), next.token(at))),
            Action::Lose(at) if self.driver == Driver::BlindRetry => next.on_answer(at, Answer::NotApplied),
            Action::Lose(at) => next.on_answer(at, Answer::Unknown(next.token(at))),
            Action::Withdraw(at) => {
                next.late.remove(&next.token(at).id());
                next.on_answer(at, Answer::NotApplied);
            }
            Action::Resolve(at) => next.resolve(at, next.token(at)),
            Action::GiveUp(at) => next.on_resolution(at, next.token(at), Resolution::Open),
            Action::Crash(at) => {
                next.workers[at].crashed = true;
                next.workers[at].running = None;
            }
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let mut properties = P::properties();
        properties.push(Property::always("no step is wrong", |_, world: &World<P>| world.broken.is_none()));
        properties.push(Property::sometimes("all calls end", |_, world: &World<P>| {
            world.workers.iter().all(|worker| worker.running.is_none() && worker.program.calls().is_empty())
        }));
        properties
    }
}
