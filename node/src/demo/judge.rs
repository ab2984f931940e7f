use super::journal::{Journal, Pages};
use quorate_history::{Bound, Checker, Key, Operation, Outcome, Report, Verdict, check_versions};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::sleep;

/// What is known of whether the demo's clients saw something impossible.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct Judgement {
    /// In a word.
    pub(super) word: Word,
    /// Operations that were judged.
    pub(super) operations: u64,
    /// Keys that they were on.
    pub(super) keys: u64,
    /// Of the operations, those of unknown outcome and those that were under way.
    pub(super) unknown: u64,
    /// Operations that were not judged, since a bound was reached.
    pub(super) left_out: u64,
    /// Keys that somebody else writes as well, whose operations nobody could judge.
    pub(super) foreign: Vec<String>,
    /// Seconds from the demo's start to the moment up to which it was judged.
    pub(super) until: f64,
    /// What is wrong, if something is; or where the judge gave up.
    pub(super) story: String,
}

/// A judgement in a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Word {
    /// Nothing was done.
    #[default]
    Nothing,
    /// Some order explains all that was judged.
    Linearizable,
    /// The judge gave up on a key: it would have taken too long.
    Undecided,
    /// No order explains it.
    NotLinearizable,
}

/// How often it is judged.
const PAUSE: Duration = Duration::from_secs(1);
/// The most work for a key, in configurations.
const BOUND: Bound = Bound(500_000);
/// Bytes of a story.
const STORY_MAX: usize = 4096;

/// Judges what a journal holds, again and again, beside everything else.
#[derive(Debug)]
pub(super) struct Judge {
    journal: Arc<Journal>,
    /// Of the chapters that are judged and forgotten.
    past: Judgement,
    told: watch::Sender<Judgement>,
}

impl Judge {
    /// Over this journal; judgements go to `told`.
    pub(super) fn new(journal: Arc<Journal>, told: watch::Sender<Judgement>) -> Self {
        Self { journal, past: Judgement::default(), told }
    }

    /// Judges until nobody is left to be told.
    pub(super) async fn run(mut self) {
        while !self.told.is_closed() {
            let judged = tokio::task::spawn_blocking(move || {
                let judgement = self.judge();
                (self, judgement)
            });
            // A judge that panicked has no word; what was said last stays, with its time.
            let Ok((judge, judgement)) = judged.await else { return };
            self = judge;
            self.told.send_replace(judgement);
            sleep(PAUSE).await;
        }
    }

    /// Judges everything that there is now.
    pub(super) fn judge(&mut self) -> Judgement {
        let until = self.journal.clock().elapsed().as_secs_f64();
        let Pages { chapters, typed, left_out } = self.journal.pages();
        let mut all = Judgement::default();
        for (chapter, is_whole) in chapters {
            let judged = judge_history(&chapter.history);
            if is_whole {
                self.past.add(judged);
                self.journal.forget(chapter.number);
            } else {
                all.add(judged);
            }
        }
        all.add(self.past.clone());
        let (typed, foreign) = without_foreign(typed);
        all.add(judge_history(&typed));
        Judgement { until, left_out, foreign, ..all }
    }
}

impl Judgement {
    fn add(&mut self, other: Self) {
        self.word = self.word.max(other.word);
        self.operations += other.operations;
        self.keys += other.keys;
        self.unknown += other.unknown;
        if self.story.is_empty() {
            self.story = other.story;
        }
    }

    /// For people: what was judged, and how it came out. Never more than that.
    pub(super) fn words(&self) -> String {
        let what = format!(
            "{} operations on {} keys, from the start to {:.0} s, {} of them of unknown outcome or under way",
            self.operations, self.keys, self.until, self.unknown
        );
        let verdict = match self.word {
            Word::Nothing => return "nothing was done yet".to_owned(),
            Word::Linearizable => format!("linearizable: an order explains all that was judged, {what}"),
            Word::Undecided => format!("not decided: the judge gave up on a key, of {what}. {}", self.story),
            Word::NotLinearizable => format!("NOT LINEARIZABLE: no order explains {what}. {}", self.story),
        };
        let left_out = match self.left_out {
            0 => String::new(),
            left_out => format!("; {left_out} more operations were not judged, since a bound was reached"),
        };
        let foreign = match self.foreign.as_slice() {
            [] => String::new(),
            keys => format!("; not judged, since another client writes them too: {}", keys.join(", ")),
        };
        format!("{verdict}{left_out}{foreign}")
    }
}

fn judge_history(history: &[Operation]) -> Judgement {
    if history.is_empty() {
        return Judgement::default();
    }
    let checked = Checker { bound: BOUND, ..Checker::default() }.check(history);
    let mut judgement = match checked {
        Ok(report) => of_report(&report),
        Err((_, error)) => Judgement { word: Word::Undecided, story: error.to_string(), ..Judgement::default() },
    };
    if let Err(fault) = check_versions(history) {
        (judgement.word, judgement.story) = (Word::NotLinearizable, fault.to_string());
    }
    judgement.operations = count(history.len());
    judgement
}

fn of_report(report: &Report) -> Judgement {
    let mut judgement = Judgement { word: Word::Linearizable, keys: count(report.keys.len()), ..Judgement::default() };
    for (key, of_key) in &report.keys {
        judgement.unknown += count(of_key.unknown);
        let name = String::from_utf8_lossy(key);
        let (word, story) = match &of_key.verdict {
            Verdict::Linearizable => continue,
            Verdict::Undecided => (Word::Undecided, format!("Of {name} it is not known.")),
            Verdict::NotLinearizable(counterexample) => (Word::NotLinearizable, format!("{name}: {counterexample}")),
        };
        if word > judgement.word {
            (judgement.word, judgement.story) = (word, story.chars().take(STORY_MAX).collect());
        }
    }
    judgement
}

/// Leaves out the keys that somebody else has written: clients were told of versions there that no recorded operation
/// can have left.
fn without_foreign(history: Vec<Operation>) -> (Vec<Operation>, Vec<String>) {
    let mut keys: BTreeMap<&Key, (BTreeSet<_>, BTreeSet<_>, bool)> = BTreeMap::new();
    for operation in &history {
        let (own, told, open) = keys.entry(&operation.key).or_default();
        match &operation.outcome {
            Outcome::Done { version, .. } => own.extend(*version),
            Outcome::Read { version, .. } => told.extend(*version),
            Outcome::Refused { found } => told.extend(*found),
            Outcome::Unknown => *open = true,
            Outcome::NotApplied => {}
        }
    }
    let foreign = keys.into_iter().filter(|(_, (own, told, open))| !open && !told.is_subset(own));
    let foreign: BTreeSet<Key> = foreign.map(|(key, _)| key.clone()).collect();
    let names = foreign.iter().take(8).map(|key| String::from_utf8_lossy(key).into_owned()).collect();
    (history.into_iter().filter(|operation| !foreign.contains(&operation.key)).collect(), names)
}

fn count(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::journal::prefix;
    use super::*;
    use crate::history::{Answer, Request};
    use quorate_client::{Version, Versioned};
    use quorate_protocol::Slot;

    fn version(slot: u64) -> Version {
        Version { slot: Slot(slot), position: 0 }
    }

    fn found(value: &'static str, slot: u64) -> Answer {
        Answer::Read(Some(Versioned { value: value.into(), version: version(slot) }))
    }

    fn judge() -> (Arc<Journal>, Judge) {
        let journal = Arc::new(Journal::new());
        (Arc::clone(&journal), Judge::new(journal, watch::Sender::new(Judgement::default())))
    }

    fn load(journal: &Journal, request: Request, answer: &Answer) {
        let (entry, ..) = journal.begin(0, |chapter| (prefix(chapter), request));
        journal.end(entry, answer.outcome());
    }

    fn typed(journal: &Journal, key: &str, request: &Request, answer: &Answer) {
        let entry = journal.begin_typed(key.as_bytes(), request).unwrap();
        journal.end(entry, answer.outcome());
    }

    #[test]
    fn what_is_impossible_is_seen() {
        let (journal, mut judge) = judge();
        assert_eq!(judge.judge().word, Word::Nothing);
        load(&journal, Request::Put("a".into()), &Answer::Written(version(1)));
        load(&journal, Request::Put("b".into()), &Answer::Written(version(2)));
        load(&journal, Request::Get, &found("b", 2));
        let judged = judge.judge();
        assert_eq!((judged.word, judged.operations, judged.keys), (Word::Linearizable, 3, 1), "{judged:?}");
        load(&journal, Request::Get, &found("a", 1));
        let judged = judge.judge();
        assert_eq!(judged.word, Word::NotLinearizable);
        assert!(judged.words().contains("NOT LINEARIZABLE"), "{}", judged.words());
    }

    #[test]
    fn a_key_that_another_client_writes_is_not_judged() {
        let (journal, mut judge) = judge();
        typed(&journal, "mine", &Request::Put("a".into()), &Answer::Written(version(1)));
        typed(&journal, "shared", &Request::Get, &found("theirs", 4));
        let judged = judge.judge();
        assert_eq!((judged.word, judged.operations), (Word::Linearizable, 1));
        assert_eq!(judged.foreign, ["shared"]);
        assert!(judged.words().contains("another client writes them too: shared"), "{}", judged.words());
    }
}
