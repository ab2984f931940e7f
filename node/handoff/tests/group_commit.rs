//! GroupCommit with the primitives of `std`: batches, failure, panics, and a run with real threads.
#![cfg(not(loom))]

use quorate_handoff::{GroupCommit, SubmitError};
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

#[test]
fn waiting_jobs_share_a_commit_up_to_the_largest_batch() {
    let queue = GroupCommit::new(5);
    (0..5).for_each(|job| queue.submit(job).unwrap());
    assert_eq!(queue.submit(5), Err(SubmitError::Full(5)));
    assert_eq!(queue.len(), 5);
    queue.close();
    let mut batches = Vec::new();
    let mut answers = Vec::new();
    let commit = |jobs: &[i32]| {
        batches.push(jobs.to_vec());
        Ok::<(), ()>(())
    };
    assert_eq!(queue.run(2, commit, |job, outcome| answers.push((job, outcome.is_ok()))), Ok(()));
    assert_eq!(batches, [vec![0, 1], vec![2, 3], vec![4]]);
    assert_eq!(answers, (0..5).map(|job| (job, true)).collect::<Vec<_>>());
    assert_eq!(queue.submit(6), Err(SubmitError::Closed(6)));
}

#[test]
fn after_a_failed_commit_nothing_is_committed() {
    let queue = GroupCommit::new(8);
    (0..6).for_each(|job| queue.submit(job).unwrap());
    let commits = RefCell::new(0);
    let answers = RefCell::new(Vec::new());
    let commit = |_: &[i32]| {
        *commits.borrow_mut() += 1;
        if *commits.borrow() == 2 { Err("disk") } else { Ok(()) }
    };
    let result = queue.run(2, commit, |job, outcome| {
        // A job submitted while the failed ones are answered is refused, not lost.
        if outcome.is_err() {
            assert_eq!(queue.submit(9), Err(SubmitError::Failed(9)));
        }
        answers.borrow_mut().push((job, outcome.is_ok()));
    });
    assert_eq!(result, Err("disk"));
    assert_eq!(*commits.borrow(), 2);
    let expected: Vec<_> = (0..6).map(|job| (job, job < 2)).collect();
    assert_eq!(*answers.borrow(), expected);
    assert!(queue.has_failed());
    assert_eq!(queue.submit(7).unwrap_err().into_inner(), 7);
}

#[test]
fn a_writer_that_panics_leaves_no_job_waiting() {
    let queue = GroupCommit::new(4);
    let held = Arc::new(());
    (0..3).for_each(|_| queue.submit(Arc::clone(&held)).unwrap());
    let commit = |_: &[Arc<()>]| -> Result<(), ()> { panic!("a bug in the store") };
    let run = catch_unwind(AssertUnwindSafe(|| queue.run(1, commit, |_, _| ())));
    assert!(run.is_err());
    assert_eq!(Arc::strong_count(&held), 1, "every job was dropped");
    assert_eq!(queue.submit(held).map_err(|e| matches!(e, SubmitError::Failed(_))), Err(true));
}

#[test]
#[should_panic(expected = "one writer thread")]
fn a_second_writer_is_refused() {
    let queue = GroupCommit::<()>::new(1);
    queue.close();
    let run = || queue.run(1, |_| Ok::<(), ()>(()), |(), _| ());
    assert_eq!(run(), Ok(()));
    let _ = run();
}

#[test]
fn many_submitters_are_each_answered_after_their_own_commit() {
    const SUBMITTERS: usize = 4;
    const JOBS: usize = 1_000;
    let queue = Arc::new(GroupCommit::<(usize, usize, mpsc::Sender<usize>)>::new(SUBMITTERS));
    let durable: Arc<Vec<AtomicUsize>> = Arc::new((0..SUBMITTERS).map(|_| AtomicUsize::new(0)).collect());
    let writer = {
        let (queue, durable) = (Arc::clone(&queue), Arc::clone(&durable));
        thread::spawn(move || {
            let commit = |jobs: &[(usize, usize, mpsc::Sender<usize>)]| {
                for (submitter, number, _) in jobs {
                    durable[*submitter].store(*number, Ordering::Relaxed);
                }
                Ok::<(), ()>(())
            };
            queue.run(3, commit, |(_, number, reply), outcome| {
                assert!(outcome.is_ok());
                reply.send(number).unwrap();
            })
        })
    };
    let submitters: Vec<_> = (0..SUBMITTERS)
        .map(|submitter| {
            let (queue, durable) = (Arc::clone(&queue), Arc::clone(&durable));
            thread::spawn(move || {
                let (reply, answers) = mpsc::channel();
                for number in 1..=JOBS {
                    queue.submit((submitter, number, reply.clone())).unwrap();
                    assert_eq!(answers.recv(), Ok(number));
                    assert_eq!(durable[submitter].load(Ordering::Relaxed), number);
                }
                assert!(answers.try_recv().is_err(), "one answer a job");
            })
        })
        .collect();
    submitters.into_iter().for_each(|submitter| submitter.join().unwrap());
    queue.close();
    assert_eq!(writer.join().unwrap(), Ok(()));
}
