//! The file as a container: objects packed together into compressed streams, and the table of where each stands. Written directly,
//! because a report of thousands of rows has a hundred thousand elements of structure.

use super::PdfError;
use crate::seal::sha256;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use lopdf::{Object, StringFormat};
use std::io::Write;

/// The number of an object.
pub(super) type Id = u32;

/// Objects packed into one stream, at most. More take longer to reach, fewer take more room.
const PACK: usize = 400;
/// How hard is tried to make streams small.
const LEVEL: u32 = 6;

#[derive(Clone, Copy, Debug)]
enum Place {
    Nowhere,
    At(usize),
    /// In a stream of objects, at a place.
    In(Id, u16),
}

/// A file that is being written.
pub(super) struct File {
    bytes: Vec<u8>,
    places: Vec<Place>,
    packed: Vec<u8>,
    /// Objects that wait in `packed`, each with where it begins.
    waiting: Vec<(Id, usize)>,
}

fn write_error(error: impl std::fmt::Display) -> PdfError {
    PdfError::Write(error.to_string())
}

impl File {
    pub fn new() -> File {
        // The second line says that the file is not text.
        let bytes = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
        File { bytes, places: vec![Place::Nowhere], packed: Vec::new(), waiting: Vec::new() }
    }

    /// A number for an object that is written later.
    pub fn reserve(&mut self) -> Id {
        self.reserve_many(1)
    }

    /// Numbers for as many objects; the first of them.
    pub fn reserve_many(&mut self, count: usize) -> Id {
        let first = self.places.len() as Id;
        self.places.resize(self.places.len() + count, Place::Nowhere);
        first
    }

    /// Writes an object that is no stream.
    pub fn put(&mut self, id: Id, body: &[u8]) -> Result<(), PdfError> {
        self.put_with(id, |out| out.extend_from_slice(body))
    }

    /// Writes an object that is no stream, straight into its place.
    pub fn put_with(&mut self, id: Id, write: impl FnOnce(&mut Vec<u8>)) -> Result<(), PdfError> {
        self.waiting.push((id, self.packed.len()));
        write(&mut self.packed);
        self.packed.push(b'\n');
        if self.waiting.len() >= PACK { self.pack() } else { Ok(()) }
    }

    /// Writes an object, and gives its number.
    pub fn add(&mut self, object: &Object) -> Result<Id, PdfError> {
        let id = self.reserve();
        self.put_object(id, object)?;
        Ok(id)
    }

    pub fn put_object(&mut self, id: Id, object: &Object) -> Result<(), PdfError> {
        if let Object::Stream(stream) = object {
            let mut entries = Vec::new();
            for (key, value) in stream.dict.iter().filter(|(key, _)| key.as_slice() != b"Length") {
                name(&mut entries, key);
                entries.push(b' ');
                self::object(&mut entries, value);
            }
            let plain = !stream.dict.has(b"Filter") && stream.allows_compression;
            return self.stream(id, &entries, &stream.content, plain);
        }
        self.put_with(id, |out| self::object(out, object))
    }

    /// Writes a stream. `entries`: what its dictionary says beside its length.
    pub fn stream(&mut self, id: Id, entries: &[u8], content: &[u8], compress: bool) -> Result<(), PdfError> {
        let compressed = if compress { Some(deflate(content)?) } else { None };
        let content = compressed.as_deref().unwrap_or(content);
        if let Some(place) = self.places.get_mut(id as usize) {
            *place = Place::At(self.bytes.len());
        }
        write!(self.bytes, "{id} 0 obj\n<<").map_err(write_error)?;
        self.bytes.extend_from_slice(entries);
        let filter = if compressed.is_some() { "/Filter/FlateDecode" } else { "" };
        write!(self.bytes, "{filter}/Length {}>>\nstream\n", content.len()).map_err(write_error)?;
        self.bytes.extend_from_slice(content);
        self.bytes.extend_from_slice(b"\nendstream\nendobj\n");
        Ok(())
    }

    /// Writes the objects that wait as one stream.
    fn pack(&mut self) -> Result<(), PdfError> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let stream = self.reserve();
        let mut content = Vec::with_capacity(self.packed.len() + self.waiting.len() * 12);
        for (at, (id, start)) in (0_u16..).zip(&self.waiting) {
            write!(content, "{id} {start} ").map_err(write_error)?;
            if let Some(place) = self.places.get_mut(*id as usize) {
                *place = Place::In(stream, at);
            }
        }
        let first = content.len();
        content.append(&mut self.packed);
        let entries = format!("/Type/ObjStm/N {}/First {first}", self.waiting.len());
        self.waiting.clear();
        self.stream(stream, entries.as_bytes(), &content, true)
    }

    /// Ends the file. Its identity is a digest of everything in it.
    pub fn end(mut self, root: Id, info: Id) -> Result<Vec<u8>, PdfError> {
        self.pack()?;
        let digest = sha256(&self.bytes).0;
        let identity = hex::encode_upper(digest.get(..16).unwrap_or_default());
        let table = self.reserve();
        let start = self.bytes.len();
        if let Some(place) = self.places.get_mut(table as usize) {
            *place = Place::At(start);
        }
        // Each row is told by its difference to the one before (predictor 12): neighbours are alike.
        let mut rows = Vec::with_capacity(self.places.len() * 8);
        let mut before = [0_u8; 7];
        for place in &self.places {
            let (kind, field, place): (u8, u32, u16) = match *place {
                Place::Nowhere => (0, 0, u16::MAX),
                Place::At(offset) => (1, u32::try_from(offset).map_err(write_error)?, 0),
                Place::In(stream, at) => (2, stream, at),
            };
            let mut row = [0_u8; 7];
            row[0] = kind;
            row[1..5].copy_from_slice(&field.to_be_bytes());
            row[5..].copy_from_slice(&place.to_be_bytes());
            rows.push(2);
            rows.extend(row.iter().zip(before).map(|(new, old)| new.wrapping_sub(old)));
            before = row;
        }
        let entries = format!(
            "/Type/XRef/Size {}/W[1 4 2]/Root {root} 0 R/Info {info} 0 R/ID[<{identity}><{identity}>]\
             /DecodeParms<</Predictor 12/Columns 7>>",
            self.places.len(),
        );
        self.stream(table, entries.as_bytes(), &rows, true)?;
        write!(self.bytes, "startxref\n{start}\n%%EOF\n").map_err(write_error)?;
        Ok(self.bytes)
    }
}

fn deflate(content: &[u8]) -> Result<Vec<u8>, PdfError> {
    let mut encoder = ZlibEncoder::new(Vec::with_capacity(content.len() / 3), Compression::new(LEVEL));
    encoder.write_all(content).map_err(write_error)?;
    encoder.finish().map_err(write_error)
}

fn name(out: &mut Vec<u8>, name: &[u8]) {
    out.push(b'/');
    for byte in name {
        if byte.is_ascii_graphic() && !b"()<>[]{}/%#".contains(byte) {
            out.push(*byte);
        } else {
            out.extend_from_slice(format!("#{byte:02X}").as_bytes());
        }
    }
}

/// Writes a value.
pub(super) fn object(out: &mut Vec<u8>, value: &Object) {
    match value {
        Object::Null => out.extend_from_slice(b"null"),
        Object::Boolean(value) => out.extend_from_slice(value.to_string().as_bytes()),
        Object::Integer(value) => out.extend_from_slice(value.to_string().as_bytes()),
        Object::Real(value) => out.extend_from_slice(value.to_string().as_bytes()),
        Object::Name(value) => name(out, value),
        Object::String(value, StringFormat::Hexadecimal) => {
            out.extend_from_slice(format!("<{}>", hex::encode_upper(value)).as_bytes());
        }
        Object::String(value, StringFormat::Literal) => {
            out.push(b'(');
            for byte in value {
                match byte {
                    b'(' | b')' | b'\\' => out.extend_from_slice(&[b'\\', *byte]),
                    b'\r' => out.extend_from_slice(b"\\r"),
                    byte => out.push(*byte),
                }
            }
            out.push(b')');
        }
        Object::Array(values) => {
            out.push(b'[');
            for (at, value) in values.iter().enumerate() {
                if at > 0 {
                    out.push(b' ');
                }
                object(out, value);
            }
            out.push(b']');
        }
        Object::Dictionary(entries) => {
            out.extend_from_slice(b"<<");
            for (key, value) in entries {
                name(out, key);
                out.push(b' ');
                object(out, value);
            }
            out.extend_from_slice(b">>");
        }
        Object::Reference((id, generation)) => out.extend_from_slice(format!("{id} {generation} R").as_bytes()),
        // A stream is an object of its own: it stands inside of no other.
        Object::Stream(_) => out.extend_from_slice(b"null"),
    }
}
