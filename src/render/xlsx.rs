//! XLSX: a workbook as a spreadsheet: typed cells, frozen heads, filters, widths from what is in the columns. Nothing in it
//! runs or leads out: a text is a string, whatever it begins with, and there are no formulas and no links.

use crate::document::workbook::{Cell, Sheet, Workbook};
use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime};
use rust_xlsxwriter as xlsx;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Worksheet, XlsxError};

/// What a spreadsheet holds at most, by its format.
const LIMITS: Limits = Limits { rows: 1_048_576, columns: 16_384, units: 32_767 };

/// Numbers from here on would lose digits as a spreadsheet keeps them: they are written as text.
const EXACT: u64 = 1_000_000_000_000_000;

/// Letters of the widest column; what is longer is read in its cell.
const WIDEST: usize = 60;

/// So many rows say how wide a column is.
const MEASURED: usize = 500;

#[derive(Clone, Copy)]
struct Limits {
    /// Rows of a sheet, its head among them.
    rows: usize,
    /// Columns of a sheet.
    columns: usize,
    /// Length of a text, in UTF-16 units.
    units: usize,
}

/// How cells look.
struct Formats {
    head: Format,
    text: Format,
    whole: Format,
    share: Format,
    mean: Format,
    time: Format,
    day: Format,
}

/// Writes a workbook. The same one gives the same bytes.
///
/// # Errors
/// What the format cannot hold and was not foreseen.
pub fn xlsx(workbook: &Workbook) -> Result<Vec<u8>, XlsxError> {
    within(workbook, LIMITS)
}

fn within(workbook: &Workbook, limits: Limits) -> Result<Vec<u8>, XlsxError> {
    let mut book = xlsx::Workbook::new();
    let created = ExcelDateTime::from_timestamp(workbook.created.div_euclid(1000))?;
    let properties = DocProperties::new()
        .set_title(&*fitted(&workbook.title, 255))
        .set_author(&*fitted(&workbook.author, 255))
        .set_creation_datetime(&created);
    book.set_properties(&properties);
    let (plain, strong) = (Formats::new(false), Formats::new(true));
    let wanted: Vec<&str> = workbook.sheets.iter().map(|sheet| sheet.name.as_str()).collect();
    for (sheet, name) in workbook.sheets.iter().zip(names(&wanted)) {
        let page = book.add_worksheet().set_name(name)?;
        write(page, sheet, (&plain, &strong), limits)?;
    }
    book.save_to_buffer()
}

impl Formats {
    fn new(strong: bool) -> Formats {
        let plain = Format::new().set_align(FormatAlign::Top);
        let plain = if strong { plain.set_bold() } else { plain };
        let number = |form: &str| plain.clone().set_num_format(form);
        Formats {
            head: plain.clone().set_bold().set_text_wrap().set_background_color(0xE8ECF1),
            // A text stays one, also where somebody edits the cell.
            text: number("@"),
            whole: number("#,##0"),
            share: number("0.00%"),
            mean: number("#,##0.00"),
            time: number("yyyy-mm-dd hh:mm:ss"),
            day: number("yyyy-mm-dd"),
        }
    }
}

fn write(
    page: &mut Worksheet,
    sheet: &Sheet,
    (plain, strong): (&Formats, &Formats),
    limits: Limits,
) -> Result<(), XlsxError> {
    let columns = sheet.head.len().min(limits.columns);
    // A row is kept to say that not all rows are here.
    let room = limits.rows.saturating_sub(1 + sheet.totals.len());
    let cut = sheet.rows.len() > room || sheet.head.len() > columns;
    let rows = sheet.rows.len().min(if cut { room.saturating_sub(1) } else { room });
    for (at, head) in sheet.head.iter().take(columns).enumerate() {
        page.write_string_with_format(0, column(at), fitted(head, limits.units), &plain.head)?;
    }
    let mut row = 0;
    for cells in sheet.rows.iter().take(rows) {
        row += 1;
        for (at, cell) in cells.iter().take(columns).enumerate() {
            put(page, (row, column(at)), cell, plain, limits)?;
        }
    }
    if columns > 0 {
        page.autofilter(0, 0, row, column(columns - 1))?;
    }
    for cells in &sheet.totals {
        row += 1;
        for (at, cell) in cells.iter().take(columns).enumerate() {
            put(page, (row, column(at)), cell, strong, limits)?;
        }
    }
    if cut {
        page.write_string_with_format(row + 1, 0, fitted(&sheet.elsewhere, limits.units), &strong.text)?;
    }
    page.set_freeze_panes(1, 0)?;
    for at in 0..columns {
        page.set_column_width(column(at), width(sheet, at) as f64)?;
    }
    Ok(())
}

fn put(
    page: &mut Worksheet,
    (row, at): (u32, u16),
    cell: &Cell,
    formats: &Formats,
    limits: Limits,
) -> Result<(), XlsxError> {
    let number = |page: &mut Worksheet, value: f64, format: &Format| {
        page.write_number_with_format(row, at, value, format).map(|_| ())
    };
    let text = |page: &mut Worksheet, text: &str| {
        page.write_string_with_format(row, at, fitted(text, limits.units), &formats.text).map(|_| ())
    };
    match cell {
        Cell::Empty | Cell::Share { whole: 0, .. } | Cell::Mean { over: 0, .. } => Ok(()),
        Cell::Text(words) => text(page, words),
        Cell::Whole(value) if value.unsigned_abs() >= EXACT => text(page, &value.to_string()),
        Cell::Whole(value) => number(page, *value as f64, &formats.whole),
        Cell::Share { part, whole } => number(page, *part as f64 / *whole as f64, &formats.share),
        Cell::Mean { sum, over } => number(page, *sum as f64 / *over as f64, &formats.mean),
        Cell::Time(time) => match serial(time) {
            Some(days) => number(page, days, if is_day(time) { &formats.day } else { &formats.time }),
            None => text(page, &time.format("%Y-%m-%d %H:%M:%S").to_string()),
        },
    }
}

/// Whether a time is a whole day.
fn is_day(time: &NaiveDateTime) -> bool {
    time.time() == NaiveTime::MIN
}

/// A civil time as the days since the end of 1899, as spreadsheets count them; `None` before March 1900, where they count a
/// day that never was, and after 9999.
fn serial(time: &NaiveDateTime) -> Option<f64> {
    let first = NaiveDate::from_ymd_opt(1900, 3, 1)?;
    let epoch = NaiveDate::from_ymd_opt(1899, 12, 30)?;
    if time.date() < first || time.year() > 9999 {
        return None;
    }
    let millis = (*time - epoch.and_time(NaiveTime::MIN)).num_milliseconds();
    Some(millis as f64 / 86_400_000.0)
}

/// A column's number; more than there are is cut before.
fn column(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}

/// A text, cut to so many UTF-16 units, with a mark where it is.
fn fitted(text: &str, units: usize) -> String {
    if text.encode_utf16().take(units + 1).count() <= units {
        return text.to_owned();
    }
    let mut room = units.saturating_sub(1);
    let mut out = String::new();
    for c in text.chars() {
        match room.checked_sub(c.len_utf16()) {
            Some(rest) => room = rest,
            None => break,
        }
        out.push(c);
    }
    out.push('…');
    out
}

/// How wide a column is, in letters: as its head and its first rows want it.
fn width(sheet: &Sheet, at: usize) -> usize {
    let longest_line = |text: &str| text.lines().map(|line| line.chars().count()).max().unwrap_or(0);
    let head = sheet.head.get(at).map_or(0, |head| head.chars().count().min(16) + 3);
    let cells = sheet.rows.iter().take(MEASURED).chain(&sheet.totals).filter_map(|row| row.get(at));
    let widths = cells.map(|cell| match cell {
        Cell::Empty => 0,
        Cell::Text(text) => longest_line(text) + 1,
        Cell::Whole(number) => number.to_string().len() * 4 / 3 + 2,
        Cell::Share { .. } | Cell::Mean { .. } => 12,
        Cell::Time(time) if is_day(time) => 12,
        Cell::Time(_) => 20,
    });
    widths.chain([head, 8]).max().unwrap_or(8).min(WIDEST)
}

/// Names of sheets that the format allows: 31 units at most, without `[]:*?/\` and without `'` at either end, not empty, not
/// `History`, and all different whatever the case of their letters.
fn names(wanted: &[&str]) -> Vec<String> {
    let mut taken: Vec<String> = Vec::new();
    for name in wanted {
        let plain: String =
            name.chars().map(|c| if "[]:*?/\\".contains(c) || c.is_control() { ' ' } else { c }).collect();
        let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
        let plain = plain.trim_matches('\'').trim();
        let plain = if plain.is_empty() || plain.eq_ignore_ascii_case("history") { "Sheet" } else { plain };
        let lower = |name: &str| name.to_lowercase();
        let mut name = fitted(plain, 31);
        let mut number = 1;
        while taken.iter().any(|one| lower(one) == lower(&name)) || name.ends_with('\'') {
            number += 1;
            let tail = format!(" {number}");
            name = format!("{}{tail}", fitted(plain, 31 - tail.len()));
        }
        taken.push(name);
    }
    taken
}

#[cfg(test)]
#[path = "xlsx_tests.rs"]
mod tests;
