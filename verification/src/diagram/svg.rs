//! A diagram as an SVG image that needs nothing else, for light grounds and dark ones. A message is an arrow from the
//! step that sent it to the step in which it arrives, so what is late looks late.

use super::layout::{HEAD, LINE, Layout, lines};
use super::text::{cut, escaped, wrapped};
use super::{Arrival, Arrow, Diagram, Fate, Mark, MarkKind, Write};
use core::fmt;

/// Characters of an arrow's label; the whole is in its tooltip.
const LABEL_MAX: usize = 34;
/// Characters of the lines above and below the lanes.
const CAPTION_MAX: usize = 120;
/// Lines that one line below the title may take.
const ABOUT_MAX: usize = 4;

const LEGEND: &str = "solid: arrives; dashed: arrives once more, or after its sender crashed; \u{2715} does not arrive in \
                      this run; thick bar: a write under way";
/// Arrows that rise less than one in so many have their labels along them.
const FLAT: usize = 4;
const BALLOTS: &str = "a ballot is written round.node.incarnation";

/// A diagram with its title, to be written as SVG.
#[derive(Clone, Copy, Debug)]
pub struct Svg<'a> {
    /// What is drawn.
    pub diagram: &'a Diagram,
    /// Its title.
    pub title: &'a str,
    /// What is written below the title.
    pub about: &'a [String],
    /// What it ends with, a line each.
    pub ending: &'a [String],
}

/// The colours of light grounds, and of dark ones. All of it is under a class, since the image may be part of a page.
const STYLE: &str = "\
.seq text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#1c2430;paint-order:stroke;stroke:#fff;\
stroke-width:3px;stroke-linejoin:round}
.seq .ground{fill:#fff}.seq .band{fill:#f6f8fa}.seq .title{font-weight:600;font-size:15px}.seq .soft{fill:#5a6675}
.seq .lane{stroke:#c3cad3}.seq .head rect{fill:#dce9fb;stroke:#3b74c4}.seq .client rect{fill:#f1e9fb;stroke:#7b52b9}
.seq .head text,.seq .client text{font-weight:600;stroke:none}
.seq .arrow{stroke:#3b74c4;stroke-width:1.5;fill:none}.seq .late{stroke:#9a6700;stroke-dasharray:6 3}
.seq .lost{stroke:#c62828;stroke-width:1.5;fill:none}.seq .tip{fill:#3b74c4}.seq .latetip{fill:#9a6700}
.seq .write{fill:#9ec1f2}.seq .taken{fill:#f4b4b4}.seq .disk{fill:#3b74c4}
.seq .crash{fill:#c62828;font-weight:600}.seq .cross{stroke:#c62828;stroke-width:3;fill:none}
.seq .chosen,.seq .answer{fill:#1a7f37;font-weight:600}.seq .broken rect{fill:#fbdcdc;stroke:#c62828}
.seq .broken text{stroke:none}
@media (prefers-color-scheme:dark){.seq text{fill:#e4e9f0;stroke:#14181e}.seq .ground{fill:#14181e}
.seq .band{fill:#1a2028}.seq .soft{fill:#9aa6b5}.seq .lane{stroke:#3a434f}
.seq .head rect{fill:#1d3557;stroke:#6fa3ec}.seq .client rect{fill:#33254a;stroke:#b794f0}
.seq .arrow{stroke:#6fa3ec}.seq .late{stroke:#d29922}.seq .lost{stroke:#ff6b6b}.seq .tip{fill:#6fa3ec}
.seq .latetip{fill:#d29922}.seq .write{fill:#2d4f80}.seq .taken{fill:#7a2f33}.seq .disk{fill:#6fa3ec}
.seq .crash{fill:#ff6b6b}.seq .cross{stroke:#ff6b6b}.seq .chosen,.seq .answer{fill:#3fb950}
.seq .broken rect{fill:#561e22;stroke:#ff6b6b}}
";

impl fmt::Display for Svg<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { diagram, title, about, ending } = self;
        let about: Vec<String> = about.iter().flat_map(|line| wrapped(line, CAPTION_MAX, ABOUT_MAX)).collect();
        let longest = about.iter().chain(*ending).map(|line| line.chars().count().min(CAPTION_MAX)).max().unwrap_or(0);
        let title = cut(title, CAPTION_MAX);
        let layout = Layout::new(diagram, about.len(), title.chars().count(), longest.max(LEGEND.chars().count()));
        let (width, foot) = (layout.width, layout.foot);
        let below = if ending.is_empty() { 0 } else { ending.len() * 19 + 20 };
        let height = foot + HEAD + 14 + below + 44;
        writeln!(
            f,
            "<svg class=\"seq\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
             width=\"{width}\" height=\"{height}\" role=\"img\">"
        )?;
        writeln!(f, "<title>{}</title>\n<style>\n{STYLE}</style>\n<defs>", escaped(&title))?;
        for (id, class) in [("tip", "tip"), ("latetip", "latetip")] {
            writeln!(
                f,
                "<marker id=\"{id}\" markerWidth=\"9\" markerHeight=\"8\" refX=\"8\" refY=\"4\" orient=\"auto\" \
                 markerUnits=\"userSpaceOnUse\"><path class=\"{class}\" d=\"M0 0L9 4L0 8z\"/></marker>"
            )?;
        }
        writeln!(f, "</defs>\n<rect class=\"ground\" width=\"{width}\" height=\"{height}\"/>")?;
        writeln!(f, "<text class=\"title\" x=\"12\" y=\"26\">{}</text>", escaped(&title))?;
        for (y, line) in (46..).step_by(19).zip(&about) {
            writeln!(f, "<text class=\"soft\" x=\"12\" y=\"{y}\">{}</text>", escaped(line))?;
        }
        self.ground(f, &layout)?;
        diagram.writes.iter().try_for_each(|write| self.write(f, &layout, write))?;
        diagram.arrows.iter().try_for_each(|arrow| line(f, &layout, arrow))?;
        (0..=diagram.rows.len()).try_for_each(|row| self.marks(f, &layout, row))?;
        diagram.arrows.iter().try_for_each(|arrow| label(f, &layout, arrow))?;
        self.ending(f, foot + HEAD + 14, width)?;
        writeln!(f, "<text class=\"soft\" x=\"12\" y=\"{}\">{LEGEND}</text>", height - 28)?;
        writeln!(f, "<text class=\"soft\" x=\"12\" y=\"{}\">{BALLOTS}</text>\n</svg>", height - 10)
    }
}

impl Svg<'_> {
    /// Rows, their numbers, lanes and their names.
    fn ground(&self, f: &mut fmt::Formatter<'_>, layout: &Layout) -> fmt::Result {
        for (row, says) in (1..).zip(&self.diagram.rows) {
            let (y, height) = layout.band(row);
            let class = if row % 2 == 0 { "band" } else { "ground" };
            let (width, at) = (layout.width, layout.arrives(row) + 4);
            writeln!(f, "<g><title>{row}. {}</title>", escaped(says))?;
            writeln!(f, "<rect class=\"{class}\" x=\"0\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>")?;
            writeln!(f, "<text class=\"soft\" x=\"34\" y=\"{at}\" text-anchor=\"end\">{row}.</text></g>")?;
        }
        for (at, lane) in self.diagram.lanes.iter().enumerate() {
            let (x, top, foot) = (layout.x(at), layout.heads, layout.foot);
            writeln!(f, "<line class=\"lane\" x1=\"{x}\" x2=\"{x}\" y1=\"{}\" y2=\"{foot}\"/>", top + HEAD)?;
            let class = if lane.is_node { "head" } else { "client" };
            let width = lane.name.chars().count() * 8 + 20;
            let left = x.saturating_sub(width / 2);
            for y in [top, foot] {
                writeln!(
                    f,
                    "<g class=\"{class}\"><rect x=\"{left}\" y=\"{y}\" width=\"{width}\" height=\"{HEAD}\" rx=\"5\"/>\
                     <text x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{}</text></g>",
                    y + 17,
                    escaped(&lane.name)
                )?;
            }
        }
        Ok(())
    }

    /// A write under way: a bar beside the lane, to where the disk has it, or a crash took it.
    fn write(&self, f: &mut fmt::Formatter<'_>, layout: &Layout, write: &Write) -> fmt::Result {
        let Write { lane, from, to, is_lost } = *write;
        let (x, top) = (layout.x(lane), layout.leaves(from));
        let bottom = to.map_or(layout.foot, |row| layout.arrives(row));
        let class = if is_lost { "taken" } else { "write" };
        let (left, height) = (x - 3, bottom.saturating_sub(top));
        writeln!(f, "<rect class=\"{class}\" x=\"{left}\" y=\"{top}\" width=\"6\" height=\"{height}\"/>")
    }

    fn marks(&self, f: &mut fmt::Formatter<'_>, layout: &Layout, row: usize) -> fmt::Result {
        for lane in 0..self.diagram.lanes.len() {
            let mut y = layout.written(row);
            for mark in self.diagram.marks.iter().filter(|mark| mark.row == row && mark.lane == lane) {
                let crash_at = layout.arrives(row);
                symbol(f, (layout.x(lane), if mark.kind == MarkKind::Crash { crash_at } else { y }), mark)?;
                let indent = layout.x(lane) + 14;
                for line in lines(&mark.text) {
                    let class = class(mark.kind);
                    writeln!(f, "<text class=\"{class}\" x=\"{indent}\" y=\"{y}\">{}</text>", escaped(&line))?;
                    y += LINE;
                }
            }
        }
        Ok(())
    }

    fn ending(&self, f: &mut fmt::Formatter<'_>, top: usize, width: usize) -> fmt::Result {
        if self.ending.is_empty() {
            return Ok(());
        }
        let (height, width) = (self.ending.len() * 19 + 10, width.saturating_sub(24));
        writeln!(f, "<g class=\"broken\"><rect x=\"12\" y=\"{top}\" width=\"{width}\" height=\"{height}\" rx=\"5\"/>")?;
        for (y, line) in (top + 19..).step_by(19).zip(self.ending) {
            writeln!(f, "<text x=\"22\" y=\"{y}\">{}</text>", escaped(&cut(line, CAPTION_MAX)))?;
        }
        writeln!(f, "</g>")
    }
}

fn class(kind: MarkKind) -> &'static str {
    match kind {
        MarkKind::Note => "note",
        MarkKind::Durable => "soft",
        MarkKind::Crash => "crash",
        MarkKind::Chosen => "chosen",
        MarkKind::Answer => "answer",
    }
}

/// A disk where something became durable, a cross where a node stopped.
fn symbol(f: &mut fmt::Formatter<'_>, (x, y): (usize, usize), mark: &Mark) -> fmt::Result {
    match mark.kind {
        MarkKind::Durable => {
            let (left, top) = (x - 6, y.saturating_sub(8));
            let body = format!("M{left} {top}v7a6 2.5 0 0 0 12 0v-7a6 2.5 0 0 0 -12 0z");
            writeln!(f, "<path class=\"disk\" d=\"{body}\"><title>{}</title></path>", escaped(&mark.text))
        }
        MarkKind::Crash => {
            let (left, top) = (x - 7, y.saturating_sub(7));
            writeln!(f, "<path class=\"cross\" d=\"M{left} {top}l14 14m0 -14l-14 14\"/>")
        }
        MarkKind::Note | MarkKind::Chosen | MarkKind::Answer => Ok(()),
    }
}

/// The ends of an arrow.
fn ends(layout: &Layout, arrow: &Arrow, arrival: Arrival) -> ((usize, usize), (usize, usize)) {
    let at = layout.arrives(arrival.row);
    let leaves = if arrow.sent == arrival.row { at } else { layout.leaves(arrow.sent) };
    ((layout.x(arrow.from), leaves), (layout.x(arrow.to), at))
}

fn line(f: &mut fmt::Formatter<'_>, layout: &Layout, arrow: &Arrow) -> fmt::Result {
    let title = escaped(&arrow.text);
    match arrow.fate {
        Fate::Arrived(arrival) => {
            let late = arrival.again || arrival.outlived;
            let (class, tip) = if late { ("arrow late", "latetip") } else { ("arrow", "tip") };
            let ((x, y), (to_x, to_y)) = ends(layout, arrow, arrival);
            writeln!(
                f,
                "<path class=\"{class}\" d=\"M{x} {y}L{to_x} {to_y}\" marker-end=\"url(#{tip})\"><title>{title}</title>\
                 </path>"
            )
        }
        Fate::Lost => {
            let (x, y) = (layout.x(arrow.from), layout.leaves(arrow.sent));
            let length = 30 * arrow.from.abs_diff(arrow.to);
            let right = arrow.to > arrow.from;
            let end = if right { x + length } else { x.saturating_sub(length) };
            let (left, top) = (end.saturating_sub(4), y + 2);
            writeln!(
                f,
                "<path class=\"lost\" d=\"M{x} {y}L{end} {}M{left} {top}l8 8m0 -8l-8 8\"><title>{title}, which does \
                 not arrive in this run</title></path>",
                y + 6
            )
        }
    }
}

/// What an arrow says, beside its tip.
fn label(f: &mut fmt::Formatter<'_>, layout: &Layout, arrow: &Arrow) -> fmt::Result {
    let Fate::Arrived(arrival) = arrow.fate else { return Ok(()) };
    let ((from_x, from_y), (x, y)) = ends(layout, arrow, arrival);
    let before = if arrival.again { "again: " } else { "" };
    let text = escaped(&cut(&format!("{before}{}", arrow.text), LABEL_MAX));
    let right = arrow.to > arrow.from;
    let (at, anchor) = if right { (x - 12, "end") } else { (x + 12, "start") };
    let (run, rise) = (x.abs_diff(from_x), y.abs_diff(from_y));
    let turned = match rise * FLAT <= run {
        true if rise > 0 => format!(" transform=\"rotate({:.1} {x} {y})\"", slope(rise, run, right)),
        _ => String::new(),
    };
    writeln!(f, "<text x=\"{at}\" y=\"{}\" text-anchor=\"{anchor}\"{turned}>{text}</text>", y.saturating_sub(6))
}

/// The angle of an arrow that falls on its way, in degrees.
// Pixels of a picture stay far below 2^53.
#[allow(clippy::cast_precision_loss)]
fn slope(rise: usize, run: usize, right: bool) -> f64 {
    let angle = (rise as f64).atan2(run as f64).to_degrees();
    if right { angle } else { -angle }
}
