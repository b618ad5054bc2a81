//! Formats: what a file is told by itself, what is said of what is not known, and a mapping suggested for it.

use crate::home::{Home, Ran};
use std::io::Write;
use std::process::Stdio;

const CRM: &str =
    "Audited Time,Done By,Action,Module,Record Id\n2026-11-22T14:03:22+01:00,ann@example.com,Added,Leads,1\n";
const OKTA: &str = include_str!("../formats/okta/sample.jsonl");
const OTHER: &str = "Stamp;Employee;Happened\n2026-11-22 10:00;ann@example.com;Door opened\n";

#[test]
fn a_folder_of_several_systems_is_told_apart_and_what_is_unknown_is_said() {
    let home = Home::new();
    home.file("in/crm.csv", CRM).file("in/deep/okta.jsonl", OKTA).file("in/other.csv", OTHER).file("in/.hidden", "x");
    let said = home.run(["import", "in"]);
    said.fails(
        1,
        &["other.csv is in no format that is known", "`quarterday formats` lists them", "import --suggest other.csv"],
    );
    assert!(said.out.contains("crm.csv: recognised as Zoho CRM: its header has"), "{}", said.out);
    assert!(said.out.contains("okta.jsonl: recognised as Okta"), "{}", said.out);
    let batches = home.json(&["log", "list"])["batches"].as_array().unwrap().clone();
    let mappings: Vec<&str> = batches.iter().map(|batch| batch["about"]["mapping"].as_str().unwrap()).collect();
    assert_eq!(mappings, ["zoho-crm", "okta"]);
    // The digest is that of the file, though it was looked into before.
    assert_eq!(batches[0]["about"]["bytes"], CRM.len());
    assert_eq!(batches[0]["about"]["sha256"], quarterday::seal::sha256_hex(CRM.as_bytes()));
    home.file("empty.csv", "").run(["import", "empty.csv"]).fails(2, &["empty.csv is empty"]);
    home.run(["import", "in/*.csv", "in/nothing*"]).fails(2, &["no file fits the pattern `in/nothing*`"]);
}

#[test]
fn an_archive_of_several_formats_makes_a_batch_of_each_and_the_rest_may_have_a_mapping() {
    let home = Home::new();
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in [("crm.csv", CRM), ("okta.jsonl", OKTA), ("doors/one.csv", OTHER)] {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    home.file("all.zip", zip.finish().unwrap().into_inner());
    let said = home.run(["import", "all.zip"]);
    said.fails(1, &["not imported, because in no format that is known: doors/one.csv"]);
    home.file(
        "mappings/doors.yaml",
        "name: doors\ntitle: Doors\ntimes: iso\ncolumns: { time: Stamp, actor: Employee, action: Happened }\n\
         records: { fields: [actor], actions: all }\n",
    );
    let said = home.ok(["import", "all.zip", "--otherwise", "doors"]);
    assert!(said.contains("of doors: 1 row read = 1 added"), "{said}");
    assert!(said.contains("(1 of 3 files)"), "{said}");
    assert_eq!(home.run(["verify", "log"]).code, 0);
}

#[test]
fn standard_input_is_read_like_a_file_and_leaves_nothing_behind() {
    let home = Home::new();
    let mut child = home.command(["import", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(CRM.as_bytes()).unwrap();
    let ran = Ran::of(child.wait_with_output().unwrap());
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("standard input: batch 1 of zoho-crm: 1 row read = 1 added"), "{}", ran.out);
    let left = crate::home::names(&home.path("var"));
    assert!(left.iter().all(|name| !name.contains("incoming")), "{left:?}");
}

#[test]
fn a_suggested_mapping_reads_the_file_that_it_was_made_from() {
    let home = Home::new();
    home.file("other.csv", OTHER);
    let yaml = home.ok(["import", "--suggest", "other.csv"]);
    assert!(yaml.contains("It reads 1 of the first 1 rows") && yaml.contains("# guess"), "{yaml}");
    home.file("mappings/own.yaml", yaml);
    home.ok(["check", "mappings/own.yaml"]);
    let said = home.ok(["import", "--format", "own", "other.csv"]);
    assert!(said.contains("1 row read = 1 added"), "{said}");
    home.run(["import", "--suggest", "other.csv", "other.csv"]).fails(2, &["name one file"]);
    home.file("note.txt", "hello\n").run(["import", "--suggest", "note.txt"]).fails(1, &["neither columns nor keys"]);
}

#[test]
fn formats_are_listed_with_where_they_are_found_and_what_they_lack() {
    let home = Home::new();
    let all = home.ok(["formats"]);
    for wanted in ["zoho-crm: Zoho CRM", "  found at:", "  not recorded:  ", "aws-cloudtrail", "postgres-csv", "ocsf"] {
        assert!(all.contains(wanted), "{wanted}: {all}");
    }
    let one = home.json(&["formats", "zoho-crm"]);
    let missing: Vec<&str> =
        one[0]["not_recorded"]["fields"].as_array().unwrap().iter().filter_map(|field| field.as_str()).collect();
    assert!(missing.contains(&"ip") && missing.contains(&"outcome"), "{missing:?}");
    home.run(["formats", "zoho-crn"]).fails(2, &["did you mean `zoho-crm`?"]);
}
