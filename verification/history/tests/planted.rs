//! A perfect store's long histories pass; the same with one defect planted do not.

mod support;

use quorate_history::{Bound, Operation, Outcome, Value, Verdict, Version, check, check_versions, until};
use quorate_spec::{Expect, Operation as Asked};
use support::{Load, Store, bytes, without_versions};

const LOAD: Load = Load { clients: 8, keys: 4, operations: 1_600, unknown_one_in: 100, values: 0 };
const KEY: u64 = 1;

fn run_before() -> Store {
    let mut store = Store::new(7);
    store.run(LOAD);
    store
}

fn put(value: &str) -> Asked<Value, Version> {
    Asked::Put(bytes(value))
}

/// Plants a defect between two clean runs. The checker must find it, at the operation that shows it, with
/// versions and without them.
fn planted(defect: impl Fn(&mut Store) -> Operation) {
    let mut store = run_before();
    let shows = defect(&mut store);
    store.run(LOAD);
    for (history, shows) in [
        (store.history.clone(), shows.clone()),
        (without_versions(&store.history), without_versions(&[shows]).remove(0)),
    ] {
        let report = check(&history, Bound::default()).expect("possible operations");
        assert_eq!(report.undecided(), 0);
        let found: Vec<_> = report.violations().map(|(key, why)| (key.clone(), why.blocked.clone())).collect();
        assert_eq!(found, [(KEY.to_string().into_bytes(), shows)], "{report}");
    }
}

#[test]
fn a_lost_write() {
    planted(|store| {
        store.alone(KEY, put("kept"));
        let before = store.keys.clone();
        store.alone(KEY, put("lost"));
        store.keys = before;
        store.alone(KEY, Asked::Get)
    });
}

#[test]
fn a_stale_read() {
    planted(|store| {
        store.alone(KEY, put("old"));
        let stale = store.apply(KEY, &Asked::Get);
        store.alone(KEY, put("new"));
        let shows = store.record(KEY, Asked::Get, stale);
        store.alone(KEY, Asked::Get);
        shows
    });
}

#[test]
fn a_phantom_read() {
    planted(|store| {
        store.alone(KEY, put("real"));
        let version = store.keys.get(&KEY).and_then(|register| register.version);
        store.record(KEY, Asked::Get, Outcome::Read { value: Some(bytes("of nobody")), version })
    });
}

#[test]
fn an_increment_applied_twice() {
    planted(|store| {
        store.alone(KEY, put("10"));
        store.alone(KEY, Asked::Increment(1_000));
        store.apply(KEY, &Asked::Increment(1_000));
        store.alone(KEY, Asked::Increment(1_000))
    });
}

#[test]
fn a_put_that_comes_back() {
    planted(|store| {
        store.alone(KEY, put("first"));
        store.alone(KEY, Asked::Delete);
        store.apply(KEY, &put("first"));
        store.alone(KEY, Asked::Get)
    });
}

#[test]
fn a_write_refused_and_applied() {
    planted(|store| {
        store.alone(KEY, put("a"));
        let found = store.keys.get(&KEY).and_then(|register| register.version);
        let cas = Asked::CompareAndSet { expect: Expect::Value(bytes("b")), new: Some(bytes("c")) };
        store.record(KEY, cas, Outcome::Refused { found });
        store.apply(KEY, &put("c"));
        store.alone(KEY, Asked::Get)
    });
}

#[test]
fn a_write_reported_not_applied_and_applied() {
    planted(|store| {
        store.alone(KEY, put("a"));
        store.record(KEY, put("d"), Outcome::NotApplied);
        store.apply(KEY, &put("d"));
        store.alone(KEY, Asked::Get)
    });
}

#[test]
fn two_winners_of_one_compare_and_set() {
    planted(|store| {
        store.alone(KEY, put("free"));
        let before = store.keys.clone();
        let take = |by: &str| Asked::CompareAndSet { expect: Expect::Value(bytes("free")), new: Some(bytes(by)) };
        store.alone(KEY, take("me"));
        store.keys = before;
        store.alone(KEY, take("you"))
    });
}

#[test]
fn a_refusal_on_a_stale_state() {
    planted(|store| {
        store.alone(KEY, put("old"));
        let found = store.keys.get(&KEY).and_then(|register| register.version);
        store.alone(KEY, put("new"));
        let cas = Asked::CompareAndSet { expect: Expect::Value(bytes("new")), new: Some(bytes("x")) };
        store.record(KEY, cas, Outcome::Refused { found })
    });
}

/// As many operations as a run of minutes records. The work stays in proportion: about one
/// configuration for each write.
#[test]
fn a_long_clean_history_passes_with_work_in_proportion() {
    let mut store = Store::new(11);
    store.run(Load { clients: 8, keys: 20, operations: 100_000, unknown_one_in: 1_000, values: 0 });
    assert_eq!(check_versions(&store.history), Ok(()));
    let report = check(&store.history, Bound::default()).expect("possible operations");
    assert!(report.is_linearizable(), "{report}");
    let work: u64 = report.keys.values().map(|key| key.work).sum();
    let unknown: usize = report.keys.values().map(|key| key.unknown).sum();
    assert!(unknown > 50, "{unknown} unknown outcomes");
    assert!(work < 200_000, "{work} configurations for 100,000 operations");
}

#[test]
fn clean_histories_pass_without_versions_and_with_few_values() {
    for seed in 0..40 {
        let mut store = Store::new(seed);
        let values = seed % 4;
        store.run(Load { clients: 8, keys: 2, operations: 800, unknown_one_in: 40, values });
        for history in [store.history.clone(), without_versions(&store.history)] {
            let report = check(&history, Bound::default()).expect("possible operations");
            let verdicts: Vec<&Verdict> = report.keys.values().map(|key| &key.verdict).collect();
            assert!(verdicts.iter().all(|v| **v == Verdict::Linearizable), "seed {seed}: {report}");
        }
    }
}

/// A beginning is judged by what had been seen of it: sound until the defect shows, and not from then on.
#[test]
fn the_beginning_before_a_defect_shows_is_linearizable() {
    let mut store = run_before();
    store.alone(KEY, put("old"));
    let stale = store.apply(KEY, &Asked::Get);
    store.alone(KEY, put("new"));
    let shows = store.record(KEY, Asked::Get, stale);
    let ret = shows.ret.expect("it returned");
    let is_sound =
        |end| check(&until(store.history.clone(), end), Bound::default()).expect("possible").is_linearizable();
    for end in [0, 1, shows.call / 3, shows.call / 2, shows.call, ret] {
        assert!(is_sound(end), "until {end}");
    }
    assert!(!is_sound(ret + 1));
    // What is under way at the end is kept, and open.
    let begun = until(store.history.clone(), ret);
    let last = begun.iter().max_by_key(|operation| operation.call).expect("operations");
    assert_eq!((last.call, last.ret, &last.outcome), (shows.call, None, &Outcome::Unknown));
}
