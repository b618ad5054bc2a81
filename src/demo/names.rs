//! Names of made-up people, firms, deals and campaigns, in the five scripts that customers of the house write.

use super::dates::date;
use super::random::Random;
use chrono::{Datelike, NaiveDate};

const LATIN_FIRST: [&str; 40] = [
    "Anna",
    "Björn",
    "Cäcilie",
    "Dörte",
    "Emil",
    "Frauke",
    "Götz",
    "Heike",
    "Ingmar",
    "Jutta",
    "Käthe",
    "Leon",
    "Małgorzata",
    "Niels",
    "Ömer",
    "Paula",
    "Quentin",
    "Rosa",
    "Søren",
    "Tilda",
    "Uwe",
    "Valérie",
    "Werner",
    "Xenia",
    "Yannick",
    "Zoë",
    "Agnieszka",
    "Bruno",
    "Clémence",
    "Diego",
    "Elif",
    "Françoise",
    "Gábor",
    "Hélène",
    "Iñaki",
    "Jürgen",
    "Klára",
    "Luís",
    "Marit",
    "Renée",
];
const LATIN_LAST: [&str; 48] = [
    "Ahlersmeyer",
    "Bäumler",
    "Çelik",
    "Dörfler",
    "Eißner",
    "Fährmann",
    "Großkopf",
    "Hüttenrauch",
    "Ihlenfeld",
    "Jäckel",
    "Königsmann",
    "Lößnitz",
    "Mühlbauer",
    "Nüßlein",
    "Østergaard",
    "Pfützner",
    "Quellmalz",
    "Rößler",
    "Stöhr",
    "Tränkner",
    "Überall",
    "Völz",
    "Wärmer",
    "Yıldırım",
    "Żuławska",
    "Anton",
    "Brinkhoff",
    "Castaño",
    "Dvořák",
    "Engström",
    "Fülöp",
    "Grünwaldt",
    "Hjelm",
    "Ibáñez",
    "Jørgensen",
    "Kovačević",
    "Lambrecht",
    "Martínez",
    "Nørgaard",
    "Oerter",
    "Périgord",
    "Rasmussen",
    "Szymańska",
    "Thorvald",
    "Ullström",
    "Vercauteren",
    "Wiśniewski",
    "Zangerl",
];
/// Men's and women's names, which Greek and Slavic languages inflect alike in both parts.
const GREEK: [([&str; 6], [&str; 6]); 2] = [
    (
        ["Αλέξανδρος", "Δημήτρης", "Κώστας", "Νίκος", "Σπύρος", "Φώτης"],
        ["Αναγνωστάκης", "Καραμήτρος", "Λαμπρινίδης", "Σταθάκης", "Τσακίρης", "Χριστοφόρου"],
    ),
    (
        ["Βασιλική", "Ευαγγελία", "Ιωάννα", "Μαρία", "Χρύσα", "Ζωή"],
        ["Γεωργιάδου", "Μαυρομάτη", "Καραμήτρου", "Λαμπρινίδου", "Σταθάκη", "Τσακίρη"],
    ),
];
const CYRILLIC: [([&str; 6], [&str; 6]); 2] = [
    (
        ["Алексей", "Георги", "Йордан", "Сергій", "Тарас", "Юрий"],
        ["Березняк", "Ворончук", "Димитров", "Журавленко", "Пелехатий", "Лисицын"],
    ),
    (
        ["Богдана", "Виктория", "Людмила", "Юлія", "Ґанна", "Цветана"],
        ["Березняк", "Ворончук", "Стоянова", "Журавленко", "Щербань", "Лисицына"],
    ),
];
const HEBREW_FIRST: [&str; 8] = ["אורי", "דנה", "יעל", "מיכל", "עידו", "רות", "שירה", "תמר"];
const HEBREW_LAST: [&str; 8] = ["אברמסון", "בן־דור", "גולדשטיין", "חרמון", "כרמלי", "נבו", "פרידמן", "שקד"];
const ARABIC_FIRST: [&str; 8] = ["إبراهيم", "خالد", "سلمى", "عائشة", "فاطمة", "ليلى", "محمود", "يوسف"];
const ARABIC_LAST: [&str; 8] = ["البستاني", "الحوراني", "الدمشقي", "الزعبي", "العطار", "القاسم", "المصري", "النجار"];

const STEMS: [&str; 32] = [
    "Ahrentrup",
    "Brakwede & Ilm",
    "Cordel",
    "Dellbrügge",
    "Elmenau",
    "Finkenröder",
    "Grauhöfer",
    "Hohensalz",
    "Immensteg",
    "Jarlow",
    "Kaltenmoor",
    "Lüderquell",
    "Moorkamp",
    "Nesselgrund",
    "Oderhain",
    "Pannwitz & Rau",
    "Quellmoor",
    "Rodenstrang",
    "Süderlügge",
    "Tannrode-Ost",
    "Ulmenfleth",
    "Vierbrücken",
    "Wolkramsen",
    "Zschernau",
    "Åsvik",
    "Beaulac & Fils",
    "Cortevilla",
    "Düvelsdal",
    "Ełkowo",
    "Fjärdholm",
    "Ourense-Mar",
    "Szentliget",
];
const TRADES: [&str; 20] = [
    "Pumpen",
    "Feinmechanik",
    "Armaturen",
    "Verpackung",
    "Logistik",
    "Medizintechnik",
    "Anlagenbau",
    "Gießerei",
    "Werkzeuge",
    "Kältetechnik",
    "Papier",
    "Sensorik",
    "Hydraulik",
    "Dichtungen",
    "Fördertechnik",
    "Labortechnik",
    "Umwelttechnik",
    "Holzbau",
    "Lebensmitteltechnik",
    "Antriebe",
];
const FORMS: [&str; 6] = ["GmbH", "AG", "GmbH & Co. KG", "KG", "SE", "OHG"];
const FOREIGN_FIRMS: [&str; 20] = [
    "Αφοί Θαλασσινού Α.Ε.",
    "Βόρειο Φως Μηχανική Ε.Π.Ε.",
    "Ελαιώνες Κορυφής Α.Ε.",
    "Ναυπηγεία Γλάρος Ο.Ε.",
    "Υδραυλικά Πηγάδι Μ.Ε.Π.Ε.",
    "ООО «Северный Клён»",
    "ТОВ «Синя Криниця»",
    "Завод «Вересковый»",
    "Балкански Път ЕООД",
    "ПП «Дубова Гілка»",
    "גשר הצפון בע״מ",
    "אבן ירוקה תעשיות",
    "מעיין הדקל בע״מ",
    "רוח הגליל לוגיסטיקה",
    "כוכב הים הנדסה",
    "شركة واحة النخيل للتجارة",
    "مؤسسة الجسر الأزرق",
    "مصانع نجمة الصحراء",
    "شركة ميناء الشمال",
    "مجموعة الزيتون الصناعية",
];
const PRODUCTS: [&str; 14] = [
    "dosing pumps",
    "service contract",
    "spare parts 2026",
    "line retrofit",
    "control cabinet",
    "filter units",
    "maintenance 24 months",
    "pilot plant",
    "framework agreement",
    "sensor upgrade",
    "cooling circuit",
    "valve block",
    "extension hall 2",
    "test bench",
];

/// A made-up person; about one in eight writes in another script than the Latin one.
pub(super) fn person(random: &mut Random) -> String {
    let pair = |random: &mut Random, names: &[([&'static str; 6], [&'static str; 6]); 2]| {
        let (first, last) = random.pick(names);
        (random.pick(&first), random.pick(&last))
    };
    let (first, last) = match random.below(100) {
        0..4 => pair(random, &GREEK),
        4..8 => pair(random, &CYRILLIC),
        8..10 => (random.pick(&HEBREW_FIRST), random.pick(&HEBREW_LAST)),
        10..12 => (random.pick(&ARABIC_FIRST), random.pick(&ARABIC_LAST)),
        _ => (random.pick(&LATIN_FIRST), random.pick(&LATIN_LAST)),
    };
    format!("{first} {last}")
}

/// A made-up firm.
pub(super) fn firm(random: &mut Random) -> String {
    if random.chance(110) {
        return random.pick(&FOREIGN_FIRMS).to_owned();
    }
    format!("{} {} {}", random.pick(&STEMS), random.pick(&TRADES), random.pick(&FORMS))
}

/// A deal: whose, and about what.
pub(super) fn deal(random: &mut Random) -> String {
    format!("{} - {}", firm(random), random.pick(&PRODUCTS))
}

/// An invoice's number, counted through.
pub(super) fn invoice(day: NaiveDate, number: usize) -> String {
    format!("INV-{}-{number:06}", day.year())
}

/// Campaigns with the first and last day on which somebody works on them.
pub(super) fn campaigns() -> Vec<(&'static str, NaiveDate, NaiveDate)> {
    let day = date;
    vec![
        ("Newsletter", day(2025, 11, 1), day(2026, 12, 1)),
        ("Web seminar series \"Pumps that talk\"", day(2025, 11, 1), day(2026, 12, 1)),
        ("Service contract renewals", day(2025, 11, 1), day(2026, 12, 1)),
        ("Year-end campaign 2025", day(2025, 11, 10), day(2025, 12, 20)),
        ("Spring mailing 2026", day(2026, 2, 15), day(2026, 4, 30)),
        ("Open house Bremen 2026", day(2026, 4, 10), day(2026, 6, 5)),
        ("Summer spare-parts offer 2026", day(2026, 6, 1), day(2026, 8, 31)),
        ("Customer survey 2026", day(2026, 8, 20), day(2026, 10, 15)),
        ("Retrofit weeks 2026", day(2026, 9, 1), day(2026, 10, 31)),
    ]
}

/// What the trade fair of November 2026 is called in the CRM, and what hangs on it.
pub(super) const FAIR: [&str; 5] = [
    "Hannover trade fair 2026",
    "Hannover trade fair 2026 - invitations",
    "Hannover trade fair 2026 - stand appointments",
    "Hannover trade fair 2026 - follow-up",
    "Year-end campaign 2026",
];
