//! Importing: CSV, .gz, ZIP and JSON lines in; rows that cannot be read are kept; a wrong import is declared void.

use crate::home::{Home, names};
use crate::samples::CRM;
use std::io::Write;

/// A mapping of a log that has nothing but times and names, and one of JSON lines.
const MAPPING: &str = "name: door\ntitle: Door\nformat: csv\nrhythm: every day\ntimezone: UTC\ntimes: iso\ncolumns: { time: When, actor: Who, action: What }\nactions: { create: [in], delete: [out], otherwise: other }\nrecords: { fields: [actor], actions: [create, delete, other] }\n";
const JSON_MAPPING: &str = "name: api\ntitle: API\nformat: json lines\nrhythm: every day\ntimezone: UTC\ntimes: iso\ncolumns: { time: at, actor: user.name, action: what }\nactions: { otherwise: other }\nrecords: { fields: [actor], actions: [other] }\n";

fn counts(home: &Home, arguments: &[&str]) -> Vec<[u64; 5]> {
    let all: Vec<&str> = ["import"].iter().chain(arguments).copied().collect();
    let told = home.json(&all);
    let of = |batch: &serde_json::Value| {
        ["read", "added", "repeated", "quarantined", "no_event"]
            .map(|what| batch["batch"]["rows"][what].as_u64().unwrap())
    };
    told.as_array().unwrap_or_else(|| panic!("{told}")).iter().map(of).collect()
}

#[test]
fn the_same_rows_as_csv_gz_and_zip_are_added_once() {
    let home = Home::new();
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(CRM.as_bytes()).unwrap();
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let (head, rows) = CRM.split_once('\n').unwrap();
    let rows: Vec<&str> = rows.lines().collect();
    for (name, rows) in [("part1.csv", &rows[..3]), ("part2.csv", &rows[3..])] {
        let rows = rows.join("\n");
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(format!("{head}\n{rows}\n").as_bytes()).unwrap();
    }
    zip.start_file("readme.pdf", zip::write::SimpleFileOptions::default()).unwrap();
    home.file("crm.csv", CRM).file("crm.csv.gz", gz.finish().unwrap());
    home.file("crm.zip", zip.finish().unwrap().into_inner());
    assert_eq!(counts(&home, &["crm.zip", "--mapping", "zoho-crm"]), [[7, 7, 0, 0, 0]]);
    let again = counts(&home, &["crm.csv", "crm.csv.gz", "crm.zip", "--mapping", "zoho-crm"]);
    assert_eq!(again, [[7, 0, 7, 0, 0]; 3]);
    let said = home.run(["import", "crm.zip", "--mapping", "zoho-crm"]);
    said.fails(0, &["warning: readme.pdf inside the archive holds no rows and was left alone"]);
    assert!(
        said.out
            .contains("crm.zip: batch 5 of zoho-crm: 7 rows read = 0 added + 7 repeated + 0 quarantined + 0 no event"),
        "{said:#?}"
    );
}

#[test]
fn json_lines_through_a_mapping_of_ones_own_with_what_is_told_of_the_export() {
    let home = Home::new();
    home.file("mappings/api.yaml", JSON_MAPPING);
    home.file("api.jsonl", "{\"at\":\"2026-11-30T10:00:00Z\",\"user\":{\"name\":\"anna\"},\"what\":\"x\"}\n\n{\"at\":\"soon\",\"user\":{\"name\":\"ben\"},\"what\":\"y\"}\n");
    let arguments = [
        "api.jsonl",
        "--mapping",
        "api",
        "--source",
        "gate",
        "--exported-by",
        "Eve",
        "--filters",
        "all",
        "--expect-rows",
        "3",
    ];
    assert_eq!(counts(&home, &arguments), [[2, 1, 0, 1, 0]]);
    let batch = &home.json(&["log", "list"])["batches"][0];
    let about = &batch["about"];
    assert_eq!(
        [
            &batch["source"]["name"],
            &about["exported_by"],
            &about["filters"],
            &about["expected_rows"],
            &about["mapping"]
        ],
        [&serde_json::json!("gate"), &"Eve".into(), &"all".into(), &3.into(), &"api".into()]
    );
    let again: Vec<&str> = ["import"].into_iter().chain(arguments).collect();
    home.run(again).fails(0, &["warning: 3 rows were expected, 2 were read"]);
}

#[test]
fn a_row_that_cannot_be_read_is_kept_shown_and_read_again_when_the_mapping_is_mended() {
    let home = Home::new();
    home.file("mappings/door.yaml", MAPPING);
    home.file("door.csv", "When,Who,What\n2026-11-30T10:00:00Z,anna,in\n30.11.2026 11:00,ben,out\n,carla,out\n");
    assert_eq!(counts(&home, &["door.csv", "--mapping", "door"]), [[3, 1, 0, 2, 0]]);
    let list = home.ok(["quarantine", "list"]);
    assert!(list.contains("door.csv:3: ") && list.contains("    30.11.2026 11:00,ben,out\n"), "{list}");
    assert!(list.contains("door.csv:4: ") && list.ends_with("2 in quarantine.\n"), "{list}");
    assert!(home.ok(["quarantine", "retry", "door"]).contains("No row of this source can be read by this mapping."));

    home.file("mappings/door.yaml", MAPPING.replace("times: iso", "times: [iso, \"%d.%m.%Y %H:%M\"]"));
    let said = home.ok(["quarantine", "retry", "door"]);
    assert!(said.contains("1 row read = 1 added + 0 repeated"), "{said}");
    assert!(home.ok(["quarantine", "list"]).ends_with("1 in quarantine.\n"));
    assert!(home.ok(["quarantine", "list", "--all"]).contains("(settled by batch 2)"));
    // The mended mapping reads the whole file again: nothing of it is new.
    assert_eq!(counts(&home, &["door.csv", "--mapping", "door"])[0][1], 0);
}

#[test]
fn a_void_batch_counts_in_no_answer_and_can_be_imported_again() {
    let home = Home::new();
    home.file("crm.csv", CRM).definition("daily", crate::samples::DAILY);
    home.ok(["import", "crm.csv", "--mapping", "zoho-crm"]);
    let events = |home: &Home| {
        let preview: serde_json::Value =
            serde_json::from_str(&home.ok(["preview", "daily", "--format", "json", "-o", "-"])).unwrap();
        preview["figures"]["coverage"]["events_in_scope"]
            .as_u64()
            .or(preview["figures"]["reconciliation"]["in_scope"].as_u64())
    };
    let before = events(&home);
    home.run(["log", "void", "7", "--reason", "x"]).fails(1, &["there is no batch 7"]);
    home.run(["log", "void", "1"]).fails(2, &["--reason"]);
    home.ok(["log", "void", "1", "--reason", "the wrong tenant"]);
    home.run(["log", "void", "1", "--reason", "again"]).fails(1, &["batch 1 is void already"]);
    assert_ne!(events(&home), before);
    assert_eq!(counts(&home, &["crm.csv", "--mapping", "zoho-crm"]), [[7, 7, 0, 0, 0]]);
    assert_eq!(events(&home), before);
    assert!(home.ok(["log", "list"]).contains("the wrong tenant by "));
    assert_eq!(home.run(["verify", "log"]).code, 0);
}

#[test]
fn a_mapping_that_does_not_fit_is_a_problem_and_nothing_is_added() {
    let home = Home::new();
    home.file("crm.csv", CRM);
    home.run(["import", "crm.csv", "--mapping", "zoho-logins"]).fails(
        2,
        &[
            "crm.csv:1:1: no column for `time`",
            "the header has: Audited Time, Done By,",
            "4 problems. Nothing was done.",
        ],
    );
    home.file("mappings/door.yaml", MAPPING.replace("actor: Who", "actr: Who"));
    home.run(["import", "crm.csv", "--mapping", "door"]).fails(2, &["mappings/door.yaml:7:", "Did you mean `actor`?"]);
    home.run(["import", "crm.csv", "--mapping", "nosuch"])
        .fails(2, &["there is no format `nosuch`", "`quarterday formats` lists"]);
    home.run(["import", "nosuch.csv", "--mapping", "zoho-crm"]).fails(1, &["nosuch.csv cannot be read"]);
    std::fs::create_dir(home.path("bare")).unwrap();
    home.run(["import", "bare", "--mapping", "zoho-crm"]).fails(2, &["there is no file in the folder bare"]);
    assert_eq!(home.json(&["log", "list"])["batches"].as_array().unwrap().len(), 0);
}

#[test]
fn a_file_that_ends_in_the_middle_of_a_row_keeps_every_whole_row_and_the_torn_one_in_quarantine() {
    let home = Home::new();
    // Torn in a plain cell: four cells where seven should be. The file was cut while it was downloaded.
    home.file("torn.csv", &CRM[..CRM.find(",Leads,7,Meyer,\n2026-11-29T10").unwrap()]);
    assert_eq!(counts(&home, &["torn.csv", "--mapping", "zoho-crm"]), [[5, 4, 0, 1, 0]]);
    let list = home.ok(["quarantine", "list"]);
    assert!(list.contains("torn.csv:6: ") && list.contains(": the file may be cut off here"), "{list}");
    // Torn inside quotes: all that follows the quotation mark is one cell.
    let quoted = format!("{CRM}2026-11-30T18:00:00Z,anna@example.com,Updated,Deals,12,\"Pumps and");
    home.file("quoted.csv", quoted);
    assert_eq!(counts(&home, &["quoted.csv", "--mapping", "zoho-crm"]), [[8, 3, 4, 1, 0]]);
    // The whole file, when it comes: only what was missing is added.
    home.file("crm.csv", CRM);
    assert_eq!(counts(&home, &["crm.csv", "--mapping", "zoho-crm"]), [[7, 0, 7, 0, 0]]);
    // A .gz that ends early is no file at all: nothing of it is kept.
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(CRM.replace("2026-11-", "2026-10-").as_bytes()).unwrap();
    let gz = gz.finish().unwrap();
    home.file("torn.csv.gz", &gz[..gz.len() - 12]);
    home.run(["import", "torn.csv.gz", "--mapping", "zoho-crm"]).fails(1, &["torn.csv.gz cannot be read"]);
    assert_eq!(home.json(&["log", "list"])["batches"].as_array().unwrap().len(), 3);
    assert!(names(&home.path("mail/new")).is_empty());
}

#[test]
fn what_is_no_log_is_said_in_few_words_and_names_of_kilobytes_are_quarantined() {
    let home = Home::new();
    home.file("zeros.csv", [0; 100_000]);
    let ran = home.run(["import", "zeros.csv", "--mapping", "zoho-crm"]);
    ran.fails(2, &["zeros.csv:1:1: no column for `time`", "\u{2026}"]);
    assert!(ran.err.len() < 4_000, "{} bytes of message", ran.err.len());
    home.file("cut.zip", b"PK\x03\x04\x14\x00\x00\x00");
    home.run(["import", "cut.zip", "--mapping", "zoho-crm"])
        .fails(1, &["cut.zip cannot be read", "was it copied whole?"]);
    let long = format!("{CRM}2026-11-30T18:00:00Z,{},Updated,Deals,12,x,\n", "a".repeat(9_000));
    home.file("long.csv", long);
    assert_eq!(counts(&home, &["long.csv", "--mapping", "zoho-crm"]), [[8, 7, 0, 1, 0]]);
    let list = home.ok(["quarantine", "list"]);
    assert!(list.contains("long.csv:9: the actor has 9000 bytes, more than the 8192 of a name"), "{list}");
}
