//! The predicates on recorded votes are those of `Voting`, wherever both apply.
#![allow(missing_docs)]

use quorate_spec::{
    Acceptor, Ballot, NO_BALLOT, Property, RecordedAcceptor, RecordedVotes, Spec, Value, Voting, VotingState,
};

const ACCEPTORS: u8 = 3;
const BALLOTS: Ballot = 3;

fn recorded(state: &VotingState) -> RecordedVotes<Ballot, u8> {
    let acceptor = |a| {
        let votes = (0..BALLOTS).flat_map(|b| state.votes(Acceptor(a), b).iter().map(move |v| (b, v.0)));
        let max_bal = Some(state.max_bal(Acceptor(a))).filter(|b| *b != NO_BALLOT);
        RecordedAcceptor { max_bal, votes: votes.collect(), complete: true }
    };
    RecordedVotes { acceptors: (0..ACCEPTORS).map(acceptor).collect(), joined: None }
}

/// Every state that Voting reaches is accepted.
#[test]
fn what_voting_reaches_is_explained() {
    let voting = Voting::new(ACCEPTORS, 2, 3).expect("within bounds");
    let mut seen = std::collections::HashSet::new();
    let mut open = voting.init();
    while let Some(state) = open.pop() {
        if seen.len() > 50_000 {
            break;
        }
        if seen.insert(state) {
            assert_eq!(recorded(&state).check(), Ok(()), "{state:?}");
            open.extend(voting.next(&state).into_iter().map(|(_, next)| next));
        }
    }
    assert!(seen.len() > 6_000, "{}", seen.len());
}

/// States drawn at random, most of them unreachable: whatever breaks `Voting`'s own invariants is refused.
#[test]
fn what_voting_refuses_is_refused() {
    let voting = Voting::new(ACCEPTORS, 2, 3).expect("within bounds");
    let (mut random, mut refused, mut accepted) = (7_u64, 0, 0);
    for _ in 0..200_000 {
        let mut state = VotingState::EMPTY;
        for a in (0..ACCEPTORS).map(Acceptor) {
            for b in 0..BALLOTS {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                match (random >> 33) % 4 {
                    0 => state = state.with_max_bal(a, b),
                    1 => state = state.with_max_bal(a, b).with_vote(a, b, Value((random >> 40 & 1) as u8)),
                    _ => {}
                }
            }
        }
        let verdict = recorded(&state).check();
        match voting.check_state(&state) {
            Ok(()) => accepted += u32::from(verdict.is_ok()),
            Err(violation) => {
                refused += 1;
                assert!(verdict.is_err(), "{violation}: {state:?}");
            }
        }
    }
    assert!(refused > 10_000 && accepted > 1_000, "{refused} refused, {accepted} accepted");
}

#[test]
fn each_rule_is_told_apart() {
    let voted = |max_bal, votes: &[(u8, char)]| RecordedAcceptor { max_bal, votes: votes.to_vec(), complete: true };
    let property = |acceptors: Vec<_>| {
        let votes = RecordedVotes { acceptors, joined: Some(0) };
        votes.check().err().map(|violation| violation.property)
    };
    let idle = || voted(None, &[]);
    assert_eq!(property(vec![voted(Some(0), &[(0, 'a')]), idle(), idle()]), None, "the owner's");
    assert_eq!(property(vec![voted(Some(1), &[(1, 'a')]), voted(Some(1), &[]), idle()]), None, "prepared");
    assert_eq!(property(vec![voted(Some(1), &[(1, 'a')]), idle(), idle()]), Some(Property::Agreement), "not prepared");
    let one = voted(Some(2), &[(0, 'a'), (2, 'b')]);
    assert_eq!(property(vec![one.clone(), voted(Some(2), &[]), idle()]), Some(Property::Agreement), "not adopted");
    let unheard = voted(Some(2), &[]);
    assert_eq!(property(vec![one.clone(), unheard.clone(), unheard]), None, "a quorum without that vote");
    let two = vec![voted(Some(0), &[(0, 'a')]), voted(Some(0), &[(0, 'b')]), idle()];
    assert_eq!(property(two), Some(Property::OneEntryABallot));
    let lost = RecordedAcceptor { complete: false, ..idle() };
    assert_eq!(property(vec![one, lost, idle()]), None, "the lost one may have promised, and voted for b");
}
