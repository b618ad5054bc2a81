//! The README as a newcomer would follow it: its `sh` blocks are run in order in one shell, in an empty folder, with the
//! program on the path. A `yaml` block whose fence names a path is first written there. Blocks fenced `sh ci` are commands
//! of cargo: `.ci/run` runs those.
#![cfg(unix)]

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

const README: &str = include_str!("../README.md");

/// A fenced block: what stands behind the fence, the number of its first line, and the text.
struct Block {
    info: String,
    line: usize,
    text: String,
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in text.lines().enumerate() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(info), None) => {
                open = Some(Block { info: info.to_owned(), line: index + 2, text: String::new() });
            }
            (Some(rest), Some(_)) => {
                assert_eq!(rest, "", "README.md:{}: a block within a block", index + 1);
                blocks.extend(open.take());
            }
            (None, Some(block)) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "README.md: the last block is not closed");
    blocks
}

/// The README as one script. Each block begins with a mark, so that a failure tells where it stands.
fn script(blocks: &[Block]) -> String {
    let mut script = "set -eu\n".to_owned();
    for block in blocks {
        let text = &block.text;
        writeln!(script, "echo '== README.md:{}' >&2", block.line).unwrap();
        match block.info.split_once(' ') {
            None if block.info == "sh" => script.push_str(text),
            Some(("yaml", path)) => {
                assert!(!path.contains('\'') && !path.starts_with('/') && !path.contains(".."), "{path}");
                writeln!(script, "mkdir -p \"$(dirname '{path}')\"\ncat > '{path}' <<'END_OF_README'").unwrap();
                writeln!(script, "{text}END_OF_README").unwrap();
            }
            _ if ["sh ci", "text"].contains(&block.info.as_str()) => {}
            _ => panic!("README.md:{}: a block fenced `{}` is run by nobody", block.line, block.info),
        }
    }
    script
}

#[test]
fn the_readme_works_as_it_is_written() {
    let program = Path::new(env!("CARGO_BIN_EXE_quarterday"));
    let folder = tempfile::tempdir().unwrap();
    let path = format!("{}:{}", program.parent().unwrap().display(), std::env::var("PATH").unwrap());
    let blocks = blocks(README);
    assert!(blocks.iter().filter(|block| block.info == "sh").count() >= 8, "the README has lost its commands");
    let done = Command::new("sh")
        .arg("-c")
        .arg(script(&blocks))
        .current_dir(folder.path())
        .env("PATH", path)
        .env_remove("QUARTERDAY_HOME")
        .env_remove("QUARTERDAY_NOW")
        .output()
        .unwrap();
    let (said, aside) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success(), "{}\n{said}\n{aside}", done.status);

    // What the text promises beside the commands.
    let audit = folder.path().join("audit");
    let is_there = |file: &str| assert!(audit.join(file).is_file(), "{file} is missing");
    is_there("preview.pdf");
    is_there("reference.pdf");
    is_there("var/editions/example/2025-W10/example_2025-W10.pdf");
    assert_eq!(std::fs::read_dir(audit.join("var/mail/new")).unwrap().count(), 1, "one mail of one edition");
    for words in [
        "export.csv:7: the time `last Friday`",
        "export.csv: batch 1 of zoho-crm: 6 rows read = 5 added + 0 repeated + 1 quarantined + 0 no event",
        "doors.csv: batch 2 of doors: 4 rows read = 2 added + 0 repeated + 1 quarantined + 1 no event",
        "doors.csv: batch 4 of doors: 4 rows read = 2 added",
        "Everything that was checked holds.",
    ] {
        assert!(said.contains(words), "`{words}` is not in:\n{said}");
    }
    assert!(aside.contains("schedules/reference.yaml:46:5:"), "{aside}");
    assert!(!aside.contains("warning:"), "{aside}");
}

#[test]
fn the_readme_names_every_measure_field_section_and_preset() {
    let missing: Vec<String> = quarterday::definition::builtin::measures()
        .into_iter()
        .map(|measure| measure.name)
        .chain(quarterday::query::Field::ALL.iter().map(|(_, name)| (*name).to_owned()))
        .chain(quarterday::event::ActionClass::ALL.iter().map(|class| class.as_str().to_owned()))
        .filter(|name| {
            !README.contains(&format!("`{name}`"))
                && !README.contains(&format!("{name},"))
                && !README.contains(&format!("{name})"))
        })
        .collect();
    assert!(missing.is_empty(), "the README does not say: {missing:?}");
}
