//! Logins: the login history of everybody, with the few mistyped passwords of every day.

use super::dates::{self, clock, instant};
use super::people::Staff;
use super::random::Random;
use super::year::{CONTRACTOR, INTEGRATION, Shift};
use chrono::Weekday;

use super::people::Role;
use chrono::Datelike;

/// One attempt.
#[derive(Clone)]
pub(super) struct Login {
    /// Seconds since 1970.
    pub(super) at: i64,
    pub(super) actor: usize,
    pub(super) ip: String,
    pub(super) browser: &'static str,
    pub(super) success: bool,
    pub(super) kind: &'static str,
}

const BROWSERS: [&str; 6] = [
    "Chrome (Windows 11)",
    "Edge (Windows 11)",
    "Chrome (Windows 11)",
    "Firefox (Windows 11)",
    "Safari (macOS)",
    "Chrome (macOS)",
];
const PHONES: [&str; 3] = ["CRM app (iOS)", "CRM app (Android)", "CRM app (iOS)"];

/// The address somebody has at home. All addresses of the year are from ranges reserved for documentation.
pub(super) fn home(actor: usize) -> String {
    format!("198.51.100.{}", 20 + actor)
}

/// The browser somebody uses.
pub(super) fn browser(actor: usize) -> &'static str {
    Random::of("browser", &[actor as u64]).pick(&BROWSERS)
}

/// Attempts of somebody's working day.
pub(super) fn of_shift(staff: &Staff, shift: &Shift, logins: &mut Vec<Login>) {
    let mut random = Random::of("logins", &[shift.actor as u64, shift.number]);
    let home_day =
        matches!(shift.day.weekday(), Weekday::Fri) || random.chance(220) || !dates::is_working_day(shift.day);
    let desk = if home_day { home(shift.actor) } else { format!("192.0.2.{}", 10 + random.below(6)) };
    let road = format!("2001:db8:4c:{:x}::{:x}", 16 + random.below(200), 1 + random.below(60_000));
    let sells = matches!(staff.post(shift.day).1, Role::Sales | Role::KeyAccount);
    let mut attempt = |second: i64, mobile: bool, random: &mut Random| {
        let (ip, browser, kind) = match mobile {
            true => (road.clone(), Random::of("phone", &[shift.actor as u64]).pick(&PHONES), "Mobile"),
            false => (desk.clone(), browser(shift.actor), "Web"),
        };
        let at = instant(shift.day, second);
        let login = Login { at, actor: shift.actor, ip, browser, success: true, kind };
        if random.chance(26) {
            // Caps lock, a new password, the wrong layout of the keyboard.
            for nth in 1..=random.between(1, 3) {
                logins.push(Login { at: at - nth * random.between(9, 14), success: false, ..login.clone() });
            }
        }
        logins.push(login);
    };
    attempt(shift.start - random.between(60, 900), shift.travelling && random.chance(600), &mut random);
    if !dates::is_working_day(shift.day) {
        return;
    }
    if !staff.mornings {
        if random.chance(600) {
            attempt(random.between(clock(12, 50), clock(14, 5)), shift.travelling, &mut random);
        }
        if random.chance(600) {
            attempt(random.between(clock(14, 10), clock(16, 50)), false, &mut random);
        }
    }
    if random.chance(520) {
        attempt(random.between(clock(9, 40), clock(12, 10)), false, &mut random);
    }
    let phone = if shift.travelling { 3 } else { u64::from(sells) };
    for _ in 0..random.about(phone * 420) {
        attempt(random.between(shift.start, shift.end), true, &mut random);
    }
    if let Some(evening) = shift.evening {
        attempt(evening - random.between(40, 400), false, &mut random);
    }
}

/// The integration asks for a token every hour.
pub(super) fn of_integration(at: i64, logins: &mut Vec<Login>) {
    let ip = "192.0.2.200".to_owned();
    logins.push(Login { at, actor: INTEGRATION, ip, browser: "-", success: true, kind: "API" });
}

/// The contractor's login before work.
pub(super) fn of_contractor(at: i64, logins: &mut Vec<Login>) {
    let ip = "2001:db8:9a:7::1c".to_owned();
    logins.push(Login { at, actor: CONTRACTOR, ip, browser: "Firefox (Linux)", success: true, kind: "Web" });
}
