//! `Voting` refines `Consensus`: what the votes have chosen moves only as the chosen set may.

use crate::{AcceptorSet, ChosenSets, Consensus, Property, Value, ValueSet, Violation, Voting, VotingState};

/// What a step of a refining model is, seen from the model above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AbstractStep {
    /// Nothing.
    Stutter,
    /// This value became chosen.
    Chose(Value),
}

/// The refinement map: the values for which, in some ballot, a quorum has voted. Votes of different
/// ballots do not add up, even for the same value.
pub fn chosen(voting: &Voting, state: &VotingState) -> ValueSet {
    let all = voting.acceptors();
    let is_chosen = |v: &Value| {
        voting.ballots().any(|b| {
            let voters: AcceptorSet = all.iter().filter(|a| state.voted_for(*a, b, *v)).collect();
            voters.is_quorum(all)
        })
    };
    voting.values().filter(is_chosen).fold(ValueSet::EMPTY, |set, v| set.union(ValueSet::of(v)))
}

/// The step of [`Consensus`] that `from` -> `to` is, or that it is none.
///
/// # Errors
/// It is neither: a second value was chosen, or one was unchosen.
pub fn voting_step_refines_consensus(
    voting: &Voting,
    from: &VotingState,
    to: &VotingState,
) -> Result<AbstractStep, Violation> {
    let (before, after) = (chosen(voting, from), chosen(voting, to));
    let values = u8::try_from(voting.values().count()).unwrap_or(u8::MAX);
    let allowed = Consensus::new(1, values)
        .is_ok_and(|c| c.steps_or_stutters(&ChosenSets::single(before), &ChosenSets::single(after)));
    match after.iter().find(|v| !before.contains(*v)) {
        _ if !allowed => {
            Err(Violation::new(Property::Agreement, format!("not a step of Consensus: chosen {before:?} -> {after:?}")))
        }
        Some(value) => Ok(AbstractStep::Chose(value)),
        None => Ok(AbstractStep::Stutter),
    }
}
