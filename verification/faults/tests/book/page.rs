//! Pages and the blocks of code in them.

use std::path::Path;

/// What the word after a fence says that its block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Commands.
    Shell,
    /// A program.
    Rust,
    /// Anything that is not run.
    Shown,
    /// The fence says nothing.
    Unnamed,
}

/// A fenced block.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) kind: Kind,
    /// Of its first line, counted from 1.
    pub(crate) line: usize,
    lines: Vec<String>,
}

/// A page of the book, or the README.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    /// Its path from the root.
    pub(crate) name: String,
    pub(crate) blocks: Vec<Block>,
}

/// A command of a page.
#[derive(Clone, Debug)]
pub(crate) struct Command {
    pub(crate) line: usize,
    /// Without its comment, with its continuation lines.
    pub(crate) text: String,
    /// The exit code that the page promises: "# exit code 1", or else 0.
    pub(crate) exit: i32,
}

impl Page {
    /// README.md and all pages of the book.
    pub(crate) fn all(root: &Path) -> Vec<Self> {
        let mut pages = vec![Self::read(root, &root.join("README.md"))];
        Self::collect(root, &root.join("docs"), &mut pages);
        assert!(pages.len() > 10);
        pages
    }

    fn collect(root: &Path, directory: &Path, pages: &mut Vec<Self>) {
        let mut entries: Vec<_> = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() && path.file_name().is_some_and(|name| name != "book") {
                Self::collect(root, &path, pages);
            } else if path.extension().is_some_and(|extension| extension == "md") {
                pages.push(Self::read(root, &path));
            }
        }
    }

    fn read(root: &Path, path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let name = path.strip_prefix(root).unwrap().display().to_string();
        let mut blocks = Vec::new();
        let mut open: Option<Block> = None;
        for (index, line) in text.lines().enumerate() {
            match (line.trim_start().strip_prefix("```"), &mut open) {
                (Some(_), Some(_)) => blocks.extend(open.take()),
                (Some(word), None) => open = Some(Block { kind: kind(word), line: index + 2, lines: Vec::new() }),
                (None, Some(block)) => block.lines.push(line.to_owned()),
                (None, None) => {}
            }
        }
        assert!(open.is_none(), "{name}: a block does not end");
        Self { name, blocks }
    }

    /// The commands of its shell blocks, in order.
    pub(crate) fn commands(&self) -> Vec<Command> {
        self.blocks.iter().filter(|block| block.kind == Kind::Shell).flat_map(Block::commands).collect()
    }
}

fn kind(word: &str) -> Kind {
    match word.trim().split(',').next().unwrap_or_default() {
        "" => Kind::Unnamed,
        "sh" | "bash" | "console" | "shell" => Kind::Shell,
        "rust" => Kind::Rust,
        _ => Kind::Shown,
    }
}

impl Block {
    fn commands(&self) -> Vec<Command> {
        let mut commands: Vec<Command> = Vec::new();
        let mut continued = false;
        for (index, line) in self.lines.iter().enumerate() {
            let (code, comment) = line.split_once(" #").unwrap_or((line, ""));
            let code = code.trim();
            let whole = code.strip_suffix('\\').unwrap_or(code).trim_end();
            match commands.last_mut() {
                Some(command) if continued => command.text = format!("{} {whole}", command.text),
                _ if whole.is_empty() || whole.starts_with('#') => continue,
                _ => {
                    commands.push(Command { line: self.line + index, text: whole.to_owned(), exit: promised(comment) });
                }
            }
            continued = code.ends_with('\\');
        }
        commands
    }
}

fn promised(comment: &str) -> i32 {
    let code = comment.split_once("exit code ").map(|(_, rest)| rest.trim_start());
    code.and_then(|rest| rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()).unwrap_or(0)
}
