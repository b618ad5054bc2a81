//! Import: a file through its mapping into the log, as one batch; and quarantined rows read again.

use super::{Failure, Installation, read_text};
use crate::audit_log::{Append, AuditLog, Batch, BatchAbout};
use crate::ingest::{self, Mapping, ReadError, Retry, Summary};
use crate::source::Source;
use std::cell::RefCell;
use std::io::BufReader;
use std::path::Path;

/// What the person who imports says.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// A preset's name, or a mapping file.
    pub mapping: String,
    /// Name of the source, instead of the mapping's.
    pub source: Option<String>,
    /// Who exported the file at the vendor.
    pub exported_by: Option<String>,
    /// The filters of the vendor's export.
    pub filters: Option<String>,
    /// How many rows the vendor said.
    pub expected_rows: Option<u64>,
}

/// What an import did.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The batch, as sealed.
    pub batch: Batch,
    /// What was read.
    pub summary: Summary,
    /// What somebody should look at.
    pub warnings: Vec<String>,
}

impl Installation {
    /// A mapping by the name of a preset, of a file in `mappings/`, or by a path.
    ///
    /// # Errors
    /// Its Problems; a name that is nowhere.
    pub fn mapping(&self, name: &str) -> Result<Mapping, Failure> {
        let own = self.folders.mappings.join(format!("{name}.yaml"));
        if own.is_file() {
            return Mapping::load(&read_text(&own)?, &self.shown(&own)).map_err(Failure::Problems);
        }
        if let Some(preset) = Mapping::preset(name) {
            return preset.map_err(Failure::Problems);
        }
        let path = Path::new(name);
        if path.is_file() {
            return Mapping::load(&read_text(path)?, name).map_err(Failure::Problems);
        }
        let known: Vec<&str> = ingest::presets().iter().map(|preset| preset.name).collect();
        Err(Failure::Asked(format!(
            "there is no mapping `{name}`: neither a preset ({}), nor a file in {}, nor a path",
            known.join(", "),
            self.shown(&self.folders.mappings)
        )))
    }

    /// The source of a mapping, as the settings correct it.
    fn source_of(&self, mapping: &Mapping, name: Option<&str>) -> Source {
        let mut source = mapping.source();
        if let Some(name) = name {
            if name != source.name {
                source.title = name.to_owned();
            }
            source.name = name.to_owned();
        }
        if let Some(written) = self.config.sources.get(&source.name) {
            if let Some(title) = &written.title {
                source.title = title.clone();
            }
            if let Some(rhythm) = written.rhythm {
                source.rhythm = rhythm;
            }
            if written.retention_days.is_some() {
                source.retention_days = written.retention_days;
            }
        }
        source
    }

    /// Imports one file: whole, or not at all. `progress` is told bytes read of bytes in all.
    ///
    /// # Errors
    /// A file or mapping that does not fit; a log that cannot be written. Rows that cannot be read are no error: they
    /// are kept in quarantine.
    pub fn import(
        &self,
        log: &mut dyn Append,
        path: &Path,
        told: &Told,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Imported, Failure> {
        let mut mapping = self.mapping(&told.mapping)?;
        if mapping.timezone.is_none() {
            mapping.timezone = Some(self.config.timezone.name().to_owned());
        }
        let source = self.source_of(&mapping, told.source.as_deref());
        let unreadable = |error: std::io::Error| Failure::Error(format!("{} cannot be read: {error}", path.display()));
        if path.is_dir() {
            return Err(Failure::Error(format!("{} is a folder; name the files in it", path.display())));
        }
        let mut file = BufReader::new(std::fs::File::open(path).map_err(unreadable)?);
        let (sha256, bytes) = ingest::digest(&mut file).map_err(unreadable)?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let about = BatchAbout {
            file: name.clone(),
            sha256,
            bytes,
            mapping: told.mapping.clone(),
            mapping_sha256: mapping.sha256.clone(),
            importer: self.account.clone(),
            exported_by: told.exported_by.clone(),
            filters: told.filters.clone(),
            expected_rows: told.expected_rows,
        };
        let outcome: RefCell<Option<Result<Summary, ReadError>>> = RefCell::new(None);
        let mut feed = |sink: &mut dyn crate::audit_log::Sink| -> Result<(), String> {
            let opened = std::fs::File::open(path).map_err(|error| error.to_string())?;
            let mut input = BufReader::new(opened);
            let read = ingest::read(&mut input, &name, &mapping, &self.rules, sink, &mut |done| progress(done, bytes));
            let words = read.as_ref().err().map(ToString::to_string);
            outcome.replace(Some(read));
            words.map_or(Ok(()), Err)
        };
        let added = log.add_batch(&source, &about, self.clock.now(), &[], &mut feed);
        let summary = match outcome.into_inner() {
            Some(Err(ReadError::Problems(problems))) => return Err(Failure::Problems(problems)),
            Some(Err(error @ (ReadError::Unreadable(..) | ReadError::Refused(..)))) => {
                return Err(Failure::Error(error.to_string()));
            }
            Some(Ok(summary)) => summary,
            _ => Summary::default(),
        };
        let batch = added?;
        let mut warnings = Vec::new();
        warnings.extend(summary.unexpected(told.expected_rows));
        for field in &summary.absent {
            warnings.push(format!(
                "the mapping says that {} is recorded, but the file has no column for it: figures that need it would be wrong",
                field.as_str()
            ));
        }
        for ignored in &summary.ignored {
            warnings.push(format!("{ignored} inside the ZIP holds no rows and was left alone"));
        }
        Ok(Imported { batch, summary, warnings })
    }

    /// Reads the open quarantined rows of one source again, through a mapping that may have been mended. Gives back
    /// nothing if there are none.
    ///
    /// # Errors
    /// As [`Installation::import`].
    pub fn retry<L: AuditLog + Append>(
        &self,
        log: &mut L,
        source: &str,
        told: &Told,
    ) -> Result<Option<Imported>, Failure> {
        let mut mapping = self.mapping(&told.mapping)?;
        if mapping.timezone.is_none() {
            mapping.timezone = Some(self.config.timezone.name().to_owned());
        }
        let retry = Retry::new(&mapping, &self.rules).map_err(|problem| Failure::Problems(vec![problem]))?;
        let open: Vec<_> = log.quarantine(true)?.into_iter().filter(|row| row.source == source).collect();
        // Only those that can be read now: the others stay where they are.
        let (mut settles, mut events, mut none) = (Vec::new(), Vec::new(), 0);
        for row in &open {
            match retry.row(&row.row) {
                ingest::Row::Event(event) => {
                    settles.push(row.id);
                    events.push(*event);
                }
                ingest::Row::NoEvent => {
                    settles.push(row.id);
                    none += 1;
                }
                ingest::Row::Rejected(_) => {}
            }
        }
        if settles.is_empty() {
            return Ok(None);
        }
        let about = BatchAbout {
            file: format!("quarantine of {source}"),
            sha256: crate::seal::sha256_hex(
                open.iter()
                    .filter(|row| settles.contains(&row.id))
                    .flat_map(|row| row.row.raw.bytes())
                    .collect::<Vec<u8>>()
                    .as_slice(),
            ),
            bytes: 0,
            mapping: told.mapping.clone(),
            mapping_sha256: mapping.sha256.clone(),
            importer: self.account.clone(),
            ..BatchAbout::default()
        };
        let source = self.source_of(&mapping, Some(source));
        let summary =
            Summary { rows: settles.len() as u64, events: events.len() as u64, no_event: none, ..Summary::default() };
        let mut feed = |sink: &mut dyn crate::audit_log::Sink| -> Result<(), String> {
            for event in events.drain(..) {
                sink.event(event)?;
            }
            for _ in 0..none {
                sink.no_event()?;
            }
            Ok(())
        };
        let batch = log.add_batch(&source, &about, self.clock.now(), &settles, &mut feed)?;
        Ok(Some(Imported { batch, summary, warnings: Vec::new() }))
    }
}
