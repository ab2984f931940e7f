use super::guard::{Guard, Unwelcome};
use super::look::Looker;
use super::state::State;
use crate::demo::deed::Deed;
use crate::demo::stage::Stage;
use bytes::Bytes;
use clap::Parser;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use hyper::{Method, Request, Response, StatusCode};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// What the page's port answers.
pub(super) struct Routes {
    stage: Arc<Stage>,
    guard: Guard,
    looker: Looker,
    page: Bytes,
    policy: String,
}

/// Bytes of a request's body: one line.
const BODY_BYTES_MAX: usize = 256;
/// How long a body may take.
const BODY_TIMEOUT: Duration = Duration::from_secs(5);
/// The page; the word `NONCE` in it is replaced.
const PAGE: &str = include_str!("page.html");

/// A line that a button stands for.
#[derive(Debug, Parser)]
#[command(name = "", no_binary_name = true, disable_help_flag = true, disable_help_subcommand = true)]
struct Pressed {
    #[command(subcommand)]
    deed: Deed,
}

type Answer = Response<Full<Bytes>>;

impl Routes {
    /// For a stage, with who may speak and what is looked at.
    pub(super) fn new(stage: Arc<Stage>, guard: Guard, looker: Looker) -> Self {
        // Only the page's own script runs, only this port is spoken to, and no other page may frame it.
        let nonce = guard.nonce();
        let policy = format!(
            "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; \
             img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        );
        let page = PAGE.replace("NONCE", nonce).into();
        Self { stage, guard, looker, page, policy }
    }

    /// Answers one request.
    pub(super) async fn answer(&self, request: Request<Incoming>) -> Answer {
        match (request.method(), request.uri().path()) {
            (&Method::GET | &Method::HEAD, "/") => match self.guard.admit_reader(&request) {
                Ok(()) => self.respond(StatusCode::OK, "text/html; charset=utf-8", self.page.clone()),
                Err(why) => self.unwelcome(why),
            },
            (&Method::GET, "/state") => match self.guard.admit(&request) {
                Ok(()) => self.state().await,
                Err(why) => self.unwelcome(why),
            },
            (&Method::POST, "/act") => match self.guard.admit(&request) {
                Ok(()) => self.act(request).await,
                Err(why) => self.unwelcome(why),
            },
            (_, "/" | "/state" | "/act") => self.words(StatusCode::METHOD_NOT_ALLOWED, "not by this method"),
            _ => self.words(StatusCode::NOT_FOUND, "there is /, /state and /act"),
        }
    }

    async fn state(&self) -> Answer {
        let state = State::of(&self.stage, self.looker.look()).await;
        match serde_json::to_vec(&state) {
            Ok(json) => self.respond(StatusCode::OK, "application/json", json.into()),
            Err(error) => self.words(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        }
    }

    /// Does what the body says, one line as at the prompt.
    async fn act(&self, request: Request<Incoming>) -> Answer {
        let body = timeout(BODY_TIMEOUT, Limited::new(request.into_body(), BODY_BYTES_MAX).collect()).await;
        let Ok(Ok(body)) = body else {
            return self.words(StatusCode::BAD_REQUEST, "the body is one line, such as kill 2");
        };
        let body = body.to_bytes();
        let line = std::str::from_utf8(&body).unwrap_or_default();
        let Ok(Pressed { deed }) = Pressed::try_parse_from(line.split_whitespace()) else {
            return self.words(StatusCode::BAD_REQUEST, "nothing that a button stands for");
        };
        // A browser that goes away in the middle must not leave it half done.
        let stage = Arc::clone(&self.stage);
        match tokio::spawn(async move { stage.act(&deed).await }).await {
            Ok(Ok(said)) => self.words(StatusCode::OK, &said),
            Ok(Err(failure)) => self.words(StatusCode::CONFLICT, &failure.message),
            Err(error) => self.words(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        }
    }

    fn unwelcome(&self, why: Unwelcome) -> Answer {
        self.words(StatusCode::FORBIDDEN, &why.to_string())
    }

    fn words(&self, status: StatusCode, words: &str) -> Answer {
        self.respond(status, "text/plain; charset=utf-8", format!("{words}\n").into())
    }

    fn respond(&self, status: StatusCode, kind: &str, body: Bytes) -> Answer {
        let response = Response::builder().status(status).header(CONTENT_TYPE, kind);
        let response = response.header(CACHE_CONTROL, "no-store").header(X_CONTENT_TYPE_OPTIONS, "nosniff");
        let response = response.header(REFERRER_POLICY, "no-referrer").header(CONTENT_SECURITY_POLICY, &self.policy);
        // Every header here is made of plain words.
        response.body(Full::new(body)).unwrap_or_default()
    }
}
