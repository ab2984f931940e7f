//! Abstract acceptors, and what a quorum of them is.

/// The most acceptors a model can have.
pub const MAX_ACCEPTORS: u8 = 5;

/// An abstract acceptor, `0..MAX_ACCEPTORS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Acceptor(pub u8);

/// A set of acceptors, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AcceptorSet(u8);

impl AcceptorSet {
    /// The first `count` acceptors.
    pub fn first(count: u8) -> Self {
        (0..count).map(Acceptor).collect()
    }

    /// Whether `acceptor` is in it.
    pub fn contains(self, acceptor: Acceptor) -> bool {
        acceptor.0 < MAX_ACCEPTORS && self.0 & (1 << acceptor.0) != 0
    }

    /// Its members, the smallest first.
    pub fn iter(self) -> impl Iterator<Item = Acceptor> {
        (0..MAX_ACCEPTORS).map(Acceptor).filter(move |a| self.contains(*a))
    }

    /// Every subset, itself and the empty one included.
    pub fn subsets(self) -> impl Iterator<Item = Self> {
        (0..=self.0).map(Self).filter(move |s| s.0 & !self.0 == 0)
    }

    /// Whether it is a quorum of `all`: a majority, so that any two quorums meet.
    ///
    /// This is the specification's own definition, and on purpose not the protocol's: if the protocol
    /// counted wrongly, a specification that counted with it would agree.
    pub fn is_quorum(self, all: Self) -> bool {
        self.0 & !all.0 == 0 && 2 * self.0.count_ones() > all.0.count_ones()
    }

    /// The smallest quorums of `all`. The others need not be asked: if each member of some quorum has a
    /// property, so has each member of a smallest one.
    pub fn quorums_of(all: Self) -> impl Iterator<Item = Self> {
        let bare = all.0.count_ones() / 2 + 1;
        all.subsets().filter(move |s| s.is_quorum(all) && s.0.count_ones() == bare)
    }
}

impl FromIterator<Acceptor> for AcceptorSet {
    fn from_iter<I: IntoIterator<Item = Acceptor>>(acceptors: I) -> Self {
        Self(acceptors.into_iter().fold(0, |bits, acceptor| {
            assert!(acceptor.0 < MAX_ACCEPTORS, "no such acceptor: {acceptor:?}");
            bits | 1 << acceptor.0
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_two_quorums_meet_and_no_smaller_set_is_one() {
        for count in 1..=MAX_ACCEPTORS {
            let all = AcceptorSet::first(count);
            for one in all.subsets() {
                let complement = AcceptorSet(all.0 & !one.0);
                assert!(!(one.is_quorum(all) && complement.is_quorum(all)));
                for other in all.subsets().filter(|s| s.is_quorum(all) && one.is_quorum(all)) {
                    assert_ne!(one.0 & other.0, 0, "{one:?} and {other:?} of {count}");
                }
            }
            assert!(AcceptorSet::quorums_of(all).all(|q| q.is_quorum(all)));
            assert!(AcceptorSet::quorums_of(all).next().is_some());
        }
        assert!(!AcceptorSet(0b1001).is_quorum(AcceptorSet::first(3)), "a stranger's vote counts nothing");
    }
}
