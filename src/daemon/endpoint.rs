//! Endpoint: `/health` and `/metrics` over HTTP, one short answer to one short question, one after the other.

use super::health::{Health, look};
use crate::pipeline::Failure;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

/// A question is shorter than this.
const MOST: usize = 8 * 1024;

/// Who is slower than this is not answered: nobody may keep others from being.
const PATIENCE: Duration = Duration::from_secs(2);

/// Answers until the process ends. `installation` opens the installation anew for each question.
pub fn answer(listener: &TcpListener, installation: &dyn Fn() -> Result<crate::pipeline::Installation, Failure>) {
    for stream in listener.incoming() {
        let Ok(stream) = stream else {
            // Too many open files: it passes.
            std::thread::sleep(Duration::from_millis(100));
            continue;
        };
        // Whoever asked and went away needs no answer.
        let _ = one(stream, &|| look(&installation()?));
    }
}

fn one(mut stream: TcpStream, health: &dyn Fn() -> Result<Health, Failure>) -> std::io::Result<()> {
    let until = Instant::now() + PATIENCE;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut asked = Vec::new();
    let mut piece = [0; 1024];
    while !asked.windows(4).any(|end| end == b"\r\n\r\n") {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() || asked.len() > MOST {
            return say(&mut stream, "408 Request Timeout", "text/plain", "");
        }
        stream.set_read_timeout(Some(left))?;
        match stream.read(&mut piece) {
            Ok(0) | Err(_) => return Ok(()),
            Ok(read) => asked.extend_from_slice(piece.get(..read).unwrap_or_default()),
        }
    }
    let line = asked.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let path = match line.split(' ').collect::<Vec<_>>().as_slice() {
        ["GET", path, _] => (*path).to_owned(),
        _ => return say(&mut stream, "405 Method Not Allowed", "text/plain", ""),
    };
    if !["/health", "/metrics"].contains(&path.as_str()) {
        return say(&mut stream, "404 Not Found", "text/plain", "/health and /metrics\n");
    }
    match health() {
        Ok(health) if path == "/metrics" => {
            say(&mut stream, "200 OK", "text/plain; version=0.0.4; charset=utf-8", &health.metrics())
        }
        Ok(health) => {
            let status = if health.healthy { "200 OK" } else { "503 Service Unavailable" };
            let body = serde_json::to_string_pretty(&health).unwrap_or_default();
            say(&mut stream, status, "application/json", &format!("{body}\n"))
        }
        Err(_) => say(&mut stream, "503 Service Unavailable", "text/plain", "it cannot be read now\n"),
    }
}

fn say(stream: &mut TcpStream, status: &str, kind: &str, body: &str) -> std::io::Result<()> {
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n{body}"
    )
}
