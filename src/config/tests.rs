//! Tests of settings: defaults without a file, every setting, every mistake, passwords only from where they are safe.

use super::*;
use chrono::NaiveDate;
use std::time::Duration;

fn parse(text: &str) -> Result<Config, Vec<String>> {
    Config::parse(FILE, text, &|_| ZoneRules::bundled()).map_err(|problems| {
        problems.iter().map(|problem| problem.to_string().replacen("quarterday.yaml:", "", 1)).collect()
    })
}

const FULL: &str = r#"
organisation: Example GmbH
timezone: Europe/Berlin
zone_rules: bundled
mail:
  smtp: { host: smtp.example.com, user: reports, password_env: SMTP_PASSWORD, timeout: 2m, tls: starttls }
  from: Audit reports <reports@example.com>
  max_size: 25 MB
allowed_domains: [example.com, "@Example.org"]
people: people.csv
working_hours:
  default: { days: mon-fri, hours: "08:00-18:00" }
  teams:
    Support: { monday: "06:00-22:00", saturday: "08:00-24:00", sunday: off, timezone: Asia/Kolkata }
  holidays: { 2026-12-25: Christmas Day, 2026-12-26: Boxing Day }
  exempt_kinds: [system]
sources:
  zoho-crm: { title: Zoho CRM, rhythm: every working day, retention_days: 1095 }
  okta: { rhythm: every 6 hours }
log: var/other.db
theme: theme.yaml
"#;

#[test]
fn without_a_file_there_are_defaults() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path());
    let config = load(&home).unwrap();
    assert_eq!(config, Config::default());
    assert_eq!(config.mail.by, MailBy::Folder("var/mail".into()));
    assert!(config.working_hours.exempt_kinds.contains("service"));
    assert_eq!(parse("# nothing yet\n").unwrap(), Config::default());
    assert!(matches!(load(&Home::new(&folder.path().join("none"))), Err(ConfigError::NoHome(_))));
}

#[test]
fn every_setting_is_read() {
    let config = parse(FULL).unwrap();
    assert_eq!(config.organisation, "Example GmbH");
    assert_eq!(config.timezone.as_ref().unwrap().name(), "Europe/Berlin");
    assert_eq!(config.zone_rules, RulesFrom::Bundled);
    assert_eq!((config.mail.from.as_str(), config.mail.from_name.as_str()), ("reports@example.com", "Audit reports"));
    assert_eq!(config.mail.max_size, 25_000_000);
    let MailBy::Smtp(smtp) = &config.mail.by else { panic!("{:?}", config.mail.by) };
    assert_eq!((smtp.port, smtp.tls, smtp.timeout), (587, Tls::StartTls, Duration::from_secs(120)));
    assert_eq!(smtp.login, Some(("reports".into(), Password::Environment("SMTP_PASSWORD".into()))));
    assert_eq!(config.allowed_domains, ["example.com", "example.org"]);
    let support = config.working_hours.profile(Some("Support"));
    assert_eq!(support.week[0], Some((360, 1320)));
    assert_eq!((support.week[1], support.week[5], support.week[6]), (None, Some((480, 1440)), None));
    assert_eq!(support.timezone.as_deref(), Some("Asia/Kolkata"));
    assert_eq!(config.working_hours.default.week[4], Some((480, 1080)));
    let christmas: NaiveDate = "2026-12-25".parse().unwrap();
    assert_eq!(config.working_hours.holidays[&christmas], "Christmas Day");
    assert_eq!(config.working_hours.exempt_kinds.len(), 1);
    assert_eq!(config.sources["zoho-crm"].rhythm, Some(Rhythm::EveryWorkingDay));
    assert_eq!(config.sources["okta"], SourceSettings { rhythm: Some(Rhythm::EveryHours(6)), ..Default::default() });
    assert_eq!((config.log, config.ledger), ("var/other.db".into(), "var/ledger.db".into()));
}

#[test]
fn every_mistake_is_said_at_once() {
    let found = parse(
        "organization: X\ntimezone: Europe/Berln\nmail: { smtp: { host: \"a b\", port: 70000, user: u } }\n\
         allowed_domains: [example]\nworking_hours:\n  default: { days: mon-fry, hours: \"18:00-08:00\" }\n\
         \x20 teams: { A: { monday: 8-18 } }\n  holidays: [2026-02-30]\n  exempt_kinds: robot\n\
         sources: { Zoho CRM: { rhythm: sometimes, retention: 5 } }\nzone_rules: mine\n",
    )
    .unwrap_err();
    assert_eq!(
        found,
        [
            "1:1: unknown key `organization`. Did you mean `organisation`?",
            "2:11: unknown time zone `Europe/Berln`. Did you mean `Europe/Berlin`?",
            "3:7: `from` is missing in `mail`. Add `from: reports@example.com`: servers refuse mail from nowhere",
            "3:15: `user` has no password. Add `password_env: NAME` or `password_file: PATH`",
            "3:23: `host` must be a server's name as in `smtp.example.com`, not the text `a b`",
            "3:36: `port` must be a whole number from 1 to 65535, not `70000`",
            "4:19: `allowed_domains` must be a domain as in `example.com`, not the text `example`",
            "6:20: `days` must be weekdays as in `mon-fri` or `saturday`, not the text `mon-fry`",
            "6:36: `18:00-08:00` ends before it begins. Hours are within one day: the night after a late shift is outside working hours, or `00:00-24:00`",
            "7:25: `monday` must be hours of a day as in \"08:00-18:00\", not the text `8-18`",
            "8:14: `holidays` must be a day, with a name behind it, as in `2026-12-25 Christmas Day`, not the text `2026-02-30`",
            "9:17: unknown kind of actor `robot`. Known here: `person`, `service`, `system`",
            "10:12: `Zoho CRM` cannot be a source's name. Use small letters, digits, `-` and `_`, as in `zoho-crm`",
            "10:32: `rhythm` must be `every day`, `every working day` or `every 6 hours`, not the text `sometimes`",
            "10:43: unknown key `retention` in `Zoho CRM`. Did you mean `retention_days`?",
            "11:13: unknown `zone_rules` `mine`. Known here: `system`, `bundled`",
        ]
    );
}

#[test]
fn a_password_is_never_written_nor_sent_in_the_clear_by_oversight() {
    let one = |smtp: &str| {
        let found = parse(&format!("mail: {{ from: a@b.de, smtp: {{ host: h, {smtp} }} }}")).unwrap_err();
        assert_eq!(found.len(), 1, "{found:?}");
        found[0].clone()
    };
    let written = one("user: u, password: hunter2");
    assert!(written.contains("does not belong into the settings") && !written.contains("hunter2"), "{written}");
    assert!(one("tls: none, user: u, password_env: P").contains("in the clear"));
    assert!(one("password_env: P").contains("no `user`"));
    assert!(one("user: u, password_env: P, password_file: p").contains("both say where"));
    assert!(
        parse("mail: { from: a@b.de, smtp: { host: h, tls: \"none, password in clear\", user: u, password_env: P } }")
            .is_ok()
    );
}

#[test]
fn holidays_come_from_a_file_too() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::new(folder.path());
    std::fs::write(home.settings(), "working_hours: { holidays: { file: days.csv } }\n").unwrap();
    assert!(matches!(load(&home), Err(ConfigError::Unreadable { .. })));
    std::fs::write(
        folder.path().join("days.csv"),
        "date,name\n# fixed\n2026-12-25,Christmas Day\n2026-01-01 New Year\n",
    )
    .unwrap();
    let config = load(&home).unwrap();
    let names: Vec<&str> = config.working_hours.holidays.values().map(String::as_str).collect();
    assert_eq!(names, ["New Year", "Christmas Day"]);
    std::fs::write(folder.path().join("days.csv"), "2026-12-25,Christmas Day\nEaster\n2026-13-01\n").unwrap();
    let Err(ConfigError::Problems(problems)) = load(&home) else { panic!("accepted") };
    assert_eq!(problems.iter().map(|problem| problem.line).collect::<Vec<_>>(), [2, 3]);
    assert!(problems[0].to_string().starts_with("days.csv:2:1: `Easter` is not a holiday"));
}

#[cfg(unix)]
#[test]
fn a_password_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secret");
    let at = Password::File("secret".into());
    assert!(matches!(password(&at, folder.path()), Err(PasswordError::Unreadable { .. })));
    let write = |text: &str, mode: u32| {
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    write("hunter2\n", 0o640);
    let refused = password(&at, folder.path()).unwrap_err();
    assert!(matches!(refused, PasswordError::Open { mode: 0o640, .. }) && !refused.to_string().contains("hunter2"));
    write("hunter2\n", 0o600);
    assert_eq!(password(&at, folder.path()).unwrap(), "hunter2");
    for wrong in ["", "\n", "two\nlines\n", &"x".repeat(5000)] {
        write(wrong, 0o400 | 0o200);
        assert!(matches!(password(&at, folder.path()), Err(PasswordError::NoPassword(_))), "{wrong:.10}");
    }
    let unset = Password::Environment("QUARTERDAY_TEST_THAT_NOBODY_SETS".into());
    assert!(matches!(password(&unset, folder.path()), Err(PasswordError::NotSet(_))));
}
