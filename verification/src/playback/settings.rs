//! A model's name does not say all of it: bounds may be changed, and rules left out.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a model is to differ from the one of its name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Bounds other than the model's own, by the names of their options.
    pub bounds: BTreeMap<String, u64>,
    /// Without the reductions of `docs/models.md`.
    pub unreduced: bool,
    /// Without P20.
    pub unrefined: bool,
    /// Mixed into every fingerprint.
    pub salt: u64,
}
