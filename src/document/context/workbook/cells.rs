//! Cells of a workbook: amounts as numbers, times in a zone as civil times, columns of evidence by what they hold.

use crate::calendar::Millis;
use crate::calendar::relative::{day_offset, moved_civil};
use crate::calendar::zone::Zone;
use crate::document::workbook::Cell;
use crate::figures::{Amount, Figure};
use crate::wording::Words;
use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

/// An amount; where there is no number, what a reader has to know instead.
pub(super) fn amount(amount: &Amount, words: &Words) -> Cell {
    match *amount {
        Amount::Whole(value) => Cell::Whole(value),
        Amount::Share { part, whole } if whole != 0 => Cell::Share { part, whole },
        Amount::Mean { sum, over } if over != 0 => Cell::Mean { sum, over },
        _ => Cell::text(words.amount(amount)),
    }
}

/// A figure.
pub(super) fn figure(figure: &Figure, words: &Words) -> Cell {
    amount(&figure.amount, words)
}

/// An instant as the civil time of a zone; one that is told by its distance alone, in words: it is none of a calendar.
pub(super) fn time(at: Millis, zone: &Zone, words: &Words) -> Cell {
    if moved_civil(at).is_some() { Cell::text(words.moment(at, zone)) } else { Cell::Time(zone.civil(at)) }
}

/// A key of a dimension: days as dates, whole numbers as numbers, everything else as a reader says it.
pub(super) fn key(dimension: &str, key: &str, said: String) -> Cell {
    let day = || NaiveDate::parse_from_str(key, "%Y-%m-%d").ok();
    match dimension {
        "day" => day()
            .filter(|day| day_offset(*day).is_none())
            .map_or_else(|| Cell::text(said), |day| Cell::Time(day.and_time(NaiveTime::MIN))),
        "affected" => key.parse().map_or_else(|_| Cell::text(said), Cell::Whole),
        _ => Cell::text(said),
    }
}

/// A time of an evidence file: `2026-11-25 10:02:11 +01:00`, civil and in UTC. `None`: it is none.
pub(super) fn evidence_time(text: &str) -> Option<(NaiveDateTime, NaiveDateTime)> {
    let (civil, offset) = text.rsplit_once(' ')?;
    let civil = NaiveDateTime::parse_from_str(civil, "%Y-%m-%d %H:%M:%S").ok()?;
    let (sign, rest) = offset.split_at_checked(1)?;
    let (hours, minutes) = rest.split_once(':')?;
    let minutes = hours.parse::<i64>().ok()?.checked_mul(60)? + minutes.parse::<i64>().ok()?;
    let ahead = match sign {
        "+" => minutes,
        "-" => -minutes,
        _ => return None,
    };
    Some((civil, civil.checked_sub_signed(chrono::TimeDelta::try_minutes(ahead)?)?))
}

/// A cell of an evidence file by its column.
pub(super) fn evidence(column: &str, text: &str) -> Cell {
    match column {
        "affected" | "hour" | "weekday" => text.parse().map_or_else(|_| Cell::text(text), Cell::Whole),
        _ => Cell::text(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_evidence_are_read_with_their_distance_from_utc() {
        let time = |text: &str| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").unwrap();
        let read = |text| evidence_time(text);
        let civil = time("2026-11-25 00:30:00");
        assert_eq!(read("2026-11-25 00:30:00 +01:00"), Some((civil, time("2026-11-24 23:30:00"))));
        assert_eq!(read("2026-11-25 00:30:00 -03:30"), Some((civil, time("2026-11-25 04:00:00"))));
        for wrong in ["", "2026-11-25", "2026-11-25 00:30:00", "2026-11-25 00:30:00 01:00", "x +01:00"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
