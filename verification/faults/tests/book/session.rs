//! Runs the commands of a page.

use super::page::Command;
use super::shims::Shims;
use std::fmt::Write as _;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::process::{Command as Process, Stdio};

/// The most time for a page, in seconds.
const PAGE_SECONDS: u32 = 240;
/// Commands that go on until somebody ends them are ended after these seconds, by an interrupt.
const LOOK_SECONDS: u32 = 3;
/// How they begin.
const ENDLESS: &[&str] = &["cargo run --release -- explore", "quorate-check explore", "quorate status --watch"];

/// Runs them in a directory of their own; the failure names the page's line.
pub(crate) fn run(page: &str, commands: &[Command], shims: &Shims) -> Result<(), String> {
    let directory = shims.session_directory(page);
    let base = free_base_port().expect("no ports are free");
    let script = script(commands, base);
    let mut process = Process::new("timeout");
    process.args(["--kill-after=5", &PAGE_SECONDS.to_string(), "bash", "-c", &script]);
    process.current_dir(&directory).env("PATH", shims.path()).env("HOME", &directory);
    process.env(
        "QUORATE_ENDPOINTS",
        (1..=3).map(|node| format!("127.0.0.1:{}", base + node)).collect::<Vec<_>>().join(","),
    );
    process.env("NO_COLOR", "1").env("QUORATE_TIMEOUT", "20s");
    let output = process.process_group(0).stdin(Stdio::null()).output().map_err(|error| format!("{page}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    let tail =
        |text: &str| text.lines().rev().take(40).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("\n");
    Err(format!("{page}: {}\n--- stdout\n{}\n--- stderr\n{}", output.status, tail(&out), tail(&err)))
}

/// One command after the other; the first that does not end as the page says ends it all. What runs in the background
/// is ended with the session, by its own pid.
fn script(commands: &[Command], base: u16) -> String {
    let mut script = String::from("set -u\ntrap 'kill $(jobs -p) 2>/dev/null; wait' EXIT\n");
    for command in commands {
        let text = with_ports(&command.text, base);
        let is_background = text.ends_with('&');
        let endless = ENDLESS.iter().any(|begins| text.starts_with(begins));
        let (line, exit) = (command.line, command.exit);
        let _ = writeln!(script, "echo '@@ line {line}' >&2");
        if is_background || text.starts_with("quorate serve") {
            let _ = writeln!(script, "{} &", text.trim_end_matches('&').trim_end());
        } else if endless {
            let _ = writeln!(script, "timeout -s INT --kill-after=5 {LOOK_SECONDS} {text}; status=$?");
            let _ = writeln!(
                script,
                "[ $status = 124 ] || [ $status = 0 ] || {{ echo \"line {line}: exit code $status\" >&2; exit 99; }}"
            );
        } else {
            let _ = writeln!(script, "{text}\nstatus=$?");
            let _ = writeln!(
                script,
                "[ $status = {exit} ] || {{ echo \"line {line}: exit code $status, the page says {exit}\" >&2; exit 99; }}"
            );
        }
    }
    script
}

/// The text's ports 74xx and 75xx are as far above `base`, and a new cluster is made there.
fn with_ports(text: &str, base: u16) -> String {
    let mut text = text.to_owned();
    for node in 1..=9 {
        for above in [0, 100] {
            let (written, meant) = (7400 + above + node, base + above + node);
            text = text.replace(&format!(":{written}"), &format!(":{meant}"));
        }
    }
    if text.starts_with("quorate init") && !text.contains("--base-port") {
        text.push_str(&format!(" --base-port {base}"));
    }
    text
}

/// A base such that all ports that three nodes need are free at this moment.
fn free_base_port() -> Option<u16> {
    let is_free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
    let all_free = |base: &u16| (1..=3).all(|node| is_free(base + node) && is_free(base + 100 + node));
    let start = 20_000 + u16::try_from(std::process::id() % 100).unwrap_or(0) * 200;
    (start..=60_000).step_by(200).find(all_free)
}
