//! The kill table, as `quorate-check mutants --tsv` leaves it.

use crate::mutants::{HEADS, Verdict};
use std::collections::BTreeMap;

/// A row of the kill table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kill {
    /// Its cells, by column.
    cells: BTreeMap<&'static str, String>,
    /// What came of it.
    pub verdict: Verdict,
}

/// The kill table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kills(Vec<Kill>);

impl Kill {
    /// A cell by its column's head; empty for a column that there is none of.
    pub fn cell(&self, column: &str) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    /// Whether it counts as caught.
    pub fn is_caught(&self) -> bool {
        self.verdict == Verdict::Caught
    }

    /// The number of the property that caught it, if a property did.
    pub fn property(&self) -> Option<u8> {
        let word = self.cell("property").split_whitespace().next()?;
        word.strip_prefix('P')?.parse().ok()
    }
}

impl Kills {
    /// The table of the committed run.
    ///
    /// # Errors
    /// The row that is none.
    pub fn committed() -> Result<Self, String> {
        Self::parse(include_str!("../../kills.tsv"))
    }

    /// Reads a table. Lines that start with `#` are comments.
    ///
    /// # Errors
    /// A column is missing, or a row has another number of cells than the head.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let heads: Vec<&str> = lines.next().ok_or("an empty kill table")?.split('\t').collect();
        let places: Vec<(&'static str, usize)> = HEADS
            .iter()
            .map(|column| {
                let place = heads.iter().position(|head| head == column);
                place.map(|place| (*column, place)).ok_or_else(|| format!("the kill table has no column '{column}'"))
            })
            .collect::<Result<_, _>>()?;
        let rows = lines.map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            if cells.len() != heads.len() {
                return Err(format!("not a row of {} cells: {line}", heads.len()));
            }
            let cell = |place: usize| cells.get(place).copied().unwrap_or_default().to_owned();
            let cells: BTreeMap<_, _> = places.iter().map(|(column, place)| (*column, cell(*place))).collect();
            let verdict = cells.get("verdict").and_then(|word| Verdict::of_word(word));
            Ok(Kill { verdict: verdict.ok_or_else(|| format!("no verdict in: {line}"))?, cells })
        });
        rows.collect::<Result<_, _>>().map(Self)
    }

    /// The rows.
    pub fn rows(&self) -> &[Kill] {
        &self.0
    }

    /// Rows of `fresh`, a new run, whose verdict is not that of this table, or that this table does not
    /// have. What a quick run skips is left out.
    pub fn differences(&self, fresh: &Self) -> Vec<String> {
        let of = |name: &str| self.0.iter().find(|kill| kill.cell("name") == name);
        let ran = fresh.0.iter().filter(|kill| kill.verdict != Verdict::Skipped);
        let differ = ran.filter_map(|kill| {
            let (name, now) = (kill.cell("name"), kill.verdict.word());
            let then = of(name).map_or("not in the table", |kill| kill.verdict.word());
            (then != now).then(|| format!("{name}: {then}, and now {now}"))
        });
        differ.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "numbers\tname\tlayer\tverdict\tcaught by\tproperty\tseconds\tsteps\twhat\n";

    fn table(verdict: &str) -> Kills {
        Kills::parse(&format!("# a run\n{HEAD}1\tA\tcore\t{verdict}\tslot\tP1 Agreement\t0.1\t9\twrong\n"))
            .expect("a table")
    }

    #[test]
    fn rows_are_read_by_their_heads_and_bad_ones_are_refused() {
        let kills = table("CAUGHT");
        assert!(kills.rows().iter().all(|kill| kill.is_caught() && kill.property() == Some(1)));
        assert!(Kills::parse("name\n").is_err());
        assert!(Kills::parse(&format!("{HEAD}1\tA\n")).is_err());
        assert!(Kills::parse(&format!("{HEAD}1\tA\tcore\tPERHAPS\tslot\tP1\t0.1\t9\twrong\n")).is_err());
        assert!(Kills::committed().is_ok());
    }

    #[test]
    fn a_new_run_is_compared_verdict_by_verdict() {
        assert!(table("CAUGHT").differences(&table("CAUGHT")).is_empty());
        assert!(table("CAUGHT").differences(&table("SKIPPED")).is_empty());
        assert_eq!(table("CAUGHT").differences(&table("SURVIVED")), ["A: CAUGHT, and now SURVIVED"]);
        assert_eq!(Kills::default().differences(&table("CAUGHT")), ["A: not in the table, and now CAUGHT"]);
    }
}
