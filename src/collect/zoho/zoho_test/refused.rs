//! What a vendor that refuses, stumbles or hangs up comes to: each in its own words, and tried again where that helps.

use super::super::CollectError;
use super::super::server_test::{CSV, Fault};
use super::{Bench, LOAD, POST, STATUS, TOKEN};

/// Where a refusal meets the collector, what is answered, which words are said, and for how many seconds the vendor is left
/// alone (`None`: until a person does something).
type Case = (&'static str, Fault, (String, Option<u64>));

/// What each refusal says, and whether it may pass by itself.
#[test]
fn every_refusal_has_its_own_words() {
    let never = |words: &str| (words.to_owned(), None);
    let later = |words: &str, minutes: u64| (words.to_owned(), Some(minutes * 60));
    let cases: Vec<Case> = vec![
        (
            TOKEN,
            Fault::Say(200, r#"{"error":"invalid_code"}"#),
            never("does not take the refresh token: it was revoked"),
        ),
        (
            TOKEN,
            Fault::Say(200, r#"{"error":"invalid_client"}"#),
            never("does not know the client: look at `client_id`"),
        ),
        (TOKEN, Fault::Say(200, r#"{"error":"invalid_client_secret"}"#), never("does not take the client's secret")),
        (
            TOKEN,
            Fault::Say(
                400,
                r#"{"error":"Access Denied","error_description":"You have made too many requests continuously. Please try again after some time.","status":"failure"}"#,
            ),
            later("too many were asked for (ten in ten minutes)", 15),
        ),
        (TOKEN, Fault::Say(200, r#"{"error":"new_\u001bthing"}"#), never("no access token (new_thing)")),
        (TOKEN, Fault::Say(200, "<html>welcome"), later("a web page (status 200)", 60)),
        (TOKEN, Fault::Say(200, "{}"), later("something unexpected (status 200)", 60)),
        (
            POST,
            Fault::Say(403, r#"{"code":"NO_PERMISSION","message":"permission denied","status":"error"}"#),
            never("the user of the refresh token may not see the audit log"),
        ),
        (
            POST,
            Fault::Say(401, r#"{"code":"OAUTH_SCOPE_MISMATCH","message":"invalid oauth scope","status":"error"}"#),
            never(
                "with the scopes ZohoCRM.settings.audit_logs.CREATE,ZohoCRM.settings.audit_logs.READ,ZohoFiles.files.READ",
            ),
        ),
        (
            POST,
            Fault::Say(400, r#"{"code":"NOT_SUPPORTED","message":"not in this edition","status":"error"}"#),
            never(
                "does not offer the export of the audit log in this edition of the CRM: not in this edition. Export it by hand",
            ),
        ),
        (
            POST,
            Fault::Say(
                400,
                r#"{"audit_log_export":[{"code":"LIMIT_EXCEEDED","message":"too many exports today","status":"error"}]}"#,
            ),
            later("the limit of exports at Zoho is reached: too many exports today", 360),
        ),
        (
            POST,
            Fault::Say(400, r#"{"code":"INVALID_DATA","message":"bad\u001b[31m value","status":"error"}"#),
            never("did not take the request (400 INVALID_DATA: bad[31m value)"),
        ),
        (POST, Fault::Say(403, "{}"), never("Zoho refuses (403)")),
        (POST, Fault::Say(404, ""), never("Zoho does not know the address of exports: is `api_url` that of its API?")),
        (POST, Fault::SayWith(302, "Location: http://evil.example/", ""), never("leads to another address (302)")),
        (
            POST,
            Fault::Say(
                200,
                r#"{"audit_log_export":[{"code":"SUCCESS","details":{"id":"../../etc"},"status":"success"}]}"#,
            ),
            later("something unexpected", 60),
        ),
        (
            STATUS,
            Fault::Say(200, r#"{"audit_log_export":[{"id":"415086800001","status":"Failed"}]}"#),
            later("could not make export 415086800001; it will be asked for anew", 30),
        ),
        (
            STATUS,
            Fault::Say(200, r#"{"audit_log_export":[{"id":"415086800001","status":"Paused"}]}"#),
            later("a status that is not known: \"paused\"", 60),
        ),
        (
            STATUS,
            Fault::SayWith(429, "Retry-After: 3600", r#"{"code":"TOO_MANY_REQUESTS"}"#),
            later("Zoho is asked too often", 60),
        ),
        (
            LOAD,
            Fault::Say(403, r#"{"code":"NO_PERMISSION","message":"x","status":"error"}"#),
            never("may not see the audit log"),
        ),
        (
            LOAD,
            Fault::Say(200, r#"{"code":"NO_PERMISSION","message":"x","status":"error"}"#),
            never("may not see the audit log"),
        ),
        (LOAD, Fault::Say(200, "<html>log in</html>"), later("a web page", 60)),
    ];
    for (at, fault, (words, pause)) in cases {
        let mut bench = Bench::new();
        bench.server.vendor().slowly = vec!["Scheduled"];
        bench.server.fault(at, fault.clone());
        let error = bench.fails();
        assert!(error.to_string().contains(&words), "{fault:?}: {error}");
        let pauses = match &error {
            CollectError::Later { pause, .. } => Some(pause.as_secs()),
            _ => None,
        };
        assert_eq!(pauses, pause, "{fault:?}: {error:?}");
        assert!(bench.names().iter().all(|name| name == "state.json"), "{fault:?}: {:?}", bench.names());
    }
}

#[test]
fn what_may_pass_is_tried_again_with_growing_pauses() {
    for fault in [Fault::Say(503, "<html>"), Fault::HangUp, Fault::Silence, Fault::SayWith(429, "Retry-After: 7", "{}")]
    {
        for at in [TOKEN, STATUS, LOAD] {
            let mut bench = Bench::new();
            bench.server.fault(at, fault.clone()).fault(at, fault.clone());
            bench.fetch().unwrap_or_else(|error| panic!("{at} {fault:?}: {error}"));
            let expected: &[u64] = if matches!(fault, Fault::SayWith(..)) { &[7, 7] } else { &[2, 8] };
            assert_eq!(*bench.world.slept.borrow(), expected, "{at} {fault:?}");
        }
    }
    let mut bench = Bench::new();
    for _ in 0..4 {
        bench.server.fault(STATUS, Fault::Say(500, ""));
    }
    assert_eq!(bench.fails().to_string(), "Zoho has trouble of its own (500)");
    assert_eq!(*bench.world.slept.borrow(), [2, 8, 32]);
    assert_eq!(bench.fetch().unwrap().job, "415086800001", "it goes on with the same one");
    assert_eq!(bench.server.count(POST), 1);
}

#[test]
fn a_server_that_is_not_there() {
    let mut bench = Bench::new();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    bench.server.url = format!("http://127.0.0.1:{port}");
    assert_eq!(bench.fails().to_string(), "Zoho: the server refused the connection");
}

#[test]
fn a_download_that_is_cut_off_is_fetched_again_and_leaves_nothing_half() {
    let mut bench = Bench::new();
    bench.server.fault(LOAD, Fault::Cut(5));
    let fetched = bench.fetch().unwrap();
    assert_eq!(std::fs::read_to_string(&fetched.files[0]).unwrap(), CSV);
    assert_eq!(bench.server.count(LOAD), 2);

    let mut bench = Bench::new();
    for _ in 0..4 {
        bench.server.fault(LOAD, Fault::Cut(5));
    }
    let error = bench.fails().to_string();
    assert!(error.contains("cut off") || error.contains("disconnected"), "{error}");
    assert!(!bench.names().iter().any(|name| name.ends_with(".csv")), "{:?}", bench.names());
}
