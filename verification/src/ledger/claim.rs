//! One claim.

use crate::model::Scenario;
use quorate_spec::Property;

/// Something that Quorate says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Claim {
    /// In a few words.
    pub title: &'static str,
    /// In a sentence or two, with what it does not say.
    pub says: &'static str,
    /// The properties it comes down to.
    pub properties: &'static [Property],
    /// Models besides those that check its properties, by name or by the beginning of their names.
    pub models: &'static [&'static str],
    /// Layers of the kill table that stand behind it, besides the variants caught by its properties.
    pub layers: &'static [&'static str],
    /// Tests that stand behind it.
    pub tests: &'static [Test],
}

/// A test: the file, from the top of the tree, and the function.
pub type Test = (&'static str, &'static str);

impl Claim {
    /// Whether a model over the shipped core checks one of its properties.
    pub fn is_checked_by(&self, scenario: &Scenario) -> bool {
        self.properties.iter().any(|property| checks(scenario, *property)) || self.names(scenario.name)
    }

    /// Whether it names this model.
    pub fn names(&self, model: &str) -> bool {
        self.models.iter().any(|name| model == *name || name.strip_suffix('*').is_some_and(|p| model.starts_with(p)))
    }
}

/// Which properties a model can break: all have logs and votes; some have readers, a retrying client, or
/// ask about progress.
pub(super) fn checks(scenario: &Scenario, property: Property) -> bool {
    use Property as P;
    match property {
        P::FreshReads | P::ReadsAreChosen => scenario.bounds.reads > 0,
        P::AtMostOnce | P::TrueOutcomes | P::Window | P::Versions | P::UnknownIsHonest => scenario.writer.is_some(),
        P::Progress => scenario.heals_within.is_some(),
        P::Incarnation | P::Linearizability | P::BoundedContention | P::Adoption | P::DurableBeforeTold => false,
        // The models of sessions are of another kind.
        P::NeverUnseen | P::Convergence => false,
        P::Agreement
        | P::Validity
        | P::OneEntryABallot
        | P::PromiseDurable
        | P::Order
        | P::Owner
        | P::LearnedIsChosen
        | P::Refinement => true,
    }
}
