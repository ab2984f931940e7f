use crate::metrics::{Op, Outcome};
use bytes::Bytes;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The slow operations that are remembered; the oldest one makes room.
pub const SLOW_OPS_MAX: usize = 128;

/// The last operations that took long. What is not slow costs a comparison.
#[derive(Debug)]
pub(super) struct SlowOps {
    threshold_ms: AtomicU64,
    show_keys: AtomicBool,
    last: Mutex<VecDeque<SlowOp>>,
}

#[derive(Debug)]
struct SlowOp {
    op: Op,
    outcome: Outcome,
    began: Instant,
    took: Duration,
    key: Option<Bytes>,
}

impl SlowOps {
    pub(super) fn new(threshold: Duration, show_keys: bool) -> Self {
        let slow = Self { threshold_ms: AtomicU64::new(0), show_keys: AtomicBool::new(false), last: Mutex::default() };
        slow.set(threshold, show_keys);
        slow
    }

    /// From now on, operations that take at least `threshold` are remembered, with their key or without.
    pub(super) fn set(&self, threshold: Duration, show_keys: bool) {
        self.threshold_ms.store(u64::try_from(threshold.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
        self.show_keys.store(show_keys, Ordering::Relaxed);
    }

    /// Takes an operation into account that has just ended.
    pub(super) fn note(&self, op: Op, outcome: Outcome, began: Instant, key: Option<&Bytes>) -> Duration {
        let took = began.elapsed();
        if took >= self.threshold() {
            let key = key.filter(|_| self.shows_keys()).cloned();
            let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
            if last.len() >= SLOW_OPS_MAX {
                last.pop_front();
            }
            last.push_back(SlowOp { op, outcome, began, took, key });
        }
        took
    }

    /// Whether keys are remembered.
    pub(super) fn shows_keys(&self) -> bool {
        self.show_keys.load(Ordering::Relaxed)
    }

    fn threshold(&self) -> Duration {
        Duration::from_millis(self.threshold_ms.load(Ordering::Relaxed))
    }

    /// What is remembered, the newest first.
    pub(super) fn to_json(&self) -> String {
        let now = Instant::now();
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let slow: Vec<Value> = last.iter().rev().map(|op| op.to_json(now)).collect();
        drop(last);
        let threshold_ms = self.threshold_ms.load(Ordering::Relaxed);
        format!("{:#}\n", json!({ "schema": 1, "threshold_ms": threshold_ms, "slow": slow }))
    }
}

impl SlowOp {
    fn to_json(&self, now: Instant) -> Value {
        let mut shown = json!({
            "op": self.op.name(),
            "outcome": self.outcome.name(),
            "took_seconds": self.took.as_secs_f64(),
            "began_seconds_ago": now.saturating_duration_since(self.began).as_secs_f64(),
        });
        if let (Some(key), Some(shown)) = (&self.key, shown.as_object_mut()) {
            shown.insert("key".into(), String::from_utf8_lossy(key).into());
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(slow: &SlowOps) -> Vec<Value> {
        let page: Value = serde_json::from_str(&slow.to_json()).unwrap();
        page["slow"].as_array().unwrap().clone()
    }

    #[test]
    fn slow_ones_are_remembered_the_newest_first_and_without_keys() {
        let slow = SlowOps::new(Duration::from_secs(3600), false);
        let key = Bytes::from_static(b"tea\xff");
        slow.note(Op::Put, Outcome::Ok, Instant::now(), Some(&key));
        assert!(shown(&slow).is_empty());
        slow.set(Duration::ZERO, false);
        slow.note(Op::Put, Outcome::Ok, Instant::now(), Some(&key));
        slow.set(Duration::ZERO, true);
        slow.note(Op::Read, Outcome::Refused, Instant::now(), Some(&key));
        slow.note(Op::Status, Outcome::Ok, Instant::now(), None);
        let shown = shown(&slow);
        assert_eq!(shown.iter().map(|op| op["op"].as_str().unwrap()).collect::<Vec<_>>(), ["status", "read", "put"]);
        assert_eq!((&shown[1]["key"], &shown[1]["outcome"]), (&json!("tea\u{fffd}"), &json!("refused")));
        assert!(shown[2].get("key").is_none() && shown[0].get("key").is_none());
    }

    #[test]
    fn the_oldest_makes_room() {
        let slow = SlowOps::new(Duration::ZERO, false);
        slow.note(Op::Delete, Outcome::Ok, Instant::now(), None);
        for _ in 0..SLOW_OPS_MAX {
            slow.note(Op::Put, Outcome::Ok, Instant::now(), None);
        }
        let shown = shown(&slow);
        assert_eq!(shown.len(), SLOW_OPS_MAX);
        assert!(shown.iter().all(|op| op["op"] == "put"));
    }
}
