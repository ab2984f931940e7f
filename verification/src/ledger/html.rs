//! A page of HTML that needs nothing from outside.

/// The page's style. Plain, readable in the light and in the dark.
const STYLE: &str = "\
:root{color-scheme:light dark;--line:#8884;--soft:#8881;--good:#1a7f37;--bad:#cf222e;--warn:#9a6700}
@media(prefers-color-scheme:dark){:root{--good:#3fb950;--bad:#f85149;--warn:#d29922}}
body{font:15px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.7rem;margin:0}h2{font-size:1.2rem;margin:2.2rem 0 .6rem;border-bottom:1px solid var(--line)}
.sub{opacity:.75;margin:.3rem 0 1.2rem}table{border-collapse:collapse;width:100%;font-size:.87rem}
th{text-align:left;font-weight:600}td,th{padding:.28rem .6rem .28rem 0;border-bottom:1px solid var(--line);vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}.wide{overflow-x:auto}.b{opacity:.72;font-size:.8rem}
.good{color:var(--good);font-weight:600}.bad{color:var(--bad);font-weight:600}.warn{color:var(--warn);font-weight:600}
.cards{display:flex;flex-wrap:wrap;gap:.8rem}.card{background:var(--soft);border-radius:.5rem;padding:.7rem 1rem;flex:1 1 11rem}
.card b{display:block;font-size:1.5rem}.bar{display:inline-block;height:.55rem;background:currentColor;opacity:.35;border-radius:.2rem}
details{background:var(--soft);border-radius:.5rem;margin:.5rem 0;padding:.5rem .9rem}summary{cursor:pointer;font-weight:600}
.picture{overflow-x:auto}.picture svg{height:auto;max-width:100%;min-width:46rem;border-radius:.5rem}code{font-size:.92em}pre{overflow-x:auto;background:var(--soft);padding:.7rem;border-radius:.5rem}
.dot td{text-align:center}.dot td:first-child{text-align:left}nav a{margin-right:1rem}";

/// A page in the making.
#[derive(Debug)]
pub struct Html(String);

impl Html {
    /// A page with this title.
    pub fn new(title: &str) -> Self {
        let title = escaped(title);
        Self(format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
             content=\"width=device-width\"><title>{title}</title><style>{STYLE}</style></head><body>\n<h1>{title}</h1>\n"
        ))
    }

    /// Adds markup as it is.
    pub fn raw(&mut self, markup: &str) {
        self.0.push_str(markup);
        self.0.push('\n');
    }

    /// A heading that the page can be entered at.
    pub fn section(&mut self, id: &str, title: &str) {
        self.raw(&format!("<h2 id=\"{id}\">{}</h2>", escaped(title)));
    }

    /// A table. A head that starts with `#` is of a column of numbers; cells are markup already.
    pub fn table(&mut self, class: &str, heads: &[&str], rows: impl IntoIterator<Item = Vec<String>>) {
        let numeric: Vec<&str> =
            heads.iter().map(|head| if head.starts_with('#') { " class=\"n\"" } else { "" }).collect();
        let head = heads
            .iter()
            .zip(&numeric)
            .map(|(head, class)| format!("<th{class}>{}</th>", escaped(head.trim_start_matches('#'))));
        let head: String = head.collect();
        self.raw(&format!("<div class=\"wide\"><table class=\"{class}\"><thead><tr>{head}</tr></thead><tbody>"));
        for row in rows {
            let cells = row.iter().zip(&numeric).map(|(cell, class)| format!("<td{class}>{cell}</td>"));
            self.raw(&format!("<tr>{}</tr>", cells.collect::<String>()));
        }
        self.raw("</tbody></table></div>");
    }

    /// The whole page.
    pub fn finish(mut self) -> String {
        self.raw("</body></html>");
        self.0
    }
}

/// Text as markup.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
