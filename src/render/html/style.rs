//! The style sheet: from the theme, for screens, the dark, narrow screens and paper.

use super::colours::{Inks, class, dark, hex, tint};
use super::put;
use crate::chart::Colour;
use crate::document::{
    Document,
    theme::{Orientation, Paper, TableStyle, Theme},
};

/// The whole style sheet.
pub fn style(document: &Document, theme: &Theme, inks: &Inks) -> String {
    let mut out = String::from(":root{color-scheme:light dark;");
    variables(theme, |colour| colour, &mut out);
    out.push_str("}\n");
    out.push_str(SCREEN);
    for ink in inks {
        let colour = Colour(ink.0, ink.1, ink.2);
        put(&mut out, format_args!(".{}{{--i:{}}}", class(colour), hex(colour)));
    }
    out.push_str("\n@media screen and (prefers-color-scheme:dark){:root{");
    variables(theme, dark, &mut out);
    out.push('}');
    for ink in inks {
        let colour = Colour(ink.0, ink.1, ink.2);
        put(&mut out, format_args!(".{}{{--i:{}}}", class(colour), hex(dark(colour))));
    }
    out.push_str("}\n");
    out.push_str(match theme.tables {
        TableStyle::Zebra => "tbody tr:nth-child(even){background:var(--shade)}\n",
        TableStyle::Rules => "",
        TableStyle::Plain => "tbody td{border-bottom:0}\n",
    });
    paper(document, theme, &mut out);
    out.push_str(PAPER);
    out
}

fn variables(theme: &Theme, shown: impl Fn(Colour) -> Colour, out: &mut String) {
    let plain = [
        ("page", Colour(255, 255, 255)),
        ("ink", theme.ink),
        ("quiet", theme.quiet),
        ("accent", theme.accent),
        ("rule", theme.rule),
        ("shade", theme.shade),
        ("good", theme.good),
        ("warn", theme.warn),
        ("bad", theme.bad),
        ("good-tint", tint(theme.good, 0.9)),
        ("warn-tint", tint(theme.warn, 0.88)),
        ("bad-tint", tint(theme.bad, 0.91)),
    ];
    for (name, colour) in plain {
        put(out, format_args!("--{name}:{};", hex(shown(colour))));
    }
}

/// The page of a printer: size, margins, and what runs at its edges.
fn paper(document: &Document, theme: &Theme, out: &mut String) {
    let [top, right, bottom, left] = theme.margins;
    let size = match theme.paper {
        Paper::A4 => "A4",
        Paper::Letter => "letter",
    };
    let stand = match theme.orientation {
        Orientation::Portrait => "portrait",
        Orientation::Landscape => "landscape",
    };
    put(out, format_args!("@page portrait{{size:{size} portrait;}}@page landscape{{size:{size} landscape;}}"));
    put(out, format_args!("@page{{size:{size} {stand};margin:{top}pt {right}pt {bottom}pt {left}pt;"));
    let edge = format!("font:7.5pt 'Noto Sans',system-ui,sans-serif;color:{};", hex(theme.quiet));
    for (place, text) in [
        ("top-left", &document.header_left),
        ("top-right", &document.header_right),
        ("bottom-left", &document.footer_left),
    ] {
        put(out, format_args!("@{place}{{{edge}content:{};}}", quoted(text)));
    }
    put(out, format_args!("@bottom-right{{{edge}content:counter(page) \" / \" counter(pages);}}"));
    if !document.banner.is_empty() {
        put(
            out,
            format_args!(
                "@top-center{{{edge}font-weight:700;color:{};content:{};}}",
                hex(theme.bad),
                quoted(&document.banner)
            ),
        );
    }
    out.push_str("}\n");
}

/// A string of CSS. Everything but letters and digits is written as its number, so that nothing ends the string or the style.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        if c.is_alphanumeric() || c == ' ' {
            out.push(c);
        } else {
            put(&mut out, format_args!("\\{:x} ", u32::from(c)));
        }
    }
    out.push('"');
    out
}

const SCREEN: &str = "\
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:1rem/1.5 'Noto Sans',system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,'Noto Sans Hebrew','Noto Sans Arabic',sans-serif;-webkit-text-size-adjust:100%;text-size-adjust:100%}
.skip{position:absolute;left:-99rem;top:0;padding:.5rem 1rem;background:var(--accent);color:var(--page)}
.skip:focus{left:0}
header.running .ends,main,footer.running{max-width:54rem;margin:0 auto;padding:0 1.5rem}
header.running .ends{display:flex;justify-content:space-between;gap:1rem;padding-top:.9rem;color:var(--quiet);font-size:.8rem}
footer.running{color:var(--quiet);font-size:.8rem;margin-top:2.5rem}
footer.running p{border-top:1px solid var(--rule);padding:.5rem 0 1.5rem;margin:0;overflow-wrap:anywhere}
.banner{position:sticky;top:0;margin:0;padding:.35rem;background:var(--bad);color:var(--page);text-align:center;font-weight:700;letter-spacing:.06em}
h1,h2,h3{color:var(--accent);line-height:1.25;text-wrap:balance;overflow-wrap:break-word}
h1{font-size:1.9rem;margin:1.6rem 0 .4rem}
h2{font-size:1.3rem;margin:2.1rem 0 .5rem}
h3{font-size:1.05rem;margin:1.5rem 0 .4rem;color:var(--ink)}
p{margin:.5rem 0;overflow-wrap:break-word}
.lead{font-size:1.125rem;line-height:1.55}
.small{font-size:.82rem;color:var(--quiet)}
.subtitle{color:var(--quiet);margin-top:0}
a{color:var(--accent)}
em{font-style:normal;font-weight:500;color:var(--accent)}
code{font-family:ui-monospace,'Noto Sans Mono','DejaVu Sans Mono',Menlo,Consolas,monospace;font-size:.85em;overflow-wrap:anywhere}
.fig{font-size:.68em;font-weight:400;color:var(--quiet);vertical-align:baseline}
.tone{font-weight:600}
.tone.good{color:var(--good)}.tone.warn{color:var(--warn)}.tone.bad,b.bad{color:var(--bad)}
.tone.quiet{color:var(--quiet);font-weight:400}
ul,ol{padding-left:1.3rem;margin:.5rem 0}
li{margin:.2rem 0}
hr{border:0;border-top:1px solid var(--rule);margin:1.5rem 0}
.tiles{list-style:none;padding:0;margin:1rem 0;display:grid;grid-template-columns:repeat(var(--n),minmax(0,1fr));gap:.7rem}
.tile{margin:0;padding:.6rem .8rem .7rem;background:var(--shade);border-left:4px solid var(--rule);border-radius:3px;display:flex;flex-direction:column}
.tile.good{border-color:var(--good)}.tile.warn{border-color:var(--warn)}.tile.bad{border-color:var(--bad)}
.tile .label{font-size:.8rem;color:var(--quiet)}
.tile .value{font-size:1.7rem;font-weight:600;line-height:1.3;font-variant-numeric:tabular-nums}
.tile .value .fig{font-size:.7rem}
.tile .value.long{font-size:1.05rem;line-height:1.35;padding:.35rem 0}
.tile .line{font-size:.78rem;color:var(--quiet)}
.tile .line strong{color:var(--ink)}
.tile svg{margin-top:auto;padding-top:.3rem;width:100%;height:auto;max-width:12rem}
figure{margin:1rem 0}
figcaption,caption{font-weight:600;text-align:left;padding:0 0 .4rem;font-size:.95rem}
svg{display:block;overflow:visible;font-family:'Noto Sans',system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif;font-variant-numeric:tabular-nums}
svg.wide{width:100%;height:auto}
svg.half,svg.narrow{width:100%;height:auto;max-width:36rem}
svg.narrow{display:none}
svg rect,svg path,svg circle,svg text{fill:var(--i)}
svg .l{fill:none;stroke:var(--i);stroke-linejoin:round}
.scroll{overflow-x:auto;margin:1rem 0}
.scroll:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
table{border-collapse:collapse;width:100%;font-size:.86rem;line-height:1.4}
caption{font-size:.95rem}
th,td{padding:.32rem .55rem;text-align:left;vertical-align:top}
th{font-weight:600;border-bottom:1.5px solid var(--quiet);vertical-align:bottom;overflow-wrap:break-word}
td{border-bottom:1px solid var(--rule);overflow-wrap:anywhere}
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
tfoot{display:table-row-group}
tfoot td{font-weight:600;border-top:1.5px solid var(--quiet)}
td.good{background:var(--good-tint)}td.warn{background:var(--warn-tint)}td.bad{background:var(--bad-tint)}
td.quiet{color:var(--quiet)}
.note{margin:1rem 0;padding:.5rem 1rem;border-left:4px solid var(--quiet);background:var(--shade);border-radius:3px}
.note.good{border-color:var(--good);background:var(--good-tint)}
.note.warn{border-color:var(--warn);background:var(--warn-tint)}
.note.bad{border-color:var(--bad);background:var(--bad-tint)}
.facts{margin:1rem 0;font-size:.9rem}
.facts>div{display:grid;grid-template-columns:minmax(8rem,27%) minmax(0,1fr);gap:.2rem 1rem;padding:.3rem 0;border-bottom:1px solid var(--rule)}
.facts dt{color:var(--quiet)}
.facts dd{margin:0;overflow-wrap:anywhere}
.facts dd>:first-child{margin-top:0}.facts dd>:last-child{margin-bottom:0}
.columns{display:grid;grid-template-columns:var(--tracks);gap:1.5rem}
.columns>div>:first-child{margin-top:0}
.page-break{margin:2.5rem 0;border-top:1px dashed var(--rule)}
.contents ul{list-style:none;padding-left:0}
.contents .level-2{padding-left:1.2rem}
.sign{display:flex;gap:2rem;margin:3.2rem 0 1rem}
.sign p{flex:1;border-top:1px solid var(--ink);padding-top:.25rem;margin:0;font-size:.8rem;color:var(--quiet)}
@media screen and (max-width:40rem){
header.running .ends,main,footer.running{padding-left:1rem;padding-right:1rem}
h1{font-size:1.5rem}
.tiles{grid-template-columns:repeat(2,minmax(0,1fr))}
svg.wide{display:none}
svg.narrow{display:block}
.columns{display:block}
.columns>div+div{margin-top:1rem}
.facts>div{display:block}
.sign{display:block}
.sign p+p{margin-top:3rem}
}
";

const PAPER: &str = "\
@media print{
body{font-size:9.5pt;line-height:1.4;-webkit-print-color-adjust:exact;print-color-adjust:exact}
.skip,header.running,footer.running{display:none}
main{max-width:none;padding:0}
h1{font-size:19pt;margin-top:0}h2{font-size:13pt;margin-top:16pt}h3{font-size:10.5pt}
h1,h2,h3,figcaption,caption{break-after:avoid}
p,li{orphans:3;widows:3}
.lead{font-size:11pt}
table{font-size:8.2pt}
th,td{padding:2.4pt 4pt}
table{min-width:0!important}
tr,.tile,.keep,.note,figure,.columns,.facts>div,.sign{break-inside:avoid}
thead{display:table-header-group}
.scroll{overflow:visible}
.tiles{gap:6pt}
.tile .value{font-size:17pt}.tile .value.long{font-size:10.5pt}
.portrait{page:portrait}
.landscape{page:landscape}
.page-break{break-before:page;border:0;margin:0}
a{color:inherit;text-decoration:none}
}
";
