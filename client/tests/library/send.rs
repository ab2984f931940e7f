//! What can be sent to another thread, or spawned on a runtime of many. That this compiles is the test.

use crate::cluster::{Cluster, Mode};
use quorate_client::{
    Batch, Client, ClientBuilder, Error, Expect, Stats, Update,
    recipes::{Counter, Election, FencedLock, FencedValue, IdempotencyStore, LockGuard, RecipeError},
};
use std::future::IntoFuture;

fn shared<T: Send + Sync + Clone + 'static>() {}
fn sent<T: Send>(value: T) -> T {
    value
}

#[test]
fn clients_recipes_and_errors_are_shared() {
    shared::<Client>();
    shared::<quorate_client::blocking::Client>();
    shared::<ClientBuilder>();
    shared::<Error>();
    shared::<RecipeError>();
    shared::<Stats>();
    shared::<FencedLock>();
    shared::<FencedValue>();
    shared::<Election>();
    shared::<Counter>();
    shared::<IdempotencyStore>();
    fn guard<T: Send + Sync + 'static>() {}
    guard::<LockGuard>();
    guard::<Batch<'static>>();
    guard::<Update<'static, fn(Option<&[u8]>) -> Option<String>>>();
}

#[tokio::test]
async fn futures_are_sent() {
    let cluster = Cluster::start([Mode::Up; 3]);
    let client = sent(cluster.builder().build()).await.unwrap();
    drop(sent(client.get("k").into_future()));
    drop(sent(client.put("k", "v").into_future()));
    drop(sent(client.delete("k").into_future()));
    drop(sent(client.cas("k", Expect::Absent, "v").into_future()));
    drop(sent(client.increment("k", 1).into_future()));
    drop(sent(client.batch().get("k").into_future()));
    drop(sent(client.update("k", |_| Some("v")).into_future()));
    drop(sent(client.status()));
    drop(sent(client.inspect("k")));
    let lock = FencedLock::new(&client, "lock", "me").unwrap();
    drop(sent(lock.try_acquire()));
    drop(sent(Counter::new(&client, "n").add(1)));
    drop(sent(IdempotencyStore::new(&client, "work/").begin("1")));
    drop(sent(Election::new(&client, "leader", "me").unwrap().changed_within(None, std::time::Duration::ZERO)));
    // Nothing was awaited, so nothing was sent.
    assert_eq!(client.stats(), Stats::default());
}
