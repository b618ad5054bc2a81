//! Generate: deterministic events over thirteen months, as a CRM would export them, and the people who made them.
//!
//! A day's events depend on the day and its share alone: with the same number in the last month, that month is the same
//! whatever the history before it.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

/// 2024-11-01 as days since 1970, the first day; the last month, 2025-11, begins after `DAYS_BEFORE` of them.
const FIRST_DAY: u64 = 20_028;
const DAYS_BEFORE: u64 = 365;
const DAYS_OF_MONTH: u64 = 30;
const ACTORS: u64 = 5_000;
const RECORDS: u64 = 500_000;

/// SplitMix64: small, fast, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(end)) >> 64) as u64
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Small numbers far more often than large ones.
    fn skewed(&mut self, end: u64, power: i32) -> u64 {
        ((self.unit().powi(power) * end as f64) as u64).min(end - 1)
    }

    fn pick<'t>(&mut self, weighted: &[(u64, &'t str)]) -> &'t str {
        let mut at = self.below(weighted.iter().map(|(weight, _)| weight).sum());
        for (weight, text) in weighted {
            if at < *weight {
                return text;
            }
            at -= weight;
        }
        unreachable!("the weights were summed above")
    }
}

const ACTIONS: [(u64, &str); 19] = [
    (340, "Record Updated"),
    (225, "Record Viewed"),
    (105, "Record Created"),
    (90, "User Login"),
    (50, "User Logout"),
    (45, "Stage Changed"),
    (35, "Owner Changed"),
    (27, "Record Deleted"),
    (24, "Report Exported"),
    (18, "Lead Converted"),
    (12, "Email Sent"),
    (8, "Data Exported"),
    (5, "Records Merged"),
    (4, "Record Restored"),
    (4, "Data Imported"),
    (3, "Workflow Updated"),
    (2, "Role Changed"),
    (2, "Sharing Changed"),
    (1, "Mass Delete"),
];
const MODULES: [(u64, &str); 14] = [
    (24, "Leads"),
    (20, "Deals"),
    (17, "Contacts"),
    (12, "Accounts"),
    (8, "Activities"),
    (5, "Quotes"),
    (4, "Invoices"),
    (3, "Campaigns"),
    (2, "Products"),
    (2, "Cases"),
    (1, "Vendors"),
    (1, "Price Books"),
    (1, "Purchase Orders"),
    (1, "Solutions"),
];
const STAGES: [&str; 8] = [
    "Qualification",
    "Needs Analysis",
    "Value Proposition",
    "Identify Decision Makers",
    "Proposal/Price Quote",
    "Negotiation/Review",
    "Closed Won",
    "Closed Lost",
];
const FIELDS: [&str; 12] = [
    "Stage", "Amount", "Closing Date", "Phone", "Mailing Street", "Owner", "Description", "Lead Status", "Rating",
    "Next Step", "Probability", "Industry",
];
const GIVEN: [&str; 20] = [
    "anna", "ben", "carla", "david", "elena", "felix", "greta", "hugo", "ines", "jonas", "karin", "leon", "marta", "nils",
    "olga", "paul", "rosa", "simon", "tina", "uwe",
];
const FAMILY: [&str; 25] = [
    "albrecht", "becker", "conti", "dietrich", "engel", "fischer", "garcia", "hoffmann", "ivanov", "jansen", "keller",
    "lang", "meyer", "novak", "ortiz", "peters", "quinn", "richter", "schmidt", "taylor", "ullmann", "vogel", "wagner",
    "young", "zimmer",
];
const TRADES: [&str; 10] =
    ["Logistics", "Foods", "Machinery", "Optics", "Textiles", "Energy", "Pharma", "Software", "Media", "Traders"];
const SYSTEMS: [&str; 5] = [
    "Windows NT 10.0; Win64; x64",
    "Macintosh; Intel Mac OS X 10_15_7",
    "X11; Linux x86_64",
    "iPhone; CPU iPhone OS 18_5 like Mac OS X",
    "Linux; Android 15; Pixel 9",
];

/// One in fifty is an integration; the rest are people.
fn is_service(actor: u64) -> bool {
    actor % 50 == 7
}

fn actor_name(actor: u64) -> String {
    if is_service(actor) {
        return format!("svc-integration-{actor:04}@example.com");
    }
    let given = GIVEN[(actor % 20) as usize];
    let family = FAMILY[(actor / 20 % 25) as usize];
    format!("{given}.{family}.{actor:04}@example.com")
}

/// The day, from the first, on which somebody joins: a quarter of all do so over the thirteen months.
fn joins(actor: u64) -> u64 {
    if actor % 4 == 3 { Random(actor).below(DAYS_BEFORE + DAYS_OF_MONTH) } else { 0 }
}

/// Who acts: few do much. Who has not joined yet is stood in for by a neighbour who always was there.
fn actor_on(random: &mut Random, day: u64, joined: &[u64]) -> u64 {
    let actor = random.skewed(ACTORS, 3);
    if joined[actor as usize] <= day { actor } else { actor - 1 }
}

/// Second of the day: office hours mostly; integrations whenever.
fn second_of(random: &mut Random, working_day: bool) -> u64 {
    if working_day && random.below(100) < 88 {
        8 * 3_600 + (random.below(36_000) + random.below(36_000)) / 2
    } else {
        random.below(86_400)
    }
}

/// Civil date of days since 1970 (Howard Hinnant's `civil_from_days`).
fn date(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let of_era = shifted % 146_097;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

/// Events of each day: `total` shared out by weekday, to the last one.
fn shares(from: u64, days: u64, total: u64) -> Vec<u64> {
    // 1970-01-01 was a Thursday.
    let weight = |day: u64| match (FIRST_DAY + day + 3) % 7 {
        5 => 20,
        6 => 14,
        _ => 100,
    };
    let all: u64 = (from..from + days).map(weight).sum();
    let mut before = 0;
    let mut given = 0;
    let mut share = |day: u64| {
        before += weight(day);
        let upto = total * before / all;
        let share = upto - given;
        given = upto;
        share
    };
    (from..from + days).map(&mut share).collect()
}

/// Writes the CSV and the people.
pub fn generate(events: u64, month: u64, csv: &Path, people: &Path) -> Result<(), Box<dyn Error>> {
    let before = events.checked_sub(month).ok_or("more events in the month than in all")?;
    let mut shares_of_days = shares(0, DAYS_BEFORE, before);
    shares_of_days.extend(shares(DAYS_BEFORE, DAYS_OF_MONTH, month));
    let names: Vec<String> = (0..ACTORS).map(actor_name).collect();
    let joined: Vec<u64> = (0..ACTORS).map(joins).collect();
    let mut out = BufWriter::with_capacity(1 << 20, File::create(csv)?);
    out.write_all(
        b"Audit Id,Audited Time,Done By,Action,Module,Record Id,Record Name,Status,IP Address,User Agent,Channel,Records,Field,Old Value,New Value,Details,Session\n",
    )?;
    for (day, share) in (0..).zip(shares_of_days) {
        write_day(&mut out, day, share, &names, &joined)?;
    }
    out.flush()?;
    let mut out = BufWriter::new(File::create(people)?);
    out.write_all(b"actor,kind,team,role\n")?;
    // Some actors are in no directory, as in life.
    for (actor, name) in (0..).zip(&names).filter(|(actor, _)| actor % 97 != 5) {
        let (kind, role) = match actor {
            actor if is_service(actor) => ("service", "Integration"),
            actor if actor % 40 == 0 => ("person", "Administrator"),
            actor if actor % 9 == 0 => ("person", "Manager"),
            _ => ("person", "Sales"),
        };
        writeln!(out, "{name},{kind},Team {},{role}", actor % 31)?;
    }
    out.flush()?;
    Ok(())
}

fn write_day(
    out: &mut impl Write,
    day: u64,
    share: u64,
    names: &[String],
    joined: &[u64],
) -> Result<(), Box<dyn Error>> {
    let mut random = Random(0x5eed_0000 + day);
    let (year, month, of_month) = date(FIRST_DAY + day);
    let working_day = (FIRST_DAY + day + 3) % 7 < 5;
    let mut seconds: Vec<u64> = (0..share).map(|_| second_of(&mut random, working_day)).collect();
    seconds.sort_unstable();
    // Ascending with gaps, as vendors number what many customers do.
    let mut id = 487_600_000_000_000_000 + day * 1_000_000_000_000;
    for second in seconds {
        id += 1 + random.below(4_000);
        let actor = actor_on(&mut random, day, joined);
        let action = random.pick(&ACTIONS);
        let is_login = action.starts_with("User Log");
        let record = random.skewed(RECORDS, 2);
        let outcome = match random.below(1_000) {
            0..60 if action == "User Login" => "failure",
            0..8 => "failure",
            8..14 => "denied",
            14..16 => "partial",
            _ => "success",
        };
        let (module, record_id, record_name) = if is_login {
            ("Users", String::new(), String::new())
        } else {
            let name = format!(
                "{} {} {:06}",
                TRADES[(record % 10) as usize],
                FAMILY[(record / 10 % 25) as usize],
                record
            );
            (random.pick(&MODULES), format!("4876000000{record:08}"), name)
        };
        let place = Random(actor * 31 + random.below(3)).below(20_000);
        let browser = actor % 9 + random.below(2);
        let (h, m, s) = (second / 3_600, second / 60 % 60, second % 60);
        write!(
            out,
            "{id},{year}-{month:02}-{of_month:02}T{h:02}:{m:02}:{s:02}Z,{},{action},{module},{record_id},{record_name},{outcome},",
            names[actor as usize]
        )?;
        write!(out, "10.{}.{}.{},", place / 6_400 + 16, place / 25 % 256, place % 25 * 10 + 3)?;
        if is_service(actor) {
            write!(out, "quarter-sync/{}.{} (integration; python-requests/2.32.3),api,", actor % 7, actor % 13)?;
        } else {
            let system = SYSTEMS[(actor % 5) as usize];
            let channel = if actor % 5 > 2 { "mobile" } else { "ui" };
            write!(
                out,
                "Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML; like Gecko) Chrome/{}.0.0.0 Safari/537.36,{channel},",
                130 + browser
            )?;
        }
        let bulk = matches!(action, "Mass Delete" | "Data Imported" | "Data Exported");
        if bulk {
            write!(out, "{},", 1 + random.skewed(900, 3))?;
        } else {
            write!(out, ",")?;
        }
        match action {
            "Record Updated" | "Stage Changed" | "Owner Changed" => {
                let field = FIELDS[random.below(12) as usize];
                let (old, new) = (STAGES[random.below(8) as usize], STAGES[random.below(8) as usize]);
                write!(out, "{field},{old} {},{new} {},", random.below(500), random.below(500))?;
            }
            _ => write!(out, ",,,")?,
        }
        let (layout, rule) = (random.below(40), random.below(300));
        writeln!(
            out,
            "Layout {layout:02} of {module}; rule {rule:03} evaluated; territory {}; pipeline {}; approved by nobody,{:012x}",
            STAGES[(layout % 8) as usize],
            TRADES[(rule % 10) as usize],
            // A session of an actor lasts an hour.
            Random(actor << 32 | (day * 24 + h)).next() >> 16
        )?;
    }
    Ok(())
}
