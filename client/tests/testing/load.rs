//! Clients under every fault: nothing acknowledged is lost, every call ends by its deadline, and the same seed gives the
//! same history.

use quorate_client::history::{Bound, Operation, Recorder, Recording, Request, check, check_versions};
use quorate_client::testing::Cluster;
use quorate_client::{Expect, history::Answer};
use quorate_driver::SplitMix64;
use std::time::Duration;
use tokio::time::{Instant, sleep};

const TIMEOUT: Duration = Duration::from_secs(2);
const CLIENTS: u64 = 6;
const FAULTS: u64 = 8;

/// Requests of all kinds on few keys until the faults are over.
async fn requests(mut recorder: Recorder, seed: u64, end: Instant) -> Recorder {
    let mut random = SplitMix64::new(seed);
    let mut known = Expect::Absent;
    while Instant::now() < end {
        let key = format!("k{}", random.below(3));
        let value = random.next_u64().to_string();
        let request = match random.below(6) {
            0 | 1 => Request::Get,
            2 => Request::Cas(known.clone(), value.into()),
            3 => Request::Delete,
            _ => Request::Put(value.into()),
        };
        let begun = Instant::now();
        let answer = recorder.make(key, request).await;
        assert!(begun.elapsed() <= TIMEOUT, "{:?}: {answer:?}", begun.elapsed());
        if let Ok(Answer::Read(Some(found))) = answer {
            known = Expect::Version(found.version);
        }
        sleep(Duration::from_millis(random.below(20))).await;
    }
    recorder
}

/// One fault after the other, of every kind; all is well at the end.
async fn faults(cluster: Cluster, seed: u64) {
    let mut random = SplitMix64::new(seed);
    for _ in 0..FAULTS {
        let node = u16::try_from(1 + random.below(3)).unwrap();
        let wait = Duration::from_millis(random.below(3000));
        match random.below(4) {
            0 => {
                cluster.kill(node).unwrap();
                sleep(wait).await;
                cluster.start_node(node).await.unwrap();
            }
            1 => {
                cluster.freeze(node).unwrap();
                sleep(wait).await;
                cluster.thaw(node).unwrap();
            }
            2 => {
                cluster.partition([[node]]).unwrap();
                sleep(wait).await;
                cluster.heal();
            }
            _ => {
                cluster.nodes().into_iter().for_each(|node| cluster.kill(node).unwrap());
                sleep(wait).await;
                for node in cluster.nodes() {
                    cluster.start_node(node).await.unwrap();
                }
            }
        }
    }
}

fn run(seed: u64) -> Vec<Operation> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let cluster = Cluster::builder().seed(seed).loss(0.02).start().await.unwrap();
        let end = Instant::now() + Duration::from_secs(16);
        let mut clients = Vec::new();
        for number in 0..CLIENTS {
            // Some are beside a node, others can reach everybody.
            let builder = match u16::try_from(number).unwrap() {
                node @ 1..=3 => cluster.client_builder_at(node).unwrap(),
                _ => cluster.client_builder(),
            };
            let client = builder.timeout(TIMEOUT).build().await.unwrap();
            clients.push(tokio::spawn(requests(cluster.record(client), seed ^ number, end)));
        }
        faults(cluster.clone(), seed).await;
        let mut recorders = Vec::new();
        for client in clients {
            recorders.push(client.await.unwrap());
        }
        // What is there at the end is part of the history.
        let mut last = cluster.recorder().await.unwrap();
        for key in ["k0", "k1", "k2"] {
            last.make(key, Request::Get).await.unwrap();
        }
        recorders.push(last);
        Recording::of(recorders).history
    })
}

#[test]
fn nothing_acknowledged_is_lost_and_every_call_ends_by_its_deadline() {
    let mut unknown = 0;
    for seed in 0..3 {
        let history = run(seed);
        assert!(history.len() > 200, "{} operations", history.len());
        unknown += history.iter().filter(|operation| operation.outcome == quorate_history::Outcome::Unknown).count();
        let report = check(&history, Bound::default()).unwrap();
        assert!(report.is_linearizable() && report.undecided() == 0, "seed {seed}: {report}");
        assert_eq!(check_versions(&history), Ok(()), "seed {seed}");
    }
    assert!(unknown > 10, "{unknown}: the faults were too mild to show anything");
}

#[test]
fn the_same_seed_gives_the_same_history_and_another_gives_another() {
    let (history, again) = (run(7), run(7));
    let differs = history.iter().zip(&again).find(|(one, other)| one != other);
    assert_eq!((differs, history.len()), (None, again.len()));
    assert!(history != run(8));
}
