//! Digests of traces tell apart what differs, whatever it differs in, and the frames' heads are what the format says.

use crate::support::*;
use quickcheck::quickcheck;
use quorate_protocol::trace::{FRAME_BYTES_MAX, StepDigests, frame_head, parse_frame_head, record_digest};
use quorate_protocol::{
    BATCH_MAX, Ballot, ChosenNotice, Input, LogRecord, Message, NodeId, NotApplied, Output, PaxosLog, Range, Reply,
    Row, Slot, Timer, VALUE_BYTES_MAX, WINDOW_MAX,
};

fn output_digest(output: &Output) -> u64 {
    StepDigests::of(output, &log()).output
}

fn state_digest(log: &PaxosLog) -> u64 {
    StepDigests::of(&Output::default(), log).state
}

fn assert_all_differ<T: std::fmt::Debug>(of: &[T], digest: impl Fn(&T) -> u64) {
    for (at, one) in of.iter().enumerate() {
        assert_eq!(digest(one), digest(one), "a digest is of the content");
        for other in &of[at + 1..] {
            assert_ne!(digest(one), digest(other), "{one:?}\n{other:?}");
        }
    }
}

#[test]
fn two_messages_that_differ_in_one_part_have_two_digests() {
    let (x, y) = (entry(B, 1, 1, "x"), entry(B, 1, 1, "y"));
    let base = proposal(B, 1, ballot(1, B), &x);
    let notice = |ballot, entry: Option<&_>| ChosenNotice { slot: Slot(1), ballot, entry: entry.cloned() };
    let messages = [
        message(B, 1),
        base.clone(),
        Message { epoch: 2.into(), ..base.clone() },
        Message { from: C, ..base.clone() },
        Message { to: B, ..base.clone() },
        Message { row: Row { slot: Slot(2), ..base.row }, ..base.clone() },
        Message { row: Row { promised: ballot(1, B), ..base.row }, ..base.clone() },
        Message { row: Row { promised: ballot(1, B), accepted: ballot(1, B), ..base.row }, ..base.clone() },
        Message { accepted: Some(x.clone()), ..base.clone() },
        Message { accepted: Some(y.clone()), ..base.clone() },
        Message { chosen: notice(Ballot::ZERO, None), ..base.clone() },
        Message { chosen: notice(ballot(1, B), None), ..base.clone() },
        Message { chosen: notice(ballot(1, B), Some(&x)), ..base.clone() },
        Message { chosen: notice(ballot(1, B), Some(&y)), ..base.clone() },
        Message { belief: None, ..base },
        proposal(B, 1, ballot(2, B), &x),
        proposal(B, 1, ballot(1, B), &y),
    ];
    let outputs = messages.map(|message| Output { send: vec![message], ..Output::default() });
    assert_all_differ(&outputs, output_digest);
}

#[test]
fn two_outputs_that_differ_in_one_part_have_two_digests() {
    let none = Output::default();
    let write = |record| Output { write: Some(record), ..Output::default() };
    let x = entry(B, 1, 1, "x");
    let timer = |timer, max_ms| Output { timers: vec![(timer, Range { min_ms: 1, max_ms })], ..Output::default() };
    let done = |sequence, reply| Output { done: vec![(id(sequence), reply)], ..Output::default() };
    let outputs = [
        none.clone(),
        Output { prepared: true, ..none.clone() },
        Output { readable: true, ..none.clone() },
        Output { send: vec![message(B, 1), message(B, 1)], ..none.clone() },
        Output { send: vec![message(B, 1)], ..none },
        timer(Timer::Defer, 2),
        timer(Timer::Resend, 2),
        timer(Timer::Resend, 3),
        done(1, Reply::Unknown),
        done(1, Reply::NotApplied(NotApplied::Busy)),
        done(2, Reply::Unknown),
        write(LogRecord::default()),
        write(LogRecord { promised: ballot(1, B), ..LogRecord::default() }),
        write(accepted(LogRecord::default(), ballot(1, B), &x)),
        write(accepted(LogRecord::default(), ballot(1, B), &entry(B, 1, 1, "y"))),
        write(chosen(1, ballot(1, B), &x)),
        write(chosen(1, ballot(2, B), &x)),
    ];
    assert_all_differ(&outputs, output_digest);
}

/// Each of these logs has another history, and each remembers something of it.
#[test]
fn two_states_have_two_digests() {
    let x = entry(B, 1, 1, "x");
    let told = |inputs: Vec<Input>| {
        let mut log = log();
        inputs.into_iter().for_each(|input| drop(step(&mut log, input)));
        log
    };
    let asked = |round, node| Input::Receive(prepare(node, 1, ballot(round, node)));
    let voting = Input::Receive(proposal(B, 1, ballot(1, B), &x));
    let voted = Input::Receive(vote(C, 1, ballot(1, B)));
    let promised = Input::Receive(promise(C, 1, ballot(1, A), None));
    let reported = Input::Receive(promise(B, 1, ballot(2, A), Some((ballot(1, B), &x))));
    let mine = |sequence| Input::Propose(put(sequence, "mine"));
    let states = [
        told(vec![]),
        told(vec![asked(1, B)]),
        told(vec![asked(1, B), Input::Durable]),
        told(vec![asked(1, B), asked(1, C)]),
        told(vec![asked(1, C)]),
        told(vec![voting.clone()]),
        told(vec![voting.clone(), Input::Durable]),
        told(vec![voting, voted]),
        told(vec![mine(1)]),
        told(vec![mine(2)]),
        told(vec![mine(1), mine(2)]),
        told(vec![mine(1), Input::Durable]),
        told(vec![mine(1), promised.clone()]),
        told(vec![mine(1), Input::Durable, promised]),
        told(vec![Input::Settle(Slot(1))]),
        told(vec![asked(1, B), mine(1)]),
        told(vec![asked(1, B), mine(1), Input::Timeout(Timer::Defer)]),
        told(vec![asked(1, B), mine(1), Input::Timeout(Timer::Defer), reported]),
        log_with(chosen(1, ballot(1, B), &x)),
        log_with(chosen(1, ballot(2, B), &x)),
        PaxosLog::restore(replica(A, 2, 3), LogRecord::default()).unwrap(),
        PaxosLog::restore(replica(NodeId(2), 1, 3), LogRecord::default()).unwrap(),
    ];
    assert_all_differ(&states, state_digest);
}

#[test]
fn two_records_that_differ_in_one_part_have_two_digests() {
    let (x, y) = (entry(B, 1, 1, "x"), entry(B, 1, 1, "y"));
    let records = [
        LogRecord::default(),
        LogRecord { promised: ballot(1, B), ..LogRecord::default() },
        accepted(LogRecord::default(), ballot(1, B), &x),
        accepted(LogRecord::default(), ballot(1, B), &y),
        accepted(LogRecord::default(), ballot(2, B), &x),
        chosen(1, ballot(1, B), &x),
        chosen(1, ballot(1, B), &y),
        chosen(2, ballot(1, B), &x),
        accepted(chosen(1, ballot(1, B), &x), ballot(1, B), &y),
    ];
    assert_all_differ(&records, record_digest);
}

#[test]
fn a_frame_s_head_is_length_and_sum_in_little_endian_order() {
    assert_eq!(frame_head(0x0403_0201, 0x0807_0605), [1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(parse_frame_head([1, 2, 3, 4, 5, 6, 7, 8]), (0x0403_0201, 0x0807_0605));
}

quickcheck! {
    fn a_frame_s_head_says_what_was_put_in(length: u32, sum: u32) -> bool {
        parse_frame_head(frame_head(length, sum)) == (length, sum)
    }
}

/// The largest event is an image: a record and its durable twin, each with two entries at their limits.
#[test]
fn a_frame_has_room_for_four_entries_at_their_limits() {
    let recorded = size_of::<quorate_protocol::Recorded>();
    let entry = VALUE_BYTES_MAX + (WINDOW_MAX + BATCH_MAX) * recorded;
    assert!(u64::from(FRAME_BYTES_MAX) > 4 * entry as u64);
}
