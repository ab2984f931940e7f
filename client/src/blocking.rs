//! The client for programs without async: the same operations, with the same options, each of which waits.
//!
//! Behind the feature `blocking`. A client brings a runtime of its own, on one thread in the background that
//! looks after its connections; calls run on the thread that makes them, any number of threads at a time. The
//! thread ends with the last clone of the client.
//!
//! An operation is built as in the asynchronous [`Client`](crate::Client) and ends with [`wait`](Call::wait):
//!
//! ```no_run
//! use quorate_client::{CasOutcome, Expect, blocking::Client};
//! use std::time::Duration;
//!
//! fn main() -> Result<(), quorate_client::Error> {
//!     let client = Client::connect("10.0.0.1:7401,10.0.0.2:7401,10.0.0.3:7401")?;
//!     let version = client.put("user:7", "Ada").timeout(Duration::from_millis(500)).wait()?;
//!     match client.cas("user:7", Expect::Version(version), "Grace").wait()? {
//!         CasOutcome::Applied(newer) => println!("now at version {newer}"),
//!         CasOutcome::Mismatch(found) => println!("somebody was faster: {found:?}"),
//!     }
//!     Ok(())
//! }
//! ```
//!
//! Recipes, and whatever else gives a future, run by [`Client::wait`]:
//!
//! ```no_run
//! # fn example(client: quorate_client::blocking::Client) -> Result<(), quorate_client::recipes::RecipeError> {
//! use quorate_client::recipes::Counter;
//!
//! let orders = Counter::new(client.inner(), "orders");
//! println!("order number {}", client.wait(orders.add(1))?);
//! # Ok(())
//! # }
//! ```
//!
//! **Not within async code.** A call that would block a runtime's thread ends at once with
//! [`Error::WithinRuntime`]. That includes `spawn_blocking`, where the asynchronous client is at hand:
//! `Handle::current().block_on(async { client.get("k").await })`.

use crate::{
    Batch, BatchAnswer, Cas, ClientBuilder, ClusterId, Delete, Error, Expect, Get, Increment, IntoBytes, NodeId,
    NodeReport, Put, RequestToken, Resolve, Stats, Update, Value,
    wire::{Inspection, NodeStatus},
};
use std::{
    future::{Future, IntoFuture},
    sync::Arc,
    time::Duration,
};
use tokio::{
    runtime::{Builder, Handle},
    sync::oneshot,
};

/// A client of one cluster, whose operations wait. Clones are cheap and share everything.
#[derive(Clone, Debug)]
pub struct Client {
    inner: crate::Client,
    background: Arc<Background>,
}

/// The thread that looks after the connections. It ends when this is dropped.
#[derive(Debug)]
struct Background {
    handle: Handle,
    _stop: oneshot::Sender<()>,
}

/// An operation that is not sent yet.
#[derive(Debug)]
#[must_use = "nothing is sent until `wait` is called"]
pub struct Call<'a, O> {
    client: &'a Client,
    operation: O,
}

/// An operation with a timeout.
pub trait Timed: sealed::Sealed {
    /// The longest it may take, instead of the client's own. A day at most.
    #[must_use]
    fn timeout(self, timeout: Duration) -> Self;
}

mod sealed {
    pub trait Sealed {}
}

impl Client {
    /// A client of the cluster that these seeds belong to: `host:port`, separated by commas.
    ///
    /// # Errors
    /// As [`Client::build`].
    pub fn connect(seeds: &str) -> Result<Self, Error> {
        Self::build(crate::Client::builder().seeds(seeds.split(',')))
    }

    /// A client with these options.
    ///
    /// # Errors
    /// As [`ClientBuilder::build`]; [`Error::WithinRuntime`]; [`Error::Thread`] if there is no thread for it.
    pub fn build(options: ClientBuilder) -> Result<Self, Error> {
        let background = Background::start()?;
        let inner = background.wait(options.build())?;
        Ok(Self { inner, background: Arc::new(background) })
    }

    /// The asynchronous client that this one runs: for recipes, and for operations to give to
    /// [`wait`](Self::wait).
    pub fn inner(&self) -> &crate::Client {
        &self.inner
    }

    /// Runs a future of this client to its end, on this thread.
    ///
    /// # Errors
    /// The future's own; [`Error::WithinRuntime`].
    pub fn wait<T, E: From<Error>>(&self, future: impl IntoFuture<Output = Result<T, E>>) -> Result<T, E> {
        self.background.wait(future.into_future())
    }

    /// As [`Client::get`](crate::Client::get).
    pub fn get(&self, key: impl IntoBytes) -> Call<'_, Get<'_>> {
        self.call(self.inner.get(key))
    }

    /// As [`Client::put`](crate::Client::put).
    pub fn put(&self, key: impl IntoBytes, value: impl IntoBytes) -> Call<'_, Put<'_>> {
        self.call(self.inner.put(key, value))
    }

    /// As [`Client::delete`](crate::Client::delete).
    pub fn delete(&self, key: impl IntoBytes) -> Call<'_, Delete<'_>> {
        self.call(self.inner.delete(key))
    }

    /// As [`Client::cas`](crate::Client::cas).
    pub fn cas(&self, key: impl IntoBytes, expect: Expect, new: impl IntoBytes) -> Call<'_, Cas<'_>> {
        self.call(self.inner.cas(key, expect, new))
    }

    /// As [`Client::delete_if`](crate::Client::delete_if).
    pub fn delete_if(&self, key: impl IntoBytes, expect: Expect) -> Call<'_, Cas<'_>> {
        self.call(self.inner.delete_if(key, expect))
    }

    /// As [`Client::increment`](crate::Client::increment).
    pub fn increment(&self, key: impl IntoBytes, by: i64) -> Call<'_, Increment<'_>> {
        self.call(self.inner.increment(key, by))
    }

    /// As [`Client::resolve`](crate::Client::resolve).
    pub fn resolve(&self, key: impl IntoBytes, token: RequestToken) -> Call<'_, Resolve<'_>> {
        self.call(self.inner.resolve(key, token))
    }

    /// As [`Client::update`](crate::Client::update).
    pub fn update<F, V>(&self, key: impl IntoBytes, change: F) -> Call<'_, Update<'_, F>>
    where
        F: FnMut(Option<&[u8]>) -> V + Send,
        V: Into<Value>,
    {
        self.call(self.inner.update(key, change))
    }

    /// As [`Client::batch`](crate::Client::batch), with the operations that `fill` puts into it.
    ///
    /// # Errors
    /// Those of the batch as a whole; see there.
    pub fn batch<'a>(
        &'a self,
        fill: impl FnOnce(Batch<'a>) -> Batch<'a>,
    ) -> Result<Vec<Result<BatchAnswer, Error>>, Error> {
        self.wait(fill(self.inner.batch()))
    }

    /// As [`Client::status`](crate::Client::status).
    ///
    /// # Errors
    /// See there.
    pub fn status(&self) -> Result<Vec<NodeReport<NodeStatus>>, Error> {
        self.wait(self.inner.status())
    }

    /// As [`Client::inspect`](crate::Client::inspect).
    ///
    /// # Errors
    /// See there.
    pub fn inspect(&self, key: impl IntoBytes) -> Result<Vec<NodeReport<Inspection>>, Error> {
        self.wait(self.inner.inspect(key))
    }

    /// As [`Client::stats`](crate::Client::stats).
    pub fn stats(&self) -> Stats {
        self.inner.stats()
    }

    /// As [`Client::cluster`](crate::Client::cluster).
    pub fn cluster(&self) -> ClusterId {
        self.inner.cluster()
    }

    /// As [`Client::replicas`](crate::Client::replicas).
    pub fn replicas(&self) -> Vec<(NodeId, String)> {
        self.inner.replicas()
    }

    fn call<O>(&self, operation: O) -> Call<'_, O> {
        Call { client: self, operation }
    }
}

impl<O> Call<'_, O> {
    /// Any option of the asynchronous operation: `call.with(|operation| operation.timeout(..))`.
    pub fn with(mut self, options: impl FnOnce(O) -> O) -> Self {
        self.operation = options(self.operation);
        self
    }

    /// The longest it may take, instead of the client's own. A day at most.
    pub fn timeout(self, timeout: Duration) -> Self
    where
        O: Timed,
    {
        self.with(|operation| operation.timeout(timeout))
    }

    /// Sends it, and waits for what it comes to.
    ///
    /// # Errors
    /// The operation's own; [`Error::WithinRuntime`], with nothing sent.
    pub fn wait<T>(self) -> Result<T, Error>
    where
        O: IntoFuture<Output = Result<T, Error>>,
    {
        self.client.wait(self.operation)
    }
}

macro_rules! timed {
    ($($operation:ident),*) => {$(
        impl sealed::Sealed for $operation<'_> {}
        impl Timed for $operation<'_> {
            fn timeout(self, timeout: Duration) -> Self {
                $operation::timeout(self, timeout)
            }
        }
    )*};
}

timed!(Get, Put, Delete, Cas, Increment, Resolve, Batch);

impl<F> sealed::Sealed for Update<'_, F> {}
impl<F> Timed for Update<'_, F> {
    fn timeout(self, timeout: Duration) -> Self {
        Update::timeout(self, timeout)
    }
}

impl Background {
    fn start() -> Result<Self, Error> {
        refuse_within_runtime()?;
        let failed = |error: std::io::Error| Error::Thread(Arc::from(error.to_string()));
        let runtime = Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let (handle, (stop, stopped)) = (runtime.handle().clone(), oneshot::channel());
        let run = move || {
            // It ends with an error when its sender is dropped: that is how it is told.
            let _ = runtime.block_on(stopped);
        };
        std::thread::Builder::new().name("quorate-client".to_owned()).spawn(run).map_err(failed)?;
        Ok(Self { handle, _stop: stop })
    }

    fn wait<T, E: From<Error>>(&self, future: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        refuse_within_runtime()?;
        self.handle.block_on(future)
    }
}

/// Blocking a runtime's thread would stop everything else that runs there.
fn refuse_within_runtime() -> Result<(), Error> {
    if Handle::try_current().is_ok() { Err(Error::WithinRuntime) } else { Ok(()) }
}
