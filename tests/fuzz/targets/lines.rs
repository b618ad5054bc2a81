//! Lines: any bytes as syslog (RFC 5424), CEF, auditd, and lines that are split or matched.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reading::ingest::Mapping;
use reading::ingest::mapping::Shape;
use reading::{chosen, through, world};
use std::sync::OnceLock;

fuzz_target!(|bytes: &[u8]| {
    static MAPPINGS: OnceLock<Vec<Mapping>> = OnceLock::new();
    let mappings = MAPPINGS.get_or_init(|| {
        let rest = "name: t\ntitle: T\nformat: text\ntimes: [iso, epoch s]\nrecords: { fields: [actor], actions: all }\n";
        let kinds = [
            "line: { split: \"|\", names: [a, b, c] }\ncolumns: { time: a, actor: b, action: c }\n",
            "line: { pattern: '^(?<a>\\S+) (?<b>\\S*) ?(?<c>.*)$' }\nunfold: [{ csv: { column: c, as: d } }, { json: b, optional: true }]\ncolumns: { time: a, actor: b, action: { column: [\"d.column 1\", c], const: x } }\n",
            "line: rfc5424\ncolumns: { time: timestamp, actor: { column: app, const: x }, action: { column: message_id, const: x } }\n",
            "line: cef\ncolumns: { time: ext.rt, actor: { column: ext.suser, const: x }, action: name }\n",
            "line: auditd\ncolumns: { time: time, actor: { column: data.auid, const: x }, action: types }\n",
        ];
        let own = kinds.iter().map(|kind| Mapping::load(&format!("{rest}{kind}"), "t.yaml").expect("it is right"));
        let text = world().mappings.iter().filter(|mapping| mapping.shape == Some(Shape::Text)).cloned();
        own.chain(text).collect()
    });
    if let Some((mapping, rest)) = chosen(bytes, mappings) {
        through(rest, &mapping);
    }
});
