//! Privacy on the way: what is encrypted for somebody opens for them alone, and is told nowhere beside it; and mails bear the
//! signature of their sender's domain.

use crate::home::{Home, SETTINGS, names};
use crate::samples::{CRM, DAILY};
use std::io::{Cursor, Read};

const PASSPHRASE: &str = "four words by letter";

/// The daily report, encrypted for Anna, plain for Ben.
fn encrypted() -> Home {
    let home = Home::new();
    let settings =
        SETTINGS.replace("folder: mail }", "folder: mail, passphrases: { Anna@example.com: { file: secrets/anna } } }");
    home.file("quarterday.yaml", settings);
    home.definition("daily", &DAILY.replace("formats: [pdf, csv] }", "formats: [pdf, csv], attach: encrypted }"));
    secret(&home, PASSPHRASE);
    home.file("crm.csv", CRM).ok(["import", "crm.csv", "--mapping", "zoho-crm"]);
    home
}

fn secret(home: &Home, text: &str) {
    private(home, "secrets/anna", text);
}

/// A file that only its owner can read.
fn private(home: &Home, name: &str, text: &str) {
    home.file(name, text);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(home.path(name), std::fs::Permissions::from_mode(0o600)).unwrap();
    }
}

#[test]
fn the_files_open_with_the_passphrase_and_the_mail_tells_no_figures() {
    let home = encrypted();
    home.ok(["check"]);
    home.ok(["issue"]);
    let mails = home.mails();
    let (anna, ben) = (&mails[0], &mails[1]);
    assert_eq!(anna.file_names(), ["daily_2026-11-30.zip"]);
    let (_, bytes) = anna.files().remove(0);
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    for name in ["daily_2026-11-30.pdf", "daily_2026-11-30_what-was-deleted.csv"] {
        assert!(zip.by_name_decrypt(name, b"four words by lettre").is_err());
        let mut opened = Vec::new();
        zip.by_name_decrypt(name, PASSPHRASE.as_bytes()).unwrap().read_to_end(&mut opened).unwrap();
        assert!(opened == std::fs::read(home.path("var/editions/daily/2026-11-30").join(name)).unwrap(), "{name}");
    }
    // Ben's mail says how many events there were, and shows what is said of the coverage; hers says how to open it.
    for told in ["Deletions", "Coverage of the log"] {
        assert!(ben.text().contains(told) && !anna.text().contains(told), "{told}");
        assert!(ben.html().contains(told) && !anna.html().contains(told), "{told}");
    }
    assert!(anna.text().contains("opens with the passphrase that was agreed with you"), "{}", anna.text());
    assert!(anna.html().contains("opens with the passphrase that was agreed with you"));
    assert!(anna.everything().iter().all(|(headers, _)| headers.iter().all(|(name, _)| name != "Content-ID")));
    assert!(anna.text().contains("Edition daily/2026-11-30") && anna.text().contains("Head of the log"));
    // The page says it too.
    assert!(home.edition_text("daily/2026-11-30", ".html").contains("pdf, csv, encrypted"));
    assert_eq!(home.run(["verify"]).code, 0);
}

#[test]
fn the_passphrase_is_kept_nowhere() {
    let home = encrypted();
    home.ok(["issue"]);
    home.ok(["backup", "saved"]);
    let mut folders = vec![home.path("var"), home.path("mail"), home.path("saved")];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for name in names(&folder) {
            let path = folder.join(name);
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            let found = bytes.windows(PASSPHRASE.len()).any(|window| window == PASSPHRASE.as_bytes());
            assert!(!found, "{}", path.display());
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn nobody_gets_it_open_because_a_passphrase_is_missing() {
    let home = encrypted();
    // Not agreed: a mistake of the definition.
    home.file("quarterday.yaml", SETTINGS);
    let said = "schedules/daily.yaml:10:58: no passphrase is agreed with `anna@example.com`, whose files are to be encrypted. Add `passphrases: { anna@example.com: { file: PATH } }` to `mail` in quarterday.yaml";
    home.run(["check"]).fails(2, &[said]);
    home.run(["issue"]).fails(2, &[said]);
    assert!(home.mails().is_empty());

    // Agreed, but gone; then one that can be guessed: `check` says so, and the edition waits.
    let home = encrypted();
    std::fs::remove_file(home.path("secrets/anna")).unwrap();
    home.run(["check"]).fails(2, &["secrets/anna"]);
    home.run(["issue"]).fails(1, &["secrets/anna", "could not be issued"]);
    secret(&home, "hunter2hunter2");
    let ran = home.run(["check"]);
    ran.fails(2, &["the passphrase agreed with anna@example.com has less than 16 characters"]);
    assert!(!ran.err.contains("hunter2"));
    secret(&home, PASSPHRASE);
    home.ok(["issue"]);
    let to: Vec<String> = home.mails().iter().map(|mail| mail.header("To").to_owned()).collect();
    assert_eq!(to, ["anna@example.com", "ben@example.com", "owner@example.com", "owner@example.com"]);
}

#[test]
fn the_manager_of_a_part_needs_one_too() {
    let home = encrypted();
    let (head, _) = DAILY.split_once("recipients:").unwrap();
    home.definition("daily", &format!("{head}recipients: [{{ each: team, to: manager, attach: encrypted }}]\n"));
    let people = "actor,name,kind,team,role,manager,email,from,until
anna@example.com,Anna,person,Sales,Lead,,anna@example.com,,
ben@example.com,Ben,person,Sales,,anna@example.com,,,
carla@example.com,Carla,person,Support,Lead,,carla@example.com,,
dan@example.com,Dan,person,Support,,carla@example.com,,,
";
    home.file("people.csv", people);
    home.run(["check"]).fails(
        2,
        &["no passphrase is agreed with `carla@example.com`, to whom the edition of Support would go encrypted"],
    );
}

/// The key of RFC 8463, A.1, as OpenSSL writes such a key.
const DKIM_KEY: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
";

#[test]
fn every_mail_is_signed_by_the_sender_s_domain_and_the_signature_is_frozen() {
    let signed = || {
        let home = Home::new();
        home.file(
            "quarterday.yaml",
            SETTINGS.replace("folder: mail }", "folder: mail, dkim: { selector: q2026, key_file: dkim.pem } }"),
        );
        home.definition("daily", DAILY).file("crm.csv", CRM);
        home.ok(["import", "crm.csv", "--mapping", "zoho-crm"]);
        home
    };
    let home = signed();
    home.run(["check"]).fails(2, &["dkim.pem"]);
    private(&home, "dkim.pem", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n");
    home.run(["check"]).fails(2, &["dkim.pem: malformed: this is no private key"]);
    private(&home, "dkim.pem", DKIM_KEY);
    home.ok(["check"]);
    // The mails wait, signed; then the key is gone, and they are sent all the same as they were frozen.
    home.file("mail", "in the way");
    home.run(["issue"]).fails(1, &["not now"]);
    std::fs::remove_file(home.path("mail")).unwrap();
    std::fs::remove_file(home.path("dkim.pem")).unwrap();
    home.ok(["outbox", "retry", "daily/2026-11-30", "--why", "the folder is there"]);
    home.now("2026-12-01T09:30:00Z").ok(["issue"]);
    let mails = home.mails();
    assert_eq!(mails.len(), 2);
    for mail in mails {
        let signature = mail.header("DKIM-Signature").to_owned();
        assert!(
            signature.starts_with(
                "v=1; a=ed25519-sha256; c=relaxed/relaxed; d=example.com; s=q2026; t=1796113800; h=from:from:"
            ),
            "{signature}"
        );
        assert!(signature.contains(":list-id:list-id:") && signature.contains(":auto-submitted:"), "{signature}");
    }
}
