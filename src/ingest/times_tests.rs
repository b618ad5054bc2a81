//! Tests of times: the shapes that the notes on formats list, and the ones that must be refused.

use super::*;
use proptest::prelude::*;

fn times(formats: &[&str], zone: Option<&str>) -> Times {
    let formats: Vec<TimeFormat> = formats.iter().map(|text| TimeFormat::parse(text).unwrap()).collect();
    Times::new(&formats, zone, &ZoneRules::bundled()).unwrap()
}

fn utc(text: &str, formats: &[&str], zone: Option<&str>) -> String {
    match times(formats, zone).read(text) {
        Ok(at) => chrono::DateTime::from_timestamp_millis(at).unwrap().format("%Y-%m-%dT%H:%M:%S%.3f").to_string(),
        Err(reason) => reason,
    }
}

#[test]
fn the_shapes_of_real_sources_are_read() {
    let zoned = Some("Europe/Berlin");
    for (text, format, wanted) in [
        ("2026-11-22T14:03:22+01:00", "iso", "2026-11-22T13:03:22.000"),
        ("2026-01-24T06:54:24.0000000Z ", "iso", "2026-01-24T06:54:24.000"),
        ("2025-10-02T19:29:01.000+0000", "iso", "2025-10-02T19:29:01.000"),
        ("2026-11-23 00:40:20.088 UTC", "iso", "2026-11-23T00:40:20.088"),
        ("2026-10-05 08:10:00.000 CEST", "iso", "2026-10-05T06:10:00.000"),
        ("2026-11-05 08:10:00 NZDT", "iso", "2026-11-04T19:10:00.000"),
        ("2026-09-27 14:03", "iso", "2026-09-27T12:03:00.000"),
        ("2026-12-27T14:03:05", "iso", "2026-12-27T13:03:05.000"),
        ("2016-12-31T23:59:60Z", "iso", "2017-01-01T00:00:00.000"),
        ("2021-03-06T04:07:38.251122123+05:30", "iso", "2021-03-05T22:37:38.251"),
        ("29/2/2016 01:16", "%d/%m/%Y %H:%M", "2016-02-29T00:16:00.000"),
        ("9/10/2026, 4:21:14 AM PDT", "%m/%d/%Y, %I:%M:%S %p %Z", "2026-09-10T11:21:14.000"),
        ("4/19/2021 8:45:34\u{202f}PM", "%m/%d/%Y %I:%M:%S %p", "2021-04-19T18:45:34.000"),
        ("12/1/2021 12:00:00 am", "%m/%d/%Y %I:%M:%S %p", "2021-11-30T23:00:00.000"),
        ("Sep 27, 2026 02:03 PM", "%b %d, %Y %I:%M %p", "2026-09-27T12:03:00.000"),
        ("20231218054831.655", "%Y%m%d%H%M%S%.f", "2023-12-18T04:48:31.655"),
        ("10/Oct/2020:13:55:36 -0700", "%d/%b/%Y:%H:%M:%S %z", "2020-10-10T20:55:36.000"),
        ("2026-07-01", "%Y-%m-%d", "2026-06-30T22:00:00.000"),
        ("1685465626150", "epoch ms", "2023-05-30T16:53:46.150"),
        ("1481076992.488", "epoch s", "2016-12-07T02:16:32.488"),
        ("1481076992488123456", "epoch ns", "2016-12-07T02:16:32.488"),
    ] {
        assert_eq!(utc(text, &[format], zoned), wanted, "{text} as {format}");
    }
}

#[test]
fn offsets_change_with_dst_and_are_believed() {
    let times = times(&["iso"], None);
    let before = times.read("2026-10-25T02:30:00+02:00").unwrap();
    let after = times.read("2026-10-25T02:30:00+01:00").unwrap();
    assert_eq!(after - before, 3_600_000);
}

#[test]
fn what_cannot_be_is_refused_with_its_reason() {
    let zoned = Some("Europe/Berlin");
    // Dublin, London, Dhaka; India, Ireland, Israel.
    for zone in ["BST", "IST"] {
        let reason = utc(&format!("2026-07-01 08:00:00 {zone}"), &["iso"], zoned);
        assert!(reason.contains("in none of the mapping's formats"), "{reason}");
    }
    assert_eq!(
        utc("2026-03-29T02:30:00", &["iso"], zoned),
        "the time `2026-03-29T02:30:00` did not exist in Europe/Berlin: clocks were put forward over it"
    );
    assert_eq!(utc("2026-10-25T02:30:00", &["iso"], zoned), "2026-10-25T00:30:00.000");
    assert_eq!(
        utc("2026-11-22 14:03", &["iso"], None),
        "the time `2026-11-22 14:03` has no offset, and the mapping names no `timezone`"
    );
    assert_eq!(
        utc("30/2/2016 01:16", &["iso", "%d/%m/%Y %H:%M"], zoned),
        "the time `30/2/2016 01:16` is in none of the mapping's formats (iso, %d/%m/%Y %H:%M)"
    );
    for text in ["1970-01-01T00:00:00Z", "1989-12-31T23:59:59Z", "2200-01-01T00:00:00Z", "9999-12-31T00:00:00Z"] {
        assert!(utc(text, &["iso"], zoned).ends_with("is not between 1990 and 2199"), "{text}");
    }
    for text in
        ["", "2026-11-22", "2026-11-22T25:00:00Z", "2026-11-22T14:03:22+1", "9/10/2026 IST", "２０２６-11-22T00:00"]
    {
        assert!(times(&["iso", "%m/%d/%Y %Z"], zoned).read(text).is_err(), "{text}");
    }
    assert!(TimeFormat::parse("%d/%m/%Y %Q").is_err());
    assert!(TimeFormat::parse("%H:%M").is_err());
    assert!(TimeFormat::parse("isoo").is_err());
}

proptest! {
    #[test]
    fn no_text_panics(text in "\\PC{0,40}", digits in "[0-9:/. TZ+-]{0,30}") {
        let times = times(&["iso", "epoch s", "epoch ns", "%d/%m/%Y %H:%M", "%b %d, %Y %I:%M %p %Z", "%Y%m%d%H%M%S%.f"], Some("America/New_York"));
        let _ = times.read(&text);
        let _ = times.read(&digits);
    }

    #[test]
    fn what_iso_writes_is_read_back(at in 631_152_000_000i64..7_258_118_400_000i64) {
        let text = chrono::DateTime::from_timestamp_millis(at).unwrap().to_rfc3339();
        prop_assert_eq!(times(&["iso"], None).read(&text), Ok(at));
    }
}
