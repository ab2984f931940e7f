//! From a socket to a tarpc transport: no delay, hello, bounded frames.

use super::{
    ByteStream, Deadlines, Hello, Refused,
    codec::Codec,
    hello::{HELLO_BYTES, NotHello},
    limits::{
        CLIENT_FRAME_BYTES_MAX, CLIENT_IN_FLIGHT_MAX, CONNECT_TIMEOUT, HELLO_TIMEOUT, PEER_FRAME_BYTES_MAX,
        PEER_IN_FLIGHT_MAX,
    },
    rpc::{KvCall, KvReturn, PeerCall, PeerReturn},
    service::{KvClient, PeerClient},
};
use std::io;
use tarpc::{ClientMessage, Response, client, serde_transport};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, ToSocketAddrs},
    time::timeout,
};
use tokio_util::codec::LengthDelimitedCodec;

/// A connection on which both hellos were said.
#[derive(Debug)]
pub struct Connection {
    /// The bytes, at the first frame.
    pub stream: ByteStream,
    /// Who is on the other side.
    pub theirs: Hello,
    /// The protocol version that both speak.
    pub version: u16,
}

impl Connection {
    /// How deadlines pass over it, for one who makes or serves its calls.
    pub fn deadlines(&self) -> Deadlines {
        self.stream.deadlines()
    }
}

/// A connection that could not be opened. Nothing of a request has left.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The socket failed.
    #[error("cannot connect: {0}")]
    Io(#[from] io::Error),
    /// It took longer than [`CONNECT_TIMEOUT`].
    #[error("no connection within {} s", CONNECT_TIMEOUT.as_secs())]
    Timeout,
    /// What answers is no node of ours.
    #[error(transparent)]
    NotHello(#[from] NotHello),
    /// The other side refused.
    #[error("the node refused the connection: {0}")]
    Refused(Refused),
    /// This side refused.
    #[error("the node that answers is not the one wanted: {0}")]
    Unwanted(Refused),
}

/// A connection that was not let in.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AcceptError {
    /// The socket failed, or was closed early.
    #[error("the connection broke: {0}")]
    Io(#[from] io::Error),
    /// No hello within [`HELLO_TIMEOUT`].
    #[error("no hello within {} s", HELLO_TIMEOUT.as_secs())]
    Timeout,
    /// The opener speaks something else; it gets no answer.
    #[error(transparent)]
    NotHello(#[from] NotHello),
    /// The opener was told why.
    #[error("refused {theirs:?}: {refused}")]
    Refused {
        /// Who it said it was.
        theirs: Hello,
        /// What it was told.
        refused: Refused,
    },
}

/// Opens a connection and says `ours`. A refused hello arrives as an error on this side.
///
/// # Errors
/// See [`ConnectError`]; in each case no request has left.
pub async fn connect(address: impl ToSocketAddrs, ours: &Hello) -> Result<Connection, ConnectError> {
    connect_over(async { TcpStream::connect(address).await.map(ByteStream::from) }, ours).await
}

/// The same, over a stream that `opening` gives.
///
/// # Errors
/// As [`connect`].
pub async fn connect_over(
    opening: impl Future<Output = io::Result<ByteStream>>,
    ours: &Hello,
) -> Result<Connection, ConnectError> {
    let opened = async {
        let mut stream = opening.await?;
        stream.set_nodelay()?;
        stream.write_all(&ours.encode(Ok(()))).await?;
        let (theirs, verdict) = Hello::decode(&read_hello(&mut stream).await?)?;
        verdict.map_err(ConnectError::Refused)?;
        let version = ours.trust(&theirs).map_err(ConnectError::Unwanted)?;
        Ok(Connection { stream, theirs, version })
    };
    timeout(CONNECT_TIMEOUT, opened).await.unwrap_or(Err(ConnectError::Timeout))
}

/// Answers the hello of one that connected. `judge` adds what only this node knows: its voters, the
/// incarnations it has seen, its load.
///
/// # Errors
/// See [`AcceptError`]. The opener has been told a refusal; the caller drops the rest.
pub async fn accept(
    stream: impl Into<ByteStream>,
    ours: &Hello,
    judge: impl FnOnce(&Hello) -> Result<(), Refused>,
) -> Result<Connection, AcceptError> {
    let mut stream = stream.into();
    let said = async {
        stream.set_nodelay()?;
        let (theirs, _) = Hello::decode(&read_hello(&mut stream).await?)?;
        let verdict = ours.admit(&theirs).and_then(|version| judge(&theirs).map(|()| version));
        stream.write_all(&ours.encode(verdict.map(|_| ()))).await?;
        let version = verdict.map_err(|refused| AcceptError::Refused { theirs, refused })?;
        Ok((theirs, version))
    };
    let (theirs, version) = timeout(HELLO_TIMEOUT, said).await.unwrap_or(Err(AcceptError::Timeout))?;
    Ok(Connection { stream, theirs, version })
}

async fn read_hello(stream: &mut ByteStream) -> io::Result<[u8; HELLO_BYTES]> {
    let mut bytes = [0; HELLO_BYTES];
    stream.read_exact(&mut bytes).await?;
    Ok(bytes)
}

type Transport<Item, SinkItem> = serde_transport::Transport<ByteStream, Item, SinkItem, Codec>;

/// A node's end of a client's connection.
pub type KvServerTransport = Transport<ClientMessage<KvCall>, Response<KvReturn>>;
/// A node's end of a connection that another node opened.
pub type PeerServerTransport = Transport<ClientMessage<PeerCall>, Response<PeerReturn>>;

/// A node's end of a client's connection, for [`tarpc::server::BaseChannel`].
pub fn kv_server(connection: Connection) -> KvServerTransport {
    let codec = Codec::new(connection.deadlines());
    serde_transport::new(framing(CLIENT_FRAME_BYTES_MAX).new_framed(connection.stream), codec)
}

/// A node's end of another node's connection, for [`tarpc::server::BaseChannel`].
pub fn peer_server(connection: Connection) -> PeerServerTransport {
    let codec = Codec::new(connection.deadlines());
    serde_transport::new(framing(PEER_FRAME_BYTES_MAX).new_framed(connection.stream), codec)
}

/// A client's end: the stub, and the future that drives its connection. The future ends when the
/// connection breaks or the last clone of the stub is gone.
pub fn kv_client(connection: Connection) -> (KvClient, impl Future<Output = io::Result<()>> + Send + 'static) {
    let codec = Codec::new(connection.deadlines());
    let framed = framing(CLIENT_FRAME_BYTES_MAX).new_framed(connection.stream);
    let transport: Transport<Response<KvReturn>, ClientMessage<KvCall>> = serde_transport::new(framed, codec);
    let created = KvClient::new(in_flight(CLIENT_IN_FLIGHT_MAX), transport);
    let dispatch = created.dispatch;
    (created.client, async move { dispatch.await.map_err(io::Error::other) })
}

/// The end of the node that opened a connection to another: stub and driving future, as [`kv_client`].
pub fn peer_client(connection: Connection) -> (PeerClient, impl Future<Output = io::Result<()>> + Send + 'static) {
    let codec = Codec::new(connection.deadlines());
    let framed = framing(PEER_FRAME_BYTES_MAX).new_framed(connection.stream);
    let transport: Transport<Response<PeerReturn>, ClientMessage<PeerCall>> = serde_transport::new(framed, codec);
    let created = PeerClient::new(in_flight(PEER_IN_FLIGHT_MAX), transport);
    let dispatch = created.dispatch;
    (created.client, async move { dispatch.await.map_err(io::Error::other) })
}

fn framing(bytes_max: usize) -> tokio_util::codec::length_delimited::Builder {
    let mut builder = LengthDelimitedCodec::builder();
    builder.max_frame_length(bytes_max);
    builder
}

fn in_flight(requests: usize) -> client::Config {
    let mut config = client::Config::default();
    config.max_in_flight_requests = requests;
    config
}
