//! Arguments: what is written wrongly on the command line is said, with exit code 2.

use crate::home::Home;

#[test]
fn wrong_arguments_are_exit_code_2_and_help_is_none() {
    let home = Home::new();
    home.run(["isue"]).fails(2, &["isue", "issue"]);
    home.run(["import"]).fails(2, &["FILE"]);
    home.run(["import"]).fails(2, &["<FILES>"]);
    home.run(["import", "x.csv", "--suggest", "--format", "okta"]).fails(2, &["cannot be used with"]);
    home.run(["plan", "--days", "soon"]).fails(2, &["soon"]);
    home.run(["issue", "--period", "2026-11"]).fails(2, &["REPORT"]);
    home.run(["history", "--csv", "--json"]).fails(2, &["--csv"]);
    home.run(["preview", "x", "--format", "doc", "-o", "x"]).fails(2, &["pdf, html, xlsx, json"]);
    home.now("yesterday").run(["plan"]).fails(2, &["write it as 2026-12-01T08:30:00Z"]);
    home.now("2026-12-01T08:30:00Z");
    let none: [&str; 0] = [];
    assert_eq!(home.run(none).code, 2);
    assert!(home.ok(["--help"]).contains("Exit codes: 0 done, 1 something failed or was given up, 2 "));
    assert!(home.ok(["--version"]).starts_with("quarterday "));
    // None of that made anything.
    assert_eq!(crate::home::names(&home.path("")), ["quarterday.yaml"]);
}

#[test]
fn the_home_comes_from_the_environment_too() {
    let home = Home::new();
    let elsewhere = Home::empty();
    let out = elsewhere.command(["plan"]).env("QUARTERDAY_HOME", home.path("")).output().unwrap();
    assert!(out.status.success(), "{out:?}");
}
