//! A reading client of a model: the shipped `QuorumRead`, one read after the other.

use super::{Branch, Cluster, State};
use crate::shared::Shared;
use quorate_protocol::{Input, NodeId, QuorumRead, ReadId, ReadReply, ReadResult, ReadStep, Slot, read_reply};

/// Its state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Reader {
    /// The read under way.
    pub read: Option<QuorumRead>,
    /// Reads begun.
    pub begun: u8,
    /// Times its patience ran out in this read.
    pub timeouts: u8,
    /// The highest slot chosen when the read began.
    pub floor: Slot,
    /// Replies to the read before that are still on their way.
    pub late: Vec<Shared<(NodeId, ReadReply)>>,
}

impl Reader {
    /// A client that has not read yet.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Cluster {
    /// A read begins: the observer notes what is chosen by now.
    pub(super) fn read_begins(&self, state: &State, who: usize) -> Option<State> {
        let mut reader = self.reader(state, who)?.clone();
        reader.begun += 1;
        reader.timeouts = 0;
        reader.floor = self.ghost(state).highest_chosen();
        let id = read_id(who, reader.begun);
        let (read, _) = QuorumRead::start(id, &self.config, &[]);
        reader.read = Some(read);
        Some(self.with_reader(state, who, reader))
    }

    /// A voter answers, and the answer arrives at once. (An answer that arrives later adds no behaviour
    /// to one read: the reader would hold the same facts, and respond later.) While later reads are to
    /// come, a copy stays on its way.
    pub(super) fn read_reply(&self, state: &State, who: usize, node: usize) -> Option<State> {
        let mut reader = self.reader(state, who)?.clone();
        let log = self.log(state, node)?;
        let voter = log.replica().me().node;
        let id = reader.read.as_ref()?.id();
        let reply = read_reply(id, &log.snapshot(), true);
        #[cfg(feature = "mutants")]
        let reply = stale(&reader, voter, reply);
        if reader.begun < self.scenario.bounds.reads {
            let copy = Shared::new((voter, reply.clone()));
            if let Err(at) = reader.late.binary_search_by_key(&copy.digest(), Shared::digest) {
                reader.late.insert(at, copy);
            }
        }
        self.read_continues(state, (who, reader), voter, reply)
    }

    /// A reply to the read before arrives in this one.
    pub(super) fn late_reply(&self, state: &State, who: usize, index: usize) -> Option<State> {
        let reader = self.reader(state, who)?.clone();
        self.coverage.hit(Branch::LateReply);
        let (voter, reply) = (**reader.late.get(index)?).clone();
        self.read_continues(state, (who, reader), voter, reply)
    }

    fn read_continues(
        &self,
        state: &State,
        (who, mut reader): (usize, Reader),
        voter: NodeId,
        reply: ReadReply,
    ) -> Option<State> {
        let step = reader.read.as_mut()?.on_reply(&self.config, voter, reply);
        if let ReadStep::Done(result) = step {
            return Some(self.read_ends(state, (who, reader), &result));
        }
        let unchanged = self.reader(state, who).is_some_and(|before| *before == reader);
        (!unchanged).then(|| self.with_reader(state, who, reader))
    }

    fn read_ends(&self, state: &State, (who, mut reader): (usize, Reader), result: &ReadResult) -> State {
        self.coverage.hit(if result.one_round { Branch::ReadFresh } else { Branch::ReadRinsed });
        let known = self.logs(state).map(|log| log.record().chosen_slot()).max();
        if known.is_some_and(|known| known < result.slot) {
            self.coverage.hit(Branch::ReadCounted);
        }
        let floor = reader.floor;
        reader.read = None;
        reader.timeouts = 0;
        reader.floor = Slot::ZERO;
        let mut next = self.with_reader(state, who, reader);
        self.audit_read(&mut next, result.slot, &result.snapshot, floor);
        next
    }

    fn with_reader(&self, state: &State, who: usize, reader: Reader) -> State {
        let mut next = state.clone();
        if let Some(place) = next.readers.get_mut(who) {
            *place = Some(self.readers.intern(reader));
        }
        next
    }

    /// The reader's patience runs out: it asks again, has a holder send on, or has the slot settled.
    pub(super) fn read_timeout(&self, state: &State, who: usize) -> Option<State> {
        let mut reader = self.reader(state, who)?.clone();
        reader.timeouts += 1;
        let step = reader.read.as_mut()?.on_timeout(&self.config);
        let next = self.with_reader(state, who, reader);
        match step {
            ReadStep::Help { voter, slot } => {
                Some(self.input(&next, usize::from(voter.0), Input::Help(slot)).unwrap_or(next))
            }
            ReadStep::Settle { voter, slot } => {
                if state.prepares >= self.scenario.bounds.prepares {
                    return Some(next);
                }
                self.coverage.hit(Branch::ReadSettled);
                Some(self.input(&next, usize::from(voter.0), Input::Settle(slot)).unwrap_or(next))
            }
            ReadStep::Ask { .. } | ReadStep::Wait | ReadStep::Done(_) => Some(next),
        }
    }
}

fn read_id(reader: usize, sequence: u8) -> ReadId {
    ReadId { client: quorate_protocol::ClientId(99 + reader as u128), sequence: u64::from(sequence) }
}

/// (N9) A voter that keeps its answers and gives an old one to a new read.
#[cfg(feature = "mutants")]
fn stale(reader: &Reader, voter: NodeId, reply: ReadReply) -> ReadReply {
    if !quorate_protocol::Mutant::StaleReply.is_active() {
        return reply;
    }
    let kept = reader.late.iter().find(|kept| kept.0 == voter && kept.1.id != reply.id);
    kept.map_or(reply.clone(), |kept| ReadReply { id: reply.id, ..kept.1.clone() })
}
