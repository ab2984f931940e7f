//! Where everything of a picture is, in pixels.

use super::Diagram;
use super::text::wrapped;

/// From one lane to the next.
const LANE: usize = 262;
/// The first lane.
const LEFT: usize = 74;
/// A line of text.
pub(super) const LINE: usize = 15;
/// A row in which nothing is written.
const ROW_MIN: usize = 32;
/// Characters of a mark's line: what fits between two lanes.
const MARK_MAX: usize = 33;
/// Lines of a mark; what is longer is cut.
const LINES_MAX: usize = 4;
/// The box with a lane's name.
pub(super) const HEAD: usize = 26;
/// A character of the title's face, and of the text's.
const TITLE_CHARACTER: usize = 10;
const CHARACTER: usize = 8;

/// Where the rows of a diagram are.
#[derive(Debug)]
pub(super) struct Layout {
    /// The top of each row, and at last the bottom of the last.
    tops: Vec<usize>,
    /// The top of the lanes' heads.
    pub(super) heads: usize,
    /// Whether anything arrives in each row.
    hears: Vec<bool>,
    /// The bottom of the last row, where the lower heads are.
    pub(super) foot: usize,
    /// All of it.
    pub(super) width: usize,
}

impl Layout {
    /// Of a diagram with so many lines above it; the longest line of title and text is given in characters.
    pub(super) fn new(diagram: &Diagram, lines: usize, title: usize, text: usize) -> Self {
        let heads = 44 + lines * 19;
        let mut at = heads + HEAD + 12;
        let mut tops = Vec::with_capacity(diagram.rows.len() + 2);
        for row in 0..=diagram.rows.len() {
            tops.push(at);
            at += height(diagram, row);
        }
        tops.push(at);
        let hears = (0..=diagram.rows.len()).map(|row| hears(diagram, row)).collect();
        let lanes = LEFT + diagram.lanes.len() * LANE;
        let width = lanes.max(title * TITLE_CHARACTER + 30).max(text * CHARACTER + 30);
        Self { tops, hears, heads, foot: at + 8, width }
    }

    /// The line of a lane.
    pub(super) fn x(&self, lane: usize) -> usize {
        LEFT + lane * LANE
    }

    fn top(&self, row: usize) -> usize {
        self.tops.get(row).or(self.tops.last()).copied().unwrap_or_default()
    }

    /// The ground of a row: its top and its height.
    pub(super) fn band(&self, row: usize) -> (usize, usize) {
        (self.top(row), self.top(row + 1).saturating_sub(self.top(row)))
    }

    /// Where what arrives in a row arrives.
    pub(super) fn arrives(&self, row: usize) -> usize {
        self.top(row) + 20
    }

    /// The first line of what is written in a row.
    pub(super) fn written(&self, row: usize) -> usize {
        self.top(row) + if self.hears.get(row) == Some(&true) { 36 } else { 24 }
    }

    /// Where what is sent in a row leaves.
    pub(super) fn leaves(&self, row: usize) -> usize {
        self.top(row + 1).saturating_sub(16)
    }
}

/// A row is as high as what is written at the lane with most to say.
fn height(diagram: &Diagram, row: usize) -> usize {
    let written = |lane: usize| -> usize {
        let marks = diagram.marks.iter().filter(|mark| mark.row == row && mark.lane == lane);
        marks.map(|mark| lines(&mark.text).len()).sum()
    };
    let most = (0..diagram.lanes.len()).map(written).max().unwrap_or(0);
    let sends = diagram.arrows.iter().any(|arrow| arrow.sent == row && !arrow.arrives_in(row));
    let quiet = most == 0 && row == 0;
    let head = if hears(diagram, row) { 30 } else { 18 };
    let below = if sends { 22 } else { 4 };
    if quiet && !sends { 0 } else { (head + most * LINE + below).max(ROW_MIN) }
}

/// Whether anything arrives in a row: what is written there begins below its arrow.
fn hears(diagram: &Diagram, row: usize) -> bool {
    diagram.arrows.iter().any(|arrow| arrow.arrives_in(row))
}

/// The lines of a mark.
pub(super) fn lines(text: &str) -> Vec<String> {
    wrapped(text, MARK_MAX, LINES_MAX)
}
