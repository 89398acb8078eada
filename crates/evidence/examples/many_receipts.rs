//! Fills a log with as many receipts as are asked for, and feedback about most of them, to measure
//! reading on:
//!
//! ```text
//! cargo run --release -p mustcheck --example many_receipts -- /tmp/many 200000
//! time mustcheck audit report --audit /tmp/many --as-of 2026-12-31 --by matter
//! ```
//!
//! Every receipt and feedback is signed, and the log is as an office's: `audit verify` accepts it.
//! What the receipts say is made up, of codes that the embedded editions have.

use std::error::Error;
use std::path::Path;

use mustcheck_evidence::keys::{CheckpointKey, PUBLIC, PublicKeys, PublicKeysFormat, ReceiptKey};
use mustcheck_evidence::{
    Entry, Feedback, FeedbackFormat, MeasureFeedback, Moment, NotAppliedCode, Outcome, Receipt,
    ReceiptOffice, Signed, Signer, Suite,
};
use mustcheck_log::{Durability, Log, Settings, SignerKey};
use rayon::prelude::*;
use serde_json::json;

/// Entries that are made before they are appended together.
const BATCH: u64 = 8192;
const NAME: &str = "credit.example/many";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: many_receipts FOLDER COUNT";
    let folder = arguments.next().ok_or(usage)?;
    let count: u64 = arguments.next().ok_or(usage)?.parse()?;
    let folder = Path::new(&folder);
    let signer = Signer::fresh(NAME, Suite::Ed25519Sha256)?;
    let checkpoints = SignerKey::from_seed(NAME, &[7; 32])?;
    let begun: Moment = "2026-01-01T00:00:00.000+08:00".parse()?;
    let keys = PublicKeys {
        format: PublicKeysFormat::V1,
        name: NAME.into(),
        receipts: vec![ReceiptKey {
            id: signer.id().into(),
            suite: signer.public().suite(),
            public: signer.public().hex().into(),
            from: begun,
            until: None,
        }],
        checkpoints: vec![CheckpointKey {
            key: checkpoints.verifier().to_string(),
            from: begun,
            until: None,
        }],
    };
    let settings = Settings::new(NAME, checkpoints).durability(Durability::Buffered);
    let log = Log::create(folder, settings)?;
    std::fs::write(folder.join(PUBLIC), serde_json::to_vec_pretty(&keys)?)?;
    for first in (0..count).step_by(BATCH as usize) {
        let batch = first..count.min(first + BATCH);
        let made = batch.into_par_iter().map(|n| entries(n, &signer));
        let made: Vec<Made> = made.collect::<Result<_, _>>().map_err(|e| e.to_string())?;
        let (receipts, feedback): (Vec<_>, Vec<_>) = made.into_iter().unzip();
        // An office reports some time after it checked.
        log.append_all(&receipts)?;
        log.append_all(feedback.into_iter().flatten())?;
    }
    let checkpoint = log.close()?;
    println!("{} entries in `{}`", checkpoint.size(), folder.display());
    Ok(())
}

/// A receipt, and perhaps a feedback about it.
type Made = (Vec<u8>, Option<Vec<u8>>);

/// An error that can pass between threads.
type Failed = Box<dyn Error + Send + Sync>;

/// A receipt, and for most a feedback. `n` decides all of it.
fn entries(n: u64, signer: &Signer) -> Result<Made, Failed> {
    let receipt: Receipt = serde_json::from_value(receipt(n)?)?;
    let restricted = !receipt.measures.is_empty();
    let signed = Signed::new(receipt, signer)?;
    let id = signed.id();
    let entry = Entry::Receipt(Box::new(signed)).to_json();
    if !restricted || n.is_multiple_of(5) {
        return Ok((entry, None));
    }
    let outcome = match n % 7 {
        0 => Outcome::NotApplied { code: NotAppliedCode::RecordRepaired, text: String::new() },
        _ => Outcome::Applied,
    };
    let feedback = Feedback {
        format: FeedbackFormat::V1,
        recorded_at: moment(n, 1 + n % 20)?,
        receipt: id,
        office: office(n),
        recorded_by: "窗口".into(),
        measures: vec![MeasureFeedback {
            measure: "wage-regulations-48-tendering".into(),
            subject_index: 0,
            outcome,
            document: None,
            decided_on: None,
            start: None,
            end: None,
            execution: None,
            amount_fen: None,
            replaces: None,
        }],
        obligations: Vec::new(),
        suite: Suite::Ed25519Sha256,
    };
    let signed = Signed::new(feedback, signer)?;
    Ok((entry, Some(Entry::Feedback(Box::new(signed)).to_json())))
}

fn office(n: u64) -> ReceiptOffice {
    let region = pick(&["310000", "330100", "440300"], n);
    ReceiptOffice { name: format!("第{}采购办", n % 9), region: region.into() }
}

/// The item at `n`, counted round and round.
fn pick<'a>(of: &[&'a str], n: u64) -> &'a str {
    let n = usize::try_from(n).unwrap_or_default();
    of.get(n % of.len().max(1)).copied().unwrap_or_default()
}

/// A moment of 2026 that `n` decides, moved on by `later` days.
fn moment(n: u64, later: u64) -> Result<Moment, Failed> {
    let (month, day) = (1 + n / 97 % 11, 1 + n % 28);
    let (month, day) = if day + later > 28 { (month + 1, later) } else { (month, day + later) };
    let (hour, minute) = (8 + n % 10, n % 60);
    let text = format!("2026-{month:02}-{day:02}T{hour:02}:{minute:02}:00.000+08:00");
    Ok(text.parse()?)
}

/// A receipt of 20 lookups. In every ninth receipt, one lookup is not answered.
fn receipt(n: u64) -> Result<serde_json::Value, Failed> {
    let made_at = moment(n, 0)?;
    let digest = |salt: u64| format!("{:064x}", n * 31 + salt);
    let lists = [
        "judgment-defaulters",
        "wage-arrears",
        "market-supervision-serious",
        "government-procurement-serious",
        "bidding-disqualified",
        "licensing-barred",
        "tax-serious",
        "work-safety-serious",
        "financial-serious",
        "major-illegal-records",
    ];
    let lookups: Vec<_> = (0..20_u64)
        .map(|i| {
            let status = if n.is_multiple_of(9) && i == 3 { "unavailable" } else { "answered" };
            let role = if i < 10 { "applicant" } else { "legal-representative" };
            json!({
                "subject_index": i / 10, "role": role, "list": pick(&lists, i),
                "due": true, "status": status, "source": format!("platform-{}", i % 4),
                "source_as_of": "2026-01-01T20:00:00+08:00", "records": u64::from(n % 8 == i),
                "answer": digest(i),
            })
        })
        .collect();
    let restricted = n % 4 == 1;
    let measures = if restricted {
        json!([{
            "measure": "wage-regulations-48-tendering", "effect": "restriction", "force": "mandatory",
            "kind": "disqualify", "role": "applicant", "subject_index": 0, "until": "2028-02-29",
            "because": 1, "lists": ["wage-arrears"],
            "legal_basis": [{ "instrument": "wage-payment-regulations-2019", "article": "48" }],
        }])
    } else {
        json!([])
    };
    let disposition = match (restricted, n % 9) {
        (true, _) => ("restricted", "mandatory-restriction"),
        (false, 0) => ("undetermined", "unanswered-lookup"),
        (false, _) => ("clear", "nothing-applies"),
    };
    let matters = ["tendering/government-procurement", "licensing/food-production"];
    Ok(json!({
        "format": "mustcheck-receipt/1", "made_at": made_at,
        "case": { "id": format!("GP-2026-{n:07}"), "matter": pick(&matters, n),
                  "as_of": made_at.to_second().date, "office": office(n) },
        "decided_by": {
            "policy": { "name": "mustcheck", "version": "0.1.0", "edition": "statutes",
                        "overlay": "default" },
            "component": format!("sha256:{}", digest(100)), "interface": "mustcheck:credit@0.2.0",
        },
        "engine": { "name": "wasmtime", "version": "48.0.8", "fuel": 1, "memory": 1, "table": 1,
                    "output": 1, "lookups": 1, "answers": 1 },
        "notice": true, "suite": "ed25519-sha256", "application": digest(200),
        "decision": digest(201), "lookups": lookups, "disposition": disposition.0,
        "disposition_rule": disposition.1, "measures": measures, "set_aside": [],
        "records": { "found": 1, "disputed": u64::from(n.is_multiple_of(50)),
                     "standings": [{ "standing": "in-force", "count": 1 }] },
        "obligations": [], "fuel": 1_000_000 + n % 1000, "took_us": 300,
    }))
}
