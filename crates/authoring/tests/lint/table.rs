//! The table of rules: its clauses, its page, and a bad example for every row.

use std::collections::BTreeSet;
use std::fs;

use mustcheck_authoring::law_text::LawText;
use mustcheck_authoring::lint::rules;
use mustcheck_model::LegalBasis;

use crate::support::shipped;

#[test]
fn every_clause_of_the_table_is_verbatim() {
    let mut seen = 0;
    for rule in rules::all() {
        let Some(quote) = rule.clause else { continue };
        let text = shipped().join(format!("texts/{}.md", quote.instrument));
        let text = LawText::new(quote.instrument, &fs::read_to_string(text).unwrap());
        let basis = LegalBasis {
            instrument: quote.instrument.into(),
            article: quote.article.into(),
            paragraph: None,
            item: None,
            clause: quote.clause.into(),
        };
        assert_eq!(text.departure(&basis), None, "{}", rule.code);
        let title: String = quote.title.into();
        assert!(text.head().contains(&title), "{title}");
        seen += 1;
    }
    assert!(seen > 40, "only {seen} clauses");
}

#[test]
fn codes_are_unique_and_kebab_case() {
    let mut seen = BTreeSet::new();
    for rule in rules::all() {
        assert!(seen.insert(rule.code), "{} stands twice", rule.code);
        let kebab = rule.code.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        assert!(kebab, "{}", rule.code);
        for (zh, en) in [rule.what, rule.mend] {
            assert!(zh.chars().any(|c| c > '\u{2E80}') && en.is_ascii(), "{zh} {en}");
        }
    }
}

#[test]
fn the_page_prints_the_table() {
    const MARKS: (&str, &str) = ("<!-- rules of the lint -->\n\n", "\n<!-- end of the rules -->");
    let path = shipped().join("README.md");
    let page = fs::read_to_string(&path).unwrap();
    let (head, rest) = page.split_once(MARKS.0).unwrap();
    let (printed, tail) = rest.split_once(MARKS.1).unwrap();
    let table = rules::table();
    if std::env::var_os("MUSTCHECK_BLESS").is_some() {
        fs::write(&path, format!("{head}{}{table}{}{tail}", MARKS.0, MARKS.1)).unwrap();
        return;
    }
    assert!(
        printed == table,
        "the page differs from the table:\n\
         MUSTCHECK_BLESS=1 cargo test --release -p mustcheck-guest --test lint"
    );
}

/// A rule without a bad example is a rule that nobody has seen find anything.
#[test]
fn every_rule_has_a_bad_example() {
    let mut shown: BTreeSet<&str> = BTreeSet::new();
    for bad in crate::bad::all() {
        let findings = bad.findings();
        let rule = bad.name.split('.').next().unwrap();
        assert!(
            findings.iter().any(|f| f.rule == rule) || rule == "many",
            "{} does not show its rule",
            bad.name
        );
        shown.insert(rule);
    }
    // Shown in `large` and in `rails`; the last is what no other rule leaves to be shown.
    shown.extend(["too-many", "overlay-edition", "rail"]);
    let missing: Vec<&str> =
        rules::all().map(|rule| rule.code).filter(|code| !shown.contains(code)).collect();
    assert!(missing.is_empty(), "no bad example: {missing:?}");
}
