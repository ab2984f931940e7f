//! Many writes of unknown outcome: what used to double the work, one by one.

mod support;

use quorate_history::{Asked, Bound, Operation, Outcome, Verdict, check};
use quorate_spec::Expect;
use support::{Random, bytes, get, operation, put, unknown};

fn verdict(history: &[Operation], bound: u64) -> (Verdict, u64) {
    let report = check(history, Bound(bound)).expect("possible operations");
    let key = report.keys.into_values().next().expect("one key");
    (key.verdict, key.work)
}

/// Two hundred writes that nobody saw, and refusals that only some of them explain.
#[test]
fn writes_that_nobody_read_are_all_alike() {
    let open = |i: u64| unknown(i, Asked::Put(format!("open-{i}").into_bytes()));
    let refused = |call| {
        let op = Asked::CompareAndSet { expect: Expect::Value(bytes("seen")), new: Some(bytes("x")) };
        operation(call, call + 1, op, Outcome::Refused { found: None })
    };
    let mut history: Vec<Operation> = (0..200).map(open).collect();
    for round in 0..20 {
        history.extend([put(1_000 + round * 10, 1_001 + round * 10, "seen"), refused(1_005 + round * 10)]);
    }
    assert_eq!(verdict(&history, 10_000).0, Verdict::Linearizable);
    history.push(get(2_000, 2_001, Some("never written")));
    assert!(matches!(verdict(&history, 10_000).0, Verdict::NotLinearizable(_)));
}

/// Three hundred writes of unknown outcome with values of their own, of which half were read; with a
/// read of one that another write had long replaced, or without.
#[test]
fn writes_whose_value_was_read_are_open_no_longer() {
    let mut random = Random(5);
    let mut history = Vec::new();
    for i in 0..300 {
        let at = i * 10;
        history.push(unknown(at, Asked::Put(format!("{i}").into_bytes())));
        if random.one_in(2) {
            history.push(get(at + 1, at + 5, Some(&format!("{i}"))));
        }
    }
    let (good, work) = verdict(&history, 100_000);
    assert_eq!(good, Verdict::Linearizable);
    assert!(work < 2_000, "{work}");
    let seen: Vec<Operation> = history.iter().filter(|o| o.op == Asked::Get).cloned().collect();
    let (Some(first), Some(last)) = (seen.first(), seen.last()) else { panic!("some were read") };
    history.push(Operation { call: 9_000, ret: Some(9_001), ..last.clone() });
    history.push(Operation { call: 9_010, ret: Some(9_011), ..first.clone() });
    match verdict(&history, 100_000).0 {
        Verdict::NotLinearizable(why) => assert!(why.window.len() <= 5 && why.minimal, "{why}"),
        other => panic!("{other:?}"),
    }
}

/// The hard kind: few values, many open writes. It is decided, or the bound is said to be hit.
#[test]
fn few_values_are_decided_or_left_undecided_within_the_bound() {
    for seed in 0..20 {
        let mut random = Random(seed);
        let mut history = Vec::new();
        for i in 0..120 {
            let value = random.below(4).to_string();
            match random.below(3) {
                0 => history.push(unknown(i * 3, Asked::Put(bytes(&value)))),
                1 => history.push(put(i * 3, i * 3 + 7, &value)),
                _ => history.push(get(i * 3, i * 3 + 5, Some(&value))),
            }
        }
        let (_, work) = verdict(&history, 20_000);
        // The last configuration may be compared with many sets.
        assert!(work < 40_000, "seed {seed}: {work}");
    }
}
