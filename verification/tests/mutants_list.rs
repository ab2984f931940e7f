//! The kill table's list: complete, and what `docs/mutants.md` says.
#![allow(missing_docs)]

use quorate_verification::mutants::{Catcher, Layer, killer, list, markdown};
use quorate_verification::sessions;
use std::collections::BTreeSet;

/// Every number of the research's three lists, of our own variants, of the controls and of the checkers' variants.
fn numbers() -> BTreeSet<String> {
    let main = (1..=38).map(|n| n.to_string());
    let protocol = (1..=24).map(|n| format!("M{n}"));
    let own = (1..=10).map(|n| format!("N{n}"));
    let red = "1x 1y 1z 2x 3x 3y-a 3y-b 3y-c 4b 4c 5x 5y 5z 5c 5d 6 6a 6b 6c 6p 6q 6r 6s 6t 7x";
    let red = red.split(' ').map(|n| format!("R{n}"));
    let rest = ["8b", "C1", "C2", "C3", "C4", "C5", "C6", "K1", "K2", "K3", "K4", "K5"].map(str::to_owned);
    let sessions = (1..=13).map(|n| format!("S{n}"));
    main.chain(protocol).chain(own).chain(sessions).chain(red).chain(rest).collect()
}

#[test]
fn each_number_of_the_sources_is_in_a_row() {
    let listed: BTreeSet<String> = list().iter().flat_map(|row| row.numbers).map(|n| (*n).to_owned()).collect();
    assert_eq!(listed, numbers());
}

#[test]
fn a_name_is_listed_once_in_a_layer_and_says_who_catches_it() {
    let mut names = BTreeSet::new();
    for row in list() {
        assert!(names.insert((row.layer, row.name)), "{} is listed twice", row.name);
        assert!(!row.what.is_empty() && row.what.is_ascii(), "{}", row.name);
        let models: &[&str] = match row.catcher {
            Catcher::Models(models) => models,
            Catcher::Nobody { models, quick } => {
                quick.iter().for_each(|model| assert!(models.contains(model) || killer(model).is_some(), "{model}"));
                models
            }
            Catcher::Sessions(models) => {
                models.iter().for_each(|model| assert!(sessions::find(model).is_some(), "{}: {model}", row.name));
                &["slot"]
            }
            _ => &["slot"],
        };
        assert!(!models.is_empty(), "{} has no model", row.name);
        models.iter().for_each(|model| assert!(killer(model).is_some(), "{}: no model {model}", row.name));
    }
    assert_eq!(list().iter().filter(|row| row.layer == Layer::Controls).count(), 6);
    assert_eq!(list().iter().filter(|row| row.layer == Layer::Checkers).count(), 5);
}

#[test]
fn the_docs_hold_the_list() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/mutants.md");
    let docs = std::fs::read_to_string(path).unwrap();
    let table = markdown(&list());
    assert!(docs.contains(&table), "put the output of `quorate-check mutants --list` into docs/mutants.md");
}

/// Every variant that is compiled in is hunted by somebody, and every hunt has its variant.
#[cfg(feature = "mutants")]
#[test]
fn the_list_and_the_core_name_the_same_variants() {
    use quorate_protocol::Mutant;
    let every: BTreeSet<String> = Mutant::ALL.iter().chain(Mutant::CONTROLS).map(|m| format!("{m:?}")).collect();
    let in_core = |row: &quorate_verification::mutants::Listed| {
        matches!(
            row.catcher,
            Catcher::Models(_)
                | Catcher::Sessions(_)
                | Catcher::Scheduler(_)
                | Catcher::Walk(_)
                | Catcher::Nobody { .. }
        )
    };
    let listed: BTreeSet<String> = list().iter().filter(|row| in_core(row)).map(|row| row.name.to_owned()).collect();
    assert_eq!(listed, every);
}
