use quorate_node::driver::{DriverError, LoadError};
use quorate_node::store::StoreError;
use quorate_protocol::{ConfigError, RestoreError};

/// Why a witness did not come out on the driver as in its model.
#[derive(Debug, thiserror::Error)]
pub enum Mismatch {
    /// Something left the driver that the core does not give, or did not leave.
    #[error("step {step}: {what} of the driver: {driver}; of the core: {core}")]
    Differs {
        /// Which step, from 0.
        step: usize,
        /// What differs.
        what: &'static str,
        /// The driver's.
        driver: String,
        /// The core's.
        core: String,
    },
    /// The driver told the core something that the witness does not say.
    #[error("step {step}: the driver told the core of {told}, the witness says {said}")]
    Told {
        /// Which step, from 0.
        step: usize,
        /// What it told.
        told: String,
        /// What it was to tell.
        said: String,
    },
    /// The last step is none of the witness's class, so the witness shows something else.
    #[error("the class of the last step is {found}, of the witness {wanted}")]
    Class {
        /// As it came out.
        found: String,
        /// As the model has it.
        wanted: String,
    },
    /// The witness cannot be played.
    #[error("the witness makes no sense: {0}")]
    Witness(&'static str),
    /// The driver stopped.
    #[error(transparent)]
    Driver(#[from] DriverError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A record cannot be loaded.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The core refused a record.
    #[error(transparent)]
    Restore(#[from] RestoreError),
    /// The witness names no voter.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

/// `Ok` if both are equal.
pub(super) fn same<T: PartialEq + std::fmt::Debug>(
    step: usize,
    what: &'static str,
    driver: &T,
    core: &T,
) -> Result<(), Mismatch> {
    if driver == core {
        return Ok(());
    }
    Err(Mismatch::Differs { step, what, driver: format!("{driver:?}"), core: format!("{core:?}") })
}
