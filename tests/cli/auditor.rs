//! Auditor: checks the proof of an event with SHA-256 and Ed25519 alone, as `src/audit_log/PROOF.md` and RFC 6962 say. Nothing
//! of the program is used here: it is what somebody who does not trust it would write.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// What a proof shows.
#[derive(Debug, PartialEq)]
pub struct Proven {
    pub source: String,
    pub actor: String,
    pub action: String,
    pub record_name: String,
    pub time: i64,
    pub file: String,
    pub size: u64,
    pub root: String,
    /// Origin of the checkpoint, if there is one.
    pub origin: Option<String>,
}

type Checked<T> = Result<T, String>;

fn leaf(bytes: &[u8]) -> Vec<u8> {
    Sha256::new().chain_update([0x00]).chain_update(bytes).finalize().to_vec()
}

fn node(left: &[u8], right: &[u8]) -> Vec<u8> {
    Sha256::new().chain_update([0x01]).chain_update(left).chain_update(right).finalize().to_vec()
}

/// RFC 9162, section 2.1.3.2, step by step.
fn climb(bytes: &[u8], way: &Value) -> Checked<Vec<u8>> {
    let (index, size) = (number(&way["index"])?, number(&way["size"])?);
    if index >= size {
        return Err("the leaf is not in the tree".into());
    }
    let (mut at, mut last, mut hash) = (index, size - 1, leaf(bytes));
    for sibling in way["hashes"].as_array().ok_or("no hashes")? {
        let sibling = bytes_of(sibling)?;
        if last == 0 {
            return Err("too many hashes".into());
        }
        if at % 2 == 1 || at == last {
            hash = node(&sibling, &hash);
            while at % 2 == 0 && at != 0 {
                at /= 2;
                last /= 2;
            }
        } else {
            hash = node(&hash, &sibling);
        }
        at /= 2;
        last /= 2;
    }
    if last == 0 { Ok(hash) } else { Err("too few hashes".into()) }
}

/// Reads the encoding of PROOF.md.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, count: u64) -> Checked<&'a [u8]> {
        let count = usize::try_from(count).map_err(|_| "too long")?;
        let (taken, rest) = self.0.split_at_checked(count).ok_or("ends too early")?;
        self.0 = rest;
        Ok(taken)
    }
    fn byte(&mut self) -> Checked<u8> {
        Ok(self.take(1)?[0])
    }
    fn number(&mut self) -> Checked<u64> {
        let mut value = 0u128;
        for place in 0..10 {
            let byte = self.byte()?;
            value |= u128::from(byte % 128) << (7 * place);
            if byte < 128 {
                return u64::try_from(value).map_err(|_| "a number above 64 bits".into());
            }
        }
        Err("a number that does not end".into())
    }
    fn signed(&mut self) -> Checked<i64> {
        let number = i128::from(self.number()?);
        Ok(if number % 2 == 0 { number / 2 } else { -(number / 2) - 1 } as i64)
    }
    fn text(&mut self) -> Checked<String> {
        let length = self.number()?;
        String::from_utf8(self.take(length)?.to_vec()).map_err(|_| "text that is not UTF-8".into())
    }
    fn optional<T>(&mut self, read: impl Fn(&mut Self) -> Checked<T>) -> Checked<Option<T>> {
        match self.byte()? {
            0 => Ok(None),
            1 => read(self).map(Some),
            _ => Err("neither 0 nor 1".into()),
        }
    }
    fn list(&mut self, read: impl Fn(&mut Self) -> Checked<()>) -> Checked<()> {
        for _ in 0..self.number()? {
            read(self)?;
        }
        Ok(())
    }
    fn texts<const N: usize>(&mut self) -> Checked<[String; N]> {
        let mut all = [const { String::new() }; N];
        for text in &mut all {
            *text = self.text()?;
        }
        Ok(all)
    }
    fn end(&self) -> Checked<()> {
        if self.0.is_empty() { Ok(()) } else { Err("bytes after the end".into()) }
    }
}

/// Batch number, source, file and root of a batch record.
fn record(bytes: &[u8]) -> Checked<(u64, String, String, Vec<u8>)> {
    let mut from = Bytes(bytes);
    if (from.byte()?, from.byte()?) != (2, 1) {
        return Err("not a batch record of version 2".into());
    }
    let batch = from.number()?;
    let [source, _title] = from.texts()?;
    from.list(|from| from.text().map(drop))?;
    from.list(|from| from.text().map(drop))?;
    if from.byte()? == 3 {
        from.number()?;
    }
    from.optional(Bytes::number)?;
    let [file, _sha256] = from.texts()?;
    from.number()?;
    let [_mapping, _mapping_sha256, _importer] = from.texts()?;
    from.optional(Bytes::text)?;
    from.optional(Bytes::text)?;
    from.optional(Bytes::number)?;
    for _ in 0..6 {
        from.number()?;
    }
    from.optional(|from| Ok((from.signed()?, from.signed()?)))?;
    from.signed()?;
    let root = from.text()?;
    from.list(|from| from.number().map(drop))?;
    from.take(64)?;
    from.end()?;
    Ok((batch, source, file, hex::decode(root).map_err(|_| "the root is not hexadecimal")?))
}

/// The size and root of a signed note, its origin, after the signature was checked.
fn open_note(note: &str, verifier_key: &str) -> Checked<(String, u64, Vec<u8>)> {
    let base64 = |text: &str| STANDARD.decode(text).map_err(|_| "not base64".to_owned());
    let mut key = verifier_key.splitn(3, '+');
    let (name, id, typed) = (key.next().ok_or("key")?, key.next().ok_or("key")?, base64(key.next().ok_or("key")?)?);
    let named = Sha256::new().chain_update(name).chain_update("\n").chain_update(&typed).finalize();
    if typed[0] != 1 || hex::encode(&named[..4]) != id {
        return Err("the key's id is not its own".into());
    }
    let (text, signatures) = note.split_once("\n\n").ok_or("no signature")?;
    let text = format!("{text}\n");
    let line =
        signatures.lines().find_map(|line| line.strip_prefix(&format!("\u{2014} {name} "))).ok_or("not signed")?;
    let signature = base64(line)?;
    if signature[..4] != named[..4] {
        return Err("signed by another key".into());
    }
    let public =
        ed25519_dalek::VerifyingKey::from_bytes(typed[1..].try_into().map_err(|_| "key")?).map_err(|_| "key")?;
    let signature = ed25519_dalek::Signature::from_slice(&signature[4..]).map_err(|_| "signature")?;
    public.verify_strict(text.as_bytes(), &signature).map_err(|_| "the signature is wrong")?;
    let lines: Vec<&str> = text.lines().collect();
    let [origin, size, root] = lines[..] else { return Err("not a checkpoint".into()) };
    Ok((origin.to_owned(), size.parse().map_err(|_| "size")?, base64(root)?))
}

fn number(value: &Value) -> Checked<u64> {
    value.as_u64().ok_or_else(|| format!("{value} is no number"))
}

fn bytes_of(value: &Value) -> Checked<Vec<u8>> {
    hex::decode(value.as_str().ok_or("no text")?).map_err(|_| format!("{value} is not hexadecimal"))
}

/// Checks a proof and tells what it shows.
pub fn check(proof: &Value) -> Checked<Proven> {
    if proof["quarterday_event_proof"] != 1 {
        return Err("another format".into());
    }
    let (event, day, sealed) = (bytes_of(&proof["event"])?, bytes_of(&proof["day"])?, bytes_of(&proof["record"])?);
    let mut of_day = Bytes(&day);
    let (_day, events, day_root) = (of_day.signed()?, of_day.number()?, of_day.take(32)?);
    of_day.end()?;
    if events != number(&proof["in_day"]["size"])? || climb(&event, &proof["in_day"])? != day_root {
        return Err("the event is not in the day".into());
    }
    let (batch, of_source, file, batch_root) = record(&sealed)?;
    if climb(&day, &proof["in_batch"])? != batch_root {
        return Err("the day is not in the batch".into());
    }
    let (size, root) = (number(&proof["head"]["size"])?, bytes_of(&proof["head"]["root"])?);
    if number(&proof["in_log"]["size"])? != size || climb(&sealed, &proof["in_log"])? != root {
        return Err("the batch is not in the log".into());
    }
    let mut from = Bytes(&event);
    if from.byte()? != 1 {
        return Err("another version of events".into());
    }
    let source = from.text()?;
    from.optional(Bytes::text)?;
    let time = from.signed()?;
    let [_written, actor, action, _class, _module, _record, record_name] = from.texts()?;
    if source != of_source || proof["number"].as_str().and_then(|n| n.split_once('-')?.0.parse().ok()) != Some(batch) {
        return Err("the event is of another source or batch".into());
    }
    let mut origin = None;
    if let Some(note) = proof["checkpoint"].as_str() {
        let (of_log, of_size, of_root) = open_note(note, proof["verifier_key"].as_str().ok_or("no key")?)?;
        if (of_size, of_root) != (size, root.clone()) {
            return Err("the checkpoint is of another head".into());
        }
        origin = Some(of_log);
    }
    Ok(Proven { source, actor, action, record_name, time, file, size, root: hex::encode(root), origin })
}
