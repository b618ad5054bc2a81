//! `records`: an export of a CRM's module held against rules: what is counted, what is said, what is kept, and what is refused.

use crate::home::Home;
use std::process::Command;

const RULES: &str = include_str!("../../schedules/records/leads.yaml");

const LEADS: &str = "\
Record Id,Lead Owner,Lead Name,Last Name,Company,Lead Source,Lead Status,Email,Phone,Mobile,Industry,Annual Revenue,Created Time
zcrm_1,Ana Ruiz,Ann Brandt,Brandt,Brandt & Co,Web,Qualified,ann@brandt.example,+49 30 901820,,Retail,1200,2026-10-02 10:00:00
zcrm_2,Ben Cole,Test,test,n/a,Web,Qualified,nonsense,,,,,2024-03-01 09:00:00
zcrm_3,ben@example.com,Li,Li,Li GmbH,,New,,,,,,2026-11-27 09:00:00
zcrm_4,,Novak,Novak,Novak,Fair,New,ANN@brandt.example,,,,,soon
";

const PEOPLE: &str = "actor,name,kind,team,role,manager,email,from,until\n\
    ana@example.com,Ana Ruiz,person,Marketing,,,,,\nben@example.com,Ben Cole,person,Sales,,,,,\n";

fn home() -> Home {
    let home = Home::new();
    home.file("schedules/records/leads.yaml", RULES).file("leads.csv", LEADS).file("people.csv", PEOPLE);
    home.now("2026-11-28T12:00:00Z");
    home
}

/// Events of a source that records values before and after.
fn import_changes(home: &Home) {
    let line = |time: &str, actor: &str, action: &str, id: &str, changes: &str| {
        format!(
            "{{\"time\":\"{time}\",\"actor\":\"{actor}\",\"action\":\"{action}\",\"object_type\":\"Leads\",\"object_id\":\"{id}\",\"changes\":{changes}}}\n"
        )
    };
    let text = [
        line("2026-05-01T09:00:00Z", "ben", "update", "zcrm_4", r#"{"Phone":["030 901820",null]}"#),
        line(
            "2026-11-02T09:00:00Z",
            "ben",
            "update",
            "zcrm_3",
            r#"{"Email":["li@li.example",null],"Phone":["030 901820","-"]}"#,
        ),
        line(
            "2026-11-03T09:00:00Z",
            "ana",
            "update",
            "zcrm_1",
            r#"{"Industry":["Retail",null],"Company":["B","Brandt & Co"]}"#,
        ),
        line("2026-11-04T09:00:00Z", "ben", "update", "zcrm_9", r#"{"Email":["x@y.example",null]}"#),
    ]
    .concat();
    home.file("changes.jsonl", text);
    home.ok(["import", "--format", "servicenow-changes", "--source", "crm", "changes.jsonl"]);
}

/// What a command says, with one space between columns.
fn squeezed(out: &str) -> String {
    out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ") + "\n").collect()
}

#[test]
fn a_check_says_what_is_missing_where_and_whose() {
    let home = home();
    let ran = home.run(["records", "leads.csv", "--module", "leads"]);
    assert_eq!(ran.code, 0, "{ran:#?}");
    let said = squeezed(&ran.out);
    for line in [
        "Leads: 4 records of leads.csv, as at 2026-11-28.",
        "2 are complete (50.0 %). Of what they must hold, 75.0 % is there: 18 of 24.",
        "Company 4 3 75.0 % 1",
        "Annual Revenue (where Lead Status: Qualified) 2 1 50.0 % 0",
        "Email email 3 1",
        "Sales 2 0.0 % 50.0 % 1",
        "Marketing 1 100.0 % 100.0 % 0",
        "under 1 1 0.0 % 60.0 % 0",
        "24 and more 1 0.0 % 42.9 % 1",
        "Email: 1 value is shared by 2 records.",
        "12 zcrm_2 Test Ben Cole lacks Last Name, Company, Industry and Annual Revenue; malformed: Email",
        "The log has no event of this module: import the audit log of the system that keeps these records.",
        "This is the first check: the next one shows the trend.",
        "Recorded at 28 Nov 2026 12:00 as entry 1 of the ledger.",
    ] {
        assert!(said.lines().any(|said| said == line), "`{line}` is not said:\n{said}");
    }
    assert!(ran.err.contains("1 time of creation cannot be read, such as `soon`"), "{ran:#?}");
}

#[test]
fn every_check_is_kept_once_and_the_next_one_shows_the_trend() {
    let home = home();
    home.ok(["records", "leads.csv", "--module", "Leads", "--dry-run"]);
    home.ok(["records", "leads.csv", "--module", "Leads"]);
    home.now("2026-11-29T12:00:00Z");
    // The same file by the same rules is the same check.
    let again = home.ok(["records", "leads.csv", "--module", "Leads"]);
    assert!(again.contains("Recorded at 28 Nov 2026 12:00 as entry 1 of the ledger."), "{again}");
    home.file("leads.csv", LEADS.replace(",,New,,", ",Web,New,li@li.example,"));
    let later = squeezed(&home.ok(["records", "leads.csv", "--module", "Leads"]));
    assert!(later.contains("\n28 Nov 2026 12:00 4 50.0 % 75.0 % 1\n29 Nov 2026 12:00 4 75.0 % 83.3 % 1\n"), "{later}");
    home.file("schedules/records/leads.yaml", RULES.replace("Lead Source, ", ""));
    let other = home.json(&["records", "leads.csv", "--module", "Leads"]);
    assert_eq!(other["before"].as_array().unwrap().len(), 2);
    let human = home.ok(["records", "leads.csv", "--module", "Leads"]);
    assert_eq!(human.matches("by other rules").count(), 2, "{human}");
    home.ok(["verify", "ledger"]);
    // No values and no names of records are kept for ever.
    let ledger = std::fs::read(home.path("var/ledger.sqlite")).unwrap();
    for secret in ["brandt.example", "Novak", "901820"] {
        assert!(!ledger.windows(secret.len()).any(|bytes| bytes == secret.as_bytes()), "{secret}");
    }
}

#[test]
fn the_log_tells_what_emptied_fields_and_whether_they_are_empty_still() {
    let home = home();
    import_changes(&home);
    let said = squeezed(&home.ok(["records", "leads.csv", "--module", "Leads"]));
    assert!(said.contains("4 changes of crm; 2 fields are empty still. By ben (3), ana (1)."), "{said}");
    for line in [
        "4 Nov 2026 09:00 ben zcrm_9 Email record not there 1-4",
        "3 Nov 2026 09:00 ana zcrm_1 Industry filled again 1-3",
        "2 Nov 2026 09:00 ben zcrm_3 Email empty 1-2",
        "2 Nov 2026 09:00 ben zcrm_3 Phone empty 1-2",
    ] {
        assert!(said.contains(line), "`{line}` is not said:\n{said}");
    }
    let all = home.json(&["records", "leads.csv", "--module", "Leads", "--since", "2026-01-01", "--dry-run"]);
    assert_eq!(all["check"]["checked"]["emptied"]["changes"], 5);
}

#[test]
fn a_log_that_keeps_no_values_says_so() {
    let home = home();
    home.file(
        "zoho.csv",
        "Audited Time,Done By,Action,Module,Record Id,Record Name,Details,Source\n\
         2026-11-03T09:12:00+01:00,ana@example.com,Updated,Leads,101,Brandt & Co,,Web\n",
    );
    home.ok(["import", "zoho.csv"]);
    let said = home.ok(["records", "leads.csv", "--module", "Leads"]);
    assert!(said.contains("Values before and after are not recorded by zoho-crm"), "{said}");
    home.run(["records", "--module", "Leads"]).fails(
        2,
        &["what became of a record's fields is not recorded by zoho-crm", "quarterday records FILE --module Leads"],
    );
}

#[test]
fn the_records_as_the_log_knows_them_are_asked_for_what_it_knows() {
    let home = home();
    home.run(["records", "--module", "Leads"]).fails(2, &["the log has no event of a module `Leads`"]);
    import_changes(&home);
    let said = squeezed(&home.ok(["records", "--module", "Leads"]));
    assert!(said.contains("Leads: 4 records as the log knows them"), "{said}");
    assert!(
        said.contains("The log has 4 events of them since 1 May 2026 09:00; 4 told what became of a field."),
        "{said}"
    );
    // Nobody was told of the Email of zcrm_4: it may well be filled.
    assert!(said.lines().any(|line| line == "Email or Phone or Mobile 0 0 none asked 0"), "{said}");
    assert!(said.lines().any(|line| line == "Company 1 1 100.0 % 0"), "{said}");
}

#[test]
fn every_faulty_record_can_be_taken_out_the_worst_first() {
    let home = home();
    let ran = home.run(["records", "leads.csv", "--module", "Leads", "--csv", "worst.csv", "--worst", "1"]);
    assert!(ran.err.contains("worst.csv: 2 records with faults written."), "{ran:#?}");
    let written = std::fs::read_to_string(home.path("worst.csv")).unwrap();
    assert_eq!(
        written.lines().collect::<Vec<_>>(),
        [
            "Weight,Record,Name,Owner,Lacks,Malformed,Line",
            "12,zcrm_2,Test,Ben Cole,Last Name; Company; Industry; Annual Revenue,Email,3",
            "4,zcrm_3,Li,ben@example.com,Lead Source; Email or Phone or Mobile,,4",
        ]
    );
    home.run(["records", "leads.csv", "--module", "Leads", "--csv", "worst.csv"]).fails(1, &["is there already"]);
}

#[test]
fn mistakes_are_told_where_they_stand() {
    let home = home();
    home.run(["records", "leads.csv", "--module", "Deals"])
        .fails(2, &["no file in schedules/records has the rules of a module `Deals`; there are rules of: Leads"]);
    home.run(["records", "gone.csv", "--module", "Leads"]).fails(1, &["gone.csv cannot be read"]);
    home.file("other.csv", "Record Id,Lead Owner,Lead Name,Created Time\n1,a,b,c\n");
    home.run(["records", "other.csv", "--module", "Leads"]).fails(
        2,
        &[
            "schedules/records/leads.yaml:13:23: the file has no column `Company`",
            "schedules/records/leads.yaml:20:16: the file has no column `Annual Revenue`",
        ],
    );
    home.file("schedules/records/deals.yaml", "module: Deals\nkey: Id\nrequred: [Amount]\n");
    let checked = home.run(["check"]);
    checked.fails(2, &["schedules/records/deals.yaml:3:1: unknown key `requred`. Did you mean `required`?"]);
    home.run(["check", "schedules/records/deals.yaml"]).fails(2, &["unknown key `requred`"]);
    assert_eq!(home.run(["check", "schedules/records/leads.yaml"]).code, 0);
    home.run(["records", "leads.csv", "--module", "Leads", "--rules", "schedules/records/deals.yaml"])
        .fails(2, &["requred"]);
    home.file("broken.csv", LEADS.replace("zcrm_3,", "zcrm_3,too,many,"));
    let ran = home.run(["records", "broken.csv", "--module", "Leads"]);
    assert!(ran.out.contains("1 row that cannot be read."), "{ran:#?}");
    assert!(ran.err.contains("line 4: the row has 15 fields, the header 13"), "{ran:#?}");
}

/// Done 7, in small: in every encoding that an export comes in.
#[test]
fn an_independent_script_counts_the_same() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/.ci/lib/records.py");
    let home = home();
    for (encoding, delimiter) in [("utf-8", ","), ("utf-16", "\t"), ("latin-1", ";")] {
        let python = |words: &[&str]| {
            let mut command = Command::new("python3");
            command.arg(script).args(words).args([encoding, delimiter]).current_dir(home.path("")).output()
        };
        let Ok(made) = python(&["make", "600", "7", "made.csv"]) else {
            println!("skipped: there is no python3 to count with");
            return;
        };
        assert!(made.status.success(), "{made:?}");
        let result =
            home.ok(["records", "made.csv", "--module", "Leads", "--as-at", "2026-11-28", "--json", "--dry-run"]);
        home.file("result.json", result);
        let compared = python(&["compare", "made.csv", "result.json", "2026-11-28"]).unwrap();
        assert!(compared.status.success(), "{encoding}: {}", String::from_utf8_lossy(&compared.stdout));
    }
}
