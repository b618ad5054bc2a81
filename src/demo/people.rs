//! The people of Halden & Voss: who works where, in which role, from when to when, and how much.

use super::dates::date;
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// The account that couples the shop floor's systems with the CRM; it never sleeps.
pub(super) const INTEGRATION: &str = "integration@haldenvoss.example";

/// An account that the directory does not know: somebody from outside, with a login.
pub(super) const CONTRACTOR: &str = "k.lindqvist@contractor.example";

/// What a person does, which decides what it does in the CRM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub(super) enum Role {
    Director,
    Lead,
    Sales,
    KeyAccount,
    Success,
    Marketing,
    Accountant,
    Controller,
    Administrator,
}

impl Role {
    /// As the directory writes it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Role::Director => "Managing Director",
            Role::Lead => "Team Lead",
            Role::Sales => "Sales Representative",
            Role::KeyAccount => "Key Account Manager",
            Role::Success => "Customer Success Manager",
            Role::Marketing => "Marketing Specialist",
            Role::Accountant => "Accountant",
            Role::Controller => "Controller",
            Role::Administrator => "Administrator",
        }
    }
}

/// A date of the table below.
type Date = (i32, u32, u32);

/// One person of the table below.
#[derive(Clone, Copy)]
pub(super) struct Staff {
    mail: &'static str,
    /// Full name, in the script of its bearer.
    pub(super) name: &'static str,
    team: &'static str,
    role: Role,
    joined: Option<Date>,
    left: Option<Date>,
    change: Option<(Date, &'static str, Role)>,
    /// Weekdays worked, Monday first, `x` for a day at work.
    pub(super) week: &'static str,
    /// Leaves at lunchtime.
    pub(super) mornings: bool,
    /// Of a thousand days, so many on which some of the work is done in the evening.
    pub(super) evenings: u64,
}

impl Staff {
    const fn joined(mut self, year: i32, month: u32, day: u32) -> Staff {
        self.joined = Some((year, month, day));
        self
    }

    const fn left(mut self, year: i32, month: u32, day: u32) -> Staff {
        self.left = Some((year, month, day));
        self
    }

    const fn became(mut self, year: i32, month: u32, day: u32, team: &'static str, role: Role) -> Staff {
        self.change = Some(((year, month, day), team, role));
        self
    }

    const fn week(mut self, week: &'static str) -> Staff {
        self.week = week;
        self
    }

    const fn mornings(mut self) -> Staff {
        self.mornings = true;
        self
    }

    const fn evenings(mut self, permille: u64) -> Staff {
        self.evenings = permille;
        self
    }

    /// The account, which is also the address.
    pub(super) fn account(&self) -> String {
        format!("{}@haldenvoss.example", self.mail)
    }

    /// First day at work, if it lies in the year.
    pub(super) fn first(&self) -> Option<NaiveDate> {
        self.joined.map(|(y, m, d)| date(y, m, d))
    }

    /// First day on which the person is gone, if it lies in the year.
    pub(super) fn gone(&self) -> Option<NaiveDate> {
        self.left.map(|(y, m, d)| date(y, m, d))
    }

    /// First day of another role or team, if there is one.
    pub(super) fn changed(&self) -> Option<NaiveDate> {
        self.change.map(|((y, m, d), ..)| date(y, m, d))
    }

    /// Whether the person is employed on a day.
    pub(super) fn is_here(&self, day: NaiveDate) -> bool {
        self.first().is_none_or(|first| first <= day) && self.gone().is_none_or(|gone| day < gone)
    }

    /// Team and role on a day.
    pub(super) fn post(&self, day: NaiveDate) -> (&'static str, Role) {
        match self.change {
            Some(((y, m, d), team, role)) if date(y, m, d) <= day => (team, role),
            _ => (self.team, self.role),
        }
    }
}

/// A row of the directory as it is exported; dates half-open, `None` for no end.
#[derive(Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub(super) struct Row {
    pub(super) actor: String,
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    pub(super) team: &'static str,
    pub(super) role: &'static str,
    pub(super) manager: String,
    pub(super) email: String,
    pub(super) from: Option<NaiveDate>,
    pub(super) until: Option<NaiveDate>,
}

/// Where in the table an account's local part stands.
pub(super) fn place(mail: &str) -> usize {
    STAFF.iter().position(|staff| staff.mail == mail).unwrap_or_default()
}

/// Every actor's account: the staff in the table's order, then the integration and the contractor.
pub(super) fn accounts() -> Vec<String> {
    STAFF.iter().map(Staff::account).chain([INTEGRATION.to_owned(), CONTRACTOR.to_owned()]).collect()
}

/// The account of whom a person answers to on a day: the team's lead, for leads the director.
fn manager(staff: &Staff, day: NaiveDate) -> String {
    let found = match staff.post(day) {
        (_, Role::Director) => None,
        (_, Role::Lead) => STAFF.iter().find(|other| other.post(day).1 == Role::Director),
        (team, _) => STAFF.iter().find(|other| other.is_here(day) && other.post(day) == (team, Role::Lead)),
    };
    found.map(Staff::account).unwrap_or_default()
}

/// The directory: one row for every span in which nothing about a person changed.
pub(super) fn directory() -> Vec<Row> {
    let succession: BTreeSet<NaiveDate> =
        STAFF.iter().filter(|staff| staff.role == Role::Lead).filter_map(Staff::gone).collect();
    let mut rows: Vec<Row> = Vec::new();
    for staff in &STAFF {
        let mut starts: BTreeSet<NaiveDate> = succession.clone();
        starts.extend(staff.changed());
        starts.retain(|day| staff.is_here(*day) && staff.first() != Some(*day));
        let starts: Vec<Option<NaiveDate>> =
            std::iter::once(staff.first()).chain(starts.into_iter().map(Some)).collect();
        let mut own: Vec<Row> = Vec::new();
        for from in starts {
            let day = from.unwrap_or_else(super::dates::first_day);
            let (team, role) = staff.post(day);
            let manager = manager(staff, day);
            if own.last().is_some_and(|row| (row.team, row.role, &row.manager) == (team, role.name(), &manager)) {
                continue;
            }
            if let Some(before) = own.last_mut() {
                before.until = from;
            }
            let (actor, email) = (staff.account(), staff.account());
            own.push(Row {
                actor,
                name: staff.name,
                kind: "person",
                team,
                role: role.name(),
                manager,
                email,
                from,
                until: staff.gone(),
            });
        }
        rows.append(&mut own);
    }
    rows.push(Row {
        actor: INTEGRATION.to_owned(),
        name: "ERP and web form integration",
        kind: "service",
        team: "",
        role: "Integration",
        manager: String::new(),
        email: String::new(),
        from: None,
        until: None,
    });
    rows
}

const NORTH: &str = "Sales North";
const SOUTH: &str = "Sales South";
const SUCCESS: &str = "Customer Success";
const MARKETING: &str = "Marketing";
const FINANCE: &str = "Finance";

const fn s(mail: &'static str, name: &'static str, team: &'static str, role: Role) -> Staff {
    let (joined, left, change) = (None, None, None);
    Staff { mail, name, team, role, joined, left, change, week: "xxxxx--", mornings: false, evenings: 14 }
}

/// Everybody who worked at Halden & Voss in the year. The administrators belong to Finance.
pub(super) static STAFF: [Staff; 64] = [
    s("katharina.voss", "Dr. Katharina Voss", "", Role::Director).evenings(120),
    s("juergen.petersen", "Jürgen Petersen", NORTH, Role::Lead).evenings(60),
    s("anke.feddersen", "Anke Feddersen", NORTH, Role::KeyAccount),
    s("lars.moehlenkamp", "Lars Möhlenkamp", NORTH, Role::KeyAccount).evenings(90),
    s("torben.harmsdorf", "Torben Harmsdorf", NORTH, Role::Sales).evenings(0).left(2026, 11, 28),
    s("wiebke.janssen", "Wiebke Janßen", NORTH, Role::Sales).week("xxxx---"),
    s("soeren.brodersen", "Sören Brodersen", NORTH, Role::Sales),
    s("dmitri.sokolow", "Дмитрий Соколов", NORTH, Role::Sales).evenings(70),
    s("maren.tiedemann", "Maren Tiedemann", NORTH, Role::Sales),
    s("hauke.lorenzen", "Hauke Lorenzen", NORTH, Role::Sales),
    s("aylin.demirci", "Aylin Demirci", NORTH, Role::Sales),
    s("jonas.weiss", "Jonas Weiß", NORTH, Role::Sales).became(2026, 3, 1, NORTH, Role::KeyAccount),
    s("imke.ruether", "Imke Rüther", NORTH, Role::Sales).mornings(),
    s("bjarne.kruse", "Bjarne Kruse", NORTH, Role::Sales).joined(2026, 2, 2),
    s("pia.osterloh", "Pia Osterloh", NORTH, Role::Sales).became(2026, 5, 1, SUCCESS, Role::Success),
    s("henning.voigtlaender", "Henning Voigtländer", NORTH, Role::Sales).left(2026, 3, 1),
    s("thomas.brandl", "Thomas Brandl", SOUTH, Role::Lead).evenings(50).left(2026, 7, 1),
    s("sabine.koehler", "Sabine Köhler", SOUTH, Role::KeyAccount).became(2026, 7, 1, SOUTH, Role::Lead).evenings(60),
    s("giorgos.nikolaou", "Γιώργος Νικολάου", SOUTH, Role::KeyAccount),
    s("xaver.huber", "Xaver Hüber", SOUTH, Role::Sales),
    s("theresa.maierhofer", "Theresa Maierhofer", SOUTH, Role::Sales),
    s("florian.gruendl", "Florian Gründl", SOUTH, Role::Sales).evenings(80),
    s("noa.levi", "נועה לוי", SOUTH, Role::Sales),
    s("veronika.saeckler", "Veronika Säckler", SOUTH, Role::Sales).week("-xxxx--"),
    s("benedikt.roesch", "Benedikt Rösch", SOUTH, Role::Sales),
    s("magdalena.zierer", "Magdalena Zierer", SOUTH, Role::Sales),
    s("samer.albitar", "سامر البيطار", SOUTH, Role::Sales),
    s("stefan.wuerfel", "Stefan Würfel", SOUTH, Role::Sales),
    s("carla.dangelo", "Carla D’Angelo", SOUTH, Role::Sales),
    s("nils.oberluender", "Nils Oberlünder", SOUTH, Role::Sales).joined(2026, 10, 1).evenings(0),
    s("luisa.aigner", "Luisa Aigner", SOUTH, Role::Sales).joined(2026, 8, 3),
    s("eleni.papadopoulou", "Ελένη Παπαδοπούλου", SUCCESS, Role::Lead).evenings(50),
    s("lena.hartwegen", "Lena Hartwegen", SUCCESS, Role::Success).evenings(0),
    s("david.schaefer", "David Schäfer", SUCCESS, Role::Success),
    s("olena.kowalenko", "Олена Коваленко", SUCCESS, Role::Success),
    s("marie.lefevre", "Marie Lefèvre", SUCCESS, Role::Success),
    s("piotr.zielinski", "Piotr Zieliński", SUCCESS, Role::Success),
    s("annika.stroem", "Annika Ström", SUCCESS, Role::Success).mornings(),
    s("kevin.boettcher", "Kevin Böttcher", SUCCESS, Role::Success),
    s("yasemin.kaya", "Yasemin Kaya", SUCCESS, Role::Success),
    s("matthias.ehlers", "Matthias Ehlers", SUCCESS, Role::Success).evenings(60),
    s("judith.sandmann", "Judith Sandmann", SUCCESS, Role::Success).week("xx-xx--"),
    s("rafael.goncalves", "Rafael Gonçalves", SUCCESS, Role::Success).joined(2026, 4, 1),
    s("friederike.loewe", "Friederike Löwe", MARKETING, Role::Lead).evenings(40),
    s("jan.kaempfer", "Jan Kämpfer", MARKETING, Role::Marketing),
    s("sofia.lindgren", "Sofia Lindgren", MARKETING, Role::Marketing),
    s("miriam.adler", "Miriam Adler", MARKETING, Role::Marketing).week("xxxx---"),
    s("oskar.novak", "Oskar Novák", MARKETING, Role::Marketing).evenings(70),
    s("chiara.moretti", "Chiara Moretti", MARKETING, Role::Marketing),
    s("tim.guenther", "Tim Günther", MARKETING, Role::Marketing),
    s("rania.mansour", "رانيا منصور", MARKETING, Role::Marketing),
    s("hannah.preuss", "Hannah Preuß", MARKETING, Role::Marketing).joined(2026, 1, 12),
    s("wolfgang.reuss", "Dr. Wolfgang Reuß", FINANCE, Role::Lead).evenings(40),
    s("monika.faerber", "Monika Färber", FINANCE, Role::Accountant),
    s("gerd.hoelscher", "Gerd Hölscher", FINANCE, Role::Accountant),
    s("birgit.mueller-lueg", "Birgit Müller-Lueg", FINANCE, Role::Accountant).mornings(),
    s("sebastian.juenger", "Sebastian Jünger", FINANCE, Role::Accountant),
    s("ivana.petrovic", "Ivana Petrović", FINANCE, Role::Accountant).joined(2026, 6, 1),
    s("ute.quandt", "Ute Quandt", FINANCE, Role::Accountant).left(2026, 6, 1),
    s("andreas.noeldeke", "Andreas Nöldeke", FINANCE, Role::Controller),
    s("silke.thiessen", "Silke Thießen", FINANCE, Role::Controller).week("xxx----"),
    s("malte.brueckenau", "Malte Brückenau", FINANCE, Role::Administrator).evenings(60),
    s("svenja.paulsen", "Svenja Paulsen", FINANCE, Role::Administrator),
    s("tarek.haddad", "Tarek Haddad", FINANCE, Role::Administrator).evenings(50),
];
