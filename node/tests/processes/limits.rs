//! The limits of keys and values, from the command line through client, wire, core and store, and back.

use crate::cluster::{Cluster, code};
use quorate_client::{CasOutcome, Client, Expect, KEY_BYTES_MAX, VALUE_BYTES_MAX};
use std::time::Duration;
use tokio::runtime::Builder;

#[test]
fn keys_and_values_at_their_limits() {
    let cluster = Cluster::start("limits");
    for length in [1, KEY_BYTES_MAX] {
        let key = "k".repeat(length);
        cluster.expect(0, &["put", &key, "v"]);
        assert_eq!(cluster.expect(0, &["get", &key]), "v");
    }
    for length in [0, KEY_BYTES_MAX + 1] {
        let key = "k".repeat(length);
        cluster.expect(5, &["put", &key, "v"]);
        cluster.expect(5, &["get", &key]);
        cluster.expect(5, &["key", "inspect", &key]);
    }
    for length in [0, VALUE_BYTES_MAX] {
        let value: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
        let put = cluster.run_with(&["put", "big", "-"], &value);
        assert_eq!(code(&put), 0, "{put:?}");
        let got = cluster.run(&["get", "big"]);
        assert_eq!(code(&got), 0);
        assert!(got.stdout == value, "{length} bytes came back as {}", got.stdout.len());
    }
    let (old, new) = (vec![b'a'; VALUE_BYTES_MAX], vec![b'b'; VALUE_BYTES_MAX]);
    assert_eq!(code(&cluster.run_with(&["put", "big", "-"], &old)), 0);
    let too_long = cluster.run_with(&["put", "big", "-"], &vec![b'c'; VALUE_BYTES_MAX + 1]);
    assert_eq!(code(&too_long), 5, "{too_long:?}");
    assert!(cluster.run(&["get", "big"]).stdout == old, "a refused put changes nothing");
    compare_and_set(&cluster, &old, &new);
    assert!(cluster.run(&["get", "big"]).stdout == new);
}

/// Both values of a compare-and-set at the limit, in one frame. Through the library: no command line holds as much.
fn compare_and_set(cluster: &Cluster, old: &[u8], new: &[u8]) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let client = Client::connect(&cluster.endpoints()).await.unwrap();
        let swap = || {
            let expect = Expect::Value(old.to_vec().into());
            client.cas("big", expect, new.to_vec()).timeout(Duration::from_secs(20))
        };
        let first = swap().await.unwrap();
        let CasOutcome::Applied(version) = first else { panic!("{first:?}") };
        let again = swap().await.unwrap();
        assert!(matches!(again, CasOutcome::Mismatch(found) if found == Some(version)), "{again:?}");
    });
}

#[test]
fn keys_and_values_are_any_bytes() {
    let cluster = Cluster::start("binary");
    let keys = ["00", "ff", "0000", "00ff0a0d", "2d2d68656c70", "ffffffffffffffff"];
    for (index, key) in keys.iter().enumerate() {
        cluster.expect(0, &["--hex", "put", key, &format!("00ff0a{index:02x}")]);
    }
    for (index, key) in keys.iter().enumerate() {
        assert_eq!(cluster.expect(0, &["--hex", "get", key]), format!("00ff0a{index:02x}"));
        cluster.expect(0, &["--hex", "key", "inspect", key]);
    }
    let got = cluster.run(&["--hex", "get", "000000"]);
    assert_eq!(code(&got), 1, "a longer key is another key");
}
