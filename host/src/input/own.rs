//! Masks the identifiers and names of an application's subjects in its other texts: an office's
//! case number may name the subject of the case.

use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};
use mustcheck_model::identifier::mask;
use mustcheck_model::{Application, SubjectKind};
use unicode_normalization::UnicodeNormalization as _;

/// Mask for a name, or for a text that could not be searched.
const HIDDEN: &str = "**";

/// The identifiers of an application's subjects, and the names of those who are persons.
pub(crate) struct Own {
    /// Finder of each in folded text; none if they are too many to be looked for.
    finder: Option<AhoCorasick>,
    /// Text that is shown instead of each, in the order of the finder's patterns.
    instead: Vec<String>,
}

impl Own {
    /// Collects the identifiers of an application's subjects, and the names of the persons among
    /// them.
    pub(crate) fn of(application: &Application) -> Self {
        Self::all(application, |kind| kind == SubjectKind::Person)
    }

    /// Collects the identifiers of an application's subjects, and the names of all of them.
    pub(crate) fn and_firms(application: &Application) -> Self {
        Self::all(application, |_| true)
    }

    fn all(application: &Application, names: impl Fn(SubjectKind) -> bool) -> Self {
        let mut said = Vec::new();
        for subject in &application.subjects {
            said.push((folded(&subject.identifier).0, mask(&subject.identifier)));
            if names(subject.kind) {
                said.push((folded(&subject.name).0, HIDDEN.to_owned()));
            }
        }
        // A syllable is in many words; two characters of Chinese are a name.
        said.retain(|(text, _)| text.chars().count() >= if text.is_ascii() { 4 } else { 2 });
        let (said, instead): (Vec<String>, Vec<String>) = said.into_iter().unzip();
        let finder = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(said);
        Self { finder: finder.ok(), instead }
    }

    /// Masks them in a text, however they are spaced, hyphenated or typed.
    // RAIL R13: the log identifies nobody.
    pub(crate) fn masked_in(&self, text: &str) -> String {
        let Some(finder) = &self.finder else { return HIDDEN.to_owned() };
        let (sought, places) = folded(text);
        let (mut shown, mut kept) = (String::new(), 0);
        for found in finder.find_iter(&sought) {
            let first = places.get(found.start());
            let last = found.end().checked_sub(1).and_then(|end| places.get(end));
            let instead = self.instead.get(found.pattern().as_usize());
            if let (Some(first), Some(last), Some(instead)) = (first, last, instead) {
                shown.push_str(text.get(kept..first.start).unwrap_or_default());
                shown.push_str(instead);
                kept = last.end.max(kept);
            }
        }
        shown + text.get(kept..).unwrap_or_default()
    }
}

/// Folds a text for comparison: letters and digits alone, in capitals, as NFKC has them. For each
/// byte of the result it also gives the place of the character in `text` that it comes from.
fn folded(text: &str) -> (String, Vec<Range<usize>>) {
    let (mut plain, mut places) = (String::with_capacity(text.len()), Vec::new());
    for (at, c) in text.char_indices() {
        let place = at..at + c.len_utf8();
        let same = std::iter::once(c).nfkc().flat_map(char::to_uppercase);
        for c in same.filter(|c| c.is_alphanumeric()) {
            plain.push(c);
            places.resize(plain.len(), place.clone());
        }
    }
    (plain, places)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ApplicationExt as _;

    fn application() -> Application {
        let json = r#"{
            "id": "C-1", "matter": "tendering/government-procurement", "as_of": "2026-11-23",
            "office": { "name": "某中心", "region": "310000" },
            "subjects": [
                { "role": "applicant", "kind": "organization", "scheme": "uscc",
                  "identifier": "91310115MA1K3H5Q4N", "name": "甲建设有限公司" },
                { "role": "legal-representative", "kind": "person", "scheme": "passport",
                  "country": "US", "identifier": "AB12CD34E", "name": "王建国" },
                { "role": "principal", "kind": "person", "scheme": "passport", "country": "CN",
                  "identifier": "E12345678", "name": "Li Wei" } ] }"#;
        Application::from_json(json.as_bytes()).unwrap()
    }

    #[test]
    fn what_an_application_says_of_its_subjects_is_masked_however_it_is_typed() {
        let all = Own::and_firms(&application());
        let [passport, code] = ["AB12CD34E", "91310115MA1K3H5Q4N"].map(mask);
        for (text, shown) in [
            ("护照AB12CD34E", format!("护照{passport}")),
            ("ab12-cd34-e/7", format!("{passport}/7")),
            ("ＡＢ１２ＣＤ３４Ｅ", passport),
            ("王 建国案", "**案".into()),
            ("LIWEI-2026, li-wei", "**-2026, **".into()),
            ("甲建设有限公司第3标段", "**第3标段".into()),
            ("9131 0115 MA1K 3H5Q 4N", code),
            ("Licensing-2026-王建", "Licensing-2026-王建".into()),
            ("", String::new()),
        ] {
            assert_eq!(all.masked_in(text), shown, "{text}");
        }
    }

    #[test]
    fn an_office_that_is_a_subject_keeps_its_name() {
        let own = Own::of(&application());
        assert_eq!(own.masked_in("甲建设有限公司"), "甲建设有限公司");
        assert_eq!(own.masked_in("王建国工作室"), "**工作室");
    }
}
