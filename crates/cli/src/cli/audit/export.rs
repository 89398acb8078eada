//! `mustcheck audit export`: writes a row for each measure of each decision.

use std::fs::File;
use std::io::{BufWriter, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use mustcheck_audit::Names;
use mustcheck_audit::export::{CsvWriter, Evidence, Exported, JsonWriter, Question, Sink, export};
use mustcheck_evidence::Moment;
use mustcheck_evidence::bundle::Identities;

use crate::cli::audit::source::{LogChoice, PeriodChoice, bar, tell_strangers};
use crate::cli::{Lang, Style};

#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    log: LogChoice,
    #[command(flatten)]
    period: PeriodChoice,
    /// The folder of the evidence, which has the subjects' codes and names: the log holds none.
    /// The export then holds personal data.
    #[arg(long, value_name = "DIR")]
    evidence: Option<PathBuf>,
    /// The secret key that opens encrypted evidence, as `age-keygen` writes it.
    #[arg(long, value_name = "FILE", requires = "evidence")]
    identity: Option<PathBuf>,
    /// Write CSV for a spreadsheet: with a byte order mark, and long numbers kept as texts.
    #[arg(long)]
    bom: bool,
    /// Write to this file; without it, to stdout.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub fn run(arguments: &Arguments, style: Style) -> Result<u8> {
    let source = arguments.log.open()?;
    let identities = arguments.identity.as_deref().map(Identities::open).transpose()?;
    let evidence = match &arguments.evidence {
        Some(folder) => Some(Evidence::new(folder, identities)?),
        None => None,
    };
    let question = Question {
        period: arguments.period.period(),
        chinese: style.lang == Lang::Zh,
        at: Moment::now()?,
    };
    // Nothing is given out before the whole log has proved sound.
    let folder = arguments.output.as_deref().and_then(Path::parent);
    let folder = folder.filter(|folder| !folder.as_os_str().is_empty());
    let file = match (&arguments.output, folder) {
        (Some(_), Some(folder)) => tempfile::NamedTempFile::new_in(folder),
        (Some(_), None) => tempfile::NamedTempFile::new_in("."),
        (None, _) => tempfile::NamedTempFile::new(),
    };
    let mut file = file.context("no file for the rows")?;
    let bar = bar(&source, style);
    let exported = {
        let rows = BufWriter::new(file.as_file_mut());
        let mut sink: Box<dyn Sink + Send> = if style.json {
            Box::new(JsonWriter::new(rows)?)
        } else {
            Box::new(CsvWriter::new(rows, arguments.bom)?)
        };
        let tell = |entries| bar.inc(entries);
        export(&source, &Names::embedded()?, question, evidence.as_ref(), &mut *sink, &tell)
    };
    bar.finish_and_clear();
    let exported = exported?;
    give_out(file, arguments.output.as_deref())?;
    tell(exported, evidence.is_some(), style);
    Ok(0)
}

fn give_out(file: tempfile::NamedTempFile, output: Option<&Path>) -> Result<()> {
    if let Some(path) = output {
        file.as_file().sync_all()?;
        file.persist(path).with_context(|| format!("`{}` cannot be written", path.display()))?;
        return Ok(());
    }
    let mut file: File = file.into_file();
    file.rewind()?;
    let mut stdout = std::io::stdout().lock();
    std::io::copy(&mut file, &mut stdout)?;
    Ok(stdout.flush()?)
}

/// Returns a number of checks in English.
fn checks(n: u64) -> String {
    if n == 1 { "1 check".into() } else { format!("{n} checks") }
}

/// Prints on stderr what the rows do not say: their number, subjects that are left empty and why,
/// and reports that are not counted.
fn tell(exported: Exported, evidence: bool, style: Style) {
    let Exported { rows, checks: all, without_bundle, sealed, strangers } = exported;
    match style.lang {
        Lang::Zh => eprintln!("{all} 次核查，{rows} 行"),
        Lang::En => {
            eprintln!("{rows} {} of {}", if rows == 1 { "row" } else { "rows" }, checks(all))
        }
    }
    if !evidence && rows > 0 {
        eprintln!(
            "{}",
            style.say(
                "日志不含主体代码和名称，subject_code、subject_name 两列为空；需要时以 --evidence \
                 指定证据目录",
                "the log holds no codes and names, so subject_code and subject_name are empty; \
                 `--evidence` names the folder that has them",
            )
        );
    }
    if without_bundle > 0 {
        match style.lang {
            Lang::Zh => {
                eprintln!("证据目录中缺 {without_bundle} 次核查的证据，其主体代码和名称为空")
            }
            Lang::En => eprintln!(
                "no evidence of {} in that folder: their subjects are empty",
                checks(without_bundle)
            ),
        }
    }
    if sealed > 0 {
        match style.lang {
            Lang::Zh => {
                eprintln!("{sealed} 次核查的证据已加密，--identity 未能解开，其主体代码和名称为空");
            }
            Lang::En => eprintln!(
                "the evidence of {} is encrypted, and `--identity` does not open it: their \
                 subjects are empty",
                checks(sealed)
            ),
        }
    }
    tell_strangers(strangers, style);
}
