//! Which record can follow which, and what a record by itself can be (P4, P11).

use crate::support::*;
use quorate_protocol::{Entry, LogRecord, PaxosLog, RestoreError, SLOT_MAX, Slot, Violation};
use std::sync::Arc;

/// P4: within a slot, promise and vote never fall; the slot never falls; a new slot starts afresh.
#[test]
fn promise_vote_and_slot_never_fall() {
    let (one, two) = (entry(A, 1, 1, "one"), entry(B, 2, 2, "two"));
    let at = |slot: u64, promised: u32, vote: u32| {
        let record = if slot == 1 { LogRecord::default() } else { chosen(1, ballot(1, A), &one) };
        let record =
            if vote > 0 { accepted(record, ballot(vote, B), if slot == 1 { &one } else { &two }) } else { record };
        LogRecord { promised: record.promised.max(ballot(promised, B)), ..record }
    };
    let records: Vec<(u64, u32, u32)> =
        [1, 2].into_iter().flat_map(|slot| (1..4).flat_map(move |p| (0..=p).map(move |v| (slot, p, v)))).collect();
    for now in &records {
        for then in &records {
            let may = now.0 > then.0 || now.0 == then.0 && now.1 >= then.1 && now.2 >= then.2;
            assert_eq!(at(now.0, now.1, now.2).follows(&at(then.0, then.1, then.2)), may, "{now:?} after {then:?}");
        }
    }
}

/// P4, of a log as a whole: its memory is never behind its disk.
#[test]
fn a_log_whose_memory_is_behind_its_disk_is_found_out() {
    let x = entry(B, 1, 1, "x");
    let log = log_with(accepted(LogRecord::default(), ballot(1, B), &x));
    let image = log.idle_image().unwrap();
    assert_eq!(PaxosLog::from_idle_image(replica(A, 1, 3), image.clone()), Ok(log));
    let mut fell = image;
    fell.record = LogRecord::default();
    assert_eq!(PaxosLog::from_idle_image(replica(A, 1, 3), fell).err(), Some(RestoreError(Violation::Fell)));
}

#[test]
fn a_log_that_still_owes_something_is_not_idle() {
    let idle = log();
    assert!(idle.is_idle() && idle.idle_image().is_some());
    let mut writing = log();
    receive(&mut writing, prepare(B, 1, ballot(1, B)));
    let mut waiting = log();
    receive(&mut waiting, prepare(C, 1, ballot(1, C)));
    step(&mut waiting, quorate_protocol::Input::Propose(put(1, "x")));
    sync(&mut waiting);
    let mut settling = log();
    step(&mut settling, quorate_protocol::Input::Settle(Slot(1)));
    sync(&mut settling);
    assert_eq!((settling.waiting(), settling.writing()), (0, None), "a round of its own, for a reader");
    for log in [writing, waiting, settling] {
        assert!(!log.is_idle() && log.idle_image().is_none());
    }
}

/// P11: the entry of slot s holds every id of slot s, so its floor is below s; and no id is from a later slot.
#[test]
fn a_chosen_window_belongs_to_its_slot() {
    let good = entry(B, 3, 1, "x");
    let with = |change: &dyn Fn(&mut Entry)| {
        let mut entry = (*good).clone();
        change(&mut entry);
        PaxosLog::restore(replica(A, 1, 3), chosen(3, ballot(1, B), &Arc::new(entry))).map(drop)
    };
    let window = Err(RestoreError(Violation::Window));
    assert_eq!(with(&|_| {}), Ok(()));
    assert_eq!(with(&|entry| entry.floor = Slot(0)), Ok(()));
    assert_eq!(with(&|entry| entry.floor = Slot(3)), window);
    assert_eq!(with(&|entry| entry.requests[0].version = version(4, 0)), window);
    assert_eq!(with(&|entry| entry.requests[0].version = version(2, 7)), Ok(()));
}

/// The last slot that there is can be chosen, and then nothing is: no number wraps, no invariant breaks.
#[test]
fn at_the_end_of_the_slots_nothing_more_is_chosen() {
    let last = SLOT_MAX - 1;
    let record = chosen(last, ballot(1, A), &entry(A, last, 1, "last"));
    let mut log = PaxosLog::restore(replica(A, 1, 1), record.clone()).unwrap();
    let request = quorate_protocol::Request { base: Slot(last), ..put(2, "one more") };
    let proposed = step(&mut log, quorate_protocol::Input::Propose(request));
    assert_eq!(proposed.write.map(|record| record.open_slot()), Some(Slot(SLOT_MAX)), "it is voted for");
    assert!(sync(&mut log).done.iter().all(|(_, reply)| !matches!(reply, quorate_protocol::Reply::Recorded(_))));
    assert_eq!(log.record().chosen, record.chosen);
}
