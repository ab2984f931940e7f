use crate::history::{Clock, Request};
use quorate_history::{Operation, Outcome, until};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What the demo's own clients do and are told, for the judge.
///
/// The load writes in chapters: each has keys of its own, never written before, and a bounded number of operations. So a
/// chapter can be judged from its very beginning, and forgotten when it has been judged as a whole. What is typed at the
/// prompt is one history, up to a bound.
#[derive(Debug)]
pub(super) struct Journal {
    clock: Clock,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// The last one is being written.
    chapters: VecDeque<Chapter>,
    typed: Vec<Operation>,
    typed_bytes: usize,
    typed_full_at: Option<u64>,
    left_out: u64,
}

/// A part of the load's history.
#[derive(Clone, Debug)]
pub(super) struct Chapter {
    /// Which, from 1.
    pub(super) number: u64,
    /// Its operations; those under way are of unknown outcome.
    pub(super) history: Vec<Operation>,
    under_way: usize,
}

/// Everything there is to be judged, as it was at one moment.
#[derive(Debug)]
pub(super) struct Pages {
    /// Chapters of the load, and whether each is whole.
    pub(super) chapters: Vec<(Chapter, bool)>,
    /// What was typed.
    pub(super) typed: Vec<Operation>,
    /// Operations that will not be judged, since a bound was reached.
    pub(super) left_out: u64,
}

/// Where an operation stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    chapter: Option<u64>,
    place: usize,
}

/// Operations of a chapter.
const CHAPTER_OPERATIONS: usize = 10_000;
/// Chapters that wait for the judge; more than one only if it is slower than the load.
const CHAPTERS_MAX: usize = 4;
/// Operations that are remembered of what was typed.
const TYPED_MAX: usize = 10_000;
/// Bytes of them, keys and values.
const TYPED_BYTES_MAX: usize = 16 << 20;
/// The process that the prompt is in histories.
const PROMPT: u64 = u64::MAX;

impl Journal {
    /// Nothing was done yet.
    pub(super) fn new() -> Self {
        let chapters = VecDeque::from([Chapter::new(1)]);
        let inner = Inner { chapters, typed: Vec::new(), typed_bytes: 0, typed_full_at: None, left_out: 0 };
        Self { clock: Clock::start(), inner: Mutex::new(inner) }
    }

    /// Since when it is written.
    pub(super) fn clock(&self) -> Clock {
        self.clock
    }

    /// The chapter that the load is in.
    pub(super) fn chapter(&self) -> u64 {
        self.inner().chapters.back().map_or(0, |chapter| chapter.number)
    }

    /// A client of the load asks: what, and on which key, is up to `draw`, which is told the chapter.
    pub(super) fn begin(&self, process: u64, draw: impl FnOnce(u64) -> (String, Request)) -> (Entry, String, Request) {
        let mut inner = self.inner();
        inner.turn();
        let number = inner.chapters.back().map_or(0, |chapter| chapter.number);
        let (key, request) = draw(number);
        let operation = self.operation(process, key.as_bytes(), &request);
        (inner.write(number, operation), key, request)
    }

    /// Somebody asks at the prompt; `None` if it is not written down any more.
    pub(super) fn begin_typed(&self, key: &[u8], request: &Request) -> Option<Entry> {
        let operation = self.operation(PROMPT, key, request);
        let mut inner = self.inner();
        let of_chapter = inner.chapters.iter().find(|chapter| key.starts_with(prefix(chapter.number).as_bytes()));
        if let Some(number) = of_chapter.map(|chapter| chapter.number) {
            return Some(inner.write(number, operation));
        }
        let bytes = size(&operation);
        if inner.typed.len() >= TYPED_MAX || inner.typed_bytes + bytes > TYPED_BYTES_MAX {
            inner.typed_full_at.get_or_insert(operation.call);
        }
        if inner.typed_full_at.is_some() {
            inner.left_out += 1;
            return None;
        }
        inner.typed_bytes += bytes;
        inner.typed.push(operation);
        Some(Entry { chapter: None, place: inner.typed.len() - 1 })
    }

    /// An operation has ended so.
    pub(super) fn end(&self, entry: Entry, told: Outcome) {
        let ret = Some(self.clock.now());
        let inner = &mut *self.inner();
        let history = match entry.chapter {
            None => Some(&mut inner.typed),
            Some(number) => inner.chapters.iter_mut().find(|chapter| chapter.number == number).map(|chapter| {
                chapter.under_way = chapter.under_way.saturating_sub(1);
                &mut chapter.history
            }),
        };
        if let Some(operation) = history.and_then(|history| history.get_mut(entry.place)) {
            operation.ret = ret;
            operation.outcome = told;
        }
    }

    /// Everything there is to be judged.
    pub(super) fn pages(&self) -> Pages {
        let inner = self.inner();
        let last = inner.chapters.back().map(|chapter| chapter.number);
        let is_whole = |chapter: &Chapter| Some(chapter.number) != last && chapter.under_way == 0;
        let typed = inner.typed.clone();
        Pages {
            chapters: inner.chapters.iter().map(|chapter| (chapter.clone(), is_whole(chapter))).collect(),
            typed: if let Some(end) = inner.typed_full_at { until(typed, end) } else { typed },
            left_out: inner.left_out,
        }
    }

    /// A whole chapter has been judged, and is not needed any more.
    pub(super) fn forget(&self, number: u64) {
        self.inner().chapters.retain(|chapter| chapter.number != number);
    }

    fn operation(&self, process: u64, key: &[u8], request: &Request) -> Operation {
        let (call, op) = (self.clock.now(), request.asked());
        Operation { process, key: key.to_vec(), call, ret: None, op, outcome: Outcome::Unknown }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // A panic between two changes leaves an operation without an end at worst, which is a thing it may be.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Begins the next chapter, if the last one is full.
    fn turn(&mut self) {
        let Some(last) = self.chapters.back() else { return };
        if last.history.len() < CHAPTER_OPERATIONS {
            return;
        }
        let next = Chapter::new(last.number + 1);
        self.chapters.push_back(next);
        if self.chapters.len() > CHAPTERS_MAX
            && let Some(oldest) = self.chapters.pop_front()
        {
            self.left_out += u64::try_from(oldest.history.len()).unwrap_or(0);
        }
    }

    fn write(&mut self, number: u64, operation: Operation) -> Entry {
        let chapter = self.chapters.iter_mut().find(|chapter| chapter.number == number);
        let place = chapter.map_or(0, |chapter| {
            chapter.under_way += 1;
            chapter.history.push(operation);
            chapter.history.len() - 1
        });
        Entry { chapter: Some(number), place }
    }
}

impl Chapter {
    fn new(number: u64) -> Self {
        Self { number, history: Vec::new(), under_way: 0 }
    }
}

/// How the keys of a chapter begin.
pub(super) fn prefix(chapter: u64) -> String {
    format!("load:{chapter}:")
}

fn size(operation: &Operation) -> usize {
    use quorate_history::Asked;
    let value = match &operation.op {
        Asked::Put(value) | Asked::CompareAndSet { new: Some(value), .. } => value.len(),
        _ => 0,
    };
    // Reads bring a value along as well, of a size that is not known yet: at most as large as the largest.
    let read = if operation.op == Asked::Get { 1024 } else { 0 };
    operation.key.len() + value + read + size_of::<Operation>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Answer;

    fn put(journal: &Journal) -> Entry {
        journal.begin(0, |chapter| (prefix(chapter), Request::Get)).0
    }

    #[test]
    fn chapters_are_whole_when_nothing_is_under_way() {
        let journal = Journal::new();
        let first = put(&journal);
        let rest: Vec<Entry> = (1..CHAPTER_OPERATIONS).map(|_| put(&journal)).collect();
        let next = put(&journal);
        assert_eq!((journal.chapter(), next.chapter), (2, Some(2)));
        rest.iter().for_each(|entry| journal.end(*entry, Answer::Read(None).outcome()));
        assert!(!journal.pages().chapters[0].1, "the first is still under way");
        journal.end(first, Answer::Read(None).outcome());
        let pages = journal.pages();
        assert_eq!(pages.chapters.iter().map(|(_, whole)| *whole).collect::<Vec<_>>(), [true, false]);
        journal.forget(1);
        assert_eq!(journal.pages().chapters.len(), 1);
        journal.end(first, Answer::Read(None).outcome());
    }

    #[test]
    fn what_a_slow_judge_misses_is_counted() {
        let journal = Journal::new();
        for _ in 0..CHAPTER_OPERATIONS * (CHAPTERS_MAX + 1) {
            put(&journal);
        }
        assert_eq!(journal.pages().left_out, CHAPTER_OPERATIONS as u64);
        assert_eq!(journal.pages().chapters.len(), CHAPTERS_MAX);
    }

    #[test]
    fn what_is_typed_is_bounded_and_ends_at_a_moment() {
        let journal = Journal::new();
        let early = journal.begin_typed(b"k", &Request::Put("v".into())).unwrap();
        let mut entries: Vec<Option<Entry>> = Vec::new();
        (1..TYPED_MAX + 5).for_each(|_| entries.push(journal.begin_typed(b"k", &Request::Get)));
        assert_eq!(entries.iter().flatten().count(), TYPED_MAX - 1);
        journal.end(early, Answer::Read(None).outcome());
        let pages = journal.pages();
        assert_eq!((pages.typed.len(), pages.left_out), (TYPED_MAX, 5));
        assert_eq!(pages.typed[0].ret, None, "it ended after the end of what is judged");
    }

    #[test]
    fn a_key_of_the_load_belongs_to_its_chapter() {
        let journal = Journal::new();
        let entry = journal.begin_typed(b"load:1:3", &Request::Get).unwrap();
        assert_eq!(entry.chapter, Some(1));
        assert_eq!(journal.begin_typed(b"load:2:3", &Request::Get).unwrap().chapter, None);
    }
}
