//! Names on the command line, and what was meant by a wrong one.

use crate::check::every_model;
use crate::mutants::{self, Catcher, Listed};
use quorate_spec::Property;

/// How alike two names must be to be taken for each other, from 0 to 1.
const ALIKE: f64 = 0.75;
/// How many are offered.
const OFFERED_MAX: usize = 3;

/// That there is none of this name: what was meant, where a name is near, or how to see all.
fn unknown<'a>(what: &str, name: &str, known: impl IntoIterator<Item = &'a str>, lists: &str) -> String {
    let near = nearest(name, known);
    let names: Vec<String> = near.iter().map(|name| format!("'{name}'")).collect();
    let hint = if names.is_empty() {
        format!("`{lists}` shows them")
    } else {
        format!("did you mean {}?", names.join(" or "))
    };
    format!("there is no {what} of that name; {hint}")
}

/// The names nearest to one that is none, the likeliest first.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let likeness = |other: &str| strsim::jaro_winkler(&name.to_lowercase(), &other.to_lowercase());
    let mut near: Vec<(f64, &str)> = known.into_iter().map(|other| (likeness(other), other)).collect();
    near.retain(|(likeness, _)| *likeness >= ALIKE);
    near.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(other.1)));
    near.dedup();
    near.into_iter().take(OFFERED_MAX).map(|(_, name)| name).collect()
}

/// A model that `check` takes: one of the catalogue, or one that is there for a variant.
pub(super) fn model(name: &str) -> Result<String, String> {
    let listed = every_model();
    let killers = mutants::killers();
    let known = || listed.iter().map(|model| model.name).chain(killers.iter().map(|killer| killer.name));
    if known().any(|known| known == name) {
        return Ok(name.to_owned());
    }
    Err(unknown("model", name, known(), "quorate-check list"))
}

/// The same, or `all`.
pub(super) fn model_or_all(name: &str) -> Result<String, String> {
    if name == "all" { Ok(name.to_owned()) } else { model(name) }
}

/// A variant that a model can be checked with.
pub(super) fn mutant(name: &str) -> Result<String, String> {
    let list = mutants::list();
    let checked = |row: &&Listed| is_checked(row);
    if let Some(row) = list.iter().filter(checked).find(|row| row.name.eq_ignore_ascii_case(name)) {
        return Ok(row.name.to_owned());
    }
    if let Some(row) = list.iter().find(|row| row.name.eq_ignore_ascii_case(name)) {
        let (layer, by) = (row.layer.name(), row.catcher.name());
        return Err(format!("{name} is a variant of the layer '{layer}', which no model is checked with ({by})"));
    }
    Err(unknown("variant", name, list.iter().filter(checked).map(|row| row.name), "quorate-check mutants --list"))
}

/// A variant of the list.
pub(crate) fn listed_variant(name: &str) -> Result<String, String> {
    let list = mutants::list();
    let named = list.iter().find(|row| row.name.eq_ignore_ascii_case(name)).map(|row| row.name.to_owned());
    let names = list.iter().map(|row| row.name);
    named.ok_or_else(|| unknown("variant", name, names, "quorate-check mutants --list"))
}

/// Whether the variant is one of the core, of the clients' machines or of coming back, so that a model can run it.
fn is_checked(row: &Listed) -> bool {
    matches!(
        row.catcher,
        Catcher::Models(_)
            | Catcher::Nobody { .. }
            | Catcher::Scheduler(_)
            | Catcher::Walk(_)
            | Catcher::Rejoin(_)
            | Catcher::Harmless { .. }
    )
}

/// A property by its number, or by its name as code or prose has it: `P13`, `FreshReads`, `fresh reads`.
pub(super) fn property(name: &str) -> Result<Property, String> {
    let number: Option<u8> = name.trim_start_matches(['P', 'p']).parse().ok();
    let is_it = |property: &&Property| {
        let named = format!("{property:?}").eq_ignore_ascii_case(name) || property.name().eq_ignore_ascii_case(name);
        number == Some(property.number()) || named
    };
    if let Some(property) = Property::ALL.iter().find(is_it) {
        return Ok(*property);
    }
    let names = Property::ALL.map(|property| format!("{property:?}"));
    Err(unknown("property", name, names.iter().map(String::as_str), "quorate-check explain"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_name_is_answered_with_the_nearest() {
        assert_eq!(nearest("slto", ["slot", "read"]), ["slot"]);
        assert!(nearest("quicksand", ["slot", "read"]).is_empty());
        assert!(mutant("KeepOwnValeu").is_err_and(|error| error.contains("did you mean 'KeepOwnValue'")));
        assert_eq!(mutant("keepownvalue"), Ok("KeepOwnValue".to_owned()));
        assert!(mutant("SyncRetried").is_err_and(|error| error.contains("later")));
        assert!(model("slott").is_err_and(|error| error.contains("'slot'")));
        assert_eq!(model("k-past"), Ok("k-past".to_owned()));
        assert!(property("FreshRead").is_err_and(|error| error.contains("'FreshReads'")));
        assert_eq!(property("p13"), Ok(Property::FreshReads));
        assert_eq!((property("13"), property("fresh reads")), (property("freshreads"), property("P13")));
        assert!(property("P99").is_err());
    }
}
