//! `finding add`: something odd that a person reports.

use super::{Add, Context, Done, Failure, say, shown, standing};
use crate::pipeline::told::{LARGEST, Told, moment, read};
use std::io::Read;
use std::path::Path;

pub(super) fn add(context: &Context, add: Add) -> Result<Done, Failure> {
    let installation = context.installation()?;
    let zone = &installation.config.timezone;
    let told = match &add.from_mail {
        Some(file) => read(&bytes(file)?, &file.display().to_string(), zone).map_err(Failure::Problems)?,
        None => {
            let written = |text: &String| {
                moment(text, zone).ok_or_else(|| {
                    Failure::Asked(format!(
                        "--when `{text}` is no day and no time: write 2026-11-30 or '2026-11-30 14:20'"
                    ))
                })
            };
            let when = add.when.as_ref().map(written).transpose()?;
            Told {
                title: add.title.unwrap_or_default(),
                story: add.note,
                severity: add.severity,
                when,
                module: add.module,
                record: add.record,
                name: String::new(),
            }
        }
    };
    let by = installation.who(if add.by.is_empty() { &told.name } else { &add.by })?;
    let finding = installation.report_finding(&mut installation.ledger()?, &told, &by)?;
    let today = installation.today();
    if context.json {
        say::json(&shown::json_of(&finding, today));
    } else {
        say::line(standing(&finding, today));
    }
    Ok(Done::Yes)
}

/// A file's bytes, one more than are read at most.
fn bytes(file: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let most = LARGEST as u64 + 1;
    let read = if file.as_os_str() == "-" {
        std::io::stdin().lock().take(most).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|open| open.take(most).read_to_end(&mut bytes))
    };
    read.map_err(|error| Failure::Error(format!("{} cannot be read: {error}", file.display())))?;
    Ok(bytes)
}
