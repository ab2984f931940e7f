//! A model by its name, whatever it is made of.

use super::{Settings, Told};
use crate::check::find_abstract;
use crate::model::{Abstraction, Cluster, Scenario};
use crate::mutants::killer;
use crate::{rejoin, sessions};

/// Something to be done with a model of any kind.
pub trait Visitor {
    /// What comes of it.
    type Out;

    /// Does it; `bounds` are the model's, as the committed counts name them.
    fn visit<M: Told>(self, model: M, bounds: &str) -> Self::Out;
}

/// Builds the model of this name and hands it over.
///
/// # Errors
/// There is no such model, or it has no such bound; in a line.
pub fn visit<V: Visitor>(name: &str, settings: &Settings, visitor: V) -> Result<V::Out, String> {
    if let Some(mut model) = find_abstract(name) {
        settings.bounds.iter().try_for_each(|(bound, value)| model.set(bound, *value))?;
        return model.visit(visitor).map_err(|error| error.to_string());
    }
    visit_core(name, settings, visitor)
}

/// The same, of a model over the shipped core.
///
/// # Errors
/// As [`visit`]; or the model is abstract.
pub fn visit_core<V: Visitor>(name: &str, settings: &Settings, visitor: V) -> Result<V::Out, String> {
    if find_abstract(name).is_some() {
        return Err(format!("{name} is abstract: it has no nodes to look at"));
    }
    if let Some(mut scenario) = rejoin::find(name) {
        settings.bounds.iter().try_for_each(|(bound, value)| scenario.bounds.change(bound, *value))?;
        let bounds = scenario.bounds_line();
        let model = rejoin::Cluster::new(scenario).map_err(|error| error.to_string())?;
        return Ok(visitor.visit(model, &bounds));
    }
    if let Some(mut scenario) = sessions::find(name) {
        settings.bounds.iter().try_for_each(|(bound, value)| scenario.bounds.change(bound, *value))?;
        let bounds = scenario.bounds_line();
        let model = sessions::Cluster::new(scenario).map_err(|error| error.to_string())?;
        return Ok(visitor.visit(model, &bounds));
    }
    let scenario = scenario(name, settings)?;
    let bounds = scenario.bounds_line();
    let model = Cluster::new(scenario).map_err(|error| error.to_string())?;
    Ok(visitor.visit(model, &bounds))
}

/// The scenario of this name over the shipped core.
///
/// # Errors
/// There is none, or it has no such bound; in a line.
pub fn scenario(name: &str, settings: &Settings) -> Result<Scenario, String> {
    let mut scenario = killer(name).ok_or_else(|| format!("there is no model '{name}'"))?;
    scenario.reduced &= !settings.unreduced;
    scenario.salt = settings.salt;
    if settings.unrefined {
        scenario.refines = Abstraction::Nothing;
    }
    settings.bounds.iter().try_for_each(|(bound, value)| scenario.change(bound, *value))?;
    Ok(scenario)
}
