//! The two variables: every participant's row, and the messages.

use super::{MAX_PARTICIPANTS, Message, Row};

/// `state` and `msgs` of the TLA+ text.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TPaxosState {
    rows: [Row; MAX_PARTICIPANTS as usize],
    /// A set: sorted, and without repeats.
    messages: Box<[Message]>,
}

impl TPaxosState {
    /// `state[p]`; of a participant that no model has, the first row.
    pub fn row(&self, participant: u8) -> Row {
        self.rows.get(usize::from(participant)).copied().unwrap_or_default()
    }

    /// `msgs`, in an order that means nothing.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// Another row of `participant`, one message fewer, and some more.
    pub(super) fn with(&self, participant: u8, row: Row, fewer: Option<Message>, more: &[Message]) -> Self {
        let mut rows = self.rows;
        if let Some(slot) = rows.get_mut(usize::from(participant)) {
            *slot = row;
        }
        let mut messages = Vec::with_capacity(self.messages.len() + more.len());
        messages.extend(self.messages.iter().copied().filter(|m| Some(*m) != fewer));
        for message in more {
            if let Err(place) = messages.binary_search(message) {
                messages.insert(place, *message);
            }
        }
        Self { rows, messages: messages.into_boxed_slice() }
    }
}
