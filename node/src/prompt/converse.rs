use super::Lines;
use super::editor::Typed;
use super::signals::{Asked, Signals};
use super::words::split;
use crate::cli::{Exit, Failure, Format};
use clap::Parser;
use clap::error::ErrorKind;

/// What came of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// It was obeyed, and would have ended a command with this code.
    Done(Exit),
    /// It says to leave.
    Leave,
}

/// Obeys lines until one says to leave, they end, or a signal says so. An interrupt leaves off the line that is being
/// obeyed if somebody types them, and ends the whole otherwise.
///
/// Returns how the first line ended that did not end well, for lines that nobody types.
///
/// # Errors
/// Lines cannot be read any more.
pub(crate) async fn converse(
    lines: &mut Lines,
    format: &Format,
    mut obey: impl AsyncFnMut(Vec<String>) -> Result<Reply, Failure>,
) -> Result<Exit, Failure> {
    let mut signals = Signals::catch()?;
    let mut worst = Exit::Ok;
    loop {
        let typed = tokio::select! {
            typed = lines.next() => typed?,
            _ = signals.next() => break,
        };
        let line = match typed {
            Typed::Line(line) => line,
            Typed::Interrupted => {
                eprintln!("ctrl-d or quit leaves");
                continue;
            }
            Typed::End => break,
        };
        let replied = tokio::select! {
            replied = reply(&line, &mut obey) => replied,
            asked = signals.next() => {
                if asked == Asked::End || !lines.is_terminal() {
                    break;
                }
                Err(Failure::new(Exit::Unavailable, "left off; if it was a write, it may have been applied"))
            }
        };
        let exit = match replied {
            Ok(Reply::Done(exit)) => exit,
            Ok(Reply::Leave) => break,
            Err(failure) => tell(&failure, format),
        };
        if worst == Exit::Ok {
            worst = exit;
        }
    }
    Ok(if lines.is_terminal() { Exit::Ok } else { worst })
}

async fn reply(
    line: &str,
    obey: &mut impl AsyncFnMut(Vec<String>) -> Result<Reply, Failure>,
) -> Result<Reply, Failure> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(Reply::Done(Exit::Ok));
    }
    obey(split(line).map_err(Failure::usage)?).await
}

fn tell(failure: &Failure, format: &Format) -> Exit {
    // What clap has told already has no words left.
    if !failure.message.is_empty() {
        eprint!("{}", failure.render(format));
    }
    failure.exit
}

/// A line's words as a command; `None` if all they wanted was help, which is shown then.
///
/// # Errors
/// They are no command.
pub(crate) fn parse<L: Parser>(words: Vec<String>) -> Result<Option<L>, Failure> {
    match L::try_parse_from(words) {
        Ok(line) => Ok(Some(line)),
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            let _ = error.print();
            Ok(None)
        }
        Err(error) => {
            // clap's own words have several lines, and colours on a terminal.
            let _ = error.print();
            Err(Failure::new(Exit::Usage, ""))
        }
    }
}
