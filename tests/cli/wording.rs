//! Words and templates: a report that is German throughout, templates and themes that customers change, and what `check` says of
//! mistakes in them before the night.

use crate::samples::daily;
use quarterday::wording::{SHIPPED, Words};
use std::collections::BTreeSet;

/// The text of a page: nothing of its head, its tags and its drawings' paths; what alternative texts say stays.
fn text_of(html: &str) -> String {
    let body = html.split_once("<body").map_or(html, |(_, body)| body);
    let mut out = String::new();
    for piece in body.split('<') {
        let (tag, text) = piece.split_once('>').unwrap_or(("", piece));
        for attribute in ["aria-label=\"", "alt=\"", "title=\""] {
            out.push_str(tag.split(attribute).nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default());
            out.push(' ');
        }
        out.push_str(text);
        out.push(' ');
    }
    out.replace("&#39;", "'")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// Pieces of the fixed texts of English that a German report must not hold: of two words at least, or long, and in no German text.
fn english_only() -> BTreeSet<String> {
    let english = Words::english();
    let german = Words::read(SHIPPED[1].0, "de.yaml", SHIPPED[1].1).unwrap();
    let all_german: String = german.keys().map(|key| german.word(key) + "\n").collect();
    let pieces = |text: String| -> Vec<String> {
        let parts = text.split(['{', '}']).enumerate().filter(|(at, _)| at % 2 == 0).map(|(_, part)| part.to_owned());
        parts.map(|part| part.trim_matches(|c: char| !c.is_alphanumeric()).to_owned()).collect()
    };
    english
        .keys()
        .flat_map(|key| pieces(english.word(key)))
        .filter(|piece| piece.contains(' ') || piece.chars().count() >= 6)
        .filter(|piece| !all_german.contains(piece.as_str()))
        .collect()
}

/// Whether a text holds a piece as words of their own.
fn holds(text: &str, piece: &str) -> bool {
    text.match_indices(piece).any(|(at, _)| {
        let before = text[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || "-_./@".contains(c));
        let after = text[at + piece.len()..].chars().next().is_some_and(|c| c.is_alphanumeric() || "-_/@".contains(c));
        !before && !after
    })
}

#[test]
fn a_german_report_is_german_throughout() {
    let english = english_only();
    assert!(english.contains("How this report was made") && english.len() > 150, "{}", english.len());
    let home = daily();
    home.file("report-templates/theme.yaml", "language: de\n");
    for (stem, text) in [
        ("daily", include_str!("../../schedules/daily-security-watch.yaml")),
        ("weekly", include_str!("../../schedules/weekly-activity-review.yaml")),
        ("monthly", include_str!("../../schedules/monthly-management-review.yaml")),
    ] {
        home.definition(stem, text);
        home.ok(["preview", stem, "--format", "html", "-o", "page.html"]);
        let html = std::fs::read_to_string(home.path("page.html")).unwrap();
        assert!(html.contains("<html lang=\"de\""), "{stem}");
        let page = text_of(&html);
        assert!(holds(&page, "Wie dieser Bericht entstand") && holds(&page, "Zum Inhalt"), "{page}");
        // What the author wrote stays as written: it may be English. So do values that a built-in measure asks for.
        let text = format!("{text} outcome: [failure, denied]");
        let left: Vec<&String> =
            english.iter().filter(|piece| holds(&page, piece) && !text.contains(piece.as_str())).collect();
        assert!(left.is_empty(), "{stem}: left in English: {left:?}\n{page}");
    }
    // The mail too.
    home.definition("daily", &crate::samples::DAILY.replace("title: Daily numbers", "title: Tageszahlen"));
    for stem in ["weekly", "monthly"] {
        std::fs::remove_file(home.path(&format!("schedules/{stem}.yaml"))).unwrap();
    }
    home.ok(["issue", "daily", "--period", "2026-11-30"]);
    let mails = home.mails();
    let mail = mails[0].text();
    assert!(mail.contains("Die wichtigsten Zahlen") && mail.contains("Abdeckung des Protokolls"), "{mail}");
    let left: Vec<&String> = english.iter().filter(|piece| holds(&mail, piece)).collect();
    assert!(left.is_empty(), "left in English: {left:?}\n{mail}");
}

#[test]
fn a_definition_chooses_its_language_and_a_language_is_one_file() {
    let home = daily();
    home.definition("daily", &crate::samples::DAILY.replace("owner:", "language: de\nowner:"));
    home.ok(["preview", "daily", "--period", "2026-11-30", "--format", "html", "-o", "p.html"]);
    let page = std::fs::read_to_string(home.path("p.html")).unwrap();
    assert!(page.contains("Montag, 30. November 2026"), "{page}");
    // Titles of the author are as written; those of built-in measures are in the language.
    assert!(page.contains("What was deleted") && page.contains("Löschungen"), "{page}");
    home.definition("daily", &crate::samples::DAILY.replace("owner:", "language: fr\nowner:"));
    home.run(["check"])
        .fails(2, &["schedules/daily.yaml:2:11: there is no file of words for the language `fr`", "de, en"]);
    let french =
        SHIPPED[0].1.replace("language: en", "language: fr").replace("plurals: one-other", "plurals: up-to-one");
    home.file("report-templates/words/fr.yaml", &french);
    home.ok(["check"]);
    home.file("report-templates/words/fr.yaml", french.replace("    contents: Contents\n", ""));
    home.run(["check"]).fails(2, &["words/fr.yaml:", "`page.contents` is missing. In English it is “Contents”"]);
}

#[test]
fn a_template_that_is_edited_changes_html_and_pdf_alike() {
    let home = daily();
    let set = |name: &str| {
        for format in ["html", "pdf"] {
            let file = format!("{name}.{format}");
            home.ok(["preview", "daily", "--period", "2026-11-30", "--format", format, "-o", &file]);
        }
        let html = std::fs::read_to_string(home.path(&format!("{name}.html"))).unwrap();
        let pdf = std::process::Command::new("pdftotext").arg(home.path(&format!("{name}.pdf"))).arg("-").output();
        let pdf = pdf.ok().map(|ran| String::from_utf8_lossy(&ran.stdout).into_owned());
        (html, pdf, std::fs::read(home.path(&format!("{name}.pdf"))).unwrap())
    };
    let before = set("before");
    assert!(before.0.contains("Reaches the end") && before.0.contains("1f4e79"));
    let shipped = include_str!("../../report-templates/section/summary.tera");
    home.file("report-templates/section/summary.tera", format!("<h2>What the committee looks at</h2>\n{shipped}"));
    // The coverage's table without its last column.
    let shipped = include_str!("../../report-templates/part/table.tera");
    let dropped = shipped
        .replace("{% for column in table.columns %}", "{% for column in table.columns %}{% if not loop.last %}")
        .replace("/>{% endfor %}", "/>{% endif %}{% endfor %}")
        .replace("{% for cell in table.head %}", "{% for cell in table.head %}{% if not loop.last %}")
        .replace("</th>{% endfor %}", "</th>{% endif %}{% endfor %}")
        .replace("{% for cell in row %}", "{% for cell in row %}{% if not loop.last %}")
        .replace("</td>{% endfor %}", "</td>{% endif %}{% endfor %}");
    home.file("report-templates/part/table.tera", dropped);
    home.file("report-templates/theme.yaml", "colours: { accent: \"#6a1b5d\" }\n");
    let after = set("after");
    assert!(after.0.contains("What the committee looks at") && after.0.contains("6a1b5d"), "{}", after.0);
    assert!(!after.0.contains("Reaches the end"), "{}", after.0);
    assert_ne!(before.2, after.2);
    if let (Some(before), Some(after)) = (before.1, after.1) {
        assert!(!before.contains("What the committee looks at") && after.contains("What the committee looks at"));
        assert!(before.contains("Reaches the end") && !after.contains("Reaches the end"));
    }
}

/// A picture of 12 by 3 pixels, half of it transparent, as any program writes one.
const LOGO: &[u8] = include_bytes!("logo.png");

#[test]
fn a_logo_stands_in_html_and_pdf_and_an_edition_is_set_again_with_the_one_of_then() {
    let home = daily();
    home.file("report-templates/theme.yaml", "logo: logo.png\n");
    home.run(["check"]).fails(2, &["theme.yaml:1:7: the logo `logo.png` is not beside theme.yaml"]);
    home.file("report-templates/logo.png", "no picture");
    home.run(["check"]).fails(2, &["theme.yaml:1:7", "is no PNG that can be read"]);
    home.file("report-templates/logo.png", vec![0; 600_000]);
    home.run(["check"]).fails(2, &["is larger than 500 kB"]);
    home.file("report-templates/logo.png", LOGO);
    home.ok(["check"]);
    home.ok(["issue"]);
    assert!(
        home.edition_text("daily/2026-11-30", ".html").contains("<img class=\"logo\" src=\"data:image/png;base64,")
    );
    // Another logo, or none, changes nothing that was issued.
    std::fs::remove_file(home.path("report-templates/logo.png")).unwrap();
    home.file("report-templates/theme.yaml", "paper: A4\n");
    let verified = home.ok(["verify"]);
    assert!(verified.contains("the same bytes"), "{verified}");
}

#[test]
fn mistakes_of_templates_show_before_the_night() {
    let home = daily();
    let page = "<report title=\"{{ report.title }}\">\n<p>{{ \"summary/deletions\" | figure }} {{ \"summary/deletions\" | figure(of=\"label\") }}</p>\n</report>\n";
    home.file("report-templates/report.tera", page);
    home.ok(["check"]);
    home.ok(["preview", "daily", "--period", "2026-11-30", "--format", "html", "-o", "p.html"]);
    let html = std::fs::read_to_string(home.path("p.html")).unwrap();
    assert!(html.contains("<p>1 F") && html.contains("</p>"), "{html}");
    let mistake = |from: &str, to: &str, said: &[&str]| {
        assert!(page.contains(from));
        home.file("report-templates/report.tera", page.replacen(from, to, 1));
        home.run(["check"]).fails(2, said);
    };
    mistake(
        "summary/deletions",
        "summary/delitions",
        &["report.tera:2:", "there is no figure `summary/delitions`", "Did you mean `summary/deletions`?"],
    );
    mistake("report.title", "report.titel", &["report.tera:1:", "titel"]);
    mistake(
        "| figure }}",
        "| figures }}",
        &["report.tera:2:", "the filter `figures` is not one that templates may use"],
    );
    mistake("<p>", "<div>", &["report.tera:2:1", "div"]);
    mistake(
        "\"summary/deletions\" | figure }}",
        "\"made.titel\" | word }}",
        &["report.tera:2:7: there is no word `made.titel`. Did you mean `made.title`?"],
    );
    // In a mail too.
    home.file("report-templates/report.tera", page);
    home.file("report-templates/mail/subject.txt.tera", "{{ report.titel }}");
    home.run(["check"]).fails(2, &["mail/subject.txt.tera:1:"]);
}
