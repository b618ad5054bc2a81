//! Audiences: one definition, an edition for each team; what is in them, who gets them, and what nobody else gets to see.

use crate::home::Home;

const PEOPLE: &str = "actor,name,kind,team,role,manager,email,from,until
ana@example.com,Ana Ruiz,person,Sales,Manager,,ana@example.com,,
ben@example.com,Ben Cole,person,Sales,Representative,ana@example.com,ben@example.com,,
kim@example.com,Kim Ode,person,Field Service,Manager,,kim@example.com,,
zoe@example.com,Zoe Adler,person,Field Service,Technician,kim@example.com,zoe@example.com,,
lou@example.com,Lou Lone,person,Legal,Counsel,,,,
max@example.com,Max Quiet,person,Quiet,Clerk,,max@example.com,,
";

const CRM: &str = "Audited Time,Done By,Action,Module,Record Id,Record Name,Details
2026-11-30T08:01:00Z,ana@example.com,Added,Leads,11,Northwind,
2026-11-30T09:02:00Z,ben@example.com,Deleted,Deals,12,Pumps for Harbour,
2026-11-30T09:03:00Z,ben@example.com,Deleted,Deals,13,Valves,
2026-11-30T10:04:00Z,zoe@example.com,Deleted,Deals,14,Secret Turbine,
2026-11-30T10:05:00Z,lou@example.com,Updated,Deals,15,Contract,
2026-11-30T11:06:00Z,stranger@example.com,Deleted,Deals,16,Lost Boat,
";

const TEAMS: &str = "title: Deletions
owner: boss@example.com
schedule: { every: day, at: \"07:00\", timezone: UTC, since: 2026-11-30 }
sections:
  - summary: [events, deletions, actors]
  - ranking: { title: Who deleted, measure: deletions, by: actor }
  - events: { title: What was deleted, where: { action_class: delete }, columns: [time, actor_name, record_name] }
  - coverage
recipients:
  - { to: boss@example.com, formats: [pdf, csv] }
  - { each: team, to: manager, formats: [html, csv, json] }
";

fn home(definition: &str) -> Home {
    let home = Home::new();
    home.file("people.csv", PEOPLE).definition("teams", definition).file("crm.csv", CRM);
    home.ok(["import", "crm.csv", "--mapping", "zoho-crm"]);
    home
}

/// A report on deletions and its four parts; a fifth has nothing to say.
pub fn divided() -> Home {
    home(TEAMS)
}

/// Every byte of an edition's own content: what was asked (the definition) and how it looks (the kit) are everybody's.
fn content(home: &Home, edition: &str) -> String {
    let own = |name: &String| !["definition.yaml", "kit.json"].contains(&name.as_str()) && !name.ends_with(".pdf");
    let folder = home.path("var/editions").join(edition);
    let files = home.edition_files(edition).into_iter().filter(own);
    files.map(|name| String::from_utf8(std::fs::read(folder.join(name)).unwrap()).unwrap()).collect()
}

#[test]
fn each_manager_gets_only_their_own() {
    let home = home(TEAMS);
    home.ok(["check"]);
    assert!(home.ok(["plan", "--days", "1"]).contains(": its manager"));
    let said = home.ok(["issue"]);
    assert!(said.contains("teams/2026-11-30/@sales: issued"), "{said}");
    assert_eq!(
        home.standing(),
        [
            "teams/2026-11-30 issued",
            "teams/2026-11-30/@field-service issued",
            "teams/2026-11-30/@legal issued",
            "teams/2026-11-30/@quiet nothing to say",
            "teams/2026-11-30/@rest issued",
            "teams/2026-11-30/@sales issued",
        ]
    );
    let to: Vec<(String, String)> = home
        .mails()
        .iter()
        .map(|mail| (mail.header("To").to_owned(), mail.header("X-Quarterday-Edition").to_owned()))
        .collect();
    let expected = [
        ("ana@example.com", "teams/2026-11-30/@sales"),
        ("boss@example.com", "teams/2026-11-30/@legal"),
        ("boss@example.com", "teams/2026-11-30/@rest"),
        ("boss@example.com", "teams/2026-11-30"),
        ("kim@example.com", "teams/2026-11-30/@field-service"),
    ];
    for (who, edition) in expected {
        assert!(to.contains(&(who.to_owned(), edition.to_owned())), "{who} {edition}: {to:?}");
    }
    assert_eq!(to.len(), expected.len());
    // Nothing of the others, in any file; and their own, in it.
    let sales = content(&home, "teams/2026-11-30@sales");
    for others in ["zoe", "Zoe", "Secret Turbine", "lou@", "stranger", "Lost Boat", "Field Service", "crm.csv"] {
        assert!(!sales.contains(others), "the edition of Sales tells of {others}");
    }
    assert!(sales.contains("Pumps for Harbour") && sales.contains("Ben Cole"), "{sales}");
    let field = content(&home, "teams/2026-11-30@field-service");
    assert!(field.contains("Secret Turbine") && !field.contains("Harbour") && !field.contains("ben@"));
    // The parts add up to the whole.
    let events = |edition: &str| {
        let text = home.edition_text(edition, "figures.json");
        let hinge: serde_json::Value = serde_json::from_str(&text).unwrap();
        let of = |name: &str| hinge["figures"]["totals"][name]["now"]["amount"]["whole"].as_i64().unwrap();
        (of("events"), of("deletions"), of("actors"))
    };
    let parts = ["@sales", "@field-service", "@legal", "@rest"].map(|part| events(&format!("teams/2026-11-30{part}")));
    let sum = parts.iter().fold((0, 0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1, sum.2 + one.2));
    assert_eq!(sum, (6, 4, 5));
    assert_eq!(events("teams/2026-11-30"), (6, 4, 5));
    // Who has no manager goes to the owner, and says so.
    let legal = content(&home, "teams/2026-11-30@legal");
    assert!(legal.contains("boss@example.com, who answers for the report: Legal has no manager in the directory"));
    assert!(content(&home, "teams/2026-11-30@rest").contains("Quiet: there is no edition of it for this period"));
    // Once.
    assert_eq!(home.ok(["issue"]), "Nothing is due.\n");
    assert_eq!(home.run(["verify"]).code, 0);
    for part in ["@sales", "@rest"] {
        home.ok(["verify", &format!("teams/2026-11-30/{part}")]);
    }
    let explained = home.ok(["explain", "teams/2026-11-30/@sales", "summary/deletions"]);
    assert!(explained.contains("2 events behind it") && explained.contains("team is Sales"), "{explained}");
    let explained = home.ok(["explain", "teams/2026-11-30/@rest", "summary/deletions"]);
    assert!(explained.contains("1 event behind it"), "{explained}");
}

#[test]
fn one_audience_by_hand_and_to_look_at() {
    let home = home(TEAMS);
    home.ok(["preview", "teams", "--period", "2026-11-30", "--audience", "Sales", "--format", "html", "-o", "p.html"]);
    let html = std::fs::read_to_string(home.path("p.html")).unwrap();
    assert!(html.contains("Deletions · Sales") && !html.contains("Secret Turbine"));
    home.run(["preview", "teams", "--period", "2026-11-30", "--audience", "Salse", "-o", "p.pdf"])
        .fails(2, &["teams has no audience `Salse`; it has: whole, field-service, legal, sales, rest"]);
    home.ok(["issue", "teams", "--period", "2026-11-30", "--audience", "Field Service"]);
    assert_eq!(home.standing(), ["teams/2026-11-30/@field-service issued", "teams/2026-11-30/@quiet nothing to say"]);
    home.run(["issue", "teams", "--period", "2026-11-30", "--audience", "@field-service"])
        .fails(1, &["already issued"]);
    home.ok([
        "issue",
        "teams",
        "--audience",
        "field-service",
        "--period",
        "2026-11-30",
        "--revise",
        "--reason",
        "a test",
    ]);
    // Who had nothing to say can be asked all the same.
    home.ok(["issue", "teams", "--period", "2026-11-30", "--audience", "quiet"]);
    // What is due later is what is left.
    home.ok(["issue"]);
    assert_eq!(home.standing().iter().filter(|line| line.ends_with(" issued")).count(), 7, "{:?}", home.standing());
    assert_eq!(home.ok(["history", "teams", "--audience", "sales"]).lines().count(), 2);
    assert_eq!(home.run(["verify"]).code, 0);
}

#[test]
fn a_list_names_parts_of_its_own() {
    let yaml = TEAMS.replace("each: team, to: manager", "each: { list: lists/regions.csv, by: module }, empty: send");
    let home = home(&yaml);
    home.run(["check"]).fails(2, &["lists/regions.csv"]);
    home.file("lists/regions.csv", "key,value,to\nNorth,Leads,north@example.com\nNorth,Contacts,\nSouth,Tasks,\n");
    home.ok(["check"]);
    home.ok(["issue"]);
    assert_eq!(
        home.standing(),
        [
            "teams/2026-11-30 issued",
            "teams/2026-11-30/@north issued",
            "teams/2026-11-30/@rest issued",
            "teams/2026-11-30/@south issued",
        ]
    );
    assert!(content(&home, "teams/2026-11-30@north").contains("\"north@example.com\""));
    assert!(home.mails().iter().any(|mail| mail.header("To") == "north@example.com"));
    home.file("lists/regions.csv", "key,value,to\nNorth,Leads,n@b.de\nSouth,Leads,nobody\n");
    home.run(["check"]).fails(2, &["lists/regions.csv:3:1: `Leads` belongs to `North` already"]);
}

#[test]
fn an_address_outside_the_allowed_domains_gets_nothing() {
    let home = home(TEAMS);
    home.file("people.csv", PEOPLE.replace("kim@example.com,,", "kim@elsewhere.net,,"));
    let settings = std::fs::read_to_string(home.path("quarterday.yaml")).unwrap();
    home.file("quarterday.yaml", settings + "allowed_domains: [example.com]\n");
    home.run(["check"]).fails(2, &["the edition of Field Service would go to somebody", "kim@elsewhere.net"]);
    home.run(["issue"]).fails(1, &["teams/2026-11-30/@field-service: could not be issued", "kim@elsewhere.net"]);
    assert!(home.mails().iter().all(|mail| mail.header("To") != "kim@elsewhere.net"));
    assert!(home.standing().contains(&"teams/2026-11-30/@sales issued".to_owned()), "the others go out");
    home.file("people.csv", PEOPLE);
    assert!(home.ok(["issue"]).starts_with("teams/2026-11-30/@field-service: issued"));
    assert_eq!(home.run(["verify"]).code, 0);
}
