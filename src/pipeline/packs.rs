//! Packs: definitions for what a standard asks, with the control that each is for. They ship inside the program and are
//! inert until one is chosen: `init --pack` writes its definitions into an installation.

use super::Failure;
use crate::calendar::zone::ZoneRules;
use crate::config::Config;
use crate::definition::{Definition, Mailing, SectionKind};
use crate::written::{Reader, Tree};

/// A pack as it lies in `schedules/packs/`: its name, `pack.yaml`, and its definitions by file stem.
struct Shipped {
    name: &'static str,
    about: &'static str,
    definitions: &'static [(&'static str, &'static str)],
}

/// A pack of one definition.
macro_rules! pack {
    ($name:literal, $stem:literal) => {
        Shipped {
            name: $name,
            about: include_str!(concat!("../../schedules/packs/", $name, "/pack.yaml")),
            definitions: &[($stem, include_str!(concat!("../../schedules/packs/", $name, "/", $stem, ".yaml")))],
        }
    };
}

const SHIPPED: [Shipped; 9] = [
    pack!("crm-hygiene", "crm-hygiene-weekly"),
    pack!("pci-dss", "pci-dss-daily-review"),
    pack!("soc2", "soc2-weekly-monitoring"),
    pack!("iso-27001", "iso-27001-monthly-review"),
    pack!("hipaa", "hipaa-weekly-activity-review"),
    pack!("nist-800-53", "nist-au-6-weekly-review"),
    pack!("sox-itgc", "sox-itgc-quarterly"),
    pack!("gdpr", "gdpr-quarterly-review"),
    pack!("cis", "cis-weekly-log-review"),
];

/// Section of a pack's definition that says what the report shows, and what it does not.
const SCOPE: &str = "scope";

/// What stands in a pack's definitions until somebody says who they are for, and in which zone.
const OWNER: &str = "owner@example.com";
const ZONE: &str = "timezone: UTC";
const TO: &str = "{ to: owner,";

/// A pack, as meant.
#[derive(Clone, Debug)]
pub struct Pack {
    /// What it is chosen by.
    pub name: String,
    /// Heading.
    pub title: String,
    /// The control that it is for, by number.
    pub control: String,
    /// What that control asks, in our words.
    pub asks: String,
    /// The sources it needs, and what “not recorded” means where they lack something.
    pub needs: Vec<String>,
    /// Its definitions.
    pub definitions: Vec<PackDefinition>,
}

/// A definition of a pack, as it ships.
#[derive(Clone, Debug)]
pub struct PackDefinition {
    /// As meant.
    pub definition: Definition,
    /// As written, with its placeholders.
    pub text: &'static str,
}

impl PackDefinition {
    /// What the report says of what it shows and does not show; empty if it does not.
    pub fn scope(&self) -> &str {
        let scope = self.definition.sections.iter().find(|section| section.id == SCOPE);
        match scope.map(|section| &section.kind) {
            Some(SectionKind::Text { text }) => text,
            _ => "",
        }
    }
}

/// What is filled in for a pack's placeholders. What is not given stays as it ships.
#[derive(Clone, Debug, Default)]
pub struct Filling {
    /// Who answers for the reports.
    pub owner: Option<String>,
    /// Who gets them; the owner if there are none.
    pub to: Vec<String>,
    /// The zone of their schedule; the installation's if not given.
    pub timezone: Option<String>,
}

/// All packs that ship.
///
/// # Errors
/// Problems in a pack: a fault of this program, which its tests rule out.
pub fn packs(rules: &ZoneRules) -> Result<Vec<Pack>, Failure> {
    SHIPPED.iter().map(|shipped| read(shipped, rules)).collect()
}

/// A pack by its name.
///
/// # Errors
/// There is none of this name.
pub fn named(name: &str, rules: &ZoneRules) -> Result<Pack, Failure> {
    let Some(shipped) = SHIPPED.iter().find(|shipped| shipped.name == name) else {
        let near = crate::written::nearest(name, SHIPPED.iter().map(|shipped| shipped.name));
        let near = near
            .map_or_else(|| "`quarterday pack list` shows them".to_owned(), |near| format!("did you mean `{near}`?"));
        return Err(Failure::Asked(format!("no pack `{name}` ships: {near}")));
    };
    read(shipped, rules)
}

fn read(shipped: &Shipped, rules: &ZoneRules) -> Result<Pack, Failure> {
    let file = format!("packs/{}/pack.yaml", shipped.name);
    let tree = Tree::parse(&file, shipped.about);
    let reader = Reader::new(&tree);
    let pack = reader.root_fields(&["title", "control", "asks", "needs"]).and_then(|top| {
        let text = |key| top.need_text(key).map(|text| text.trim().to_owned());
        Some(Pack {
            name: shipped.name.to_owned(),
            title: text("title")?,
            control: text("control")?,
            asks: text("asks")?,
            needs: top.texts("needs").into_iter().map(str::to_owned).collect(),
            definitions: Vec::new(),
        })
    });
    let mut pack = reader.finish(pack).map_err(Failure::Problems)?;
    for (stem, text) in shipped.definitions {
        let file = format!("packs/{}/{stem}.yaml", shipped.name);
        let definition = Definition::read(stem, &file, text, rules).map_err(Failure::Problems)?;
        pack.definitions.push(PackDefinition { definition, text });
    }
    Ok(pack)
}

/// The files of a pack, filled in, by their path in the installation; each is checked as the installation will read it.
///
/// # Errors
/// An address or zone that is none; what the installation does not allow.
pub fn files(
    config: &Config,
    rules: &ZoneRules,
    pack: &Pack,
    filling: &Filling,
) -> Result<Vec<(String, String)>, Failure> {
    for address in filling.owner.iter().chain(&filling.to) {
        if !crate::definition::is_address(address) {
            return Err(Failure::Asked(format!("`{address}` is no e-mail address; write one as name@example.com")));
        }
    }
    let zone = filling.timezone.as_deref().unwrap_or(&config.timezone_name);
    if rules.zone(zone).is_none() {
        return Err(Failure::Asked(format!("`{zone}` is no time zone; write one as Europe/Berlin")));
    }
    let mut files = Vec::new();
    for one in &pack.definitions {
        let stem = &one.definition.stem;
        let file = format!("schedules/{stem}.yaml");
        let text = filled(one.text, filling, zone);
        let mailing = Mailing { domains: &config.allowed_domains, groups: Some(&config.groups), house: None };
        Definition::read_within(stem, &file, &text, rules, mailing, None).map_err(Failure::Problems)?;
        files.push((file, text));
    }
    Ok(files)
}

/// A pack's definition with owner, recipients and zone in their places.
fn filled(text: &str, filling: &Filling, zone: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let line = line.replace(ZONE, &format!("timezone: {}", scalar(zone)));
        let line = match &filling.owner {
            Some(owner) if line.starts_with("owner:") => line.replace(OWNER, &scalar(owner)),
            _ => line,
        };
        if line.contains(TO) && !filling.to.is_empty() {
            for to in &filling.to {
                out.push_str(&line.replace(TO, &format!("{{ to: {},", scalar(to))));
                out.push('\n');
            }
        } else {
            out.push_str(&line);
            out.push('\n');
        }
    }
    out
}

/// A text as a value in YAML: plain where nothing in it means something else, or in quotes as JSON writes it, which is YAML.
fn scalar(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "@._-+/".contains(c))
        && text != "owner";
    if plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

#[cfg(test)]
mod tests {
    //! Tests of packs: each names its control by number, says what it does not show, and is filled in at every place.

    use super::*;

    #[test]
    fn each_pack_names_its_control_on_the_report_and_says_what_it_does_not_show() {
        let numbers: [(&str, &[&str]); 9] = [
            ("crm-hygiene", &[]),
            ("pci-dss", &["PCI DSS 4.0.1", "10.4.1"]),
            ("soc2", &["SOC 2", "CC7.2", "CC7.3"]),
            ("iso-27001", &["27001:2022", "8.15", "8.16"]),
            ("hipaa", &["45 CFR 164.308(a)(1)(ii)(D)"]),
            ("nist-800-53", &["NIST SP 800-53 Rev. 5", "AU-6"]),
            ("sox-itgc", &["Section 404"]),
            ("gdpr", &["GDPR", "Articles 30 and 32"]),
            ("cis", &["CIS Controls v8.1", "8.11"]),
        ];
        let packs = packs(&ZoneRules::bundled()).unwrap();
        assert_eq!(packs.len(), numbers.len());
        for (pack, (name, numbers)) in packs.iter().zip(numbers) {
            assert_eq!(pack.name, name);
            assert!(pack.asks.len() > 60 && pack.needs.len() >= 3, "{name}");
            let recorded = pack.needs.iter().any(|need| need.contains("“not recorded"));
            assert!(recorded, "{name} does not say what “not recorded” means");
            for one in &pack.definitions {
                let definition = &one.definition;
                for number in numbers {
                    assert!(pack.control.contains(number), "{name}: {number} is not in `control`");
                    assert!(definition.purpose.contains(number), "{name}: {number} is not in `purpose`");
                }
                for words in ["“not recorded”", "no register of", "no recorded sign-off yet", "sign below"] {
                    assert!(one.scope().to_lowercase().contains(words), "{name} does not say: {words}");
                }
                let verdict = ["no verdict", "not a verdict", "no conclusion"];
                assert!(verdict.iter().any(|words| one.scope().contains(words)), "{name} may pass for a verdict");
                assert!(definition.sections.iter().any(|section| matches!(section.kind, SectionKind::Sign { .. })));
                assert!(!definition.thresholds.is_empty(), "{name} lays no line");
            }
        }
    }

    #[test]
    fn every_placeholder_is_filled_in() {
        let rules = ZoneRules::bundled();
        let to = vec!["o'neil@corp.test".to_owned(), "1st@corp.test".to_owned()];
        let filling = Filling { owner: Some("ana@corp.test".to_owned()), to: to.clone(), timezone: None };
        for pack in packs(&rules).unwrap() {
            for one in &pack.definitions {
                let text = filled(one.text, &filling, "Asia/Tokyo");
                let read = Definition::read("x", "x.yaml", &text, &rules).unwrap();
                assert_eq!((read.owner.as_str(), read.schedule.zone.name()), ("ana@corp.test", "Asia/Tokyo"));
                assert_eq!(read.recipients.iter().map(|one| one.to.clone()).collect::<Vec<_>>(), to);
                assert!(!text.contains("example.com"), "{text}");
                // Without anything to fill in, it is what ships.
                assert_eq!(filled(one.text, &Filling::default(), "UTC"), one.text);
            }
        }
    }
}
