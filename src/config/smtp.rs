//! Settings of a mail server's channel: what is written, with its secret fetched and what the machine knows of itself.

use super::{ConfigError, SmtpWritten, TlsWritten, secret};
use crate::deliver::email::{SmtpSettings, Tls};
use std::fs;
use std::path::Path;

/// The settings that the channel takes. Reads the password, and the machine's name where none is written; connects
/// nowhere. `home`: the installation, where relative paths begin.
///
/// # Errors
/// The password cannot be had, or would go over an unprotected connection though nobody allowed it.
pub fn channel_settings(written: &SmtpWritten, home: &Path) -> Result<SmtpSettings, ConfigError> {
    let hello = written.hello_name.clone().or_else(name_of_this_machine);
    // RFC 5321, 4.1.4: who has no name says an address.
    let mut settings = SmtpSettings::new(&written.host, hello.as_deref().unwrap_or("[127.0.0.1]"));
    settings.port = written.port;
    settings.tls = match (written.tls, written.allow_clear_password) {
        (TlsWritten::Implicit, _) => Tls::Implicit,
        (TlsWritten::StartTls, _) => Tls::StartTls,
        (TlsWritten::None, false) if written.login.is_some() => {
            return Err(ConfigError::Secret("without TLS the password would be sent in the clear".to_owned()));
        }
        (TlsWritten::None, false) => Tls::Plain,
        (TlsWritten::None, true) => Tls::PlainWithPasswordInClear,
    };
    if let Some((user, from)) = &written.login {
        settings.password = Some(secret(from, home)?);
        settings.user = Some(user.clone());
    }
    if let Some(timeout) = written.timeout {
        settings.timeout = timeout;
    }
    settings.ca_file = written.ca_file.as_ref().map(|file| home.join(file));
    Ok(settings)
}

fn name_of_this_machine() -> Option<String> {
    ["/proc/sys/kernel/hostname", "/etc/hostname"].iter().find_map(|path| host_name(&fs::read_to_string(path).ok()?))
}

/// A name that may be said to a server.
fn host_name(text: &str) -> Option<String> {
    let name = text.trim();
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'));
    ((1..=253).contains(&name.len()) && plain && name != "(none)").then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::{ChannelSettings, Config};
    use super::*;
    use crate::deliver::email::Email;
    use std::path::PathBuf;
    use std::time::Duration;

    fn written(smtp: &str) -> SmtpWritten {
        let text = format!("mail: {{ from: a@b.example, smtp: {{ {smtp} }} }}");
        match Config::read(&text, "q.yaml").unwrap().mail.channel {
            ChannelSettings::Smtp(written) => written,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_server_with_nothing_but_its_name() {
        let settings = channel_settings(&written("host: mail.example.com"), Path::new("/srv/q")).unwrap();
        let usual = SmtpSettings::new("mail.example.com", &settings.hello_name);
        assert_eq!(settings, usual);
        assert!(Email::new(settings).is_ok());
    }

    #[cfg(unix)]
    #[test]
    fn everything_that_can_be_written_reaches_the_channel() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("password");
        fs::write(&path, "hunter2 \n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let smtp = "host: 10.0.0.1, port: 2525, tls: none, user: q, password_file: password, allow_clear_password: yes, \
                    hello_name: q.example.com, timeout: 90s";
        let settings = channel_settings(&written(smtp), home.path()).unwrap();
        assert_eq!((settings.host.as_str(), settings.port), ("10.0.0.1", 2525));
        assert_eq!(settings.tls, Tls::PlainWithPasswordInClear);
        assert_eq!(settings.user.as_deref(), Some("q"));
        assert_eq!(settings.password.as_ref().map(|secret| secret.0.as_str()), Some("hunter2 "));
        assert_eq!(settings.timeout, Duration::from_secs(90));
        assert_eq!(settings.hello_name, "q.example.com");
        assert!(!format!("{settings:?}").contains("hunter2"));
        assert!(Email::new(settings).is_ok());

        let tls = written("host: m.example, tls: starttls, user: q, password_file: password, ca_file: /etc/own.pem");
        let settings = channel_settings(&tls, home.path()).unwrap();
        assert_eq!((settings.port, settings.tls), (587, Tls::StartTls));
        assert_eq!(settings.ca_file, Some(PathBuf::from("/etc/own.pem")));
    }

    #[test]
    fn a_password_never_goes_in_the_clear_by_oversight() {
        let mut smtp = written("host: localhost, tls: none");
        assert_eq!(channel_settings(&smtp, Path::new(".")).unwrap().tls, Tls::Plain);
        smtp.login = Some(("q".to_owned(), super::super::SecretFrom::Env("PATH".to_owned())));
        let error = channel_settings(&smtp, Path::new(".")).unwrap_err();
        assert_eq!(error.to_string(), "without TLS the password would be sent in the clear");
    }

    #[test]
    fn a_machine_s_name_is_said_only_if_it_is_one() {
        assert_eq!(host_name("q7.example.com\n").as_deref(), Some("q7.example.com"));
        for text in ["", "\n", "(none)\n", "a b", "bü", "a\r\nRSET"] {
            assert_eq!(host_name(text), None, "{text:?}");
        }
    }
}
