//! Findings: a fault of a catalogue with its place, the clause that it offends, and how to fix it.

pub mod rules;

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

pub use rules::{Quote, Rule, Severity};

use crate::source::FilePlace;
use mustcheck_model::{Language, Text};

/// A fault of a catalogue, at its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Code of the rule.
    pub rule: &'static str,
    /// Weight: an error keeps the catalogue from being compiled.
    pub severity: Severity,
    /// FilePlace of the fault.
    #[serde(flatten)]
    pub place: FilePlace,
    /// The fault, in words.
    pub what: Text,
    /// The clause that the fault offends, if the rule rests on one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clause: Option<&'static Quote>,
    /// The fix, in words.
    pub mend: Text,
}

impl Finding {
    /// Returns the finding as text in one language: a line for the fault, one for the clause, one
    /// for the fix.
    pub const fn in_language(&self, language: Language) -> InLanguage<'_> {
        InLanguage { finding: self, language }
    }

    /// Returns the fault with its place, as one English line.
    pub fn line(&self) -> String {
        let FilePlace { file, line, column } = &self.place;
        let (severity, rule) = (self.severity.code(), self.rule);
        format!("{file}:{line}:{column}: {severity}[{rule}]: {}", self.what.en)
    }

    fn key(&self) -> (&FilePlace, &str, &str, &str) {
        (&self.place, self.rule, &self.what.en, &self.mend.en)
    }
}

impl Ord for Finding {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl PartialOrd for Finding {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.in_language(Language::En).fmt(f)
    }
}

/// A finding as text in one language.
#[derive(Clone, Copy, Debug)]
pub struct InLanguage<'a> {
    finding: &'a Finding,
    language: Language,
}

impl fmt::Display for InLanguage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Finding { rule, severity, place, what, clause, mend } = self.finding;
        let FilePlace { file, line, column } = place;
        let what = self.language.text(what);
        write!(f, "{file}:{line}:{column}: {}[{rule}]: {what}", severity.code())?;
        let (clause_word, mend_word) = match self.language {
            Language::Zh => ("依据", "改正"),
            Language::En => ("clause", "mend"),
        };
        if let Some(quote) = clause {
            write!(f, "\n  {clause_word}: {}「{}」", quote.pinpoint(), quote.clause)?;
        }
        write!(f, "\n  {mend_word}: {}", self.language.text(mend))
    }
}

/// The findings so far, each once, in their order.
#[derive(Debug, Default)]
pub(crate) struct Findings(BTreeSet<Finding>);

impl Findings {
    /// Adds a finding, with the rule's own words on how to fix it.
    pub(crate) fn add(
        &mut self,
        rule: &'static Rule,
        place: FilePlace,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) {
        let mend = Text::new(rule.mend.0, rule.mend.1);
        self.add_mend(rule, place, Text::new(zh.into(), en.into()), mend);
    }

    /// Adds a finding, with words of its own on how to fix it.
    pub(crate) fn add_mend(
        &mut self,
        rule: &'static Rule,
        place: FilePlace,
        what: Text,
        mend: Text,
    ) {
        let Rule { code, severity, .. } = *rule;
        let clause = rule.clause.as_ref();
        self.0.insert(Finding { rule: code, severity, place, what, clause, mend });
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.0.iter().any(|finding| finding.severity == Severity::Error)
    }

    pub(crate) fn into_vec(self) -> Vec<Finding> {
        self.0.into_iter().collect()
    }
}

/// Returns the fix for an unknown word: the nearest known word, if there is one, and the rule's own
/// words.
pub(crate) fn meant(rule: &Rule, word: &str, known: &[&str]) -> Text {
    let most = (word.chars().count() / 6).clamp(1, 3);
    let near = |other: &&str| other.len().abs_diff(word.len()) <= 3 * most;
    let near = known.iter().copied().filter(near);
    let nearest = near.map(|other| (strsim::damerau_levenshtein(word, other), other)).min();
    match nearest.filter(|(distance, _)| *distance <= most && *distance > 0) {
        Some((_, nearest)) => Text::new(
            format!("是否应为`{nearest}`？{}", rule.mend.0),
            format!("did you mean `{nearest}`? {}", rule.mend.1),
        ),
        None => Text::new(rule.mend.0, rule.mend.1),
    }
}
