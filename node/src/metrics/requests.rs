use super::{Count, Distribution, Histogram, SECONDS};
use quorate_client::wire::{KvRequestV1, KvResponseV1, Refusal};
use quorate_protocol::{Operation, Reply};
use std::time::Duration;

/// What a client asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the request or the operation of that name")]
pub enum Op {
    Put,
    Delete,
    Cas,
    Increment,
    Cancel,
    Read,
    Slot,
    Help,
    Settle,
    Inspect,
    Status,
}

/// What a request promises about what it sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consistency {
    /// It takes effect, or sees what has taken effect, at one moment between its call and its answer.
    Linearizable,
    /// It tells what this node holds, and promises nothing.
    Local,
}

/// What the node answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An answer.
    Ok,
    /// A write that was taken in and surely not applied.
    NotApplied,
    /// A write that may have been applied, or may be yet.
    Unknown,
    /// Refused before anything was done.
    Refused,
}

/// Counts requests of clients, and how long they took.
#[derive(Debug)]
pub struct Requests {
    counts: [[Count; Outcome::ALL.len()]; Op::ALL.len()],
    seconds: [Histogram; Op::ALL.len()],
}

/// What [`Requests`] held when they were looked at; the order is that of [`Op::ALL`] and [`Outcome::ALL`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RequestNumbers {
    counts: [[u64; Outcome::ALL.len()]; Op::ALL.len()],
    seconds: [Distribution; Op::ALL.len()],
}

impl Default for Requests {
    fn default() -> Self {
        Self { counts: Default::default(), seconds: std::array::from_fn(|_| Histogram::new(SECONDS)) }
    }
}

impl Requests {
    /// Counts one request.
    pub fn count(&self, op: Op, outcome: Outcome, took: Duration) {
        if let Some(count) = self.counts.get(op as usize).and_then(|row| row.get(outcome as usize)) {
            count.add(1);
        }
        if let Some(seconds) = self.seconds.get(op as usize) {
            seconds.observe_duration(took);
        }
    }

    /// What it holds.
    pub fn read(&self) -> RequestNumbers {
        RequestNumbers {
            counts: self.counts.each_ref().map(|row| row.each_ref().map(Count::get)),
            seconds: self.seconds.each_ref().map(Histogram::read),
        }
    }
}

impl RequestNumbers {
    /// How many requests of this kind ended so.
    pub fn of(&self, op: Op, outcome: Outcome) -> u64 {
        self.counts.get(op as usize).and_then(|row| row.get(outcome as usize)).copied().unwrap_or(0)
    }

    /// How many requests ended so, of any kind.
    pub fn with(&self, outcome: Outcome) -> u64 {
        Op::ALL.into_iter().map(|op| self.of(op, outcome)).sum()
    }

    /// How long requests of each kind took.
    pub fn seconds(&self) -> impl Iterator<Item = (Op, &Distribution)> {
        Op::ALL.into_iter().zip(&self.seconds)
    }
}

impl Op {
    /// Every one.
    pub const ALL: [Op; 11] = [
        Op::Put,
        Op::Delete,
        Op::Cas,
        Op::Increment,
        Op::Cancel,
        Op::Read,
        Op::Slot,
        Op::Help,
        Op::Settle,
        Op::Inspect,
        Op::Status,
    ];

    /// Of a request.
    pub fn of(request: &KvRequestV1) -> Self {
        match request {
            KvRequestV1::Write { request, .. } => match request.operation {
                Operation::Put(_) => Self::Put,
                Operation::Delete => Self::Delete,
                Operation::CompareAndSet { .. } => Self::Cas,
                Operation::Increment(_) => Self::Increment,
                Operation::Cancel => Self::Cancel,
            },
            KvRequestV1::Read { .. } => Self::Read,
            KvRequestV1::Slot { .. } => Self::Slot,
            KvRequestV1::Help { .. } => Self::Help,
            KvRequestV1::Settle { .. } => Self::Settle,
            KvRequestV1::Inspect { .. } => Self::Inspect,
            KvRequestV1::Status => Self::Status,
        }
    }

    /// As labels call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Put => "put",
            Self::Delete => "delete",
            Self::Cas => "cas",
            Self::Increment => "increment",
            Self::Cancel => "cancel",
            Self::Read => "read",
            Self::Slot => "slot",
            Self::Help => "help",
            Self::Settle => "settle",
            Self::Inspect => "inspect",
            Self::Status => "status",
        }
    }

    /// Whether it asks for a change.
    pub fn is_write(self) -> bool {
        matches!(self, Self::Put | Self::Delete | Self::Cas | Self::Increment | Self::Cancel)
    }

    /// What it promises.
    pub fn consistency(self) -> Consistency {
        if self.is_write() || matches!(self, Self::Read) { Consistency::Linearizable } else { Consistency::Local }
    }

    /// How it may end.
    pub fn outcomes(self) -> &'static [Outcome] {
        if self.is_write() { &Outcome::ALL } else { &[Outcome::Ok, Outcome::Refused] }
    }
}

impl Consistency {
    /// As labels call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Linearizable => "linearizable",
            Self::Local => "local",
        }
    }
}

impl Outcome {
    /// Every one.
    pub const ALL: [Outcome; 4] = [Outcome::Ok, Outcome::NotApplied, Outcome::Unknown, Outcome::Refused];

    /// Of an answer.
    pub fn of(answer: &Result<KvResponseV1, Refusal>) -> Self {
        match answer {
            Err(_) => Self::Refused,
            Ok(KvResponseV1::Written(Reply::NotApplied(_))) => Self::NotApplied,
            Ok(KvResponseV1::Written(Reply::Unknown | Reply::Forgotten)) => Self::Unknown,
            Ok(_) => Self::Ok,
        }
    }

    /// As labels call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::NotApplied => "not_applied",
            Self::Unknown => "unknown",
            Self::Refused => "refused",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_operation_and_outcome() {
        let requests = Requests::default();
        for op in Op::ALL {
            requests.count(op, Outcome::Ok, Duration::from_millis(1));
        }
        requests.count(Op::Put, Outcome::Unknown, Duration::from_secs(1));
        let read = requests.read();
        assert_eq!((read.of(Op::Put, Outcome::Ok), read.of(Op::Put, Outcome::Unknown)), (1, 1));
        assert_eq!((read.with(Outcome::Ok), read.with(Outcome::Refused)), (11, 0));
        let (op, seconds) = read.seconds().next().unwrap();
        assert_eq!((op, seconds.count(), seconds.sum), (Op::Put, 2, 1.001));
    }

    #[test]
    fn the_numbers_of_a_kind_are_those_of_its_place() {
        assert!(Op::ALL.iter().enumerate().all(|(at, op)| *op as usize == at));
        assert!(Outcome::ALL.iter().enumerate().all(|(at, outcome)| *outcome as usize == at));
    }
}
