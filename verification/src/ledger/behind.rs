//! What stands behind one property.

use super::claim::checks;
use super::{Kill, Kills, Test, claims};
use crate::check::{ListedModel, every_model};
use crate::model::catalogue;
use quorate_spec::Property;

/// What stands behind a property.
#[derive(Clone, Debug)]
pub struct Behind<'a> {
    /// The models over the shipped core that check it.
    pub models: Vec<ListedModel>,
    /// The wrong variants that it caught.
    pub variants: Vec<&'a Kill>,
    /// The tests of the claims that come down to it.
    pub tests: Vec<Test>,
}

/// What stands behind this property, by the ledger and the kill table.
pub fn behind(property: Property, kills: &Kills) -> Behind<'_> {
    let scenarios = catalogue();
    let is_checked = |name: &str| scenarios.iter().any(|scenario| scenario.name == name && checks(scenario, property));
    let models = every_model().into_iter().filter(|model| is_checked(model.name)).collect();
    let caught = |kill: &&Kill| kill.is_caught() && kill.property() == Some(property.number());
    let variants = kills.rows().iter().filter(caught).collect();
    let rests = claims().iter().filter(|claim| claim.properties.contains(&property));
    let tests = rests.flat_map(|claim| claim.tests.iter().copied()).collect();
    Behind { models, variants, tests }
}
