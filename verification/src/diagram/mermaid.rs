//! A diagram in Mermaid's language. It has no slanted arrows, so one is drawn where it arrives, and says when it was
//! sent.

use super::{Arrival, Arrow, Diagram, Fate, Mark, MarkKind};
use core::fmt;

/// A diagram with its title, to be written as Mermaid.
#[derive(Clone, Copy, Debug)]
pub struct Mermaid<'a> {
    /// What is drawn.
    pub diagram: &'a Diagram,
    /// Its title.
    pub title: &'a str,
    /// What it ends with, a line each.
    pub ending: &'a [String],
}

impl fmt::Display for Mermaid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { diagram, title, ending } = self;
        writeln!(f, "---\ntitle: {:?}\n---\nsequenceDiagram", plain(title))?;
        for (at, lane) in diagram.lanes.iter().enumerate() {
            let kind = if lane.is_node { "participant" } else { "actor" };
            writeln!(f, "    {kind} L{at} as {}", plain(&lane.name))?;
        }
        for row in 0..=diagram.rows.len() {
            for arrow in diagram.arrows.iter().filter(|arrow| arrow.arrives_in(row)) {
                self.arrow(f, arrow)?;
            }
            for mark in diagram.marks.iter().filter(|mark| mark.row == row) {
                note(f, mark)?;
            }
            for arrow in diagram.arrows.iter().filter(|arrow| arrow.sent == row && arrow.fate == Fate::Lost) {
                let Arrow { from, to, text, .. } = arrow;
                writeln!(f, "    L{from}--xL{to}: {} (does not arrive)", plain(text))?;
            }
        }
        let last = diagram.lanes.len().saturating_sub(1);
        ending.iter().try_for_each(|line| writeln!(f, "    Note over L0,L{last}: {}", plain(line)))
    }
}

impl Mermaid<'_> {
    fn arrow(&self, f: &mut fmt::Formatter<'_>, arrow: &Arrow) -> fmt::Result {
        let Arrow { from, to, sent, text, fate } = arrow;
        let Fate::Arrived(Arrival { row, again, outlived }) = *fate else { return Ok(()) };
        let line = if again || outlived { "-->>" } else { "->>" };
        let mut when = String::new();
        if again {
            when.push_str("once more: ");
        }
        let mut since = String::new();
        if row != *sent {
            since = format!(" (sent in step {sent}{})", if outlived { ", before its sender crashed" } else { "" });
        }
        writeln!(f, "    L{from}{line}L{to}: {row}. {when}{}{since}", plain(text))
    }
}

impl Arrow {
    /// Whether it arrives in this row.
    pub(super) fn arrives_in(&self, row: usize) -> bool {
        matches!(self.fate, Fate::Arrived(arrival) if arrival.row == row)
    }
}

fn note(f: &mut fmt::Formatter<'_>, mark: &Mark) -> fmt::Result {
    let Mark { row, lane, kind, text } = mark;
    let before = match kind {
        MarkKind::Note | MarkKind::Crash | MarkKind::Answer => String::new(),
        MarkKind::Durable => "on disk: ".to_owned(),
        MarkKind::Chosen => "CHOSEN: ".to_owned(),
    };
    writeln!(f, "    Note over L{lane}: {row}. {before}{}", plain(text))
}

/// Text that Mermaid takes as it is: `;` would end a statement, `#` begin an entity, and angle brackets a tag. Its own
/// entities do not come out right in notes, so other signs stand for them.
fn plain(text: &str) -> String {
    let sign = |character| match character {
        ';' => ',',
        '<' => '(',
        '>' => ')',
        '"' => '\'',
        '#' => '+',
        _ if char::is_control(character) => ' ',
        _ => character,
    };
    text.chars().map(sign).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagram::{Lane, Scene};

    #[test]
    fn a_repeated_and_a_late_message_say_so_and_no_sign_of_the_language_is_left_in_a_text() {
        let node = |name: &str| Lane { name: name.to_owned(), is_node: true };
        let mut scene = Scene::new(vec![node("a"), node("b")]);
        scene.step("a sends".to_owned());
        scene.sends(1, (0, 1), "x; y #1 <z>".to_owned());
        scene.sends(2, (0, 1), "never".to_owned());
        scene.step("it arrives".to_owned());
        scene.arrives(1);
        scene.step("a crashes".to_owned());
        scene.mark(0, MarkKind::Crash, "crash".to_owned());
        scene.step("it arrives once more".to_owned());
        scene.arrives(1);
        let diagram = scene.finish();
        let text = Mermaid { diagram: &diagram, title: "t", ending: &[] }.to_string();
        assert!(text.contains("L0->>L1: 2. x, y +1 (z) (sent in step 1)\n"), "{text}");
        let again = "L0-->>L1: 4. once more: x, y +1 (z) (sent in step 1, before its sender crashed)\n";
        assert!(text.contains(again), "{text}");
        assert!(text.contains("L0--xL1: never (does not arrive)\n"), "{text}");
    }
}
