use super::network::{Network, Route};
use super::pipe::{Found, Pipe};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

/// One end of a connection within the process. Like a socket of a machine that another one cannot be told from dead:
/// while the two are apart, nothing arrives and nothing breaks; once they are together again, all that was sent does.
#[derive(Debug)]
pub(crate) struct MemoryStream {
    network: Network,
    route: Route,
    incoming: Pipe,
    outgoing: Pipe,
    /// Ends when the next bytes arrive.
    arrival: Pin<Box<Sleep>>,
}

impl MemoryStream {
    /// Both ends of a connection: the opener's, and that of the one who is called.
    pub(super) fn pair(network: &Network, from: Route) -> (Self, Self) {
        let (there, back) = (Pipe::default(), Pipe::default());
        let end = |route, incoming, outgoing| {
            let arrival = Box::pin(sleep_until(Instant::now()));
            Self { network: network.clone(), route, incoming, outgoing, arrival }
        };
        let to = network.back(&from);
        (end(from, back.clone(), there.clone()), end(to, there, back))
    }
}

impl AsyncRead for MemoryStream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            ready!(this.network.poll_open(&this.route, cx));
            match this.incoming.read(Instant::now(), cx, buffer) {
                Found::Bytes | Found::End => return Poll::Ready(Ok(())),
                Found::Nothing => return Poll::Pending,
                Found::Later(at) => {
                    this.arrival.as_mut().reset(at);
                    ready!(this.arrival.as_mut().poll(cx));
                }
            }
        }
    }
}

impl AsyncWrite for MemoryStream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let hears = self.network.is_open(&self.route);
        let at = || Instant::now() + self.network.transit();
        match ready!(self.outgoing.write(at, hears, cx, bytes)) {
            Some(written) => Poll::Ready(Ok(written)),
            None => Poll::Ready(Err(io::ErrorKind::ConnectionReset.into())),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.outgoing.end(Instant::now() + self.network.transit());
        Poll::Ready(Ok(()))
    }
}

impl Drop for MemoryStream {
    fn drop(&mut self) {
        self.outgoing.end(Instant::now() + self.network.transit());
        self.incoming.abandon();
        self.network.forget(&self.route);
    }
}
