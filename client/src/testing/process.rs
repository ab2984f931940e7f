use futures::future::BoxFuture;
use quorate_driver::DriverError;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// One start of a node, as a process is to its operating system: it runs, is stopped as by SIGSTOP, goes on, is killed.
/// Killing drops all it has, at once and not when its task is next looked at.
#[derive(Clone)]
pub(super) struct Process(Arc<Mutex<Inside>>);

struct Inside {
    /// `None` once it has ended.
    node: Option<BoxFuture<'static, DriverError>>,
    frozen: bool,
    task: Option<Waker>,
    failure: Option<Arc<DriverError>>,
}

impl Process {
    pub(super) fn new(node: impl Future<Output = DriverError> + Send + 'static) -> Self {
        let node: BoxFuture<'static, DriverError> = Box::pin(node);
        Self(Arc::new(Mutex::new(Inside { node: Some(node), frozen: false, task: None, failure: None })))
    }

    pub(super) fn kill(&self) {
        let node = {
            let mut inside = self.inside();
            inside.task.take().into_iter().for_each(Waker::wake);
            inside.node.take()
        };
        // Not under the lock: it wakes whoever talks to it.
        drop(node);
    }

    pub(super) fn set_frozen(&self, frozen: bool) {
        let mut inside = self.inside();
        inside.frozen = frozen;
        inside.task.take().into_iter().for_each(Waker::wake);
    }

    pub(super) fn is_frozen(&self) -> bool {
        self.inside().frozen
    }

    /// Why it stopped by itself, if it did.
    pub(super) fn failure(&self) -> Option<Arc<DriverError>> {
        self.inside().failure.clone()
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The task: ends with the process.
impl Future for Process {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let inside = &mut *self.inside();
        inside.task = Some(cx.waker().clone());
        let Some(node) = &mut inside.node else {
            return Poll::Ready(());
        };
        if inside.frozen {
            return Poll::Pending;
        }
        let Poll::Ready(error) = node.as_mut().poll(cx) else {
            return Poll::Pending;
        };
        tracing::error!(%error, "a node of a cluster for tests stopped by itself");
        inside.failure = Some(Arc::new(error));
        inside.node = None;
        Poll::Ready(())
    }
}

impl std::fmt::Debug for Process {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Process").finish_non_exhaustive()
    }
}
