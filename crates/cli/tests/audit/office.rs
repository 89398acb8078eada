//! An office with its keys and log. Its receipts are made up and signed with one fixed key, so that
//! every id and root is the same in each run.

use std::path::PathBuf;

use mustcheck_audit::Source;
use mustcheck_evidence::{
    AuditLog, DocumentId, Entry, Failed, Feedback, Journal as _, Keys, Moment, Receipt, Signed,
    Signer, Suite,
};
use serde_json::{Value, json};

use crate::support::Folder;

pub const MEASURE: &str = "wage-regulations-48-tendering";
pub const MATTER: &str = "tendering/government-procurement";

pub struct Office {
    pub folder: Folder,
    pub keys: Keys,
    signer: Signer,
}

impl Office {
    pub fn new() -> Self {
        let folder = Folder::new();
        let keys = Keys::create(&folder.path("keys"), "credit.example/test", Suite::default());
        let signer = Signer::new("credit.example/test", Suite::default(), &[7; 32]);
        let office = Self { folder, keys: keys.unwrap(), signer: signer.unwrap() };
        drop(office.writer());
        office
    }

    pub fn log(&self) -> PathBuf {
        self.folder.path("log")
    }

    pub fn writer(&self) -> AuditLog {
        AuditLog::open(&self.log(), &self.keys).unwrap()
    }

    pub fn source(&self) -> Source {
        Source::open(&self.log(), None).unwrap()
    }

    /// Appends a receipt.
    pub fn receipt(&self, receipt: Value) -> DocumentId {
        let (id, entry) = self.signed_receipt(receipt);
        self.writer().append(&entry).unwrap();
        id
    }

    pub fn signed_receipt(&self, receipt: Value) -> (DocumentId, Vec<u8>) {
        let receipt: Receipt = serde_json::from_value(receipt).unwrap();
        let signed = Signed::new(receipt, &self.signer).unwrap();
        (signed.id(), Entry::Receipt(Box::new(signed)).to_json())
    }

    /// Appends a feedback without checking it against its receipt.
    pub fn feedback(&self, receipt: &DocumentId, at: &str, rest: Value) -> DocumentId {
        let (id, entry) = self.signed_feedback(receipt, at, rest);
        self.writer().append(&entry).unwrap();
        id
    }

    pub fn signed_feedback(
        &self,
        receipt: &DocumentId,
        at: &str,
        rest: Value,
    ) -> (DocumentId, Vec<u8>) {
        let mut feedback = json!({
            "format": "mustcheck-feedback/1", "recorded_at": at, "receipt": receipt,
            "office": { "name": "上海市财政局", "region": "310000" }, "recorded_by": "窗口3号",
            "measures": [], "obligations": [], "suite": "ed25519-sha256",
        });
        merge(&mut feedback, rest);
        let feedback: Feedback = serde_json::from_value(feedback).unwrap();
        let signed = Signed::new(feedback, &self.signer).unwrap();
        (signed.id(), Entry::Feedback(Box::new(signed)).to_json())
    }

    /// Appends a check that failed.
    pub fn failure(&self, at: &str, kind: &str) {
        let failed = failure(at, MATTER, kind);
        self.writer().append(&Entry::Failure(failed).to_json()).unwrap();
    }
}

pub fn failure(at: &str, matter: &str, kind: &str) -> Failed {
    let failed = json!({
        "at": at, "office": { "name": "上海市财政局", "region": "310000" }, "matter": matter,
        "as_of": &at[..10], "kind": kind,
    });
    serde_json::from_value(failed).unwrap()
}

pub fn moment(text: &str) -> Moment {
    text.parse().unwrap()
}

/// Puts the keys of one object into another.
pub fn merge(into: &mut Value, from: Value) {
    let Value::Object(from) = from else { panic!("an object") };
    for (key, value) in from {
        into[key] = value;
    }
}

/// A receipt of this moment, by which nothing applies. The keys in `rest` replace its own.
pub fn receipt(at: &str, case: &str, rest: Value) -> Value {
    let digest = "0".repeat(64);
    let mut receipt = json!({
        "format": "mustcheck-receipt/1", "made_at": at,
        "case": { "id": case, "matter": MATTER, "as_of": &at[..10],
                  "office": { "name": "上海市财政局", "region": "310000" } },
        "decided_by": {
            "policy": { "name": "mustcheck", "version": "0.1.0", "edition": "statutes",
                        "overlay": "default" },
            "component": format!("sha256:{digest}"), "interface": "mustcheck:credit@0.2.0" },
        "engine": { "name": "wasmtime", "version": "48.0.8", "fuel": 1, "memory": 1, "table": 1,
                    "output": 1, "lookups": 1, "answers": 1 },
        "notice": true, "suite": "ed25519-sha256", "application": digest, "decision": digest,
        "lookups": [lookup("wage-arrears", "answered", Some("platform"), 0)],
        "disposition": "clear", "disposition_rule": "nothing-applies", "measures": [],
        "set_aside": [], "records": { "found": 0, "disputed": 0, "standings": [] },
        "obligations": [], "fuel": 1, "took_us": 1,
    });
    merge(&mut receipt, rest);
    receipt
}

/// A receipt that restricts the applicant, with a feedback due to one department.
pub fn restricted(at: &str, case: &str) -> Value {
    let rest = json!({
        "lookups": [lookup("wage-arrears", "answered", Some("platform"), 1)],
        "disposition": "restricted", "disposition_rule": "mandatory-restriction",
        "measures": [measure(MEASURE, "restriction", 0)],
        "records": { "found": 1, "disputed": 0,
                     "standings": [{ "standing": "in-force", "count": 1 }] },
        "obligations": [feedback_to("人力资源社会保障行政部门", "labour departments")],
    });
    receipt(at, case, rest)
}

pub fn lookup(list: &str, status: &str, source: Option<&str>, records: u32) -> Value {
    let mut lookup = json!({
        "subject_index": 0, "role": "applicant", "list": list, "due": true, "status": status,
        "records": records, "answer": "0".repeat(64),
    });
    if let Some(source) = source {
        lookup["source"] = json!(source);
    }
    lookup
}

pub fn measure(measure: &str, effect: &str, subject: u32) -> Value {
    let (force, kind) = match effect {
        "restriction" => ("mandatory", "disqualify"),
        _ => ("recommended", "green-channel"),
    };
    json!({
        "measure": measure, "effect": effect, "force": force, "kind": kind, "role": "applicant",
        "subject_index": subject, "until": "2028-02-29", "because": 1, "lists": ["wage-arrears"],
        "legal_basis": [{ "instrument": "wage-payment-regulations-2019", "article": "48" }],
    })
}

pub fn feedback_to(zh: &str, en: &str) -> Value {
    json!({ "kind": "feedback", "to": { "zh": zh, "en": en } })
}

pub fn publication(due_on: &str) -> Value {
    json!({ "kind": "publication", "due_on": due_on,
            "to": { "zh": "政府网站", "en": "the government's website" } })
}

pub fn applied(replaces: Option<&DocumentId>) -> Value {
    let mut applied = json!({ "measure": MEASURE, "subject_index": 0, "outcome": "applied" });
    if let Some(id) = replaces {
        applied["replaces"] = json!(id);
    }
    applied
}

pub fn not_applied(code: &str, replaces: Option<&DocumentId>) -> Value {
    let mut not = applied(replaces);
    not["outcome"] = json!({ "not-applied": { "code": code, "text": "" } });
    not
}
