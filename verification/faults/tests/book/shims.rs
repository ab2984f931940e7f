//! What the pages' commands find in their PATH: this build's own binaries.

use quorate_faults::kill::find_binary;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

/// A directory for the whole test; it is removed at the end.
#[derive(Debug)]
pub(crate) struct Shims {
    directory: PathBuf,
    root: PathBuf,
}

impl Shims {
    pub(crate) fn make(root: &Path) -> Self {
        let directory = std::env::temp_dir().join(format!("quorate-book-{}", std::process::id()));
        let bin = directory.join("bin");
        fs::create_dir_all(&bin).unwrap();
        let quorate = find_binary().unwrap();
        let built = quorate.parent().unwrap();
        symlink(&quorate, bin.join("quorate")).unwrap();
        let checker = built.join("quorate-check");
        assert!(checker.exists(), "{} is not there: `cargo test --workspace` builds it", checker.display());
        symlink(&checker, bin.join("quorate-check")).unwrap();
        let cargo = bin.join("cargo");
        fs::write(&cargo, cargo_shim(built)).unwrap();
        fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).unwrap();
        Self { directory, root: root.to_owned() }
    }

    pub(crate) fn path(&self) -> String {
        format!("{}:{}", self.directory.join("bin").display(), std::env::var("PATH").unwrap_or_default())
    }

    /// A directory that looks like a checkout and is written to like one.
    pub(crate) fn session_directory(&self, page: &str) -> PathBuf {
        let directory = self.directory.join(page.replace('/', "-"));
        fs::create_dir_all(&directory).unwrap();
        for entry in fs::read_dir(&self.root).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name();
            if name != "target" && name != ".git" {
                symlink(entry.path(), directory.join(name)).unwrap();
            }
        }
        directory
    }
}

impl Drop for Shims {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.directory);
    }
}

/// `cargo` for pages: what is built already is run, and anything else is an error, so that it is either named as run
/// elsewhere or taught here.
fn cargo_shim(built: &Path) -> String {
    let built = built.display();
    format!(
        r#"#!/usr/bin/env bash
# A cargo that runs what is built and builds nothing.
case "$*" in
"build --release -p quorate-node") exit 0 ;;
"run --release") shift 2; exec '{built}/quorate-check' "$@" ;;
"run --release -- "*) shift 3; exec '{built}/quorate-check' "$@" ;;
"run --release -p quorate-client --example "*) name=$6; shift 7; exec "{built}/examples/$name" "$@" ;;
"run --release -p quorate-faults --bin "*) name=$6; shift 7; exec "{built}/$name" "$@" ;;
*) echo "the pages' cargo does not know: $*" >&2; exit 98 ;;
esac
"#
    )
}
