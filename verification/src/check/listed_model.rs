//! Every model by name, whatever it is made of.

use super::{Expected, abstract_models};
use crate::{model, rejoin, sessions};

/// A model as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedModel {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is there for, in a line.
    pub about: &'static str,
    /// Its bounds, all of them, as the committed counts name them.
    pub bounds: String,
    /// Whether the default set has it.
    pub is_default: bool,
    /// Whether it is one of `spec` or of the literature, and not over the shipped core.
    pub is_abstract: bool,
}

/// All of them, in the order in which they are checked: the abstract ones, those over the core, those of
/// coming back after a disk loss, those of sessions.
pub fn every_model() -> Vec<ListedModel> {
    let spec = abstract_models().map(|model| ListedModel {
        name: model.name,
        about: model.about,
        bounds: model.bounds_line(),
        is_default: model.is_default,
        is_abstract: true,
    });
    let core = model::catalogue().into_iter().map(|scenario| ListedModel {
        name: scenario.name,
        about: scenario.about,
        bounds: scenario.bounds_line(),
        is_default: scenario.is_default,
        is_abstract: false,
    });
    let rejoin = rejoin::catalogue().into_iter().map(|scenario| ListedModel {
        name: scenario.name,
        about: scenario.about,
        bounds: scenario.bounds_line(),
        is_default: scenario.is_default,
        is_abstract: false,
    });
    let sessions = sessions::catalogue().into_iter().map(|scenario| ListedModel {
        name: scenario.name,
        about: scenario.about,
        bounds: scenario.bounds_line(),
        is_default: scenario.is_default,
        is_abstract: false,
    });
    spec.chain(core).chain(rejoin).chain(sessions).collect()
}

impl ListedModel {
    /// The distinct states of its committed exhausted run, if there is one.
    pub fn states(&self, expected: &Expected) -> Option<u64> {
        expected.counts(self.name, &self.bounds).map(|(unique, _)| unique)
    }
}
