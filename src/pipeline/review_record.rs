//! The record of a review: one page, signed, beside the files of the edition that was reviewed. It is made from the ledger's entry
//! alone and can be made again; what counts is the entry.

use super::kit::Kit;
use super::page::{self, Page, code, fact};
use super::verify::Check;
use super::{Failure, Installation};
use crate::calendar::Millis;
use crate::calendar::zone::Zone;
use crate::edition::EditionKey;
use crate::ledger::happening::ReviewVerdict;
use crate::ledger::{Ledger, Review};
use crate::seal::sha256_hex;
use crate::wording::Words;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// What is signed: everything that the page says, and the page itself by its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewRecord {
    /// Version of this layout.
    pub quarterday_review: u32,
    /// The review, as the ledger has it.
    pub review: Review,
    /// Hash of the ledger's entry, which covers all entries before it.
    pub entry_hash: String,
    /// Title of the report.
    pub title: String,
    /// Organisation; may be empty.
    pub organisation: String,
    /// When the edition was issued.
    pub issued_at: Millis,
    /// The first instant that was too late for a review; `None`: none was asked for.
    pub until: Option<Millis>,
    /// Head of the log that the edition was made from: `SIZE ROOT`.
    pub log_head: String,
    /// Zone of the times on the page.
    pub zone: String,
    /// Language of the page.
    pub language: String,
    /// Version of this program.
    pub engine: String,
    /// SHA-256 of the publication kit that the page was set with.
    pub kit_sha256: String,
    /// The public key that signs, hex.
    pub key: String,
    /// SHA-256 of the page's PDF.
    pub pdf_sha256: String,
}

/// Where the parts of a record lie.
struct Places {
    pdf: PathBuf,
    json: PathBuf,
    signature: PathBuf,
}

impl Places {
    fn of(folder: &Path, entry: i64) -> Places {
        let name = |ending: &str| folder.join(format!("review-{entry}.{ending}"));
        Places { pdf: name("pdf"), json: name("json"), signature: name("sig") }
    }
}

impl Installation {
    /// The record of a review, made if it is not there or not whole. Gives back where its page lies.
    ///
    /// # Errors
    /// An edition whose figures are gone; a page that cannot be set; a key or file that cannot be had.
    pub fn review_record(&self, ledger: &Ledger, review: &Review) -> Result<PathBuf, Failure> {
        let places = Places::of(&self.edition_folder(&review.edition), review.entry);
        if [&places.pdf, &places.json, &places.signature].into_iter().all(|path| path.is_file()) {
            return Ok(places.pdf);
        }
        let (record, pdf) = self.record_of(ledger, review)?;
        let mut text = serde_json::to_string_pretty(&record).map_err(|error| Failure::Error(error.to_string()))?;
        text.push('\n');
        let key = self.key()?;
        let line = format!("ed25519 {} {}\n", key.public().hex(), hex::encode(key.sign(text.as_bytes())));
        write_whole(&places.pdf, &pdf)?;
        write_whole(&places.json, text.as_bytes())?;
        write_whole(&places.signature, line.as_bytes())?;
        Ok(places.pdf)
    }

    fn record_of(&self, ledger: &Ledger, review: &Review) -> Result<(ReviewRecord, Vec<u8>), Failure> {
        let (hinge, _) = self.stored_hinge(ledger, &review.edition)?;
        let edition = ledger.edition(&review.edition)?;
        let edition = edition.ok_or_else(|| Failure::Error(format!("{} is not issued", review.edition)))?;
        let entry = ledger.entries(review.entry - 1, 1)?.pop();
        let entry = entry.ok_or_else(|| Failure::Error(format!("the ledger has no entry {}", review.entry)))?;
        let kit = self.kit()?;
        let mut record = ReviewRecord {
            quarterday_review: 1,
            review: review.clone(),
            entry_hash: entry.hash,
            title: hinge.facts.title.clone(),
            organisation: hinge.facts.organisation.clone(),
            issued_at: edition.issued_at,
            until: ledger.asking(&review.edition)?.map(|asking| asking.until),
            log_head: edition.log_head,
            zone: hinge.figures.period.zone.clone(),
            language: kit.words(&hinge.facts.language)?.language().to_owned(),
            engine: env!("CARGO_PKG_VERSION").to_owned(),
            kit_sha256: kit.digest.clone(),
            key: self.key()?.public().hex(),
            pdf_sha256: String::new(),
        };
        let pdf = self.record_page(&record, &kit)?;
        record.pdf_sha256 = sha256_hex(&pdf);
        Ok((record, pdf))
    }

    /// The page of a record: a function of the record and the kit.
    fn record_page(&self, record: &ReviewRecord, kit: &Kit) -> Result<Vec<u8>, Failure> {
        let zone = self.rules.zone(&record.zone);
        let zone = zone.ok_or_else(|| Failure::Error(format!("the zone rules do not know {}", record.zone)))?;
        let words = kit.words(&record.language)?;
        let page = written(record, words, &zone);
        Ok(page::set(&page, kit, words, record.review.at, &record.organisation)?.pdf)
    }

    /// Checks the records of an edition's reviews: signature, entry, page.
    ///
    /// # Errors
    /// A ledger that cannot be read.
    pub(super) fn verify_records(&self, ledger: &Ledger, key: &EditionKey) -> Result<Vec<Check>, Failure> {
        let mut checks = Vec::new();
        for review in ledger.reviews()?.into_iter().filter(|review| review.edition == *key) {
            let what = format!("record of review {}", review.entry);
            let places = Places::of(&self.edition_folder(key), review.entry);
            let read = |path: &Path| std::fs::read(path).ok();
            let (Some(text), Some(signature)) = (read(&places.json), read(&places.signature)) else {
                let words = format!("it is not there: `quarterday review {key} --record` makes it from the ledger");
                checks.push(Check { what, holds: None, words });
                continue;
            };
            let signed = self.signed("the record", &text, &signature);
            if signed.holds == Some(false) {
                checks.push(Check { what, ..signed });
                continue;
            }
            checks.push(self.verify_record(ledger, &review, what, &text, read(&places.pdf))?);
        }
        Ok(checks)
    }

    fn verify_record(
        &self,
        ledger: &Ledger,
        review: &Review,
        what: String,
        text: &[u8],
        pdf: Option<Vec<u8>>,
    ) -> Result<Check, Failure> {
        let Ok(record) = serde_json::from_slice::<ReviewRecord>(text) else {
            return Ok(Check::of(what, false, "it cannot be read"));
        };
        let entry = ledger.entries(review.entry - 1, 1)?.pop();
        if record.review != *review || entry.is_none_or(|entry| entry.hash != record.entry_hash) {
            return Ok(Check::of(what, false, "it is not what the ledger says"));
        }
        let Some(pdf) = pdf else { return Ok(Check::of(what, false, "its page is not there")) };
        if sha256_hex(&pdf) != record.pdf_sha256 {
            return Ok(Check::of(what, false, "its page was changed"));
        }
        let kit = self.kit()?;
        let same = record.engine == env!("CARGO_PKG_VERSION") && record.kit_sha256 == kit.digest;
        if same && self.record_page(&record, &kit)? != pdf {
            return Ok(Check::of(what, false, "set again, it has other bytes"));
        }
        let again = if same { "set again, the same bytes" } else { "set with other templates, and not set again" };
        Ok(Check::of(what, true, format!("signed, as in the ledger; {again}")))
    }
}

/// Writes a file whole or not at all.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut half = path.as_os_str().to_owned();
    half.push(".part");
    let half = PathBuf::from(half);
    let write = || -> std::io::Result<()> {
        let mut file = std::fs::File::create(&half)?;
        std::io::Write::write_all(&mut file, bytes)?;
        file.sync_all()?;
        std::fs::rename(&half, path)
    };
    write().map_err(|error| Failure::Error(format!("{} cannot be written: {error}", path.display())))
}

/// What the page says.
fn written(record: &ReviewRecord, words: &Words, zone: &Zone) -> Page {
    let ReviewRecord { review, .. } = record;
    let judgement = &review.judgement;
    let edition = review.edition.to_string();
    let word = |key: &str| words.word(&format!("record.{key}"));
    let say = |key: &str, with: &[(&str, &str)]| words.say(&format!("record.{key}"), with);
    let moment = |at: Millis| words.moment_both(at, zone);
    let (verdict, tone) = match judgement.verdict {
        ReviewVerdict::NoExceptions => (word("no_exceptions"), "good"),
        ReviewVerdict::Exceptions => (word("exceptions"), "warn"),
    };
    let or_none = |text: &str| if text.is_empty() { word("none") } else { text.to_owned() };
    let mut judged = vec![
        json!({ "key": word("verdict"), "value": verdict, "tone": tone }),
        fact(word("by"), say("by_is", &[("name", &judgement.name), ("role", &judgement.role)])),
        fact(word("at"), moment(review.at)),
        fact(word("account"), review.by.as_str()),
        fact(word("note"), or_none(&judgement.note)),
        fact(word("conflict"), or_none(&judgement.conflict)),
        fact(word("acted"), word(if review.acted { "acted_yes" } else { "acted_no" })),
    ];
    if let Some(until) = record.until {
        let said = words.until(until, zone);
        let key = if review.at < until { "asked_in_time" } else { "asked_late" };
        judged.push(fact(word("asked"), say(key, &[("until", &said)])));
    }
    let period = words.period_label(&review.edition.period);
    let about = vec![
        fact(word("edition"), edition.as_str()),
        fact(word("issued"), moment(record.issued_at)),
        code(word("manifest"), review.manifest_sha256.as_str()),
        code(word("figures"), review.figures_digest.as_str()),
        code(word("log_head"), record.log_head.as_str()),
    ];
    let proof = vec![
        fact(word("entry"), review.entry.to_string()),
        code(word("entry_hash"), record.entry_hash.as_str()),
        code(word("key"), record.key.as_str()),
    ];
    let notes = if review.acted { vec![("warn", word("acted_note"))] } else { Vec::new() };
    let group = |key: &str, facts: Vec<Value>, items: Vec<String>| json!({ "title": word(key), "words": "", "facts": facts, "table": null, "items": items });
    let left = match record.organisation.as_str() {
        "" => record.title.clone(),
        organisation => format!("{organisation} · {}", record.title),
    };
    Page {
        title: word("title"),
        subtitle: format!("{} · {period}", record.title),
        furniture: [
            left,
            period.clone(),
            say("footer", &[("edition", &edition), ("entry", &review.entry.to_string())]),
        ],
        notes,
        groups: vec![
            group("judgement", judged, Vec::new()),
            group("about", about, Vec::new()),
            group("proof", proof, vec![say("verify", &[("edition", &edition)])]),
        ],
    }
}
