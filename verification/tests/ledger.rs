//! The ledger says what the committed runs say, and the tests it names are there.

use quorate_verification::check::Expected;
use quorate_verification::ledger::{Kills, claims, page};
use std::path::Path;

#[test]
fn the_page_is_what_the_committed_runs_make_of_it() {
    let (expected, kills) = (Expected::committed().expect("counts"), Kills::committed().expect("a kill table"));
    let page = page(&expected, &kills);
    let committed = include_str!("../../docs/ledger.md");
    assert!(page == committed, "docs/ledger.md is stale: cargo run --release -- ledger --write docs/ledger.md");
}

#[test]
fn the_tests_it_names_are_there() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the top of the tree");
    for (file, name) in claims().iter().flat_map(|claim| claim.tests) {
        let text = std::fs::read_to_string(top.join(file)).unwrap_or_default();
        assert!(text.contains(&format!("fn {name}(")), "{name} is not in {file}");
    }
}

#[test]
fn the_models_it_names_are_there() {
    let expected = Expected::committed().expect("counts");
    let page = page(&expected, &Kills::committed().expect("a kill table"));
    for claim in claims() {
        for name in claim.models {
            assert!(page.contains(&format!("`{}", name.trim_end_matches('*'))), "no model is called {name}");
        }
    }
}
