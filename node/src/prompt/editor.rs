use super::Completion;
use super::history::{LINE_BYTES_MAX, LINES_MAX, path};
use super::live::LiveLine;
use crate::cli::{Exit, Failure};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use rustyline::completion::Completer;
use rustyline::config::{BellStyle, Builder};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::DefaultHistory;
use rustyline::validate::Validator;
use rustyline::{CompletionType, Context, Helper};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::mpsc;

/// What came from whoever types.
#[derive(Debug)]
pub(crate) enum Typed {
    /// A line.
    Line(String),
    /// An interrupt, instead of one.
    Interrupted,
    /// No more lines.
    End,
}

/// A terminal with completion and history. It has a thread of its own, since a read of a terminal cannot be left off.
pub(crate) struct Editor {
    ask: Sender<()>,
    typed: mpsc::Receiver<Result<Typed, ReadlineError>>,
    live: LiveLine,
    /// How the terminal was, for when the thread is left in the middle of a line.
    before: Option<Termios>,
}

type Lines = rustyline::Editor<Assistant, DefaultHistory>;

impl Editor {
    /// Takes the terminal; the history is kept under this name.
    ///
    /// # Errors
    /// It cannot be used.
    pub(super) fn open(name: &'static str, completion: Completion) -> Result<Self, Failure> {
        let cannot = |error: ReadlineError| Failure::new(Exit::Unavailable, format!("no terminal: {error}"));
        let config = Builder::new().completion_type(CompletionType::List).bell_style(BellStyle::None);
        let config = config.max_history_size(LINES_MAX).map_err(cannot)?.auto_add_history(false).build();
        let before = tcgetattr(std::io::stdin()).ok();
        let mut lines = Lines::with_config(config).map_err(cannot)?;
        lines.set_helper(Some(Assistant(completion)));
        let history = path(name);
        if let Some(history) = &history {
            // None at the first start.
            let _ = lines.load_history(history);
        }
        let live = LiveLine::new(lines.create_external_printer().map_err(cannot)?);
        let (ask, asked) = channel();
        let (tell, typed) = mpsc::channel(1);
        let own = live.clone();
        std::thread::spawn(move || serve(lines, history.as_deref(), &own, &asked, &tell));
        Ok(Self { ask, typed, live, before })
    }

    /// A line above the prompt.
    pub(super) fn live_line(&self) -> LiveLine {
        self.live.clone()
    }

    /// The next line.
    ///
    /// # Errors
    /// The terminal is gone.
    pub(super) async fn next(&mut self) -> Result<Typed, Failure> {
        let asked = self.ask.send(());
        match (asked, self.typed.recv().await) {
            (Ok(()), Some(Ok(typed))) => Ok(typed),
            (_, Some(Err(error))) => Err(Failure::new(Exit::Unavailable, format!("the terminal failed: {error}"))),
            _ => Ok(Typed::End),
        }
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            // Its thread may still wait for a line, with the terminal as that needs it.
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, before);
        }
    }
}

fn serve(
    mut lines: Lines,
    history: Option<&Path>,
    live: &LiveLine,
    asked: &Receiver<()>,
    tell: &mpsc::Sender<Result<Typed, ReadlineError>>,
) {
    while asked.recv().is_ok() {
        live.prompts(true);
        let read = lines.readline("quorate> ");
        live.prompts(false);
        let typed = match read {
            Ok(line) => {
                if line.len() <= LINE_BYTES_MAX && lines.add_history_entry(line.as_str()).unwrap_or(false) {
                    // A history that cannot be kept is no reason to stop.
                    let _ = history.map(|path| lines.append_history(path));
                }
                Ok(Typed::Line(line))
            }
            Err(ReadlineError::Interrupted) => Ok(Typed::Interrupted),
            Err(ReadlineError::Eof) => Ok(Typed::End),
            Err(error) => Err(error),
        };
        if tell.blocking_send(typed).is_err() {
            return;
        }
    }
}

/// What rustyline asks while somebody types.
struct Assistant(Completion);

impl Completer for Assistant {
    type Candidate = String;

    fn complete(&self, line: &str, end: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<String>)> {
        let (start, mut found) = self.0.of(line.get(..end).unwrap_or(line));
        if let [only] = found.as_mut_slice() {
            only.push(' ');
        }
        Ok((start, found))
    }
}

impl Hinter for Assistant {
    type Hint = String;
}
impl Highlighter for Assistant {}
impl Validator for Assistant {}
impl Helper for Assistant {}
