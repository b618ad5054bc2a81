//! `render`: a stored edition set again from its own files, in the form it was issued in or another one.

use super::{Context, Done, say};
use crate::pipeline::Failure;
use crate::pipeline::again;
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
pub(super) struct Render {
    /// An edition (REPORT/PERIOD)
    edition: String,
    /// What to write: the page, the workbook of figures and evidence, or the figures as one table
    #[arg(long, value_enum, default_value_t = Form::Pdf)]
    format: Form,
    /// Where to write it; `-` for standard output; if not given, a new file here that is called as the edition's
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// What an edition can be set again as.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Form {
    Pdf,
    Html,
    Xlsx,
    Csv,
}

impl Render {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        let installation = context.installation()?;
        let ledger = installation.ledger_to_read()?;
        let key = installation.edition_named(&ledger, &self.edition)?;
        let form = match self.format {
            Form::Pdf => again::Form::Pdf,
            Form::Html => again::Form::Html,
            Form::Xlsx => again::Form::Xlsx,
            Form::Csv => again::Form::Csv,
        };
        let (made, said) = installation.render(&ledger, &key, form)?;
        for words in said {
            say::aside(format!("warning: {words}"));
        }
        match &self.output {
            Some(path) if path.as_os_str() == "-" => {
                say::bytes(&made.bytes);
                return Ok(Done::Yes);
            }
            Some(path) => std::fs::write(path, &made.bytes)
                .map_err(|error| Failure::Error(format!("{} cannot be written: {error}", path.display())))?,
            None => say::new_file(Path::new(&made.file.name), &made.bytes)?,
        }
        let path = self.output.map_or(made.file.name.clone(), |path| path.display().to_string());
        say::aside(format!("{path}: {key}, set again from its figures.json and kit.json."));
        Ok(Done::Yes)
    }
}
