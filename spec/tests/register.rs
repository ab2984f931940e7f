//! The register, operation by operation.

use quorate_spec::{Answer, Expect, Operation, Refusal, Register};

type Bytes = Vec<u8>;

fn bytes(text: &str) -> Bytes {
    text.as_bytes().to_vec()
}

fn cas(expect: Expect<Bytes, u64>, new: Option<&str>) -> Operation<Bytes, u64> {
    Operation::CompareAndSet { expect, new: new.map(bytes) }
}

#[test]
fn a_life_of_a_key() {
    let script: [(Operation<Bytes, u64>, Answer<Bytes, u64>); 19] = [
        (Operation::Get, Answer::Read(None, None)),
        (Operation::Delete, Answer::Refused(Refusal::Absent)),
        (cas(Expect::Version(1), Some("x")), Answer::Refused(Refusal::Mismatch)),
        (cas(Expect::Value(bytes("")), Some("x")), Answer::Refused(Refusal::Mismatch)),
        (cas(Expect::Absent, Some("a")), Answer::Done(5, None)),
        (cas(Expect::Absent, Some("b")), Answer::Refused(Refusal::Mismatch)),
        (Operation::Get, Answer::Read(Some(bytes("a")), Some(5))),
        (Operation::Increment(1), Answer::Refused(Refusal::NotANumber)),
        (cas(Expect::Version(5), Some("40")), Answer::Done(9, None)),
        (Operation::Increment(2), Answer::Done(10, Some(bytes("42")))),
        (cas(Expect::Value(bytes("42")), Some("42")), Answer::Done(11, None)),
        (cas(Expect::Version(10), Some("z")), Answer::Refused(Refusal::Mismatch)),
        (cas(Expect::Version(11), None), Answer::Done(13, None)),
        (Operation::Get, Answer::Read(None, Some(13))),
        (Operation::Increment(-1), Answer::Done(15, Some(bytes("-1")))),
        (Operation::Increment(i64::MIN), Answer::Refused(Refusal::Overflow)),
        (Operation::Delete, Answer::Done(17, None)),
        (cas(Expect::Version(17), None), Answer::Done(18, None)),
        (Operation::Put(bytes("end")), Answer::Done(19, None)),
    ];
    let mut register = Register::default();
    for (step, (operation, answer)) in (1..).zip(script) {
        let before = register.clone();
        assert_eq!(register.apply(&operation, step), answer, "step {step}");
        let wrote = matches!(answer, Answer::Done(..));
        assert_eq!(wrote, register.version != before.version, "only writes change the version, step {step}");
        assert!(wrote || register == before, "only writes change the value, step {step}");
    }
    assert_eq!(register, Register { value: Some(bytes("end")), version: Some(19) });
}
