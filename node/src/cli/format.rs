use std::io::IsTerminal;

/// How a command reads keys and values, and how it writes what it found.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct Format {
    /// How to print data: by default a table on a terminal, the bare value in a pipe
    #[arg(short, long, global = true, help_heading = "Output", env = "QUORATE_OUTPUT", value_name = "FORMAT")]
    pub output: Option<Output>,
    /// Keys and values are given and printed as hexadecimal digits
    #[arg(long, global = true, help_heading = "Output", overrides_with = "base64")]
    pub hex: bool,
    /// Keys and values are given and printed in base64
    #[arg(long, global = true, help_heading = "Output", overrides_with = "hex")]
    pub base64: bool,
    /// No colour, whatever the terminal can do; so does the variable NO_COLOR
    #[arg(long, global = true, help_heading = "Output")]
    pub no_color: bool,
    /// Whether it is for a prompt: each answer ends its line, and `-` is not standard input, which is the prompt's.
    #[arg(skip)]
    pub prompt: bool,
}

/// How data are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Output {
    /// Names and values in columns, for people
    Table,
    /// One JSON document, indented
    Json,
    /// The same document on one line; with --watch, one for each look
    Ndjson,
    /// The bare value: what a script wants most of the time
    Raw,
}

/// How bytes are written as text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// As they are.
    #[default]
    Plain,
    /// Two hexadecimal digits a byte.
    Hex,
    /// The standard alphabet of RFC 4648, with padding.
    Base64,
}

impl Format {
    /// That of a prompt.
    pub(crate) fn at_prompt() -> Self {
        Self { prompt: true, ..Self::default() }
    }

    /// How data are printed: as asked for, else as fits who reads.
    pub(crate) fn output(&self) -> Output {
        let fitting = || if std::io::stdout().is_terminal() { Output::Table } else { Output::Raw };
        self.output.unwrap_or_else(fitting)
    }

    /// How keys and values are written.
    pub(crate) fn encoding(&self) -> Encoding {
        match (self.hex, self.base64) {
            (true, _) => Encoding::Hex,
            (_, true) => Encoding::Base64,
            _ => Encoding::Plain,
        }
    }

    /// Whether data may have colours: they go to a terminal, and nobody objects.
    pub(crate) fn color(&self) -> bool {
        self.color_on(std::io::stdout().is_terminal())
    }

    /// The same of words.
    pub(crate) fn color_on_stderr(&self) -> bool {
        self.color_on(std::io::stderr().is_terminal())
    }

    fn color_on(&self, terminal: bool) -> bool {
        let objects = self.no_color || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        terminal && !objects && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
    }

    /// The format of a command line that could not be parsed, as far as it can be told: its errors are JSON too.
    pub(crate) fn of_broken_line(arguments: &[std::ffi::OsString]) -> Self {
        let mut output = std::env::var("QUORATE_OUTPUT").ok();
        let mut arguments = arguments.iter().filter_map(|argument| argument.to_str());
        while let Some(argument) = arguments.next() {
            match argument {
                "--" => break,
                "-o" | "--output" => output = arguments.next().map(str::to_owned),
                _ => {
                    let joined = argument.strip_prefix("--output=").or_else(|| argument.strip_prefix("-o"));
                    output = joined.map(|word| word.trim_start_matches('=').to_owned()).or(output);
                }
            }
        }
        let output = output.and_then(|word| <Output as clap::ValueEnum>::from_str(&word, false).ok());
        Self { output, ..Self::default() }
    }
}

impl Output {
    /// Whether programs read it.
    pub(crate) fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::Ndjson)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_of_a_broken_line() {
        let of = |words: &[&str]| {
            let words: Vec<_> = words.iter().map(std::ffi::OsString::from).collect();
            Format::of_broken_line(&words).output
        };
        assert_eq!(of(&["quorate", "get", "-o", "json"]), Some(Output::Json));
        assert_eq!(of(&["quorate", "--output=ndjson", "get"]), Some(Output::Ndjson));
        assert_eq!(of(&["quorate", "-ojson", "get"]), Some(Output::Json));
        assert_eq!(of(&["quorate", "--output", "xml"]), None);
        assert_eq!(of(&["quorate", "put", "--", "-o", "json"]), None);
        assert_eq!(of(&["quorate", "-o"]), None);
    }
}
