//! Commands of the pages that this test does not run.

/// Who runs a command instead.
#[derive(Clone, Copy, Debug)]
pub(crate) enum By {
    /// A step of `.ci/run`, in which this text stands.
    Ci(&'static str),
    /// Nobody regularly, for this reason.
    Hand(&'static str),
}

/// Commands that begin so.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) begins: &'static str,
    /// Whether nothing may follow.
    whole: bool,
    pub(crate) by: By,
}

impl Entry {
    pub(crate) fn covers(&self, command: &str) -> bool {
        if self.whole { command == self.begins } else { command.starts_with(self.begins) }
    }
}

const fn all(begins: &'static str, by: By) -> Entry {
    Entry { begins, whole: false, by }
}

const fn just(begins: &'static str, by: By) -> Entry {
    Entry { begins, whole: true, by }
}

const TOOL: By = By::Hand("needs a tool that is installed for it alone");
const MODELS: By = By::Ci("cargo run --release -- check --ci");
const BITE: By = By::Ci("check slot --mutant KeepOwnValue --unrefined --trace-out target/bite");
const LOOK: By = By::Hand("as `explore restart`, which is run, in the build that holds the wrong variants");
const KILLS: By = By::Ci("cargo run --release -- mutants --quick");

pub(crate) const ENTRIES: &[Entry] = &[
    just("cargo run --release", MODELS),
    all("cargo run --release -- check --full", By::Hand("some fifteen minutes on two cores")),
    all("cargo run --release -- check --report", By::Ci("--report target/report")),
    all("cargo run --release -- check slot --mutant", BITE),
    all("cargo run --release -- replay target/bite/", BITE),
    all("cargo run --release -- explore slot --mutant", LOOK),
    all("cargo run --release -- explore --trace target/bite/", LOOK),
    all("cargo run --release -- mutants", KILLS),
    all("cargo test -p quorate-faults --test transitions", By::Ci("cargo test --workspace")),
    just("cargo test --workspace", By::Ci("cargo test --workspace")),
    all("RUSTFLAGS=\"--cfg loom\" cargo test", By::Ci("RUSTFLAGS=\"--cfg loom\" cargo test --release")),
    all(
        "cargo test -p quorate-protocol --features mutants",
        By::Ci("cargo test --release -p quorate-protocol --features mutants"),
    ),
    all(
        "cargo run --release -p quorate-faults --bin quorate-kill -- --minutes 10",
        By::Hand("ten minutes; the tests run it for two"),
    ),
    all("cargo install", TOOL),
    all("cargo mutants", By::Hand("an hour or more")),
    all("verification/fuzz/run", TOOL),
    all("java -cp tla2tools.jar", TOOL),
];

/// The entry that covers a command.
pub(crate) fn find(command: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.covers(command))
}
