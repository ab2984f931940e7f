use bytes::{Buf, Bytes};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use tokio::io::ReadBuf;
use tokio::time::Instant;

/// Bytes on their way in one direction beyond which a writer waits, as a socket's buffers do.
pub(super) const PIPE_BYTES_MAX: usize = 1 << 20;

/// One direction of a stream: bytes that arrive in order, each after its time on the way.
#[derive(Clone, Debug, Default)]
pub(super) struct Pipe(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    segments: VecDeque<(Instant, Bytes)>,
    bytes: usize,
    /// When the last segment arrives: none overtakes another.
    last: Option<Instant>,
    /// The writer has gone; when its reader hears of it.
    ended: Option<Instant>,
    /// The reader has gone.
    abandoned: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

/// What a reader finds.
pub(super) enum Found {
    /// Bytes, in its buffer.
    Bytes,
    /// Nothing more will come.
    End,
    /// Something is on the way, and arrives then.
    Later(Instant),
    /// Nothing; it is woken when something is written.
    Nothing,
}

impl Pipe {
    /// Takes what has arrived by `now`.
    pub(super) fn read(&self, now: Instant, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Found {
        let mut state = self.state();
        let Some((at, segment)) = state.segments.front_mut() else {
            return match state.ended {
                Some(at) if at <= now => Found::End,
                Some(at) => Found::Later(at),
                None => {
                    state.reader = Some(cx.waker().clone());
                    Found::Nothing
                }
            };
        };
        if *at > now {
            return Found::Later(*at);
        }
        let taken = segment.len().min(buffer.remaining());
        buffer.put_slice(segment.get(..taken).unwrap_or_default());
        segment.advance(taken);
        if segment.is_empty() {
            state.segments.pop_front();
        }
        state.bytes -= taken;
        wake(&mut state.writer);
        Found::Bytes
    }

    /// Sends what there is room for, to arrive at what `at` gives; how much that was. `None` if the reader has gone and
    /// the writer can know it.
    pub(super) fn write(
        &self,
        at: impl FnOnce() -> Instant,
        hears: bool,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Option<usize>> {
        let mut state = self.state();
        if state.abandoned && hears {
            return Poll::Ready(None);
        }
        let room = PIPE_BYTES_MAX.saturating_sub(state.bytes).min(bytes.len());
        if room == 0 && !bytes.is_empty() {
            state.writer = Some(cx.waker().clone());
            return Poll::Pending;
        }
        let at = at();
        let at = state.last.map_or(at, |last| last.max(at));
        state.last = Some(at);
        state.segments.push_back((at, Bytes::copy_from_slice(bytes.get(..room).unwrap_or_default())));
        state.bytes += room;
        wake(&mut state.reader);
        Poll::Ready(Some(room))
    }

    /// The writer goes; its reader hears of it at `at`, after all that was written.
    pub(super) fn end(&self, at: Instant) {
        let mut state = self.state();
        let at = state.last.map_or(at, |last| last.max(at));
        state.ended.get_or_insert(at);
        wake(&mut state.reader);
    }

    /// The reader goes.
    pub(super) fn abandon(&self) {
        let mut state = self.state();
        state.abandoned = true;
        wake(&mut state.writer);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn wake(waker: &mut Option<Waker>) {
    waker.take().into_iter().for_each(Waker::wake);
}
