//! Stamp: whether files were changed, told by their times and sizes without reading them.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Files as they were: path, time of the last change, size; in order.
pub(super) type Stamp = std::collections::BTreeSet<(PathBuf, Option<SystemTime>, u64)>;

/// A file as it is; `None`: it is not there.
pub(super) fn stamp(path: &Path) -> Option<(PathBuf, Option<SystemTime>, u64)> {
    std::fs::metadata(path).ok().map(|about| of(path, &about))
}

/// All files in a folder and below it, as they are; nothing where there is no such folder.
pub(super) fn folder_stamp(folder: &Path) -> Stamp {
    let mut all = Stamp::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            // Links to folders are not followed: they may go round in a circle.
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => open.push(entry.path()),
                Ok(_) => all.extend(stamp(&entry.path())),
                Err(_) => {}
            }
        }
    }
    all
}

fn of(path: &Path, about: &Metadata) -> (PathBuf, Option<SystemTime>, u64) {
    (path.to_owned(), about.modified().ok(), about.len())
}
