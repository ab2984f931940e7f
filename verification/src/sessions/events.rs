//! What sessions do.

use super::{Branch, Cluster, Doing, Key, Op, Session, State};
use crate::shared::Shared;
use quorate_protocol::{
    ClientId, Input, Need, ReadId, ReadResult, ReadStep, RequestId, SeenAhead, SessionRead, Slot, read_reply,
};
use quorate_spec::Property;

impl Cluster {
    /// What is next in a session's program, if it waits for nothing.
    pub(super) fn next_op(&self, state: &State, who: usize) -> Option<Op> {
        let session = state.sessions.get(who).filter(|session| session.doing.is_none())?;
        self.scenario.sessions.get(who)?.get(usize::from(session.begun)).copied()
    }

    /// A session begins what is next.
    pub(super) fn begin(&self, state: &State, who: usize, key: Key) -> Option<State> {
        let op = self.next_op(state, who)?;
        let mut session = (**state.sessions.get(who)?).clone();
        session.begun += 1;
        let sequence = u64::from(session.begun);
        match op {
            Op::Write(node) => {
                let id = RequestId::new(who as u128 + 1, sequence);
                session.doing = Some(Doing::Write { id });
                let next = with(state, who, session);
                self.step(&next, key, self.config.index(node)?, Self::put(id, "B"))
            }
            Op::Read | Op::Glance => {
                let causal = op == Op::Read;
                let need = if causal { session.seen.need(self.names.get(key)?) } else { Need::AtLeast(Slot::ZERO) };
                if need == Need::Fresh {
                    self.coverage.hit(Branch::ReadFresh);
                }
                let id = ReadId { client: ClientId(90 + who as u128), sequence };
                let (read, _) = SessionRead::start(id, &self.config, need, &[]);
                session.doing = Some(Doing::Read { key, read, causal, timeouts: 0, answers: 0 });
                Some(with(state, who, session))
            }
            Op::Elsewhere => {
                self.others.iter().for_each(|other| session.seen.read(other, Slot(1)));
                if session.seen.is_full() {
                    self.coverage.hit(Branch::Full);
                }
                Some(with(state, who, session))
            }
            Op::HandOn(to) => {
                let mut receiver = (**state.sessions.get(to)?).clone();
                receiver.seen.merge(&session.seen);
                receiver.view.handed_on(&session.view);
                receiver.received = true;
                Some(with(&with(state, who, session), to, receiver))
            }
        }
    }

    /// A session leaves out what is next, or gives up what it waits for.
    pub(super) fn skip(state: &State, who: usize) -> Option<State> {
        let mut session = (**state.sessions.get(who)?).clone();
        if session.doing.take().is_none() {
            session.begun += 1;
        }
        Some(with(state, who, session))
    }

    /// A voter answers a session's read, and the answer arrives at once: a late answer is the same fact later.
    pub(super) fn answer(&self, state: &State, who: usize, node: usize) -> Option<State> {
        let before = state.sessions.get(who)?;
        let mut session = (**before).clone();
        let Some(Doing::Read { key, read, .. }) = &mut session.doing else { return None };
        let log = state.log(*key, node)?;
        let reply = read_reply(read.id(), &log.snapshot(), true);
        let step = read.on_reply(&self.config, log.replica().me().node, reply);
        if matches!(step, Ok(ReadStep::Wait)) && session == **before {
            return None;
        }
        let Some(Doing::Read { answers, .. }) = &mut session.doing else { return None };
        *answers += 1;
        self.read_goes_on(state, (who, session), step)
    }

    fn read_goes_on(
        &self,
        state: &State,
        (who, session): (usize, Session),
        step: Result<ReadStep, SeenAhead>,
    ) -> Option<State> {
        match step {
            Ok(ReadStep::Done(result)) => self.read_ends(state, (who, session), &result),
            // What was seen is chosen, so a fresh read cannot be below it.
            Err(SeenAhead { .. }) => {
                let mut next = with(state, who, session);
                next.broken = next.broken.or(Some(Property::FreshReads));
                Some(next)
            }
            Ok(_) => Some(with(state, who, session)),
        }
    }

    fn read_ends(&self, state: &State, (who, mut session): (usize, Session), result: &ReadResult) -> Option<State> {
        let Some(Doing::Read { key, causal, answers, .. }) = session.doing.take() else { return None };
        self.cover_read(state, key, (causal, answers), &session, result);
        let broken = self.judge_read(state, key, causal, &session, result);
        session.seen.read(self.names.get(key)?, result.slot);
        session.view.saw(&key, result.slot);
        let mut next = with(state, who, session);
        next.broken = next.broken.or(broken);
        Some(next)
    }

    fn cover_read(
        &self,
        state: &State,
        key: Key,
        (causal, answers): (bool, u8),
        session: &Session,
        result: &ReadResult,
    ) {
        let known = (0..self.config.voters().len()).filter_map(|node| state.log(key, node));
        let known = known.map(|log| log.snapshot().chosen_slot()).max();
        let branch = match (causal, answers) {
            (true, 1) => Branch::FirstAnswer,
            (true, _) if known < Some(result.slot) => Branch::Counted,
            (true, _) => Branch::Widened,
            (false, _) if session.view.allows(&key, &result.slot).is_err() => Branch::Older,
            (false, _) => return,
        };
        self.coverage.hit(branch);
        if causal && session.received && result.slot > Slot(1) {
            self.coverage.hit(Branch::ReadHandedOn);
        }
    }

    /// A session's patience with its read runs out.
    pub(super) fn timeout(&self, state: &State, who: usize) -> Option<State> {
        let mut session = (**state.sessions.get(who)?).clone();
        let Some(Doing::Read { key, read, timeouts, .. }) = &mut session.doing else { return None };
        *timeouts += 1;
        let (key, step) = (*key, read.on_timeout(&self.config));
        let next = with(state, who, session);
        let (voter, input) = match step {
            ReadStep::Help { voter, slot } => (voter, Input::Help(slot)),
            ReadStep::Settle { voter, slot } if state.prepares < self.scenario.bounds.prepares => {
                (voter, Input::Settle(slot))
            }
            _ => return Some(next),
        };
        self.coverage.hit(Branch::Repaired);
        let node = self.config.index(voter)?;
        Some(self.step(&next, key, node, input).unwrap_or(next))
    }
}

fn with(state: &State, who: usize, session: Session) -> State {
    let mut next = state.clone();
    if let Some(place) = next.sessions.get_mut(who) {
        *place = Shared::new(session);
    }
    next
}
