//! Archive: several files as one ZIP, open or locked. The same files give the same bytes: it bears no time.

use super::{Attachment, MailError, wrong};
use std::io::{Cursor, Write};
use zip::write::{FileOptions, SimpleFileOptions};
use zip::{AesMode, AesSalt, CompressionMethod, DateTime, ZipWriter};

/// What an archive is locked with.
pub struct Lock<'a> {
    /// Whoever has it can open the archive: printable ASCII.
    pub passphrase: &'a str,
    /// The salt of a file. Another one for each file, name and message: two contents under one passphrase and salt would
    /// betray each other.
    pub salt: &'a dyn Fn(&Attachment) -> [u8; 16],
}

/// Packs files into one.
///
/// # Errors
/// A name that an archive cannot hold.
pub fn archive(name: &str, files: &[Attachment]) -> Result<Attachment, MailError> {
    packed(name, files, |_| Ok(plain()))
}

/// Packs files into one that opens with a passphrase alone: AES-256 in the form that WinZip made and 7-Zip and others read
/// (AE-2, <https://www.winzip.com/en/support/aes-encryption/>). The names of the files and their sizes stay readable.
///
/// # Errors
/// A name that an archive cannot hold.
pub fn locked(name: &str, files: &[Attachment], lock: &Lock) -> Result<Attachment, MailError> {
    packed(name, files, |file| {
        let salt = AesSalt::try_new(AesMode::Aes256, &(lock.salt)(file)).map_err(|error| failed(&error))?;
        Ok(plain().with_aes_encryption_and_salt(lock.passphrase.as_bytes(), salt))
    })
}

fn plain<'k>() -> FileOptions<'k, 'static, ()> {
    SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).last_modified_time(DateTime::default())
}

fn failed(error: &dyn std::fmt::Display) -> MailError {
    wrong("archive", &error.to_string())
}

fn packed<'k>(
    name: &str,
    files: &[Attachment],
    options: impl Fn(&Attachment) -> Result<FileOptions<'k, 'static, ()>, MailError>,
) -> Result<Attachment, MailError> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for file in files {
        zip.start_file(file.name.as_str(), options(file)?).map_err(|error| failed(&error))?;
        zip.write_all(&file.bytes).map_err(|error| failed(&error))?;
    }
    let bytes = zip.finish().map_err(|error| failed(&error))?.into_inner();
    Ok(Attachment { name: name.to_owned(), media_type: "application/zip".to_owned(), bytes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn file(name: &str, bytes: &[u8]) -> Attachment {
        Attachment { name: name.to_owned(), media_type: "text/csv".to_owned(), bytes: bytes.to_vec() }
    }

    #[test]
    fn what_is_locked_opens_with_its_passphrase_alone_and_is_the_same_again() {
        let files =
            [file("a.csv", &[b'x'; 100_000]), file("b.pdf", b"%PDF and more than a block of it"), file("c", b"")];
        let salt = |file: &Attachment| {
            let digest = crate::seal::sha256(&file.bytes).0;
            std::array::from_fn(|at| digest[at])
        };
        let locked = |passphrase: &str| locked("a.zip", &files, &Lock { passphrase, salt: &salt }).unwrap();
        let packed = locked("four words by letter");
        assert_eq!(packed, locked("four words by letter"));
        assert_ne!(packed.bytes, locked("four other words").bytes);
        let mut zip = zip::ZipArchive::new(Cursor::new(packed.bytes.clone())).unwrap();
        for file in &files {
            let mut bytes = Vec::new();
            let passphrase = b"four words by letter";
            zip.by_name_decrypt(&file.name, passphrase).unwrap().read_to_end(&mut bytes).unwrap();
            assert!(bytes == file.bytes, "{}", file.name);
            assert!(zip.by_name_decrypt(&file.name, b"four words by lettre").is_err(), "{}", file.name);
            assert!(zip.by_name(&file.name).is_err(), "{}", file.name);
            let index = zip.index_for_name(&file.name).unwrap();
            let mode = zip.get_aes_verification_key_and_salt(index).unwrap().unwrap().aes_mode;
            assert_eq!(mode, AesMode::Aes256);
        }
        assert!(!packed.bytes.windows(4).any(|bytes| bytes == b"%PDF"));
    }

    #[test]
    fn what_is_packed_comes_out_again_and_the_bytes_are_always_the_same() {
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
