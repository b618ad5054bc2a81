//! What PDF/A-3 and PDF/UA-1 ask of a file beside its content: metadata as XMP and as Info, the meaning of its colours, and
//! attachments that say how they belong to it.

use super::PdfError;
use super::file::{File, Id};
use super::outline::text;
use super::{PdfMeta, Relation, icc};
use crate::calendar::Millis;
use crate::document::Document;
use crate::typeface::flow;
use lopdf::{Dictionary, Object, dictionary};

/// Puts the attachments into the file.
pub(super) fn attach(file: &mut File, catalog: &mut Dictionary, meta: &PdfMeta) -> Result<(), PdfError> {
    let mut names: Vec<(Vec<u8>, Object)> = Vec::new();
    let mut all = Vec::new();
    for attachment in meta.attachments {
        let mut parameters = dictionary! { "Size" => attachment.bytes.len() as i64 };
        if let Some(date) = date(meta.created, "D:%Y%m%d%H%M%SZ") {
            parameters.set("ModDate", Object::string_literal(date));
        }
        let entries = dictionary! {
            "Type" => "EmbeddedFile",
            "Subtype" => Object::Name(attachment.media_type.as_bytes().to_vec()),
            "Params" => parameters,
        };
        let stream = file.reserve();
        file.put_object(stream, &lopdf::Stream::new(entries, attachment.bytes.to_vec()).into())?;
        let specification = dictionary! {
            "Type" => "Filespec",
            "F" => text(attachment.name),
            "UF" => text(attachment.name),
            "Desc" => text(attachment.words),
            "AFRelationship" => match attachment.relation { Relation::Data => "Data", Relation::Source => "Source" },
            "EF" => dictionary! { "F" => Object::Reference((stream, 0)), "UF" => Object::Reference((stream, 0)) },
        };
        let reference = Object::Reference((file.add(&specification.into())?, 0));
        all.push(reference.clone());
        let Object::String(name, _) = text(attachment.name) else { continue };
        names.push((name, reference));
    }
    if all.is_empty() {
        return Ok(());
    }
    // Readers look names up by halves.
    names.sort_by(|one, other| one.0.cmp(&other.0));
    let names: Vec<Object> = names.into_iter().flat_map(|(name, file)| [Object::string_literal(name), file]).collect();
    catalog.set("AF", all);
    catalog.set("Names", dictionary! { "EmbeddedFiles" => dictionary! { "Names" => names } });
    Ok(())
}

/// Says that colours are those of sRGB.
pub(super) fn intent(file: &mut File, catalog: &mut Dictionary) -> Result<(), PdfError> {
    let profile = file.reserve();
    file.stream(profile, b"/N 3", &icc::srgb(), true)?;
    let intent = dictionary! {
        "Type" => "OutputIntent",
        "S" => "GTS_PDFA1",
        "OutputConditionIdentifier" => Object::string_literal("sRGB IEC61966-2.1"),
        "Info" => Object::string_literal("sRGB IEC61966-2.1"),
        "DestOutputProfile" => Object::Reference((profile, 0)),
    };
    catalog.set("OutputIntents", vec![intent.into()]);
    Ok(())
}

/// Title, author, subject and date from the edition, in both of their forms. Gives the number of the Info dictionary.
pub(super) fn describe(
    file: &mut File,
    catalog: &mut Dictionary,
    document: &Document,
    meta: &PdfMeta,
    tagged: bool,
) -> Result<Id, PdfError> {
    // A report without a title is still called something: readers show it in place of the file's name.
    let title = if document.title.trim().is_empty() { &meta.edition } else { &document.title };
    let title = one_line(if title.trim().is_empty() { "Report" } else { title });
    let (author, subject) = (one_line(&meta.author), one_line(&meta.edition));
    let engine = concat!("Quarterday ", env!("CARGO_PKG_VERSION"));
    let mut info = dictionary! { "Title" => text(&title), "Creator" => text(engine), "Producer" => text(engine) };
    for (key, value) in [("Author", &author), ("Subject", &subject)] {
        if !value.is_empty() {
            info.set(key, text(value));
        }
    }
    if let Some(date) = date(meta.created, "D:%Y%m%d%H%M%SZ") {
        info.set("CreationDate", Object::string_literal(date.as_str()));
        info.set("ModDate", Object::string_literal(date));
    }
    let mut words = String::new();
    let mut line = |line: String| {
        words.push_str(&line);
        words.push('\n');
    };
    line("<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>".to_string());
    line(
        "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
            .to_string(),
    );
    line("<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\" xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\" xmlns:pdfuaid=\"http://www.aiim.org/pdfua/ns/id/\">".to_string());
    line("<dc:format>application/pdf</dc:format>".to_string());
    line(format!("<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">{}</rdf:li></rdf:Alt></dc:title>", xml(&title)));
    if !author.is_empty() {
        line(format!("<dc:creator><rdf:Seq><rdf:li>{}</rdf:li></rdf:Seq></dc:creator>", xml(&author)));
    }
    if !subject.is_empty() {
        let subject = xml(&subject);
        line(format!(
            "<dc:description><rdf:Alt><rdf:li xml:lang=\"x-default\">{subject}</rdf:li></rdf:Alt></dc:description>"
        ));
    }
    line(format!("<xmp:CreatorTool>{engine}</xmp:CreatorTool><pdf:Producer>{engine}</pdf:Producer>"));
    if let Some(date) = date(meta.created, "%Y-%m-%dT%H:%M:%SZ") {
        line(format!("<xmp:CreateDate>{date}</xmp:CreateDate><xmp:ModifyDate>{date}</xmp:ModifyDate>"));
    }
    let conformance = if tagged { "A" } else { "B" };
    line(format!("<pdfaid:part>3</pdfaid:part><pdfaid:conformance>{conformance}</pdfaid:conformance>"));
    if tagged {
        line("<pdfuaid:part>1</pdfuaid:part>".to_string());
    }
    line("</rdf:Description>".to_string());
    if tagged {
        line(EXTENSION.to_string());
    }
    line("</rdf:RDF></x:xmpmeta>".to_string());
    line("<?xpacket end=\"r\"?>".to_string());
    let metadata = file.reserve();
    // Not compressed: programs that know nothing of the format look for it.
    file.stream(metadata, b"/Type/Metadata/Subtype/XML", words.as_bytes(), false)?;
    catalog.set("Metadata", Object::Reference((metadata, 0)));
    file.add(&info.into())
}

/// PDF/A knows the properties of PDF/UA only if the file describes them.
const EXTENSION: &str = r#"<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema><pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI><pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType><pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>Part of ISO 14289 that the file conforms to</pdfaProperty:description></rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"#;

fn date(at: Millis, form: &str) -> Option<String> {
    chrono::DateTime::from_timestamp_millis(at).map(|at| at.format(form).to_string())
}

/// Text that stands in both forms of the metadata: what XML cannot hold is shown as missing in both.
fn one_line(text: &str) -> String {
    flow::settable(text)
        .chars()
        .map(|c| match c {
            '\u{2028}' => ' ',
            '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
            c => c,
        })
        .collect()
}

fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
