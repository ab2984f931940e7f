use std::path::{Path, PathBuf};

/// Lines that a history keeps.
pub(super) const LINES_MAX: usize = 1000;
/// Bytes of a line that it keeps; a longer one is a value that was pasted.
pub(super) const LINE_BYTES_MAX: usize = 1024;

/// Where the history of the prompt of this name is: in the user's state directory, as XDG has it. `None` where there
/// is none.
pub(super) fn path(name: &str) -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = variable("XDG_STATE_HOME").or_else(|| variable("HOME").map(|home| home.join(".local/state")))?;
    let directory = state.join("quorate");
    make_private(&directory)?;
    Some(directory.join(format!("{name}-history")))
}

/// What was typed may be nobody else's business.
fn make_private(directory: &Path) -> Option<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory).ok()
}
