use std::fmt::{Display, Write};

/// A page of metrics in the making, in Prometheus' text format 0.0.4.
#[derive(Debug, Default)]
pub struct Exposition {
    text: String,
}

impl Exposition {
    /// Begins a metric. `kind` is "counter" or "gauge".
    pub fn metric(&mut self, name: &str, kind: &str, help: &str) {
        self.line(format_args!("# HELP {name} {help}"));
        self.line(format_args!("# TYPE {name} {kind}"));
    }

    /// One sample. Label values are ours and need no escapes.
    pub fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        if labels.is_empty() {
            return self.line(format_args!("{name} {value}"));
        }
        let labels: Vec<String> = labels.iter().map(|(label, value)| format!("{label}=\"{value}\"")).collect();
        self.line(format_args!("{name}{{{}}} {value}", labels.join(",")));
    }

    /// A counter without labels.
    pub fn counter(&mut self, name: &str, help: &str, value: u64) {
        self.metric(name, "counter", help);
        self.sample(name, &[], value);
    }

    /// The page.
    pub fn finish(self) -> String {
        self.text
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing to a String does not fail.
        let _ = writeln!(self.text, "{line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page() {
        let mut page = Exposition::default();
        page.counter("quorate_a_total", "Things.", 3);
        page.metric("quorate_up", "gauge", "Whether a peer is up.");
        page.sample("quorate_up", &[("peer", "2")], 1);
        let text = "# HELP quorate_a_total Things.\n# TYPE quorate_a_total counter\nquorate_a_total 3\n\
                    # HELP quorate_up Whether a peer is up.\n# TYPE quorate_up gauge\nquorate_up{peer=\"2\"} 1\n";
        assert_eq!(page.finish(), text);
    }
}
