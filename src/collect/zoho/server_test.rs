//! Tests: a server in a thread that behaves as the documentation of Zoho says, and does wrong what a test tells it to.

use super::api::PATH;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

/// What every export of the server holds, unless a test says otherwise.
pub(super) const CSV: &str = "Audited Time,Done By,Action,Module,Record Id\n2026-11-30T10:00:00Z,anna,Added,Leads,1\n";

/// An answer instead of the usual one.
#[derive(Clone, Debug)]
pub(super) enum Fault {
    /// This, with a status.
    Say(u16, &'static str),
    /// The same, with a header line.
    SayWith(u16, &'static str, &'static str),
    /// What is usual is done, but its answer never comes.
    DoAndHangUp,
    /// Nothing is done, and the connection is closed.
    HangUp,
    /// Nothing, until the client is gone.
    Silence,
    /// The usual body without its last bytes.
    Cut(usize),
}

/// What the server is and has seen.
#[derive(Default, Debug)]
pub(super) struct Vendor {
    /// `POST /path`, of every request in order.
    pub(super) requests: Vec<String>,
    /// Everything that came over the wire.
    pub(super) heard: String,
    /// Exports, in order.
    pub(super) jobs: Vec<Value>,
    /// Statuses that a new export takes before `Finished`, one at each look.
    pub(super) slowly: Vec<&'static str>,
    /// Bodies of downloads by their path; `None` in it: gone.
    pub(super) files: BTreeMap<String, Option<Vec<u8>>>,
    /// How many links an export has.
    pub(super) links: usize,
    /// The host that links name, if not this server.
    pub(super) link_host: Option<String>,
    tokens: usize,
    /// Tokens up to this number are no longer taken.
    pub(super) expired_tokens: usize,
    faults: Vec<(String, Fault)>,
    port: u16,
}

pub(super) struct Server {
    pub(super) url: String,
    port: u16,
    vendor: Arc<Mutex<Vendor>>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub(super) fn start() -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let vendor = Arc::new(Mutex::new(Vendor { port, links: 1, ..Vendor::default() }));
        let over = Arc::new(AtomicBool::new(false));
        let (inner, ends) = (Arc::clone(&vendor), Arc::clone(&over));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if ends.load(Ordering::SeqCst) {
                    return;
                }
                let _ = serve(stream.unwrap(), &inner);
            }
        });
        Server { url: format!("http://127.0.0.1:{port}"), port, vendor, over, thread: Some(thread) }
    }

    /// Does otherwise than usual at the next request that begins so (`POST /oauth`); several are used up in order.
    pub(super) fn fault(&self, at: &str, fault: Fault) -> &Server {
        self.vendor().faults.push((at.to_owned(), fault));
        self
    }

    pub(super) fn vendor(&self) -> std::sync::MutexGuard<'_, Vendor> {
        self.vendor.lock().unwrap()
    }

    /// How many requests began so.
    pub(super) fn count(&self, start: &str) -> usize {
        self.vendor().requests.iter().filter(|request| request.starts_with(start)).count()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        let _ = self.thread.take().unwrap().join();
    }
}

struct Request {
    line: String,
    authorization: String,
    body: String,
}

fn read(stream: &TcpStream) -> std::io::Result<(Request, String)> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut heard, mut authorization, mut length, mut chunked) = (String::new(), String::new(), 0, false);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        heard.push_str(&line);
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "authorization" => value.clone_into(&mut authorization),
            "content-length" => length = value.parse().unwrap(),
            "transfer-encoding" => chunked = true,
            _ => {}
        }
    }
    assert!(!chunked, "bodies are sent with their length");
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body = String::from_utf8(body).unwrap();
    let line = first.trim_end().trim_end_matches(" HTTP/1.1").to_owned();
    let heard = format!("{first}{heard}{body}\n");
    Ok((Request { line, authorization, body }, heard))
}

fn serve(mut stream: TcpStream, vendor: &Mutex<Vendor>) -> std::io::Result<()> {
    let (request, heard) = read(&stream)?;
    let (fault, status, body) = {
        let mut vendor = vendor.lock().unwrap();
        vendor.requests.push(request.line.clone());
        vendor.heard.push_str(&heard);
        let at = vendor.faults.iter().position(|(at, _)| request.line.starts_with(at.as_str()));
        let fault = at.map(|at| vendor.faults.remove(at).1);
        let does_nothing = matches!(fault, Some(Fault::Say(..) | Fault::SayWith(..) | Fault::HangUp | Fault::Silence));
        let (status, body) = if does_nothing { (0, Vec::new()) } else { vendor.usual(&request) };
        (fault, status, body)
    };
    let mut say = |status: u16, header: &str, length: usize, body: &[u8]| {
        write!(stream, "HTTP/1.1 {status} x\r\nConnection: close\r\nContent-Length: {length}\r\n{header}\r\n")?;
        stream.write_all(body)?;
        stream.flush()
    };
    match fault {
        Some(Fault::Say(status, body)) => say(status, "", body.len(), body.as_bytes()),
        Some(Fault::SayWith(status, header, body)) => {
            say(status, &format!("{header}\r\n"), body.len(), body.as_bytes())
        }
        Some(Fault::HangUp | Fault::DoAndHangUp) => Ok(()),
        Some(Fault::Silence) => {
            // Until the client hangs up.
            let _ = stream.read(&mut [0]);
            Ok(())
        }
        Some(Fault::Cut(bytes)) => say(status, "", body.len(), &body[..body.len() - bytes]),
        None => say(status, "", body.len(), &body),
    }
}

impl Vendor {
    fn usual(&mut self, request: &Request) -> (u16, Vec<u8>) {
        let (status, body) = self.json(request);
        match body {
            Value::Null => (status, Vec::new()),
            Value::String(file) => (status, self.files.get(&file).cloned().flatten().unwrap_or(CSV.into())),
            body => (status, body.to_string().into_bytes()),
        }
    }

    fn json(&mut self, request: &Request) -> (u16, Value) {
        if request.line == "POST /oauth/v2/token" {
            let right = "grant_type=refresh_token&client_id=1000.ID&client_secret=the-secret&refresh_token=1000.the-refresh%2Btoken";
            if request.body != right {
                return (200, json!({ "error": "invalid_code" }));
            }
            self.tokens += 1;
            let token = format!("1000.access-{}", self.tokens);
            return (
                200,
                json!({ "access_token": token, "api_domain": "https://www.zohoapis.com", "token_type": "Bearer", "expires_in": 3600 }),
            );
        }
        let number = request.authorization.strip_prefix("Zoho-oauthtoken 1000.access-");
        let number: usize = number.and_then(|number| number.parse().ok()).unwrap_or(0);
        if number <= self.expired_tokens {
            return (401, error("INVALID_TOKEN", "invalid oauth token"));
        }
        if let Some(path) = request.line.strip_prefix("GET /v2/crm/42/auditlog/") {
            return match self.files.get(path) {
                Some(None) => (404, error("INVALID_URL_PATTERN", "gone")),
                _ => (200, Value::String(path.to_owned())),
            };
        }
        let of_exports = request.line.split_once(PATH).map(|(verb, rest)| (verb.trim(), rest));
        match of_exports {
            Some(("POST", ""))
                if self.jobs.iter().any(|job| job["status"] != "Finished" && job["status"] != "Failed") =>
            {
                (400, json!({ "audit_log_export": [error("ALREADY_SCHEDULED", "an export is scheduled already")] }))
            }
            Some(("POST", "")) => {
                let asked: Value = serde_json::from_str(&request.body).unwrap();
                let id = format!("41508680000{}", self.jobs.len() + 1);
                let criteria = asked["audit_log_export"][0]["criteria"].clone();
                self.add(&id, criteria, "Anna");
                let told = json!({ "status": "success", "code": "SUCCESS", "message": "export audit log scheduled", "details": { "id": id } });
                (200, json!({ "audit_log_export": [told] }))
            }
            Some(("GET", "")) if self.jobs.is_empty() => (204, Value::Null),
            Some(("GET", "")) => {
                let told = self.jobs.clone();
                self.look();
                (200, json!({ "audit_log_export": told }))
            }
            Some(("GET", id)) => {
                let id = id.trim_start_matches('/');
                let told: Vec<Value> = self.jobs.iter().filter(|job| job["id"] == id).cloned().collect();
                self.look();
                if told.is_empty() {
                    (404, error("INVALID_DATA", "no such job"))
                } else {
                    (200, json!({ "audit_log_export": told }))
                }
            }
            _ => (404, error("INVALID_URL_PATTERN", "Please check if the URL trying to access is a correct one")),
        }
    }

    /// An export, as it is told.
    pub(super) fn add(&mut self, id: &str, criteria: Value, by: &str) {
        let host = self.link_host.clone().unwrap_or(format!("http://127.0.0.1:{}", self.port));
        let links: Vec<String> =
            (1..=self.links).map(|at| format!("{host}/v2/crm/42/auditlog/{id}/AuditLog{at}.csv")).collect();
        let status = if self.slowly.is_empty() { "Finished" } else { self.slowly.remove(0) };
        self.jobs.push(json!({
            "id": id, "criteria": criteria, "status": status, "created_by": { "id": "7", "name": by },
            "download_links": links, "job_start_time": "2026-12-01T08:30:00+00:00", "expiry_date": "2026-12-08T08:30:00+00:00",
        }));
    }

    /// Time goes on for the newest export whenever somebody looks.
    fn look(&mut self) {
        let status = if self.slowly.is_empty() { "Finished" } else { self.slowly.remove(0) };
        if let Some(job) = self.jobs.last_mut().filter(|job| job["status"] != "Finished" && job["status"] != "Failed") {
            job["status"] = status.into();
        }
    }
}

fn error(code: &str, message: &str) -> Value {
    json!({ "code": code, "details": {}, "message": message, "status": "error" })
}
