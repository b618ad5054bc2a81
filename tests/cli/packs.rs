//! Packs: listed, chosen, filled in; and each issued from the tour's log and from a real one of ServiceNow.

use crate::home::{Home, names};
use crate::tour::tour;
use std::path::Path;

const PACKS: [(&str, &str, &str); 9] = [
    ("crm-hygiene", "crm-hygiene-weekly", "2026-W48"),
    ("pci-dss", "pci-dss-daily-review", "2026-11-30"),
    ("soc2", "soc2-weekly-monitoring", "2026-W48"),
    ("iso-27001", "iso-27001-monthly-review", "2026-11"),
    ("hipaa", "hipaa-weekly-activity-review", "2026-W48"),
    ("nist-800-53", "nist-au-6-weekly-review", "2026-W48"),
    ("sox-itgc", "sox-itgc-quarterly", "2026-Q3"),
    ("gdpr", "gdpr-quarterly-review", "2026-Q3"),
    ("cis", "cis-weekly-log-review", "2026-W48"),
];

#[test]
fn every_pack_is_listed_with_its_control_and_shown() {
    let home = Home::empty();
    let list = home.ok(["pack", "list"]);
    let all = home.json(&["pack", "list"]);
    for (pack, (name, stem, _)) in all.as_array().unwrap().iter().zip(PACKS) {
        assert_eq!(pack["name"], name);
        let control = pack["control"].as_str().unwrap();
        let how_often = pack["definitions"][0]["how_often"].as_str().unwrap();
        let row = list.lines().find(|line| line.split_whitespace().next() == Some(name)).unwrap();
        assert!(row.contains(control) && row.ends_with(how_often), "{row}");
        assert!(list.contains(&format!("{name}: {}", pack["asks"].as_str().unwrap())), "{list}");
        let shown = home.ok(["pack", "show", name]);
        assert!(shown.contains(&format!("schedules/{stem}.yaml: ")) && shown.contains(control), "{shown}");
        assert!(shown.contains(pack["definitions"][0]["scope"].as_str().unwrap()), "{shown}");
    }
    home.run(["pack", "show", "pci-ds"]).fails(2, &["no pack `pci-ds` ships: did you mean `pci-dss`?"]);
    assert_eq!(names(&home.path("")), Vec::<String>::new(), "looking made something");
}

#[test]
fn a_pack_comes_into_a_new_installation_and_into_one_that_is_there() {
    let home = Home::empty();
    let said = home.ok(["init", "new", "--pack", "pci-dss"]);
    assert!(said.contains("made schedules/pci-dss-daily-review.yaml\n") && said.contains("is a placeholder"), "{said}");
    assert!(said.contains("made quarterday.yaml\n") && !said.contains("schedules/example.yaml"), "{said}");
    home.ok(["--home", "new", "check"]);

    // What is there stays as it is; only what is missing of the pack is written.
    home.file("new/schedules/pci-dss-daily-review.yaml", "mine\n");
    std::fs::remove_file(home.path("new/report-templates/README.md")).unwrap();
    home.file("new/quarterday.yaml", "timezone: Asia/Tokyo\nallowed_domains: [corp.test]\n");
    let arguments = ["init", "new", "--pack", "pci-dss", "--pack", "cis", "--owner", "ana@corp.test"];
    let said = home.ok(arguments.into_iter().chain(["--to", "o'neil@corp.test", "--to", "ben@corp.test"]));
    assert!(said.contains("schedules/pci-dss-daily-review.yaml is there already and was left as it is"), "{said}");
    assert_eq!(said.lines().filter(|line| line.starts_with("made ")).count(), 1, "{said}");
    assert_eq!(std::fs::read_to_string(home.path("new/schedules/pci-dss-daily-review.yaml")).unwrap(), "mine\n");
    std::fs::remove_file(home.path("new/schedules/pci-dss-daily-review.yaml")).unwrap();
    home.ok(["--home", "new", "check"]);
    let written = std::fs::read_to_string(home.path("new/schedules/cis-weekly-log-review.yaml")).unwrap();
    for words in ["owner: ana@corp.test\n", "timezone: Asia/Tokyo,", "to: \"o'neil@corp.test\",", "to: ben@corp.test,"]
    {
        assert!(written.contains(words), "{words} is not in {written}");
    }
}

#[test]
fn what_cannot_be_filled_in_is_refused_before_anything_is_written() {
    let home = Home::empty();
    for (arguments, words) in [
        (&["init", "--pack", "pci"][..], "no pack `pci` ships"),
        (&["init", "--pack", "cis", "--owner", "nobody"], "`nobody` is no e-mail address"),
        (&["init", "--pack", "cis", "--timezone", "Europe/Berln"], "`Europe/Berln` is no time zone"),
        (&["init", "--owner", "ana@corp.test"], "--pack"),
    ] {
        home.run(arguments).fails(2, &[words]);
    }
    assert_eq!(names(&home.path("")), Vec::<String>::new());
    // Where mail may go to one domain alone, a placeholder elsewhere is a problem of the definition.
    home.file("quarterday.yaml", "allowed_domains: [corp.test]\n");
    home.run(["init", "--pack", "cis"]).fails(2, &["schedules/cis-weekly-log-review.yaml:", "owner@example.com"]);
    assert_eq!(names(&home.path("")), ["quarterday.yaml"]);
}

/// The tour's installation with its log and people, without its reports and editions.
fn with_the_log_of_the_tour() -> Home {
    let home = Home::empty();
    for file in ["quarterday.yaml", "people.csv", "var/log.sqlite"] {
        home.file(file, std::fs::read(tour().dir.join(file)).unwrap());
    }
    home
}

#[test]
fn every_pack_is_issued_from_the_log_of_the_tour() {
    let home = with_the_log_of_the_tour();
    let chosen = PACKS.iter().flat_map(|(name, _, _)| ["--pack", name]);
    let filled = ["--owner", "compliance@haldenvoss.example", "--timezone", "Europe/Berlin"];
    home.ok(["init"].into_iter().chain(chosen).chain(filled));
    home.ok(["check"]);
    for (name, stem, period) in PACKS {
        let said = home.ok(["issue", stem]);
        assert!(!said.contains("warning"), "{said}");
        let page = home.edition_text(&format!("{stem}/{period}"), ".html");
        let control = home.json(&["pack", "show", name])["control"].as_str().unwrap().to_owned();
        let number = control.rsplit([' ', ',']).next().unwrap().trim_end_matches(')');
        assert!(name == "crm-hygiene" || page.contains(number), "{name} does not name {number}");
        assert!(page.contains("What this report shows, and what it does not"), "{name}");
        assert!(page.contains("no recorded sign-off yet"), "{name}");
        // The story of the tour's November crosses some line in each of them.
        let figures = home.edition_text(&format!("{stem}/{period}"), "figures.json");
        let figures: serde_json::Value = serde_json::from_str(&figures).unwrap();
        let crossed = figures["figures"]["crossed"].as_array().unwrap();
        // In the third quarter little happened; but each lays its lines.
        assert!(!crossed.is_empty() || period == "2026-Q3", "{name}: nothing crossed its line");
    }
    assert_eq!(home.mails().len(), PACKS.len());
    assert!(home.ok(["verify"]).ends_with("Everything that was checked holds.\n"));
}

/// ServiceNow's history records neither outcomes nor logins nor exports: those read “not recorded”, and nothing fails.
#[test]
fn packs_that_fit_are_issued_from_a_log_of_servicenow() {
    let log = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/servicenow/incident_event_log.csv.gz");
    if !log.is_file() {
        return eprintln!("skipped: the real log does not lie in {}", log.display());
    }
    let home = Home::empty();
    home.now("2016-06-01T09:00:00Z");
    home.ok(["import".as_ref(), log.as_os_str()]);
    for (name, stem, period) in [
        ("pci-dss", "pci-dss-daily-review", "2016-05-31"),
        ("soc2", "soc2-weekly-monitoring", "2016-W21"),
        ("iso-27001", "iso-27001-monthly-review", "2016-05"),
        ("hipaa", "hipaa-weekly-activity-review", "2016-W21"),
        ("nist-800-53", "nist-au-6-weekly-review", "2016-W21"),
        ("sox-itgc", "sox-itgc-quarterly", "2016-Q1"),
        ("gdpr", "gdpr-quarterly-review", "2016-Q1"),
        ("cis", "cis-weekly-log-review", "2016-W21"),
    ] {
        home.ok(["init", "--pack", name]);
        home.ok(["issue", stem]);
        let page = home.edition_text(&format!("{stem}/{period}"), ".html");
        assert!(page.contains("not recorded"), "{name} passes what is not recorded for nothing");
    }
}
