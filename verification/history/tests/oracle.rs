//! The checker against one that tries every order, on very many very short histories.

mod support;

use quorate_history::{Asked, Bound, Operation, Outcome, Value, Verdict, Version, check};
use quorate_spec::Expect;
use support::{Load, Random, Store, bytes, version, without_versions};

/// The version of the last write, as an outsider knows it.
#[derive(Clone, Copy, PartialEq)]
enum Held {
    NeverWritten,
    Unsaid,
    Is(Version),
}

type State = (Option<Value>, Held);

/// The oracle: whether some order of some of `left` that covers all that returned explains them. It
/// shares no code with the checker or with the register of `spec`.
fn explains(left: &[&Operation], state: &State, stated: &[Version]) -> bool {
    let ret = |o: &Operation| if o.outcome == Outcome::Unknown { u64::MAX } else { o.ret.unwrap_or(u64::MAX) };
    if left.iter().all(|o| o.outcome == Outcome::Unknown) {
        return true;
    }
    (0..left.len()).any(|i| {
        let mut rest = left.to_vec();
        let chosen = rest.remove(i);
        rest.iter().all(|other| ret(other) >= chosen.call)
            && outcomes(chosen, state, stated).iter().any(|next| explains(&rest, next, stated))
    })
}

/// The states that `operation` may lead to from `state`, if its outcome fits.
fn outcomes(operation: &Operation, (value, held): &State, stated: &[Version]) -> Vec<State> {
    let could_be = |version: Version| *held == Held::Is(version) || *held == Held::Unsaid && !stated.contains(&version);
    let unchanged = |told: Option<Version>| match told {
        None => vec![(value.clone(), *held)],
        Some(version) if could_be(version) => vec![(value.clone(), Held::Is(version))],
        Some(_) => vec![],
    };
    let wrote = |left: Option<Value>| match &operation.outcome {
        Outcome::Done { version, value } if value.is_none() || *value == left => {
            vec![(left, version.map_or(Held::Unsaid, Held::Is))]
        }
        Outcome::Unknown => vec![(left, Held::Unsaid)],
        _ => vec![],
    };
    let refused = || match &operation.outcome {
        Outcome::Refused { found } => unchanged(*found),
        Outcome::Unknown => unchanged(None),
        _ => vec![],
    };
    match &operation.op {
        Asked::Get => match &operation.outcome {
            Outcome::Read { value: read, version } if read == value => unchanged(*version),
            Outcome::Unknown => unchanged(None),
            _ => vec![],
        },
        Asked::Put(put) => wrote(Some(put.clone())),
        Asked::Append(more) => wrote(Some([value.clone().unwrap_or_default(), more.clone()].concat())),
        Asked::Delete if value.is_some() => wrote(None),
        Asked::Delete => refused(),
        Asked::Increment(by) => {
            let now = value.as_ref().map_or(Some(0), |v| std::str::from_utf8(v).ok()?.parse::<i64>().ok());
            now.map_or_else(refused, |now| wrote(Some((now + by).to_string().into_bytes())))
        }
        Asked::CompareAndSet { expect, new } => {
            let (fits, may_not_fit) = match expect {
                Expect::Absent => (value.is_none(), value.is_some()),
                Expect::Value(old) => (value.as_ref() == Some(old), value.as_ref() != Some(old)),
                Expect::Version(version) => {
                    let found = matches!(operation.outcome, Outcome::Refused { found: Some(f) } if f == *version);
                    (could_be(*version), *held != Held::Is(*version) && !found)
                }
            };
            let mut next = if fits { wrote(new.clone()) } else { vec![] };
            next.extend(if may_not_fit { refused() } else { vec![] });
            next
        }
    }
}

fn stated(history: &[Operation]) -> Vec<Version> {
    let own = |o: &Operation| if let Outcome::Done { version, .. } = o.outcome { version } else { None };
    history.iter().filter_map(own).collect()
}

/// Then a beginning may be worse than the whole: what is not told yet cannot be told twice.
fn two_writes_state_one_version(history: &[Operation]) -> bool {
    let mut versions = stated(history);
    versions.sort_unstable();
    versions.windows(2).any(|pair| pair.first() == pair.last())
}

fn oracle(history: &[Operation]) -> bool {
    let stated = stated(history);
    let happened: Vec<&Operation> = history.iter().filter(|o| o.outcome != Outcome::NotApplied).collect();
    explains(&happened, &(None, Held::NeverWritten), &stated)
}

/// The history as it was when the return at `end` had just happened, or was just about to.
fn beginning(history: &[Operation], end: u64, with_it: bool) -> Vec<Operation> {
    let mut beginning: Vec<Operation> = history.iter().filter(|o| o.call <= end).cloned().collect();
    for operation in &mut beginning {
        let returned = operation.ret.is_some_and(|ret| ret < end || with_it && ret == end);
        if !returned && operation.outcome != Outcome::NotApplied {
            operation.outcome = Outcome::Unknown;
        }
    }
    beginning
}

/// Gives every call and return a time of its own, in the same order but for ties.
fn spread(history: &mut [Operation]) {
    for (place, operation) in (0..).zip(history) {
        operation.call = operation.call * 64 + place;
        operation.ret = operation.ret.map(|ret| ret * 64 + 32 + place);
    }
}

/// A short history of a perfect store, and most of the time an answer or two of it falsified.
fn short(seed: u64, values: u64) -> Vec<Operation> {
    let mut store = Store::new(seed);
    let operations = 3 + store.random.below(4);
    store.run(Load { clients: 3, keys: 1, operations: operations.max(3), unknown_one_in: 4, values });
    let (mut history, mut random) = (store.history, store.random);
    for _ in 0..random.below(3) {
        let at = usize::try_from(random.below(history.len() as u64)).unwrap_or(0);
        if let Some(operation) = history.get_mut(at) {
            falsify(operation, &mut random);
        }
    }
    if random.one_in(2) {
        history = without_versions(&history);
    }
    spread(&mut history);
    history
}

fn falsify(operation: &mut Operation, random: &mut Random) {
    let other = Some(version(random.below(6))).filter(|_| !random.one_in(3));
    let value = Some(bytes(if random.one_in(2) { "v0" } else { "1" })).filter(|_| !random.one_in(4));
    operation.outcome = match &operation.op {
        _ if operation.ret.is_none() => Outcome::Unknown,
        Asked::Get => Outcome::Read { value, version: other },
        Asked::Increment(_) if random.one_in(2) => Outcome::Done { version: other, value },
        Asked::Put(_) => Outcome::Done { version: other, value: None },
        _ if random.one_in(2) => Outcome::Refused { found: other },
        _ => Outcome::Done { version: other, value: None },
    };
}

#[test]
fn verdicts_are_those_of_trying_every_order() {
    let (mut good, mut bad) = (0, 0);
    for seed in 0..20_000 {
        let history = short(seed, 1 + seed % 3);
        let report = check(&history, Bound::default()).expect("possible operations");
        let verdict = &report.keys.values().next().expect("one key").verdict;
        match verdict {
            Verdict::Linearizable => assert!(oracle(&history), "seed {seed}: {history:#?}"),
            Verdict::NotLinearizable(why) => {
                assert!(!oracle(&history), "seed {seed}: {why}\n{history:#?}");
                let end = why.blocked.ret.expect("it returned");
                assert!(!oracle(&beginning(&history, end, true)), "seed {seed}: too short: {why}");
                assert!(why.minimal && why.smallest, "seed {seed}: {why}");
                assert!(!why.window.is_empty() && why.window.contains(&why.blocked), "seed {seed}: {why}");
                assert!(why.from_anything || !oracle(&beginning(&why.window, end, true)), "seed {seed}: {why}");
                let first = oracle(&beginning(&history, end, false));
                assert!(first || two_writes_state_one_version(&history), "seed {seed}: not the first: {why}");
            }
            Verdict::Undecided => panic!("seed {seed}"),
        }
        *(if *verdict == Verdict::Linearizable { &mut good } else { &mut bad }) += 1;
    }
    assert!(good > 4_000 && bad > 4_000, "{good} good and {bad} bad ones: too much of one kind");
}

/// A history of puts, appends and reads of short strings, each answer as likely as not made up.
fn appended(seed: u64) -> Vec<Operation> {
    let mut random = Random(seed);
    let draw = |random: &mut Random| {
        let pieces = ["", "a", "b", "ab"].into_iter();
        bytes(pieces.zip(0..random.below(4) + 1).last().map_or("", |(piece, _)| piece))
    };
    let mut history = Vec::new();
    let mut held: Option<Value> = None;
    for place in 0..3 + random.below(4) {
        let call = place * 10 + random.below(20);
        let ret = Some(call + 1 + random.below(25)).filter(|_| !random.one_in(5));
        let piece = draw(&mut random);
        let (op, mut outcome) = match random.below(5) {
            0 => (Asked::Put(piece), Outcome::Done { version: None, value: None }),
            1 | 2 => (Asked::Append(piece), Outcome::Done { version: None, value: None }),
            _ => (Asked::Get, Outcome::Read { value: held.clone(), version: None }),
        };
        match &op {
            Asked::Put(value) => held = Some(value.clone()),
            Asked::Append(more) => held = Some([held.unwrap_or_default(), more.clone()].concat()),
            _ if random.one_in(8) => outcome = Outcome::Read { value: Some(draw(&mut random)), version: None },
            _ => {}
        }
        if ret.is_none() {
            outcome = Outcome::Unknown;
        }
        history.push(Operation { process: place, key: bytes("k"), call, ret, op, outcome });
    }
    spread(&mut history);
    history
}

#[test]
fn verdicts_with_appends_are_those_of_trying_every_order() {
    let (mut good, mut bad) = (0, 0);
    for seed in 0..10_000 {
        let history = appended(seed);
        let report = check(&history, Bound::default()).expect("possible operations");
        let found = report.is_linearizable();
        assert_eq!(found, oracle(&history), "seed {seed}: {report} {history:#?}");
        *(if found { &mut good } else { &mut bad }) += 1;
    }
    assert!(good > 1_000 && bad > 1_000, "{good} good and {bad} bad ones: too much of one kind");
}
