//! A counterexample as a picture: one lane a client, one bar an operation.

use crate::text::Shown;
use crate::{Asked, Counterexample, Key, Operation, Outcome};
use core::fmt::{self, Write};
use quorate_spec::Expect;
use std::collections::{BTreeMap, BTreeSet};

/// Operations that are not in the window: more are left out, and counted.
const OTHERS_MAX: usize = 60;
/// Operations of the window: of more, the last are drawn.
const WINDOW_MAX: usize = 300;
/// Characters of a label; what is longer is cut.
const LABEL_MAX: usize = 40;
const TITLE_MAX: usize = 80;
const NOTE_MAX: usize = 120;
/// What a character of a label takes.
const CHARACTER: usize = 8;
/// Heights and widths, in pixels.
const LANE: usize = 46;
const TOP: usize = 112;
const LEFT: usize = 96;
const BAR: usize = 26;
const TICK: usize = 18;

/// The window of one key's counterexample, drawn as an SVG image that needs nothing else. Time runs from
/// left to right and is not to scale: what counts is which call or return came first. It looks well on a
/// light ground and on a dark one.
#[derive(Debug)]
pub struct Timeline<'a> {
    key: &'a Key,
    why: &'a Counterexample,
    bars: Vec<Bar<'a>>,
    /// Clients, each with the number of lanes it needs: an open operation has one to itself.
    lanes: Vec<(u64, usize)>,
    /// Where each time is, from the left.
    places: BTreeMap<u64, usize>,
    width: usize,
    left_out: usize,
}

#[derive(Debug)]
struct Bar<'a> {
    operation: &'a Operation,
    role: Role,
    label: String,
    /// Its lane, from the top.
    lane: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// It is not in the window.
    Other,
    /// It is.
    Window,
    /// With its return there was no order any more.
    Blocked,
}

impl<'a> Timeline<'a> {
    /// Of a counterexample of `key`; `history` is where it comes from, for what went on at the time.
    pub fn new(key: &'a Key, why: &'a Counterexample, history: &'a [Operation]) -> Self {
        let ends = why.blocked.ret.unwrap_or(u64::MAX);
        let begins = why
            .window
            .iter()
            .filter(|o| o.outcome != Outcome::Unknown)
            .map(|o| o.call)
            .min()
            .unwrap_or(why.blocked.call);
        let in_window: BTreeSet<(u64, u64, Option<u64>)> = why.window.iter().map(identity).collect();
        let mut others: Vec<&Operation> = history
            .iter()
            .filter(|o| o.key == *key && o.call <= ends && !in_window.contains(&identity(o)))
            .filter(|o| o.outcome != Outcome::Unknown && o.ret.is_some_and(|ret| ret >= begins))
            .collect();
        // The latest are the likeliest to be of interest.
        others.sort_by_key(|o| core::cmp::Reverse(o.call));
        let left_out = others.len().saturating_sub(OTHERS_MAX);
        others.truncate(OTHERS_MAX);
        let bar = |operation: &'a Operation, role| Bar { operation, role, label: label(operation), lane: 0 };
        let role = |o: &Operation| if *o == why.blocked { Role::Blocked } else { Role::Window };
        let mut bars: Vec<Bar<'a>> = others.into_iter().map(|o| bar(o, Role::Other)).collect();
        let earliest = why.window.len().saturating_sub(WINDOW_MAX);
        bars.extend(why.window.iter().skip(earliest).map(|o| bar(o, role(o))));
        let left_out = left_out + earliest;
        bars.sort_by_key(|bar| (bar.operation.call, bar.operation.process));
        let mut timeline = Self { key, why, bars, lanes: Vec::new(), places: BTreeMap::new(), width: 0, left_out };
        timeline.assign_lanes();
        timeline.place();
        timeline
    }

    /// The end of a bar; `None` if it is open, or not over when the window is.
    fn end(&self, operation: &Operation) -> Option<u64> {
        let ends = self.why.blocked.ret.unwrap_or(u64::MAX);
        operation.ret.filter(|ret| *ret <= ends && operation.outcome != Outcome::Unknown)
    }

    fn assign_lanes(&mut self) {
        // By client: when each of its lanes is free again.
        let mut free: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
        let ends: Vec<u64> =
            self.bars.iter().map(|bar| self.end(bar.operation).map_or(u64::MAX, |end| end.saturating_add(1))).collect();
        for (bar, end) in self.bars.iter_mut().zip(ends) {
            let lanes = free.entry(bar.operation.process).or_default();
            bar.lane = lanes.iter().position(|free| *free <= bar.operation.call).unwrap_or(lanes.len());
            match lanes.get_mut(bar.lane) {
                Some(free) => *free = end,
                None => lanes.push(end),
            }
        }
        self.lanes = free.into_iter().map(|(process, lanes)| (process, lanes.len())).collect();
        for bar in &mut self.bars {
            let above = self.lanes.iter().take_while(|(process, _)| *process != bar.operation.process);
            bar.lane += above.map(|(_, lanes)| lanes).sum::<usize>();
        }
    }

    /// Times one after the other, each as far from those before as the labels need.
    fn place(&mut self) {
        let mut times: BTreeSet<u64> = BTreeSet::new();
        for bar in &self.bars {
            times.insert(bar.operation.call);
            times.extend(self.end(bar.operation));
        }
        // By time of the end: the bars that end then, with where they begin and what they need.
        let mut needs: BTreeMap<u64, Vec<(u64, usize)>> = BTreeMap::new();
        for bar in &self.bars {
            if let Some(end) = self.end(bar.operation) {
                let width = bar.label.chars().count() * CHARACTER + 14;
                needs.entry(end).or_default().push((bar.operation.call, width));
            }
        }
        let mut at = LEFT;
        for time in times {
            at += TICK;
            for (call, width) in needs.get(&time).into_iter().flatten() {
                at = at.max(self.places.get(call).copied().unwrap_or(LEFT) + width);
            }
            self.places.insert(time, at);
        }
        let open_end = |bar: &Bar<'_>| {
            let width = bar.label.chars().count() * CHARACTER + 40;
            self.places.get(&bar.operation.call).copied().unwrap_or(LEFT) + width
        };
        let open = self.bars.iter().filter(|bar| self.end(bar.operation).is_none()).map(open_end).max().unwrap_or(0);
        self.width = (at + 30).max(open).max(NOTE_MAX * CHARACTER);
    }

    fn bar(&self, f: &mut fmt::Formatter<'_>, bar: &Bar<'_>) -> fmt::Result {
        let Bar { operation, role, label, lane } = bar;
        let x = self.places.get(&operation.call).copied().unwrap_or(LEFT);
        let end = self.end(operation).and_then(|end| self.places.get(&end)).copied();
        let (y, right) = (TOP + lane * LANE, end.unwrap_or(self.width - 8));
        let kind = match role {
            Role::Other => "other",
            Role::Window => "window",
            Role::Blocked => "blocked",
        };
        writeln!(f, "<g class=\"{kind}\"><title>{}</title>", escape(&operation.to_string()))?;
        if end.is_some() {
            writeln!(f, "<rect x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{BAR}\" rx=\"5\"/>", right - x)?;
        } else {
            // Open to the right: it may take effect at any time from here on, or never.
            let (low, tip) = (y + BAR, right.saturating_sub(10));
            writeln!(f, "<path class=\"open\" d=\"M{tip} {y}H{}q-5 0 -5 5V{}q0 5 5 5H{tip}\"/>", x + 5, low - 5)?;
            writeln!(f, "<path class=\"arrow\" d=\"M{tip} {}l8 {} l-8 {}\"/>", y + 4, BAR / 2 - 4, BAR / 2 - 4)?;
        }
        writeln!(f, "<text x=\"{}\" y=\"{}\">{}</text></g>", x + 7, y + 17, escape(label))
    }

    fn lane(&self, f: &mut fmt::Formatter<'_>, place: usize, process: u64, lanes: usize) -> fmt::Result {
        for y in (place..place + lanes).map(|place| TOP + place * LANE + BAR / 2) {
            writeln!(f, "<line class=\"lane\" x1=\"{LEFT}\" x2=\"{}\" y1=\"{y}\" y2=\"{y}\"/>", self.width)?;
        }
        let y = TOP + place * LANE + BAR / 2;
        writeln!(f, "<text class=\"client\" x=\"12\" y=\"{}\">client {process}</text>", y + 4)
    }

    /// What is to be seen, and what to make of it.
    fn notes(&self) -> [String; 3] {
        let Counterexample { window, called_before, from_anything, left, .. } = self.why;
        let whatever = if *from_anything { ", whatever the key held before" } else { "" };
        let mut legend = "red: with its return there was no order any more".to_owned();
        if self.bars.iter().any(|bar| bar.role == Role::Window && self.end(bar.operation).is_none()) {
            legend.push_str("; dashed: not over, or of unknown outcome");
        }
        if self.bars.iter().any(|bar| bar.role == Role::Other) {
            legend.push_str("; faint: not needed");
        }
        if self.left_out > 0 {
            let _ = write!(legend, " ({} more not drawn)", self.left_out);
        }
        [
            format!("these {} of {called_before} operations have no order{whatever}", window.len()),
            format!("the best order of them leaves {left}"),
            legend,
        ]
    }
}

fn identity(operation: &Operation) -> (u64, u64, Option<u64>) {
    (operation.process, operation.call, operation.ret)
}

/// The colours of light grounds, and of dark ones.
const STYLE: &str = "\
text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#1c2430}
.ground{fill:#fff}.title{font-weight:600;font-size:15px}.note,.client{fill:#5a6675}.lane{stroke:#d9dee5}
.window rect{fill:#dce9fb;stroke:#3b74c4}.window path{fill:#dce9fb;stroke:#3b74c4}
.blocked rect{fill:#fbdcdc;stroke:#c62828;stroke-width:2.5}.blocked text{font-weight:600}
.other rect{fill:#f4f6f8;stroke:#c3cad3}.other text{fill:#8793a1}
.window .open{stroke-dasharray:5 3}.window .arrow{fill:none}
@media (prefers-color-scheme:dark){text{fill:#e4e9f0}.ground{fill:#14181e}.note,.client{fill:#9aa6b5}
.lane{stroke:#2c333d}.window rect,.window path{fill:#1d3557;stroke:#6fa3ec}
.blocked rect{fill:#561e22;stroke:#ff6b6b}.other rect{fill:#1b2027;stroke:#3a434f}.other text{fill:#76828f}}
";

impl fmt::Display for Timeline<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lanes: usize = self.lanes.iter().map(|(_, lanes)| lanes).sum();
        let (width, height) = (self.width, TOP + lanes * LANE + 8);
        let title = format!("key {}: not linearizable", Shown(Some(self.key)));
        writeln!(
            f,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
             width=\"{width}\" height=\"{height}\" role=\"img\">"
        )?;
        writeln!(f, "<title>{}</title>\n<style>\n{STYLE}</style>", escape(&title))?;
        writeln!(f, "<rect class=\"ground\" width=\"{width}\" height=\"{height}\"/>")?;
        writeln!(f, "<text class=\"title\" x=\"12\" y=\"26\">{}</text>", escape(&cut(&title, TITLE_MAX)))?;
        for (y, line) in (48..).step_by(19).zip(self.notes()) {
            writeln!(f, "<text class=\"note\" x=\"12\" y=\"{y}\">{}</text>", escape(&cut(&line, NOTE_MAX)))?;
        }
        let mut place = 0;
        for (process, lanes) in &self.lanes {
            self.lane(f, place, *process, *lanes)?;
            place += lanes;
        }
        let drawn = |role| self.bars.iter().filter(move |bar| bar.role == role);
        let bars = drawn(Role::Other).chain(drawn(Role::Window)).chain(drawn(Role::Blocked));
        bars.into_iter().try_for_each(|bar| self.bar(f, bar))?;
        writeln!(f, "</svg>")
    }
}

/// What was asked and told, in a few words.
fn label(operation: &Operation) -> String {
    let shown = |bytes: &[u8]| Shown(Some(bytes)).to_string().split_off(1);
    let value = |value: &Option<Vec<u8>>| value.as_deref().map_or("nothing".to_owned(), shown);
    let asked = match &operation.op {
        Asked::Get => "get".to_owned(),
        Asked::Put(put) => format!("put {}", shown(put)),
        Asked::Append(more) => format!("append {}", shown(more)),
        Asked::Delete => "delete".to_owned(),
        Asked::Increment(by) => format!("incr {by}"),
        Asked::CompareAndSet { expect, new } => {
            let expect = match expect {
                Expect::Absent => "nothing".to_owned(),
                Expect::Value(value) => shown(value),
                Expect::Version(version) => format!("@{version}"),
            };
            format!("cas {expect}\u{2192}{}", value(new))
        }
    };
    let told = match &operation.outcome {
        Outcome::Read { value: read, version } => {
            let version = version.map_or(String::new(), |version| format!(" @{version}"));
            format!(" = {}{version}", value(read))
        }
        Outcome::Done { version, value } => {
            let sum = value.as_deref().map_or(String::new(), |sum| format!(" = {}", shown(sum)));
            format!("{sum}{}", version.map_or(String::new(), |version| format!(" @{version}")))
        }
        Outcome::Refused { .. } => " refused".to_owned(),
        Outcome::NotApplied => " not applied".to_owned(),
        Outcome::Unknown => " ?".to_owned(),
    };
    cut(&(asked + &told), LABEL_MAX)
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['\u{2026}']).collect()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
