//! The list of wrong hand-overs: what each does, and the test that is tried first since it catches it soon.

/// A wrong variant of a structure of `node/handoff`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListedHandoff {
    /// Its name in `node/handoff/src/mutant.rs`.
    pub name: &'static str,
    /// Its number in the kill table of `docs/mutants.md`; `-` for one of our own.
    pub number: &'static str,
    /// The loom suite of its structure.
    pub suite: &'static str,
    /// What it does wrong.
    pub what: &'static str,
    /// The test that is tried first.
    pub test: &'static str,
}

const fn listed(
    name: &'static str,
    number: &'static str,
    suite: &'static str,
    test: &'static str,
    what: &'static str,
) -> ListedHandoff {
    ListedHandoff { name, number, suite, what, test }
}

/// All of them, structure by structure.
#[must_use]
pub fn handoff_list() -> Vec<ListedHandoff> {
    let lists = [mailbox(), group_commit(), waiter_table(), durable_cache(), shutdown()];
    lists.into_iter().flatten().collect()
}

fn mailbox() -> [ListedHandoff; 5] {
    let listed = |name, number, test, what| listed(name, number, "loom_mailbox", test, what);
    [
        listed(
            "TakeLosesWakeup",
            "34",
            "two_producers_and_a_thread_that_takes",
            "the consumer looks, lets go of the lock, then says that it sleeps",
        ),
        listed(
            "PushWakesFirst",
            "-",
            "two_producers_and_a_thread_that_takes",
            "the consumer is woken before the item is in",
        ),
        listed(
            "CheckThenPush",
            "-",
            "push_races_close",
            "capacity and closing are checked under another lock than the push",
        ),
        listed("CloseWakesNobody", "-", "close_ends_a_task_that_sleeps", "closing wakes nobody"),
        listed("KeepFirstWaker", "-", "a_dropped_take_costs_no_wake_up", "the waker of the first poll is kept"),
    ]
}

fn group_commit() -> [ListedHandoff; 5] {
    let listed = |name, number, test, what| listed(name, number, "loom_group_commit", test, what);
    [
        listed(
            "AnswerUpToTail",
            "33",
            "two_submitters_and_batches_of_one",
            "jobs that came during a sync are answered with it",
        ),
        listed(
            "FailedSyncIsSuccess",
            "-",
            "first_sync_fails",
            "the jobs of a failed sync are told that they are durable",
        ),
        listed("CommitAfterFailure", "-", "first_sync_fails", "a failed sync fails its own batch only"),
        listed("CloseBeforeFailed", "-", "first_sync_fails", "the queue is closed before the failure is noted"),
        listed("DrainBeforeClose", "-", "first_sync_fails", "after a failure the queue is drained, then closed"),
    ]
}

fn waiter_table() -> [ListedHandoff; 5] {
    let listed = |name, number, test, what| listed(name, number, "loom_waiter_table", test, what);
    [
        listed(
            "TokenIsPlace",
            "-",
            "late_completion_never_reaches_the_next_waiter",
            "a token is a free place, without a generation",
        ),
        listed(
            "CheckThenComplete",
            "-",
            "two_completions_race",
            "a completion looks under one lock and stores under the next",
        ),
        listed(
            "WakeBeforeResult",
            "-",
            "completion_wakes_the_waiter",
            "the waiter is woken before its result is there",
        ),
        listed(
            "PollLosesWakeup",
            "34",
            "completion_wakes_the_waiter",
            "the waiter looks, lets go of the lock, then leaves its waker",
        ),
        listed("CloseDropsResults", "-", "completion_races_close", "closing takes away results told to be delivered"),
    ]
}

fn durable_cache() -> [ListedHandoff; 5] {
    let listed = |name, number, test, what| listed(name, number, "loom_durable_cache", test, what);
    [
        listed(
            "PublishBeforeSync",
            "35",
            "one_version_is_never_ahead_of_its_sync",
            "the driver (of the test) publishes a record when it submits it",
        ),
        listed(
            "EvictLater",
            "-",
            "eviction_and_removal_race_a_reader",
            "what has to go leaves under a lock of its own",
        ),
        listed(
            "KeepOldAge",
            "-",
            "three_by_two_eviction",
            "a replaced record keeps its old age too, and goes as the oldest",
        ),
        listed(
            "DropInsideLock",
            "-",
            "what_was_replaced_is_dropped_outside_the_lock",
            "what was replaced is dropped inside the lock",
        ),
        listed(
            "RemoveThenInsert",
            "-",
            "a_record_is_not_missed_while_it_is_replaced",
            "the old record leaves under one lock, the new comes under the next",
        ),
    ]
}

fn shutdown() -> [ListedHandoff; 5] {
    let listed = |name, number, test, what| listed(name, number, "loom_shutdown", test, what);
    [
        listed(
            "WaitLosesWakeup",
            "34",
            "a_thread_sees_the_request",
            "a thread looks, lets go of the lock, then sleeps",
        ),
        listed("WakeBeforeChange", "-", "a_thread_sees_the_request", "everyone is woken before the state says why"),
        listed("NotifyOne", "-", "two_threads_see_the_request", "one thread is woken instead of all"),
        listed(
            "CheckThenJoin",
            "-",
            "a_thread_waits_for_a_participant",
            "a participant looks for the request under another lock than it joins",
        ),
        listed("DropSleepers", "-", "a_task_sees_the_request", "the request throws the wakers of sleeping tasks away"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The enum is of a package that this one must not depend on, so its source is read.
    #[test]
    fn the_list_is_that_of_the_package() {
        let source = include_str!("../../../../node/handoff/src/mutant.rs");
        let body = source.split_once("pub enum Mutant {").and_then(|(_, rest)| rest.split_once("\n}"));
        let body = body.map_or("", |(body, _)| body);
        let lines = body.lines().map(str::trim).filter(|line| !line.starts_with("//"));
        let names: Vec<&str> = lines.filter_map(|line| line.strip_suffix(',')).collect();
        assert_eq!(names, handoff_list().iter().map(|mutant| mutant.name).collect::<Vec<_>>());
    }
}
