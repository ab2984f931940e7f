//! Running a task without loom's `block_on`, whose reference counts and spurious wake-ups multiply the executions.

use loom::sync::{Condvar, Mutex};
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

/// Set by a wake-up, and waited for by the task's thread.
struct Flag {
    woken: Mutex<bool>,
    changed: Condvar,
}

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        *self.woken.lock().expect("no holder panics") = true;
        self.changed.notify_one();
    }
}

/// Polls once, and again after each wake-up and at no other time: a lost one is a deadlock.
pub(crate) fn block_on_wakes<F: Future>(future: F) -> F::Output {
    let flag = Arc::new(Flag { woken: Mutex::new(false), changed: Condvar::new() });
    let waker = Waker::from(Arc::clone(&flag));
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        let mut woken = flag.woken.lock().expect("no holder panics");
        while !*woken {
            woken = flag.changed.wait(woken).expect("no holder panics");
        }
        *woken = false;
    }
}
