//! The admin port: `/livez`, `/readyz`, `/metrics` and `/debug/ops`, for probes, for Prometheus and for people. GET only,
//! one request a connection: nothing here needs more, and so few connections are enough that each may be bounded.

mod check;
mod routes;

pub use check::Check;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use quorate_handoff::Shutdown;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Connections that are open at a time.
pub const ADMIN_CONNECTIONS_MAX: usize = 16;
/// How long one connection may take in all.
pub const ADMIN_TIMEOUT: Duration = Duration::from_secs(5);
/// Bytes of a request's head, all header lines included.
pub const ADMIN_HEAD_BYTES_MAX: usize = 8 * 1024;

/// What the admin port tells.
pub trait Source: Send + Sync + 'static {
    /// What the node needs to serve, each with how it is. It is ready if all are well.
    fn checks(&self) -> Vec<Check>;

    /// Every metric, as [`CONTENT_TYPE`](crate::metrics::CONTENT_TYPE) says.
    fn metrics(&self) -> String;

    /// The last slow operations, as JSON.
    fn slow_ops(&self) -> String;
}

/// Answers on `listener` until shutdown is requested.
pub async fn serve(listener: TcpListener, source: Arc<dyn Source>, shutdown: Shutdown) {
    serve_within(ADMIN_TIMEOUT, listener, source, shutdown).await;
}

async fn serve_within(limit: Duration, listener: TcpListener, source: Arc<dyn Source>, shutdown: Shutdown) {
    let slots = Arc::new(Semaphore::new(ADMIN_CONNECTIONS_MAX));
    let mut http = http1::Builder::new();
    http.keep_alive(false).timer(TokioTimer::new()).header_read_timeout(limit).max_buf_size(ADMIN_HEAD_BYTES_MAX);
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
        let service = service_fn(move |request| {
            let answered = Ok::<_, std::convert::Infallible>(routes::answer(&request, &*source));
            std::future::ready(answered)
        });
        let connection = http.serve_connection(TokioIo::new(stream), service);
        tokio::spawn(async move {
            // A client that breaks off is no news.
            let _ = timeout(limit, connection).await;
            drop(slot);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    struct Fixed(Result<String, String>);

    impl Source for Fixed {
        fn checks(&self) -> Vec<Check> {
            vec![Check::new("serving", Ok("since start 1".into())), Check::new("majority", self.0.clone())]
        }

        fn metrics(&self) -> String {
            "quorate_x_total 1\n# EOF\n".to_owned()
        }

        fn slow_ops(&self) -> String {
            "{\"slow\":[]}\n".to_owned()
        }
    }

    async fn ask(request: &[u8], majority: Result<String, String>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = Shutdown::new();
        let server = tokio::spawn(serve(listener, Arc::new(Fixed(majority)), shutdown.clone()));
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request).await.unwrap();
        let mut answer = Vec::new();
        // A server that refuses a request may reset the connection after its answer.
        let _ = stream.read_to_end(&mut answer).await;
        shutdown.request();
        server.await.unwrap();
        String::from_utf8(answer).unwrap()
    }

    fn well() -> Result<String, String> {
        Ok("2 of 3".into())
    }

    #[tokio::test]
    async fn probes_and_metrics() {
        let live = ask(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n", well()).await;
        assert!(live.starts_with("HTTP/1.1 200 OK\r\n") && live.ends_with("\r\n\r\nok\n"), "{live}");
        assert!(ask(b"GET /readyz HTTP/1.0\r\n\r\n", well()).await.ends_with("\r\n\r\nok\n"));
        let unready = ask(b"GET /readyz HTTP/1.0\r\n\r\n", Err("no peer".into())).await;
        assert!(unready.contains(" 503 ") && unready.ends_with("\r\n\r\nno peer\n"), "{unready}");
        let metrics = ask(b"GET /metrics HTTP/1.0\r\n\r\n", well()).await;
        assert!(metrics.contains("content-type: application/openmetrics-text; version=1.0.0"), "{metrics}");
        assert!(metrics.ends_with("quorate_x_total 1\n# EOF\n"), "{metrics}");
        assert!(ask(b"GET /debug/ops HTTP/1.0\r\n\r\n", well()).await.contains("content-type: application/json"));
    }

    #[tokio::test]
    async fn readiness_in_all_its_parts() {
        let ready = ask(b"GET /readyz?verbose HTTP/1.0\r\n\r\n", well()).await;
        assert!(
            ready.contains(" 200 ") && ready.ends_with("ok serving: since start 1\nok majority: 2 of 3\n"),
            "{ready}"
        );
        let unready = ask(b"GET /readyz?verbose=1 HTTP/1.0\r\n\r\n", Err("1 of 3".into())).await;
        assert!(
            unready.contains(" 503 ") && unready.ends_with("ok serving: since start 1\nNO majority: 1 of 3\n"),
            "{unready}"
        );
    }

    #[tokio::test]
    async fn what_it_does_not_do() {
        let nowhere = ask(b"GET /../etc HTTP/1.0\r\n\r\n", well()).await;
        assert!(nowhere.contains(" 404 ") && nowhere.contains("/readyz"), "{nowhere}");
        assert!(ask(b"POST /livez HTTP/1.0\r\n\r\n", well()).await.contains(" 405 "));
        assert!(ask(b"\x00\xff\xfe\r\n\r\n", well()).await.contains(" 400 "));
        let long =
            [b"GET /livez HTTP/1.0\r\nX: ".as_slice(), &vec![b'a'; 2 * ADMIN_HEAD_BYTES_MAX], b"\r\n\r\n"].concat();
        let long = ask(&long, well()).await;
        assert!(long.is_empty() || long.contains(" 431 "), "{long}");
    }

    #[tokio::test]
    async fn a_connection_that_says_nothing_is_closed() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (limit, shutdown) = (Duration::from_millis(20), Shutdown::new());
        tokio::spawn(serve_within(limit, listener, Arc::new(Fixed(well())), shutdown.clone()));
        stream.write_all(b"GET /livez HT").await.unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        assert_eq!(answer, b"");
        shutdown.request();
    }
}
