//! Tests of mail as written: what a server needs, what contradicts, and that nothing goes in the clear by oversight.

use super::*;
use crate::config::Config;

fn smtp(written: &str) -> SmtpWritten {
    match Config::read(&format!("mail: {{ from: a@b.example, smtp: {{ {written} }} }}"), "q.yaml").unwrap().mail.channel
    {
        ChannelSettings::Smtp(smtp) => smtp,
        other => panic!("{other:?}"),
    }
}

fn problems(mail: &str) -> Vec<String> {
    let text = format!("mail: {mail}");
    Config::read(&text, "q.yaml").err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

#[test]
fn protection_is_implicit_unless_another_is_written_literally() {
    let plain = smtp("host: mail.example.com");
    let expected = SmtpWritten {
        host: "mail.example.com".to_owned(),
        port: 465,
        tls: TlsWritten::Implicit,
        allow_clear_password: false,
        login: None,
        hello_name: None,
        timeout: None,
        ca_file: None,
    };
    assert_eq!(plain, expected);
    assert_eq!(smtp("host: m, tls: starttls").port, 587);
    assert_eq!(smtp("host: m, port: 2465, tls: implicit").port, 2465);
    let none = smtp("host: \"::1\", tls: none");
    assert_eq!((none.host.as_str(), none.port, none.tls), ("::1", 25, TlsWritten::None));
}

#[test]
fn everything_of_a_server_is_read() {
    let all = smtp(
        "host: m.example, port: 587, tls: starttls, user: x, password_env: Q_PASSWORD, timeout: 2 min, ca_file: own.pem, \
         hello_name: q.example",
    );
    assert_eq!(all.login, Some(("x".to_owned(), SecretFrom::Env("Q_PASSWORD".to_owned()))));
    assert_eq!((all.timeout, all.ca_file.as_deref()), (Some(Duration::from_secs(120)), Some("own.pem")));
    assert_eq!(all.hello_name.as_deref(), Some("q.example"));
    let clear = smtp("host: m, tls: none, user: x, password_file: secret, allow_clear_password: yes");
    assert_eq!(clear.login, Some(("x".to_owned(), SecretFrom::File("secret".to_owned()))));
    assert!(clear.allow_clear_password);
}

#[test]
fn what_is_wrong_is_said() {
    for (written, said) in [
        ("port: 465", "`host` is missing in `smtp`. Add `host: …` here"),
        ("host: m, port: 0", "`port` must be a whole number from 1 to 65535, not `0`"),
        (
            "host: m, port: 587",
            "`tls` is missing in `smtp`: port 587 does not say how the connection is protected. Add `tls: starttls`, \
             `implicit` or `none`",
        ),
        ("host: m, tls: no", "unknown protection `no`. Known here: `implicit`, `starttls`, `none`"),
        (
            "host: m, tls: none, user: x, password_env: X",
            "with `tls: none` the password of `user` would be sent for everybody to read. Use `tls: implicit` or \
             `starttls`; or say `allow_clear_password: yes`",
        ),
        (
            "host: m, tls: none, user: x, password_env: X, allow_clear_password: no",
            "with `tls: none` the password of `user` would be sent for everybody to read. Use `tls: implicit` or \
             `starttls`; or say `allow_clear_password: yes`",
        ),
        (
            "host: m, user: x, password_env: X, allow_clear_password: yes",
            "`allow_clear_password` is only for `tls: none` with a `user`. Remove it",
        ),
        (
            "host: m, user: x, password_env: X, allow_clear_password: perhaps",
            "`allow_clear_password` must be `yes` or `no`, not the text `perhaps`",
        ),
        ("host: m, user: x", "the password of `user` is not said. Add `password_file: PATH` or `password_env: NAME`"),
        ("host: m, password_file: x", "`password_file` without `user`. Add `user: NAME`"),
        (
            "host: m, user: x, password_env: X, password_file: x",
            "`password_env` and `password_file` contradict each other. Keep one of the two",
        ),
        ("host: m, tls: none, ca_file: x", "`ca_file` and `tls: none` contradict each other. Keep one of the two"),
        ("host: \"m.example:587\"", "`m.example:587` holds a port. Write `host: m.example` and `port: 587`"),
        ("host: \"smtp://m\"", "`smtp://m` is no name of a machine. Write `host` as in `mail.example.com`"),
        ("host: m, timeout: 60", "`timeout` must be a time from 1 second to 1 hour, as in `60s`, not `60`"),
        ("host: m, timeout: 2h", "`timeout` must be a time from 1 second to 1 hour, as in `60s`, not the text `2h`"),
        ("host: m, pasword_file: x", "unknown key `pasword_file` in `smtp`. Did you mean `password_file`?"),
    ] {
        let shown = problems(&format!("{{ from: a@b.example, smtp: {{ {written} }} }}"));
        assert_eq!(shown.len(), 1, "{written}: {shown:#?}");
        assert!(shown[0].ends_with(&format!(": {said}")) && shown[0].starts_with("q.yaml:1:"), "{written}: {shown:?}");
    }
}

#[test]
fn a_password_in_the_settings_is_refused_and_not_repeated() {
    let written = "{ from: a@b.example, smtp: { host: m, user: x, password: hunter2 } }";
    let shown = problems(written);
    assert_eq!(
        shown,
        [
            "q.yaml:1:64: a password does not belong into this file. Put it into a file that only its owner reads and name \
          that: `password_file: PATH`; or `password_env: NAME`"
        ]
    );
    let mistaken = problems("{ from: a@b.example, smtp: { host: m, user: x, password_env: \"hunter2!\" } }");
    assert_eq!(mistaken.len(), 1);
    assert!(!mistaken[0].contains("hunter2"), "{mistaken:?}");
}

#[test]
fn senders() {
    for (from, name, address) in [
        ("a@b.example", None, "a@b.example"),
        ("<a@b.example>", None, "a@b.example"),
        ("Q Day <a@b.example>", Some("Q Day"), "a@b.example"),
    ] {
        let text = format!("mail: {{ from: \"{from}\" }}");
        let sender = Config::read(&text, "q.yaml").unwrap().mail.sender().unwrap();
        assert_eq!((sender.name.as_deref(), sender.address.as_str()), (name, address));
    }
    for from in
        ["a@localhost", "a@b.example <", "x <a@b.example> y", "a@b.example, c@d.example", "a\\r\\nBcc: <a@b.example>"]
    {
        assert_eq!(problems(&format!("{{ from: \"{from}\" }}")).len(), 1, "{from}");
    }
}

#[test]
fn sizes_lie_in_their_range() {
    let size =
        |written: &str| Config::read(&format!("mail: {{ max_size: {written} }}"), "q").map(|read| read.mail.max_size);
    assert_eq!(size("25 MB"), Ok(25_000_000));
    assert_eq!(size("100kB"), Ok(100_000));
    assert!(size("99 kB").is_err() && size("2 GB").is_err() && size("-1 MB").is_err());
}

#[test]
fn what_is_too_large_and_the_journal() {
    let read = |written: &str| Config::read(&format!("mail: {written}"), "q").map(|read| read.mail);
    let smtp = "from: a@b.example, smtp: { host: m }";
    let mail = read(&format!("{{ {smtp}, too_large: leave out csv, journal: {{ maildir: /srv/journal }} }}")).unwrap();
    let maildir = super::JournalWritten::Maildir("/srv/journal".to_owned());
    assert_eq!((mail.too_large, mail.journal), (super::TooLarge::LeaveOutCsv, Some(maildir)));
    assert_eq!(read("{ too_large: zip }").unwrap().too_large, super::TooLarge::Zip);
    assert!(problems("{ too_large: drop }")[0].contains("`drop`"));
    assert!(problems("{ journal: { maildir: j } }")[0].contains("`journal` is for a mail server"));
    assert!(problems(&format!("{{ {smtp}, journal: {{}} }}"))[0].contains("maildir"));
}

#[test]
fn a_program_that_takes_mail() {
    let read = |written: &str| Config::read(&format!("mail: {written}"), "q").map(|read| read.mail.channel);
    let written = "{ from: a@b.example, sendmail: /usr/sbin/sendmail }";
    assert_eq!(read(written), Ok(super::ChannelSettings::Sendmail("/usr/sbin/sendmail".to_owned())));
    assert!(problems("{ sendmail: /usr/sbin/sendmail }")[0].contains("`from` is missing"));
    assert!(problems("{ from: a@b.example, sendmail: sendmail -t }")[0].contains("no whole path"));
    assert!(problems("{ from: a@b.example, folder: m, sendmail: /s }")[0].contains("mail goes one way"));
}
