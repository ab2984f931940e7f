//! Identities, and what carries them.

use crate::support::*;
use quickcheck::quickcheck;
use quorate_protocol::{
    Config, ConfigEpoch, Incarnation, Input, LogId, LogRecord, Message, Namespace, NodeId, Operation, PaxosLog,
    Replica, Slot, WriteAttempt, evaluate,
};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

quickcheck! {
    /// The store walks logs in the order of their names, and no two of them share a place.
    fn the_order_of_the_store_is_the_order_of_the_logs(one: (u32, Vec<u8>), two: (u32, Vec<u8>)) -> bool {
        let log = |(namespace, key): (u32, Vec<u8>)| LogId { namespace: Namespace(namespace), key: key.into() };
        let (one, two) = (log(one), log(two));
        one.to_store_key().cmp(&two.to_store_key()) == one.cmp(&two)
    }

    fn keys_of_users_are_in_the_first_key_space(key: Vec<u8>) -> bool {
        let log = LogId::of_key(key.clone());
        log.namespace == Namespace(0) && log.key == key
    }

    fn a_number_becomes_that_very_identity(narrow: u32, wide: u64) -> bool {
        ConfigEpoch::from(narrow).0 == narrow && Incarnation::from(narrow).0 == narrow && Slot::from(wide).0 == wide
    }

    /// What an operation stores is at most what it is measured by, so a limit on the one is a limit on the other.
    fn no_operation_stores_more_than_it_is_measured_by(start: i64, by: i64, bytes: Vec<u8>) -> bool {
        let record = |operation: Operation| {
            let request = quorate_protocol::Request { operation, ..put(1, "") };
            chosen(1, ballot(1, A), &Arc::new(evaluate(&LogRecord::default(), [&request], owner(A)).entry.unwrap()))
        };
        let counter = record(Operation::put(start.to_string()));
        [Operation::Increment(by), Operation::put(bytes), Operation::Delete, Operation::Cancel].into_iter().all(|operation| {
            let measure = operation.value_bytes();
            let cancels = operation == Operation::Cancel;
            let request = quorate_protocol::Request { operation, ..put(2, "") };
            let entry = evaluate(&counter, [&request], owner(A)).entry.unwrap();
            let changed = entry.version != counter.chosen_entry().unwrap().version;
            !changed || !cancels && entry.value.map_or(0, |value| value.len()) <= measure
        })
    }
}

/// Messages of two epochs never mix: each carries that of its sender's configuration.
#[test]
fn messages_carry_the_epoch_of_their_configuration() {
    let config = Config::new(7.into(), [A, B, C]).unwrap();
    assert_eq!(config.epoch(), ConfigEpoch(7));
    let replica = Arc::new(Replica::new(A, Incarnation(1), config).unwrap());
    let mut log = PaxosLog::restore(replica, LogRecord::default()).unwrap();
    step(&mut log, Input::Propose(put(1, "x")));
    let sent = sync(&mut log).send;
    assert!(!sent.is_empty() && sent.iter().all(|message| message.epoch == ConfigEpoch(7)));
    let asked = Message { epoch: 7.into(), ..prepare(B, 1, ballot(3, B)) };
    assert_eq!(log.admit(&asked), Ok(()));
    assert!(log.admit(&prepare(B, 1, ballot(3, B))).is_err());
}

/// P16: a later start of a node is another proposer, and says so in its ballots.
#[test]
fn a_restarted_node_draws_other_ballots() {
    let ballots = [1, 2].map(|incarnation| {
        let mut log = PaxosLog::restore(replica(A, incarnation, 3), LogRecord::default()).unwrap();
        assert_eq!(log.replica().me(), quorate_protocol::Owner { node: A, incarnation: Incarnation(incarnation) });
        step(&mut log, Input::Propose(put(1, "x")));
        log.record().promised
    });
    assert_ne!(ballots[0], ballots[1]);
    assert!(ballots.iter().all(|ballot| ballot.node == A && ballot.round == 1));
}

#[test]
fn an_operation_keeps_the_id_it_was_given() {
    let (write, _) = WriteAttempt::start(id(42), None, 2, Operation::put("x"), vec![NodeId(1)]);
    assert_eq!(write.id(), id(42));
}

/// The models tell states apart by their hashes: two replicas with nothing in memory are two states.
#[test]
fn logs_of_two_replicas_hash_apart() {
    let hash = |node, incarnation| {
        let log = PaxosLog::restore(replica(node, incarnation, 3), LogRecord::default()).unwrap();
        let mut hasher = DefaultHasher::new();
        log.hash(&mut hasher);
        hasher.finish()
    };
    assert_eq!(hash(A, 1), hash(A, 1));
    assert_ne!(hash(A, 1), hash(B, 1));
    assert_ne!(hash(A, 1), hash(A, 2));
}
