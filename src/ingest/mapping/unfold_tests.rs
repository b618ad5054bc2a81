//! Tests of unfolding.

use super::*;
use serde_json::json;

fn mapping(text: &str) -> Mapping {
    let rest =
        "name: t\ntitle: T\nrecords: { fields: [actor], actions: all }\ncolumns: { time: t, actor: a, action: b }\n";
    Mapping::load(&format!("{rest}{text}"), "t.yaml").unwrap()
}

fn one(mapping: &Mapping, record: Value) -> Value {
    match mapping.unfold(record) {
        Ok(Unfolded::One(row)) => row,
        Ok(_) => panic!("several"),
        Err(reason) => panic!("{reason}"),
    }
}

#[test]
fn json_in_a_cell_is_opened_and_cut_json_is_said() {
    let strict = mapping("unfold: [{ json: Data }]");
    assert_eq!(one(&strict, json!({"Data": "{\"a\":1}"})), json!({"Data": {"a": 1}}));
    assert_eq!(one(&strict, json!({"Data": ""})), json!({"Data": ""}));
    assert_eq!(one(&strict, json!({"x": 1})), json!({"x": 1}));
    let reason = strict.unfold(json!({"Data": "{\"a\":1"})).err().unwrap();
    assert!(reason.starts_with("`Data` is not whole JSON: EOF"), "{reason}");
    let lax = mapping("unfold: [{ json: Data, optional: true }]");
    assert_eq!(one(&lax, json!({"Data": "plain"})), json!({"Data": "plain"}));
}

#[test]
fn a_row_of_csv_in_a_message_gets_its_names() {
    let mapping = mapping("unfold: [{ csv: { column: message, prefix: \"AUDIT: \", names: [kind, sql], as: audit } }]");
    let row = one(&mapping, json!({"message": "AUDIT: SESSION,\"select \"\"a\"\", b\nfrom c\",more"}));
    assert_eq!(row["audit"], json!({"kind": "SESSION", "sql": "select \"a\", b\nfrom c", "column 3": "more"}));
    let other = json!({"message": "connection received"});
    assert_eq!(one(&mapping, other.clone()), other);
}

#[test]
fn one_record_of_several_events_makes_as_many_rows_that_can_be_read_alone() {
    let mapping = mapping(
        "unfold:\n- each: { list: events, as: event }\n- pairs: { list: event.parameters, name: name, value: [value, intValue], as: parameter }\n",
    );
    let record = json!({"id": 7, "events": [
        {"name": "A", "parameters": [{"name": "X", "value": "1"}, {"name": "Y", "intValue": "2"}]},
        {"name": "B"},
    ]});
    let Ok(Unfolded::Many(many)) = mapping.unfold(record) else { panic!() };
    let rows: Vec<&Value> = many.rows.iter().map(|(_, row)| row).collect();
    assert_eq!(rows[0]["parameter"], json!({"X": "1", "Y": "2"}));
    assert_eq!((&rows[0]["event"]["name"], &rows[0]["event_index"]), (&json!("A"), &json!(0)));
    assert_eq!(
        (&rows[1]["event"]["name"], &rows[1]["event_index"], &rows[1]["id"]),
        (&json!("B"), &json!(1), &json!(7))
    );
    let Ok(Unfolded::Many(again)) = mapping.unfold(many.alone(1)) else { panic!() };
    assert_eq!(again.rows, vec![many.rows[1].clone()]);
    assert!(matches!(mapping.unfold(json!({"id": 7, "events": []})), Ok(Unfolded::None)));
    assert!(matches!(mapping.unfold(json!({"id": 7})), Ok(Unfolded::None)));
}

#[test]
fn named_groups_and_envelopes_are_taken_out() {
    let said = mapping("unfold: [{ pattern: { column: d, match: '^from (?<old>.*) to (?<new>.*)$', as: said } }]");
    assert_eq!(one(&said, json!({"d": "from 1 to 2"}))["said"], json!({"old": "1", "new": "2"}));
    assert_eq!(one(&said, json!({"d": "else"})), json!({"d": "else"}));
    let inside = mapping("inside: [log]");
    assert_eq!(
        one(&inside, json!({"rule": "r", "name": "test", "log": {"name": "x"}})),
        json!({"name": "x", "rule": "r", "name (2)": "test"})
    );
    assert_eq!(one(&inside, json!({"name": "x"})), json!({"name": "x"}));
}

#[test]
fn paths_are_found_in_any_spelling_of_their_last_key() {
    let row = json!({"User Id": 1, "a.b": 2, "c": {"d": [5, {"e": 6}]}, "c.d": {"x": 1}});
    for (path, wanted) in [
        ("user_id", Some(json!(1))),
        ("a.b", Some(json!(2))),
        ("c.d.1.e", Some(json!(6))),
        ("c.d.7", None),
        ("c.d.x", Some(json!(1))),
        ("nothing", None),
        ("", None),
    ] {
        assert_eq!(find(&row, path).cloned(), wanted, "{path}");
        assert_eq!(find_mut(&mut row.clone(), path).cloned(), wanted, "{path}");
    }
}
