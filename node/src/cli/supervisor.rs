//! What systemd is told of a node that it started: `Type=notify` and `WatchdogSec=`. Without `NOTIFY_SOCKET` in the
//! environment nothing is told to anybody.

use crate::server::Node;
use sd_notify::NotifyState;
use std::time::Duration;

/// How often the status line is looked at where no watchdog asks for more.
const LOOK: Duration = Duration::from_secs(5);
/// Looks within the time that the watchdog allows: a thread may be slow for most of it.
const LOOKS: u32 = 4;

/// Says that the node serves.
pub(super) fn ready(node: &Node) {
    notify(&[NotifyState::Ready, NotifyState::Status(&status(node))]);
}

/// Says that the node stops, as it was asked to.
pub(super) fn stopping() {
    notify(&[NotifyState::Stopping, NotifyState::Status("stopping")]);
}

/// Says that the configuration is read again; [`ready`] ends it.
pub(super) fn reloading() {
    // Where the clock cannot be read, a manager that wants its time goes without.
    match NotifyState::monotonic_usec_now() {
        Ok(now) => notify(&[NotifyState::Reloading, now]),
        Err(_) => notify(&[NotifyState::Reloading]),
    }
}

/// Keeps the status line true, and feeds the watchdog as long as the drivers and the writer make progress. Never ends.
pub(super) async fn watch(node: &Node) {
    if std::env::var_os("NOTIFY_SOCKET").is_none() {
        return std::future::pending().await;
    }
    let watchdog = sd_notify::watchdog_enabled();
    let interval = watchdog.map_or(LOOK, |allowed| (allowed / LOOKS).min(LOOK)).max(Duration::from_millis(1));
    let (mut told, mut before) = (status(node), node.pulse());
    let mut stuck = None;
    loop {
        tokio::time::sleep(interval).await;
        let status = status(node);
        if status != told {
            notify(&[NotifyState::Status(&status)]);
            told = status;
        }
        let now = node.pulse();
        let found = now.stuck_since(&before);
        if watchdog.is_some() && found.is_none() {
            notify(&[NotifyState::Watchdog]);
        }
        note_change(stuck.as_ref(), found.as_ref());
        stuck = found;
        before = now;
    }
}

fn note_change(before: Option<&String>, now: Option<&String>) {
    match (before, now) {
        (None, Some(thread)) => tracing::warn!(thread, "no progress; the watchdog is not fed"),
        (Some(thread), None) => tracing::info!(thread, "progress again"),
        _ => {}
    }
}

fn status(node: &Node) -> String {
    match node.ready() {
        Ok(()) => "serving".to_owned(),
        Err(missing) => format!("not ready: {missing}"),
    }
}

/// A manager that does not listen is no reason to stop.
fn notify(state: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(state) {
        tracing::debug!(%error, "the service manager was not told");
    }
}
