use super::answer::Answer;
use super::format::Output;
use super::look::Look;
use super::{Exit, Failure, Table, Target, failure};
use quorate_client::wire::NodeStatus;
use quorate_client::{Client, NodeReport};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};
use std::time::{Duration, Instant};
use tokio::time::MissedTickBehavior;

/// Comings and goings that are shown.
const EVENTS_SHOWN: usize = 5;
/// Homes the cursor; what is written over it erases the rest of each line, and then of the screen.
const HOME: &str = "\u{1b}[H";
const ERASE_LINE: &str = "\u{1b}[K\n";
const ERASE_BELOW: &str = "\u{1b}[J";
const CLEAR: &str = "\u{1b}[2J";

/// What is counted, and what it is called.
const RATES: [(&str, &str); 3] = [
    ("writes", "quorate_answers_total"),
    ("reads", "quorate_reads_answered_total"),
    ("commits", "quorate_commits_total"),
];

/// What changes from one look to the next.
struct Watch<'a> {
    target: &'a Target,
    before: Option<(Look, Instant)>,
    events: VecDeque<(Instant, String)>,
    painted: bool,
}

/// Looks again and again until an interrupt, or until nobody reads any more.
///
/// # Errors
/// The nodes cannot be asked at all.
pub(super) async fn run(client: &Client, target: &Target, interval: Duration) -> Result<Exit, Failure> {
    let mut watch = Watch { target, before: None, events: VecDeque::new(), painted: false };
    let mut ticks = tokio::time::interval(interval);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut interrupted = std::pin::pin!(tokio::signal::ctrl_c());
    loop {
        tokio::select! {
            _ = &mut interrupted => return Ok(Exit::Ok),
            _ = ticks.tick() => {}
        }
        let asked = tokio::select! {
            _ = &mut interrupted => return Ok(Exit::Ok),
            asked = client.status() => asked.map_err(|error| failure::plain(&error, target))?,
        };
        if !watch.show(Look::at(asked)) {
            return Ok(Exit::Ok);
        }
    }
}

impl Watch<'_> {
    /// Whether somebody still reads.
    fn show(&mut self, look: Look) -> bool {
        let now = Instant::now();
        let changes = self.changes(&look);
        for change in &changes {
            self.events.push_back((now, change.clone()));
            if self.events.len() > EVENTS_SHOWN {
                self.events.pop_front();
            }
        }
        let format = &self.target.format;
        let text = match format.output {
            None | Some(Output::Raw) if !std::io::stdout().is_terminal() => self.line(&look, now, &changes),
            Some(Output::Json | Output::Ndjson) => self.line(&look, now, &changes),
            _ => self.page(&look, now),
        };
        self.before = Some((look, now));
        let mut stdout = std::io::stdout().lock();
        stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).is_ok()
    }

    /// One document.
    fn line(&self, look: &Look, now: Instant, changes: &[String]) -> String {
        let rates: Value = look
            .nodes()
            .iter()
            .filter_map(|report| Some((report.node, self.rates(report.answer.as_ref().ok()?, now)?)))
            .map(|(node, rates)| {
                let named = RATES.iter().zip(rates).map(|((name, _), rate)| (format!("{name}_per_s"), json!(rate)));
                let mut named: serde_json::Map<String, Value> = named.collect();
                named.insert("node".to_owned(), json!(node.0));
                Value::Object(named)
            })
            .collect();
        // Nobody answers: that is a look like any other here.
        let answer = look.answer(self.target).unwrap_or_else(|_| look.nobody(self.target));
        let answer: Answer = answer.with("rates", rates).with("changes", changes.to_vec());
        String::from_utf8_lossy(&answer.render(Output::Ndjson, true)).into_owned()
    }

    /// A screenful, painted over the one before; plain lines where it is no terminal.
    fn page(&mut self, look: &Look, now: Instant) -> String {
        let color = self.target.format.color();
        let mut text = look.table().render_in(color);
        let mut rates = Table::new(&["node", "writes/s", "reads/s", "commits/s"]);
        for status in look.up() {
            let shown = |rate: Option<f64>| rate.map_or_else(|| "-".to_owned(), |rate| format!("{rate:.1}"));
            let known = self.rates(status, now);
            let cells = (0..RATES.len()).map(|at| shown(known.and_then(|rates| rates.get(at).copied())));
            rates.row(std::iter::once(status.node.0.to_string()).chain(cells).collect());
        }
        let summary = look.quorums().map_or_else(|| "no node answers\n".to_owned(), |q| look.summary(q, color));
        let _ = write!(text, "\n{}\n{summary}", rates.render());
        for (at, event) in &self.events {
            let _ = writeln!(text, "{} ago: {event}", super::look::uptime(millis(now - *at)));
        }
        let _ = writeln!(text, "every look asks each node once; interrupt to leave");
        if !std::io::stdout().is_terminal() {
            return text + "\n";
        }
        let start = if std::mem::replace(&mut self.painted, true) { "" } else { CLEAR };
        format!("{start}{HOME}{}{ERASE_BELOW}", text.replace('\n', ERASE_LINE))
    }

    /// Events a second since the look before. `None`: the node was not there, or has started since.
    fn rates(&self, status: &NodeStatus, now: Instant) -> Option<[f64; RATES.len()]> {
        let (before, at) = self.before.as_ref()?;
        let earlier = before.up().find(|earlier| earlier.node == status.node)?;
        if earlier.incarnation != status.incarnation {
            return None;
        }
        let seconds = (now - *at).as_secs_f64();
        let rate = |name: &str| {
            let counted = status.counter(name)?.checked_sub(earlier.counter(name)?)?;
            Some(f64::from(u32::try_from(counted).unwrap_or(u32::MAX)) / seconds.max(0.001))
        };
        let [writes, reads, commits] = RATES.map(|(_, name)| rate(name));
        Some([writes?, reads?, commits?])
    }

    /// Who has come and gone since the look before.
    fn changes(&self, look: &Look) -> Vec<String> {
        let Some((before, _)) = &self.before else { return Vec::new() };
        let change = |report: &NodeReport<NodeStatus>| {
            let earlier = before.nodes().iter().find(|earlier| earlier.node == report.node)?;
            let node = report.node.0;
            match (&earlier.answer, &report.answer) {
                (Ok(_), Err(_)) => Some(format!("node {node} is gone")),
                (Err(_), Ok(status)) => Some(format!("node {node} is back, start {}", status.incarnation.0)),
                (Ok(then), Ok(now)) if then.incarnation != now.incarnation => {
                    Some(format!("node {node} has started again, start {}", now.incarnation.0))
                }
                _ => None,
            }
        };
        look.nodes().iter().filter_map(change).collect()
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
