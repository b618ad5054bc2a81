//! Mail: a message as a mail program reads it: headers unfolded, parts decoded. Only what this program's mails need.

use base64::Engine;

/// Names and values of headers.
pub type Headers = Vec<(String, String)>;

/// A message.
#[derive(Debug)]
pub struct Mail {
    headers: Vec<(String, String)>,
    parts: Vec<Part>,
}

/// A leaf of its tree of parts.
#[derive(Debug)]
struct Part {
    headers: Vec<(String, String)>,
    bytes: Vec<u8>,
}

impl Mail {
    /// Reads a message.
    pub fn read(bytes: &[u8]) -> Mail {
        let text = String::from_utf8(bytes.to_vec()).unwrap().replace("\r\n", "\n");
        let (headers, body) = split(&text);
        let mut parts = Vec::new();
        leaves(&headers, body, &mut parts);
        Mail { headers, parts }
    }

    /// A header; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        header(&self.headers, name)
    }

    /// The text that is read where HTML is not.
    pub fn text(&self) -> String {
        self.body("text/plain")
    }

    /// The HTML.
    pub fn html(&self) -> String {
        self.body("text/html")
    }

    /// Name and bytes of each attached file.
    pub fn files(&self) -> Vec<(String, Vec<u8>)> {
        let attached =
            self.parts.iter().filter(|part| header(&part.headers, "Content-Disposition").contains("attachment"));
        attached.map(|part| (file_name(&part.headers), part.bytes.clone())).collect()
    }

    /// Headers and decoded bytes of everything in it; the message's own headers first, with no bytes.
    pub fn everything(&self) -> Vec<(Headers, Vec<u8>)> {
        let parts = self.parts.iter().map(|part| (part.headers.clone(), part.bytes.clone()));
        std::iter::once((self.headers.clone(), Vec::new())).chain(parts).collect()
    }

    /// Names of the attached files.
    pub fn file_names(&self) -> Vec<String> {
        self.files().into_iter().map(|(name, _)| name).collect()
    }

    fn body(&self, kind: &str) -> String {
        let found = self.parts.iter().find(|part| {
            header(&part.headers, "Content-Type").starts_with(kind)
                && !header(&part.headers, "Content-Disposition").contains("attachment")
        });
        String::from_utf8(found.unwrap_or_else(|| panic!("no {kind} in {:?}", self.headers)).bytes.clone()).unwrap()
    }
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> &'a str {
    headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
}

fn split(text: &str) -> (Vec<(String, String)>, &str) {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let unfolded = head.replace("\n ", " ").replace("\n\t", " ");
    let headers = unfolded.lines().filter_map(|line| line.split_once(": ").or(line.split_once(':')));
    (headers.map(|(key, value)| (key.to_owned(), value.trim().to_owned())).collect(), body)
}

fn leaves(headers: &[(String, String)], body: &str, parts: &mut Vec<Part>) {
    let kind = header(headers, "Content-Type");
    if kind.starts_with("multipart/") {
        let boundary = kind.split("boundary=\"").nth(1).unwrap().split('"').next().unwrap();
        let inner = body.split(&format!("--{boundary}--")).next().unwrap();
        for part in inner.split(&format!("--{boundary}\n")).skip(1) {
            let (headers, body) = split(part);
            leaves(&headers, body, parts);
        }
        return;
    }
    let bytes = match header(headers, "Content-Transfer-Encoding").to_lowercase().as_str() {
        "base64" => {
            let packed: String = body.split_whitespace().collect();
            base64::engine::general_purpose::STANDARD.decode(packed).unwrap()
        }
        "quoted-printable" => quoted(body),
        _ => body.as_bytes().to_vec(),
    };
    parts.push(Part { headers: headers.to_vec(), bytes });
}

fn quoted(body: &str) -> Vec<u8> {
    let joined = body.replace("=\n", "");
    let mut out = Vec::new();
    let mut rest = joined.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        match (first, after) {
            (b'=', [a, b, after @ ..]) => {
                out.extend(hex::decode([*a, *b]).unwrap());
                rest = after;
            }
            _ => {
                out.push(*first);
                rest = after;
            }
        }
    }
    out
}

fn file_name(headers: &[(String, String)]) -> String {
    let written = header(headers, "Content-Disposition");
    written
        .split("filename=")
        .nth(1)
        .or(written.split("filename*0=").nth(1))
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap()
        .trim_matches('"')
        .to_owned()
}
