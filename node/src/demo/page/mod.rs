//! The demo's page: one file, served on loopback, and two things that it asks for: how all is, and to do something.

mod guard;
mod look;
mod routes;
mod state;

use super::stage::Stage;
use crate::cli::{Exit, Failure};
use guard::Guard;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use look::Looker;
use routes::Routes;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::sleep;

/// Connections at a time; a browser takes six at most.
const CONNECTIONS_MAX: usize = 16;
/// How long a connection may take for a request's head, and may stay without one.
const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
/// Bytes of a request's head.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// Serves the page on a port of loopback (0: any that is free) until the demo ends. Returns where it is: who has that
/// address can do to the nodes what the prompt can.
///
/// # Errors
/// The port is taken, or the nodes cannot be reached.
pub(super) async fn open(stage: &Arc<Stage>, port: u16) -> Result<String, Failure> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await;
    let listener = listener.map_err(|error| Failure::usage(format!("no page on port {port}: {error}")))?;
    let unavailable = |error: &dyn std::fmt::Display| Failure::new(Exit::Unavailable, format!("no page: {error}"));
    let port = listener.local_addr().map_err(|error| unavailable(&error))?.port();
    let guard = Guard::new(port).map_err(|error| unavailable(&error))?;
    let url = format!("http://127.0.0.1:{port}/#{}", guard.token());
    let looker = Looker::start(stage).await?;
    let routes = Arc::new(Routes::new(Arc::clone(stage), guard, looker));
    tokio::spawn(accept(listener, routes));
    Ok(url)
}

async fn accept(listener: TcpListener, routes: Arc<Routes>) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        // The others wait at the port.
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let routes = Arc::clone(&routes);
                tokio::spawn(async move {
                    serve(stream, routes).await;
                    drop(place);
                });
            }
            // Out of descriptors, most likely.
            Err(_) => sleep(Duration::from_millis(50)).await,
        }
    }
}

async fn serve(stream: TcpStream, routes: Arc<Routes>) {
    let service = service_fn(move |request| {
        let routes = Arc::clone(&routes);
        async move { Ok::<_, std::convert::Infallible>(routes.answer(request).await) }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_buf_size(HEAD_BYTES_MAX);
    // A browser that goes away is no failure.
    let _ = http.serve_connection(TokioIo::new(stream), service).await;
}
