//! A reader among voters that say anything.

use super::Source;
use super::build::{Build, Near};
use quorate_protocol::{
    Ballot, Config, NodeId, QuorumRead, ReadId, ReadReply, ReadResult, ReadStep, RequestId, Slot, Snapshot,
};

const EVENTS_MAX: usize = 200;

/// Feeds a read any replies. Whatever comes: what it returns rests on replies to this very read, as P13 asks for; it
/// asks voters only; and it keeps no more than a reply a voter.
pub(super) fn quorum_read(data: &[u8]) {
    let mut source = Source::new(data);
    let voters = source.pick(&[3_u16, 5, 1, 2, 4, 9]);
    let config = Config::new(1.into(), (1..=voters).map(NodeId)).expect("at most nine voters, no two alike");
    let id = ReadId { client: RequestId::new(7, 0).client, sequence: 1 };
    let preference = [NodeId(u16::from(source.below(12))), NodeId(u16::from(source.below(12)))];
    let (mut read, first) = QuorumRead::start(id, &config, &preference);
    let mut told: Vec<(NodeId, ReadReply)> = Vec::new();
    is_sound(&config, &told, &first);
    for _ in 0..EVENTS_MAX {
        if source.is_empty() {
            break;
        }
        let step = if source.chance(50) {
            read.on_timeout(&config)
        } else {
            let from = NodeId(u16::from(source.below(12)));
            let reply = reply(&mut source, id);
            if reply.id == id && config.is_voter(from) && can_be(&reply) {
                told.push((from, reply.clone()));
            }
            read.on_reply(&config, from, reply)
        };
        is_sound(&config, &told, &step);
        if matches!(step, ReadStep::Done(_)) {
            return;
        }
    }
}

fn reply(source: &mut Source<'_>, id: ReadId) -> ReadReply {
    let base = u64::from(source.below(4));
    let mut build = Build { source, near: Near { slot: base, ballot: Ballot::ZERO } };
    let chosen = build.slot();
    let ballot = build.ballot();
    let accepted = match build.source.below(8) {
        0..=5 => Slot(chosen.0.saturating_add(u64::from(!ballot.is_none()))),
        6 => chosen,
        _ => build.slot(),
    };
    let mut snapshot =
        || build.source.chance(160).then(|| Snapshot { value: Some(build.value()), version: Some(build.version()) });
    let (chosen_value, accepted_value) = (snapshot(), snapshot());
    let id = ReadId { sequence: id.sequence + u64::from(build.source.chance(20)), ..id };
    ReadReply { id, chosen, accepted, ballot, chosen_value, accepted_value }
}

/// What a voter's record allows.
fn can_be(reply: &ReadReply) -> bool {
    let vote = !reply.ballot.is_none();
    reply.chosen.0.checked_add(u64::from(vote)) == Some(reply.accepted.0)
}

fn is_sound(config: &Config, told: &[(NodeId, ReadReply)], step: &ReadStep) {
    match step {
        ReadStep::Wait => {}
        ReadStep::Ask { voters, full } => {
            let asked = voters.iter(config).count();
            assert!(asked > 0 && asked == voters.len() && full.without(*voters).is_empty(), "{step:?}");
        }
        ReadStep::Help { voter, slot } | ReadStep::Settle { voter, slot } => {
            assert!(config.is_voter(*voter) && told.iter().any(|(_, reply)| reply.accepted == *slot), "{step:?}");
        }
        ReadStep::Done(result) => is_fresh(config, told, result),
    }
}

/// The rule, counted a second time over everything that any voter ever said.
fn is_fresh(config: &Config, told: &[(NodeId, ReadReply)], result: &ReadResult) {
    let slot = result.slot;
    let who = |test: &dyn Fn(&ReadReply) -> bool| {
        let matching = config.voters().iter().filter(|voter| told.iter().any(|(from, r)| from == *voter && test(r)));
        2 * matching.count() > config.voters().len()
    };
    assert!(who(&|reply| reply.accepted <= slot), "P13: no majority has nothing above {slot:?}");
    let named = slot == Slot::ZERO || told.iter().any(|(_, reply)| reply.chosen == slot);
    let counted = |ballot: Ballot| !ballot.is_none() && who(&|r| r.accepted == slot && r.ballot == ballot);
    assert!(named || told.iter().any(|(_, reply)| counted(reply.ballot)), "P13: {slot:?} is not known chosen");
    let holds = |reply: &ReadReply| {
        let known = reply.chosen == slot && reply.chosen_value.as_ref() == Some(&result.snapshot);
        let voted = reply.accepted == slot && reply.accepted_value.as_ref() == Some(&result.snapshot);
        known || (voted && counted(reply.ballot))
    };
    let nothing = slot == Slot::ZERO && result.snapshot == Snapshot::default();
    assert!(nothing || told.iter().any(|(_, reply)| holds(reply)), "P13: nobody sent this value for {slot:?}");
}
