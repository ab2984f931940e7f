//! The loop of a read-modify-write, without its I/O: what to do next, given what the last step came to.
//!
//! The models of the recipes explore this very machine. What it is for: a change is decided on a value, sent
//! on the condition that the key still holds that value, and settled before anything else is tried. So a
//! change is applied at most once, however it ended, and never to a value that it was not decided on.

use crate::{Negative, RequestToken, Resolution};
use bytes::Bytes;
use quorate_protocol::{Expect, Version};

/// A change on its way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Change {
    /// Set or remove the value, if it is as expected.
    Cas {
        /// What it was decided on.
        expect: Expect,
        /// What to leave; `None` removes the value.
        new: Option<Bytes>,
    },
    /// Add to a number, whatever it is.
    Add(i64),
}

/// What was decided on a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Decision<T> {
    /// Send the change. The rest is for the caller, once it is applied.
    Send(Change, T),
    /// Change nothing.
    Keep(T),
}

/// What the one who runs the loop does next.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Step<T> {
    /// Look at the key, and decide.
    Decide,
    /// Send this, under an id of its own.
    Send(Change),
    /// Find out what became of what was sent.
    Resolve(RequestToken),
    /// It is over.
    Done(End<T>),
}

/// How a loop ends.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum End<T> {
    /// The change was applied, once.
    Applied {
        /// The version it left.
        version: Version,
        /// The sum, if it was an addition.
        counter: Option<i64>,
        /// What was decided along with it.
        with: T,
    },
    /// Nothing was to be changed.
    Kept(T),
    /// The store refused it for what the key holds; trying again would not help.
    Refused(Negative),
    /// As many changes as may be were sent, and none was applied.
    Exhausted,
    /// Nobody could tell what became of this one. It may have been applied, or may be yet.
    Unknown(RequestToken),
}

/// What a change that was sent came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Answer {
    /// It was applied.
    Applied {
        /// The version it left.
        version: Version,
        /// The sum, if it was an addition.
        counter: Option<i64>,
    },
    /// It was refused, and changed nothing.
    Refused(Negative),
    /// It surely was not applied, and will not be.
    NotApplied,
    /// Nobody knows.
    Unknown(RequestToken),
}

/// The loop's state.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Attempts<T> {
    sent: u32,
    max: u32,
    with: Option<T>,
}

impl<T> Attempts<T> {
    /// A loop that sends at most `max` changes. Its first step is [`Step::Decide`].
    pub(crate) fn new(max: u32) -> Self {
        Self { sent: 0, max, with: None }
    }

    /// How many changes were sent.
    pub(crate) fn sent(&self) -> u32 {
        self.sent
    }

    pub(crate) fn on_decision(&mut self, decision: Decision<T>) -> Step<T> {
        match decision {
            Decision::Keep(with) => Step::Done(End::Kept(with)),
            Decision::Send(..) if self.sent >= self.max => Step::Done(End::Exhausted),
            Decision::Send(change, with) => {
                self.sent += 1;
                self.with = Some(with);
                Step::Send(change)
            }
        }
    }

    pub(crate) fn on_answer(&mut self, answer: Answer) -> Step<T> {
        match answer {
            Answer::Applied { version, counter } => self.applied(version, counter),
            Answer::Refused(Negative::Mismatch(_)) | Answer::NotApplied => self.again(),
            Answer::Refused(negative) => Step::Done(End::Refused(negative)),
            Answer::Unknown(token) => Step::Resolve(token),
        }
    }

    /// What became of a change whose outcome was unknown. Only an answer that is final lets the loop go on.
    pub(crate) fn on_resolution(&mut self, token: RequestToken, resolution: Resolution) -> Step<T> {
        match resolution {
            Resolution::Applied { version, counter } => self.applied(version, counter),
            Resolution::Refused(negative) => self.on_answer(Answer::Refused(negative)),
            Resolution::NotApplied => self.again(),
            Resolution::Open | Resolution::Forgotten => Step::Done(End::Unknown(token)),
        }
    }

    fn applied(&mut self, version: Version, counter: Option<i64>) -> Step<T> {
        match self.with.take() {
            Some(with) => Step::Done(End::Applied { version, counter, with }),
            None => Step::Decide, // Nothing was sent, so nothing can have been applied.
        }
    }

    fn again(&mut self) -> Step<T> {
        self.with = None;
        if self.sent >= self.max { Step::Done(End::Exhausted) } else { Step::Decide }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quorate_protocol::{RequestId, Slot};

    const AT: Version = Version { slot: Slot(4), position: 1 };

    fn token() -> RequestToken {
        RequestToken::new(RequestId::new(1, 2), Slot(3))
    }

    fn add() -> Decision<&'static str> {
        Decision::Send(Change::Add(1), "one")
    }

    fn sent(max: u32) -> Attempts<&'static str> {
        let mut attempts = Attempts::new(max);
        assert_eq!(attempts.on_decision(add()), Step::Send(Change::Add(1)));
        attempts
    }

    #[test]
    fn an_unknown_outcome_is_resolved_before_anything_else() {
        let unknown = |attempts: &mut Attempts<_>| attempts.on_answer(Answer::Unknown(token()));
        assert_eq!(unknown(&mut sent(9)), Step::Resolve(token()));
        let applied = Resolution::Applied { version: AT, counter: Some(7) };
        let end = End::Applied { version: AT, counter: Some(7), with: "one" };
        assert_eq!(sent(9).on_resolution(token(), applied), Step::Done(end));
        assert_eq!(sent(9).on_resolution(token(), Resolution::NotApplied), Step::Decide);
        let mismatch = Resolution::Refused(Negative::Mismatch(Some(AT)));
        assert_eq!(sent(9).on_resolution(token(), mismatch), Step::Decide);
        for untold in [Resolution::Open, Resolution::Forgotten] {
            assert_eq!(sent(9).on_resolution(token(), untold), Step::Done(End::Unknown(token())));
        }
    }

    #[test]
    fn what_trying_again_would_not_help_is_refused() {
        for negative in [Negative::NotANumber, Negative::Overflow, Negative::Absent] {
            assert_eq!(sent(9).on_answer(Answer::Refused(negative)), Step::Done(End::Refused(negative)));
            let resolved = sent(9).on_resolution(token(), Resolution::Refused(negative));
            assert_eq!(resolved, Step::Done(End::Refused(negative)));
        }
    }

    #[test]
    fn changes_are_counted_and_bounded() {
        let mut attempts = sent(3);
        for _ in 0..2 {
            assert_eq!(attempts.on_answer(Answer::Refused(Negative::Mismatch(None))), Step::Decide);
            assert_eq!(attempts.on_decision(add()), Step::Send(Change::Add(1)));
        }
        assert_eq!(attempts.sent(), 3);
        assert_eq!(attempts.on_answer(Answer::NotApplied), Step::Done(End::Exhausted));
        assert_eq!(Attempts::new(0).on_decision(add()), Step::Done(End::Exhausted));
        assert_eq!(Attempts::new(0).on_decision(Decision::Keep("as it is")), Step::Done(End::Kept("as it is")));
    }
}
