//! Vendor: a server on this machine that exports an audit log as the documentation of Zoho CRM says, at once.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

const PATH: &str = "/crm/v8/settings/audit_log_export";

/// The server; it ends with the test.
pub struct Vendor {
    port: u16,
    inner: Arc<Mutex<Inner>>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

struct Inner {
    csv: String,
    refusal: Option<&'static str>,
    /// Criteria of the exports, in order.
    exports: Vec<Value>,
}

impl Vendor {
    /// Starts one whose every export holds this.
    pub fn start(csv: &str) -> Vendor {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let inner = Arc::new(Mutex::new(Inner { csv: csv.to_owned(), refusal: None, exports: Vec::new() }));
        let over = Arc::new(AtomicBool::new(false));
        let (serves, ends) = (Arc::clone(&inner), Arc::clone(&over));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if ends.load(Ordering::SeqCst) {
                    return;
                }
                serve(stream.unwrap(), port, &mut serves.lock().unwrap()).unwrap();
            }
        });
        Vendor { port, inner, over, thread: Some(thread) }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Refuses the next export.
    pub fn refuse(&self, answer: &'static str) {
        self.inner.lock().unwrap().refusal = Some(answer);
    }

    /// From when to when exports were asked for.
    pub fn asked(&self) -> Vec<[String; 2]> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let exports = &self.inner.lock().unwrap().exports;
        exports.iter().map(|criteria| [text(&criteria["value"][0]), text(&criteria["value"][1])]).collect()
    }
}

impl Drop for Vendor {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
        let _ = self.thread.take().unwrap().join();
    }
}

fn serve(mut stream: TcpStream, port: u16, inner: &mut Inner) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let (status, answer) = answer(first.trim_end().trim_end_matches(" HTTP/1.1"), &body, port, inner);
    let length = answer.len();
    write!(stream, "HTTP/1.1 {status} x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{answer}")?;
    stream.flush()
}

fn answer(request: &str, body: &[u8], port: u16, inner: &mut Inner) -> (u16, String) {
    if request == "POST /oauth/v2/token" {
        return (200, json!({ "access_token": "1000.access", "expires_in": 3600, "token_type": "Bearer" }).to_string());
    }
    if request.starts_with("GET /v2/crm/42/auditlog/") {
        return (200, inner.csv.clone());
    }
    let job = |number: usize, criteria: &Value| {
        let link = format!("http://127.0.0.1:{port}/v2/crm/42/auditlog/{number}/AuditLog.csv");
        json!({ "id": number.to_string(), "status": "Finished", "criteria": criteria, "download_links": [link] })
    };
    match request.split_once(PATH) {
        Some(("POST ", "")) => {
            if let Some(refusal) = inner.refusal.take() {
                return (403, refusal.to_owned());
            }
            let asked: Value = serde_json::from_slice(body).unwrap();
            inner.exports.push(asked["audit_log_export"][0]["criteria"].clone());
            let details = json!({ "id": inner.exports.len().to_string() });
            let told = json!({ "status": "success", "code": "SUCCESS", "message": "scheduled", "details": details });
            (200, json!({ "audit_log_export": [told] }).to_string())
        }
        Some(("GET ", number)) => {
            let number: usize = number.trim_start_matches('/').parse().unwrap();
            (200, json!({ "audit_log_export": [job(number, &inner.exports[number - 1])] }).to_string())
        }
        _ => panic!("{request}"),
    }
}
