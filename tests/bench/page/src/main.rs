//! `make ROWS DIR` writes a report's data for every tool; `set DIR OUT plain|tagged` sets it with our library.

mod data;
mod html;

use quarterday::chart::draw::{Look, draw};
use quarterday::chart::{Chart, Palette, Picture};
use quarterday::document::compose::{TemplateSet, compose};
use quarterday::document::theme::Theme;
use quarterday::render::pdf::{Attachment, PdfMeta, Relation, Standard, pdf};
use quarterday::typeface::Fonts;
use serde_json::Value;
use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["make", rows, folder] => make(rows.parse()?, Path::new(folder)),
        ["set", folder, out, "plain"] => set(Path::new(folder), Path::new(out), false),
        ["set", folder, out, "tagged"] => set(Path::new(folder), Path::new(out), true),
        _ => Err("bench-page make ROWS DIR | set DIR OUT plain|tagged".into()),
    }
}

fn make(rows: usize, folder: &Path) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    let data = data::report(rows);
    std::fs::write(folder.join("data.json"), serde_json::to_vec(&data)?)?;
    std::fs::write(folder.join("evidence.csv"), data::evidence(&data))?;
    let fonts = Fonts::shipped()?;
    let palette = Palette::default();
    let look = Look::english(&palette, &fonts);
    let mut pictures = Vec::new();
    for (name, chart) in charts(&data)? {
        let svg = html::svg(&draw(&chart, 495.276, 150.0, &look), &chart.alt);
        std::fs::write(folder.join(format!("{name}.svg")), &svg)?;
        pictures.push((name, svg));
    }
    std::fs::write(folder.join("report.html"), html::page(&data, &pictures))?;
    std::fs::write(folder.join("report.typ"), include_str!("../report.typ"))?;
    Ok(())
}

/// The charts of the data; what it does not say of them is as in a chart that nobody said anything of.
fn charts(data: &Value) -> Result<BTreeMap<String, Chart>, Box<dyn Error>> {
    let mut charts = BTreeMap::new();
    for (name, said) in data["charts"].as_object().into_iter().flatten() {
        let mut whole = serde_json::to_value(Chart::default())?;
        for (key, value) in said.as_object().into_iter().flatten() {
            whole[key] = value.clone();
        }
        charts.insert(name.clone(), serde_json::from_value(whole)?);
    }
    Ok(charts)
}

fn set(folder: &Path, out: &Path, tagged: bool) -> Result<(), Box<dyn Error>> {
    let data: Value = serde_json::from_slice(&std::fs::read(folder.join("data.json"))?)?;
    let evidence = std::fs::read(folder.join("evidence.csv"))?;
    let templates = [("report.tera", include_str!("../report.tera"))];
    let set = TemplateSet::load(&templates, &[]).map_err(|problems| format!("{problems:?}"))?;
    let charts = charts(&data)?;
    let document = compose(&set, "report.tera", &data, charts).map_err(|problems| format!("{problems:?}"))?;
    drop(data);
    let fonts = Fonts::shipped()?;
    let palette = Palette::default();
    let look = Look::english(&palette, &fonts);
    let picture = |chart: &Chart, width: f64, height: f64| -> Picture { draw(chart, width, height, &look) };
    let attachment = Attachment {
        name: "evidence.csv",
        media_type: "text/csv",
        words: "Every row of the table",
        relation: Relation::Data,
        bytes: &evidence,
    };
    let meta = PdfMeta {
        created: 1_782_000_000_000,
        edition: "bench-page/2026-06".to_owned(),
        author: "Example Ltd".to_owned(),
        standard: if tagged { Standard::Accessible } else { Standard::Archival },
        attachments: if tagged { std::slice::from_ref(&attachment) } else { &[] },
    };
    let set = pdf(&document, &Theme::default(), &fonts, &picture, &meta)?;
    if !set.missing_glyphs.is_empty() {
        return Err(format!("not the same report: no font has {:?}", set.missing_glyphs).into());
    }
    std::fs::write(out, &set.bytes)?;
    println!("{}", set.pages);
    Ok(())
}
