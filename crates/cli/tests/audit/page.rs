//! The page: self-contained, both languages, a table for every chart.

use crate::office::Office;
use crate::report::small;

fn page(office: &Office, rest: &[&str]) -> String {
    let line =
        ["audit", "report", "--audit", "log", "--as-of", "2026-11-20", "--html", "page.html"];
    let run = office.folder.run(&[&line[..], rest].concat());
    assert_eq!(run.code, 0, "{run:?}");
    std::fs::read_to_string(office.folder.path("page.html")).unwrap()
}

fn count(text: &str, part: &str) -> usize {
    text.matches(part).count()
}

#[test]
fn the_page_needs_nothing_but_itself() {
    for by in ["matter", "office", "list", "measure", "month", "source"] {
        let page = page(&small(), &["--by", by]);
        let addresses = page.replace("http://www.w3.org/2000/svg", "");
        for outside in ["http:", "https:", "<script", "<link", "<img", "@import", "url("] {
            assert!(!addresses.contains(outside), "{outside} by {by}");
        }
        assert!(count(&page, "<svg role=\"img\"") >= 3, "by {by}");
        // A title in every chart, and a table beside it.
        assert_eq!(count(&page, "<svg "), count(&page, "<title id="));
        assert!(count(&page, "<table>") >= 4);
        assert_eq!(count(&page, "<table>"), count(&page, "<caption>"));
    }
}

#[test]
fn the_page_speaks_one_language() {
    let office = small();
    let english = page(&office, &["--lang", "en"]);
    assert!(english.contains("<html lang=\"en\">"));
    assert!(english.contains("<h1>Statistics of credit checks</h1>"));
    assert!(english.contains("reports as of 2026-11-20"));
    let chinese = page(&office, &["--lang", "zh"]);
    assert!(chinese.contains("<html lang=\"zh-CN\">"));
    assert!(chinese.contains("<h1>信用核查统计</h1>"));
    // Chart texts are texts.
    assert!(chinese.contains("未反馈\n</text>") || chinese.contains("未反馈</text>"));
}

#[test]
fn what_the_log_says_is_no_markup() {
    let office = Office::new();
    let mut made = crate::office::restricted("2026-11-20T10:00:00.000+08:00", "GP-2026-0001");
    made["case"]["matter"] = serde_json::json!("<script>alert(1)</script>");
    office.receipt(made);
    let page = page(&office, &[]);
    assert!(!page.contains("<script"));
    assert!(page.contains("&lt;script&gt;"));
}

#[test]
fn a_page_of_an_empty_log_is_a_page() {
    let page = page(&Office::new(), &[]);
    assert_eq!(count(&page, "<svg "), 0);
    assert_eq!(count(&page, "<p>None.</p>"), 3);
}
