//! The committed state counts. A model that silently grows or shrinks is another model.

use super::{Outcome, Verdict};
use std::collections::BTreeMap;

/// The counts of `verification/expected.tsv`: model, bounds, unique states, generated states.
#[derive(Debug)]
pub struct Expected(BTreeMap<(String, String), (u64, u64)>);

impl Expected {
    /// The counts this build was committed with.
    ///
    /// # Errors
    /// The line that is none.
    pub fn committed() -> Result<Self, String> {
        Self::parse(include_str!("../../expected.tsv"))
    }

    fn parse(text: &str) -> Result<Self, String> {
        let rows = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let parsed = rows.map(|row| {
            let fields: Vec<&str> = row.split('\t').collect();
            let [model, bounds, unique, generated] = fields.as_slice() else {
                return Err(format!("not a row of four fields: {row}"));
            };
            let number = |text: &str| text.parse::<u64>().map_err(|_| format!("not a count in: {row}"));
            Ok((((*model).to_owned(), (*bounds).to_owned()), (number(unique)?, number(generated)?)))
        });
        parsed.collect::<Result<_, _>>().map(Self)
    }

    /// The counts of a model at these bounds, if they were committed.
    pub fn counts(&self, model: &str, bounds: &str) -> Option<(u64, u64)> {
        self.0.get(&(model.to_owned(), bounds.to_owned())).copied()
    }

    /// Says in the outcome where an exhausted run differs from the committed counts, or has none.
    pub fn compare(&self, outcome: &mut Outcome) {
        if outcome.verdict != Verdict::Exhausted {
            return;
        }
        outcome.changed = match self.counts(&outcome.model, &outcome.bounds) {
            Some(counts) if counts == (outcome.unique, outcome.generated) => None,
            Some((unique, generated)) => Some(format!("expected {unique} unique and {generated} generated")),
            None => Some("no count is committed for this model at these bounds".to_owned()),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_counts_parse_and_bad_rows_do_not() {
        assert!(Expected::committed().is_ok());
        assert!(Expected::parse("slot\tbounds\t12").is_err());
        assert!(Expected::parse("slot\tbounds\t12\tmany").is_err());
    }
}
