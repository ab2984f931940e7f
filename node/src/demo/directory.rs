use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// Where a demo keeps the nodes' data. A temporary one goes with the demo; one that was left behind by a demo that was
/// killed goes with the next one.
#[derive(Debug)]
pub(super) struct Directory {
    path: PathBuf,
    /// Held while a temporary directory is in use.
    lock: Option<File>,
}

const PREFIX: &str = "quorate-demo-";
const LOCK: &str = "in-use";

impl Directory {
    /// One that was asked for, and stays.
    pub(super) fn kept(path: PathBuf) -> Self {
        Self { path, lock: None }
    }

    /// A temporary one. Its nodes' files go into `nodes` below it.
    ///
    /// # Errors
    /// It cannot be made.
    pub(super) fn temporary() -> io::Result<Self> {
        let parent = std::env::temp_dir();
        sweep(&parent);
        let path = parent.join(format!("{PREFIX}{}", std::process::id()));
        fs::create_dir(&path)?;
        let lock = File::create_new(path.join(LOCK))?;
        lock.lock()?;
        Ok(Self { path, lock: Some(lock) })
    }

    /// Where the nodes' files go.
    pub(super) fn nodes(&self) -> PathBuf {
        if self.lock.is_some() { self.path.join("nodes") } else { self.path.clone() }
    }

    /// Removes it, if it is a temporary one.
    pub(super) fn remove(&mut self) {
        if self.lock.take().is_some() {
            // What cannot be removed now is swept later.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        self.remove();
    }
}

/// Removes what demos left behind that did not end well: their locks are free.
fn sweep(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for path in entries.filter_map(|entry| entry.ok().map(|entry| entry.path())) {
        let ours = path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(PREFIX));
        let is_free = || File::open(path.join(LOCK)).is_ok_and(|lock| lock.try_lock().is_ok());
        if ours && !path.is_symlink() && is_free() {
            let _ = fs::remove_dir_all(&path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_uses_is_swept() {
        let parent = std::env::temp_dir().join(format!("quorate-sweep-{}", std::process::id()));
        let (used, left, other) = (parent.join("quorate-demo-1"), parent.join("quorate-demo-2"), parent.join("other"));
        for path in [&used, &left, &other] {
            fs::create_dir_all(path).unwrap();
            File::create(path.join(LOCK)).unwrap();
        }
        let lock = File::open(used.join(LOCK)).unwrap();
        lock.lock().unwrap();
        sweep(&parent);
        assert_eq!([used.exists(), left.exists(), other.exists()], [true, false, true]);
        fs::remove_dir_all(&parent).unwrap();
    }
}
