//! Import: a file through its mapping into the log, as one batch; and quarantined rows read again.

use super::{Failure, Installation, read_text};
use crate::audit_log::{Append, AuditLog, Batch, BatchAbout};
use crate::ingest::{self, Mapping, Progress, ReadError, Retry, Summary};
use crate::source::Source;
use crate::written::nearest;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::BufReader;
use std::path::Path;

/// What the person who imports says.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// A preset's name, a mapping file, or [`AUTO`].
    pub mapping: String,
    /// The path of an envelope in which each row lies.
    pub inside: Option<String>,
    /// With [`AUTO`]: mappings for what none knows, the first for each shape.
    pub otherwise: Vec<String>,
    /// Name of the source, instead of the mapping's.
    pub source: Option<String>,
    /// Who exported the file at the vendor.
    pub exported_by: Option<String>,
    /// The filters of the vendor's export.
    pub filters: Option<String>,
    /// How many rows the vendor said.
    pub expected_rows: Option<u64>,
}

/// The mapping is told from the content.
pub const AUTO: &str = "auto";

/// Names of mappings, and the mappings.
pub(super) type Recognisable = (Vec<String>, Vec<Mapping>);

/// What one file brought: as many batches as it holds formats.
#[derive(Clone, Debug, Default)]
pub struct Brought {
    /// The batches, in order.
    pub imported: Vec<Imported>,
    /// Files inside an archive that no mapping knows: nothing of them was imported.
    pub unknown: Vec<String>,
}

/// What an import did.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The batch, as sealed.
    pub batch: Batch,
    /// What the file was recognised as and by what, if it was not told.
    pub recognised: Option<String>,
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
            "there is no format `{name}`: neither one that ships{}, nor a file in {}, nor a path.\n\
             `quarterday formats` lists those that ship",
            nearest(name, known.into_iter()).map(|near| format!(" (did you mean `{near}`?)")).unwrap_or_default(),
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

    /// Every mapping that can be recognised: the installation's own before those that ship. Read once: a folder of
    /// thousands of files would else spend its time on them.
    pub(super) fn recognisable(&self) -> Result<&Recognisable, Failure> {
        if let Some(known) = self.recognisable.get() {
            return Ok(known);
        }
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&self.folders.mappings).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_file()
                && path.extension().is_some_and(|ending| ending == "yaml")
                && let Some(name) = path.file_stem()
            {
                names.push(name.to_string_lossy().into_owned());
            }
        }
        names.sort();
        for preset in ingest::presets() {
            if !names.iter().any(|name| name == preset.name) {
                names.push(preset.name.to_owned());
            }
        }
        let mut mappings = Vec::new();
        for name in &names {
            mappings.push(self.mapping(name)?);
        }
        Ok(self.recognisable.get_or_init(|| (names, mappings)))
    }

    /// Imports one file: for each format that it holds one batch, whole or not at all. `progress` is told how far
    /// reading is, of how many bytes.
    ///
    /// # Errors
    /// A file or mapping that does not fit; a file that no mapping knows; a log that cannot be written. Rows that cannot
    /// be read are no error: they are kept in quarantine.
    pub fn import(
        &self,
        log: &mut dyn Append,
        path: &Path,
        told: &Told,
        progress: &mut dyn FnMut(Progress, u64),
    ) -> Result<Brought, Failure> {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        self.import_as(log, path, &name, told, progress)
    }

    /// As [`Installation::import`], under another name than the file's.
    ///
    /// # Errors
    /// As [`Installation::import`].
    pub fn import_as(
        &self,
        log: &mut dyn Append,
        path: &Path,
        name: &str,
        told: &Told,
        progress: &mut dyn FnMut(Progress, u64),
    ) -> Result<Brought, Failure> {
        let unreadable = |error: std::io::Error| Failure::Error(format!("{} cannot be read: {error}", path.display()));
        if path.is_dir() {
            return Err(Failure::Error(format!("{} is a folder; name the files in it", path.display())));
        }
        let mut file = BufReader::new(std::fs::File::open(path).map_err(unreadable)?);
        let mut brought = Brought::default();
        if told.mapping != AUTO {
            let mapping = self.mapping(&told.mapping)?;
            let (sha256, bytes) = ingest::digest(&mut file).map_err(unreadable)?;
            let about = self.about(name, sha256, bytes, &told.mapping, told);
            let imported = self.import_members(log, path, about, mapping, told, &|_| true, progress)?;
            brought.imported.push(imported);
            return Ok(brought);
        }
        let (mut names, mut mappings) = self.recognisable()?.clone();
        let mut otherwise = Vec::new();
        for name in &told.otherwise {
            otherwise.push(mappings.len());
            mappings.push(self.mapping(name)?);
            names.push(name.clone());
        }
        for mapping in &mut mappings {
            mapping.inside.extend(told.inside.clone());
        }
        let (sha256, bytes) = ingest::digest(&mut file).map_err(unreadable)?;
        let members = ingest::recognise(&mut file, name, &mappings, &otherwise, &self.rules).map_err(of_reading)?;
        let mut by_mapping: BTreeMap<usize, (Vec<&str>, &str)> = BTreeMap::new();
        for member in &members {
            match &member.known {
                Some(known) => by_mapping.entry(known.mapping).or_insert((Vec::new(), &known.why)).0.push(&member.name),
                None => brought.unknown.push(member.name.clone()),
            }
        }
        if bytes == 0 {
            return Err(Failure::Asked(format!("{name} is empty: was the export finished, and copied whole?")));
        }
        if by_mapping.is_empty() {
            return Err(Failure::Asked(format!(
                "{name} is in no format that is known.\nName one with --format (`quarterday formats` lists them), or let \
                 `quarterday import --suggest {name}` write a mapping for it"
            )));
        }
        for (place, (inside, why)) in by_mapping {
            let (Some(format), Some(mapping)) = (names.get(place), mappings.get(place)) else { continue };
            let about = self.about(name, sha256.clone(), bytes, format, told);
            let takes = |member: &str| inside.contains(&member);
            let imported = self.import_members(log, path, about, mapping.clone(), told, &takes, progress)?;
            let count = inside.len();
            let files =
                if members.len() > 1 { format!(" ({count} of {} files)", members.len()) } else { String::new() };
            let recognised = Some(format!("{}{files}: {why}", mapping.title));
            brought.imported.push(Imported { recognised, ..imported });
        }
        Ok(brought)
    }

    /// A first mapping for a file, with its guesses marked.
    ///
    /// # Errors
    /// A file that cannot be read, or that has no columns.
    pub fn suggest(&self, path: &Path, name: &str) -> Result<String, Failure> {
        let unreadable = |error: std::io::Error| Failure::Error(format!("{name} cannot be read: {error}"));
        let mut file = BufReader::new(std::fs::File::open(path).map_err(unreadable)?);
        let name = name.rsplit('/').next().unwrap_or(name);
        ingest::suggest(&mut file, name, &self.rules).map_err(of_reading)
    }

    fn about(&self, file: &str, sha256: String, bytes: u64, mapping: &str, told: &Told) -> BatchAbout {
        BatchAbout {
            file: file.to_owned(),
            sha256,
            bytes,
            mapping: mapping.to_owned(),
            mapping_sha256: String::new(),
            importer: self.account.clone(),
            exported_by: told.exported_by.clone(),
            filters: told.filters.clone(),
            expected_rows: told.expected_rows,
        }
    }

    /// Imports those files of an input that `members` takes, as one batch.
    #[allow(clippy::too_many_arguments)]
    fn import_members(
        &self,
        log: &mut dyn Append,
        path: &Path,
        about: BatchAbout,
        mut mapping: Mapping,
        told: &Told,
        members: &dyn Fn(&str) -> bool,
        progress: &mut dyn FnMut(Progress, u64),
    ) -> Result<Imported, Failure> {
        if mapping.timezone.is_none() {
            mapping.timezone = Some(self.config.timezone.name().to_owned());
        }
        if told.mapping != AUTO {
            mapping.inside.extend(told.inside.clone());
        }
        let source = self.source_of(&mapping, told.source.as_deref());
        let about = BatchAbout { mapping_sha256: mapping.sha256.clone(), ..about };
        let outcome: RefCell<Option<Result<Summary, ReadError>>> = RefCell::new(None);
        let mut feed = |sink: &mut dyn crate::audit_log::Sink| -> Result<(), String> {
            let opened = std::fs::File::open(path).map_err(|error| error.to_string())?;
            let mut input = BufReader::new(opened);
            let mut tell = |done| progress(done, about.bytes);
            let read = ingest::read(&mut input, &about.file, &mapping, &self.rules, members, sink, &mut tell);
            let words = read.as_ref().err().map(ToString::to_string);
            outcome.replace(Some(read));
            words.map_or(Ok(()), Err)
        };
        let added = log.add_batch(&source, &about, self.clock.now(), &[], &mut feed);
        let summary = match outcome.into_inner() {
            Some(Err(error @ (ReadError::Problems(_) | ReadError::Unreadable(..) | ReadError::Refused(..)))) => {
                return Err(of_reading(error));
            }
            Some(Ok(summary)) => summary,
            _ => Summary::default(),
        };
        let batch = added?;
        let mut warnings: Vec<String> = summary.notes.iter().cloned().collect();
        warnings.extend(summary.unexpected(told.expected_rows));
        for field in &summary.absent {
            warnings.push(format!(
                "the mapping says that {} is recorded, but the file has no column for it: figures that need it would be wrong",
                field.as_str()
            ));
        }
        for ignored in &summary.ignored {
            warnings.push(format!("{ignored} inside the archive holds no rows and was left alone"));
        }
        Ok(Imported { batch, recognised: None, summary, warnings })
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
        Ok(Some(Imported { batch, recognised: None, summary, warnings: Vec::new() }))
    }
}

/// Why a file was not read, as what somebody must do about it.
fn of_reading(error: ReadError) -> Failure {
    match error {
        ReadError::Problems(problems) => Failure::Problems(problems),
        other => Failure::Error(other.to_string()),
    }
}
