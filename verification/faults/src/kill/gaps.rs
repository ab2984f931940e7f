use super::Noise;
use super::nemesis::Event;
use quorate_history::{Asked, Gap as Span, Key, Operation, gaps};
use std::collections::BTreeMap;
use std::time::Duration;

/// A time in which a writer waited for a key, and no write of that key succeeded; or the same of readers.
#[derive(Clone, Debug)]
pub struct Gap {
    /// The key.
    pub key: String,
    /// When it began, from the start of the run.
    pub from: Duration,
    /// How long it was.
    pub length: Duration,
    /// Whether it ended with a success, and not with the last waiting writer giving up.
    pub ended: bool,
    /// The last thing that had happened to a node, and how long before the gap's beginning (or, with a minus, how long
    /// after it, when it happened within the gap).
    pub after: Option<(String, f64)>,
    /// The longest that the watch overslept within it; see [`Noise`].
    pub overslept: Duration,
    /// The longest sync of the probe within it.
    pub sync: Duration,
}

/// For each key the longest time between one success and the next while a writer (or a reader) for that key waited: from
/// the success before, or from when the first of those waiting began, if that was later.
#[derive(Clone, Debug, Default)]
pub struct Gaps {
    /// By length, the longest first; one a key.
    pub longest: Vec<Gap>,
    /// Every gap of any key above [`NOTICEABLE`], in the order of time for each key.
    pub noticeable: Vec<Gap>,
}

/// Above this, a gap is one that a person would notice.
pub const NOTICEABLE: Duration = Duration::from_millis(100);
/// From here on, a stall of the machine is held to have a part in the gaps it falls into.
const STALL: Duration = Duration::from_millis(20);

impl Gaps {
    /// Of the writes in a history.
    pub(super) fn of_writes(history: &[Operation], events: &[Event], noise: &Noise) -> Self {
        Self::of(history.iter().filter(|operation| operation.op != Asked::Get), events, noise)
    }

    /// Of the reads in a history.
    pub(super) fn of_reads(history: &[Operation], events: &[Event], noise: &Noise) -> Self {
        Self::of(history.iter().filter(|operation| operation.op == Asked::Get), events, noise)
    }

    fn of<'a>(operations: impl Iterator<Item = &'a Operation>, events: &[Event], noise: &Noise) -> Self {
        let mut keys: BTreeMap<&Key, Vec<&Operation>> = BTreeMap::new();
        for operation in operations {
            keys.entry(&operation.key).or_default().push(operation);
        }
        let (mut longest, mut noticeable) = (Vec::new(), Vec::new());
        for (key, operations) in keys {
            let spans = gaps(operations);
            let gap = |span: &Span| Gap::new(key, span, events, noise);
            longest.extend(spans.iter().max_by_key(|span| span.length).map(gap));
            noticeable.extend(spans.iter().filter(|span| Duration::from_nanos(span.length) > NOTICEABLE).map(gap));
        }
        longest.sort_by_key(|gap| core::cmp::Reverse(gap.length));
        Self { longest, noticeable }
    }

    /// The longest of all keys.
    pub fn worst(&self) -> Duration {
        self.longest.first().map(|gap| gap.length).unwrap_or_default()
    }

    /// The median over the keys.
    pub fn median(&self) -> Duration {
        self.longest.get(self.longest.len() / 2).map(|gap| gap.length).unwrap_or_default()
    }

    /// How many keys had one longer than this.
    pub fn keys_over(&self, limit: Duration) -> usize {
        self.longest.iter().filter(|gap| gap.length > limit).count()
    }
}

impl Gap {
    fn new(key: &Key, span: &Span, events: &[Event], noise: &Noise) -> Self {
        let (from, to) = (span.from, span.from + span.length);
        let last = events.iter().rev().find(|event| event.at < to);
        #[expect(clippy::cast_precision_loss, reason = "for people")]
        let after = last.map(|event| (event.what.clone(), (from as f64 - event.at as f64) / 1e9));
        Self {
            key: String::from_utf8_lossy(key).into_owned(),
            from: Duration::from_nanos(from),
            length: Duration::from_nanos(span.length),
            ended: span.ended,
            after,
            overslept: noise.overslept.worst_within(from, to),
            sync: noise.sync.worst_within(from, to),
        }
    }

    /// Whether the machine did its part meanwhile, as far as was noticed.
    pub fn is_calm(&self) -> bool {
        self.overslept < STALL && self.sync < STALL
    }
}
