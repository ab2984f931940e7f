//! Text as a picture holds it.

/// Text as markup.
pub(super) use crate::ledger::escaped;

/// At most so many characters; what is longer ends in an ellipsis.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['\u{2026}']).collect()
}

/// Lines of at most so many characters, broken at spaces where there are any; `most` of them, of which the last is cut.
pub(super) fn wrapped(text: &str, width: usize, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split_whitespace() {
        let used = lines.last().map_or(0, |line| line.chars().count());
        if used > 0 && used + 1 + word.chars().count() > width {
            lines.push(String::new());
        }
        let Some(line) = lines.last_mut() else { continue };
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    let is_cut = lines.len() > most;
    lines.truncate(most);
    if let Some(last) = lines.last_mut().filter(|_| is_cut) {
        last.push_str(" \u{2026}");
    }
    lines.iter().map(|line| cut(line, width + 2)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_broken_at_spaces_and_cut_where_there_are_none() {
        assert_eq!(wrapped("one two three", 7, 3), ["one two", "three"]);
        assert_eq!(wrapped("one two three four", 7, 1), ["one two \u{2026}"]);
        assert_eq!(wrapped("abcdefghijkl", 5, 2), ["abcdef\u{2026}"]);
        assert_eq!(wrapped("", 5, 2), [""]);
    }
}
