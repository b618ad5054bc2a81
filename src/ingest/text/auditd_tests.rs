//! Tests of auditd.rs: records as kernels and daemons of several years write them.

use super::*;
use proptest::prelude::*;
use serde_json::json;

#[test]
fn a_record_of_a_user_program_with_names() {
    let line = "type=USER_AUTH msg=audit(1783414613.119:441): pid=2124 uid=0 auid=4294967295 ses=4294967295 \
        subj=system_u:system_r:sshd_t:s0-s0:c0.c1023 msg='op=pubkey acct=\"kroe\" exe=\"/usr/sbin/sshd\" hostname=? \
        addr=192.0.2.7 terminal=ssh res=failed'\u{1d}UID=\"root\" AUID=\"unset\"";
    assert_eq!(
        read(line).unwrap(),
        json!({
            "event": "1783414613.119:441", "time": "1783414613.119", "serial": "441", "node": null, "type": "USER_AUTH",
            "data": {
                "pid": "2124", "uid": "0", "auid": "4294967295", "ses": "4294967295",
                "subj": "system_u:system_r:sshd_t:s0-s0:c0.c1023", "op": "pubkey", "acct": "kroe",
                "exe": "/usr/sbin/sshd", "hostname": "?", "addr": "192.0.2.7", "terminal": "ssh", "res": "failed"
            },
            "names": {"UID": "root", "AUID": "unset"}, "text": null
        })
    );
}

#[test]
fn text_in_hexadecimal_digits_only_where_it_can_be() {
    let command =
        read("type=USER_CMD msg=audit(1.000:1): auid=1000 msg='cwd=\"/\" cmd=6C73202D6C res=success'").unwrap();
    assert_eq!(command["data"]["cmd"], "ls -l");
    let title = read("type=PROCTITLE msg=audit(1.000:1): proctitle=2F62696E2F7368002D6300").unwrap();
    assert_eq!(title["data"]["proctitle"], "/bin/sh -c");
    // An inode is a number, however it looks; a quoted name is what it says; odd digits are none.
    let path = read("type=PATH msg=audit(1.000:1): item=0 name=\"4142\" inode=4142 dir=414 key=(null)").unwrap();
    assert_eq!(path["data"], json!({"item": "0", "name": "4142", "inode": "4142", "dir": "414", "key": "(null)"}));
    // No text at all: kept as written.
    let key = read("type=SYSCALL msg=audit(1.000:1): key=FFFE").unwrap();
    assert_eq!(key["data"]["key"], "FFFE");
}

#[test]
fn arguments_are_a_list_and_pieces_are_put_together() {
    let line = "type=EXECVE msg=audit(1.000:1): argc=3 a0=\"/bin/sh\" a1=2D63 a2_len=8 a2[0]=\"abcd\" a2[1]=\"efgh\"";
    assert_eq!(read(line).unwrap()["data"], json!({"argc": "3", "argv": ["/bin/sh", "-c", "abcdefgh"]}));
}

#[test]
fn words_between_the_pairs() {
    let added = read("type=ADD_USER msg=audit(1.000:1): auid=1000 msg='op=adding user id=1002 res=success'").unwrap();
    assert_eq!((&added["data"]["op"], &added["data"]["id"]), (&json!("adding user"), &json!("1002")));
    assert_eq!(added["text"], Value::Null);
    let login =
        "type=LOGIN msg=audit(1.000:1): pid=1 uid=0 old auid=4294967295 new auid=0 old ses=4294967295 new ses=3";
    let login = read(login).unwrap();
    assert_eq!(login["data"]["new-auid"], "0");
    assert_eq!(login["data"]["old-ses"], "4294967295");
    assert_eq!(login["text"], Value::Null);
    let denied = "type=AVC msg=audit(1.000:1): avc:  denied  { read write } for  pid=2714 comm=\"ls\" path=\"/x\"";
    let denied = read(denied).unwrap();
    assert_eq!(denied["data"]["seresult"], "denied");
    assert_eq!(denied["data"]["seperms"], "read write");
    assert_eq!(denied["data"]["path"], "/x");
    let old = "node=web1 type=USER_AUTH msg=audit(1.000:1): user pid=1 msg='PAM: authentication acct=\"root\" : \
        exe=\"/usr/sbin/sshd\" (hostname=h.example.com, addr=192.0.2.7, terminal=ssh res=success)'";
    let old = read(old).unwrap();
    assert_eq!((&old["node"], &old["event"]), (&json!("web1"), &json!("web1 1.000:1")));
    assert_eq!(old["data"]["hostname"], "h.example.com");
    assert_eq!(old["data"]["addr"], "192.0.2.7");
    assert_eq!(old["data"]["res"], "success");
    assert_eq!(old["text"], "user PAM: authentication :");
}

#[test]
fn records_of_one_event_are_one_and_nothing_is_lost() {
    let lines = [
        "type=SYSCALL msg=audit(1.000:7): syscall=257 success=yes a0=3 auid=1000 key=\"passwd\"\u{1d}SYSCALL=openat AUID=\"kroe\"",
        "type=CWD msg=audit(1.000:7): cwd=\"/root\"",
        "type=PATH msg=audit(1.000:7): item=0 name=\"/etc\" nametype=PARENT",
        "type=PATH msg=audit(1.000:7): item=1 name=\"/etc/passwd\" nametype=NORMAL\u{1d}OUID=\"root\"",
        "type=PROCTITLE msg=audit(1.000:7): proctitle=\"vi\"",
    ];
    let records = lines.iter().map(|line| read(line).unwrap()).collect();
    assert_eq!(
        join(records),
        json!({
            "event": "1.000:7", "time": "1.000", "serial": "7", "node": null, "type": "SYSCALL",
            "data": {
                "syscall": "257", "success": "yes", "a0": "3", "auid": "1000", "key": "passwd", "cwd": "/root",
                "item": "1", "name": "/etc/passwd", "nametype": "NORMAL", "proctitle": "vi"
            },
            "names": {"SYSCALL": "openat", "AUID": "kroe", "OUID": "root"}, "text": null,
            "types": "SYSCALL CWD PATH PATH PROCTITLE",
            "others": [{"data": {"item": "0", "name": "/etc", "nametype": "PARENT"}, "type": "PATH"}]
        })
    );
    assert_eq!(join(Vec::new()), Value::Null);
}

#[test]
fn what_is_none_says_why() {
    for (line, part) in [
        ("", "no record of the audit log"),
        ("----", "no record of the audit log"),
        ("time->Thu Jan  1 00:00:01 2026", "no record of the audit log"),
        ("msg=audit(1337845201.174:94983): missing type", "no record of the audit log"),
        ("type= msg=audit(1337845333.174:94984): x", "no type"),
        ("type=A msg=audit(1337845201): x", "is not of the form"),
        ("type=A msg=audit(): x", "is not of the form"),
        ("type=A msg=audit(1337845201.174:", "it was cut"),
    ] {
        let reason = read(line).unwrap_err();
        assert!(reason.contains(part), "{line}: {reason}");
    }
    assert_eq!(read("type=NOMSG msg=audit(1337845222.174:94984):").unwrap()["data"], json!({}));
}

proptest! {
    #[test]
    fn no_line_panics_and_what_was_written_is_read(text in "\\PC{0,60}", value in "[^\"\u{1d}]{0,20}") {
        let _ = read(&text);
        let _ = read(&format!("type=A msg=audit(1.000:1): {text} msg='{text}'\u{1d}{text}"));
        let object = read(&format!("type=A msg=audit(1.000:1): x=1 comm=\"{value}\" res=success")).unwrap();
        prop_assert_eq!(object["data"]["comm"].as_str(), Some(value.as_str()));
        prop_assert_eq!(object["data"]["res"].as_str(), Some("success"));
        let digits: String = value.bytes().map(|byte| format!("{byte:02X}")).collect();
        let object = read(&format!("type=A msg=audit(1.000:1): comm={digits} res=success")).unwrap();
        let wanted = value.trim_end_matches('\0').replace('\0', " ");
        prop_assert_eq!(object["data"]["comm"].as_str(), Some(wanted.as_str()));
    }
}
