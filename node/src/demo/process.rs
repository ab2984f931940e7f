use rustix::process::{Pid, Signal, kill_process};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// How a node's process is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// It runs.
    Up,
    /// It is stopped (SIGSTOP): it holds its connections, and says nothing.
    Frozen,
    /// There is none.
    Dead,
}

/// One node's process: this very program, with data on disk.
#[derive(Debug, Default)]
pub(super) struct NodeProcess {
    child: Option<Child>,
    frozen: bool,
}

/// What a node's process is started with.
pub(super) struct Launch {
    /// Its configuration.
    pub(super) config: PathBuf,
    /// Where its log goes.
    pub(super) log: PathBuf,
    /// Where it finds the others, as `--dial` takes it.
    pub(super) dial: Vec<String>,
}

impl NodeProcess {
    /// How it is at this moment.
    pub(super) fn state(&mut self) -> State {
        // One that ended by itself is not there any more.
        if self.child.as_mut().is_none_or(|child| !matches!(child.try_wait(), Ok(None))) {
            (self.child, self.frozen) = (None, false);
        }
        match self {
            Self { child: None, .. } => State::Dead,
            Self { frozen: true, .. } => State::Frozen,
            Self { frozen: false, .. } => State::Up,
        }
    }

    /// Starts it, in a process group of its own, so that an interrupt at the prompt does not reach it. It ends when the
    /// demo ends, however that ends: its stdin ends then, and for one that is frozen the system sees to it.
    ///
    /// # Errors
    /// There is no such process to start.
    pub(super) fn start(&mut self, launch: &Launch) -> io::Result<()> {
        use std::os::unix::process::CommandExt;
        let log = File::options().create(true).append(true).open(&launch.log)?;
        let mut command = Command::new(program()?);
        command.args(["serve", "--stop-with-stdin", "--end-with-parent", "-c"]).arg(&launch.config).process_group(0);
        command.args(launch.dial.iter().flat_map(|dial| ["--dial", dial]));
        let child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(log).spawn()?;
        (self.child, self.frozen) = (Some(child), false);
        Ok(())
    }

    /// Ends it without warning (SIGKILL), and waits until it is gone.
    ///
    /// # Errors
    /// The system says so.
    pub(super) fn kill(&mut self) -> io::Result<()> {
        self.frozen = false;
        let Some(mut child) = self.child.take() else { return Ok(()) };
        child.kill().and_then(|()| child.wait()).map(drop)
    }

    /// Stops it where it stands (SIGSTOP), or lets it go on (SIGCONT).
    ///
    /// # Errors
    /// The system says so.
    pub(super) fn freeze(&mut self, frozen: bool) -> io::Result<()> {
        self.signal(if frozen { Signal::STOP } else { Signal::CONT })?;
        self.frozen = frozen;
        Ok(())
    }

    /// Asks it to stop (SIGTERM).
    pub(super) fn ask_to_stop(&mut self) {
        // One that is frozen takes it when it goes on; one that is gone needs none.
        let _ = self.signal(Signal::TERM);
        let _ = self.freeze(false);
    }

    fn signal(&self, signal: Signal) -> io::Result<()> {
        let pid = self.child.as_ref().and_then(|child| Pid::from_raw(i32::try_from(child.id()).ok()?));
        // A child that has not been waited for keeps its pid, so it is no other process that is signalled.
        pid.map_or(Ok(()), |pid| kill_process(pid, signal)).map_err(io::Error::from)
    }
}

impl Drop for NodeProcess {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

/// This very program, even if its file has been replaced since it was started.
fn program() -> io::Result<PathBuf> {
    let path = std::env::current_exe()?;
    if path.exists() { Ok(path) } else { Ok(Path::new("/proc/self/exe").to_owned()) }
}
