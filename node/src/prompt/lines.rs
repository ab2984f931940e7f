use super::Completion;
use super::editor::{Editor, Typed};
use super::live::LiveLine;
use crate::cli::Failure;
use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Where lines come from.
pub(crate) enum Lines {
    /// Somebody types them.
    Terminal(Editor),
    /// A pipe or a file holds them.
    Stream(Stream),
}

/// Lines of a pipe or a file, read on threads that may wait for as long as they like.
#[derive(Clone)]
pub(crate) struct Stream(Arc<Mutex<dyn BufRead + Send>>);

/// Bytes of a line: the largest value in hexadecimal digits, the key, and some room.
const LINE_BYTES_MAX: usize = 2 * quorate_client::VALUE_BYTES_MAX + 64 * 1024;

impl Lines {
    /// Those of stdin: with an editor if it is a terminal, whose history is kept under `name`.
    ///
    /// # Errors
    /// The terminal cannot be used.
    pub(crate) fn of_stdin(name: &'static str, completion: Completion) -> Result<Self, Failure> {
        if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
            return Editor::open(name, completion).map(Self::Terminal);
        }
        Ok(Self::Stream(Stream(Arc::new(Mutex::new(BufReader::new(std::io::stdin()))))))
    }

    /// Those of a file.
    ///
    /// # Errors
    /// It cannot be opened.
    pub(crate) fn of_file(path: &Path) -> Result<Self, Failure> {
        let file = File::open(path).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
        Ok(Self::Stream(Stream(Arc::new(Mutex::new(BufReader::new(file))))))
    }

    /// Whether somebody types them.
    pub(crate) fn is_terminal(&self) -> bool {
        matches!(self, Self::Terminal(_))
    }

    /// A line above the prompt that is written again and again; `None` where there is no terminal.
    pub(crate) fn live_line(&self) -> Option<LiveLine> {
        if let Self::Terminal(editor) = self { Some(editor.live_line()) } else { None }
    }

    /// The next line.
    ///
    /// # Errors
    /// It is too long or no text, or cannot be read.
    pub(super) async fn next(&mut self) -> Result<Typed, Failure> {
        match self {
            Self::Terminal(editor) => editor.next().await,
            Self::Stream(stream) => {
                let stream = stream.clone();
                let read = tokio::task::spawn_blocking(move || stream.read());
                read.await.unwrap_or(Ok(None)).map(|line| line.map_or(Typed::End, Typed::Line))
            }
        }
    }
}

impl Stream {
    fn read(&self) -> Result<Option<String>, Failure> {
        let mut source = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut line = Vec::new();
        let mut bounded = Read::take(&mut *source, LINE_BYTES_MAX as u64 + 1);
        let read = bounded.read_until(b'\n', &mut line);
        read.map_err(|error| Failure::usage(format!("cannot read the next line: {error}")))?;
        if line.len() > LINE_BYTES_MAX {
            return Err(Failure::usage(format!("a line has at most {LINE_BYTES_MAX} bytes")));
        }
        let line = String::from_utf8(line).map_err(|_| Failure::usage("a line is no UTF-8; --hex takes any bytes"))?;
        Ok((!line.is_empty()).then_some(line))
    }
}
