//! HTTP: requests and downloads over ureq, its only home. What went wrong is told in words without any secret.

use super::state::{create, settle};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;
use ureq::config::RedirectAuthHeaders;
use ureq::http::Response;
use ureq::{Agent, Body, Error, Timeout};

/// The longest answer that is read which is no download, in bytes.
const MOST_ANSWER: u64 = 4 << 20;

/// The longest download, in bytes. A million entries have some hundred megabytes.
const MOST_DOWNLOAD: u64 = 16 << 30;

/// How long a server may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// To be reached.
    pub connect: Duration,
    /// To begin an answer, and for each further piece of it.
    pub answer: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Timeouts { connect: Duration::from_secs(30), answer: Duration::from_secs(90) }
    }
}

/// What a server said.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: String,
    /// How long it wants to be left alone, if it says so.
    pub(super) retry_after: Option<Duration>,
}

/// What came of a download.
#[derive(Debug)]
pub(super) enum Download {
    /// The file, whole.
    File(PathBuf),
    /// It has no bytes.
    Empty,
    /// Something else than a file.
    Answer(Answer),
}

/// A client.
pub(super) struct Http {
    agent: Agent,
}

impl Http {
    pub(super) fn new(timeouts: Timeouts) -> Http {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(timeouts.connect))
            .timeout_recv_response(Some(timeouts.answer))
            .timeout_per_read(Some(timeouts.answer))
            .timeout_per_write(Some(timeouts.answer))
            // Who is asked is who was named: a redirection would take a request with its secrets elsewhere.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .redirect_auth_headers(RedirectAuthHeaders::Never)
            .user_agent(concat!("quarterday/", env!("CARGO_PKG_VERSION")))
            .build();
        Http { agent: config.new_agent() }
    }

    /// Sends a form.
    pub(super) fn form(&self, url: &str, fields: &[(&str, &str)]) -> Result<Answer, String> {
        let sent = self.agent.post(url).config().https_only(is_https(url)).build().send_form(fields.iter().copied());
        answer(sent.map_err(|error| words(&error))?)
    }

    /// Sends JSON.
    pub(super) fn post(&self, url: &str, authorization: &str, json: &str) -> Result<Answer, String> {
        let request = self.agent.post(url).config().https_only(is_https(url)).build();
        let request = request.header("Authorization", authorization).content_type("application/json");
        answer(request.send(json).map_err(|error| words(&error))?)
    }

    /// Asks.
    pub(super) fn get(&self, url: &str, authorization: &str) -> Result<Answer, String> {
        let request = self.agent.get(url).config().https_only(is_https(url)).build();
        answer(request.header("Authorization", authorization).call().map_err(|error| words(&error))?)
    }

    /// Downloads into `path`, with the ending that its first bytes show (`.zip` or `.csv`): whole or not at all.
    pub(super) fn download(&self, url: &str, authorization: &str, path: &Path) -> Result<Download, String> {
        let request = self.agent.get(url).config().https_only(is_https(url)).max_redirects(5).build();
        let mut response = request.header("Authorization", authorization).call().map_err(|error| words(&error))?;
        if response.status().as_u16() != 200 {
            return Ok(Download::Answer(answer(response)?));
        }
        let announced = response.body().content_length();
        let mut body = response.body_mut().with_config().limit(MOST_DOWNLOAD).reader();
        let part = path.with_extension("part");
        let unwritten = |error: std::io::Error| format!("{}: {error}", part.display());
        let mut file = create(&part).map_err(unwritten)?;
        let (mut start, mut count) = (Vec::new(), 0_u64);
        let mut buffer = vec![0; 256 * 1024];
        loop {
            let read = body.read(&mut buffer).map_err(|error| words(&Error::from(error)))?;
            let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
            if start.is_empty() {
                start = bytes.iter().copied().take(512).collect();
            }
            file.write_all(bytes).map_err(unwritten)?;
            count += read as u64;
        }
        if let Some(announced) = announced.filter(|announced| *announced != count) {
            return Err(format!("the download was cut off after {count} of {announced} bytes"));
        }
        // An answer in words with a status that says all is well.
        let first = start.iter().find(|byte| !byte.is_ascii_whitespace()).copied();
        if matches!(first, Some(b'{' | b'<')) {
            let body = std::fs::read(&part).map_err(unwritten)?;
            std::fs::remove_file(&part).map_err(unwritten)?;
            let body = String::from_utf8_lossy(body.get(..body.len().min(64 * 1024)).unwrap_or_default()).into_owned();
            return Ok(Download::Answer(Answer { status: 200, body, retry_after: None }));
        }
        if count == 0 {
            std::fs::remove_file(&part).map_err(unwritten)?;
            return Ok(Download::Empty);
        }
        let path = path.with_extension(if start.starts_with(b"PK") { "zip" } else { "csv" });
        settle(&file, &part, &path).map_err(unwritten)?;
        Ok(Download::File(path))
    }
}

/// Only a server on this machine may be spoken to in the clear; the settings allow no other.
fn is_https(url: &str) -> bool {
    !url.starts_with("http://")
}

fn answer(mut response: Response<Body>) -> Result<Answer, String> {
    let retry_after = response
        .headers()
        .get("Retry-After")
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.trim().parse().ok())
        .map(Duration::from_secs);
    let status = response.status().as_u16();
    let body = response.body_mut().with_config().limit(MOST_ANSWER).lossy_utf8(true).read_to_string();
    Ok(Answer { status, body: body.map_err(|error| words(&error))?, retry_after })
}

/// What went wrong on the way.
fn words(error: &Error) -> String {
    match error {
        Error::Timeout(Timeout::Connect | Timeout::Resolve) => "the server could not be reached in time".to_owned(),
        Error::Timeout(_) => "the server took too long to answer".to_owned(),
        Error::HostNotFound => unknown_name(),
        // The standard library gives this error no kind of its own.
        Error::Io(error) if error.to_string().contains("failed to lookup address") => unknown_name(),
        Error::ConnectionFailed => "the server could not be reached".to_owned(),
        Error::Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
            "the server refused the connection".to_owned()
        }
        Error::Io(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => "the answer was cut off".to_owned(),
        Error::Rustls(error) => format!("no protected connection (TLS): {error}"),
        Error::Tls(error) => format!("no protected connection (TLS): {error}"),
        Error::RequireHttpsOnly(_) => "the server leads to an address that is not protected (https)".to_owned(),
        Error::TooManyRedirects => "the server leads in circles".to_owned(),
        other => other.to_string(),
    }
}

fn unknown_name() -> String {
    "the server's name is not known (is there a network?)".to_owned()
}
