//! The line to Zoho: requests with an access token, sent again where that helps, and to Zoho's own hosts alone.

use super::super::http::Http;
use super::super::{CollectError, Timeouts, World};
use super::api::{self, Refusal};
use std::time::Duration;

/// How often a request is sent that gets no answer, or is told to come back.
pub(super) const TRIES: u32 = 4;

/// The longest pause within one run that a server may ask for.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(120);

/// How Zoho is reached.
#[derive(Clone)]
pub struct Settings {
    /// Where tokens come from; no slash at its end.
    pub accounts_url: String,
    /// Where the API is; no slash at its end.
    pub api_url: String,
    /// The client's id.
    pub client_id: String,
    /// The client's secret.
    pub client_secret: String,
    /// The refresh token.
    pub refresh_token: String,
    /// How long a server may take.
    pub timeouts: Timeouts,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Settings {{ {} and {}, secrets not shown }}", self.accounts_url, self.api_url)
    }
}

/// A line with its access token.
pub(super) struct Line<'a> {
    pub(super) settings: Settings,
    pub(super) world: &'a dyn World,
    http: Http,
    say: &'a mut dyn FnMut(&str),
    token: Option<String>,
    /// How long it may still wait for exports.
    patience: Duration,
}

impl<'a> Line<'a> {
    pub(super) fn new(
        settings: Settings,
        world: &'a dyn World,
        patience: Duration,
        say: &'a mut dyn FnMut(&str),
    ) -> Line<'a> {
        let http = Http::new(settings.timeouts);
        Line { settings, world, http, say, token: None, patience }
    }

    /// Whether an address is Zoho's, by the hosts that the settings name: `https`, and below the same domain
    /// (`download.zoho.eu` beside `accounts.zoho.eu`).
    pub(super) fn is_trusted(&self, link: &str) -> bool {
        let Some(named) = host(link) else { return false };
        [&self.settings.api_url, &self.settings.accounts_url].into_iter().any(|known| {
            let Some(known_host) = host(known) else { return false };
            let same_scheme = link.split("://").next() == known.split("://").next();
            let domain = match known_host.split_once('.') {
                Some((_, domain)) if domain.contains('.') && !known_host.contains(':') => domain,
                _ => return same_scheme && named == known_host,
            };
            let below = named.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
            // A number is no name that has a domain.
            let is_name = domain.chars().any(|c| c.is_ascii_alphabetic());
            same_scheme && (named == known_host || (below && is_name))
        })
    }

    /// A request that may be sent again: with a fresh token where the old one is not taken, and after a pause where no
    /// answer came. `None`: what was asked about is not there.
    pub(super) fn call<T>(
        &mut self,
        mut request: impl FnMut(&Http, &str) -> Result<T, Refusal>,
    ) -> Result<Option<T>, CollectError> {
        let mut pause = Duration::from_secs(2);
        for left in (0..TRIES).rev() {
            match self.once(&mut request)? {
                Ok(value) => return Ok(Some(value)),
                Err(Refusal::Gone) => return Ok(None),
                Err(Refusal::Again(why, wanted)) => {
                    let wanted = wanted.unwrap_or(pause);
                    if left == 0 || wanted > LONGEST_PAUSE {
                        return Err(CollectError::Later { why, pause: wanted });
                    }
                    (self.say)(&format!("{why}; tried again in {} s", wanted.as_secs()));
                    self.world.sleep(wanted);
                    pause *= 4;
                }
                Err(refusal) => return Err(error(refusal, "what was asked for")),
            }
        }
        Err(CollectError::later("Zoho does not answer", 10))
    }

    /// A request that is sent once; twice where the access token had run out.
    pub(super) fn once<T>(
        &mut self,
        mut request: impl FnMut(&Http, &str) -> Result<T, Refusal>,
    ) -> Result<Result<T, Refusal>, CollectError> {
        let had_token = self.token.is_some();
        let token = self.authorization()?;
        match request(&self.http, &token) {
            Err(Refusal::Token(_)) if had_token => {
                self.token = None;
                let token = self.authorization()?;
                Ok(request(&self.http, &token))
            }
            other => Ok(other),
        }
    }

    /// What stands in the header of a request: an access token, fetched where there is none.
    fn authorization(&mut self) -> Result<String, CollectError> {
        let token = match &self.token {
            Some(token) => token.clone(),
            None => {
                let token = self.access_token()?;
                self.token = Some(token.clone());
                token
            }
        };
        Ok(format!("Zoho-oauthtoken {token}"))
    }

    fn access_token(&self) -> Result<String, CollectError> {
        let url = format!("{}/oauth/v2/token", self.settings.accounts_url);
        let fields = [
            ("grant_type", "refresh_token"),
            ("client_id", &self.settings.client_id),
            ("client_secret", &self.settings.client_secret),
            ("refresh_token", &self.settings.refresh_token),
        ];
        let mut pause = Duration::from_secs(2);
        for left in (0..TRIES).rev() {
            match self.http.form(&url, &fields).map_err(lost).and_then(|answer| api::token(&answer)) {
                Ok(token) => return Ok(token),
                Err(Refusal::Again(_, wanted)) if left > 0 && wanted.unwrap_or(pause) <= LONGEST_PAUSE => {
                    self.world.sleep(wanted.unwrap_or(pause));
                    pause *= 4;
                }
                Err(refusal) => return Err(error(refusal, "the address of tokens (`accounts_url`)")),
            }
        }
        Err(CollectError::later("Zoho gives no access token", 10))
    }

    /// Waits, if there is patience left for it; else says so by `false`.
    pub(super) fn wait(&mut self, pause: Duration, what: &str) -> bool {
        if self.patience.is_zero() {
            return false;
        }
        let pause = pause.min(self.patience);
        self.patience -= pause;
        (self.say)(&format!("waiting {} s for {what}", pause.as_secs()));
        self.world.sleep(pause);
        true
    }
}

/// No answer came.
pub(super) fn lost(words: String) -> Refusal {
    Refusal::Again(format!("Zoho: {words}"), None)
}

/// A refusal that ends a request.
pub(super) fn error(refusal: Refusal, what: &str) -> CollectError {
    match refusal {
        Refusal::Token(error) | Refusal::Final(error) => error,
        Refusal::Busy => CollectError::later("another export is being made at Zoho", 10),
        Refusal::Gone => CollectError::Never(format!("Zoho does not know {what}: is `api_url` that of its API?")),
        Refusal::Again(why, pause) => CollectError::Later { why, pause: pause.unwrap_or(Duration::from_secs(600)) },
    }
}

/// The host of an address, with its port, in small letters; nothing where it is no plain address.
pub(super) fn host(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split(['/', '?', '#']).next()?;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-:".contains(c);
    (["https", "http"].contains(&scheme) && !host.is_empty() && host.chars().all(plain)).then_some(host)
}
