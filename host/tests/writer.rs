//! One writer, compiled twice: the component that evidence keeps writes what the gate wrote, byte for
//! byte.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "support/golden.rs"]
mod golden;

use golden::{cases, checked, policies};
use mustcheck::{Language, Limits, Page, Policy, WriterComponent};

#[test]
fn both_builds_write_the_same_bytes_on_every_golden_case() {
    let writer = WriterComponent::from_component(WriterComponent::embedded()).unwrap();
    let policies = policies();
    let (mut equal, limits) = (0, Limits::default());
    for case in cases() {
        let checked = checked(&case, &policies);
        let written = writer.decision(&checked.case(), &limits).unwrap();
        let natively = serde_json::to_string(checked.decision()).unwrap();
        assert_eq!(written, natively, "{}", case.display());
        for language in [Language::Zh, Language::En] {
            let written = writer.papers(&checked.case(), language, None, &limits).unwrap();
            let natively = Page::of(&checked.papers(language).unwrap());
            assert_eq!(written, natively, "{}", case.display());
        }
        equal += 1;
    }
    assert!(equal > 400, "{equal} cases");
}

#[test]
fn papers_name_the_receipt_that_they_are_given() {
    let writer = WriterComponent::from_component(WriterComponent::embedded()).unwrap();
    let checked = checked(&cases()[1], &policies());
    let papers = |receipt| {
        let papers =
            writer.papers(&checked.case(), Language::Zh, receipt, &Limits::default()).unwrap();
        assert!(papers[0].subject.is_none() && papers[1].subject.is_some());
        papers.into_iter().map(|page| (page.html, page.text)).collect::<Vec<_>>()
    };
    for (html, text) in papers(Some("R-77-88")) {
        assert!(html.contains("R-77-88") && text.contains("R-77-88"), "{text}");
    }
    assert!(!papers(None)[0].1.contains("R-77-88"));
}

/// A writer as evidence of before the papers keeps it.
const BEFORE_THE_PAPERS: &str = r#"
(component
  (core module $m
    (memory (export "memory") 64)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) i32.const 8)
    (func (export "decision") (param i32 i32) (result i32) unreachable))
  (core instance $i (instantiate $m))
  (func $decision (param "case" string) (result (result string (error string)))
    (canon lift (core func $i "decision") (memory (core memory $i "memory"))
      (realloc (core func $i "realloc"))))
  (instance $writing (export "decision" (func $decision)))
  (export "mustcheck:writer/writing@0.1.0" (instance $writing)))
"#;

#[test]
fn a_writer_of_before_the_papers_says_that_it_writes_none() {
    let writer = wat::parse_str(BEFORE_THE_PAPERS).unwrap();
    let writer = WriterComponent::from_component(&writer).unwrap();
    let checked = checked(&cases()[1], &policies());
    let refused = writer.papers(&checked.case(), Language::Zh, None, &Limits::default());
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("this writer is of before the papers, and writes none"), "{refused}");
    let trapped = writer.decision(&checked.case(), &Limits::default()).unwrap_err().to_string();
    assert!(trapped.contains("it trapped"), "{trapped}");
}

#[test]
fn a_writer_imports_nothing_and_refuses_what_is_no_case() {
    let bytes = WriterComponent::embedded();
    let writer = WriterComponent::from_component(bytes).unwrap();
    assert_eq!(writer.digest(), WriterComponent::embedded_digest());
    let no_writer =
        |bytes: &[u8]| WriterComponent::from_component(bytes).err().unwrap().to_string();
    assert_eq!(
        no_writer(Policy::embedded().unwrap().component()),
        "this is no writer component: it exports `mustcheck:credit/policy@0.2.0` and not \
         `mustcheck:writer/writing@0.1.0`"
    );
    let clock = wat::parse_str("(component (import \"wasi:clocks/wall-clock@0.2.0\" (instance)))");
    assert_eq!(
        no_writer(&clock.unwrap()),
        "a writer imports nothing, and this one imports `wasi:clocks/wall-clock@0.2.0`"
    );
    // A verdict that names what is not there is not written.
    let case = &cases()[1];
    let checked = checked(case, &policies());
    let mut lying = checked.case();
    lying.verdict.to_mut().measures[0].measure = u32::MAX;
    let refused = writer.decision(&lying, &Limits::default()).unwrap_err().to_string();
    assert!(refused.contains("`measures[0]` of the verdict names what is not there"), "{refused}");
    // Nor are answers to other lookups.
    let mut other = checked.case();
    other.due.to_mut().pop();
    let refused = writer.decision(&other, &Limits::default()).unwrap_err().to_string();
    assert!(refused.contains("was not asked"), "{refused}");
    let starved = Limits { fuel: 1_000, ..Limits::default() };
    let refused = writer.decision(&checked.case(), &starved).unwrap_err().to_string();
    assert!(refused.contains("ran out of fuel"), "{refused}");
}
