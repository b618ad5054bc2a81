//! Record: what is sealed about a batch, its voiding, or a retirement, as the bytes that are a leaf of the log's one tree.

use super::{Batch, BatchAbout, Retired, RowCounts, Voided};
use crate::calendar::Span;
use crate::event::ActionClass;
use crate::seal::SealError;
use crate::seal::bytes::{Reader, Writer};
use crate::seal::hash::Hash;
use crate::source::{RecordedField, Records, Rhythm, Source};

/// Version of the encoding that is written.
const VERSION: u8 = 2;
const BATCH: u8 = 1;
const VOID: u8 = 2;
const RETIRE: u8 = 3;

/// A leaf of the log's tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// An import.
    Batch(Box<BatchRecord>),
    /// A batch declared void.
    Void {
        /// Which.
        batch: u64,
        /// When, by whom, why.
        voided: Voided,
    },
    /// Old events of a source removed.
    Retire {
        /// What, when, by whom, why.
        retired: Retired,
        /// Batches of which something was removed, with the SHA-256 of the list of what is stored for them from now on;
        /// in order of number.
        manifests: Vec<(u64, Hash)>,
    },
}

/// What is sealed about an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchRecord {
    /// As it is told to those who ask; `voided` is not part of the record.
    pub batch: Batch,
    /// Quarantined rows whose retry it is.
    pub settles: Vec<u64>,
    /// SHA-256 over the leaf hashes of the rows that it put in quarantine.
    pub quarantine: Hash,
    /// SHA-256 of the list of what was stored for it (of nothing, in an engine that stores no bytes).
    pub manifest: Hash,
}

impl Record {
    /// The bytes of the leaf.
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = Writer::new();
        out.byte(VERSION);
        match self {
            Record::Batch(record) => {
                out.byte(BATCH);
                write_batch(&mut out, record);
            }
            Record::Void { batch, voided } => {
                out.byte(VOID);
                out.number(*batch);
                out.signed(voided.at);
                out.text(&voided.by);
                out.text(&voided.reason);
            }
            Record::Retire { retired, manifests } => {
                out.byte(RETIRE);
                write_retired(&mut out, retired);
                out.number(manifests.len() as u64);
                for (batch, hash) in manifests {
                    out.number(*batch);
                    out.raw(&hash.0);
                }
            }
        }
        out.finish()
    }

    /// Reads the bytes of a leaf.
    pub fn read(bytes: &[u8]) -> Result<Record, SealError> {
        let mut from = Reader::new(bytes);
        let version = from.byte()?;
        if version != VERSION {
            return Err(SealError::Malformed(format!("record version {version}; this program knows {VERSION}")));
        }
        let record = match from.byte()? {
            BATCH => Record::Batch(Box::new(read_batch(&mut from)?)),
            VOID => Record::Void {
                batch: from.number()?,
                voided: Voided { at: from.signed()?, by: from.text()?.to_owned(), reason: from.text()?.to_owned() },
            },
            RETIRE => {
                let retired = read_retired(&mut from)?;
                let mut manifests = Vec::new();
                for _ in 0..from.count(33)? {
                    manifests.push((from.number()?, read_hash(&mut from)?));
                }
                Record::Retire { retired, manifests }
            }
            kind => return Err(SealError::Malformed(format!("record of kind {kind}"))),
        };
        from.end()?;
        Ok(record)
    }
}

fn write_retired(out: &mut Writer, retired: &Retired) {
    out.text(&retired.source);
    out.signed(retired.before);
    out.number(u64::from(retired.keep_days));
    out.number(retired.events);
    out.number(retired.rows);
    out.signed(retired.at);
    out.text(&retired.by);
    out.text(&retired.reason);
}

fn read_retired(from: &mut Reader<'_>) -> Result<Retired, SealError> {
    Ok(Retired {
        source: from.text()?.to_owned(),
        before: from.signed()?,
        keep_days: small(from.number()?)?,
        events: from.number()?,
        rows: from.number()?,
        at: from.signed()?,
        by: from.text()?.to_owned(),
        reason: from.text()?.to_owned(),
    })
}

fn small(value: u64) -> Result<u32, SealError> {
    u32::try_from(value).map_err(|_| SealError::Malformed("a number above 32 bits".to_owned()))
}

fn write_batch(out: &mut Writer, record: &BatchRecord) {
    let BatchRecord { batch, settles, quarantine, manifest } = record;
    out.number(batch.number);
    write_source(out, &batch.source);
    let about = &batch.about;
    out.text(&about.file);
    out.text(&about.sha256);
    out.number(about.bytes);
    out.text(&about.mapping);
    out.text(&about.mapping_sha256);
    out.text(&about.importer);
    out.text_option(about.exported_by.as_deref());
    out.text_option(about.filters.as_deref());
    out.number_option(about.expected_rows);
    let rows = &batch.rows;
    for count in [rows.read, rows.added, rows.repeated, rows.quarantined, rows.no_event, rows.retired] {
        out.number(count);
    }
    out.byte(u8::from(batch.span.is_some()));
    if let Some(span) = batch.span {
        out.signed(span.from);
        out.signed(span.to);
    }
    out.signed(batch.imported_at);
    out.text(&batch.root);
    out.number(settles.len() as u64);
    for id in settles {
        out.number(*id);
    }
    out.raw(&quarantine.0);
    out.raw(&manifest.0);
}

fn read_batch(from: &mut Reader<'_>) -> Result<BatchRecord, SealError> {
    let number = from.number()?;
    let source = read_source(from)?;
    let about = BatchAbout {
        file: from.text()?.to_owned(),
        sha256: from.text()?.to_owned(),
        bytes: from.number()?,
        mapping: from.text()?.to_owned(),
        mapping_sha256: from.text()?.to_owned(),
        importer: from.text()?.to_owned(),
        exported_by: from.text_option()?.map(str::to_owned),
        filters: from.text_option()?.map(str::to_owned),
        expected_rows: from.number_option()?,
    };
    let rows = RowCounts {
        read: from.number()?,
        added: from.number()?,
        repeated: from.number()?,
        quarantined: from.number()?,
        no_event: from.number()?,
        retired: from.number()?,
    };
    let span = if from.flag()? { Some(Span { from: from.signed()?, to: from.signed()? }) } else { None };
    let imported_at = from.signed()?;
    let root = from.text()?.to_owned();
    let mut settles = Vec::new();
    for _ in 0..from.count(1)? {
        settles.push(from.number()?);
    }
    let quarantine = read_hash(from)?;
    let manifest = read_hash(from)?;
    let batch = Batch { number, source, about, rows, span, imported_at, root, voided: None };
    Ok(BatchRecord { batch, settles, quarantine, manifest })
}

fn read_hash(from: &mut Reader<'_>) -> Result<Hash, SealError> {
    Hash::from_slice(from.raw(32)?).ok_or_else(|| SealError::Malformed("a hash".to_owned()))
}

fn write_source(out: &mut Writer, source: &Source) {
    out.text(&source.name);
    out.text(&source.title);
    out.number(source.records.classes.len() as u64);
    for class in &source.records.classes {
        out.text(class.as_str());
    }
    out.number(source.records.fields.len() as u64);
    for field in &source.records.fields {
        out.text(field.as_str());
    }
    match source.rhythm {
        None => out.byte(0),
        Some(Rhythm::EveryDay) => out.byte(1),
        Some(Rhythm::EveryWorkingDay) => out.byte(2),
        Some(Rhythm::EveryHours(hours)) => {
            out.byte(3);
            out.number(u64::from(hours));
        }
    }
    out.number_option(source.retention_days.map(u64::from));
}

fn read_source(from: &mut Reader<'_>) -> Result<Source, SealError> {
    let unknown = |what: &str| SealError::Malformed(format!("a source that records {what}"));
    let (name, title) = (from.text()?.to_owned(), from.text()?.to_owned());
    let mut records = Records { classes: Default::default(), fields: Default::default() };
    for _ in 0..from.count(1)? {
        let text = from.text()?;
        records.classes.insert(ActionClass::parse(text).ok_or_else(|| unknown(text))?);
    }
    for _ in 0..from.count(1)? {
        let text = from.text()?;
        let field = RecordedField::ALL.into_iter().find(|field| field.as_str() == text);
        records.fields.insert(field.ok_or_else(|| unknown(text))?);
    }
    let rhythm = match from.byte()? {
        0 => None,
        1 => Some(Rhythm::EveryDay),
        2 => Some(Rhythm::EveryWorkingDay),
        3 => Some(Rhythm::EveryHours(small(from.number()?)?)),
        kind => return Err(SealError::Malformed(format!("a rhythm of kind {kind}"))),
    };
    let retention_days = from.number_option()?.map(small).transpose()?;
    Ok(Source { name, title, records, rhythm, retention_days })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Record {
        Record::Batch(Box::new(BatchRecord {
            batch: Batch {
                number: 3,
                source: Source {
                    name: "crm".into(),
                    title: "The CRM".into(),
                    records: Records {
                        classes: ActionClass::ALL.into(),
                        fields: [RecordedField::Ip, RecordedField::Actor].into(),
                    },
                    rhythm: Some(Rhythm::EveryHours(36)),
                    retention_days: Some(60),
                },
                about: BatchAbout {
                    file: "a.csv".into(),
                    exported_by: Some("ann".into()),
                    expected_rows: Some(9),
                    ..BatchAbout::default()
                },
                rows: RowCounts { read: 9, added: 4, repeated: 3, quarantined: 2, no_event: 0, retired: 0 },
                span: Some(Span { from: -5, to: 6 }),
                imported_at: 77,
                root: "ab".into(),
                voided: None,
            },
            settles: vec![1, 300],
            quarantine: Hash([1; 32]),
            manifest: Hash([2; 32]),
        }))
    }

    #[test]
    fn is_read_back_and_refuses_what_is_cut() {
        let void = Record::Void { batch: 3, voided: Voided { at: 8, by: "ann".into(), reason: "wrong file".into() } };
        let retired = Retired {
            source: "crm".into(),
            before: -86_400_000,
            keep_days: 365,
            events: 7,
            rows: 1,
            at: 9,
            by: "ann".into(),
            reason: "policy".into(),
        };
        let retire = Record::Retire { retired, manifests: vec![(1, Hash([3; 32])), (4, Hash([4; 32]))] };
        for record in [sample(), void, retire] {
            let bytes = record.bytes();
            assert_eq!(Record::read(&bytes), Ok(record));
            for cut in 0..bytes.len() {
                assert!(Record::read(&bytes[..cut]).is_err(), "cut at {cut}");
            }
        }
    }

    #[test]
    fn a_changed_byte_is_another_record_or_none() {
        let bytes = sample().bytes();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert_ne!(Record::read(&changed).ok(), Some(sample()), "byte {at}");
        }
    }
}
