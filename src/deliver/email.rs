//! Email: SMTP through lettre's low-level connection, so that every loss is known to lie before or after the last dot.

use super::guard::Guard;
use super::{Channel, tame};
use crate::dispatch::{Outgoing, Receipt, Stage};
use lettre::Address;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{Certificate, CertificateStore, SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Ehlo, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, MailBodyParameter, MailParameter};
use lettre::transport::smtp::response::{Response, Severity};
use std::error::Error as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How the connection is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tls {
    /// TLS from the first byte (RFC 8314), port 465.
    #[default]
    Implicit,
    /// Begins in the clear and goes over to TLS, or does not go on at all. Weaker: whoever sits in between sees and may
    /// change the beginning.
    StartTls,
    /// In the clear, for a relay on the same machine. A password is refused.
    Plain,
    /// In the clear, and the password too: only where the settings say just that.
    PlainWithPasswordInClear,
}

/// A password; it cannot be printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("(secret)")
    }
}

/// Where mail goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmtpSettings {
    /// Name of the server; its certificate must be for it.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Protection.
    pub tls: Tls,
    /// Account, where the server wants one.
    pub user: Option<String>,
    /// Its password.
    pub password: Option<Secret>,
    /// The name to say hello with.
    pub hello_name: String,
    /// For the whole exchange up to the last dot.
    pub timeout: Duration,
    /// For the answer to the last dot. RFC 5321, 4.5.3.2.6: ten minutes, or a mail that was accepted comes twice.
    pub answer_timeout: Duration,
    /// Certificates (PEM) to trust besides the public ones: a company's own authority.
    pub ca_file: Option<PathBuf>,
}

impl SmtpSettings {
    /// Settings with implicit TLS, no account and the usual times.
    pub fn new(host: &str, hello_name: &str) -> SmtpSettings {
        SmtpSettings {
            host: host.to_owned(),
            port: 465,
            tls: Tls::Implicit,
            user: None,
            password: None,
            hello_name: hello_name.to_owned(),
            timeout: Duration::from_secs(300),
            answer_timeout: Duration::from_secs(600),
            ca_file: None,
        }
    }
}

/// Settings that cannot be used, in words for the person who wrote them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("mail settings: {0}")]
pub struct SettingsError(pub String);

/// A mail server.
pub struct Email {
    settings: SmtpSettings,
    hello: ClientId,
    tls: Option<TlsParameters>,
    credentials: Option<Credentials>,
}

impl Email {
    /// Checks the settings; connects nowhere.
    ///
    /// # Errors
    /// What is wrong with the settings.
    pub fn new(settings: SmtpSettings) -> Result<Email, SettingsError> {
        let plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic());
        if !plain(&settings.host) || !plain(&settings.hello_name) {
            return Err(SettingsError("host and hello name must be given, without blanks".into()));
        }
        let credentials = match (&settings.user, &settings.password) {
            (Some(user), Some(password)) => Some(Credentials::new(user.clone(), password.0.clone())),
            (None, None) => None,
            _ => return Err(SettingsError("user and password belong together".into())),
        };
        if credentials.is_some() && settings.tls == Tls::Plain {
            return Err(SettingsError("without TLS the password would be sent in the clear".into()));
        }
        let tls = match settings.tls {
            Tls::Implicit | Tls::StartTls => Some(tls_parameters(&settings)?),
            Tls::Plain | Tls::PlainWithPasswordInClear => None,
        };
        let hello = match settings.hello_name.trim_matches(['[', ']']).parse() {
            Ok(std::net::IpAddr::V4(ip)) => ClientId::Ipv4(ip),
            Ok(std::net::IpAddr::V6(ip)) => ClientId::Ipv6(ip),
            Err(_) => ClientId::Domain(settings.hello_name.clone()),
        };
        Ok(Email { hello, tls, credentials, settings })
    }

    /// One exchange. The error is a receipt too: `?` ends it with what is known at that point.
    fn exchange(
        &self,
        message: &Outgoing,
        stage: &mut dyn FnMut(Stage) -> Result<(), String>,
    ) -> Result<Receipt, Receipt> {
        let address = |text: &str| text.parse::<Address>().map_err(|error| Receipt::Never(format!("{text}: {error}")));
        let (from, to) = (address(&message.from)?, address(&message.to)?);
        if bare_line_break(&message.message) {
            // Servers disagree on where such a message ends: it could become two (SMTP smuggling).
            return Err(Receipt::Never("the message holds a CR or LF that stands alone".into()));
        }

        let settings = &self.settings;
        let deadline = Instant::now() + settings.timeout;
        let in_the_clear = settings.tls == Tls::StartTls;
        let guard = Guard::open(&settings.host, settings.port, deadline, in_the_clear)
            .map_err(|error| Receipt::Later(tame(&format!("cannot reach the mail server: {error}"))))?;
        let steps = Steps { guard: &guard };

        // The gate keeps the time; lettre's own timeout only catches what should not happen.
        let timeout = Some(settings.timeout + settings.answer_timeout);
        let first = self.tls.as_ref().filter(|_| !in_the_clear);
        let mut smtp = SmtpConnection::connect(guard.address(), timeout, &self.hello, first, None)
            .map_err(|error| steps.settings("greeting", &error))?;
        if let Some(tls) = self.tls.as_ref().filter(|_| in_the_clear) {
            if !smtp.can_starttls() {
                return Err(Receipt::Later("check the mail settings: the server offers no STARTTLS".into()));
            }
            smtp.starttls(tls, &self.hello).map_err(|error| steps.settings("STARTTLS", &error))?;
        }
        if self.tls.is_some() && !smtp.is_encrypted() {
            return Err(Receipt::Later("the connection is not encrypted".into()));
        }
        // lettre forgets what it does not know, such as SIZE: asked again, which is allowed at any time.
        let hello = smtp.command(Ehlo::new(self.hello.clone())).map_err(|error| steps.settings("greeting", &error))?;
        if let Some(credentials) = &self.credentials {
            let answer = smtp.auth(&[Mechanism::Plain, Mechanism::Login], credentials);
            answer.map_err(|error| steps.settings("login", &error))?;
        }

        let parameters = mail_parameters(&hello, &message.message)?;
        completed(steps.answer("MAIL", smtp.command(Mail::new(Some(from), parameters)))?)?;
        completed(steps.answer("RCPT", smtp.command(Rcpt::new(to, Vec::new())))?)?;
        let go_on = steps.answer("DATA", smtp.command(Data))?;
        if !go_on.has_code(354) {
            return Err(Receipt::Later(tame(&format!("DATA: unexpected answer {}", words(&go_on)))));
        }

        let mut dot = None;
        // lettre ends the message with CRLF and dot itself: what arrives is the frozen bytes, no blank line more.
        let bytes = message.message.strip_suffix(b"\r\n").unwrap_or(&message.message);
        let mut chunks = bytes.chunks(64 * 1024);
        let body = std::iter::from_fn(|| {
            let chunk = chunks.next();
            if chunk.is_none() {
                let allowed = if guard.server_is_there() {
                    stage(Stage::Dot)
                } else {
                    Err("the server closed the connection inside the message".to_owned())
                };
                match &allowed {
                    Ok(()) => guard.until(Instant::now() + settings.answer_timeout),
                    Err(_) => guard.shut(),
                }
                dot = Some(allowed);
            }
            chunk
        });
        let answer = smtp.message_iter(body);
        match dot {
            None => Err(match answer {
                Ok(answer) => Receipt::Later(tame(&format!("the message was cut short: {}", words(&answer)))),
                Err(error) => steps.receipt("message", &error),
            }),
            Some(Err(why)) => Err(Receipt::Later(tame(&why))),
            Some(Ok(())) => match answer {
                Ok(answer) if answer.code().severity == Severity::PositiveCompletion => {
                    // The mail is the server's now; politeness must not take long.
                    guard.until(Instant::now() + Duration::from_secs(2));
                    let _ = smtp.quit();
                    Ok(Receipt::Sent(tame(&words(&answer))))
                }
                Ok(answer) => Err(Receipt::Unknown(tame(&format!("unexpected answer {}", words(&answer))))),
                Err(error) if error.is_transient() || error.is_permanent() => Err(steps.receipt("message", &error)),
                Err(error) => Err(Receipt::Unknown(steps.words("no answer after the last byte", &error))),
            },
        }
    }
}

impl Channel for Email {
    fn send(&self, message: &Outgoing, stage: &mut dyn FnMut(Stage) -> Result<(), String>) -> Receipt {
        self.exchange(message, stage).unwrap_or_else(|receipt| receipt)
    }

    fn name(&self) -> String {
        format!("smtp {}:{}", self.settings.host, self.settings.port)
    }
}

/// What an error means, and in which words it is recorded.
struct Steps<'a> {
    guard: &'a Guard,
}

impl Steps<'_> {
    fn answer(&self, step: &str, answer: Result<Response, Error>) -> Result<Response, Receipt> {
        answer.map_err(|error| self.receipt(step, &error))
    }

    /// About this message: refused for good, or to be tried again. Only for steps before the dot, or for a code that
    /// the server gave after it.
    fn receipt(&self, step: &str, error: &Error) -> Receipt {
        // 530, 534, 535, 538: the server wants a login, or another one. That says nothing about the message.
        let login = error.status().is_some_and(|code| matches!(u16::from(code), 530 | 534 | 535 | 538));
        if error.is_permanent() && too_large(error) {
            Receipt::TooLarge { words: self.words(step, error), limit: None }
        } else if error.is_permanent() && !login {
            Receipt::Never(self.words(step, error))
        } else if login {
            self.settings(step, error)
        } else {
            Receipt::Later(self.words(step, error))
        }
    }

    /// Before the message comes into play everything is about the server or the settings: a wrong password must not
    /// make every report "refused for good". It is tried again, and the words say what a person has to look at.
    fn settings(&self, step: &str, error: &Error) -> Receipt {
        let words = self.words(step, error);
        Receipt::Later(if error.is_permanent() { format!("check the mail settings: {words}") } else { words })
    }

    fn words(&self, step: &str, error: &Error) -> String {
        let said = match (error.status(), error.source()) {
            (Some(code), Some(said)) => format!("{code} {said}"),
            (Some(code), None) => code.to_string(),
            (None, _) => error.to_string(),
        };
        match self.guard.why() {
            Some(why) => tame(&format!("{step}: {why} ({said})")),
            None => tame(&format!("{step}: {said}")),
        }
    }
}

/// Whether a refusal is for the message's size: 552 (RFC 1870, 6.1) unless its further code says that a mailbox is full
/// (RFC 3463: X.2.2), or a further code that means size (X.2.3, X.3.4).
fn too_large(error: &Error) -> bool {
    let said = error.source().map(ToString::to_string).unwrap_or_default();
    let further = said.split_whitespace().next().unwrap_or_default();
    let full = matches!(further, "5.2.1" | "5.2.2");
    let size = matches!(further, "5.2.3" | "5.3.4");
    size || (error.status().is_some_and(|code| u16::from(code) == 552) && !full)
}

/// MAIL and RCPT are answered with 2xx; anything else that is no refusal is no SMTP.
fn completed(answer: Response) -> Result<(), Receipt> {
    match answer.code().severity {
        Severity::PositiveCompletion => Ok(()),
        _ => Err(Receipt::Later(tame(&format!("unexpected answer {}", words(&answer))))),
    }
}

/// What is announced with MAIL, from what the server said to EHLO.
fn mail_parameters(hello: &Response, message: &[u8]) -> Result<Vec<MailParameter>, Receipt> {
    let extension = |name: &str| {
        hello.message().skip(1).find_map(|line| {
            let mut words = line.split_ascii_whitespace();
            words.next().filter(|word| word.eq_ignore_ascii_case(name)).map(|_| words.next().unwrap_or_default())
        })
    };
    let mut parameters = Vec::new();
    if let Some(limit) = extension("SIZE") {
        // RFC 1870: no number or 0 means no limit that is known.
        let limit = limit.parse().unwrap_or(0);
        if limit > 0 && message.len() > limit {
            let size = message.len();
            let words = format!("the message has {size} bytes, the server takes {limit} at most");
            return Err(Receipt::TooLarge { words, limit: Some(limit as u64) });
        }
        parameters.push(MailParameter::Size(message.len()));
    }
    if !message.is_ascii() {
        if extension("8BITMIME").is_none() {
            return Err(Receipt::Never("the message is not ASCII, and the server takes nothing else".into()));
        }
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    Ok(parameters)
}

fn bare_line_break(message: &[u8]) -> bool {
    let mut before = 0;
    for byte in message.iter().copied().chain([0]) {
        if (byte == b'\n') != (before == b'\r') {
            return true;
        }
        before = byte;
    }
    false
}

fn words(answer: &Response) -> String {
    format!("{} {}", answer.code(), answer.message().collect::<Vec<_>>().join(" "))
}

fn tls_parameters(settings: &SmtpSettings) -> Result<TlsParameters, SettingsError> {
    let mut builder = TlsParameters::builder(settings.host.clone()).certificate_store(CertificateStore::WebpkiRoots);
    if let Some(path) = &settings.ca_file {
        let wrong = |what: String| SettingsError(format!("{}: {what}", path.display()));
        let pem = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
        let found = pem.windows(27).any(|bytes| bytes == b"-----BEGIN CERTIFICATE-----");
        if !found {
            return Err(wrong("it holds no certificate (PEM)".into()));
        }
        builder = builder.add_root_certificate(Certificate::from_pem(&pem).map_err(|error| wrong(error.to_string()))?);
    }
    builder.build().map_err(|error| SettingsError(error.to_string()))
}
