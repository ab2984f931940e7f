use super::{Origin, Overrides, Setting};
use std::collections::BTreeMap;
use std::fmt::Display;

/// Puts overrides over a file, a value at a time, and notes for each where it comes from. There is no other place that
/// knows what stands above what.
#[derive(Debug)]
pub(super) struct Merge<'a> {
    lines: &'a Lines,
    overrides: &'a Overrides,
    settings: Vec<Setting>,
}

/// On which line of a file each key stands; `limits.inbox` for a key in a table.
pub(super) type Lines = BTreeMap<String, usize>;

impl<'a> Merge<'a> {
    pub(super) fn new(lines: &'a Lines, overrides: &'a Overrides) -> Self {
        Self { lines, overrides, settings: Vec::new() }
    }

    /// The value that counts: the override, else the file's, else what `otherwise` says, with its origin.
    pub(super) fn pick<T: Display>(
        &mut self,
        name: &str,
        over: Option<T>,
        file: Option<T>,
        otherwise: impl FnOnce() -> (T, Origin),
    ) -> T {
        let below = file.map(|value| (value, self.in_file(name))).unwrap_or_else(otherwise);
        self.over(name, over, below, T::to_string)
    }

    /// The same for a value that is shown in its own way.
    pub(super) fn over<T>(
        &mut self,
        name: &str,
        over: Option<T>,
        below: (T, Origin),
        show: impl Fn(&T) -> String,
    ) -> T {
        let argument = name.rsplit('.').next().unwrap_or(name);
        let above = over.map(|value| (value, Origin::Override(self.overrides.origins.get(argument))));
        let (value, origin) = above.unwrap_or(below);
        self.settings.push(Setting { name: name.to_owned(), value: show(&value), origin });
        value
    }

    /// Notes a value that only the file can have, or that is `default`.
    pub(super) fn file_only(&mut self, name: &str, value: impl Display, given: bool) {
        let origin = if given { self.in_file(name) } else { Origin::Default };
        self.settings.push(Setting { name: name.to_owned(), value: value.to_string(), origin });
    }

    /// Notes a value that no file has.
    pub(super) fn above_only(&mut self, name: &str, argument: &str, value: impl Display) {
        let origin = Origin::Override(self.overrides.origins.get(argument));
        self.settings.push(Setting { name: name.to_owned(), value: value.to_string(), origin });
    }

    pub(super) fn finish(self) -> Vec<Setting> {
        self.settings
    }

    pub(super) fn in_file(&self, name: &str) -> Origin {
        Origin::File { line: self.lines.get(name).copied() }
    }
}

/// The lines of a file's keys; none for a text that is no TOML.
pub(super) fn lines(text: &str) -> Lines {
    let mut lines = Lines::new();
    let Ok(table) = toml::de::DeTable::parse(text) else { return lines };
    let line_of = |at: usize| 1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count();
    for (key, value) in table.get_ref() {
        lines.insert(key.get_ref().to_string(), line_of(key.span().start));
        for (inner, _) in value.get_ref().as_table().into_iter().flat_map(|table| table.iter()) {
            lines.insert(format!("{}.{}", key.get_ref(), inner.get_ref()), line_of(inner.span().start));
        }
    }
    lines
}

/// What a mistyped key was meant to be: the closest of those that the error of the parser names.
pub(super) fn suggestion(message: &str) -> Option<&str> {
    let rest = message.split_once("unknown field `")?.1;
    let mut names = rest.split('`').step_by(2);
    let wrong = names.next()?;
    closest(wrong, names.filter(|name| !name.is_empty()))
}

/// The candidate most like `wrong`, if one is alike enough that it may have been meant.
pub(crate) fn closest<'a>(wrong: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let scored = candidates.map(|candidate| (strsim::jaro_winkler(wrong, candidate), candidate));
    scored.filter(|(score, _)| *score > 0.8).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_lines() {
        let found = lines("a = 1\n\n[limits]\n# words\ninbox = 2\n[members]\n1 = \"x\"\n");
        let expected = [("a", 1), ("limits", 3), ("limits.inbox", 5), ("members", 6), ("members.1", 7)];
        assert_eq!(found, expected.map(|(key, line)| (key.to_owned(), line)).into());
        assert!(lines("a = ").is_empty());
    }

    #[test]
    fn what_was_meant() {
        let message = "unknown field `lisen`, expected one of `cluster`, `node`, `listen`, `data`";
        assert_eq!(suggestion(message), Some("listen"));
        assert_eq!(suggestion("unknown field `zzz`, expected `cluster`"), None);
        assert_eq!(suggestion("missing field `cluster`"), None);
    }
}
