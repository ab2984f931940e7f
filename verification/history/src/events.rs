//! Calls and returns, as other people's logs write them: each on a line of its own, in the order of time.

#![expect(clippy::indexing_slicing, reason = "places in the history are made here")]

use crate::{Asked, Key, Operation, Outcome, ParseErrorKind};
use std::collections::BTreeMap;

/// The operations of the lines so far. A line's number is its time.
#[derive(Debug, Default)]
pub(crate) struct Events {
    history: Vec<Operation>,
    /// By process: the place of its operation under way.
    under_way: BTreeMap<u64, usize>,
}

impl Events {
    /// A process calls.
    pub(crate) fn call(&mut self, time: u64, process: u64, key: &[u8], op: Asked) -> Result<(), ParseErrorKind> {
        if self.under_way.insert(process, self.history.len()).is_some() {
            return Err(ParseErrorKind::CalledTwice(process));
        }
        let (key, outcome): (Key, _) = (key.to_vec(), Outcome::Unknown);
        self.history.push(Operation { process, key, call: time, ret: None, op, outcome });
        Ok(())
    }

    /// A process is told; `outcome` says what, given what it asked.
    pub(crate) fn told(
        &mut self,
        time: u64,
        process: u64,
        outcome: impl FnOnce(&Operation) -> Result<Outcome, ParseErrorKind>,
    ) -> Result<(), ParseErrorKind> {
        let place = self.under_way.remove(&process).ok_or(ParseErrorKind::ToldUncalled(process))?;
        let operation = &mut self.history[place];
        operation.outcome = outcome(operation)?;
        operation.ret = Some(time);
        operation.validate().map_err(ParseErrorKind::Impossible)
    }

    /// All of them.
    pub(crate) fn into_history(self) -> Vec<Operation> {
        self.history
    }
}
