//! Tests of holidays from iCalendar files.

use super::*;

fn calendar(events: &[&str]) -> String {
    let events: Vec<String> = events.iter().map(|event| format!("BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n")).collect();
    format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n{}END:VCALENDAR\r\n", events.concat())
}

fn problems(text: &str) -> Vec<String> {
    read("us.ics", text).unwrap_err().iter().map(ToString::to_string).collect()
}

fn years(holidays: &Holidays, name: &str) -> Vec<String> {
    holidays.days.iter().filter(|(_, one)| *one == name).map(|(day, _)| day.to_string()).collect()
}

#[test]
fn days_spans_and_years() {
    let read = read(
        "us.ics",
        &calendar(&[
            "UID:1\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20261225\r\nSUMMARY;LANGUAGE=en:Christmas\r\n  Day\\, shut",
            "DTSTART;VALUE=DATE:20261228\r\nDTEND;VALUE=DATE:20270101\r\nSUMMARY:Shut\r\nBEGIN:VALARM\r\nACTION:DISPLAY\r\nEND:VALARM",
            "DTSTART;VALUE=DATE:20201126\r\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH\r\nSUMMARY:Thanksgiving",
            "DTSTART;VALUE=DATE:20260525\r\nRRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO;COUNT=3\r\nSUMMARY:Memorial",
            "DTSTART;VALUE=DATE:20250101\r\nDURATION:P2D\r\nRRULE:FREQ=YEARLY;INTERVAL=2;UNTIL=20290101\r\nEXDATE;VALUE=DATE:20270101\r\nSUMMARY:Odd",
            "DTSTART;VALUE=DATE:20240229\r\nRRULE:FREQ=YEARLY;UNTIL=20330101T000000Z\r\nSUMMARY:Leap",
            "DTSTART;VALUE=DATE:20261231\r\nSTATUS:CANCELLED\r\nX-WHATEVER:1\r\nSUMMARY:Not",
        ]),
    )
    .unwrap();
    assert_eq!(years(&read, "Christmas Day, shut"), ["2026-12-25"]);
    assert_eq!(years(&read, "Shut"), ["2026-12-28", "2026-12-29", "2026-12-30", "2026-12-31"]);
    assert_eq!(years(&read, "Thanksgiving")[..3], ["2020-11-26", "2021-11-25", "2022-11-24"]);
    assert_eq!(years(&read, "Thanksgiving").len(), 181);
    assert_eq!(years(&read, "Memorial"), ["2026-05-25", "2027-05-31", "2028-05-29"]);
    assert_eq!(years(&read, "Odd"), ["2025-01-01", "2025-01-02", "2029-01-01", "2029-01-02"]);
    assert_eq!(years(&read, "Leap"), ["2024-02-29", "2028-02-29", "2032-02-29"]);
    assert_eq!(years(&read, "Not"), [] as [String; 0]);
    assert_eq!(read.spelled_until, Some(2032));
}

#[test]
fn what_is_not_understood_is_said_with_its_line() {
    let said = problems(&calendar(&[
        "DTSTART:20261225T000000Z",
        "DTSTART;VALUE=DATE:20261225\r\nRRULE:FREQ=MONTHLY",
        "DTSTART;VALUE=DATE:20261225\r\nRRULE:FREQ=YEARLY;BYEASTER=1",
        "DTSTART;VALUE=DATE:20261225\r\nRDATE;VALUE=DATE:20261227",
        "SUMMARY:No day",
        "DTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20261225",
        "DTSTART;VALUE=DATE:20261225\r\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH",
        "DTSTART;VALUE=DATE:20261301",
        "DTSTART;VALUE=DATE:20261225\r\nDURATION:PT24H",
        "DTSTART;VALUE=DATE:20261225\r\nRRULE:FREQ=YEARLY;BYDAY=20MO",
    ]));
    let at = |index: usize, line: usize, what: &str| {
        assert!(
            said[index].starts_with(&format!("us.ics:{line}:1: ")) && said[index].contains(what),
            "{}",
            said[index]
        );
    };
    at(0, 5, "is no whole day");
    at(1, 9, "`RRULE:FREQ=YEARLY`");
    at(2, 13, "`BYEASTER=1`");
    at(3, 17, "`RDATE` of an event is not understood");
    at(4, 19, "without `DTSTART`");
    at(5, 22, "ends before it has begun");
    at(6, 28, "does not fall on the event's own first day");
    at(7, 31, "is no whole day");
    at(8, 35, "no length in whole days");
    at(9, 39, "`BYDAY=20MO`");
    assert_eq!(said.len(), 11, "{said:#?}");
    assert!(said[10].contains("names no holiday"));
}

#[test]
fn files_that_are_no_calendar_or_cut_off() {
    assert!(problems("12-25: Christmas\n")[0].contains("BEGIN:VCALENDAR"));
    assert!(problems("")[0].contains("BEGIN:VCALENDAR"));
    let whole = calendar(&["DTSTART;VALUE=DATE:20261225"]);
    assert!(problems(whole.strip_suffix("END:VCALENDAR\r\n").unwrap())[0].contains("cut off"));
    assert!(problems(&whole.replace("VEVENT", "VTODO"))[0].contains("`VTODO` is no holiday"));
    assert!(problems(&whole.replace("END:VEVENT\r\n", ""))[0].contains("did not begin"));
    assert!(problems(&whole.replace("DTSTART;", "DT START;"))[0].contains("no line of an iCalendar"));
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "(BEGIN:VCALENDAR\n)?((BEGIN|END):(VEVENT|VCALENDAR)\n|DTSTART;VALUE=DATE:20[0-9]{6}\n|RRULE:FREQ=YEARLY;[A-Z]{2,7}=-?[0-9A-Z]{1,4}\n|[ -~é]{0,12}\n){0,12}") {
        let _ = read("x.ics", &text);
    }
}
