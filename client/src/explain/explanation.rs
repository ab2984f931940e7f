use super::exchange::{Asked, Exchange};
use std::fmt;
use std::time::Duration;

/// Exchanges that an explanation keeps at most; further ones are counted.
pub const EXCHANGES_MAX: usize = 256;

/// What an operation did, from its first question to its end.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Explanation {
    /// How long the operation took.
    pub took: Duration,
    /// Every question, in the order in which they were put.
    pub exchanges: Vec<Exchange>,
    /// Questions beyond [`EXCHANGES_MAX`].
    pub omitted: u64,
}

/// The way that an operation took. The later ones cost more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Path {
    /// Nobody was asked: the operation failed before.
    Nothing,
    /// The first question was enough.
    OneRound,
    /// A write asked for its base first: the client knew no slot of the key.
    BaseFirst,
    /// Others were asked as well, since the first ones failed, were slow, or did not agree.
    Widened,
    /// A read asked again, since a slot was open.
    Rinsed,
    /// A read had an open slot's proposal sent on.
    Helped,
    /// A read had an open slot completed.
    Settled,
    /// A write was sent more than once.
    Retried,
}

impl Explanation {
    /// The longest chain of exchanges each of which began after the one before it had its answer, or patience with it
    /// had run out: how often the operation waited for a round trip.
    pub fn round_trips(&self) -> usize {
        let mut trips = 0;
        let mut ended = None;
        let mut spans: Vec<(Duration, Duration)> = self.exchanges.iter().filter_map(span).collect();
        spans.sort_by_key(|(began, until)| (*until, *began));
        for (began, until) in spans {
            if ended.is_none_or(|ended| began >= ended) {
                trips += 1;
                ended = Some(until);
            }
        }
        // What nobody answered was a round trip begun all the same, if it is all there was.
        if trips == 0 { self.exchanges.len().min(1) } else { trips }
    }

    /// How many replicas were asked while patience with another one had run out.
    pub fn hedges(&self) -> usize {
        let first_late = self.exchanges.iter().filter_map(|exchange| exchange.late).min();
        let after = |exchange: &&Exchange| first_late.is_some_and(|late| exchange.began >= late);
        self.exchanges.iter().filter(after).count()
    }

    /// The way that the operation took.
    pub fn path(&self) -> Path {
        let count = |what: fn(&Asked) -> bool| self.exchanges.iter().filter(|exchange| what(&exchange.asked)).count();
        let writes = count(|asked| matches!(asked, Asked::Write { .. }));
        if self.exchanges.is_empty() {
            Path::Nothing
        } else if writes > 1 {
            Path::Retried
        } else if writes == 1 {
            if count(|asked| *asked == Asked::Slot) > 0 { Path::BaseFirst } else { Path::OneRound }
        } else if count(|asked| matches!(asked, Asked::Settle { .. })) > 0 {
            Path::Settled
        } else if count(|asked| matches!(asked, Asked::Help { .. })) > 0 {
            Path::Helped
        } else if self.asked_again() {
            Path::Rinsed
        } else if self.widened() {
            Path::Widened
        } else {
            Path::OneRound
        }
    }

    /// Whether a replica was asked for a read more than once.
    fn asked_again(&self) -> bool {
        let reads = || self.exchanges.iter().filter(|exchange| matches!(exchange.asked, Asked::Read { .. }));
        reads().enumerate().any(|(at, one)| reads().take(at).any(|earlier| earlier.node == one.node))
    }

    /// Whether somebody was asked after somebody had answered, failed, or been too slow.
    fn widened(&self) -> bool {
        let first = self.exchanges.iter().filter_map(span).map(|(_, until)| until).min();
        self.exchanges.iter().any(|exchange| first.is_some_and(|first| exchange.began >= first))
    }
}

/// From a question to its answer, or until patience ran out.
fn span(exchange: &Exchange) -> Option<(Duration, Duration)> {
    let until = exchange.late.or(exchange.answered_after.map(|took| exchange.began + took))?;
    Some((exchange.began, until))
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "nobody was asked",
            Self::OneRound => "one round",
            Self::BaseFirst => "base asked first",
            Self::Widened => "others asked as well",
            Self::Rinsed => "rinsed: asked again",
            Self::Helped => "rinsed: an open slot was sent on",
            Self::Settled => "rinsed: an open slot was completed",
            Self::Retried => "retried",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Heard;
    use super::*;
    use quorate_protocol::{NodeId, Slot};

    fn exchange(node: u16, asked: Asked, began: u64, answered: Option<u64>, late: Option<u64>) -> Exchange {
        let ms = Duration::from_millis;
        let answered_after = answered.map(|at| ms(at - began));
        let (late, heard) = (late.map(ms), Heard::Nothing);
        Exchange { node: NodeId(node), asked, began: ms(began), connecting: None, late, answered_after, heard }
    }

    fn of(exchanges: Vec<Exchange>) -> (Path, usize, usize) {
        let explanation = Explanation { exchanges, ..Explanation::default() };
        (explanation.path(), explanation.round_trips(), explanation.hedges())
    }

    #[test]
    fn paths_and_round_trips() {
        let read = Asked::Read { value: true };
        let write = |attempt| Asked::Write { attempt, base: Slot(1) };
        assert_eq!(of(vec![]), (Path::Nothing, 0, 0));
        assert_eq!(
            of(vec![exchange(1, read, 0, Some(2), None), exchange(2, read, 0, Some(3), None)]),
            (Path::OneRound, 1, 0)
        );
        assert_eq!(of(vec![exchange(1, read, 0, None, None)]), (Path::OneRound, 1, 0));
        let widened = vec![
            exchange(1, read, 0, Some(2), None),
            exchange(2, read, 0, None, Some(10)),
            exchange(3, read, 10, Some(12), None),
        ];
        assert_eq!(of(widened), (Path::Widened, 2, 1));
        let rinsed = vec![exchange(1, read, 0, Some(2), None), exchange(1, read, 4, Some(6), None)];
        assert_eq!(of(rinsed), (Path::Rinsed, 2, 0));
        assert_eq!(of(vec![exchange(1, write(0), 0, Some(2), None)]), (Path::OneRound, 1, 0));
        let asked = vec![exchange(1, Asked::Slot, 0, Some(2), None), exchange(1, write(0), 2, Some(5), None)];
        assert_eq!(of(asked), (Path::BaseFirst, 2, 0));
        let retried = vec![exchange(1, write(0), 0, None, Some(30)), exchange(2, write(1), 30, Some(35), None)];
        assert_eq!(of(retried), (Path::Retried, 2, 1));
    }
}
