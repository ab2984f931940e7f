use anstyle::{AnsiColor, Style};

/// What is well.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// What somebody should look at.
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default();
/// What is not well.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();

/// Rows of text in columns, as wide as their widest cell.
#[derive(Debug, Default)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
    styles: Vec<(usize, usize, Style)>,
}

impl Table {
    /// A table with these headings.
    pub(crate) fn new(headings: &[&str]) -> Self {
        Self { rows: vec![headings.iter().map(|&heading| heading.to_owned()).collect()], styles: Vec::new() }
    }

    /// Appends a row. One with fewer cells ends early, and its last cell may be of any width.
    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// Gives a cell of the last row a style, where colours are wanted.
    pub(crate) fn style(&mut self, column: usize, style: Style) {
        self.styles.push((self.rows.len().saturating_sub(1), column, style));
    }

    /// The lines, without colours.
    pub(crate) fn render(&self) -> String {
        self.render_in(false)
    }

    /// The lines, with colours or without.
    pub(crate) fn render_in(&self, color: bool) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.rows.iter().filter(|row| row.len() > column + 1 || row.len() == columns);
            cells.filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut text = String::new();
        for (line, row) in self.rows.iter().enumerate() {
            let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
                let padding = " ".repeat(width.saturating_sub(cell.chars().count()));
                let style = self.styles.iter().find(|(row, at, _)| color && (*row, *at) == (line, column));
                paint(cell, style.map(|(.., style)| *style)) + &padding
            });
            text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
            text.push('\n');
        }
        text
    }
}

/// Text in a style, if it has one.
pub(crate) fn paint(text: &str, style: Option<Style>) -> String {
    style.map_or_else(|| text.to_owned(), |style| format!("{style}{text}{style:#}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let mut table = Table::new(&["node", "state", "logs"]);
        table.row(vec!["1".into(), "up".into(), "12345".into()]);
        table.style(1, GOOD);
        table.row(vec!["2".into(), "down: connection refused".into()]);
        assert_eq!(table.render(), "node  state  logs\n1     up     12345\n2     down: connection refused\n");
        let painted = table.render_in(true);
        assert_eq!(painted.lines().nth(1), Some("1     \u{1b}[32mup\u{1b}[0m     12345"));
    }
}
