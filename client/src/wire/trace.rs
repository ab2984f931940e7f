//! Which trace a request belongs to.

use super::{KvRequest, kv::KvRequestV1};
use quorate_protocol::{ClientId, ReadId, RequestId};
use std::{
    hash::{BuildHasher, RandomState},
    sync::LazyLock,
};
use tarpc::context::Context;

/// Names the trace of an operation whose caller has none: nodes that were told to trace a share of all requests then
/// decide alike, and what they say of one operation belongs together.
///
/// A caller with a span of `tracing-opentelemetry` has a trace, and that one travels.
pub(crate) fn name(context: &mut Context, KvRequest::V1 { request, .. }: &KvRequest) {
    if !context.trace_context.trace_id.is_none() {
        return;
    }
    let named = match request {
        KvRequestV1::Write {
            request: quorate_protocol::Request { id: RequestId { client, sequence }, .. }, ..
        } => of(*client, *sequence, 1),
        KvRequestV1::Read { id: ReadId { client, sequence }, .. } => of(*client, *sequence, 0),
        _ => return,
    };
    context.trace_context.trace_id = named.into();
}

/// Drawn once: traces are shown to people who have no need to know a client's id, of which request ids are made.
static DRAWN: LazyLock<u128> = LazyLock::new(|| {
    let drawn = RandomState::new();
    u128::from(drawn.hash_one(0)) << 64 | u128::from(drawn.hash_one(1))
});

/// Spread over all bits: a share of the traces is taken by the lower ones.
fn of(ClientId(client): ClientId, sequence: u64, kind: u128) -> u128 {
    const ODD: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
    *DRAWN ^ client ^ (u128::from(sequence) << 1 | kind).wrapping_mul(ODD)
}

#[cfg(test)]
mod tests {
    use super::*;
    use quorate_protocol::{ConfigEpoch, LogId};
    use std::collections::BTreeSet;

    fn read(sequence: u64) -> KvRequest {
        let id = ReadId { client: ClientId(7), sequence };
        KvRequest::v1(ConfigEpoch(1), KvRequestV1::Read { log: LogId::of_key("k"), id, full: false })
    }

    fn named(request: &KvRequest) -> u128 {
        let mut context = Context::current();
        name(&mut context, request);
        context.trace_context.trace_id.into()
    }

    #[test]
    fn each_operation_has_one_and_callers_keep_theirs() {
        let names: BTreeSet<u128> = (0..1000).map(|sequence| named(&read(sequence))).collect();
        assert_eq!(names.len(), 1000);
        assert_eq!(named(&read(5)), named(&read(5)), "asked of two nodes, it is one operation");
        let mut low: Vec<u64> = names.iter().map(|name| u64::try_from(name & u128::from(u64::MAX)).unwrap()).collect();
        low.sort_unstable();
        assert!(low[250] > u64::MAX / 5 && low[750] < u64::MAX / 5 * 4, "a quarter of them is a quarter of the range");
        let mut own = Context::current();
        own.trace_context.trace_id = 9.into();
        name(&mut own, &read(1));
        assert_eq!(u128::from(own.trace_context.trace_id), 9);
        assert_eq!(named(&KvRequest::v1(ConfigEpoch(0), KvRequestV1::Status)), 0);
    }
}
