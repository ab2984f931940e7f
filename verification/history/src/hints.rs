//! What to try first.

use crate::fold::FoldMap;
use crate::problem::Problem;
use crate::step::{Act, Claim};
use crate::symbol::{Revision, Symbol};
use quorate_spec::Operation as Plain;
use std::collections::VecDeque;

/// The versions that reads saw and no write states, by the value seen, lowest first: each with the end
/// of the first such read.
type Orphans = FoldMap<Option<Symbol>, VecDeque<(Revision, u64)>>;

impl Problem<'_> {
    /// Orders the search, and no more: first what states a version, the lowest first, together with the
    /// open writes that seem to be the ones which left the versions that reads saw and nobody states;
    /// then what returned first; at last the other open writes.
    pub(crate) fn hints(&mut self) {
        let mut orphans = self.orphans();
        for step in &mut self.steps {
            let stated = match step.claim {
                Claim::Done(revision, _) | Claim::Read(_, revision) | Claim::Refused(revision) => revision,
                Claim::Open => may_leave(&step.act).and_then(|left| {
                    let seen = orphans.get_mut(&left)?;
                    let place = seen.iter().position(|(_, end)| step.call <= *end)?;
                    seen.remove(place).map(|(revision, _)| revision)
                }),
            };
            step.hint = match (stated, step.claim) {
                (Some(revision), _) => (0, u64::from(revision.rank())),
                (None, Claim::Open) => (2, step.call),
                (None, _) => (1, step.end.unwrap_or(u64::MAX)),
            };
        }
    }

    fn orphans(&self) -> Orphans {
        let mut first_seen: FoldMap<Revision, (Option<Symbol>, u64)> = FoldMap::default();
        for step in &self.steps {
            if let (Claim::Read(value, Some(revision)), Some(end)) = (step.claim, step.end)
                && !self.is_stated(revision)
            {
                let seen = first_seen.entry(revision).or_insert((value, end));
                seen.1 = seen.1.min(end);
            }
        }
        let mut first_seen: Vec<_> = first_seen.into_iter().collect();
        first_seen.sort_unstable();
        let mut orphans = Orphans::default();
        for (revision, (value, end)) in first_seen {
            orphans.entry(value).or_default().push_back((revision, end));
        }
        orphans
    }
}

/// The value that an operation leaves if it takes effect.
fn may_leave(act: &Act<'_>) -> Option<Option<Symbol>> {
    match act {
        Act::Plain(Plain::Put(put)) => Some(Some(*put)),
        Act::Plain(Plain::Delete) | Act::Clear => Some(None),
        Act::Plain(Plain::CompareAndSet { new, .. }) => Some(*new),
        // They may leave anything, and a guess would be wrong most of the time.
        Act::Plain(Plain::Get | Plain::Increment(_)) | Act::Append(_) => None,
    }
}
