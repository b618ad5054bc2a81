//! Recognise: which of the mappings that ship reads a file, told from its first rows.

use super::mapping::{Mapping, Preset, presets};
use super::{Input, ReadError, read};
use crate::audit_log::Sink;
use crate::calendar::zone::ZoneRules;
use crate::event::{Event, Rejected};

/// Rows that are looked at.
const LOOK: u64 = 50;

/// How well a mapping reads the first rows.
#[derive(Default)]
struct Look {
    rows: u64,
    events: u64,
    /// Fields that the mapping filled, over all rows.
    filled: u64,
}

impl Look {
    fn row(&mut self) -> Result<(), String> {
        self.rows += 1;
        if self.rows < LOOK { Ok(()) } else { Err("enough".to_owned()) }
    }
}

impl Sink for Look {
    fn event(&mut self, event: Event) -> Result<(), String> {
        self.events += 1;
        let texts = [&event.actor, &event.module, &event.record, &event.record_name, &event.origin.ip];
        let more = [&event.origin.agent, &event.origin.channel];
        self.filled += texts.iter().chain(&more).filter(|text| !text.is_empty()).count() as u64;
        self.filled += u64::from(!event.changes.is_empty()) + u64::from(event.affected.is_some());
        self.row()
    }

    fn rejected(&mut self, _: Rejected) -> Result<(), String> {
        self.row()
    }

    fn no_event(&mut self) -> Result<(), String> {
        self.row()
    }
}

/// The preset that fits a file: it finds all columns that it needs and reads at least half of the first rows; of
/// several, the one that fills most fields. `None` if no preset does. [`read`] begins at the file's beginning again.
pub fn recognise(input: &mut dyn Input, file: &str, rules: &ZoneRules) -> Option<&'static Preset> {
    let mut best: Option<(u64, &Preset)> = None;
    for preset in presets() {
        let Ok(mapping) = Mapping::load(preset.text, preset.file) else { continue };
        let mut look = Look::default();
        let fits = match read(input, file, &mapping, rules, &mut look, &mut |_| {}) {
            Ok(_) => true,
            Err(ReadError::Log(_)) => look.rows == LOOK,
            Err(_) => false,
        };
        if fits && look.events > 0 && look.events * 2 >= look.rows && best.is_none_or(|(most, _)| look.filled > most) {
            best = Some((look.filled, preset));
        }
    }
    best.map(|(_, preset)| preset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn of(text: &str) -> Option<&'static str> {
        recognise(&mut Cursor::new(text), "x", &ZoneRules::bundled()).map(|preset| preset.name)
    }

    #[test]
    fn presets_are_told_from_the_header() {
        let audit = "Audited Time,Done By,Action,Module,Record Id,Record Name,Details,Source\n\
            2026-11-22T14:03:22+01:00,a@x,Added,Leads,1,A,,Web\n";
        assert_eq!(of(audit), Some("zoho-crm"));
        let logins = "Login Time,User,IP Address,Browser,Status,Login Type\n\
            2026-11-22T14:03:22+01:00,a@x,10.0.0.1,Firefox,Success,Web\n";
        assert_eq!(of(logins), Some("zoho-logins"));
        let history = "number,incident_state,sys_mod_count,sys_updated_by,sys_updated_at\nI1,New,0,a,1/3/2016 10:00\n";
        assert_eq!(of(history), Some("servicenow-history"));
        let changes =
            r#"{"time":"2016-03-01T10:00:00","actor":"a","action":"x","object_type":"i","object_id":"1","changes":{}}"#;
        assert_eq!(of(changes), Some("servicenow-changes"));
        assert_eq!(of("when,who,what\n2026-01-01T00:00Z,a,b\n"), None);
        assert_eq!(of(""), None);
        assert_eq!(of(&audit.replace("2026-11-22T14:03:22+01:00", "yesterday")), None);
    }
}
