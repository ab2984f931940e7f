//! Parts of the rule that the checker leaves out, alone or together. They exist in builds with the feature
//! `mutants` alone; elsewhere nothing is ever left out.

/// A part of the rule for coming back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[cfg_attr(not(feature = "mutants"), allow(dead_code, unreachable_pub))]
pub enum RejoinPart {
    /// The next slot is fenced at the others.
    Fence,
    /// The answers to the fence are looked at for votes.
    FenceVotes,
    /// A slot found open is completed first.
    OpenSlots,
    /// The highest chosen entry among the others is held.
    HighestChosen,
    /// All others take part, not just enough for a majority.
    EveryVoter,
    /// Rows are read in or after the transaction that recorded the incarnation.
    RowsAfter,
    /// The others refuse proposals under ballots of the lost incarnation.
    OldProposals,
    /// So does the node itself.
    OwnProposals,
    /// The others discard promises of the lost incarnation.
    OldPromises,
    /// The others discard votes of the lost incarnation.
    OldVotes,
}

#[cfg(feature = "mutants")]
static LEFT_OUT: core::sync::atomic::AtomicU16 = core::sync::atomic::AtomicU16::new(0);

/// Leaves these parts out in this process, and no others. For the checker alone.
#[cfg(feature = "mutants")]
pub fn leave_out(parts: &[RejoinPart]) {
    let bits = parts.iter().fold(0, |bits, part| bits | part.bit());
    LEFT_OUT.store(bits, core::sync::atomic::Ordering::SeqCst);
}

#[cfg(feature = "mutants")]
impl RejoinPart {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Fence,
        Self::FenceVotes,
        Self::OpenSlots,
        Self::HighestChosen,
        Self::EveryVoter,
        Self::RowsAfter,
        Self::OldProposals,
        Self::OwnProposals,
        Self::OldPromises,
        Self::OldVotes,
    ];

    const fn bit(self) -> u16 {
        1 << self as u8
    }

    /// Whether this part is left out, for models that play the part of a driver.
    pub fn is_left_out(self) -> bool {
        LEFT_OUT.load(core::sync::atomic::Ordering::Relaxed) & self.bit() != 0
    }
}

#[cfg(not(feature = "mutants"))]
impl RejoinPart {
    pub(super) const fn is_left_out(self) -> bool {
        false
    }
}
