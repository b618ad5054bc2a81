//! A rich document for tests and for looking at: every block, every script.

use crate::chart::{Anchor, Chart, Colour, Kind, Picture, Role, Series, Shape};
use crate::document::*;

pub(super) fn words(text: &str) -> Vec<Inline> {
    vec![Inline::Text(text.to_string())]
}

pub(super) fn paragraph(style: ParagraphStyle, text: &str) -> Block {
    Block::Paragraph { style, text: words(text) }
}

fn heading(level: u8, id: &str, text: &str) -> Block {
    Block::Heading { level, id: id.to_string(), text: words(text) }
}

pub(super) fn cell(text: &str) -> Cell {
    Cell { text: words(text), ..Cell::default() }
}

fn chart(kind: Kind, categories: usize) -> Chart {
    let values = |seed: usize| (0..categories).map(|at| Some(((at * 37 + seed * 11) % 29) as f64 + 3.0)).collect();
    Chart {
        kind,
        categories: (0..categories).map(|at| format!("{}", at + 1)).collect(),
        series: vec![Series { name: "people".to_string(), values: values(3), role: Role::Plain }],
        unit: "events".to_string(),
        alt: "Events by day.".to_string(),
        ..Chart::default()
    }
}

/// Stands for `chart::draw`: bars, a line, labels.
pub(super) fn picture(chart: &Chart, width: f64, height: f64) -> Picture {
    let mut shapes = Vec::new();
    let values: Vec<f64> =
        chart.series.iter().flat_map(|series| series.values.iter().map(|value| value.unwrap_or(0.0))).collect();
    let most = values.iter().copied().fold(1.0, f64::max);
    let axis = if chart.kind == Kind::Spark { 0.0 } else { 14.0 };
    let step = width / values.len().max(1) as f64;
    let floor = height - axis;
    for (at, value) in values.iter().enumerate() {
        let x = at as f64 * step;
        let top = floor - (floor - 4.0) * value / most;
        shapes.push(Shape::Area {
            points: vec![(x + 1.0, top), (x + step - 1.0, top), (x + step - 1.0, floor), (x + 1.0, floor)],
            fill: Colour(0x1f, 0x4e, 0x79),
        });
        if axis > 0.0 {
            shapes.push(Shape::Text {
                at: (x + step / 2.0, height - 3.0),
                size: 7.0,
                bold: false,
                colour: Colour(0x5a, 0x65, 0x70),
                anchor: Anchor::Middle,
                text: format!("{}", at + 1),
            });
        }
    }
    shapes.push(Shape::Line {
        points: vec![(0.0, floor * 0.4), (width, floor * 0.4)],
        width: 0.8,
        colour: Colour(0xb3, 0x26, 0x1e),
        dash: Some((3.0, 2.0)),
    });
    if axis > 0.0 {
        shapes.push(Shape::Dot { centre: (width / 2.0, floor * 0.4), radius: 2.5, fill: Colour(0xb3, 0x26, 0x1e) });
        shapes.push(Shape::Text {
            at: (width - 2.0, floor * 0.4 - 3.0),
            size: 7.0,
            bold: true,
            colour: Colour(0xb3, 0x26, 0x1e),
            anchor: Anchor::End,
            text: "target ≤ 12, יעד".to_string(),
        });
    }
    Picture { width, height, shapes }
}

pub(super) const NAMES: [&str; 10] = [
    "Katharina Weißenböck",
    "Ελένη Παπαδοπούλου",
    "Юлия Щербакова",
    "דנה לוי־כהן",
    "محمد عبد الرحمن",
    "José Núñez Ibáñez",
    "Łukasz Żółć",
    "Deal אבג 123 (דחוף)",
    "صفقة Acme GmbH رقم 42",
    "Nguyễn Thị Ánh",
];

pub(super) fn sample() -> Document {
    let tile = |label: &str, value: &str, figure: &str, tone, change: Vec<Inline>, spark: &str| Tile {
        label: label.to_string(),
        value: value.to_string(),
        figure: figure.to_string(),
        lines: vec![change, words("normal 20 to 40")],
        tone,
        spark: spark.to_string(),
    };
    let up = |text: &str, tone| vec![Inline::Toned(tone, words(text)), Inline::Text(" against the week before".into())];
    let mut blocks = vec![
        heading(1, "", "Weekly activity review"),
        paragraph(ParagraphStyle::Subtitle, "Monday 9 to Sunday 15 June 2025, Europe/Berlin"),
        Block::Facts(vec![
            (words("Edition"), vec![Block::Paragraph { style: ParagraphStyle::Plain, text: vec![Inline::Code("weekly-activity/2025-W24".into()), Inline::Text(", revision 0".into())] }]),
            (words("Head of the log"), vec![Block::Paragraph { style: ParagraphStyle::Plain, text: vec![Inline::Code("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into())] }]),
            (words("Coverage"), vec![Block::Paragraph { style: ParagraphStyle::Plain, text: vec![Inline::Toned(Tone::Good, vec![Inline::Strong(words("complete"))]), Inline::Text(": three sources, none silent, no row in quarantine".into())] }]),
        ]),
        Block::Paragraph { style: ParagraphStyle::Lead, text: vec![
            Inline::Text("Deletions rose from 31 to ".into()), Inline::Strong(words("214")), Inline::Figure("F3".into()),
            Inline::Text("; 163 of them by one person, on Saturday night. Exports stayed within what is normal, and everything else was quiet. Permission changes were made by administrators only.".into()),
        ] },
        Block::Tiles(vec![
            tile("Failed logins", "1,204", "F1", Tone::Bad, up("▲ 312 %", Tone::Bad), "spark"),
            tile("Exports", "38", "F2", Tone::Neutral, up("▼ 4 %", Tone::Quiet), "spark"),
            tile("Records deleted", "214", "F3", Tone::Bad, up("▲ 590 %", Tone::Bad), "spark"),
            tile("Permission changes", "6", "F4", Tone::Good, up("− 2", Tone::Good), "spark"),
            tile("Outside working hours", "not recorded", "F5", Tone::Quiet, words("by zoho-crm"), "spark"),
            tile("People", "58", "F6", Tone::Neutral, up("= 58", Tone::Quiet), "spark"),
        ]),
        heading(2, "days", "Events by day"),
        Block::Chart { name: "days".into(), caption: words("Events by day, people apart from integrations"), height: None },
        Block::Note { tone: Tone::Warn, blocks: vec![
            Block::Paragraph { style: ParagraphStyle::Plain, text: vec![Inline::Strong(words("Look at this. ")), Inline::Text("One account deleted 163 deals between 23:10 and 23:41 on Saturday, then exported 4 lists of contacts. See ".into()), Inline::Link("#deleted".into(), words("deletions one by one")), Inline::Text(" and ".into()), Inline::Link("https://example.org/policy?q=a b".into(), words("the policy")), Inline::Text(".".into())] },
            Block::List { numbered: false, items: vec![vec![paragraph(ParagraphStyle::Plain, "Ask the owner of the account whether the deletions were meant.")], vec![paragraph(ParagraphStyle::Plain, "Restore the deals from the recycle bin before 12 August; after that day the source no longer keeps them, and nobody can bring them back.")]] },
        ] },
        Block::Columns(vec![
            (1.0, vec![heading(3, "", "Deletions by team"), Block::Table(Table {
                columns: vec![Column::default(), Column { number: true, width: None }],
                head: vec![vec![cell("Team"), cell("Records")]],
                body: vec![vec![cell("Sales North"), cell("163")], vec![cell("Sales South"), cell("31")], vec![cell("Service"), cell("20")]],
                foot: vec![vec![cell("All"), cell("214")]],
                ..Table::default()
            })]),
            (1.0, vec![heading(3, "", "What is normal"), paragraph(ParagraphStyle::Plain, "Learnt from the 12 weeks before: median 33, between 20 and 40 in nine weeks of ten."), Block::List { numbered: true, items: vec![vec![paragraph(ParagraphStyle::Plain, "Weeks with a holiday are left out.")], vec![paragraph(ParagraphStyle::Plain, "Integrations are counted apart.")]] }]),
        ]),
        heading(2, "deleted", "Deletions, one by one"),
        paragraph(ParagraphStyle::Plain, "Every deletion by people who are not administrators. Times are in Europe/Berlin. The longest rows come from bulk actions, where the source gives one event for many records."),
    ];
    let column = |number| Column { number, width: None };
    let mut body: Vec<Vec<Cell>> = (0..100)
        .map(|at| {
            let name = NAMES[at % NAMES.len()];
            let mut tone = cell(["success", "failure", "denied", "unknown"][at % 4]);
            tone.tone = [Tone::Neutral, Tone::Bad, Tone::Warn, Tone::Quiet][at % 4];
            vec![
                cell(&format!("2025-06-{:02} {:02}:{:02}", 9 + at / 15, at % 24, (at * 7) % 60)),
                cell(name),
                cell(["Deals", "Contacts", "Set-up › Users", "Leads"][at % 4]),
                cell(&format!(
                    "{} {}",
                    NAMES[(at * 3 + 7) % NAMES.len()],
                    if at % 9 == 0 { "— moved from the old system in the spring, owner not set" } else { "" }
                )),
                Cell {
                    text: vec![Inline::Code(format!("zcrm_{:019}", 4_876_876_000_000_112_233_u64 + at as u64 * 7919))],
                    ..Cell::default()
                },
                cell(&format!("{}", (at * at * 13) % 4000)),
                tone,
            ]
        })
        .collect();
    body.push(vec![
        cell("2025-06-15 23:59"),
        cell(&"Donaudampfschiff".repeat(70)),
        cell("a\u{0}b\u{1b}[31m <script>alert(1)</script> & \u{202e}gpj"),
        cell("名前 🔥 tower Z\u{300}\u{301}\u{302}\u{303}"),
        cell("x"),
        cell("9"),
        cell("success"),
    ]);
    blocks.push(Block::Table(Table {
        caption: words("Deletions by people who are not administrators, oldest first"),
        columns: vec![
            column(false),
            column(false),
            column(false),
            column(false),
            column(false),
            column(true),
            column(false),
        ],
        head: vec![vec![
            cell("Time"),
            cell("Who"),
            cell("Module"),
            cell("Record"),
            cell("Id"),
            cell("Records affected"),
            cell("Outcome"),
        ]],
        body,
        foot: vec![vec![Cell { span: 5, ..cell("All 101 rows") }, cell("199,812"), cell("")]],
    }));
    blocks.push(paragraph(ParagraphStyle::Small, "Shown 101 of 412; the rest in deletions.csv."));
    blocks.push(Block::Rule);
    blocks.push(paragraph(ParagraphStyle::Plain, "بعد مراجعة السجل تم حذف 163 صفقة من قبل مستخدم واحد ليلة السبت، ثم تم تصدير أربع قوائم من جهات الاتصال إلى ملف CSV خارج ساعات العمل."));
    blocks.push(Block::Keep(vec![
        heading(2, "", "Decisions wanted"),
        paragraph(ParagraphStyle::Plain, "Shall exports by leavers be stopped on the day they give notice?"),
        Block::SignLines(vec!["Date".into(), "Name".into(), "Signature".into()]),
    ]));
    blocks.push(Block::PageBreak { appendix: true });
    blocks.push(heading(2, "", "How this report was made"));
    for part in 0..3 {
        blocks.push(heading(3, "", ["Trigger and times", "What was read", "Limits"][part]));
        blocks.push(Block::Facts((0..12).map(|at| (words(["Due", "Cut-off", "Issued", "Period in UTC"][at % 4]), vec![paragraph(ParagraphStyle::Plain, "2025-06-09T00:00:00+02:00 up to, and not with, 2025-06-16T00:00:00+02:00: what a source does not record cannot be shown, and this is evidence, not a verdict.")])).collect()));
    }
    Document {
        title: "Weekly activity review".into(),
        language: "en".into(),
        header_left: "Example Ltd · Weekly activity review".into(),
        header_right: "9 to 15 June 2025".into(),
        footer_left: "weekly-activity/2025-W24 · revision 0 · log 9f86d081".into(),
        banner: "PREVIEW, NOT ISSUED".into(),
        blocks,
        charts: [("days".to_string(), chart(Kind::StackedBars, 14)), ("spark".to_string(), chart(Kind::Spark, 20))]
            .into(),
        words: Default::default(),
    }
}

/// What strains the layout: many columns, rows and notes longer than a page, few and many tiles, right to left throughout.
pub(super) fn torture() -> Document {
    let tile = |at: usize| Tile {
        label: format!("Measure {at}"),
        value: format!("{}", at * 1379),
        figure: format!("F{at}"),
        lines: vec![words("▼ 4 %")],
        ..Tile::default()
    };
    let wide = |count: usize, rows: usize| Table {
        caption: words(&format!("{count} columns")),
        columns: (0..count).map(|at| Column { number: at % 3 == 2, width: None }).collect(),
        head: vec![(0..count).map(|at| cell(&format!("Column {at}"))).collect()],
        body: (0..rows)
            .map(|row| {
                (0..count)
                    .map(|at| {
                        if at % 3 == 2 {
                            cell(&format!("{}", row * at * 37))
                        } else {
                            cell(NAMES[(row + at) % NAMES.len()])
                        }
                    })
                    .collect()
            })
            .collect(),
        ..Table::default()
    };
    let long = "one sentence after the other, until the page is full and beyond it. ";
    let rtl = |text: &str| paragraph(ParagraphStyle::Plain, text);
    let blocks = vec![
        heading(1, "", "What strains the layout, with a title that is so long that it takes more than one line"),
        Block::Tiles((1..8).map(tile).collect()),
        Block::Tiles((1..3).map(tile).collect()),
        Block::Table(wide(14, 6)),
        Block::Table(wide(26, 3)),
        Block::Note { tone: Tone::Bad, blocks: (0..9).map(|_| rtl(&long.repeat(9))).collect() },
        Block::Columns(vec![(2.0, vec![rtl(&long.repeat(90))]), (1.0, vec![rtl("short")])]),
        Block::Table(Table {
            head: vec![vec![cell("What"), cell("Row longer than a page")]],
            body: vec![
                vec![cell("before"), cell("x")],
                vec![cell("it"), cell(&long.repeat(120))],
                vec![cell("after"), cell("y")],
            ],
            columns: vec![Column::default(), Column { number: false, width: Some(0.4) }],
            ..Table::default()
        }),
        heading(2, "", "סקירה שבועית של הפעילות"),
        Block::Facts(vec![
            (words("מהדורה"), vec![rtl("שבועי 2025-W24, גרסה 0")]),
            (words("כיסוי"), vec![rtl("מלא: שלושה מקורות")]),
        ]),
        Block::List {
            numbered: true,
            items: vec![
                vec![rtl("לשאול את בעל החשבון אם המחיקות היו מכוונות.")],
                vec![rtl("לשחזר את העסקאות מסל המחזור לפני 12 באוגוסט (Acme GmbH).")],
            ],
        },
        Block::Note {
            tone: Tone::Neutral, blocks: vec![rtl("هذا دليل وليس حكما."), Block::Table(wide(4, 3))]
        },
        Block::SignLines(vec!["Name, date".into()]),
    ];
    Document {
        title: "Torture".into(),
        language: "de".into(),
        header_left: "A very long name of an organisation ".repeat(8),
        header_right: "A very long period ".repeat(8),
        footer_left: "A very long footer ".repeat(12),
        blocks,
        ..Document::default()
    }
}
