//! Small histories with known verdicts, fed to the history checker as they were recorded, or not.

use crate::history::{Bound, Operation, Outcome, Version, check};
use quorate_spec::Operation as Asked;

/// What happens to a history between its recording and the search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Feed {
    AsRecorded,
    /// The return of every second operation is lost: whoever called may be waiting still.
    DropReturns,
    /// A read takes the value of another.
    SwapReads,
}

/// The names of the histories on which the verdict is not the known one.
pub(super) fn disagreements(feed: Feed) -> Result<Vec<&'static str>, String> {
    let mut names = Vec::new();
    for (name, linearizable, history) in known() {
        let report =
            check(&fed(history, feed), Bound::default()).map_err(|(at, error)| format!("{name}, {at}: {error}"))?;
        if report.is_linearizable() != linearizable {
            names.push(name);
        }
    }
    Ok(names)
}

fn fed(mut history: Vec<Operation>, feed: Feed) -> Vec<Operation> {
    match feed {
        Feed::AsRecorded => {}
        Feed::DropReturns => {
            for operation in history.iter_mut().skip(1).step_by(2) {
                operation.ret = None;
                operation.outcome = Outcome::Unknown;
            }
        }
        Feed::SwapReads => {
            let is_read = |operation: &&mut Operation| matches!(operation.outcome, Outcome::Read { .. });
            let mut reads: Vec<&mut Outcome> = history.iter_mut().filter(is_read).map(|o| &mut o.outcome).collect();
            if let [first, .., last] = reads.as_mut_slice() {
                std::mem::swap(*first, *last);
            }
        }
    }
    history
}

/// Good and bad ones: (name, whether some order explains it, what happened).
fn known() -> Vec<(&'static str, bool, Vec<Operation>)> {
    vec![
        (
            "one after the other",
            true,
            vec![put(1, 2, "a"), read(3, 4, Some("a")), put(5, 6, "b"), read(7, 8, Some("b"))],
        ),
        ("a stale read", false, vec![put(1, 2, "a"), put(3, 4, "b"), read(5, 6, Some("a"))]),
        ("a read of nothing, too late", false, vec![read(1, 2, None), put(3, 4, "a"), read(5, 6, None)]),
        (
            "new, then old",
            false,
            vec![put(1, 9, "a"), put(1, 9, "b"), read(10, 11, Some("a")), read(12, 13, Some("b"))],
        ),
        ("side by side", true, vec![put(1, 9, "a"), put(2, 8, "b"), read(10, 11, Some("a")), read(12, 13, Some("a"))]),
    ]
}

fn put(call: u64, ret: u64, value: &str) -> Operation {
    let outcome = Outcome::Done { version: None, value: None };
    Operation { process: call, key: b"k".to_vec(), call, ret: Some(ret), op: Asked::Put(value.into()).into(), outcome }
}

fn read(call: u64, ret: u64, value: Option<&str>) -> Operation {
    let outcome = Outcome::Read { value: value.map(Into::into), version: None };
    Operation {
        process: call,
        key: b"k".to_vec(),
        call,
        ret: Some(ret),
        op: Asked::<Vec<u8>, Version>::Get.into(),
        outcome,
    }
}
