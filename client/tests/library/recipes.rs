//! The recipes over a cluster: what they come to, and what becomes of a step whose answer is lost.

use crate::cluster::{Cluster, Mode};
use quorate_client::{
    Client, Error, Outcome, VALUE_BYTES_MAX,
    recipes::{
        Begin, Campaign, Claim, Claimed, Completion, Election, FencedLock, FencedValue, FencedWrite, Foreign, Holder,
        IdempotencyStore, Leadership, LockGuard, LockOutcome, NAME_BYTES_MAX, RESULT_BYTES_MAX, RecipeError, Standing,
    },
};
use std::{future::IntoFuture, time::Duration};

pub(crate) const UP: [Mode; 3] = [Mode::Up; 3];
pub(crate) const SHORT: Duration = Duration::from_millis(300);
/// Long enough for a change to be lost and made again, each within its share of the time.
pub(crate) const LONG: Duration = Duration::from_millis(1200);

/// Whatever a recipe does, it does not hang.
pub(crate) async fn bounded<T>(future: impl IntoFuture<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), future).await.expect("it ends by its own deadline")
}

fn lock(client: &Client, owner: &'static str) -> FencedLock {
    FencedLock::new(client, "lock", owner).unwrap()
}

fn mine(outcome: LockOutcome) -> LockGuard {
    match outcome {
        LockOutcome::Acquired(guard) => guard,
        LockOutcome::Held(holder) => panic!("{holder:?} has it"),
    }
}

fn theirs(outcome: LockOutcome) -> Holder {
    match outcome {
        LockOutcome::Held(holder) => holder,
        LockOutcome::Acquired(guard) => panic!("nobody had it: {guard:?}"),
    }
}

fn elected(campaign: Campaign) -> Leadership {
    match campaign {
        Campaign::Elected(leadership) => leadership,
        Campaign::Follows(leader) => panic!("{leader:?} leads"),
    }
}

fn started(begin: Begin) -> Claim {
    match begin {
        Begin::Started(claim) => claim,
        other => panic!("{other:?}"),
    }
}

fn in_progress(begin: Begin) -> Claimed {
    match begin {
        Begin::InProgress(claimed) => claimed,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_lock_goes_from_one_to_the_other() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    let (a, b) = (lock(&client, "a"), lock(&cluster.client().await, "b"));
    assert_eq!(b.holder().await.unwrap(), None);
    let first = mine(a.try_acquire().await.unwrap());
    let holder = theirs(b.try_acquire().await.unwrap());
    assert_eq!((holder.name(), holder.fence(), holder.beats()), (a.owner(), first.fence(), 0));
    assert_eq!(theirs(a.try_acquire().await.unwrap()), holder, "a name is no proof");
    assert_eq!(theirs(b.acquire_within(Duration::from_millis(1)).await.unwrap()), holder);
    assert_eq!(first.standing().await.unwrap(), Standing::Holds);

    assert_eq!(first.release().await.unwrap(), Standing::Holds);
    let second = mine(b.acquire_within(LONG).await.unwrap());
    assert!(second.fence() > first.fence());
    let now = b.holder().await.unwrap();
    assert_eq!(now.as_ref().unwrap().name(), "b");
    assert_eq!(first.release().await.unwrap(), Standing::Lost(now.clone()), "it is not a's to give back");
    assert_eq!(first.beat().await.unwrap(), Standing::Lost(now.clone()));
    assert_eq!(first.standing().await.unwrap(), Standing::Lost(now));
    assert_eq!(second.standing().await.unwrap(), Standing::Holds);

    // Not even deleting the key makes fences go back.
    client.delete("lock").await.unwrap();
    assert!(mine(a.try_acquire().await.unwrap()).fence() > second.fence());
}

#[tokio::test]
async fn only_the_holder_that_was_seen_is_taken_over_and_its_writes_are_refused() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    let (a, b, c) = (lock(&client, "a"), lock(&client, "b"), lock(&client, "c"));
    let value = FencedValue::new(&client, "value");
    assert_eq!(value.read().await.unwrap(), None);
    let slow = mine(a.try_acquire().await.unwrap());
    let seen = theirs(b.try_acquire().await.unwrap());
    assert_eq!(slow.beat().await.unwrap(), Standing::Holds);
    let alive = theirs(b.take_over(&seen).await.unwrap());
    assert_eq!((alive.fence(), alive.beats()), (slow.fence(), 1), "it has beaten since");
    assert_eq!(value.write(slow.fence(), "a's").await.unwrap(), FencedWrite::Written);

    let new = mine(b.take_over(&alive).await.unwrap());
    assert!(new.fence() > slow.fence());
    assert_eq!(theirs(c.take_over(&alive).await.unwrap()).name(), "b", "not the one that was called dead");
    assert_eq!(value.write(new.fence(), "b's").await.unwrap(), FencedWrite::Written);
    assert_eq!(value.write(new.fence(), "b's, too").await.unwrap(), FencedWrite::Written);
    assert_eq!(value.write(slow.fence(), "late").await.unwrap(), FencedWrite::Refused(new.fence()));
    assert_eq!(value.read().await.unwrap(), Some((new.fence(), "b's, too".into())));
    new.release().await.unwrap();
    assert!(mine(c.take_over(&alive).await.unwrap()).fence() > new.fence(), "free by now, so taken");
}

#[tokio::test]
async fn a_lock_survives_lost_answers() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    let a = lock(&client, "a").timeout(LONG);
    for mode in [Mode::MuteUntilResolved, Mode::SwallowUntilResolved] {
        cluster.set_modes([mode; 3]);
        let guard = mine(bounded(a.try_acquire()).await.unwrap());
        assert_eq!(a.holder().await.unwrap().unwrap().fence(), guard.fence());
        cluster.set_modes([mode; 3]);
        assert_eq!(bounded(guard.beat()).await.unwrap(), Standing::Holds);
        assert_eq!(a.holder().await.unwrap().unwrap().beats(), 1, "once");
        cluster.set_modes([mode; 3]);
        assert_eq!(bounded(guard.release()).await.unwrap(), Standing::Holds);
        cluster.perform_swallowed();
        assert_eq!(a.holder().await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_lock_that_was_acquired_unknowingly_is_taken_over_from_oneself() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    let a = lock(&client, "a").timeout(SHORT);
    cluster.set_modes([Mode::Mute; 3]);
    let error = bounded(a.try_acquire()).await.unwrap_err();
    assert!(matches!(error.outcome(), Outcome::Unknown(_)) && !error.is_retryable(), "{error}");
    cluster.set_modes(UP);
    let holder = theirs(bounded(a.try_acquire()).await.unwrap());
    assert_eq!(holder.name(), a.owner());
    assert!(mine(bounded(a.take_over(&holder)).await.unwrap()).fence() > holder.fence());
}

#[tokio::test]
async fn a_dropped_step_leaves_the_lock_usable() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    let a = lock(&client, "a");
    for wait in 0..30_u64 {
        let wait = Duration::from_micros(wait * 60);
        if let Ok(outcome) = tokio::time::timeout(wait, a.try_acquire()).await {
            let _ = tokio::time::timeout(wait, mine(outcome.unwrap()).release()).await;
        }
        // Whatever became of it, its owner gets the lock back by the rules.
        let guard = match bounded(a.try_acquire()).await.unwrap() {
            LockOutcome::Acquired(guard) => guard,
            LockOutcome::Held(holder) => mine(bounded(a.take_over(&holder)).await.unwrap()),
        };
        assert_eq!(bounded(guard.release()).await.unwrap(), Standing::Holds);
    }
}

#[tokio::test]
async fn a_leader_learns_that_it_was_deposed() {
    let cluster = Cluster::start(UP);
    let (ours, others) = (cluster.client().await, cluster.client().await);
    let a = Election::new(&ours, "leader", "a").unwrap();
    let b = Election::new(&others, "leader", "b").unwrap();
    assert_eq!(a.changed_within(None, Duration::ZERO).await.unwrap(), None);
    let first = elected(a.campaign().await.unwrap());
    let Campaign::Follows(leader) = b.campaign_within(Duration::from_millis(1)).await.unwrap() else {
        panic!("a leads")
    };
    assert_eq!((leader.name(), leader.fence()), (a.candidate(), first.term()));
    assert_eq!(b.changed_within(None, LONG).await.unwrap().as_ref(), Some(&leader));
    assert_eq!(b.changed_within(Some(first.term()), Duration::ZERO).await.unwrap().as_ref(), Some(&leader));

    let second = elected(b.depose(&leader).await.unwrap());
    assert!(second.term() > first.term());
    assert_eq!(a.changed_within(Some(first.term()), LONG).await.unwrap().unwrap().name(), "b");
    let Standing::Lost(Some(successor)) = first.beat().await.unwrap() else { panic!("b leads") };
    assert_eq!(successor.fence(), second.term());
    assert!(matches!(first.standing().await.unwrap(), Standing::Lost(Some(_))));
    assert!(matches!(first.resign().await.unwrap(), Standing::Lost(Some(_))), "b still leads");
    assert_eq!(second.standing().await.unwrap(), Standing::Holds);
    assert_eq!(second.resign().await.unwrap(), Standing::Holds);
    assert_eq!(second.resign().await.unwrap(), Standing::Lost(None), "twice is harmless");
    assert!(elected(a.campaign_within(LONG).await.unwrap()).term() > second.term());
}

#[tokio::test]
async fn work_is_done_once() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    let work = IdempotencyStore::new(&client, "work/");
    let claim = started(work.begin("1").await.unwrap());
    assert_eq!(claim.id(), "1");
    let seen = in_progress(work.begin("1").await.unwrap());
    assert_eq!(seen.fence(), claim.fence());
    assert_eq!((work.result("1").await.unwrap(), work.forget("1").await.unwrap()), (None, false));
    assert_eq!(work.complete(&claim, "done").await.unwrap(), Completion::Recorded);
    assert_eq!(work.complete(&claim, "done").await.unwrap(), Completion::Recorded, "twice is harmless");
    assert!(matches!(work.begin("1").await.unwrap(), Begin::AlreadyDone(result) if result == "done"));
    assert!(matches!(work.take_over("1", &seen).await.unwrap(), Begin::AlreadyDone(_)));
    assert_eq!(work.result("1").await.unwrap().unwrap(), "done");
    assert!(!work.give_up(&claim).await.unwrap(), "it is done");
    let _other = started(work.begin("2").await.unwrap());
    assert!(work.forget("1").await.unwrap() && work.forget("1").await.unwrap());
    let again = started(work.begin("1").await.unwrap());
    assert!(again.fence() > claim.fence());
    assert!(work.give_up(&again).await.unwrap());
    assert_eq!(work.complete(&again, "late").await.unwrap(), Completion::Superseded(None));
}

#[tokio::test]
async fn whoever_was_superseded_records_nothing() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    let work = IdempotencyStore::new(&client, "work/");
    let slow = started(work.begin("1").await.unwrap());
    let seen = in_progress(work.begin("1").await.unwrap());
    let new = started(work.take_over("1", &seen).await.unwrap());
    assert!(new.fence() > slow.fence());
    assert_eq!(in_progress(work.take_over("1", &seen).await.unwrap()).fence(), new.fence(), "too late for another");
    let superseded = work.complete(&slow, "slow").await.unwrap();
    assert!(matches!(superseded, Completion::Superseded(Some(by)) if by.fence() == new.fence()));
    assert!(!work.give_up(&slow).await.unwrap());
    assert_eq!(work.complete(&new, "new").await.unwrap(), Completion::Recorded);
    assert_eq!(work.complete(&slow, "slow").await.unwrap(), Completion::AlreadyDone("new".into()));
}

#[tokio::test]
async fn work_survives_lost_answers() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    let work = IdempotencyStore::new(&client, "work/").timeout(LONG);
    for (id, mode) in [("1", Mode::MuteUntilResolved), ("2", Mode::SwallowUntilResolved)] {
        cluster.set_modes([mode; 3]);
        let claim = started(bounded(work.begin(id)).await.unwrap());
        cluster.set_modes([mode; 3]);
        assert_eq!(bounded(work.complete(&claim, "done")).await.unwrap(), Completion::Recorded);
        cluster.perform_swallowed();
        assert_eq!(work.result(id).await.unwrap().unwrap(), "done");
    }
}

#[tokio::test]
async fn a_key_that_holds_something_else_is_left_as_it_is() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    client.put("k", "mine").await.unwrap();
    let foreign = |error: RecipeError| matches!(error, RecipeError::Foreign(Foreign::Kind));
    assert!(foreign(FencedLock::new(&client, "k", "a").unwrap().try_acquire().await.unwrap_err()));
    assert!(foreign(Election::new(&client, "k", "a").unwrap().leader().await.unwrap_err()));
    assert!(foreign(IdempotencyStore::new(&client, "").begin("k").await.unwrap_err()));
    let guard = mine(lock(&client, "a").try_acquire().await.unwrap());
    assert!(foreign(FencedValue::new(&client, "k").write(guard.fence(), "v").await.unwrap_err()));
    assert!(foreign(Election::new(&client, "lock", "a").unwrap().campaign().await.unwrap_err()), "a lock's key");
    assert_eq!(client.get("k").await.unwrap().unwrap().value, "mine");
}

#[tokio::test]
async fn bounds_hold_at_their_edges() {
    let cluster = Cluster::start(UP);
    let client = cluster.client().await;
    for name in [vec![], vec![b'n'; NAME_BYTES_MAX + 1]] {
        let bytes = name.len();
        let error = FencedLock::new(&client, "k", name).unwrap_err();
        assert!(matches!(error, RecipeError::NameLength { bytes: given } if given == bytes), "{error}");
    }
    let longest = FencedLock::new(&client, "k", vec![b'n'; NAME_BYTES_MAX]).unwrap();
    let guard = mine(longest.try_acquire().await.unwrap());
    assert_eq!(guard.beat().await.unwrap(), Standing::Holds);

    let work = IdempotencyStore::new(&client, "work/");
    let claim = started(work.begin("1").await.unwrap());
    let value = FencedValue::new(&client, "value");
    for error in [
        work.complete(&claim, vec![0; RESULT_BYTES_MAX + 1]).await.unwrap_err(),
        value.write(guard.fence(), vec![0; VALUE_BYTES_MAX]).await.unwrap_err(),
    ] {
        assert!(matches!(error, RecipeError::ResultLength { .. }) && !error.is_retryable(), "{error}");
    }
    assert_eq!(work.complete(&claim, vec![0; RESULT_BYTES_MAX]).await.unwrap(), Completion::Recorded);
    assert_eq!(value.write(guard.fence(), vec![0; RESULT_BYTES_MAX]).await.unwrap(), FencedWrite::Written);
    let error = work.begin(vec![0; 500]).await.unwrap_err();
    assert!(matches!(error, RecipeError::Client(Error::KeyLength { bytes: 505 })), "{error}");
}
