//! Formats: for every preset small samples written by us, the events that each must give field by field, and that
//! `--format auto` names each rightly.
//!
//! A folder of `tests/formats/` bears a preset's name; each sample in it has beside it `<sample>.events`, which a person
//! can read and judge. `UPDATE_CASES=1 cargo test --test formats` writes them anew: read what changed.

use quarterday::audit_log::{Added, Sink};
use quarterday::calendar::zone::ZoneRules;
use quarterday::event::{Event, Rejected};
use quarterday::ingest::{Mapping, presets, read, recognise};
use std::fmt::Write as _;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats")
}

/// Every sample with the preset that must read it.
fn samples() -> Vec<(String, PathBuf)> {
    let mut samples = Vec::new();
    for preset in fs::read_dir(folder()).unwrap() {
        let preset = preset.unwrap();
        for sample in fs::read_dir(preset.path()).unwrap() {
            let path = sample.unwrap().path();
            if path.extension().is_none_or(|ending| ending != "events") {
                samples.push((preset.file_name().into_string().unwrap(), path));
            }
        }
    }
    samples.sort();
    samples
}

fn mappings() -> Vec<Mapping> {
    presets().iter().map(|preset| Mapping::load(preset.text, preset.file).unwrap()).collect()
}

#[derive(Default)]
struct Told(String);

impl Sink for Told {
    fn event(&mut self, event: Event) -> Result<Added, String> {
        let time = chrono::DateTime::from_timestamp_millis(event.time).unwrap().format("%Y-%m-%dT%H:%M:%S%.3fZ");
        writeln!(self.0, "event in line {}", event.line).unwrap();
        let mut line = |name: &str, value: &str| {
            if !value.is_empty() {
                writeln!(self.0, "  {name:<12} {}", value.replace('\n', "\\n")).unwrap();
            }
        };
        line("id", event.id.as_deref().unwrap_or_default());
        line("time", &format!("{time}   written {}", event.time_written));
        line("actor", &event.actor);
        line("action", &format!("{}   [{}]", event.action, event.class.as_str()));
        line("module", &event.module);
        line("record", &event.record);
        line("record name", &event.record_name);
        line("outcome", event.outcome.as_str());
        line("ip", &event.origin.ip);
        line("agent", &event.origin.agent);
        line("channel", &event.origin.channel);
        line("affected", &event.affected.map(|count| count.to_string()).unwrap_or_default());
        for change in &event.changes {
            let said = |value: &Option<String>| value.clone().unwrap_or_else(|| "(nothing)".to_owned());
            line("change", &format!("{}: {} -> {}", change.field, said(&change.old), said(&change.new)));
        }
        for (name, value) in &event.details {
            line("detail", &format!("{name} = {value}"));
        }
        Ok(Added::New)
    }

    fn rejected(&mut self, row: Rejected) -> Result<Added, String> {
        writeln!(self.0, "rejected line {}: {}", row.line, row.reason).unwrap();
        Ok(Added::New)
    }

    fn no_event(&mut self) -> Result<(), String> {
        writeln!(self.0, "no event").unwrap();
        Ok(())
    }
}

#[test]
fn every_sample_gives_its_events_field_by_field() {
    let (rules, update) = (ZoneRules::bundled(), std::env::var_os("UPDATE_CASES").is_some());
    let mut wrong = Vec::new();
    for (preset, path) in samples() {
        let Some(Ok(mut mapping)) = Mapping::preset(&preset) else {
            wrong.push(format!("{preset}: no such preset"));
            continue;
        };
        // As an installation does whose zone is not UTC: what a format means must not hang on it.
        if mapping.timezone.is_none() {
            mapping.timezone = Some("Europe/Berlin".to_owned());
        }
        let bytes = fs::read(&path).unwrap();
        let mut told = Told::default();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let summary = read(&mut Cursor::new(bytes), &name, &mapping, &rules, &|_| true, &mut told, &mut |_| {});
        match summary {
            Ok(summary) => {
                assert_eq!(summary.rows, summary.events + summary.rejected + summary.no_event);
                if !summary.absent.is_empty() {
                    writeln!(told.0, "no column for: {:?}", summary.absent).unwrap();
                }
                for note in &summary.notes {
                    writeln!(told.0, "note: {note}").unwrap();
                }
            }
            Err(error) => told.0 = format!("{error}\n"),
        }
        let expected = PathBuf::from(format!("{}.events", path.display()));
        if update {
            fs::write(&expected, &told.0).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != told.0 {
            wrong.push(format!("{}: it gives now\n{}", expected.display(), told.0));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_sample_is_recognised_as_its_own_format() {
    let (mappings, rules) = (mappings(), ZoneRules::bundled());
    let mut wrong = Vec::new();
    for (preset, path) in samples() {
        let bytes = fs::read(&path).unwrap();
        match recognise(&mut Cursor::new(bytes), "sample", &mappings, &[], &rules) {
            Ok(members) => {
                for member in members {
                    let known = member.known.as_ref().map(|known| mappings[known.mapping].name.as_str());
                    if known != Some(preset.as_str()) {
                        let why = member.known.as_ref().map(|known| known.why.as_str()).unwrap_or_default();
                        wrong.push(format!("{} {}: taken for {known:?}: {why}", path.display(), member.name));
                    }
                }
            }
            Err(error) => wrong.push(format!("{}: {error}", path.display())),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_preset_has_a_sample_and_says_how_it_is_recognised_and_where_it_is_found() {
    let samples = samples();
    for preset in presets() {
        assert!(samples.iter().any(|(name, _)| name == preset.name), "{} has no sample", preset.name);
        assert!(preset.text.contains("\nrecognise:"), "{} cannot be recognised", preset.name);
        let mapping = Mapping::load(preset.text, preset.file).unwrap();
        assert_eq!(mapping.name, preset.name);
        assert!(!mapping.found.is_empty(), "{} does not say where its export is found", preset.name);
    }
}
