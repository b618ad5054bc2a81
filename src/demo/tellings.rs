//! The planted stories as they are told: when, who, what a reader should notice, and the numbers to expect.

use super::Story;
use super::assemble::Row;
use super::dates::{clock, date, instant};
use super::export;
use super::logins::Login;
use super::people::{STAFF, place};
use super::stories::{self, BROKEN_INTO, LEAVER, MISTAKEN, POWERFUL};
use crate::calendar::Span;
use chrono::NaiveDate;

/// The half-open span between two times of day.
fn span(from: (NaiveDate, i64), to: (NaiveDate, i64)) -> Span {
    Span { from: instant(from.0, from.1) * 1000, to: instant(to.0, to.1) * 1000 }
}

/// The half-open span of whole days.
fn days(from: NaiveDate, to: NaiveDate) -> Span {
    span((from, 0), (to, 0))
}

fn account(mail: &str) -> Vec<String> {
    vec![STAFF[place(mail)].account()]
}

/// All seven, with their numbers counted in what will be written.
pub(super) fn tell(rows: &[Row], logins: &[Login]) -> Vec<Story> {
    vec![night(rows, logins), leaver(rows), power(rows), fair(rows, logins), silence(), unreadable(), mistake()]
}

fn inside(when: Span, rows: &[Row]) -> impl Iterator<Item = &Row> {
    rows.iter().filter(move |row| when.contains(row.at * 1000))
}

/// Records of bulk rows, as their details say.
fn affected<'a>(rows: impl Iterator<Item = &'a Row>) -> u64 {
    rows.filter_map(|row| row.details.strip_suffix(" records")).filter_map(|count| count.parse::<u64>().ok()).sum()
}

fn night(rows: &[Row], logins: &[Login]) -> Story {
    let day = date(2026, 11, 30);
    let when = span((day, clock(2, 10)), (day, clock(3, 15)));
    let actor = place(BROKEN_INTO);
    let own = |login: &&Login| login.actor == actor && when.contains(login.at * 1000);
    let exports = || inside(when, rows).filter(|row| row.actor == actor && row.action == "Exported");
    Story {
        title: "A night of failed logins, and then a success",
        when,
        actors: account(BROKEN_INTO),
        notice:
            "Between 02:10 and 02:50 on Monday 30 November somebody tries Lena Hartwegen's password 140 times from two \
                 addresses never seen before, gets in at 02:51, and exports contacts."
                .to_owned(),
        numbers: vec![
            ("failures", logins.iter().filter(own).filter(|login| !login.success).count() as u64),
            ("successes", logins.iter().filter(own).filter(|login| login.success).count() as u64),
            ("addresses", 2),
            ("exports", exports().count() as u64),
            ("records exported", affected(exports())),
        ],
    }
}

fn leaver(rows: &[Row]) -> Story {
    let day = date(2026, 11, 26);
    let when = span((day, clock(22, 0)), (day, clock(23, 30)));
    let own = |action: &'static str, module: &'static str| {
        inside(when, rows).filter(move |row| row.actor == place(LEAVER) && row.action == action && row.module == module)
    };
    Story {
        title: "A leaver takes the contacts along and deletes deals",
        when,
        actors: account(LEAVER),
        notice: "On the evening before the last working day Torben Harmsdorf, a sales representative, exports all contacts in \
                 four parts and all accounts, then deletes deals in bulk."
            .to_owned(),
        numbers: vec![
            ("contact exports", own("Exported", "Contacts").count() as u64),
            ("contacts exported", affected(own("Exported", "Contacts"))),
            ("accounts exported", affected(own("Exported", "Accounts"))),
            ("mass deletes", own("Mass Delete", "Deals").count() as u64),
            ("deals deleted", affected(own("Mass Delete", "Deals"))),
        ],
    }
}

fn is_power(row: &&Row) -> bool {
    matches!(row.action, "Role Changed" | "Profile Updated" | "Sharing Rule Updated")
}

fn power(rows: &[Row]) -> Story {
    let when = days(date(2026, 11, 23), date(2026, 11, 30));
    let changes = || inside(when, rows).filter(is_power);
    let own = || changes().filter(|row| row.actor == place(POWERFUL));
    let name = STAFF[place(POWERFUL)].name;
    Story {
        title: "A week of many changes of permissions",
        when,
        actors: account(POWERFUL),
        notice:
            "Week 48 has 45 changes of roles, profiles and sharing rules where three are usual; most are by Malte Brückenau, an administrator, and four of his give or take roles of his own account."
                .to_owned(),
        numbers: vec![
            ("changes", changes().count() as u64),
            ("by one administrator", own().count() as u64),
            ("to the own account", own().filter(|row| row.module == "Roles" && row.name == name).count() as u64),
            (
                "changes in all weeks before",
                rows.iter().filter(|row| row.at * 1000 < when.from).filter(is_power).count() as u64,
            ),
        ],
    }
}

fn fair(rows: &[Row], logins: &[Login]) -> Story {
    let when = days(date(2026, 11, 1), date(2026, 12, 1));
    let crm = inside(when, rows).count();
    let all = crm + logins.iter().filter(|login| when.contains(login.at * 1000)).count();
    let before = rows.iter().filter(|row| row.at * 1000 < when.from).count()
        + logins.iter().filter(|login| login.at * 1000 < when.from).count();
    let imports = || inside(when, rows).filter(|row| row.action == "Imported" && row.module == "Leads");
    let is_fairs = |row: &&Row| row.module == "Campaigns" && row.name.starts_with("Hannover trade fair 2026");
    // What cannot be read does not count.
    let spoilt = export::places(rows);
    let lost = spoilt.iter().filter_map(|(place, _)| rows.get(*place)).filter(is_fairs).count();
    Story {
        title: "A month twice as busy, for a good reason",
        when,
        actors: Vec::new(),
        notice:
            "November 2026 has about twice the events of an ordinary month, in Leads and Campaigns, by Marketing and \
                 Sales: records named \"Hannover trade fair 2026\" say why."
                .to_owned(),
        numbers: vec![
            ("events", (all - spoilt.len()) as u64),
            ("mean of the twelve months before", before as u64 / 12),
            ("rows on the fair's campaigns", (inside(when, rows).filter(is_fairs).count() - lost) as u64),
            ("imports of leads", imports().count() as u64),
            ("leads imported", affected(imports())),
        ],
    }
}

fn silence() -> Story {
    let [first, last] = stories::silent_days();
    Story {
        title: "A source silent for two days",
        when: days(first, last + chrono::Days::new(1)),
        actors: Vec::new(),
        notice: "The login history has nothing on Wednesday 18 and Thursday 19 November, though people worked and the \
                 integration asks for a token every hour."
            .to_owned(),
        numbers: vec![("logins", 0), ("days", 2)],
    }
}

fn unreadable() -> Story {
    let since = |day: NaiveDate| export::damages().iter().filter(|(other, _)| *other >= day).count() as u64;
    Story {
        title: "Rows that cannot be read",
        when: days(date(2026, 11, 1), date(2026, 12, 1)),
        actors: Vec::new(),
        notice: "Twelve rows of November's audit log have no time that can be read, are cut off, or lack fields."
            .to_owned(),
        numbers: vec![
            ("in the month", since(date(2026, 11, 1))),
            ("in the last week", since(date(2026, 11, 23)) - since(date(2026, 11, 30))),
            ("on the last day", since(date(2026, 11, 30))),
        ],
    }
}

fn mistake() -> Story {
    let day = date(2026, 11, 25);
    Story {
        title: "Deals deleted by mistake and restored",
        when: span((day, clock(10, 2)), (day, clock(10, 39))),
        actors: account(MISTAKEN),
        notice:
            "On Wednesday 25 November Nils Oberlünder, new since October, deletes 31 deals of a pipeline within seven \
                 minutes and restores every one of them 25 minutes later."
                .to_owned(),
        numbers: vec![("deleted", stories::MISTAKES as u64), ("restored", stories::MISTAKES as u64)],
    }
}
