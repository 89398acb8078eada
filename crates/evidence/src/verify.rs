//! Verification of the audit log: its entries are those that were appended, and their documents are
//! signed.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use mustcheck_log::{Checkpoint, Finding, Kind, Progress, Severity, Verify};
use serde::Serialize;

use crate::journal::{AuditReader, LARGE, ReadError};
use crate::keys::{self, PUBLIC, PublicKeys, UsedKey};
use mustcheck::receipts::digest::ContentDigest;
use mustcheck::receipts::entry::Entry;
use mustcheck::receipts::signed::DocumentId;

/// One thing that is wrong, at its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LogFinding {
    /// The file, in the log's folder; absent if it is about an entry as such.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The entries concerned: the first, and the one behind the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entries: Option<(u64, u64)>,
    /// Description of the fault, in English.
    pub detail: String,
    /// The same in Chinese; absent if the words come from the system or a signature.
    #[serde(skip)]
    pub chinese: Option<String>,
    /// Whether this is only a notice: the log is sound all the same.
    pub notice: bool,
    /// Whether the end of the log is torn. A writer that was stopped explains it as well as
    /// somebody who cut off the end: the remaining entries are sound, and whether they are all
    /// cannot be known.
    pub torn: bool,
}

/// A receipt or feedback of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// Its index, from 0.
    pub index: u64,
    /// The digest of its envelope.
    pub envelope: ContentDigest,
}

/// Result of a verification.
#[derive(Debug, Default)]
pub struct Verification {
    /// Number of entries in the log.
    pub size: u64,
    /// The last checkpoint, if one is accepted.
    pub checkpoint: Option<Checkpoint>,
    /// Number of entries read, by kind.
    pub entries: BTreeMap<&'static str, u64>,
    /// Receipts and feedback that were read, by id.
    pub documents: BTreeMap<DocumentId, Logged>,
    /// Everything that is wrong.
    pub findings: Vec<LogFinding>,
}

impl Verification {
    /// Whether nothing is wrong but notices. Whole entries that were cut off the end are found only
    /// with a checkpoint that was kept elsewhere.
    pub fn is_sound(&self) -> bool {
        self.findings.iter().all(|finding| finding.notice)
    }

    /// Whether the only fault is a torn end.
    pub fn is_torn(&self) -> bool {
        !self.is_sound() && self.findings.iter().all(|finding| finding.notice || finding.torn)
    }
}

/// Verifies a log, from an older checkpoint on if there is one. `progress` is called with the
/// number of entries hashed so far, and of all entries.
///
/// # Errors
///
/// [`ReadError`] if there is no log, or it cannot be read.
pub fn verify_log(
    folder: &Path,
    keys: &PublicKeys,
    since: Option<&Checkpoint>,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<Verification, ReadError> {
    let failed = |source| ReadError::Log { path: folder.display().to_string(), source };
    let trust = keys.trust().map_err(ReadError::Keys)?;
    let signing = keys.receipt_keys().map_err(ReadError::Keys)?;
    let told = |Progress { done, total }: Progress| progress(done, total);
    let mut verify = Verify::new(folder, &trust).progress(&told);
    if let Some(since) = since {
        verify = verify.since(since);
    }
    let report = verify.run().map_err(failed)?;
    let mut verified = Verification {
        size: report.size,
        checkpoint: report.checkpoint,
        findings: report.findings.iter().filter(|f| !is_ours(f)).map(LogFinding::of).collect(),
        ..Verification::default()
    };
    // A log with faults need not be readable.
    if let Ok(reader) = AuditReader::open(folder, keys) {
        let first = since.map_or(0, Checkpoint::size);
        look_at_entries(&reader, first..reader.size(), &signing, &mut verified);
    }
    Ok(verified)
}

/// Whether the finding is about a file that this program keeps in the log's folder beside the log.
fn is_ours(finding: &Finding) -> bool {
    finding.severity() == Severity::Notice
        && (finding.file == PUBLIC
            || finding.file == LARGE
            || finding.file.starts_with(&format!("{LARGE}/")))
}

impl LogFinding {
    fn of(finding: &Finding) -> Self {
        let Range { start, end } = finding.entries;
        Self {
            file: Some(finding.file.clone()),
            entries: (start < end).then_some((start, end)),
            detail: finding.kind.to_string(),
            chinese: chinese(&finding.kind),
            notice: finding.severity() == Severity::Notice,
            torn: finding.severity() == Severity::Torn,
        }
    }

    fn at(index: u64, detail: String) -> Self {
        Self::about(None, Some((index, index + 1)), detail, None)
    }

    /// A finding that something is wrong, about a file or entries or both.
    pub fn about(
        file: Option<String>,
        entries: Option<(u64, u64)>,
        detail: String,
        chinese: Option<String>,
    ) -> Self {
        Self { file, entries, detail, chinese, notice: false, torn: false }
    }

    /// The finding as a sentence in Chinese, except words that come from the system or a signature.
    pub fn chinese(&self) -> String {
        let entries = self.entries.map(|(first, end)| match end - first {
            1 => format!("第 {first} 条"),
            _ => format!("第 {first} 至 {} 条", end - 1),
        });
        let file = self.file.as_ref().map(|file| format!("`{file}`"));
        let places: Vec<String> = [file, entries].into_iter().flatten().collect();
        let detail = self.chinese.as_ref().unwrap_or(&self.detail);
        match places.is_empty() {
            true => detail.clone(),
            false => format!("{}：{detail}", places.join("，")),
        }
    }
}

impl std::fmt::Display for LogFinding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let places = [
            self.file.as_ref().map(|file| format!("`{file}`")),
            self.entries.map(|(first, end)| match end - first {
                1 => format!("entry {first}"),
                _ => format!("entries {first} to {}", end - 1),
            }),
        ];
        let places: Vec<String> = places.into_iter().flatten().collect();
        if !places.is_empty() {
            write!(f, "{}: ", places.join(", "))?;
        }
        f.write_str(&self.detail)
    }
}

/// Description of a finding in Chinese; `None` where the words come from the system or a signature.
fn chinese(kind: &Kind) -> Option<String> {
    Some(match kind {
        Kind::Missing => "缺失".into(),
        Kind::Length { found, expected } => format!("长 {found} 字节，应为 {expected} 字节"),
        Kind::Broken { byte } => format!("自第 {byte} 字节起已损坏"),
        Kind::Changed => "已被改动".into(),
        Kind::Moved { from } => format!("原为第 {from} 条，被移至此处"),
        Kind::Removed => "已被删除".into(),
        Kind::Added => "并非原有，系后来加入".into(),
        Kind::Hashes => "所存散列已被改动".into(),
        Kind::Misfit => "与检查点不符".into(),
        Kind::Root { size } => format!("{size} 条的检查点属于另一日志"),
        Kind::RolledBack { size } => format!("曾签署 {size} 条的检查点"),
        Kind::Unfinished { bytes, entries } => format!(
            "末尾有 {bytes} 字节属于不完整的一批（其中完整的 {entries} 条）：或为写入时中断、尚未确认，\
             或为已写入的被截断，仅凭日志不能区分"
        ),
        Kind::NoBatch { byte } => {
            format!("自第 {byte} 字节起不是任何一批的开头，写入中断不会留下这样的内容")
        }
        Kind::Ahead => "位于日志末尾之后：或为写入时中断、尚未计入，或为日志被退回到此之前，\
                        仅凭日志不能区分"
            .into(),
        Kind::CutOff { size } => format!("日志曾有 {size} 条，末尾数条已被截去"),
        Kind::SetAside => "写入者从日志末尾移出保存".into(),
        Kind::Stray => "不属于日志".into(),
        // Kinds with words of the system or of the signature, which are not ours to translate.
        _ => return None,
    })
}

/// Reads every entry of a range and verifies what is signed, on all cores.
fn look_at_entries(
    reader: &AuditReader,
    range: Range<u64>,
    keys: &[UsedKey],
    verified: &mut Verification,
) {
    const CHUNK: u64 = 1024;
    let next = Mutex::new(range.start);
    let found = Mutex::new(Vec::new());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                loop {
                    let mut place = next.lock().unwrap_or_else(PoisonError::into_inner);
                    let chunk = *place..range.end.min(place.saturating_add(CHUNK));
                    *place = chunk.end;
                    drop(place);
                    if chunk.is_empty() {
                        return;
                    }
                    let looked: Vec<Looked> =
                        reader.texts(chunk).map(|read| look_at(read, keys)).collect();
                    found.lock().unwrap_or_else(PoisonError::into_inner).extend(looked);
                }
            });
        }
    });
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.sort_by_key(|looked| looked.index);
    for looked in found {
        *verified.entries.entry(looked.kind).or_default() += 1;
        verified.findings.extend(looked.findings);
        let Some((id, logged)) = looked.document else { continue };
        if let Some(first) = verified.documents.get(&id) {
            let detail = format!("`{id}` stands at entry {} already", first.index);
            verified.findings.push(LogFinding::at(logged.index, detail));
        } else {
            verified.documents.insert(id, logged);
        }
    }
}

/// Result of reading one entry.
#[derive(Default)]
struct Looked {
    index: u64,
    kind: &'static str,
    document: Option<(DocumentId, Logged)>,
    findings: Vec<LogFinding>,
}

fn look_at(read: Result<(u64, Vec<u8>), ReadError>, keys: &[UsedKey]) -> Looked {
    let unreadable = "unreadable";
    let (index, text) = match read {
        Ok(read) => read,
        Err(ReadError::Large { index, file, detail }) => {
            let finding = LogFinding { file: Some(file), ..LogFinding::at(index, detail) };
            return Looked { index, kind: unreadable, findings: vec![finding], document: None };
        }
        // The log's own verification has reported a bundle of entries that cannot be read.
        Err(_) => return Looked { kind: unreadable, ..Looked::default() },
    };
    let entry = match Entry::from_json(&text) {
        Ok(entry) => entry,
        Err(e) => {
            let cause = std::error::Error::source(&e).map(|c| format!(": {c}"));
            let finding = LogFinding::at(index, format!("{e}{}", cause.unwrap_or_default()));
            return Looked { index, kind: unreadable, findings: vec![finding], document: None };
        }
    };
    let document = |id, json: Vec<u8>| (id, Logged { index, envelope: ContentDigest::of(&json) });
    let (kind, document, wrong) = match &entry {
        Entry::Receipt(signed) => {
            let wrong = keys::verify(signed, keys).err().map(|e| format!("receipt: {e}"));
            ("receipt", Some(document(signed.id(), signed.to_json())), wrong)
        }
        Entry::Feedback(signed) => {
            let wrong = keys::verify(signed, keys).err().map(|e| format!("feedback: {e}"));
            ("feedback", Some(document(signed.id(), signed.to_json())), wrong)
        }
        Entry::Failure(_) => ("failure", None, None),
    };
    let findings = wrong.map(|detail| LogFinding::at(index, detail)).into_iter().collect();
    Looked { index, kind, document, findings }
}
