//! The report as HTML with print CSS, for WeasyPrint and Chromium: the same content, fonts, sizes and margins.

use quarterday::chart::{Anchor, Colour, Picture, Shape};
use serde_json::Value;

/// The whole page. The fonts lie in `fonts/` beside it.
pub fn page(data: &Value, charts: &[(String, String)]) -> String {
    let text = |value: &Value| escaped(value.as_str().unwrap_or_default());
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut out = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{0}</title><style>{STYLE}</style></head><body>\
         <h1>{0}</h1><p class=\"quiet\">1 to 30 June 2026, Europe/Berlin</p><p class=\"lead\">{1}</p><div class=\"tiles\">",
        text(&data["title"]),
        text(&data["lead"])
    );
    for tile in list(&data["tiles"]) {
        out.push_str(&format!(
            "<div class=\"tile\"><div class=\"quiet\">{}</div><div class=\"value\">{} <small>{}</small></div><div class=\"quiet\">{}</div></div>",
            text(&tile["label"]), text(&tile["value"]), text(&tile["figure"]), text(&tile["line"])
        ));
    }
    out.push_str("</div>");
    for (name, title) in [("days", "Activity by day"), ("actors", "Deletions by person")] {
        let svg = charts.iter().find(|(chart, _)| chart == name).map_or("", |(_, svg)| svg);
        out.push_str(&format!("<h2>{title}</h2>{svg}"));
    }
    out.push_str("<h2>Every deletion</h2><table><thead><tr>");
    for cell in list(&data["head"]) {
        out.push_str(&format!("<th>{}</th>", text(&cell)));
    }
    out.push_str("</tr></thead><tbody>");
    for row in list(&data["rows"]) {
        out.push_str("<tr>");
        for (at, cell) in list(&row).iter().enumerate() {
            out.push_str(&format!("<td{}>{}</td>", if at == 4 { " class=\"n\"" } else { "" }, text(cell)));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></body></html>\n");
    out
}

const STYLE: &str = "
@font-face{font-family:N;src:url(fonts/NotoSans-Regular.ttf)}
@font-face{font-family:N;font-weight:700;src:url(fonts/NotoSans-Bold.ttf)}
@font-face{font-family:NA;src:url(fonts/NotoSansArabic-Regular.ttf)}
@font-face{font-family:NH;src:url(fonts/NotoSansHebrew-Regular.ttf)}
@page{size:A4;margin:52pt 50pt 50pt 50pt;
@top-left{content:'Example Ltd · Deletions in June';font:7.5pt N}@top-right{content:'June 2026';font:7.5pt N}
@bottom-left{content:'bench-page 2026-06';font:7.5pt N}@bottom-right{content:'page ' counter(page) ' of ' counter(pages);font:7.5pt N}}
body{margin:0;font:9.5pt/1.4 N,NA,NH;color:#1d242b}
h1{font-size:19pt;color:#1f4e79;margin:0}h2{font-size:13pt;color:#1f4e79;break-after:avoid}
.lead{font-size:11pt}.quiet{color:#5a6570}
.tiles{display:flex;gap:6pt}.tile{flex:1;background:#f4f6f8;border-left:3pt solid #d0d5db;padding:6pt;font-size:7.6pt}
.value{font-size:17pt;font-weight:700}.value small{font-size:6pt;font-weight:400}
svg{width:100%;height:150pt;font-family:N,NA,NH}
table{width:100%;border-collapse:collapse;font-size:8.2pt}thead{display:table-header-group}tr{break-inside:avoid}
th,td{text-align:left;vertical-align:top;padding:2.4pt 4pt;border-bottom:.5pt solid #d0d5db}
tbody tr:nth-child(even){background:#f4f6f8}.n{text-align:right}
";

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A picture as SVG.
pub fn svg(picture: &Picture, alt: &str) -> String {
    let hex = |c: &Colour| format!("#{:02x}{:02x}{:02x}", c.0, c.1, c.2);
    let path = |points: &[(f64, f64)]| {
        let parts: Vec<String> = points.iter().map(|(x, y)| format!("{x:.2} {y:.2}")).collect();
        format!("M{}", parts.join("L"))
    };
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\" font-family=\"Noto Sans\">",
        picture.width,
        picture.height,
        escaped(alt)
    );
    for shape in &picture.shapes {
        out.push_str(&match shape {
            Shape::Area { points, fill } => format!("<path fill=\"{}\" d=\"{}Z\"/>", hex(fill), path(points)),
            Shape::Line { points, width, colour, dash } => {
                let dash = dash.map_or(String::new(), |(on, off)| format!(" stroke-dasharray=\"{on} {off}\""));
                format!("<path fill=\"none\" stroke=\"{}\" stroke-width=\"{width}\"{dash} d=\"{}\"/>", hex(colour), path(points))
            }
            Shape::Dot { centre, radius, fill } => {
                format!("<circle fill=\"{}\" cx=\"{}\" cy=\"{}\" r=\"{radius}\"/>", hex(fill), centre.0, centre.1)
            }
            Shape::Text { at, size, bold, colour, anchor, text } => {
                let anchor = match anchor {
                    Anchor::Start => "start",
                    Anchor::Middle => "middle",
                    Anchor::End => "end",
                };
                let weight = if *bold { " font-weight=\"700\"" } else { "" };
                format!(
                    "<text fill=\"{}\" x=\"{:.2}\" y=\"{:.2}\" font-size=\"{size}\" text-anchor=\"{anchor}\"{weight}>{}</text>",
                    hex(colour), at.0, at.1, escaped(text)
                )
            }
        });
    }
    out.push_str("</svg>");
    out
}
