//! The admin port: `/livez`, `/readyz` and `/metrics`, for probes and for Prometheus. HTTP/1.0, GET only, one request
//! a connection: less is hardly possible, and nothing here needs more.

mod request;

pub use request::{BadRequest, HEAD_BYTES_MAX, request_path};

use crate::metrics::CONTENT_TYPE;
use quorate_handoff::Shutdown;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Connections that are open at a time.
pub const CONNECTIONS_MAX: usize = 16;
/// How long one connection may take in all.
pub const CONNECTION_TIMEOUT: Duration = Duration::from_secs(5);

/// What the admin port tells.
pub trait Source: Send + Sync + 'static {
    /// Whether the node can serve: it runs, and enough peers are reachable for a majority; else why not.
    ///
    /// # Errors
    /// What is missing, in words.
    fn ready(&self) -> Result<(), String>;

    /// Every metric, as [`CONTENT_TYPE`] says.
    fn metrics(&self) -> String;
}

/// Answers on `listener` until shutdown is requested.
pub async fn serve(listener: TcpListener, source: Arc<dyn Source>, shutdown: Shutdown) {
    let slots = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut stop = shutdown.requested();
    loop {
        let accepted = tokio::select! {
            () = &mut stop => return,
            accepted = listener.accept() => accepted,
        };
        let Ok((stream, _)) = accepted else {
            // Out of descriptors, most likely: let others give some back.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        // One too many is closed at once: a probe that hangs tells less than one that fails.
        let Ok(slot) = Arc::clone(&slots).try_acquire_owned() else { continue };
        let source = Arc::clone(&source);
        tokio::spawn(async move {
            let _ = timeout(CONNECTION_TIMEOUT, answer(stream, &*source)).await;
            drop(slot);
        });
    }
}

async fn answer(mut stream: TcpStream, source: &dyn Source) -> std::io::Result<()> {
    let head = read_head(&mut stream).await?;
    let (status, content_type, body) = respond(&head, source);
    let length = body.len();
    let head = format!(
        "HTTP/1.0 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    stream.shutdown().await
}

/// Reads up to the empty line that ends a request's head, or to the bound.
async fn read_head(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(512);
    let mut limited = stream.take(HEAD_BYTES_MAX as u64);
    while limited.read_buf(&mut head).await? > 0 {
        if head.windows(4).any(|end| end == b"\r\n\r\n") || head.windows(2).any(|end| end == b"\n\n") {
            break;
        }
    }
    Ok(head)
}

fn respond(head: &[u8], source: &dyn Source) -> (&'static str, &'static str, String) {
    const TEXT: &str = "text/plain; charset=utf-8";
    match request_path(head) {
        Ok("/livez") => ("200 OK", TEXT, "ok\n".to_owned()),
        Ok("/readyz") => match source.ready() {
            Ok(()) => ("200 OK", TEXT, "ok\n".to_owned()),
            Err(reason) => ("503 Service Unavailable", TEXT, format!("{reason}\n")),
        },
        Ok("/metrics") => ("200 OK", CONTENT_TYPE, source.metrics()),
        Ok(_) => ("404 Not Found", TEXT, "this port has /livez, /readyz and /metrics\n".to_owned()),
        Err(BadRequest::Method) => ("405 Method Not Allowed", TEXT, "GET only\n".to_owned()),
        Err(BadRequest::TooLong) => ("431 Request Header Fields Too Large", TEXT, "the head is too long\n".to_owned()),
        Err(BadRequest::Syntax) => ("400 Bad Request", TEXT, "not an HTTP request\n".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(Result<(), String>);

    impl Source for Fixed {
        fn ready(&self) -> Result<(), String> {
            self.0.clone()
        }

        fn metrics(&self) -> String {
            "quorate_x_total 1\n".to_owned()
        }
    }

    async fn ask(request: &[u8], ready: Result<(), String>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = Shutdown::new();
        let server = tokio::spawn(serve(listener, Arc::new(Fixed(ready)), shutdown.clone()));
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        shutdown.request();
        server.await.unwrap();
        String::from_utf8(answer).unwrap()
    }

    #[tokio::test]
    async fn probes_and_metrics() {
        let live = ask(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n", Ok(())).await;
        assert!(live.starts_with("HTTP/1.0 200 OK\r\n") && live.ends_with("\r\n\r\nok\n"), "{live}");
        assert!(ask(b"GET /readyz?verbose HTTP/1.0\r\n\r\n", Ok(())).await.contains(" 200 "));
        let unready = ask(b"GET /readyz HTTP/1.0\r\n\r\n", Err("no peer".into())).await;
        assert!(unready.contains(" 503 ") && unready.ends_with("no peer\n"), "{unready}");
        assert!(ask(b"GET /metrics HTTP/1.0\n\n", Ok(())).await.ends_with("quorate_x_total 1\n"));
    }

    #[tokio::test]
    async fn what_it_does_not_do() {
        assert!(ask(b"GET /../etc HTTP/1.0\r\n\r\n", Ok(())).await.contains(" 404 "));
        assert!(ask(b"POST /livez HTTP/1.0\r\n\r\n", Ok(())).await.contains(" 405 "));
        assert!(ask(b"\x00\xff\xfe\r\n\r\n", Ok(())).await.contains(" 400 "));
        assert!(ask(b"", Ok(())).await.contains(" 400 "));
        let long = [b"GET /livez HTTP/1.0\r\nX: ".as_slice(), &vec![b'a'; HEAD_BYTES_MAX]].concat();
        assert!(ask(&long, Ok(())).await.contains(" 431 "));
    }
}
