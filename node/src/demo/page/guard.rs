use hyper::Request;
use hyper::header::{HOST, HeaderMap, ORIGIN};

/// Who may speak to the page: whoever has the token of this run, over a name of loopback.
///
/// The token keeps out other users of the machine, and pages of other sites: they can send requests here, and cannot
/// know it. The names keep out a site that has its own name lead here (DNS rebinding): its requests carry that name.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    token: String,
    nonce: String,
    hosts: Vec<String>,
}

/// The header that carries the token.
pub(super) const TOKEN: &str = "x-quorate-token";

/// Why somebody may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unwelcome {
    /// The request names another host than loopback.
    #[error("this page is served on loopback alone, by its number or as localhost")]
    Host,
    /// It comes from another site's page.
    #[error("requests of other pages are not taken")]
    Origin,
    /// It has no token, or another run's.
    #[error("open the address that the demo printed, with all that follows the #")]
    Token,
}

impl Guard {
    /// With a fresh token, for a page on this port.
    ///
    /// # Errors
    /// The system has no random numbers.
    pub(super) fn new(port: u16) -> Result<Self, getrandom::Error> {
        let mut random = [[0; 16]; 2];
        random.iter_mut().try_for_each(|bytes| getrandom::fill(bytes))?;
        let [token, nonce] = random.map(|bytes| format!("{:032x}", u128::from_be_bytes(bytes)));
        let hosts = ["127.0.0.1", "localhost"].map(|host| format!("{host}:{port}")).to_vec();
        Ok(Self { token, nonce, hosts })
    }

    /// The token.
    pub(super) fn token(&self) -> &str {
        &self.token
    }

    /// What the page's own script and style are marked with; no secret from who may read the page.
    pub(super) fn nonce(&self) -> &str {
        &self.nonce
    }

    /// Lets a request for the bare page in, which holds nothing of this run.
    ///
    /// # Errors
    /// [`Unwelcome::Host`], [`Unwelcome::Origin`].
    pub(super) fn admit_reader<B>(&self, request: &Request<B>) -> Result<(), Unwelcome> {
        let host = only(request.headers(), HOST.as_str()).ok_or(Unwelcome::Host)?;
        if !self.hosts.iter().any(|own| own.eq_ignore_ascii_case(host)) {
            return Err(Unwelcome::Host);
        }
        if !request.headers().contains_key(ORIGIN) {
            return Ok(());
        }
        let origin = only(request.headers(), ORIGIN.as_str()).and_then(|origin| origin.strip_prefix("http://"));
        let is_own = origin.is_some_and(|origin| origin.eq_ignore_ascii_case(host));
        if is_own { Ok(()) } else { Err(Unwelcome::Origin) }
    }

    /// Lets a request in that shows or changes something.
    ///
    /// # Errors
    /// [`Unwelcome`].
    pub(super) fn admit<B>(&self, request: &Request<B>) -> Result<(), Unwelcome> {
        self.admit_reader(request)?;
        let theirs = only(request.headers(), TOKEN).unwrap_or_default();
        // As long for a wrong first digit as for a wrong last one.
        let differs = theirs.bytes().zip(self.token.bytes()).fold(0, |all, (one, other)| all | (one ^ other));
        if theirs.len() == self.token.len() && differs == 0 { Ok(()) } else { Err(Unwelcome::Token) }
    }
}

/// The value of a header that is there once.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(guard: &Guard, headers: &[(&str, &str)]) -> Result<(), Unwelcome> {
        let request = headers.iter().fold(Request::builder(), |request, (name, value)| request.header(*name, *value));
        guard.admit(&request.body(()).unwrap())
    }

    #[test]
    fn names_origins_and_tokens() {
        let guard = Guard::new(81).unwrap();
        let token = guard.token().to_owned();
        let with = |host: &str| ask(&guard, &[("host", host), (TOKEN, &token)]);
        assert_eq!([with("127.0.0.1:81"), with("localhost:81"), with("LOCALHOST:81")], [Ok(()); 3]);
        for host in ["evil.example:81", "127.0.0.1:82", "127.0.0.1", "localhost.evil.example:81", "127.0.0.1.:81", ""] {
            assert_eq!(with(host), Err(Unwelcome::Host), "{host}");
        }
        let host = ("host", "127.0.0.1:81");
        assert_eq!(ask(&guard, &[(TOKEN, &token)]), Err(Unwelcome::Host));
        assert_eq!(ask(&guard, &[host, host, (TOKEN, &token)]), Err(Unwelcome::Host));
        let from = |origin: &str| ask(&guard, &[host, ("origin", origin), (TOKEN, &token)]);
        assert_eq!(from("http://127.0.0.1:81"), Ok(()));
        for origin in ["http://evil.example", "null", "https://127.0.0.1:81", "http://localhost:81", "http://127.0.0.1"]
        {
            assert_eq!(from(origin), Err(Unwelcome::Origin), "{origin}");
        }
        let last = if token.ends_with('0') { "1" } else { "0" };
        let wrong = [token.get(..31).unwrap(), last].concat();
        for wrong in [wrong.as_str(), "", token.get(..31).unwrap(), &format!("{token}0")] {
            assert_eq!(ask(&guard, &[host, (TOKEN, wrong)]), Err(Unwelcome::Token), "{wrong}");
        }
        assert_eq!(ask(&guard, &[host]), Err(Unwelcome::Token));
    }

    #[test]
    fn each_run_has_a_token_of_its_own() {
        assert_ne!(Guard::new(1).unwrap().token(), Guard::new(1).unwrap().token());
    }
}
