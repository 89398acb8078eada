//! Checks of the guide for those who keep the catalogue, against the things that it describes:
//! every key and value of the types is explained in both languages, the worked example is a
//! measure, and each mistake is reported in the words that the guide gives.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "guide/example.rs"]
mod example;
#[path = "guide/mistakes.rs"]
mod mistakes;
#[path = "support/registry.rs"]
mod registry;
#[path = "guide/tables.rs"]
mod tables;

use std::collections::BTreeSet;
use std::fs;

use registry::catalogue_folder;

/// The languages, by the ending of the file names.
pub const LANGUAGES: [&str; 2] = ["", ".zh-CN"];

/// A page of the guide.
pub fn page(name: &str, language: &str) -> String {
    let file = catalogue_folder().join(format!("{name}{language}.md"));
    fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()))
}

/// The guide itself, and its tables.
pub const PAGES: [&str; 3] = ["GUIDE", "GUIDE-keys", "GUIDE-cases"];

/// Returns the contents of the fenced blocks in a language.
pub fn fenced(page: &str, language: &str) -> Vec<String> {
    let fence = format!("\n```{language}\n");
    let parts = page.split(&fence).skip(1);
    parts.map(|part| format!("{}\n", part.split("\n```").next().unwrap())).collect()
}

/// Every link leads somewhere: to a file, and to a heading or an anchor of a page of the guide.
#[test]
fn every_link_leads_somewhere() {
    let anchors = |text: &str| -> BTreeSet<String> {
        let ids = text.split("<a id=\"").skip(1).map(|part| part.split('"').next().unwrap().into());
        let headings = text.lines().filter_map(|line| line.strip_prefix("## "));
        let slug = |heading: &str| heading.to_lowercase().replace(' ', "-");
        ids.chain(headings.map(slug)).collect()
    };
    let mut seen = 0;
    for name in PAGES {
        for language in LANGUAGES {
            let text = page(name, language);
            for link in text.split("](").skip(1).map(|part| part.split(')').next().unwrap()) {
                let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
                let own = format!("{name}{language}.md");
                let file = if file.is_empty() { own.as_str() } else { file };
                let path = catalogue_folder().join(file);
                assert!(path.exists(), "{own}: {link}");
                if !anchor.is_empty() {
                    let target = fs::read_to_string(&path).unwrap();
                    assert!(anchors(&target).contains(anchor), "{own}: {link}");
                }
                seen += 1;
            }
        }
    }
    assert!(seen > 100, "only {seen} links");
}

/// Both languages give the same blocks to copy.
#[test]
fn the_blocks_to_copy_are_the_same_in_both_languages() {
    for language in ["sh", "toml", "json", "diff"] {
        let [en, zh] = LANGUAGES.map(|ending| fenced(&page("GUIDE", ending), language));
        assert!(!en.is_empty(), "{language}");
        assert_eq!(en, zh);
    }
}
