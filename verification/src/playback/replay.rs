//! A run from a file, played again on the model, and so on the shipped core: each step is looked for among those that
//! may happen, taken, and its outcome compared.

use super::{FileStep, Path, Told, TraceFile, broken_property};
use crate::shared::digest;

/// What of the things that may happen is named in an error.
const NAMED_MAX: usize = 4;

/// Where a run and a model part.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// The model begins elsewhere.
    #[error("the run begins in a state that model {model} of this build does not begin in")]
    Start {
        /// The model.
        model: String,
    },
    /// The model has other bounds.
    #[error("the run is of model {model} with the bounds '{file}'; here it has '{here}'")]
    Bounds {
        /// The model.
        model: String,
        /// Those of the file.
        file: String,
        /// Those of this build.
        here: String,
    },
    /// The action is none of this model's.
    #[error("step {step} ({says}) is no action of this model: {why}")]
    Unreadable {
        /// Its number.
        step: usize,
        /// What the file says of it.
        says: String,
        /// What is wrong with it.
        why: String,
    },
    /// It cannot happen there.
    #[error("step {step} ({says}) cannot happen there; what can: {can}")]
    Impossible {
        /// Its number.
        step: usize,
        /// What the file says of it.
        says: String,
        /// Some of what can.
        can: String,
    },
    /// It leads elsewhere.
    #[error("step {step} ({says}) leads to another state than when it was written: another build, or an edited file")]
    Elsewhere {
        /// Its number.
        step: usize,
        /// What the file says of it.
        says: String,
    },
    /// Another property breaks at the end, or none does.
    #[error("after step {step} the file says that {file} breaks; here {here}")]
    Ending {
        /// The last step's number.
        step: usize,
        /// The property of the file.
        file: String,
        /// What happens here.
        here: String,
    },
}

/// Plays a run again.
///
/// # Errors
/// The first place where file and model part.
pub fn replay<M: Told>(model: &M, bounds: &str, file: &TraceFile) -> Result<Path<M>, ReplayError> {
    if file.bounds != bounds {
        let (model, file, here) = (file.model.clone(), file.bounds.clone(), bounds.to_owned());
        return Err(ReplayError::Bounds { model, file, here });
    }
    let begins = model.init_states().into_iter().find(|state| digest(state) == file.start);
    let mut state = begins.ok_or_else(|| ReplayError::Start { model: file.model.clone() })?;
    let mut path = Vec::with_capacity(file.steps.len() + 1);
    for (number, step) in (1..).zip(&file.steps) {
        let action = find(model, &state, number, step)?;
        let after = model.next_state(&state, action.clone());
        let same = after.filter(|after| digest(after) == step.state);
        let says = step.says.clone();
        let after = same.ok_or(ReplayError::Elsewhere { step: number, says })?;
        path.push((std::mem::replace(&mut state, after), Some(action)));
    }
    compare_ending(model, &state, file)?;
    path.push((state, None));
    Ok(path)
}

/// The action of this state that a step names.
fn find<M: Told>(model: &M, state: &M::State, number: usize, step: &FileStep) -> Result<M::Action, ReplayError> {
    let says = step.says.clone();
    let wanted: M::Written = serde_json::from_value(step.action.clone()).map_err(|error| ReplayError::Unreadable {
        step: number,
        says: says.clone(),
        why: error.to_string(),
    })?;
    let mut actions = Vec::new();
    model.actions(state, &mut actions);
    if let Some(action) = actions.iter().find(|action| model.written(action) == wanted) {
        return Ok(action.clone());
    }
    let named = actions.iter().take(NAMED_MAX).map(|action| model.describe(Some(state), action));
    let mut can = named.collect::<Vec<_>>().join("; ");
    match actions.len() {
        0 => can.push_str("nothing"),
        all if all > NAMED_MAX => can.push_str(&format!("; and {} more", all - NAMED_MAX)),
        _ => {}
    }
    Err(ReplayError::Impossible { step: number, says, can })
}

fn compare_ending<M: Told>(model: &M, last: &M::State, file: &TraceFile) -> Result<(), ReplayError> {
    let Some(property) = &file.property else { return Ok(()) };
    let named = model.properties().into_iter().find(|known| known.name == property);
    if named.is_some_and(|known| !(known.condition)(model, last)) {
        return Ok(());
    }
    let here = match broken_property(model, last) {
        Some(other) => format!("it is {other}"),
        None => "everything holds".to_owned(),
    };
    Err(ReplayError::Ending { step: file.steps.len(), file: property.clone(), here })
}
