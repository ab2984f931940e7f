//! The operations as futures with options: nothing is sent until one is awaited.

use super::{Failed, Read, Write};
use crate::{
    CasOutcome, Client, Consistency, DeleteOutcome, Error, IncrementOutcome, Negative, RequestToken, Resolution,
    Versioned,
    explain::Explained,
    inner::Inner,
    refresh,
    wire::kv::{check_key, check_operation},
};
use bytes::Bytes;
use futures::future::BoxFuture;
use quorate_protocol::{LogId, Need, NodeId, Operation, Outcome, Recorded, Slot, Version};
use std::{future::IntoFuture, time::Duration};
use tokio::{runtime::Handle, time::Instant};
use tracing::Instrument;

/// What every operation has.
#[derive(Debug)]
struct Call<'a> {
    client: &'a Client,
    log: LogId,
    timeout: Duration,
}

impl<'a> Call<'a> {
    fn new(client: &'a Client, key: Bytes) -> Self {
        Self { client, log: LogId::of_key(key), timeout: client.inner().timeout }
    }

    fn session(&self) -> &'a Inner {
        self.client.inner()
    }

    /// The operation's deadline, if it may run at all.
    fn begin(&self) -> Result<Instant, Error> {
        check_key(&self.log)?;
        Handle::try_current().map_err(|_| Error::NoRuntime)?;
        Ok(deadline(self.timeout))
    }

    async fn write(&self, operation: Operation) -> Result<Recorded, Error> {
        check_operation(&operation)?;
        let deadline = self.begin()?;
        let recorded =
            Write::run(self.session(), &self.log, operation, deadline).await.map_err(|failed| failed.error)?;
        self.wrote(&recorded);
        Ok(recorded)
    }

    fn wrote(&self, recorded: &Recorded) {
        if let Some(seen) = self.client.seen() {
            seen.wrote(&self.log, recorded);
        }
    }

    /// What a read at this level must give.
    fn need(&self, consistency: Consistency) -> Need {
        match (consistency, self.client.seen()) {
            (Consistency::Causal, Some(seen)) => seen.need(&self.log),
            (Consistency::Eventual, _) => Need::AtLeast(Slot::ZERO),
            (Consistency::Linearizable | Consistency::Causal, _) => Need::Fresh,
        }
    }

    /// What no such operation can have come to.
    fn nonsense(&self) -> Error {
        let preferred = crate::placement::preference(&self.log, self.session().config.voters().iter().copied());
        Error::Protocol(preferred.first().copied().unwrap_or(NodeId(u16::MAX)))
    }
}

/// A timeout that the clock cannot hold is as good as a day.
pub(crate) fn deadline(timeout: Duration) -> Instant {
    Instant::now() + timeout.min(Duration::from_secs(86_400))
}

macro_rules! operation {
    ($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty),* } -> $output:ty) => {
        $(#[$doc])*
        #[derive(Debug)]
        #[must_use = "nothing is sent until it is awaited"]
        pub struct $name<'a> {
            call: Call<'a>,
            $($field: $type,)*
        }

        impl<'a> $name<'a> {
            pub(crate) fn new(client: &'a Client, key: Bytes, $($field: $type),*) -> Self {
                Self { call: Call::new(client, key), $($field),* }
            }

            /// The longest it may take, instead of the client's own. A day at most.
            pub fn timeout(mut self, timeout: Duration) -> Self {
                self.call.timeout = timeout;
                self
            }

            /// The same operation, which says beside its result how it came to it.
            pub fn explained(self) -> Explained<Self> {
                Explained::new(self)
            }
        }

        impl<'a> IntoFuture for $name<'a> {
            type Output = Result<$output, Error>;
            type IntoFuture = BoxFuture<'a, Self::Output>;

            fn into_future(self) -> Self::IntoFuture {
                let span = tracing::info_span!(stringify!($name), key_bytes = self.call.log.key.len());
                Box::pin(self.run().instrument(span))
            }
        }
    };
}

operation! {
    /// A read, from [`Client::get`].
    Get { consistency: Consistency } -> Option<Versioned>
}
operation! {
    /// A write, from [`Client::put`].
    Put { value: Bytes } -> Version
}
operation! {
    /// A delete, from [`Client::delete`].
    Delete {} -> DeleteOutcome
}
operation! {
    /// A compare-and-set, from [`Client::cas`].
    Cas { expect: quorate_protocol::Expect, new: Option<Bytes> } -> CasOutcome
}
operation! {
    /// An increment, from [`Client::increment`].
    Increment { by: i64 } -> IncrementOutcome
}
operation! {
    /// A question for the outcome of a write, from [`Client::resolve`].
    Resolve { token: RequestToken } -> Resolution
}

impl Get<'_> {
    /// How much this read promises, instead of the client's or the session's own choice.
    pub fn consistency(mut self, consistency: Consistency) -> Self {
        self.consistency = consistency;
        self
    }

    async fn run(self) -> Result<Option<Versioned>, Error> {
        let deadline = self.call.begin()?;
        let (log, need) = (&self.call.log, self.call.need(self.consistency));
        let done = Read::run(self.call.session(), log, need, deadline).await?;
        if let Some(seen) = self.call.client.seen() {
            seen.read(log, done.result.slot);
        }
        if let Some((voter, reply)) = done.first.filter(|_| need != Need::Fresh) {
            refresh::begin(self.call.client.inner(), log, voter, reply);
        }
        let snapshot = done.result.snapshot;
        match (snapshot.value, snapshot.version) {
            (Some(value), Some(version)) => Ok(Some(Versioned { value, version })),
            (None, _) => Ok(None),
            (Some(_), None) => Err(self.call.nonsense()),
        }
    }
}

impl Put<'_> {
    async fn run(self) -> Result<Version, Error> {
        let recorded = self.call.write(Operation::Put(self.value)).await?;
        match recorded.outcome {
            Outcome::Written => Ok(recorded.version),
            _ => Err(self.call.nonsense()),
        }
    }
}

impl Delete<'_> {
    async fn run(self) -> Result<DeleteOutcome, Error> {
        let recorded = self.call.write(Operation::Delete).await?;
        match recorded.outcome {
            Outcome::Written => Ok(DeleteOutcome::Deleted(recorded.version)),
            Outcome::Absent => Ok(DeleteOutcome::Absent),
            _ => Err(self.call.nonsense()),
        }
    }
}

impl Cas<'_> {
    async fn run(self) -> Result<CasOutcome, Error> {
        let operation = Operation::CompareAndSet { expect: self.expect, new: self.new };
        let recorded = self.call.write(operation).await?;
        match recorded.outcome {
            Outcome::Written => Ok(CasOutcome::Applied(recorded.version)),
            Outcome::Mismatch(found) => Ok(CasOutcome::Mismatch(found)),
            _ => Err(self.call.nonsense()),
        }
    }
}

impl Increment<'_> {
    async fn run(self) -> Result<IncrementOutcome, Error> {
        let recorded = self.call.write(Operation::Increment(self.by)).await?;
        match recorded.outcome {
            Outcome::Counted(value) => Ok(IncrementOutcome::Applied { value, version: recorded.version }),
            Outcome::NotANumber => Ok(IncrementOutcome::NotANumber),
            Outcome::Overflow => Ok(IncrementOutcome::Overflow),
            _ => Err(self.call.nonsense()),
        }
    }
}

impl Resolve<'_> {
    async fn run(self) -> Result<Resolution, Error> {
        let deadline = self.call.begin()?;
        let (id, base) = (self.token.id(), Some(self.token.base()));
        let resumed = Write::resume(self.call.session(), &self.call.log, id, base, Operation::Cancel, deadline);
        match resumed.await {
            Ok(recorded) => {
                self.call.wrote(&recorded);
                Ok(resolution(recorded))
            }
            Err(Failed { forgotten: true, .. }) => Ok(Resolution::Forgotten),
            Err(Failed { error: Error::Unknown { .. }, .. }) => Ok(Resolution::Open),
            Err(Failed { error, .. }) => Err(error),
        }
    }
}

pub(crate) fn resolution(recorded: Recorded) -> Resolution {
    let version = recorded.version;
    match recorded.outcome {
        Outcome::Written => Resolution::Applied { version, counter: None },
        Outcome::Counted(value) => Resolution::Applied { version, counter: Some(value) },
        Outcome::Mismatch(found) => Resolution::Refused(Negative::Mismatch(found)),
        Outcome::Absent => Resolution::Refused(Negative::Absent),
        Outcome::NotANumber => Resolution::Refused(Negative::NotANumber),
        Outcome::Overflow => Resolution::Refused(Negative::Overflow),
        Outcome::Cancelled => Resolution::NotApplied,
    }
}
