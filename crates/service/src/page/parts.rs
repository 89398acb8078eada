//! Parts that several pages show in the same way.

use maud::{Markup, html};
use mustcheck::model::{AnswerStatus, Disposition, DispositionRule, Domain};
use mustcheck::safe;
use mustcheck::words::{disposition_words, rule_words};
use mustcheck::{Policy, Timestamp};
use mustcheck_audit::words as audit_words;

use super::language::Lang;
use super::visit::Visit;
use super::words;

/// Heads of the columns of a table, in Chinese and English.
type Heads<'a> = &'a [(&'a str, &'a str)];

/// The heads of a table of lookups.
pub(super) const LOOKUPS: Heads<'_> = &[
    ("主体", "Subject"),
    ("名单", "List"),
    ("结果", "Answer"),
    ("记录数", "Records"),
    ("数据源", "Source"),
    ("数据截至（北京时间）", "As of (UTC+8)"),
];

/// The finding in large letters, and its reason.
pub(super) fn finding(lang: Lang, disposition: Disposition, rule: DispositionRule) -> Markup {
    html! {
        section class=(format!("finding {disposition}")) aria-labelledby="finding" {
            p.sign aria-hidden="true" { (words::sign(disposition)) }
            div {
                h2 #finding { (lang.words(disposition_words(disposition))) }
                p {
                    (lang.say("理由：", "Why: ")) (lang.words(rule_words(rule)))
                    (lang.say("。", "."))
                }
            }
        }
    }
}

/// The matters that the caller may ask about, by domain, as options of a list.
pub(super) fn matters(visit: &Visit, policy: Option<&Policy>, chosen: &str) -> Markup {
    let lang = visit.lang();
    let all = policy.map(|policy| &*policy.description().matters).unwrap_or_default();
    let permitted: Vec<_> =
        all.iter().filter(|matter| visit.caller.may_matter(&matter.code)).collect();
    html! {
        @for domain in Domain::ALL {
            @if permitted.iter().any(|matter| matter.domain == *domain) {
                optgroup label=(lang.words(words::domain(*domain))) {
                    @for matter in permitted.iter().filter(|m| m.domain == *domain) {
                        option value=(matter.code) selected[matter.code == chosen] {
                            (lang.text(&matter.name))
                        }
                    }
                }
            }
        }
    }
}

/// A table that scrolls sideways within itself if it is too wide.
pub(super) fn table(lang: Lang, title: &str, heads: Heads<'_>, rows: Markup) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(title) {
            table {
                caption { (title) }
                thead { tr { @for (zh, en) in heads { th scope="col" { (lang.say(zh, en)) } } } }
                tbody { (rows) }
            }
        }
    }
}

/// Cells with the answer of a source, under the last four of [`LOOKUPS`].
pub(super) fn answer(
    lang: Lang,
    status: AnswerStatus,
    records: u32,
    source: Option<&str>,
    as_of: Option<Timestamp>,
) -> Markup {
    html! {
        td { (lang.words(audit_words::answer(status))) }
        td.number { (records) }
        td { (safe(source.unwrap_or("—"))) }
        td { @if let Some(as_of) = as_of { (words::time(as_of)) } @else { "—" } }
    }
}
