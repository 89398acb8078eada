//! The table of the rules: code, weight, fault, the clause it guards, fix.
//!
//! The rules themselves are in the files beside this one, by idea.

mod clauses;
mod data;
mod files;
mod place;

use super::{Quote, Severity};

pub use data::*;
pub use files::*;
pub use place::*;

/// A rule of the table.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Code of the rule, which a finding names.
    pub code: &'static str,
    /// Weight of its findings.
    pub severity: Severity,
    /// The fault that it finds, in Chinese and English.
    pub what: (&'static str, &'static str),
    /// The clause that it guards, if it rests on one.
    pub clause: Option<Quote>,
    /// The fix for the fault, in Chinese and English.
    pub mend: (&'static str, &'static str),
}

/// Declares rules and the list of them.
macro_rules! rules {
    ($all:ident: $($name:ident = $severity:ident $code:literal, $clause:expr;
        $what_zh:literal, $what_en:literal; $mend_zh:literal, $mend_en:literal;)+) => {
        $(
            #[doc = $what_en]
            pub static $name: crate::finding::Rule = crate::finding::Rule {
                code: $code,
                severity: crate::finding::Severity::$severity,
                what: ($what_zh, $what_en),
                clause: $clause,
                mend: ($mend_zh, $mend_en),
            };
        )+

        pub(super) static $all: &[&crate::finding::Rule] = &[$(&$name),+];
    };
}
use rules;

/// Returns every rule, in the order of the table.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    [FILES, DATA, PLACE].into_iter().flatten().copied()
}

/// Renders the table as the catalogue's `README.md` prints it.
pub fn table() -> String {
    let mut rows =
        String::from("| rule | severity | what it finds | clause |\n|---|---|---|---|\n");
    for Rule { code, severity, what, clause, .. } in all() {
        let cited = clause
            .map_or_else(String::new, |quote| format!("{}「{}」", quote.pinpoint(), quote.clause));
        let severity = severity.code();
        rows.push_str(&format!("| `{code}` | {severity} | {} | {cited} |\n", what.1));
    }
    rows
}
