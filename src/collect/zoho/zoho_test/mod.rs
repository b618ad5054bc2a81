//! Tests of the collector against a server that behaves as the documentation says: every answer, every error, every death
//! in between.

mod refused;

use super::server_test::{CSV, Fault, Server};
use super::*;
use crate::collect::Timeouts;
use serde_json::json;
use std::cell::{Cell, RefCell};
use tempfile::TempDir;

/// 2026-12-01T08:30:00Z.
const NOW: Millis = 1_796_113_800_000;

/// Two days before it.
const SPAN: Span = Span { from: NOW - 2 * 86_400_000, to: NOW - 300_000 };

/// A world in which waiting takes no time but the clock moves.
struct Still {
    now: Cell<Millis>,
    slept: RefCell<Vec<u64>>,
}

impl World for Still {
    fn now(&self) -> Millis {
        self.now.get()
    }

    fn sleep(&self, pause: Duration) {
        self.now.set(self.now.get() + Millis::try_from(pause.as_millis()).unwrap());
        self.slept.borrow_mut().push(pause.as_secs());
    }
}

struct Bench {
    server: Server,
    world: Still,
    folder: TempDir,
    patience: Duration,
    said: Vec<String>,
}

impl Bench {
    fn new() -> Bench {
        let world = Still { now: Cell::new(NOW), slept: RefCell::new(Vec::new()) };
        let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
        Bench { server, world, folder, patience: Duration::from_secs(600), said: Vec::new() }
    }

    fn settings(&self) -> Settings {
        Settings {
            accounts_url: self.server.url.clone(),
            api_url: self.server.url.clone(),
            client_id: "1000.ID".to_owned(),
            client_secret: "the-secret".to_owned(),
            refresh_token: "1000.the-refresh+token".to_owned(),
            timeouts: Timeouts { connect: Duration::from_secs(5), answer: Duration::from_millis(200) },
        }
    }

    /// A process of its own: it knows what the folder keeps.
    fn run<T>(&mut self, work: impl FnOnce(&mut Zoho<'_>) -> T) -> T {
        let mut said = Vec::new();
        let mut say = |words: &str| said.push(words.to_owned());
        let settings = self.settings();
        let mut zoho = Zoho::open(settings, self.folder.path(), &self.world, self.patience, &mut say).unwrap();
        let done = work(&mut zoho);
        self.said.extend(said);
        done
    }

    fn fetch(&mut self) -> Result<Fetched, CollectError> {
        self.run(|zoho| zoho.fetch(SPAN))
    }

    /// What an error that ends a fetch says; no secret stands in it, in what was said, or in the folder.
    fn fails(&mut self) -> CollectError {
        let error = self.fetch().unwrap_err();
        let mut all = format!("{error:?} {:?}", self.said);
        for entry in std::fs::read_dir(self.folder.path()).unwrap() {
            all.push_str(&String::from_utf8_lossy(&std::fs::read(entry.unwrap().path()).unwrap()));
        }
        for secret in ["the-secret", "the-refresh", "1000.access"] {
            assert!(!all.contains(secret), "{all}");
        }
        error
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

const POST: &str = "POST /crm/v8/settings/audit_log_export";
const STATUS: &str = "GET /crm/v8/settings/audit_log_export/";
const LOAD: &str = "GET /v2/crm";
const TOKEN: &str = "POST /oauth";

#[test]
fn an_export_is_asked_for_waited_for_and_downloaded() {
    let mut bench = Bench::new();
    bench.server.vendor().slowly = vec!["Scheduled", "Progress", "Progress"];
    let fetched = bench.fetch().unwrap();
    assert_eq!((fetched.job.as_str(), fetched.span), ("415086800001", SPAN));
    assert_eq!(std::fs::read_to_string(&fetched.files[0]).unwrap(), CSV);
    assert_eq!(bench.names(), ["20261129T083000Z_20261201T082500Z_415086800001_1.csv", "state.json"]);
    assert_eq!(*bench.world.slept.borrow(), [5, 10, 20], "pauses grow");
    let asked = bench.server.vendor().jobs[0]["criteria"].clone();
    let times = ["2026-11-29T08:30:00+00:00", "2026-12-01T08:25:00+00:00"];
    assert_eq!(asked, json!({ "comparator": "between", "field": { "api_name": "audited_time" }, "value": times }));
    assert_eq!(bench.server.count(TOKEN), 1, "one token is enough");
    // Until it is taken, it stays the one that is under way.
    assert_eq!(bench.fetch().unwrap(), fetched);
    assert_eq!((bench.server.count(POST), bench.server.count(LOAD)), (1, 1));
    bench.run(|zoho| zoho.taken(&fetched)).unwrap();
    assert_eq!(Zoho::look(bench.folder.path()).unwrap(), State::default());
    bench.fetch().unwrap();
    assert_eq!(bench.server.count(POST), 2);
}

#[test]
fn several_files_a_zip_and_nothing_at_all() {
    let mut bench = Bench::new();
    bench.server.vendor().links = 2;
    let zip = b"PK\x03\x04 and so on".to_vec();
    bench.server.vendor().files.insert("415086800001/AuditLog2.csv".to_owned(), Some(zip));
    let fetched = bench.fetch().unwrap();
    let endings: Vec<_> = fetched.files.iter().map(|file| file.extension().unwrap().to_str().unwrap()).collect();
    assert_eq!(endings, ["csv", "zip"], "by what they are, whatever they are called");

    let mut bench = Bench::new();
    bench.server.vendor().files.insert("415086800001/AuditLog1.csv".to_owned(), Some(Vec::new()));
    let fetched = bench.fetch().unwrap();
    assert!(fetched.files.is_empty());
    bench.run(|zoho| zoho.taken(&fetched)).unwrap();
    assert_eq!(Zoho::look(bench.folder.path()).unwrap().nothing, [SPAN]);
}

#[test]
fn an_export_that_takes_longer_than_anybody_waits_is_picked_up_by_the_next_process() {
    let mut bench = Bench::new();
    bench.patience = Duration::from_secs(12);
    bench.server.vendor().slowly = vec!["Scheduled"; 5];
    let error = bench.fails();
    assert_eq!(
        error,
        CollectError::Running("Zoho is still making export 415086800001; it is fetched the next time".into())
    );
    assert_eq!(bench.world.slept.borrow().iter().sum::<u64>(), 12);
    bench.run(|zoho| zoho.failed(&error)).unwrap();
    assert_eq!(Zoho::look(bench.folder.path()).unwrap().not_before, None, "nothing is wrong");
    bench.server.vendor().slowly.clear();
    // Another span is wanted by now: the one under way comes first.
    let later = Span { to: SPAN.to + 3_600_000, ..SPAN };
    assert_eq!(bench.run(|zoho| zoho.fetch(later)).unwrap().span, SPAN);
    assert_eq!(bench.server.count(POST), 1);
}

#[test]
fn a_lost_answer_is_looked_for_and_not_asked_for_twice() {
    // In the same process …
    let mut bench = Bench::new();
    bench.server.fault(POST, Fault::DoAndHangUp);
    assert_eq!(bench.fetch().unwrap().job, "415086800001");
    assert_eq!((bench.server.count(POST), bench.server.vendor().jobs.len()), (1, 1));
    // … after its death …
    let mut bench = Bench::new();
    bench.patience = Duration::ZERO;
    bench.server.fault(POST, Fault::DoAndHangUp);
    assert!(matches!(bench.fails(), CollectError::Later { .. }));
    assert_eq!(bench.fetch().unwrap().job, "415086800001");
    assert_eq!(bench.server.count(POST), 1);
    // … and where the server told its list in another zone; an export of other criteria is not taken for it.
    let mut bench = Bench::new();
    let pending = Pending { span: SPAN, asked_at: NOW, job: None };
    State { pending: Some(pending), ..State::default() }.keep(&bench.folder.path().join("state.json")).unwrap();
    let criteria = |from: &str| json!({ "comparator": "between", "field": { "api_name": "audited_time" }, "value": [from, "2026-12-01T13:55:00+05:30"] });
    bench.server.vendor().add("1", criteria("2026-11-28T14:00:00+05:30"), "Ben");
    bench.server.vendor().add("2", criteria("2026-11-29T14:00:00+05:30"), "Anna");
    bench.server.vendor().add("3", json!({ "group": [], "group_operator": "and" }), "Ben");
    assert_eq!(bench.fetch().unwrap().job, "2");
    assert_eq!(bench.server.count(POST), 0);
    // A request that never arrived is sent again.
    let mut bench = Bench::new();
    bench.server.fault(POST, Fault::HangUp);
    assert_eq!(bench.fetch().unwrap().job, "415086800001");
    assert_eq!(bench.server.count(POST), 2);
}

#[test]
fn somebody_else_s_export_is_waited_for_and_left_alone() {
    let mut bench = Bench::new();
    bench.server.vendor().slowly = vec!["Progress", "Progress"];
    bench.server.vendor().add("9", json!({}), "Ben");
    let fetched = bench.fetch().unwrap();
    assert_eq!(fetched.job, "415086800002");
    assert!(bench.said[0].contains("waiting 10 s for another export at Zoho, asked for by Ben"), "{:?}", bench.said);

    let mut bench = Bench::new();
    bench.patience = Duration::from_secs(15);
    bench.server.vendor().slowly = vec!["Progress"; 20];
    bench.server.vendor().add("9", json!({}), "Ben");
    let why = "another export is being made at Zoho, asked for by Ben, and there can be one at a time";
    assert_eq!(bench.fails().to_string(), why);
    assert_eq!(bench.server.count(LOAD), 0);

    // It says that it is busy, and lists nothing: not for ever.
    let mut bench = Bench::new();
    for _ in 0..10 {
        bench.server.fault(POST, Fault::Say(400, r#"{"code":"ALREADY_SCHEDULED","message":"x","status":"error"}"#));
    }
    assert_eq!(bench.fails().to_string(), "Zoho says that another export is being made, but lists none");
}

#[test]
fn an_access_token_that_ran_out_is_renewed_once() {
    let mut bench = Bench::new();
    bench.server.vendor().slowly = vec!["Scheduled"];
    bench
        .server
        .fault(STATUS, Fault::Say(401, r#"{"code":"INVALID_TOKEN","message":"invalid oauth token","status":"error"}"#));
    bench.fetch().unwrap();
    assert_eq!(bench.server.count(TOKEN), 2);

    let mut bench = Bench::new();
    bench.server.vendor().expired_tokens = 99;
    assert!(bench.fails().to_string().contains("do `dc` and the token's data centre agree?"));
    assert_eq!((bench.server.count(TOKEN), bench.server.count(POST)), (1, 1));
}

#[test]
fn an_export_that_expired_is_asked_for_anew_once() {
    let mut bench = Bench::new();
    bench.server.vendor().files.insert("415086800001/AuditLog1.csv".to_owned(), None);
    assert_eq!(bench.fetch().unwrap().job, "415086800002");
    let mut bench = Bench::new();
    // Whatever the vendor answers, once the time has passed that it named.
    bench.world.now.set(NOW + 8 * 86_400_000);
    bench.server.fault(LOAD, Fault::Say(400, r#"{"code":"INVALID_REQUEST","message":"x","status":"error"}"#));
    assert_eq!(bench.fetch().unwrap().job, "415086800002");
    // An export that nobody knows any more.
    let mut bench = Bench::new();
    let pending = Pending { span: SPAN, asked_at: NOW, job: Some("77".to_owned()) };
    State { pending: Some(pending), ..State::default() }.keep(&bench.folder.path().join("state.json")).unwrap();
    assert_eq!(bench.fetch().unwrap().job, "415086800001");
    // And not for ever.
    let mut bench = Bench::new();
    bench.server.fault(LOAD, Fault::Say(410, "")).fault(LOAD, Fault::Say(410, ""));
    assert_eq!(bench.fails().to_string(), "export 415086800002 was gone at Zoho before it could be fetched");
    assert_eq!(Zoho::look(bench.folder.path()).unwrap().pending, None);
}

#[test]
fn the_access_token_is_sent_to_zoho_alone() {
    let mut bench = Bench::new();
    let stranger = Server::start();
    bench.server.vendor().link_host = Some(stranger.url.clone());
    let error = bench.fails().to_string();
    assert!(error.contains("none of its own: the access token is not sent there"), "{error}");
    assert_eq!(stranger.vendor().requests, Vec::<String>::new());

    let mut said = |_: &str| {};
    let settings = Settings {
        accounts_url: "https://accounts.zohocloud.ca".to_owned(),
        api_url: "https://www.zohoapis.ca".to_owned(),
        ..bench.settings()
    };
    assert!(!format!("{settings:?}").contains("the-secret"));
    let zoho = Zoho::open(settings, bench.folder.path(), &bench.world, Duration::ZERO, &mut said).unwrap();
    for good in
        ["https://download.zohocloud.ca/v2/x.zip", "https://www.zohoapis.ca/x", "https://download-accl.zohoapis.ca/"]
    {
        assert!(zoho.line.is_trusted(good), "{good}");
    }
    for bad in [
        "http://download.zohocloud.ca/",
        "https://zohocloud.ca.evil.example/",
        "https://evilzohocloud.ca/",
        "https://user@download.zohocloud.ca/",
        "https://evil.example/?x=.zohocloud.ca",
        "https://evil.example\\.zohocloud.ca/",
        "/v2/crm/42",
        "file:///etc/passwd",
        "",
    ] {
        assert!(!zoho.line.is_trusted(bad), "{bad}");
    }
}

#[test]
fn a_redirected_download_does_not_carry_the_token_along() {
    let mut bench = Bench::new();
    let other = Server::start();
    other.fault("GET /elsewhere", Fault::Say(200, CSV));
    let header: &'static str = Box::leak(format!("Location: {}/elsewhere", other.url).into_boxed_str());
    bench.server.fault(LOAD, Fault::SayWith(302, header, ""));
    let fetched = bench.fetch().unwrap();
    assert_eq!(std::fs::read_to_string(&fetched.files[0]).unwrap(), CSV);
    let heard = other.vendor().heard.clone();
    assert!(heard.contains("/elsewhere") && !heard.contains("access"), "{heard}");
}

#[test]
fn after_failures_it_is_left_alone_for_longer_and_longer() {
    let mut bench = Bench::new();
    let mut pauses = Vec::new();
    for _ in 0..8 {
        let error = CollectError::later("x", 5);
        let now = bench.world.now();
        bench.run(|zoho| zoho.failed(&error)).unwrap();
        let state = Zoho::look(bench.folder.path()).unwrap();
        assert_eq!(state.trouble.as_deref(), Some("x"));
        pauses.push((state.not_before.unwrap() - now) / 60_000);
    }
    assert_eq!(pauses, [10, 20, 40, 80, 160, 320, 320, 320]);
    bench.run(|zoho| zoho.failed(&CollectError::later("x", 500))).unwrap();
    assert_eq!(Zoho::look(bench.folder.path()).unwrap().not_before, Some(NOW + 500 * 60_000));
}
