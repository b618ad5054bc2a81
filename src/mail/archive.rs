//! Archive: several files as one ZIP. The same files give the same bytes: it bears no time.

use super::{Attachment, MailError, wrong};
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Packs files into one.
///
/// # Errors
/// A name that an archive cannot hold.
pub fn archive(name: &str, files: &[Attachment]) -> Result<Attachment, MailError> {
    let failed = |error: &dyn std::fmt::Display| wrong("archive", &error.to_string());
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    for file in files {
        zip.start_file(file.name.as_str(), options).map_err(|error| failed(&error))?;
        zip.write_all(&file.bytes).map_err(|error| failed(&error))?;
    }
    let bytes = zip.finish().map_err(|error| failed(&error))?.into_inner();
    Ok(Attachment { name: name.to_owned(), media_type: "application/zip".to_owned(), bytes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn what_is_packed_comes_out_again_and_the_bytes_are_always_the_same() {
        let file = |name: &str, bytes: &[u8]| Attachment {
            name: name.to_owned(),
            media_type: "text/csv".to_owned(),
            bytes: bytes.to_vec(),
        };
        let files = [file("a.csv", &[b'x'; 100_000]), file("b.pdf", b"%PDF")];
        let packed = archive("a.zip", &files).unwrap();
        assert!(packed.bytes.len() < 2_000, "{}", packed.bytes.len());
        assert_eq!(packed, archive("a.zip", &files).unwrap());
        let mut zip = zip::ZipArchive::new(Cursor::new(packed.bytes)).unwrap();
        assert_eq!(zip.len(), 2);
        for file in files {
            let mut bytes = Vec::new();
            zip.by_name(&file.name).unwrap().read_to_end(&mut bytes).unwrap();
            assert!(bytes == file.bytes, "{}", file.name);
        }
    }
}
