//! The lookups of a decision, and the records that they found.

use maud::{Markup, html};
use mustcheck::model::{AnswerStatus, Lookup, Target};
use mustcheck::safe;
use mustcheck::words::{role_words, status_words};
use mustcheck_audit::words as audit_words;

use super::View;
use crate::page::language::Lang;
use crate::page::parts::{LOOKUPS, answer, table};
use crate::page::words;

impl View<'_> {
    pub(super) fn lookups(&self) -> Markup {
        let (lang, lookups) = (self.lang(), &self.decision().lookups);
        let due = lookups.iter().filter(|lookup| lookup.due);
        let answered = |lookup: &&Lookup| lookup.status == AnswerStatus::Answered;
        let (all, made) = (due.clone().count(), due.clone().filter(answered).count());
        let open: Vec<&Lookup> = due.filter(|lookup| !answered(lookup)).collect();
        let title = lang.say("查询", "What was looked up");
        html! {
            section aria-labelledby="lookups" {
                h2 #lookups { (title) }
                p {
                    @match lang {
                        Lang::Zh => { "应查" (all) "次，获得结果" (made) "次。" }
                        Lang::En => { (all) " lookups due, " (made) " answered." }
                    }
                }
                @if !open.is_empty() {
                    div.alert {
                        p { b { (lang.say(
                            "未获结果的查询（不等于无记录）：",
                            "Not answered, which is not clear:",
                        )) } }
                        ul { @for lookup in open { li { (self.open(lookup)) } } }
                    }
                }
                details {
                    summary { (lang.say("逐项列出", "One by one")) }
                    (self.table(title))
                }
            }
        }
    }

    fn target(lookup: &Lookup) -> Target {
        let Lookup { role, subject_index, subject, .. } = lookup;
        Target { role: *role, subject_index: *subject_index, subject: subject.clone() }
    }

    fn open(&self, lookup: &Lookup) -> Markup {
        let lang = self.lang();
        html! {
            (self.book.list(&lookup.list)) " — " (self.who(&Self::target(lookup)))
            (lang.say("：", ": ")) (lang.words(status_words(lookup.status)))
            @if let Some(source) = &lookup.source { " · " (safe(source)) }
            @if let Some(as_of) = lookup.source_as_of {
                (lang.say("（截至 ", " (as of ")) (words::time(as_of)) (lang.say("）", ")"))
            }
            @if let Some(reason) = &lookup.reason { " · " span lang="en" { (safe(reason)) } }
        }
    }

    fn table(&self, title: &str) -> Markup {
        let lang = self.lang();
        table(
            lang,
            title,
            LOOKUPS,
            html! {
                @for lookup in &self.decision().lookups {
                    tr class=(lookup.status.code()) {
                        td { (self.who(&Self::target(lookup))) }
                        td {
                            (self.book.list(&lookup.list))
                            @if !lookup.due {
                                " " span.tag { (lang.say("仅供参考", "for reference")) }
                            }
                        }
                        (answer(lang, lookup.status, lookup.records, lookup.source.as_deref(),
                            lookup.source_as_of))
                    }
                }
            },
        )
    }

    pub(super) fn records(&self) -> Markup {
        let (lang, records) = (self.lang(), &self.decision().records);
        html! {
            @if !records.is_empty() {
                section aria-labelledby="records" {
                    h2 #records { (lang.say("查得的记录", "Records found")) }
                    ul.entries { @for record in records { li {
                        p {
                            b { (self.book.list(&record.list)) } " "
                            span.tag { (lang.words(audit_words::standing(record.standing))) }
                            @if record.disputed {
                                " " span.tag { (lang.say("有异议标注", "disputed")) }
                            }
                        }
                        p.small {
                            (self.who(&record.target))
                            @if let Some(role) = record.named_as {
                                (lang.say("，记录载明其为", ", named as "))
                                (lang.words(role_words(role)))
                            }
                        }
                        p.small {
                            code { (safe(&record.record)) }
                            @if let Some(by) = &record.decided_by { " · " (safe(by)) }
                            @if let Some(document) = &record.document { " · " (safe(document)) }
                            " · " (record.valid_from) (lang.say(" 至 ", " to "))
                            @match record.valid_until {
                                Some(day) => (day),
                                None => (lang.say("未载明", "no end stated")),
                            }
                        }
                    } } }
                }
            }
        }
    }
}
