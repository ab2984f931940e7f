//! What a sequence diagram is made of.

/// A sequence diagram. Rows are steps, from the top; row 0 is the beginning, before the first step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagram {
    /// The lanes, from the left.
    pub lanes: Vec<Lane>,
    /// What each step is, in a line; the first is row 1.
    pub rows: Vec<String>,
    /// Messages.
    pub arrows: Vec<Arrow>,
    /// What happened at a lane.
    pub marks: Vec<Mark>,
    /// Writes to a disk, from the step that issues one.
    pub writes: Vec<Write>,
}

/// A node or a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// What it is called.
    pub name: String,
    /// Whether it is a node; else it is a client.
    pub is_node: bool,
}

/// A message, from the step that sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrow {
    /// The sender's lane.
    pub from: usize,
    /// The receiver's lane.
    pub to: usize,
    /// The row of the step that sent it.
    pub sent: usize,
    /// What it says.
    pub text: String,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It arrived; a second arrival is an arrow of its own.
    Arrived(Arrival),
    /// It does not arrive in this run.
    Lost,
}

/// An arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// In which row.
    pub row: usize,
    /// Whether it had arrived before.
    pub again: bool,
    /// Whether its sender has crashed since it sent it.
    pub outlived: bool,
}

/// Something that happened at a lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// In which row.
    pub row: usize,
    /// At which lane.
    pub lane: usize,
    /// What it is.
    pub kind: MarkKind,
    /// In words.
    pub text: String,
}

/// What a mark is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkKind {
    /// What a node or a client does or knows now.
    Note,
    /// Something is on the disk now.
    Durable,
    /// A node stopped and started again, or lost its disk.
    Crash,
    /// The observer saw an entry chosen.
    Chosen,
    /// A client was answered.
    Answer,
}

/// A write to a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Write {
    /// The node's lane.
    pub lane: usize,
    /// The row of the step that issued it.
    pub from: usize,
    /// The row in which it was over; `None` while the run lasts.
    pub to: Option<usize>,
    /// Whether a crash took it.
    pub is_lost: bool,
}
