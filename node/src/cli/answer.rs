use super::Exit;
use std::fmt::Display;
use std::io::{IsTerminal, Write};

/// What a command has to say.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Data, for stdout.
    pub(crate) data: Vec<u8>,
    /// Words, for stderr.
    pub(crate) note: String,
    /// The exit code.
    pub(crate) exit: Exit,
    /// Whether the data are a user's bytes, to which nothing may be added in a pipe.
    raw: bool,
}

impl Answer {
    /// One line of data.
    pub(crate) fn line(line: impl Display) -> Self {
        Self { data: format!("{line}\n").into_bytes(), note: String::new(), exit: Exit::Ok, raw: false }
    }

    /// A user's bytes.
    pub(crate) fn data(data: Vec<u8>) -> Self {
        Self { data, note: String::new(), exit: Exit::Ok, raw: true }
    }

    /// Lines of data that are complete.
    pub(crate) fn text(text: String, exit: Exit) -> Self {
        Self { data: text.into_bytes(), note: String::new(), exit, raw: false }
    }

    /// A proper answer without data.
    pub(crate) fn negative(note: &str) -> Self {
        Self { data: Vec::new(), note: note.to_owned(), exit: Exit::Negative, raw: false }
    }

    /// The same with another exit code.
    pub(crate) fn ending(self, exit: Exit) -> Self {
        Self { exit, ..self }
    }

    /// Writes it out; a user's bytes get a newline on a terminal alone. A reader that has closed its end is no failure.
    pub(crate) fn print(&self) -> Exit {
        self.write(!self.raw || std::io::stdout().is_terminal())
    }

    /// Writes it out for a reader of lines.
    pub(crate) fn print_line(&self) -> Exit {
        self.write(true)
    }

    fn write(&self, whole_lines: bool) -> Exit {
        let mut stdout = std::io::stdout().lock();
        let _ = stdout.write_all(&self.data);
        if whole_lines && self.raw {
            let _ = stdout.write_all(b"\n");
        }
        let _ = stdout.flush();
        if !self.note.is_empty() {
            eprintln!("{}", self.note);
        }
        self.exit
    }
}
