//! Comparison of the log with the bundles: each receipt has its bundle, each bundle its receipt.

use std::collections::HashSet;
use std::path::Path;

use anyhow::{Result, bail};
use mustcheck::{redact, safe};
use mustcheck_evidence::bundle::{AgeError, Identities, id_of_file};
use mustcheck_evidence::verify::{LogFinding, Logged, Verification};
use mustcheck_evidence::{AuditReader, Bundle, ContentDigest, DocumentId, PublicKeys};

use crate::cli::failure::Unreadable;
use crate::cli::replay::{Bundles, NotRead};

/// Lists the bundles of a folder.
pub fn list(folder: &Path, identities: Option<Identities>) -> Result<Bundles> {
    if !folder.is_dir() {
        bail!(Unreadable {
            path: folder.display().to_string(),
            source: std::io::Error::from(std::io::ErrorKind::NotADirectory),
        });
    }
    Bundles::find(folder, identities)
}

/// Checks that every receipt has its bundle, and every bundle its receipt. Adds a finding for each
/// that has none, and for each bundle that cannot be read.
pub fn hold_against(
    bundles: &Bundles,
    log: &Path,
    keys: &PublicKeys,
    verified: &mut Verification,
) -> Result<()> {
    let (mut kept, mut orphans, mut findings) = (HashSet::new(), Vec::new(), Vec::new());
    let mut unopened = 0;
    for file in bundles.files() {
        let Some(id) = id_of_file(file) else {
            let (en, zh) = ("its name is no receipt's", "文件名不是回执编号");
            findings.push(finding(bundles, file, en.into(), zh.into()));
            continue;
        };
        match verified.documents.get(&id) {
            Some(logged) => {
                match bundles.read(file) {
                    Ok(json) => findings.extend(of_entry(bundles, file, &json, logged)),
                    // An encrypted one is for its readers to look into.
                    Err(NotRead::Sealed | NotRead::Age(AgeError::NoKey)) => unopened += 1,
                    Err(e) => findings.push(finding(
                        bundles,
                        file,
                        format!("it cannot be compared with its receipt: {e}"),
                        format!("不能与其回执核对：{e}"),
                    )),
                }
                kept.insert(id);
            }
            None => orphans.push((file, id)),
        }
    }
    if !orphans.is_empty() {
        // A bundle is kept before its receipt is logged, which may have been done while this ran.
        let logged = logged_since(log, keys, verified.size);
        orphans.retain(|(_, id)| !logged.contains(id));
    }
    findings.extend(orphans.iter().map(|(file, id)| orphan(bundles, file, id, keys)));
    let receipts = verified.documents.iter().filter(|(id, _)| id.is_receipt());
    let mut missing: Vec<_> = receipts.filter(|(id, _)| !kept.contains(*id)).collect();
    if !missing.is_empty() {
        let since = bundles.kept_since()?;
        missing.retain(|(id, _)| !since.contains(*id));
    }
    missing.sort_by_key(|(_, logged)| logged.index);
    findings.extend(missing.into_iter().map(|(id, logged)| {
        LogFinding::about(
            None,
            Some((logged.index, logged.index + 1)),
            format!("receipt `{id}` has no bundle: its decision cannot be derived again"),
            Some(format!("回执 {id} 没有证据文件，其决定不能重新推导")),
        )
    }));
    verified.findings.extend(findings);
    verified.findings.extend((unopened > 0).then(|| not_looked_into(unopened)));
    Ok(())
}

/// Returns the notice of encrypted bundles whose content was not compared with the log.
fn not_looked_into(bundles: u64) -> LogFinding {
    let (are, them) = if bundles == 1 { ("bundle is", "it") } else { ("bundles are", "them") };
    let detail = format!(
        "{bundles} {are} encrypted, and no secret key at hand opens {them}: the content was not \
         compared with the log"
    );
    let chinese = format!("{bundles} 份证据已加密，现有私钥不能解开，其内容未与日志核对");
    LogFinding { notice: true, ..LogFinding::about(None, None, detail, Some(chinese)) }
}

fn finding(bundles: &Bundles, file: &Path, detail: String, chinese: String) -> LogFinding {
    let name = redact(&safe(&bundles.name(file)));
    LogFinding::about(Some(name), None, redact(&safe(&detail)), Some(redact(&safe(&chinese))))
}

/// Checks the bundle of a receipt that is in the log, and returns what is wrong with it.
fn of_entry(bundles: &Bundles, file: &Path, json: &[u8], logged: &Logged) -> Option<LogFinding> {
    let (detail, chinese) = match Bundle::from_json(json) {
        Err(e) => (format!("it is no bundle: {e}"), format!("不是证据文件：{e}")),
        Ok(bundle) if ContentDigest::of(&bundle.receipt.to_json()) != logged.envelope => {
            let index = logged.index;
            let detail = format!("its receipt is not the one of entry {index}");
            (detail, format!("其回执不是日志第 {index} 条的回执"))
        }
        Ok(_) => return None,
    };
    Some(finding(bundles, file, detail, chinese))
}

/// Returns the finding about a bundle whose receipt is not in the log. If the office signed it, the
/// log has lost an entry, or its writer was stopped before it had logged the receipt: nothing here
/// can tell which.
fn orphan(bundles: &Bundles, file: &Path, id: &DocumentId, keys: &PublicKeys) -> LogFinding {
    let wrong = |detail: String, chinese: String| finding(bundles, file, detail, chinese);
    let json = match bundles.read(file) {
        Ok(json) => json,
        Err(e) => {
            return wrong(
                format!(
                    "receipt `{id}` is not in the log, and whether the office signed it cannot be \
                     told: {e}"
                ),
                format!("回执 {id} 不在日志中，且不能判断是否为本机关签署：{e}"),
            );
        }
    };
    let bundle = match Bundle::from_json(&json) {
        Ok(bundle) => bundle,
        Err(e) => return wrong(format!("it is no bundle: {e}"), format!("不是证据文件：{e}")),
    };
    let found = bundle.receipt.id();
    if found != *id {
        return wrong(
            format!("it is the bundle of `{found}`"),
            format!("内容是回执 {found} 的证据"),
        );
    }
    match keys.verify(&bundle.receipt) {
        Ok(()) => wrong(
            format!(
                "the office signed receipt `{id}`, and it is not in the log: entries were cut off, \
                 or the writer was stopped before it was logged and the decision never given out"
            ),
            format!(
                "回执 {id} 由本机关签署而不在日志中：或为日志条目被截去，或为写入日志前中断、决定\
                 未曾给出"
            ),
        ),
        Err(e) => LogFinding {
            notice: true,
            ..wrong(
                format!("receipt `{id}` is not in the log, and is not the office's: {e}"),
                format!("回执 {id} 不在日志中，也不是本机关签署：{e}"),
            )
        },
    }
}

/// Returns the documents that the log has by now, from the entry with index `size` on. Entries that
/// cannot be read are left out: the verification of the log finds them.
fn logged_since(log: &Path, keys: &PublicKeys, size: u64) -> HashSet<DocumentId> {
    let Ok(reader) = AuditReader::open(log, keys) else { return HashSet::new() };
    let entries = reader.entries(size..reader.size()).flatten();
    entries.filter_map(|(_, entry)| entry.id()).collect()
}
