//! Account: under which name of the operating system this runs. It stands in every report and in the ledger.

use std::fs;

/// The name of the account that runs this process: by its number, from the system's list of accounts. Where the list
/// does not have it, `uid 1000`. What the environment says can be set by anybody: it is used only where the system does
/// not tell the number, and then says so.
pub fn account() -> String {
    let status = fs::read_to_string("/proc/self/status").ok();
    let accounts = fs::read("/etc/passwd").map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).ok();
    let hint = ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| std::env::var(name).ok());
    name(status.as_deref(), accounts.as_deref(), hint.as_deref())
}

fn name(status: Option<&str>, accounts: Option<&str>, hint: Option<&str>) -> String {
    let Some(uid) = status.and_then(uid) else {
        let hint = hint.map(printable).filter(|hint| !hint.is_empty());
        return hint.map_or("unknown".to_owned(), |hint| format!("{hint} (as the environment says)"));
    };
    let known = accounts.unwrap_or_default().lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, _password, number) = (fields.next()?, fields.next()?, fields.next()?);
        (number.parse() == Ok(uid)).then(|| printable(name)).filter(|name| !name.is_empty())
    });
    known.unwrap_or_else(|| format!("uid {uid}"))
}

/// The real uid, the first of four (proc_pid_status(5)): who started it.
fn uid(status: &str) -> Option<u32> {
    status.lines().find_map(|line| line.strip_prefix("Uid:"))?.split_ascii_whitespace().next()?.parse().ok()
}

fn printable(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(64).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATUS: &str = "Name:\tquarterday\nUmask:\t0022\nUid:\t1000\t0\t0\t0\nGid:\t1000\t1000\t1000\t1000\n";
    const ACCOUNTS: &str = "root:x:0:0:root:/root:/bin/sh\nno line\nanna:x:1000:1000::/home/anna:/bin/sh\nb:x:1000::\n";

    #[test]
    fn the_number_decides_and_not_the_environment() {
        assert_eq!(name(Some(STATUS), Some(ACCOUNTS), Some("root")), "anna");
        assert_eq!(name(Some(STATUS), Some("root:x:0:0::/:\n"), Some("root")), "uid 1000");
        assert_eq!(name(Some(STATUS), None, Some("root")), "uid 1000");
        assert_eq!(name(Some(STATUS), Some(":x:1000:\n"), None), "uid 1000");
    }

    #[test]
    fn what_only_the_environment_says_is_marked() {
        assert_eq!(name(None, Some(ACCOUNTS), Some("ro\not\u{1b}")), "root (as the environment says)");
        assert_eq!(name(Some("Uid:\tx\n"), None, None), "unknown");
        assert_eq!(name(None, None, Some("\n")), "unknown");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_has_the_account_that_id_says() {
        let said = std::process::Command::new("/usr/bin/id").arg("-ru").output().unwrap();
        let uid = String::from_utf8(said.stdout).unwrap().trim().to_owned();
        let lists = fs::read_to_string("/etc/passwd").unwrap();
        let line = lists.lines().find(|line| line.split(':').nth(2) == Some(&uid));
        let expected = line.map_or(format!("uid {uid}"), |line| line.split(':').next().unwrap().to_owned());
        assert_eq!(account(), expected);
    }
}
