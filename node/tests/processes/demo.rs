//! `quorate demo` and `quorate repl`, as scripts drive them.

use super::cluster::{BINARY, Cluster, code, signal, text};
use rustix::process::{Pid, Signal, test_kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// A directory of its own for temporary files, and nothing in it.
fn temporary(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

fn command(arguments: &[&str], temporary: &Path) -> Command {
    let mut command = Command::new(BINARY);
    command.args(arguments).env("TMPDIR", temporary).stdin(Stdio::piped()).stdout(Stdio::piped());
    command.stderr(Stdio::piped());
    command
}

/// Runs a command with these lines on stdin.
fn with_lines(mut command: Command, lines: &str) -> Output {
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn a_script_of_faults() {
    let temporary = temporary("demo-script");
    let script = temporary.join("script");
    let lines = "# what must work\nput tea green\nload on\nkill 2\nput tea 'very black'\nstart 2\nfreeze 3\nput tea white\n\
                 thaw 3\npartition 1|2,3\nput tea red\nstatus\nheal\nslow 1 20ms\nheal\nget tea\nload off\nstats\n";
    fs::write(&script, lines).unwrap();
    let out = command(&["demo", "--script", script.to_str().unwrap()], &temporary).output().unwrap();
    let (said, told) = (text(&out.stdout), text(&out.stderr));
    assert_eq!(code(&out), 0, "{said}{told}");
    assert!(said.contains("\nred\n"), "{said}");
    assert!(told.contains("node 1 runs; node 2 runs; node 3 runs; 1-2 is cut; 1-3 is cut\n"), "{told}");
    let rows: Vec<&str> = said.lines().filter_map(|line| line.split("  ").next()).collect();
    for row in ["load on", "kill 2", "start 2", "freeze 3", "thaw 3", "partition 1|2,3", "heal", "slow 1 20ms"] {
        assert!(rows.contains(&row), "{row} is no row of\n{said}");
    }
    fs::remove_file(script).unwrap();
    assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0, "the demo left something behind");
    fs::remove_dir(temporary).unwrap();
}

#[test]
fn what_makes_no_sense_is_refused_and_the_rest_goes_on() {
    let temporary = temporary("demo-refused");
    let lines = "kill 4\nkill 0\nstart 1\nthaw 1\nheal\nload off\npartition 1|2\npartition 1|2,2,3\nslow 1 5s\nput a -\n\
                 put 'a\nnonsense\nkill 1\nkill 1\nfreeze 1\nthaw 1\nfreeze 2\nfreeze 2\nstart 2\nkill 2\nstart 2\n\
                 put a b\nget a\n";
    let out = with_lines(command(&["demo"], &temporary), lines);
    let told = text(&out.stderr);
    assert_eq!(code(&out), 2, "the code of the first that failed: {told}");
    for (line, answer) in [
        ("kill 4", "there is no node 4; nodes are 1 to 3"),
        ("kill 0", "there is no node 0"),
        ("start 1", "node 1 runs"),
        ("thaw 1", "node 1 is not frozen"),
        ("heal", "every link is whole already"),
        ("load off", "the load is off"),
        ("partition 1|2", "node 3 is in no group"),
        ("partition 1|2,2,3", "node 2 is named twice"),
        ("slow 1 5s", "at most 2s"),
        ("put a -", "standard input"),
        ("kill 1", "node 1 does not run"),
        ("freeze 1", "node 1 does not run"),
        ("freeze 2", "quorate: node 2 is frozen"),
        ("start 2", "node 2 is frozen; thaw 2"),
    ] {
        let last = told.rsplit_once(&format!("> {line}\n"));
        let answered = told.contains(answer) && last.is_some();
        assert!(answered, "{line}: no {answer:?} in\n{told}");
    }
    assert!(told.contains("a quote is not closed") && told.contains("nonsense"), "{told}");
    assert!(told.contains("> start 2\nnode 2 serves again"), "a frozen node can be killed: {told}");
    assert!(text(&out.stdout).ends_with("\nb\n"), "{}", text(&out.stdout));
    fs::remove_dir_all(temporary).unwrap();
}

/// The nodes of a demo, by their pids.
fn nodes_of(demo: &Child) -> Vec<Pid> {
    let children = format!("/proc/{}/task", demo.id());
    let tasks = fs::read_dir(children).unwrap().map(|task| task.unwrap().path().join("children"));
    let pids = tasks.filter_map(|file| fs::read_to_string(file).ok()).collect::<String>();
    pids.split_whitespace().filter_map(|pid| Pid::from_raw(pid.parse().ok()?)).collect()
}

/// Whether a process is there, and more than a name that its parent has not asked for yet.
fn is_alive(pid: Pid) -> bool {
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).unwrap_or_default();
    let state = stat.rsplit(") ").next().and_then(|rest| rest.chars().next());
    test_kill_process(pid).is_ok() && state.is_some_and(|state| !"ZX".contains(state))
}

#[test]
fn nodes_end_with_the_demo_however_it_ends_even_frozen() {
    let temporary = temporary("demo-ends");
    for how in [Signal::KILL, Signal::TERM, Signal::INT, Signal::HUP] {
        let mut demo = command(&["demo"], &temporary).spawn().unwrap();
        let mut stdin = demo.stdin.take().unwrap();
        writeln!(stdin, "freeze 3\nwait 1m").unwrap();
        let told = BufReader::new(demo.stderr.take().unwrap());
        let mut told = told.lines().map_while(Result::ok);
        assert!(told.any(|line| line == "> wait 1m"), "{how:?}");
        let nodes = nodes_of(&demo);
        assert_eq!(nodes.len(), 3);
        signal(&demo, how);
        told.for_each(drop);
        demo.wait().unwrap();
        while nodes.iter().any(|node| is_alive(*node)) {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        let left = fs::read_dir(&temporary).unwrap().count();
        assert_eq!(left, usize::from(how == Signal::KILL), "{how:?}: what is left is swept by the next demo");
    }
    fs::remove_dir_all(temporary).unwrap();
}

#[test]
fn a_repl_of_a_pipe() {
    let temporary = temporary("repl-home");
    let cluster = Cluster::start("repl");
    let mut repl = command(&["repl", "--endpoints", &cluster.endpoints()], &temporary);
    repl.env("HOME", &temporary).env_remove("XDG_STATE_HOME");
    let out =
        with_lines(repl, "put tea green\nget tea\nget --with-version tea\nget milk\nincr n 5\nquit\nput tea black\n");
    assert_eq!(text(&out.stdout), "1.0\ngreen\n1.0\ngreen\n5\n", "{}", text(&out.stderr));
    assert_eq!(code(&out), 1, "milk has no value");
    assert_eq!(cluster.expect(0, &["get", "tea"]), "green", "nothing is obeyed after quit");
    assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0, "a pipe leaves no history");
    fs::remove_dir_all(temporary).unwrap();
}

/// A terminal, and what has been written on it.
struct Terminal {
    ours: File,
    seen: String,
}

impl Terminal {
    /// One with a command on it.
    fn of(mut command: Command) -> (Self, Child) {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        let path = ptsname(&ours, Vec::new()).unwrap().into_string().unwrap();
        let theirs = || File::options().read(true).write(true).open(&path).unwrap();
        let child = command.stdin(theirs()).stdout(theirs()).stderr(theirs()).env("TERM", "xterm").spawn().unwrap();
        (Self { ours: ours.into(), seen: String::new() }, child)
    }

    /// Types this once the prompt waits, and waits until something is seen after it.
    fn types(&mut self, keys: &str, seen: &str) {
        self.ours.write_all(keys.as_bytes()).unwrap();
        self.seen.clear();
        self.until(seen);
        self.until("quorate> ");
    }

    fn until(&mut self, text: &str) {
        let mut bytes = [0; 4096];
        loop {
            if let Some(place) = self.seen.find(text) {
                self.seen.drain(..place + text.len());
                return;
            }
            // A terminal whose other end is closed has no more to say, and says so with an error.
            let read = self.ours.read(&mut bytes).unwrap_or(0);
            assert!(read > 0, "no {text:?} in {:?}", self.seen);
            self.seen.push_str(&String::from_utf8_lossy(&bytes[..read]));
        }
    }
}

#[test]
fn somebody_types() {
    use std::os::unix::fs::PermissionsExt;
    let temporary = temporary("repl-typed");
    let cluster = Cluster::start("repl-typed-nodes");
    let mut repl = command(&["repl", "--endpoints", &cluster.endpoints()], &temporary);
    repl.env("XDG_STATE_HOME", &temporary).env("NO_COLOR", "1");
    let (mut terminal, mut child) = Terminal::of(repl);
    terminal.until("quorate> ");
    terminal.types("put tea green\r", "1.0");
    terminal.types("ge\tt\t\r", "green");
    terminal.types("half a li\x03", "ctrl-d or quit leaves");
    // The line before, from the history.
    terminal.types("\x1b[A\r", "green");
    terminal.ours.write_all(b"\x04").unwrap();
    assert!(child.wait().unwrap().success());
    let history = temporary.join("quorate/repl-history");
    let kept = fs::read_to_string(&history).unwrap();
    assert_eq!(kept.lines().filter(|line| line.contains("tea")).count(), 2, "{kept}");
    assert_eq!(fs::metadata(&history).unwrap().permissions().mode() & 0o077, 0, "it is nobody else's business");
    fs::remove_dir_all(temporary).unwrap();
}
