//! The edition for training of the demonstration's log, in German: no name of a whole year of that log stands in any byte of it.
//!
//! Searched for: every account, name, address and manager of the directory; every account, record id, record name, IP address,
//! program and free text of both exports; when it was; and every digest that the installation has of its own. Teams and roles are
//! no persons: those that enough people share are shown, on purpose (`figures::mask`). A name of the log that the program, the
//! definition or the templates say for themselves ("Standard", "Sales") cannot be told from theirs; what is left out for that is
//! looked at: it holds no person, no address and no record of a customer.

use crate::home::{Home, names};
use crate::search::{Names, Readable, of_mail, texts};
use crate::tour::tour;
use std::collections::BTreeSet;

const WEEKLY: &str = include_str!("../../schedules/weekly-activity-review.yaml");
const EDITION: &str = "lesson/2026-W48@training";

/// The shipped weekly review, with more of what tells who: records, addresses, free text.
fn definition() -> String {
    let (until, _) = WEEKLY.split_once("recipients:").unwrap();
    let until = until.replace("after: 2h, catch_up: all", "since: 2026-11-23");
    format!(
        "{until}  - series: {{ title: Nach Wochen, measure: events, by: day }}
  - ranking: {{ title: Adressen, measure: events, by: origin.ip, limit: 12 }}
  - ranking: {{ title: Datensätze, measure: events, by: [record_name, actor], limit: 12 }}
  - events: {{ title: Löschungen, where: {{ action_class: delete }}, columns: [number, time, actor, actor_name, actor.team, action, module, record, record_name, origin.ip, details, changes] }}
language: de
recipients:
  - {{ to: session@haldenvoss.example, formats: [pdf, html, csv, xlsx, json], audience: training }}
"
    )
}

/// The tour's log and directory, with this report alone.
fn home() -> Home {
    let (home, tour) = (Home::empty(), &tour().dir);
    home.definition("lesson", &definition());
    for name in ["quarterday.yaml", "people.csv"] {
        home.file(name, std::fs::read(tour.join(name)).unwrap());
    }
    for name in names(&tour.join("var")).iter().filter(|name| name.starts_with("log") || *name == "key") {
        let (from, to) = (tour.join("var").join(name), home.path("var").join(name));
        std::fs::create_dir_all(home.path("var")).unwrap();
        std::fs::copy(from, to).unwrap();
    }
    home
}

/// The cells of these columns of a CSV of the tour; some of its rows are torn, as exports are.
fn cells(file: &str, columns: &[&str]) -> BTreeSet<String> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(tour().dir.join(file)).unwrap();
    let head = reader.headers().unwrap().clone();
    let at: Vec<usize> = columns
        .iter()
        .map(|column| head.iter().position(|name| name == *column).unwrap_or_else(|| panic!("{head:?}")))
        .collect();
    let mut record = csv::StringRecord::new();
    let mut all = BTreeSet::new();
    while reader.read_record(&mut record).unwrap() {
        for cell in at.iter().filter_map(|at| record.get(*at)) {
            if !all.contains(cell) {
                all.insert(cell.to_owned());
            }
        }
    }
    all
}

/// Who there is: accounts, addresses and names; and the words that these are made of.
fn people() -> (BTreeSet<String>, BTreeSet<String>) {
    let mut all = cells("people.csv", &["actor", "name", "manager", "email"]);
    all.extend(cells("exports/zoho-crm-audit-log.csv", &["Done By"]));
    all.extend(cells("exports/zoho-login-history.csv", &["User"]));
    all.retain(|name| !name.is_empty());
    let parts = all.iter().flat_map(|name| name.split(|c: char| !c.is_alphanumeric())).map(str::to_owned);
    // The organisation says its own name on every page, and an account of a web form is no person.
    let nobody = ["haldenvoss", "halden", "voss", "example", "form"];
    let parts = parts.filter(|part| part.chars().filter(|c| c.is_alphabetic()).count() >= 3);
    let parts = parts.filter(|part| !nobody.contains(&part.to_lowercase().as_str())).collect();
    (all, parts)
}

/// Whom and what the log is about otherwise. A profile or rule that is called as a team is shows nothing but the team, and
/// "35 records" is what any count of records reads like.
fn things() -> BTreeSet<String> {
    let mut all = cells("exports/zoho-crm-audit-log.csv", &["Record Id", "Record Name", "Details"]);
    all.extend(cells("exports/zoho-login-history.csv", &["IP Address", "Browser"]));
    let shown = cells("people.csv", &["team"]);
    let count = |name: &str| name.strip_suffix(" records").is_some_and(|n| n.chars().all(|c| c.is_ascii_digit()));
    all.retain(|name| !count(name) && !shown.contains(name));
    all
}

/// Every hexadecimal number of the installation that stands for one content: of the ledger's manifest, and of the log.
fn digests(home: &Home) -> BTreeSet<String> {
    let manifest: serde_json::Value =
        serde_json::from_slice(&std::fs::read(home.path("var/kept").join(EDITION).join("manifest.json")).unwrap())
            .unwrap();
    let mut all: BTreeSet<String> =
        manifest["digests"].as_object().unwrap().values().map(|one| one.as_str().unwrap().to_owned()).collect();
    all.insert(manifest["log_head"]["root"].as_str().unwrap().to_owned());
    for name in names(&home.path("var/kept").join(EDITION)) {
        let bytes = std::fs::read(home.path("var/kept").join(EDITION).join(&name)).unwrap();
        let signed = String::from_utf8(bytes).unwrap();
        all.extend(
            signed.split_whitespace().filter(|word| word.len() >= 64 && name == "manifest.sig").map(str::to_owned),
        );
    }
    for batch in home.json(&["log", "list"])["batches"].as_array().unwrap() {
        let said = batch.to_string();
        all.extend(said.split('"').filter(|word| word.len() >= 64).map(str::to_owned));
    }
    assert!(all.len() >= 6, "{all:?}");
    all
}

/// What the edition would say of names if there were none in the log: the program's, the author's and the templates' own words.
fn own_words(home: &Home) -> String {
    let kit = home.edition_text(EDITION, "kit.json");
    let texts = texts("kit", kit.as_bytes()).into_iter().map(|one| one.text);
    texts.chain([definition().to_lowercase()]).collect::<Vec<_>>().join("\n")
}

fn searched(all: &[Readable], names: &Names, ordinary: &BTreeSet<&str>) -> Vec<String> {
    let mut found = Vec::new();
    for one in all {
        let glyphs = |name: &str| one.of_font && name.chars().all(|c| c.is_ascii_hexdigit());
        let here = names.found_in(&one.text);
        let here: Vec<&&str> = here.iter().filter(|name| !ordinary.contains(*name) && !glyphs(name)).collect();
        if !here.is_empty() {
            found.push(format!("{}: {:?}", one.place, here.iter().take(8).collect::<Vec<_>>()));
        }
    }
    found
}

/// Where a year, a month, the period or a file's own time is said.
fn dated(all: &[Readable]) -> Vec<String> {
    let said = regex::Regex::new(
        r"\b20(25|26)\b|\b20(25|26)-|d:20\d\d|\b(kw ?|woche |week )48\b|\b(november|nov|dezember|december|oktober|october)\b",
    )
    .unwrap();
    let texts = all.iter().filter(|one| !one.of_font);
    texts.filter_map(|one| Some(format!("{}: {}", one.place, said.find(&one.text)?.as_str()))).collect()
}

#[test]
fn no_name_of_a_years_log_stands_in_it() {
    let home = home();
    let said = home.ok(["issue"]);
    assert!(said.contains("lesson/2026-W48/@training: issued"), "{said}");
    let folder = home.path("var/editions").join(EDITION);
    let mut all = Vec::new();
    for name in home.edition_files(EDITION) {
        all.extend(texts("name of a file", name.as_bytes()));
        if name != "kit.json" {
            all.extend(texts(&name, &std::fs::read(folder.join(&name)).unwrap()));
        }
    }
    let mails = home.mails();
    assert_eq!(mails.len(), 1);
    // Whom the mail is for, when it was sent and by whose program are the mail's own matter.
    let envelope = ["session@haldenvoss.example", "reports@haldenvoss.example", "quarterday.haldenvoss.example"];
    for mut one in of_mail(&mails[0]) {
        envelope.iter().for_each(|own| one.text = one.text.replace(own, ""));
        let kept = one.text.lines().filter(|line| !line.starts_with("date: "));
        one.text = kept.collect::<Vec<_>>().join("\n");
        all.push(one);
    }
    // It is no empty search: what it reads are the texts, whatever they were packed in.
    let reads =
        |what: &str| all.iter().filter(|one| one.text.contains(what)).map(|one| one.place.as_str()).collect::<Vec<_>>();
    let places = reads("löschungen");
    for place in [".pdf: object", ".html", ".xlsx: xl/", "figures.json", "mail, part"] {
        assert!(places.iter().any(|one| one.contains(place)), "{place} is not read: {places:?}");
    }
    assert!(reads("tag 1, ").iter().any(|one| one.ends_with(".csv")), "a German file says its times in German");

    let own = own_words(&home);
    let (whole, parts) = people();
    let (people, things) = (Names::new(whole).and_words(parts), Names::new(things()));
    assert!(people.count() > 150 && things.count() > 10_000, "{} {}", people.count(), things.count());
    let ordinary = [people.found_in(&own), things.found_in(&own)];
    // Parts of names that are a word of the templates, or in one ("Schranke"), and names of roles: whole names are searched for.
    assert!(ordinary[0].iter().all(|name| !name.contains([' ', '@'])) && ordinary[0].len() < 10, "{ordinary:?}");
    assert!(ordinary[1].len() < 10, "{ordinary:?}");
    let mut found = searched(&all, &people, &ordinary[0]);
    found.extend(searched(&all, &things, &ordinary[1]));
    found.extend(searched(&all, &Names::new(digests(&home)), &BTreeSet::new()));
    found.extend(dated(&all));
    assert!(found.is_empty(), "{:#?}\n{ordinary:?}", found);
}
