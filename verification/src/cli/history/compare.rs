//! Our checker against stateright's tester.

use super::options::Options;
use crate::cli::Exit;
use crate::history::{Comparison, compare};
use std::time::Instant;

/// The first seed of each thread's share follows from the seed given.
pub(super) fn run(histories: u64, options: &Options) -> Exit {
    let start = Instant::now();
    let threads = options.threads as u64;
    let shares = (0..threads).map(|thread| {
        let share = histories / threads + u64::from(thread < histories % threads);
        (options.seed.wrapping_add(thread << 40), share)
    });
    let found: Vec<Comparison> = std::thread::scope(|scope| {
        let threads: Vec<_> = shares.map(|(seed, share)| scope.spawn(move || compare(seed, share))).collect();
        let join = |thread: std::thread::ScopedJoinHandle<'_, Comparison>| {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        threads.into_iter().map(join).collect()
    });
    let mut all = Comparison::default();
    found.into_iter().for_each(|part| all.add(part));
    print!("{all}");
    println!("in {:.1} s", start.elapsed().as_secs_f64());
    if all.disagreements.is_empty() { Exit::Ok } else { Exit::Violation }
}
