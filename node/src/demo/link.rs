use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

/// How the way from one node to another is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    /// As fast as it goes.
    Up,
    /// Everything takes this long, each way.
    Slow(Duration),
    /// Nothing passes, and nothing is said about it: connections stay open, as they do when a switch loses its power.
    Cut,
}

/// The way from one node to another: a port that passes on to the other node what the first one sends there, and back.
#[derive(Debug)]
pub(super) struct Link {
    address: SocketAddr,
    condition: watch::Sender<Condition>,
}

/// Connections on one link. A node has one, and opens another when that is silent; beyond this they wait at the port.
const RELAYS_MAX: usize = 16;
/// How long a new connection is kept while the link is cut: longer than a node waits for it.
const KEPT_WAITING: Duration = Duration::from_secs(4);
/// Bytes that are passed on at a time.
const CHUNK: usize = 16 * 1024;
/// Chunks that are on their way in one direction of a slow link; 1 MiB.
const CHUNKS_MAX: usize = 64;

impl Link {
    /// Opens a port on loopback whose connections lead to `target`. It is served until this is dropped.
    ///
    /// # Errors
    /// There is no port.
    pub(super) async fn open(target: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let (condition, seen) = watch::channel(Condition::Up);
        tokio::spawn(serve(listener, target, seen));
        Ok(Self { address, condition })
    }

    /// Where the first node finds the other.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// How it is.
    pub(super) fn condition(&self) -> Condition {
        *self.condition.borrow()
    }

    /// Changes how it is, for what is on its way as well.
    pub(super) fn set(&self, condition: Condition) {
        self.condition.send_replace(condition);
    }
}

async fn serve(listener: TcpListener, target: SocketAddr, mut condition: watch::Receiver<Condition>) {
    let mut relays = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept(), if relays.len() < RELAYS_MAX => match accepted {
                Ok((near, _)) => drop(relays.spawn(relay(near, target, condition.clone()))),
                // Out of descriptors, most likely: the others must go on.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            },
            Some(_) = relays.join_next() => {}
            // The demo is over when there is nobody left to change it.
            changed = condition.changed() => if changed.is_err() { return },
        }
    }
}

/// One connection, from its beginning to its end. Whatever breaks it breaks both of its halves.
async fn relay(near: TcpStream, target: SocketAddr, mut condition: watch::Receiver<Condition>) -> io::Result<()> {
    let open = condition.wait_for(|condition| *condition != Condition::Cut);
    // A node that gave up meanwhile is not heard of here, but it is not waiting any more.
    let Ok(Ok(_)) = timeout(KEPT_WAITING, open).await else { return Ok(()) };
    let far = TcpStream::connect(target).await?;
    near.set_nodelay(true)?;
    far.set_nodelay(true)?;
    let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
    tokio::try_join!(pass(near_in, far_out, condition.clone()), pass(far_in, near_out, condition.clone())).map(drop)
}

/// Passes one direction on, until its end has been passed on.
async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut seen: watch::Receiver<Condition>) -> io::Result<()> {
    let mut chunk = vec![0; CHUNK];
    let mut under_way: VecDeque<(Instant, Vec<u8>)> = VecDeque::new();
    let mut ended = false;
    loop {
        let condition = *seen.borrow_and_update();
        let is_cut = condition == Condition::Cut;
        while !is_cut && under_way.front().is_some_and(|(due, _)| *due <= Instant::now()) {
            let Some((_, bytes)) = under_way.pop_front() else { break };
            to.write_all(&bytes).await?;
        }
        if ended && under_way.is_empty() {
            return to.shutdown().await;
        }
        let due = under_way.front().map_or_else(Instant::now, |(due, _)| *due);
        tokio::select! {
            read = from.read(&mut chunk), if !is_cut && !ended && under_way.len() < CHUNKS_MAX => {
                let bytes = chunk.get(..read?).unwrap_or_default().to_vec();
                ended = bytes.is_empty();
                if !ended {
                    under_way.push_back((Instant::now() + delay(condition), bytes));
                }
            }
            () = sleep_until(due), if !is_cut && !under_way.is_empty() => {}
            changed = seen.changed() => changed.map_err(|_| io::ErrorKind::NotConnected)?,
        }
    }
}

fn delay(condition: Condition) -> Duration {
    if let Condition::Slow(delay) = condition { delay } else { Duration::ZERO }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A link to an echo, and a connection over it.
    async fn echo() -> (Link, TcpStream) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let link = Link::open(listener.local_addr().unwrap()).await.unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut read, mut write) = stream.split();
                    tokio::io::copy(&mut read, &mut write).await
                });
            }
        });
        let stream = TcpStream::connect(link.address()).await.unwrap();
        (link, stream)
    }

    async fn say(stream: &mut TcpStream, word: &[u8]) {
        stream.write_all(word).await.unwrap();
    }

    async fn hear(stream: &mut TcpStream, length: usize) -> Vec<u8> {
        let mut heard = vec![0; length];
        stream.read_exact(&mut heard).await.unwrap();
        heard
    }

    #[tokio::test]
    async fn what_a_cut_holds_back_comes_when_it_is_healed() {
        let (link, mut stream) = echo().await;
        say(&mut stream, b"one").await;
        assert_eq!(hear(&mut stream, 3).await, b"one");
        link.set(Condition::Cut);
        say(&mut stream, b"two").await;
        let mut byte = [0];
        let held = timeout(Duration::from_millis(50), stream.read(&mut byte)).await;
        assert!(held.is_err(), "neither a byte nor an end: {held:?}");
        link.set(Condition::Up);
        assert_eq!(hear(&mut stream, 3).await, b"two");
    }

    #[tokio::test]
    async fn a_connection_made_during_a_cut_works_when_it_is_healed() {
        let (link, _first) = echo().await;
        link.set(Condition::Cut);
        let mut stream = TcpStream::connect(link.address()).await.unwrap();
        say(&mut stream, b"late").await;
        link.set(Condition::Slow(Duration::from_millis(1)));
        assert_eq!(hear(&mut stream, 4).await, b"late");
    }

    #[tokio::test]
    async fn order_and_end_survive_every_change() {
        let (link, stream) = echo().await;
        let sent: Vec<u8> = (0..2_000_000_u32).map(|i| i.to_le_bytes()[0] ^ i.to_le_bytes()[2]).collect();
        let (mut read, mut write) = stream.into_split();
        let bytes = sent.clone();
        let writer = tokio::spawn(async move {
            write.write_all(&bytes).await.unwrap();
            write.shutdown().await.unwrap();
        });
        let changes = tokio::spawn(async move {
            for round in 0..20_u64 {
                let slow = Condition::Slow(Duration::from_millis(round % 3));
                link.set(if round % 2 == 0 { slow } else { Condition::Cut });
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            link.set(Condition::Up);
            link
        });
        let mut heard = Vec::new();
        read.read_to_end(&mut heard).await.unwrap();
        assert!(heard == sent, "{} of {} bytes, or in another order", heard.len(), sent.len());
        writer.await.unwrap();
        drop(changes.await.unwrap());
    }
}
