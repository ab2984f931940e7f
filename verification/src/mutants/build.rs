//! The variant of the checker that holds the wrong rules is a build of its own, in a target directory of
//! its own: no shipped binary holds any of it.

use std::path::Path;
use std::process::{Command, ExitStatus};

/// Builds this package with the feature `mutants` and runs it with `arguments`.
///
/// # Errors
/// Cargo or the built checker could not be started.
pub fn rerun_with_mutants(arguments: &[String]) -> std::io::Result<ExitStatus> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = package.parent().unwrap_or(package);
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    eprintln!("building the wrong variants in target/mutants");
    Command::new(cargo)
        .args(["run", "--quiet", "--release", "--package", "quorate-verification", "--features", "mutants"])
        .arg("--manifest-path")
        .arg(root.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(root.join("target/mutants"))
        .arg("--")
        .args(arguments)
        .status()
}
