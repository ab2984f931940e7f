use super::{Check, Source};
use crate::metrics;
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{ALLOW, CONTENT_TYPE};
use hyper::{Method, Request, Response, StatusCode};

const TEXT: &str = "text/plain; charset=utf-8";

type Answer = Response<Full<Bytes>>;

/// Answers one request. Nothing here reads a body.
pub(super) fn answer<B>(request: &Request<B>, source: &dyn Source) -> Answer {
    let path = request.uri().path();
    if !["/livez", "/readyz", "/metrics", "/debug/ops"].contains(&path) {
        let known = "this port has /livez, /readyz, /readyz?verbose, /metrics and /debug/ops\n";
        return respond(StatusCode::NOT_FOUND, TEXT, known.to_owned());
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut refused = respond(StatusCode::METHOD_NOT_ALLOWED, TEXT, "GET only\n".to_owned());
        refused.headers_mut().insert(ALLOW, hyper::header::HeaderValue::from_static("GET, HEAD"));
        return refused;
    }
    match path {
        "/readyz" => readyz(request.uri().query(), &source.checks()),
        "/metrics" => respond(StatusCode::OK, metrics::CONTENT_TYPE, source.metrics()),
        "/debug/ops" => respond(StatusCode::OK, "application/json", source.slow_ops()),
        _ => respond(StatusCode::OK, TEXT, "ok\n".to_owned()),
    }
}

fn readyz(query: Option<&str>, checks: &[Check]) -> Answer {
    let missing = checks.iter().find_map(Check::missing);
    let status = if missing.is_some() { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    let verbose = query.is_some_and(|query| query.split('&').any(|word| word.split('=').next() == Some("verbose")));
    let text = match missing {
        _ if verbose => checks.iter().map(Check::line).collect(),
        Some(missing) => format!("{missing}\n"),
        None => "ok\n".to_owned(),
    };
    respond(status, TEXT, text)
}

fn respond(status: StatusCode, kind: &str, body: String) -> Answer {
    let response = Response::builder().status(status).header(CONTENT_TYPE, kind);
    // Every header here is made of plain words.
    response.body(Full::new(body.into())).unwrap_or_default()
}
