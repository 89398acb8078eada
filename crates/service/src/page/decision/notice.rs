//! The notice as it is printed on A4.

use maud::{Markup, html};

use crate::page::language::Lang;
use crate::page::session::Made;
use crate::page::words;

/// What a line of the notice is, by how it begins.
#[derive(Debug, PartialEq, Eq)]
enum Line<'a> {
    /// A numbered heading, with what follows it on its line.
    Section(&'a str),
    Item(&'a str),
    Detail(&'a str),
    Plain(&'a str),
}

impl<'a> Line<'a> {
    fn of(line: &'a str) -> Self {
        let item = line.strip_prefix("　· ").or_else(|| line.strip_prefix("   - "));
        if let Some(item) = item {
            return Self::Item(item);
        }
        if let Some(detail) = line.strip_prefix("　　").or_else(|| line.strip_prefix("     ")) {
            return Self::Detail(detail.trim_start());
        }
        let numbered = |c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c);
        let rest = line.trim_start_matches(numbered);
        let is_section =
            rest.len() < line.len() && (rest.starts_with('、') || rest.starts_with(". "));
        if is_section { Self::Section(line) } else { Self::Plain(line) }
    }
}

/// Where the notice's sections stand among a page's headings.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Sections {
    /// On a page of their own.
    OfPage,
    /// Within a section of a page.
    OfSection,
}

/// The notice's text, set out.
pub(super) fn text(lang: Lang, made: &Made, sections: Sections) -> Markup {
    let notice = made.checked.decision().notice.as_ref();
    let text = notice.map(|notice| lang.text(notice)).unwrap_or_default();
    html! {
        div.notice-text lang=(lang.tag()) {
            // What its first line says stands in the page's own heading too.
            @for line in text.lines() {
                @match Line::of(line) {
                    Line::Section(text) => {
                        @if sections == Sections::OfPage { h2 { (text) } } @else { h3 { (text) } }
                    }
                    Line::Item(text) => p.item { (text) },
                    Line::Detail(text) => p.detail { (text) },
                    Line::Plain(text) => p { (text) },
                }
            }
        }
    }
}

/// The page that is printed.
pub(super) fn page(lang: Lang, made: &Made, number: u32) -> Markup {
    let receipt = made.checked.receipt();
    let office = mustcheck::safe(&made.application.office.name);
    html! {
        p.actions.screen {
            a.button href=(format!("/decisions/{number}")) {
                (lang.say("返回核查结果", "Back to the decision"))
            }
            " "
            button type="button" data-print hidden { (lang.say("打印", "Print")) }
        }
        article.sheet {
            h1 { (lang.say("信用核查告知", "Credit check notice")) }
            (text(lang, made, Sections::OfPage))
            div.sealed {
                @if let Some(receipt) = receipt {
                    p { (lang.say("核查回执编号：", "Receipt number: ")) code { (receipt.id) } }
                    p {
                        (lang.say("核查时间（北京时间）：", "Checked at (UTC+8): "))
                        (words::time(receipt.receipt.payload.made_at.to_second()))
                    }
                }
                p.seal { (office) " " (lang.say("（盖章）", "(seal)")) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Line;

    #[test]
    fn a_line_is_what_its_beginning_says_in_both_languages() {
        assert_eq!(Line::of("一、查询：应查20项"), Line::Section("一、查询：应查20项"));
        assert_eq!(Line::of("2. Measures that apply:"), Line::Section("2. Measures that apply:"));
        assert_eq!(Line::of("　· 申请人甲"), Line::Item("申请人甲"));
        assert_eq!(Line::of("   - applicant"), Line::Item("applicant"));
        assert_eq!(Line::of("　　依据：《…》"), Line::Detail("依据：《…》"));
        assert_eq!(Line::of("     Basis: …"), Line::Detail("Basis: …"));
        assert_eq!(Line::of("核查意见：…"), Line::Plain("核查意见：…"));
        assert_eq!(Line::of("2026 is a year"), Line::Plain("2026 is a year"));
    }
}
