//! GroupCommit: each accepted job is answered once, after its own batch's sync; a failed sync fails its batch and all
//! later jobs; no wake-up is lost; closing drains. The tests
//! are exhaustive, but for the one that says otherwise.
#![cfg(loom)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

mod explore;

use explore::exhaust;
use loom::future::block_on;
use loom::sync::Arc;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;
use quorate_handoff::{GroupCommit, SubmitError, Token, WaiterTable};
use std::cell::RefCell;

#[derive(Debug, PartialEq, Eq)]
struct DiskError;

/// What the writer did, in order.
#[derive(Debug)]
enum Step {
    Sync { jobs: Vec<u32>, ok: bool },
    Answer { job: u32, ok: bool },
}

struct Written {
    steps: Vec<Step>,
    result: Result<(), DiskError>,
}

/// A writer thread whose syncs succeed until the one numbered `failing` (from 0).
fn spawn_writer(
    queue: &Arc<GroupCommit<u32>>,
    max_batch: usize,
    failing: Option<usize>,
) -> thread::JoinHandle<Written> {
    let queue = Arc::clone(queue);
    thread::spawn(move || {
        let steps = RefCell::new(Vec::new());
        let mut syncs = 0;
        let commit = |jobs: &[u32]| {
            let ok = failing != Some(syncs);
            syncs += 1;
            steps.borrow_mut().push(Step::Sync { jobs: jobs.to_vec(), ok });
            if ok { Ok(()) } else { Err(DiskError) }
        };
        let answer = |job, outcome: Result<_, _>| {
            steps.borrow_mut().push(Step::Answer { job, ok: outcome.is_ok() });
        };
        let result = queue.run(max_batch, commit, answer);
        Written { steps: steps.into_inner(), result }
    })
}

fn submit_from_thread(queue: &Arc<GroupCommit<u32>>, job: u32) -> thread::JoinHandle<bool> {
    let queue = Arc::clone(queue);
    thread::spawn(move || queue.submit(job).is_ok())
}

/// The properties that hold of every run.
fn check(written: &Written, accepted: &[u32], max_batch: usize) {
    let mut synced = Vec::new();
    let mut answered = Vec::new();
    let mut failed = false;
    for step in &written.steps {
        match step {
            Step::Sync { jobs, ok } => {
                assert!(!failed, "no sync follows a failed one: {:?}", written.steps);
                assert!(!jobs.is_empty() && jobs.len() <= max_batch);
                failed = !ok;
                if *ok {
                    synced.extend(jobs.iter().copied());
                }
            }
            Step::Answer { job, ok } => {
                let durable = synced.contains(job);
                assert_eq!(*ok, durable, "an answer says what its sync did: {:?}", written.steps);
                assert!(durable || failed, "no answer before the sync: {:?}", written.steps);
                answered.push(*job);
            }
        }
    }
    assert_eq!(written.result, if failed { Err(DiskError) } else { Ok(()) });
    answered.sort_unstable();
    assert_eq!(answered, accepted, "each accepted job is answered once");
}

fn two_submitters(max_batch: usize) {
    loom::model(move || {
        let queue = Arc::new(GroupCommit::new(2));
        let writer = spawn_writer(&queue, max_batch, None);
        let other = submit_from_thread(&queue, 1);
        assert_eq!(queue.submit(2), Ok(()));
        assert!(other.join().unwrap());
        queue.close();
        check(&writer.join().unwrap(), &[1, 2], max_batch);
        assert!(!queue.has_failed());
    });
}

#[test]
fn two_submitters_and_batches_of_one() {
    two_submitters(1);
}

#[test]
fn two_submitters_and_batches_of_two() {
    two_submitters(2);
}

/// Three jobs of two submitters; the sync numbered `failing` fails.
fn failing_sync(max_batch: usize, failing: usize) {
    loom::model(move || {
        let queue = Arc::new(GroupCommit::new(3));
        let writer = spawn_writer(&queue, max_batch, Some(failing));
        let other = submit_from_thread(&queue, 1);
        let mut accepted = Vec::new();
        for job in [2, 3] {
            match queue.submit(job) {
                Ok(()) => accepted.push(job),
                Err(refused) => assert_eq!(refused, SubmitError::Failed(job)),
            }
        }
        if other.join().unwrap() {
            accepted.insert(0, 1);
        }
        queue.close();
        check(&writer.join().unwrap(), &accepted, max_batch);
        assert_eq!(queue.submit(4).is_err_and(|e| e == SubmitError::Failed(4)), queue.has_failed());
    });
}

#[test]
fn first_sync_fails() {
    failing_sync(1, 0);
}

#[test]
fn second_sync_fails() {
    failing_sync(1, 1);
}

#[test]
fn sync_of_a_batch_fails() {
    failing_sync(2, 0);
}

#[test]
fn submit_races_close() {
    loom::model(|| {
        let queue = Arc::new(GroupCommit::new(2));
        let writer = spawn_writer(&queue, 2, None);
        let other = submit_from_thread(&queue, 1);
        queue.close();
        assert_eq!(queue.submit(2), Err(SubmitError::Closed(2)));
        let accepted: &[u32] = if other.join().unwrap() { &[1] } else { &[] };
        check(&writer.join().unwrap(), accepted, 2);
    });
}

#[test]
fn full_queue_refuses_and_still_answers_the_rest() {
    loom::model(|| {
        let queue = Arc::new(GroupCommit::new(1));
        let writer = spawn_writer(&queue, 1, None);
        let mut accepted = Vec::new();
        for job in [1, 2] {
            match queue.submit(job) {
                Ok(()) => accepted.push(job),
                Err(refused) => assert_eq!(refused, SubmitError::Full(job)),
            }
        }
        queue.close();
        check(&writer.join().unwrap(), &accepted, 1);
    });
}

/// The whole way: a submitter that has its answer sees its own write durable, through memory that only the hand-over
/// orders (relaxed accesses).
fn submitters_see_their_writes_durable(submitters: usize, preemption_bound: Option<usize>) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = preemption_bound;
    model.check(move || {
        let durable = Arc::new([AtomicUsize::new(0), AtomicUsize::new(0)]);
        let queue = Arc::new(GroupCommit::<(usize, Token)>::new(2));
        let answers = WaiterTable::<bool>::new(2);
        let writer = {
            let (queue, answers, durable) = (Arc::clone(&queue), answers.clone(), Arc::clone(&durable));
            thread::spawn(move || {
                let commit = |jobs: &[(usize, Token)]| {
                    jobs.iter().for_each(|(place, _)| durable[*place].store(1, Ordering::Relaxed));
                    Ok::<(), DiskError>(())
                };
                queue.run(2, commit, |(_, token), outcome| {
                    answers.complete(token, outcome.is_ok());
                })
            })
        };
        let submitter = |place: usize| {
            let (queue, answers, durable) = (Arc::clone(&queue), answers.clone(), Arc::clone(&durable));
            move || {
                let (token, waiter) = answers.register().unwrap();
                queue.submit((place, token)).unwrap();
                assert_eq!(block_on(waiter), Some(true));
                assert_eq!(durable[place].load(Ordering::Relaxed), 1);
            }
        };
        let others: Vec<_> = (1..submitters).map(|place| thread::spawn(submitter(place))).collect();
        submitter(0)();
        others.into_iter().for_each(|other| other.join().unwrap());
        queue.close();
        assert_eq!(writer.join().unwrap(), Ok(()));
        assert!(answers.is_empty());
    });
}

#[test]
fn a_submitter_sees_its_write_durable() {
    submitters_see_their_writes_durable(1, None);
}

/// An exhaustive run takes more than ten minutes: at most three preemptions.
#[test]
fn two_submitters_see_their_writes_durable() {
    submitters_see_their_writes_durable(2, Some(3));
}

/// Three threads: the writer, a submitter of two jobs, and one that submits a job and closes. The writer commits twice
/// or so: as often as its batches need.
fn three_by_two(name: &str, max_batch: usize, failing: Option<usize>) {
    exhaust(name, move || {
        let queue = Arc::new(GroupCommit::new(3));
        let writer = spawn_writer(&queue, max_batch, failing);
        let other = {
            let queue = Arc::clone(&queue);
            thread::spawn(move || [1, 2].into_iter().filter(|job| queue.submit(*job).is_ok()).collect::<Vec<_>>())
        };
        let own = queue.submit(3).is_ok().then_some(3);
        queue.close();
        let mut accepted = other.join().unwrap();
        accepted.extend(own);
        check(&writer.join().unwrap(), &accepted, max_batch);
    });
}

#[test]
fn three_by_two_all_syncs_succeed() {
    three_by_two("group commit, batches of two", 2, None);
}

#[test]
fn three_by_two_the_second_sync_fails() {
    three_by_two("group commit, the second sync fails", 2, Some(1));
}
