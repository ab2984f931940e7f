//! One whole run of a cluster, from chaos to rest.

use crate::scheduler::Scheduler;

/// Within so many events everything that waited is answered and nothing is sent any more. (The most that 40,000 runs
/// took was 400, at five voters.)
const EVENTS_TO_HEAL: usize = 2_000;

/// A run from a seed; the events of chaos shrink, the seed need not.
pub(crate) fn run(seed: u64, voters: u16, events: u16) -> Result<Scheduler, String> {
    let mut scheduler = Scheduler::new(seed, voters);
    for _ in 0..events {
        scheduler.chaos()?;
    }
    scheduler.heal(EVENTS_TO_HEAL)?;
    scheduler.deliver_late_attempts()?;
    scheduler.heal(EVENTS_TO_HEAL)?;
    scheduler.final_read(200)?;
    scheduler.what_was_told_is_true()?;
    Ok(scheduler)
}
