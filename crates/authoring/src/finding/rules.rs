//! The table of the rules: code, weight, fault, the clause it guards, fix.
//!
//! The rules themselves are in the files beside this one, by idea.

mod clauses;
mod data;
mod files;
mod place;

use mustcheck_rules::clause::OPINIONS;
use mustcheck_writer::Numeral;
use serde::Serialize;

pub use data::*;
pub use files::*;
pub use place::*;

/// Weight of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The catalogue is not compiled.
    Error,
    /// The catalogue is compiled, but somebody should look.
    Warning,
}

impl Severity {
    /// The word in text and JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// The clause that a finding offends, verbatim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Quote {
    /// Id of the instrument, which is the name of its text.
    pub instrument: &'static str,
    /// Its Chinese title.
    pub title: &'static str,
    /// The article, in Arabic digits.
    pub article: &'static str,
    /// The clause.
    pub clause: &'static str,
}

impl Quote {
    /// Cites the clause as Chinese law is cited: 《…》第三十二条, and for the Opinions
    /// 国发〔2016〕33号（二）.
    pub fn pinpoint(&self) -> String {
        let number = Numeral::of(self.article);
        if self.instrument == OPINIONS {
            format!("国发〔2016〕33号（{number}）")
        } else {
            format!("《{}》第{number}条", self.title)
        }
    }
}

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
            pub static $name: crate::finding::rules::Rule = crate::finding::rules::Rule {
                code: $code,
                severity: crate::finding::rules::Severity::$severity,
                what: ($what_zh, $what_en),
                clause: $clause,
                mend: ($mend_zh, $mend_en),
            };
        )+

        pub(super) static $all: &[&crate::finding::rules::Rule] = &[$(&$name),+];
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
