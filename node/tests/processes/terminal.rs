//! A pseudo-terminal for a command's stdout.

use crate::cluster::BINARY;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use std::fs::{File, OpenOptions};
use std::io::Read;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::process::{Child, Command, Stdio};

/// A command whose stdout is a terminal, and the terminal's other side.
pub(crate) struct OnTerminal {
    pub(crate) child: Child,
    screen: File,
}

impl OnTerminal {
    /// Starts the binary with these arguments; its stderr is a pipe.
    pub(crate) fn start(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        let name = ptsname(&ours, Vec::new()).unwrap();
        let theirs = OpenOptions::new().read(true).write(true).open(std::ffi::OsStr::from_bytes(name.as_bytes()));
        let mut command = Command::new(BINARY);
        command.args(arguments).env_remove("NO_COLOR").env("TERM", "xterm").envs(environment.iter().copied());
        command.stdin(Stdio::null()).stdout(OwnedFd::from(theirs.unwrap())).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        Self { child, screen: File::from(ours) }
    }

    /// Some of what the command writes; nothing once it has ended and all was read.
    pub(crate) fn read(&mut self) -> String {
        let mut buffer = [0; 4096];
        // The last descriptor of the other side is closed: an error of its own on Linux.
        let bytes = self.screen.read(&mut buffer).unwrap_or(0);
        String::from_utf8_lossy(&buffer[..bytes]).into_owned()
    }

    /// Everything that it writes until it ends, with plain newlines, and its exit code.
    pub(crate) fn finish(mut self) -> (String, i32) {
        let mut all = String::new();
        loop {
            let some = self.read();
            if some.is_empty() {
                break;
            }
            all.push_str(&some);
        }
        let status = self.child.wait().unwrap();
        (all.replace("\r\n", "\n"), status.code().unwrap_or(-1))
    }
}
