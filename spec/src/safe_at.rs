//! Why a vote is safe: the predicates of Lamport's module `Voting`, under his names.

use crate::{Acceptor, AcceptorSet, Ballot, NO_BALLOT, Value, VotingState};

/// `ShowsSafeAt(Q, b, v)`: the members of `quorum` are past every ballot below `ballot`, and the highest
/// vote any of them cast below it, if there is one, was for `value`. What a prepare establishes.
pub(crate) fn shows_safe_at(state: &VotingState, quorum: AcceptorSet, ballot: Ballot, value: Value) -> bool {
    if quorum.iter().any(|a| state.max_bal(a) < ballot) {
        return false;
    }
    let nobody_voted_at = |d: Ballot| quorum.iter().all(|a| state.did_not_vote_at(a, d));
    (NO_BALLOT..ballot).any(|c| {
        (c == NO_BALLOT || quorum.iter().any(|a| state.voted_for(a, c, value))) && (c + 1..ballot).all(nobody_voted_at)
    })
}

/// `CannotVoteAt(a, b)`: it has left `ballot` without a vote there.
fn cannot_vote_at(state: &VotingState, acceptor: Acceptor, ballot: Ballot) -> bool {
    state.max_bal(acceptor) > ballot && state.did_not_vote_at(acceptor, ballot)
}

/// `NoneOtherChoosableAt(b, v)`: nothing but `value` can be chosen in `ballot`, now or later.
fn none_other_choosable_at(state: &VotingState, all: AcceptorSet, ballot: Ballot, value: Value) -> bool {
    AcceptorSet::quorums_of(all)
        .any(|q| q.iter().all(|a| state.voted_for(a, ballot, value) || cannot_vote_at(state, a, ballot)))
}

/// `SafeAt(b, v)`: nothing but `value` is or can be chosen in any ballot below `ballot`.
pub(crate) fn safe_at(state: &VotingState, all: AcceptorSet, ballot: Ballot, value: Value) -> bool {
    (0..ballot).all(|c| none_other_choosable_at(state, all, c, value))
}
