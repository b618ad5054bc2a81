//! Tests of what values mean: outcomes, times, changes, JSON; the traps that the notes on formats list.

use super::*;
use crate::event::{ActionClass, Change, Outcome};

#[test]
fn a_json_line_that_is_cut_or_doubles_a_key_is_rejected_and_the_rest_goes_in() {
    let text = concat!(
        "{\"time\":\"2026-01-01T00:00:00Z\",\"actor\":\"a\",\"action\":\"x\",\"more\":{\"deep\":{\"er\":[1,{\"b\":2}],\"nil\":null},\"n\":5,\"e\":{}}}\n",
        "{\"time\":\"2026-01-02T00:00:00Z\",\"actor\":\"a\",\"acti\n",
        "\n",
        "{\"time\":\"2026-01-03T00:00:00Z\",\"actor\":\"a\",\"action\":\"x\",\"action\":\"y\"}\n",
        "[1]\n",
        "{\"time\":\"2026-01-03T00:00:00Z\",\"actor\":\"a\"}\n",
        "{\"time\":1767484800000,\"actor\":\"a\",\"Action\":\"x\"}",
    );
    let mapping = mapping("times: [iso, epoch ms]\ncolumns: { time: time, actor: actor, action: action }\n");
    let (kept, _) = read_with(text.as_bytes(), &mapping).unwrap();
    assert_eq!(kept.events.len(), 2);
    let details: Vec<(&str, &str)> = kept.events[0].details.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    assert_eq!(details, [("more.deep.er", "[1,{\"b\":2}]"), ("more.e", "{}"), ("more.n", "5")]);
    let shown: Vec<(u64, &str)> = kept.rejected.iter().map(|row| (row.line, row.reason.as_str())).collect();
    assert!(shown[0].1.starts_with("not JSON: EOF"), "{shown:?}");
    assert!(shown[1].1.contains("`action` is there twice"), "{shown:?}");
    assert_eq!(shown[2], (5, "the row is JSON, but not an object"));
    assert_eq!(shown[3], (6, "nothing for `action` (looked for `action`); the row has: time, actor"));
    assert_eq!(kept.events[1].line, 7);
}

#[test]
fn impossible_times_reject_their_row_near_the_one_before() {
    let mapping = mapping("timezone: Europe/Berlin\ncolumns: { time: time, actor: actor, action: action }\n");
    let text = b"time,actor,action\n2026-03-29T01:59,a,x\n2026-03-29T02:30,a,x\n2026-02-30T02:30,a,x\n1970-01-01T00:00,a,x\n2026-03-30T00:00,a,\n";
    let (kept, _) = read_with(text, &mapping).unwrap();
    assert_eq!((kept.events.len(), kept.rejected.len()), (1, 4));
    assert!(kept.rejected[0].reason.contains("clocks were put forward"));
    assert_eq!(kept.rejected[2].around, Some(kept.events[0].time));
    assert_eq!(kept.rejected[3].reason, "the row has no action");
    assert_ne!(kept.rejected[3].around, Some(kept.events[0].time), "its own time could be read");
}

#[test]
fn the_same_person_in_two_casings_keeps_both_spellings() {
    let (kept, _) =
        simple_rows("time,actor,action\n2026-01-01T00:00Z,GradyA@x.com ,a\n2026-01-01T00:00Z,gradya@x.com,a\n");
    assert_eq!((kept.events[0].actor.as_str(), kept.events[1].actor.as_str()), ("GradyA@x.com", "gradya@x.com"));
    assert_eq!(crate::event::actor_key(&kept.events[0].actor), crate::event::actor_key(&kept.events[1].actor));
}

#[test]
fn an_outcome_comes_from_the_action_first() {
    let mapping = mapping(concat!(
        "columns: { time: CreationTime, actor: UserId, action: Operation, outcome: ResultStatus, origin: { ip: ClientIP } }\n",
        "actions: [ { is: UserLoginFailed, class: login, outcome: failure }, { prefix: UserLog, class: login }, { otherwise: other } ]\n",
        "outcomes: { success: [Success, Succeeded, \"True\"], partial: [PartiallySucceeded], failure: [Failed, Failure] }\n",
        "timezone: UTC\n",
    ));
    let text = concat!(
        "{\"CreationTime\":\"2026-01-01T00:00:00\",\"UserId\":\"a\",\"Operation\":\"UserLoginFailed\",\"ResultStatus\":\"Success\",\"ClientIP\":\"[2001:DB8::1]:443\"}\n",
        "{\"CreationTime\":\"2026-01-01T00:00:00\",\"UserId\":\"a\",\"Operation\":\"UserLoggedIn\",\"ResultStatus\":\"succeeded\"}\n",
        "{\"CreationTime\":\"2026-01-01T00:00:00\",\"UserId\":\"a\",\"Operation\":\"Set\",\"ResultStatus\":true}\n",
        "{\"CreationTime\":\"2026-01-01T00:00:00\",\"UserId\":\"a\",\"Operation\":\"Set\"}\n",
    );
    let (kept, _) = read_with(text.as_bytes(), &mapping).unwrap();
    let outcomes: Vec<Outcome> = kept.events.iter().map(|event| event.outcome).collect();
    assert_eq!(outcomes, [Outcome::Failure, Outcome::Success, Outcome::Success, Outcome::Unknown]);
    assert_eq!(kept.events[0].class, ActionClass::Login);
    assert_eq!(kept.events[0].details["ResultStatus"], "Success");
    assert_eq!(
        (kept.events[0].origin.ip.as_str(), kept.events[0].details["ClientIP"].as_str()),
        ("2001:db8::1", "[2001:DB8::1]:443")
    );
}

#[test]
fn rows_that_make_no_event_are_counted() {
    let mapping =
        mapping("columns: { time: time, actor: actor, action: action }\nskip: { Stage: [RequestReceived, Panic] }\n");
    let text = b"time,actor,action,stage\n2026-01-01T00:00Z,a,x,requestreceived\n2026-01-01T00:00Z,a,x,ResponseComplete\nbad,a,x,Panic\n";
    let (kept, summary) = read_with(text, &mapping).unwrap();
    assert_eq!((kept.events.len(), kept.rejected.len(), summary.no_event), (1, 0, 2));
    let Err(ReadError::Problems(problems)) = read_with(b"time,actor,action\n", &mapping) else { panic!() };
    assert!(problems[0].what.contains("`Stage`, which a condition looks at"));
}

#[test]
fn changes_come_from_columns_too() {
    let mapping = mapping(
        "columns: { time: time, actor: actor, action: action, changes: { field: Field, old: Old Value, new: New Value } }\n",
    );
    let text = b"time,actor,action,field,old_value,new_value\n2026-01-01T00:00Z,a,x,Stage,Open,Won\n2026-01-01T00:00Z,a,x,,Open,\n";
    let (kept, _) = read_with(text, &mapping).unwrap();
    let change = Change { field: "Stage".into(), old: Some("Open".into()), new: Some("Won".into()) };
    assert_eq!(kept.events[0].changes, [change]);
    assert_eq!((kept.events[1].changes.len(), kept.events[1].details["old_value"].as_str()), (0, "Open"));
}
