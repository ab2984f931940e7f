//! What a client takes from outside the process: connections and random numbers.

use crate::{
    Error,
    wire::{self, ConnectError, Connection, Hello},
};
use quorate_protocol::ClientId;
use std::time::Duration;

/// Where connections and random numbers come from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Environment {
    pub(crate) connector: Connector,
    pub(crate) random: Random,
}

/// How a connection to an address is opened.
#[derive(Clone, Debug, Default)]
pub(crate) enum Connector {
    /// Over TCP.
    #[default]
    Tcp,
    /// Within the process.
    #[cfg(feature = "testing")]
    Memory(crate::testing::Port),
}

/// Where random numbers come from.
#[derive(Clone, Debug, Default)]
pub(crate) enum Random {
    /// The operating system.
    #[default]
    Os,
    /// A seed, so that a run can be had again.
    #[cfg(feature = "testing")]
    Seeded(crate::testing::Seeded),
}

impl Connector {
    /// A connection on which both hellos were said.
    pub(crate) async fn connect(&self, address: &str, ours: &Hello) -> Result<Connection, ConnectError> {
        match self {
            Self::Tcp => wire::connect(address, ours).await,
            #[cfg(feature = "testing")]
            Self::Memory(port) => wire::connect_over(port.open(address), ours).await,
        }
    }
}

impl Random {
    /// A client's identity.
    ///
    /// # Errors
    /// [`Error::Randomness`]: two clients must never have the same one.
    pub(crate) fn client_id(&self) -> Result<ClientId, Error> {
        match self {
            Self::Os => {
                let mut random = [0; 16];
                getrandom::fill(&mut random).map_err(|_| Error::Randomness)?;
                Ok(ClientId(u128::from_ne_bytes(random)))
            }
            #[cfg(feature = "testing")]
            Self::Seeded(seeded) => {
                let (high, low) = (seeded.next_u64(), seeded.next_u64());
                Ok(ClientId(u128::from(high) << 64 | u128::from(low)))
            }
        }
    }

    /// A random duration between half of `around` and one and a half of it. Jitter decides nothing that
    /// must be hard to guess, so a failing generator costs only the jitter.
    pub(crate) fn jittered(&self, around: Duration) -> Duration {
        let random = match self {
            Self::Os => getrandom::u32().unwrap_or(u32::MAX / 2),
            #[cfg(feature = "testing")]
            Self::Seeded(seeded) => seeded.next_u32(),
        };
        around / 2 + around.mul_f64(f64::from(random) / f64::from(u32::MAX))
    }
}
