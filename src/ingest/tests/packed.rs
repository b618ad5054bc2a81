//! Tests of packed files, of limits, and of reading rejected rows again.

use super::*;
use std::io::Write;

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut packer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        packer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        packer.write_all(bytes).unwrap();
    }
    packer.finish().unwrap().into_inner()
}

#[test]
fn packed_files_are_read_and_damaged_ones_refused_whole() {
    let text = b"time,actor,action\n2026-01-01T00:00Z,a,x\n";
    let packed = gz(text);
    assert_eq!(read_with(&packed, &simple()).unwrap().0.events.len(), 1);
    let cut = &packed[..packed.len() - 6];
    assert!(
        matches!(read_with(cut, &simple()), Err(ReadError::Unreadable(_, what)) if what.contains("ends in the middle"))
    );

    let zip = zip_of(&[
        ("a/part1.csv", text),
        ("README.md", b"hello"),
        ("part2.CSV", b"time;actor;action\n2026-01-01T00:00Z;b\n"),
    ]);
    let mut kept = Kept::default();
    let summary =
        read(&mut Cursor::new(&zip), "audit.zip", &simple(), &ZoneRules::bundled(), &|_| true, &mut kept, &mut |_| {})
            .unwrap();
    assert_eq!((summary.events, summary.rejected, summary.ignored), (1, 1, vec!["README.md".to_owned()]));
    assert_eq!(kept.rejected[0].reason, "in part2.CSV: the row has 2 fields, the header 3");
    let problem = read_with(&zip_of(&[("a.csv", b"x,y\n")]), &simple()).err().unwrap().to_string();
    assert!(problem.starts_with("test.csv/a.csv:1:1: no column for `time`"), "{problem}");
    assert!(matches!(read_with(&zip_of(&[("a.exe", b"x")]), &simple()), Err(ReadError::Refused(..))));
}

#[test]
fn a_bomb_is_refused() {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(b"time,actor,action\n").unwrap();
    let mut block = vec![b'x'; 1 << 20];
    block.push(b'\n');
    for _ in 0..300 {
        packer.write_all(&block).unwrap();
    }
    let bomb = packer.finish().unwrap();
    assert!(
        matches!(read_with(&bomb, &simple()), Err(ReadError::Refused(_, what)) if what.contains("unpacks to more"))
    );
}

#[test]
fn rejected_rows_are_read_again_with_a_corrected_mapping() {
    let text = b"time;actor;action;note\n01/02/2026 10:00;a;x;\"two\nlines\"\n2026-01-01T00:00Z;a;x;\n";
    let wrong = mapping("columns: { time: time, actor: actor, action: action }\n");
    let (kept, _) = read_with(text, &wrong).unwrap();
    assert_eq!((kept.events.len(), kept.rejected.len()), (1, 1));
    let right = mapping(
        "times: [iso, \"%d/%m/%Y %H:%M\"]\ntimezone: UTC\ncolumns: { time: time, actor: actor, action: action }\n",
    );
    let (whole, _) = read_with(text, &right).unwrap();
    let retry = Retry::new(&right, &ZoneRules::bundled()).unwrap();
    assert_eq!(retry.row(&kept.rejected[0]), Row::Event(Box::new(whole.events[0].clone())));
    let mut again = Kept::default();
    let summary = retry.rows(&kept.rejected, &mut again).unwrap();
    assert_eq!((summary.rows, summary.events), (1, 1));
}

#[test]
fn a_row_count_that_was_told_is_compared() {
    let summary = Summary { rows: 3, ..Summary::default() };
    assert_eq!(summary.unexpected(Some(3)), None);
    assert_eq!(summary.unexpected(None), None);
    assert_eq!(summary.unexpected(Some(4)).unwrap(), "4 rows were expected, 3 were read");
}

#[test]
fn a_zip_with_two_files_of_one_name_is_refused_because_one_would_be_lost() {
    let first = b"time,actor,action\n2026-01-01T00:00Z,a,x\n";
    let second = b"time,actor,action\n2026-01-01T00:00Z,b,x\n";
    let mut zip = zip_of(&[("part1.csv", first), ("part2.csv", second)]);
    for index in 0..zip.len() - 9 {
        if &zip[index..index + 9] == b"part2.csv" {
            zip[index + 4] = b'1';
        }
    }
    let Err(ReadError::Refused(_, what)) = read_with(&zip, &simple()) else { panic!() };
    assert!(what.contains("have one name"), "{what}");
}
