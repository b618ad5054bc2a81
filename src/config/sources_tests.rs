//! Tests of the settings of sources: everything that can be written, and every mistake with its place.

use super::super::Config;
use super::*;

fn problems(text: &str) -> Vec<String> {
    Config::read(text, "q.yaml").err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

fn source(text: &str) -> SourceWritten {
    let config = Config::read(&format!("sources:\n  zoho-crm: {{ {text} }}\n"), "q.yaml").unwrap();
    config.sources["zoho-crm"].clone()
}

#[test]
fn how_long_events_are_kept() {
    assert_eq!(source("keep_days: 3650").keep_days, Some(Keep::Days(3650)));
    assert_eq!(source("keep_days: forever").keep_days, Some(Keep::Forever));
    assert_eq!(source("").keep_days, None);
    for wrong in ["0", "ever", "1.5", "36501", "\"30\""] {
        let text = format!("sources:\n  a: {{ keep_days: {wrong} }}\n");
        let shown = problems(&text);
        assert!(
            shown[0].starts_with("q.yaml:2:19: `keep_days` must be a whole number of days from 1 to 36500, or"),
            "{shown:?}"
        );
    }
}

#[test]
fn where_exports_arrive() {
    let plain = source("arrives: { folder: incoming }").arrives.unwrap();
    let expected = Arrives {
        folder: "incoming".to_owned(),
        pattern: "*".to_owned(),
        mapping: "zoho-crm".to_owned(),
        after: After::Leave,
    };
    assert_eq!(plain, expected);
    assert!(plain.means("a.csv") && !plain.means(".a.csv"));
    let full = "arrives: { folder: /srv/in, pattern: \"crm-*.csv.gz\", mapping: own, after: move to /srv/in/done }";
    let full = source(full).arrives.unwrap();
    assert_eq!(full.after, After::MoveTo("/srv/in/done".to_owned()));
    assert_eq!((full.folder.as_str(), full.mapping.as_str()), ("/srv/in", "own"));
    assert!(full.means("crm-2026.csv.gz") && !full.means("crm-2026.csv") && !full.means("x-crm-2026.csv.gz"));
}

#[test]
fn how_zoho_crm_is_reached() {
    let least = "collector: { zoho-crm: { dc: ca, client_id: 1000.A, refresh_token_env: T, client_secret_env: S_2 } }";
    let Some(CollectorWritten::ZohoCrm(zoho)) = source(least).collector else { panic!() };
    assert_eq!(zoho.accounts_url, "https://accounts.zohocloud.ca");
    assert_eq!(zoho.api_url, "https://www.zohoapis.ca");
    assert_eq!((zoho.every, zoho.mapping.as_str(), zoho.client_id.as_str()), (6 * 3600, "zoho-crm", "1000.A"));
    assert_eq!(zoho.refresh_token, SecretFrom::Env("T".to_owned()));
    assert_eq!(zoho.client_secret, SecretFrom::Env("S_2".to_owned()));
    let own = "collector: { zoho-crm: { accounts_url: \"http://127.0.0.1:8080/\", api_url: https://proxy.example.com/zoho, \
               client_id: c, refresh_token_env: T, client_secret_env: S, every: 1 day, mapping: mine } }";
    let Some(CollectorWritten::ZohoCrm(zoho)) = source(own).collector else { panic!() };
    assert_eq!(
        (zoho.accounts_url.as_str(), zoho.api_url.as_str()),
        ("http://127.0.0.1:8080", "https://proxy.example.com/zoho")
    );
    assert_eq!((zoho.every, zoho.mapping.as_str()), (86_400, "mine"));
    // The other of two, where one is written beside the data centre.
    let mixed = "collector: { zoho-crm: { dc: eu, api_url: https://sandbox.zohoapis.eu, client_id: c, refresh_token_env: T, client_secret_env: S } }";
    let Some(CollectorWritten::ZohoCrm(zoho)) = source(mixed).collector else { panic!() };
    assert_eq!(
        (zoho.accounts_url.as_str(), zoho.api_url.as_str()),
        ("https://accounts.zoho.eu", "https://sandbox.zohoapis.eu")
    );
}

#[test]
fn every_mistake_is_said_at_once_with_its_place() {
    let text = r#"sources:
  a: { arrives: { pattern: "in/*.csv", after: delete } }
  b: { arrives: { folder: in, pattern: "[", after: move to ./in/ } }
  c: { collector: zoho-crm }
  d: { collector: { zoho: {} } }
  e: { collector: { zoho-crm: { dc: us, client_id: c, refresh_token_env: 1000.abcdef.secret, every: 5m } } }
  f: { collector: { zoho-crm: { api_url: http://zohoapis.eu, client_id: c, refresh_token_env: T, client_secret_env: S } } }
"#;
    assert_eq!(
        problems(text),
        [
            "q.yaml:2:17: `folder` is missing in `arrives`. Add `folder: …` here",
            "q.yaml:2:28: `pattern` must be a pattern of names of files without a folder, as in `*.csv.gz`, not the text `in/*.csv`",
            "q.yaml:2:47: `after` must be `leave`, or `move to FOLDER`, not the text `delete`",
            "q.yaml:3:40: `[` is no pattern: invalid range pattern. Write it as in `*.csv.gz`",
            "q.yaml:3:52: the files would be moved to where they are. Name another folder, or write `leave`",
            "q.yaml:4:19: `collector` must be a map (`key: value`), not the text `zoho-crm`",
            "q.yaml:5:21: unknown collector `zoho`. Known here: `zoho-crm`",
            "q.yaml:6:31: `client_secret_env` is missing in `zoho-crm`. Add `client_secret_env: …` here",
            "q.yaml:6:37: unknown data centre `us`. Known here: `com`, `eu`, `in`, `com.au`, `jp`, `ca`, `sa`, `com.cn`",
            "q.yaml:6:74: `refresh_token_env` must be the name of a variable of the environment. Use capital letters, digits and `_`, as in ZOHO_REFRESH_TOKEN; the secret itself never stands here",
            "q.yaml:6:101: `every` must be a time from 15 minutes to 30 days, as in `6 hours`, not the text `5m`",
            "q.yaml:7:31: `dc`, the data centre, is missing in `zoho-crm`. Add `dc: eu` (one of com, eu, in, com.au, jp, ca, sa, com.cn), as in the address of your Zoho: zoho.eu",
            "q.yaml:7:42: `api_url` must be an address that begins with https://, as in `https://www.zohoapis.eu`, not the text `http://zohoapis.eu`",
        ]
    );
}
