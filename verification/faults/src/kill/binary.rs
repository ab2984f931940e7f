use super::KillError;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// The `quorate` binary of the profile that this very program was built in, built anew if it is missing or older than
/// one of its sources.
///
/// # Errors
/// [`KillError::Binary`].
pub fn find_binary() -> Result<PathBuf, KillError> {
    let own = std::env::current_exe().map_err(KillError::io("where this program is"))?;
    let mut profile = own.parent().unwrap_or(Path::new("."));
    // Tests and examples are one level deeper than binaries.
    if profile.ends_with("deps") || profile.ends_with("examples") {
        profile = profile.parent().unwrap_or(profile);
    }
    let path = profile.join("quorate");
    if !is_fresh(&path) {
        build(profile, &path)?;
    }
    Ok(path)
}

/// Cargo lists the sources of a binary beside it.
fn is_fresh(binary: &Path) -> bool {
    let Some(built) = modified(binary) else { return false };
    let Ok(list) = std::fs::read_to_string(binary.with_extension("d")) else { return false };
    let Some((_, sources)) = list.split_once(": ") else { return false };
    sources.split_whitespace().all(|source| modified(Path::new(source)).is_some_and(|changed| changed <= built))
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|data| data.modified()).ok()
}

fn build(profile: &Path, binary: &Path) -> Result<(), KillError> {
    let failed = |reason: String| KillError::Binary { path: binary.to_owned(), reason };
    let name = profile.file_name().unwrap_or_default();
    let profile_name = if name == "debug" { OsString::from("dev") } else { name.to_owned() };
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--package", "quorate-node", "--bin", "quorate", "--profile"]).arg(profile_name);
    if let Some(target) = profile.parent() {
        command.arg("--target-dir").arg(target);
    }
    let out = command.output().map_err(|error| failed(format!("cargo does not start: {error}")))?;
    if !out.status.success() || !binary.exists() {
        return Err(failed(String::from_utf8_lossy(&out.stderr).into_owned()));
    }
    Ok(())
}
