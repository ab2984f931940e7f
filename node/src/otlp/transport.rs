use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use ureq::Agent;

/// How long one batch may take.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The longest answer of a collector that is read.
const ANSWER_BYTES_MAX: u64 = 64 << 10;
/// How often trouble with the collector is logged at most.
const NOTICE_INTERVAL: Duration = Duration::from_secs(60);

/// Carries batches to the collector, on the exporter's own thread, where waiting disturbs nobody.
#[derive(Debug)]
pub(super) struct Transport {
    agent: Agent,
    warned: Mutex<Option<Instant>>,
}

impl Transport {
    pub(super) fn new() -> Self {
        let config = Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .build();
        Self { agent: config.into(), warned: Mutex::new(None) }
    }

    fn post(&self, request: Request<Bytes>) -> Result<Response<Bytes>, ureq::Error> {
        let (head, body) = request.into_parts();
        let (head, mut answer) = self.agent.run(Request::from_parts(head, &body[..]))?.into_parts();
        let body = answer.with_config().limit(ANSWER_BYTES_MAX).read_to_vec()?;
        Ok(Response::from_parts(head, body.into()))
    }

    /// Says that spans were lost, once a minute.
    fn warn(&self, why: &str) {
        let mut warned = self.warned.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if warned.is_none_or(|at| at.elapsed() >= NOTICE_INTERVAL) {
            *warned = Some(Instant::now());
            tracing::warn!(why, "spans were lost: the collector did not take them");
        }
    }
}

#[async_trait]
impl HttpClient for Transport {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let answer = self.post(request);
        match &answer {
            Ok(answer) if answer.status().is_success() => {}
            Ok(answer) => self.warn(answer.status().as_str()),
            Err(error) => self.warn(&error.to_string()),
        }
        Ok(answer?)
    }
}
