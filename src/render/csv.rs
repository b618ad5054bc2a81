//! CSV: rows of text as RFC 4180 wants them, safe to open in a spreadsheet.
//!
//! A cell that begins with `=`, `+`, `-`, `@`, tab or carriage return would be run as a formula by spreadsheets; it is written with a `'`
//! before it. Numbers are written by the caller as text; a negative one is a number to a spreadsheet and stays as it is.

/// Writes a head and rows as CSV: comma, CRLF, quotes where needed, UTF-8 without a byte order mark.
pub fn csv<'a>(head: &[&str], rows: impl IntoIterator<Item = &'a [String]>) -> String {
    let mut out = String::new();
    row(head.iter().copied(), &mut out);
    for cells in rows {
        row(cells.iter().map(String::as_str), &mut out);
    }
    out
}

/// Writes one row.
pub fn row<'a>(cells: impl IntoIterator<Item = &'a str>, out: &mut String) {
    let start = out.len();
    for (place, cell) in cells.into_iter().enumerate() {
        if place > 0 {
            out.push(',');
        }
        let guard = if runs(cell) { "'" } else { "" };
        if cell.contains(['"', ',', '\n', '\r']) {
            out.push('"');
            out.push_str(guard);
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(guard);
            out.push_str(cell);
        }
    }
    // A row that is one empty cell would look like no row.
    if out.len() == start {
        out.push_str("\"\"");
    }
    out.push_str("\r\n");
}

/// Whether a spreadsheet would run the cell. White space and full-width signs before it do not save one.
fn runs(cell: &str) -> bool {
    let trimmed = cell.trim_start_matches([' ', '\u{a0}', '\u{feff}']);
    let number = trimmed.starts_with('-')
        && trimmed.len() > 1
        && trimmed.bytes().skip(1).all(|b| b.is_ascii_digit() || b == b'.');
    !number && trimmed.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    //! Tests of CSV: what is written is read back, and nothing runs.

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn cells_that_would_run_do_not() {
        let cells = [
            "=1+1",
            "+1",
            "-cmd|' /C calc'!A0",
            "@SUM(A1)",
            "\tx",
            "\rx",
            " =x",
            "-12.5",
            "-",
            "a=b",
            "",
            "say \"no\", twice",
        ];
        let rows = [cells.map(String::from).to_vec()];
        let text = csv(&["a", "b"], rows.iter().map(Vec::as_slice));
        let expected = "a,b\r\n'=1+1,'+1,'-cmd|' /C calc'!A0,'@SUM(A1),'\tx,\"'\rx\",' =x,-12.5,'-,a=b,,\"say \"\"no\"\", twice\"\r\n";
        assert_eq!(text, expected);
        assert_eq!(csv(&["x"], [[String::new()].as_slice()]), "x\r\n\"\"\r\n");
    }

    proptest! {
        #[test]
        fn every_row_is_read_back(rows in prop::collection::vec(prop::collection::vec("\\PC*|[\\x00-\\x7f]{0,12}", 3), 0..5)) {
            let text = csv(&["one", "two", "three"], rows.iter().map(Vec::as_slice));
            let mut reader = ::csv::ReaderBuilder::new().has_headers(true).from_reader(text.as_bytes());
            let read: Vec<Vec<String>> = reader.records().map(|r| r.unwrap().iter().map(String::from).collect()).collect();
            prop_assert_eq!(read.len(), rows.len());
            for (read, row) in read.iter().flatten().zip(rows.iter().flatten()) {
                let plain = read.strip_prefix('\'').filter(|rest| rest == row).unwrap_or(read);
                prop_assert_eq!(plain, row);
                prop_assert!(!runs(read));
            }
        }
    }
}
