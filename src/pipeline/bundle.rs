//! The auditor's bundle: everything of a span that somebody needs who does not trust us: editions, reviews, findings, the ledger, the
//! log's heads, the public key, the proof of cadence, a random sample, and how to verify all of it without this program.

use super::bundle_out::Out;
use super::cadence_page::{self, instant};
use super::sample::{MOST, Sample};
use super::{Failure, Installation, page};
use crate::calendar::Millis;
use crate::definition::{Definition, TRAINING};
use crate::edition::EditionKey;
use crate::figures::reviews::Kept;
use crate::ledger::history::{Filter, Status};
use crate::ledger::{Ledger, Review};
use crate::render::csv::csv;
use base64::Engine;
use chrono::NaiveDate;
use serde_json::json;
use std::ops::RangeInclusive;
use std::path::Path;

/// Entries of the ledger that are held at once.
const STEP: u32 = 1000;

/// What an auditor asks for.
#[derive(Clone, Debug)]
pub struct BundleAsked {
    /// Editions whose periods end in these days.
    pub days: RangeInclusive<NaiveDate>,
    /// A sample of so many events of these days, by this seed.
    pub sample: Option<(u64, u64)>,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Bundled {
    /// Files in it.
    pub files: usize,
    /// Editions in it.
    pub editions: usize,
    /// Reviews of them.
    pub reviews: usize,
    /// Events that were drawn, and of how many; `None`: none were asked for.
    pub sample: Option<(usize, u64)>,
    /// What should be in it and is not, with why.
    pub lacking: Vec<String>,
    /// The proof of cadence.
    pub kept: Kept,
}

/// Everything that a bundle is gathered from.
struct Gathering<'g> {
    installation: &'g Installation,
    ledger: &'g Ledger,
    asked: &'g BundleAsked,
    now: Millis,
    out: Out,
    done: Bundled,
}

impl Installation {
    /// Writes the bundle of a span: a new folder, or a ZIP file if the name ends so. Reviews whose signed page is not there get it
    /// first. The same ledger, log, clock and span give the same bytes.
    ///
    /// # Errors
    /// A span that is none; it is there already; what cannot be read or written. What is gone of single editions is in the
    /// [`Bundled`], and named in the bundle.
    pub fn bundle(&self, ledger: &Ledger, asked: &BundleAsked, to: &Path) -> Result<Bundled, Failure> {
        if asked.days.start() > asked.days.end() {
            return Err(Failure::Asked("the last day is before the first one".to_owned()));
        }
        if asked.sample.is_some_and(|(wanted, _)| wanted == 0 || wanted > MOST) {
            return Err(Failure::Asked(format!("a sample has 1 to {MOST} events")));
        }
        let now = self.clock.now();
        let out = Out::new(to)?;
        let mut gathering = Gathering { installation: self, ledger, asked, now, out, done: Bundled::default() };
        match gathering.all() {
            Ok(()) => {
                let Gathering { out, mut done, .. } = gathering;
                done.files = out.finish()?;
                Ok(done)
            }
            Err(failure) => {
                gathering.out.give_up();
                Err(failure)
            }
        }
    }
}

impl Gathering<'_> {
    fn all(&mut self) -> Result<(), Failure> {
        let key = self.installation.key()?;
        let editions = self.editions()?;
        self.reviews(&editions)?;
        self.findings()?;
        self.entries()?;
        self.log()?;
        self.keys()?;
        self.cadence()?;
        self.sampled()?;
        let text = self.read_me()?;
        self.text("README.txt", &text)?;
        let list = self.out.list();
        self.text("index.sha256", &list)?;
        let line = format!("ed25519 {} {}\n", key.public().hex(), hex::encode(key.sign(list.as_bytes())));
        self.text("index.sha256.sig", &line)
    }

    fn text(&mut self, path: &str, text: &str) -> Result<(), Failure> {
        self.out.file(path, &mut text.as_bytes())
    }

    /// The files of every edition of the span, as they lie there. Gives back which.
    fn editions(&mut self) -> Result<Vec<EditionKey>, Failure> {
        let mut wanted = Vec::new();
        for row in self.ledger.editions(&Filter { status: Some(Status::Issued), ..Filter::default() })? {
            let period = crate::calendar::period::Period::parse(&row.key.period);
            let last = period.and_then(|period| period.end.pred_opt());
            if row.key.audience != TRAINING && last.is_some_and(|last| self.asked.days.contains(&last)) {
                wanted.push(row.key);
            }
        }
        wanted.sort();
        let reviews = self.ledger.reviews()?;
        for key in &wanted {
            if let Some(retired) = self.ledger.retired(key)? {
                let words = self.installation.retired_words(&retired);
                self.done.lacking.push(format!("{key}: its files were {words}"));
                continue;
            }
            for review in reviews.iter().filter(|review| review.edition == *key) {
                if let Err(failure) = self.installation.review_record(self.ledger, review) {
                    self.done.lacking.push(format!("{key}: the page of review {}: {failure}", review.entry));
                }
            }
            self.edition(key)?;
            self.done.editions += 1;
        }
        Ok(wanted)
    }

    fn edition(&mut self, key: &EditionKey) -> Result<(), Failure> {
        let folder = self.installation.edition_folder(key);
        let recorded = self.ledger.edition(key)?.map(|record| record.files).unwrap_or_default();
        let mut names: Vec<String> = recorded.into_iter().map(|file| file.name).collect();
        for review in self.ledger.reviews()?.iter().filter(|review| review.edition == *key) {
            names.extend(["pdf", "json", "sig"].map(|ending| format!("review-{}.{ending}", review.entry)));
        }
        let inside = folder.strip_prefix(&self.installation.folders.editions).unwrap_or(&folder);
        let inside: Vec<String> = inside.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        for name in names {
            let path = format!("editions/{}/{name}", inside.join("/"));
            match std::fs::File::open(folder.join(&name)) {
                Ok(mut file) => self.out.file(&path, &mut file)?,
                Err(error) => self.done.lacking.push(format!("{key}: {name} cannot be read: {error}")),
            }
        }
        Ok(())
    }

    /// Every review of these editions.
    fn reviews(&mut self, editions: &[EditionKey]) -> Result<(), Failure> {
        let mut reviews = self.ledger.reviews()?;
        reviews.retain(|review| editions.contains(&review.edition));
        self.done.reviews = reviews.len();
        let head = [
            "entry",
            "edition",
            "reviewed_at",
            "name",
            "role",
            "account",
            "verdict",
            "note",
            "conflict",
            "acted",
            "manifest_sha256",
            "figures_sha256",
        ];
        let row = |review: &Review| {
            let said = &review.judgement;
            vec![
                review.entry.to_string(),
                review.edition.to_string(),
                instant(review.at),
                said.name.clone(),
                said.role.clone(),
                review.by.clone(),
                said.verdict.to_string(),
                said.note.clone(),
                said.conflict.clone(),
                if review.acted { "yes" } else { "no" }.to_owned(),
                review.manifest_sha256.clone(),
                review.figures_digest.clone(),
            ]
        };
        let rows: Vec<Vec<String>> = reviews.iter().map(row).collect();
        self.text("reviews.csv", &csv(&head, rows.iter().map(Vec::as_slice)))
    }

    /// The findings whose time lies in the span, with all that was said of them.
    fn findings(&mut self) -> Result<(), Failure> {
        let span = self.installation.days(Some(*self.asked.days.start()), Some(*self.asked.days.end()));
        let register = self.ledger.register(None)?;
        let within = |finding: &&crate::finding::Finding| (span.from..span.to).contains(&finding.raised.span.from);
        let findings: Vec<_> = register.findings().filter(within).collect();
        let mut text = serde_json::to_string_pretty(&findings).map_err(|error| Failure::Error(error.to_string()))?;
        text.push('\n');
        self.text("findings.json", &text)
    }

    /// The whole ledger: its chain shows only from its beginning that nothing was left out.
    fn entries(&mut self) -> Result<(), Failure> {
        let last = self.ledger.head()?.n;
        let mut entries = Entries { ledger: self.ledger, after: 0, last, text: Vec::new(), at: 0 };
        self.out.file("ledger.jsonl", &mut entries)
    }

    /// The log as it is sealed: its batches, its head now, and those that the editions were made from.
    fn log(&mut self) -> Result<(), Failure> {
        let log = self.installation.log_or_empty()?;
        let mut text = serde_json::to_string_pretty(&json!({
            "batches": log.batches()?,
            "retirements": log.retirements()?,
        }))
        .map_err(|error| Failure::Error(error.to_string()))?;
        text.push('\n');
        self.text("log/batches.json", &text)?;
        if self.installation.folders.log.is_file() {
            let signed = self.installation.checkpoint()?;
            self.text("log/checkpoint.txt", &signed.note)?;
            self.text("log/checkpoint-key.txt", &format!("{}\n", signed.verifier_key))?;
        }
        Ok(())
    }

    fn keys(&mut self) -> Result<(), Failure> {
        let public = self.installation.key()?.public();
        let bytes = hex::decode(public.hex()).map_err(|error| Failure::Error(error.to_string()))?;
        // RFC 8410: SubjectPublicKeyInfo of an Ed25519 key is this, and the key's 32 bytes.
        let mut der = vec![0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
        der.extend(bytes);
        let pem = base64::engine::general_purpose::STANDARD.encode(der);
        self.text("public-key.pem", &format!("-----BEGIN PUBLIC KEY-----\n{pem}\n-----END PUBLIC KEY-----\n"))
    }

    fn cadence(&mut self) -> Result<(), Failure> {
        let installation = self.installation;
        let (written, problems) = installation.definitions_and_problems()?;
        if let Some(problem) = problems.first() {
            self.done.lacking.push(format!("what is due of a definition that is written wrong now: {problem}"));
        }
        let definitions: Vec<&Definition> = written.iter().map(|one| &one.definition).collect();
        let kept = installation.kept_in(self.ledger, &definitions, &self.asked.days, self.now)?;
        let kit = installation.kit()?;
        let words = kit.words("")?;
        let (organisation, zone) = (&installation.config.organisation, &installation.config.timezone);
        let said = cadence_page::page(&kept, &self.asked.days, organisation, words, &installation.rules, zone)?;
        let set = page::set(&said, &kit, words, self.now, organisation)?;
        self.out.file("cadence.pdf", &mut set.pdf.as_slice())?;
        self.out.file("cadence.html", &mut set.html.as_slice())?;
        self.text("cadence.csv", &cadence_page::rows(&kept))?;
        self.done.kept = kept;
        Ok(())
    }

    fn sampled(&mut self) -> Result<(), Failure> {
        let Some((wanted, seed)) = self.asked.sample else { return Ok(()) };
        let span = self.installation.days(Some(*self.asked.days.start()), Some(*self.asked.days.end()));
        let log = self.installation.log_or_empty()?;
        let Sample { seed, of, numbers, lines } = self.installation.sample(log.as_ref(), span, wanted, seed)?;
        self.text("sample/events.jsonl", &lines)?;
        let listed: Vec<String> = numbers.iter().map(u64::to_string).collect();
        let text = format!(
            "A random sample of the events of the log from {} to before {} (UTC), made {}.\n\n\
             Events in the span: {of}\nAsked for: {wanted}\nDrawn: {}\nSeed: {seed}\nNumbers: {}\n\n\
             How it is drawn. The events of the span are numbered from 1, in the order of `quarterday export --as jsonl` of these days:\n\
             by time, then by their number in the log; events of void batches are out. For k = 0, 1, 2 and so on, draw number k is the\n\
             first eight bytes of the SHA-256 of the text `quarterday sample 1:SEED:k`, taken as a number (most significant byte first),\n\
             modulo the number of events, plus 1. A number that was drawn already is passed over, until enough are drawn.\n\
             For k = 0 by hand:  printf 'quarterday sample 1:{seed}:0' | sha256sum | cut -c1-16\n",
            instant(span.from),
            instant(span.to),
            instant(self.now),
            numbers.len(),
            listed.join(", "),
        );
        self.done.sample = Some((numbers.len(), of));
        self.text("sample/method.txt", &text)
    }

    fn read_me(&self) -> Result<String, Failure> {
        let head = self.ledger.head()?;
        let lacking = match self.done.lacking.as_slice() {
            [] => "Nothing that belongs to the span is lacking.".to_owned(),
            lacking => format!("LACKING:\n- {}", lacking.join("\n- ")),
        };
        Ok(READ_ME
            .replace("{from}", &self.asked.days.start().to_string())
            .replace("{to}", &self.asked.days.end().to_string())
            .replace("{made}", &instant(self.now))
            .replace("{engine}", env!("CARGO_PKG_VERSION"))
            .replace("{entry}", &head.n.to_string())
            .replace("{hash}", &head.hash)
            .replace("{editions}", &self.done.editions.to_string())
            .replace("{reviews}", &self.done.reviews.to_string())
            .replace("{key}", &self.installation.key()?.public().hex())
            .replace("{lacking}", &lacking))
    }
}

/// The entries of a ledger as lines, read step by step.
struct Entries<'l> {
    ledger: &'l Ledger,
    after: i64,
    last: i64,
    text: Vec<u8>,
    at: usize,
}

impl std::io::Read for Entries<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        if self.at == self.text.len() {
            (self.text, self.at) = (Vec::new(), 0);
            for entry in self.ledger.entries(self.after, STEP).map_err(std::io::Error::other)? {
                if entry.n > self.last {
                    break;
                }
                self.after = entry.n;
                let line = json!({ "n": entry.n, "at": entry.at, "kind": entry.kind, "prev": entry.prev, "hash": entry.hash, "body": entry.body });
                self.text.extend(format!("{line}\n").bytes());
            }
        }
        let left = self.text.get(self.at..).unwrap_or_default();
        let taken = left.len().min(into.len());
        if let (Some(into), Some(left)) = (into.get_mut(..taken), left.get(..taken)) {
            into.copy_from_slice(left);
        }
        self.at += taken;
        Ok(taken)
    }
}

const READ_ME: &str = include_str!("bundle.txt");
