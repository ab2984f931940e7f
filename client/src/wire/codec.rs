//! Bytes to tarpc messages and back, with postcard.
//!
//! tarpc sends a deadline as a duration, and its decoder adds it to the clock, which panics when the sum
//! leaves the clock's range; what passes that is put into a timer wheel, which panics beyond 2^36 ms. So
//! a few bytes of a stranger would end a connection's task. Requests are therefore decoded into a mirror
//! of tarpc's message first, and the deadline is cut to [`DEADLINE_MAX`] before tarpc sees it.
//!
//! Nothing is allocated on a sender's word alone: postcard checks the length of bytes against what is
//! there, serde caps what it reserves for a sequence at 1 MiB, and our own sequences are bounded.

use super::{Deadlines, limits::DEADLINE_MAX};
use bytes::{Bytes, BytesMut};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{io, pin::Pin, time::Duration};
use tarpc::{ClientMessage, Request, Response, trace};

/// The codec of both ends: requests are decoded with their deadline cut, everything else as it is.
#[derive(Clone, Debug, Default)]
pub struct Codec {
    deadlines: Deadlines,
}

impl Codec {
    /// For a connection over which deadlines pass in this way.
    pub fn new(deadlines: Deadlines) -> Self {
        Self { deadlines }
    }
}

impl<T: Serialize> tokio_serde::Serializer<ClientMessage<T>> for Codec {
    type Error = io::Error;

    fn serialize(self: Pin<&mut Self>, message: &ClientMessage<T>) -> io::Result<Bytes> {
        encode_message(message, &self.deadlines)
    }
}

impl<T: Serialize> tokio_serde::Serializer<Response<T>> for Codec {
    type Error = io::Error;

    fn serialize(self: Pin<&mut Self>, response: &Response<T>) -> io::Result<Bytes> {
        encode(response)
    }
}

impl<T: DeserializeOwned> tokio_serde::Deserializer<ClientMessage<T>> for Codec {
    type Error = io::Error;

    fn deserialize(self: Pin<&mut Self>, frame: &BytesMut) -> io::Result<ClientMessage<T>> {
        decode_message_with(frame, &self.deadlines)
    }
}

impl<T: DeserializeOwned> tokio_serde::Deserializer<Response<T>> for Codec {
    type Error = io::Error;

    fn deserialize(self: Pin<&mut Self>, frame: &BytesMut) -> io::Result<Response<T>> {
        decode(frame)
    }
}

/// The bytes of a value, without a frame around them.
///
/// # Errors
/// The value's own serializer fails; none of the wire's types does.
pub fn encode(value: &impl Serialize) -> io::Result<Bytes> {
    postcard::to_stdvec(value).map(Bytes::from).map_err(malformed)
}

/// The value of these bytes, all of them.
///
/// # Errors
/// They are no such value, or more than one.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> io::Result<T> {
    match postcard::take_from_bytes(bytes).map_err(malformed)? {
        (value, []) => Ok(value),
        _ => Err(io::Error::new(io::ErrorKind::InvalidData, "bytes are left over after the value")),
    }
}

/// A tarpc message whose deadline tarpc can bear.
///
/// # Errors
/// As [`decode`].
pub fn decode_message<T: DeserializeOwned>(bytes: &[u8]) -> io::Result<ClientMessage<T>> {
    decode_message_with(bytes, &Deadlines::default())
}

fn decode_message_with<T: DeserializeOwned>(bytes: &[u8], deadlines: &Deadlines) -> io::Result<ClientMessage<T>> {
    Ok(match decode::<Mirror<T>>(bytes)? {
        Mirror::Request { deadline, trace_context, id, message } => {
            let mut context = deadlines.context_in(deadline.min(DEADLINE_MAX));
            context.trace_context = trace_context;
            ClientMessage::Request(Request { context, id, message })
        }
        Mirror::Cancel { trace_context, request_id } => ClientMessage::Cancel { trace_context, request_id },
    })
}

/// What is left until a deadline is taken from the clock that the deadline was set by; tarpc's own encoding asks the
/// system's.
fn encode_message<T: Serialize>(message: &ClientMessage<T>, deadlines: &Deadlines) -> io::Result<Bytes> {
    encode(&match message {
        ClientMessage::Request(Request { context, id, message }) => {
            let (deadline, trace_context) = (deadlines.left(context), deadlines.trace(context.trace_context));
            Mirror::Request { deadline, trace_context, id: *id, message }
        }
        ClientMessage::Cancel { trace_context, request_id } => {
            Mirror::Cancel { trace_context: deadlines.trace(*trace_context), request_id: *request_id }
        }
        // The type may grow; what this code does not know it cannot have made.
        other => return encode(other),
    })
}

/// tarpc's `ClientMessage`, flattened, with the deadline as it travels. Golden bytes of tarpc's own
/// encoding pin that the two agree.
#[derive(Serialize, Deserialize)]
enum Mirror<T> {
    Request { deadline: Duration, trace_context: trace::Context, id: u64, message: T },
    Cancel { trace_context: trace::Context, request_id: u64 },
}

fn malformed(error: postcard::Error) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}
