//! The page of a receipt.

mod feedback;
mod story;

use maud::{Markup, html};
use mustcheck::safe;
use mustcheck::words::role_words;
use mustcheck_audit::words as audit_words;
use mustcheck_evidence::{
    DocumentId, MeasureFeedback, Outcome, Receipt, ReceiptMeasure, ReceiptObligation,
};

use super::form::{Form, told_measure, told_obligation};
use crate::page::book::Book;
use crate::page::form::{Wrong, summary};
use crate::page::language::Lang;
use crate::page::layout::token;
use crate::page::office::Task;
use crate::page::parts::{LOOKUPS, answer, finding, table};
use crate::page::visit::Visit;
use crate::page::words;
use crate::records::KeptReceipt;

pub(super) struct View<'a> {
    pub(super) visit: &'a Visit,
    pub(super) receipt: &'a KeptReceipt,
    pub(super) said: Option<&'a DocumentId>,
    pub(super) form: &'a Form,
    pub(super) wrong: &'a [Wrong],
}

impl View<'_> {
    fn lang(&self) -> Lang {
        self.visit.lang()
    }

    fn payload(&self) -> &Receipt {
        &self.receipt.receipt.payload
    }

    fn book(&self) -> Book<'_> {
        Book { lang: self.lang(), names: &self.visit.shared().names, policy: None }
    }

    /// Whether there is anything to report, and the caller may.
    pub(super) fn has_form(&self) -> bool {
        let Receipt { measures, obligations, .. } = self.payload();
        self.visit.caller.may(Task::Feedback) && !(measures.is_empty() && obligations.is_empty())
    }

    pub(super) fn page(&self, title: &str) -> Markup {
        let lang = self.lang();
        html! {
            h1 { (title) }
            @if let Some(said) = self.said {
                p.success role="status" {
                    (lang.say("执行反馈已记入日志，编号：", "The feedback is on record, number "))
                    code { (said) } (lang.say("。", "."))
                }
            }
            (summary(lang, self.wrong, &|place| self.label(place)))
            (self.case())
            (self.reported())
            (self.story())
            @if self.has_form() { (self.feedback()) }
            (self.lookups())
        }
    }

    /// Name of the caller that asked for the check, if the receipt says so.
    fn asked_by(&self) -> Option<&str> {
        self.payload().asked_by.as_deref()
    }

    fn case(&self) -> Markup {
        let (lang, receipt) = (self.lang(), self.payload());
        html! {
            (finding(lang, receipt.disposition, receipt.disposition_rule))
            dl.facts {
                div { dt { (lang.say("回执编号", "Number")) } dd { code { (self.receipt.id) } } }
                div { dt { (lang.say("日志序号", "Index in the log")) } dd { (self.receipt.log_index) } }
                div { dt { (lang.say("核查时间（北京时间）", "Checked at (UTC+8)")) } dd { (words::time(receipt.made_at.to_second())) } }
                div { dt { (lang.say("申请编号", "Case number")) } dd { (safe(&receipt.case.id)) } }
                div { dt { (lang.say("申请事项", "Matter")) } dd { (self.book().matter(&receipt.case.matter)) } }
                div { dt { (lang.say("基准日", "As of")) } dd { (receipt.case.as_of) } }
                @if let Some(made_on) = receipt.case.made_on.filter(|on| *on != receipt.case.as_of) {
                    div { dt { (lang.say("核查日", "Made on")) } dd { (made_on) } }
                }
                div {
                    dt { (lang.say("决定机关", "Deciding office")) }
                    dd { (safe(&receipt.case.office.name)) " " (safe(&receipt.case.office.region)) }
                }
                div {
                    dt { (lang.say("规则组件摘要（SHA-256）", "Digest of the component (SHA-256)")) }
                    dd { code.long { (receipt.decided_by.component) } }
                }
            }
            div.actions.screen {
                @if self.visit.caller.may(Task::Check) {
                    a.button href=(format!("/receipts/{}/papers", self.receipt.id)) {
                        (lang.say("重新打印文书", "Print the papers again"))
                    }
                }
                form method="post" action=(format!("/receipts/{}/json", self.receipt.id)) data-download {
                    (token(&self.visit.guest))
                    button.second type="submit" {
                        (lang.say("下载签名回执（JSON）", "Download the signed receipt (JSON)"))
                    }
                }
            }
        }
    }

    /// Measures and obligations, each with the feedback about it.
    fn reported(&self) -> Markup {
        let (lang, receipt) = (self.lang(), self.payload());
        let none = lang.say("尚无反馈", "nothing reported");
        html! {
            section aria-labelledby="measures" {
                h2 #measures { (lang.say("措施与义务", "Measures and obligations")) }
                @if receipt.measures.is_empty() && receipt.obligations.is_empty() {
                    p { (lang.say("无。", "None.")) }
                }
                ul.entries {
                    @for measure in &receipt.measures { li {
                        p {
                            (self.book().measure(&measure.measure)) " "
                            span.tag { (lang.words(words::effect(measure.effect))) } " "
                            span.tag { (lang.words(words::force(measure.force))) }
                        }
                        p.small { (self.target(measure)) }
                        p.small { (lang.say("依据：", "Basis: ")) (self.bases(measure)) }
                        @match told_measure(self.receipt, &measure.measure, measure.subject_index) {
                            None => p.open { (none) },
                            Some((id, told)) => p.done { (self.outcome(told)) " " code { (id) } },
                        }
                    } }
                    @for one in &receipt.obligations { li {
                        p { (self.obligation(one)) }
                        @match told_obligation(self.receipt, one.kind, &one.to.zh) {
                            None => p.open { (none) },
                            Some((id, told)) => p.done {
                                (lang.say("已履行，", "done on ")) (told.done_on)
                                @if let Some(document) = &told.document { " · " (safe(document)) }
                                " " code { (id) }
                            },
                        }
                    } }
                }
            }
        }
    }

    fn target(&self, measure: &ReceiptMeasure) -> Markup {
        let lang = self.lang();
        html! {
            (lang.words(role_words(measure.role)))
            (lang.say("（主体", " (subject ")) (u64::from(measure.subject_index) + 1)
            (lang.say("）", ")"))
            @if let Some(day) = measure.until { (lang.say("，期限至 ", ", until ")) (day) }
        }
    }

    fn bases(&self, measure: &ReceiptMeasure) -> String {
        let edition = &self.payload().decided_by.policy.edition;
        let cite = |basis| self.book().pinpoint(edition, basis);
        let mut all: Vec<String> = measure.legal_basis.iter().map(cite).collect();
        all.dedup();
        all.join(self.lang().say("；", "; "))
    }

    fn obligation(&self, one: &ReceiptObligation) -> Markup {
        let lang = self.lang();
        html! {
            b { (lang.words(audit_words::obligation(one.kind))) } (lang.say("：", ": "))
            (safe(lang.text(&one.to)))
            @if let Some(day) = one.due_on { (lang.say("，最迟 ", ", by ")) b { (day) } }
        }
    }

    fn outcome(&self, told: &MeasureFeedback) -> Markup {
        let lang = self.lang();
        html! {
            @match &told.outcome {
                Outcome::Applied => b { (lang.say("已执行", "applied")) },
                Outcome::NotApplied { code, text } => {
                    b { (lang.say("未执行：", "not applied: ")) (lang.words(audit_words::not_applied(*code))) }
                    " " (safe(text))
                }
            }
            @if let Some(document) = &told.document { " · " (safe(document)) }
            @if let Some(day) = told.decided_on { " · " (day) }
            @if let Some(execution) = &told.execution { " · " (safe(execution)) }
        }
    }

    fn label(&self, place: &str) -> String {
        let lang = self.lang();
        let field = place.rsplit('.').next().unwrap_or(place);
        let name = field_name(lang, field);
        match place.split_once(']').and_then(|(row, _)| row.split_once('[')) {
            Some((rows, number)) => {
                let number = number.parse::<usize>().unwrap_or_default().saturating_add(1);
                let of = match rows {
                    "groups" => lang.say("同一记录的措施", "Measures of one record"),
                    "measures" => lang.say("措施", "Measure"),
                    _ => lang.say("义务", "Obligation"),
                };
                format!("{of} {number} {name}")
            }
            None => name.to_owned(),
        }
    }

    fn lookups(&self) -> Markup {
        let lang = self.lang();
        let title = lang.say("查询", "Lookups");
        html! {
            section aria-labelledby="lookups" {
                h2 #lookups { (title) }
                (table(lang, title, LOOKUPS, html! {
                    @for lookup in &self.payload().lookups { tr class=(lookup.status.code()) {
                        td {
                            (lang.words(role_words(lookup.role))) " "
                            (u64::from(lookup.subject_index) + 1)
                        }
                        td { (self.book().list(&lookup.list)) }
                        (answer(lang, lookup.status, lookup.records, lookup.source.as_deref(),
                            lookup.source_as_of))
                    } }
                }))
            }
        }
    }
}

fn field_name(lang: Lang, field: &str) -> &'static str {
    match field {
        "recorded_by" => lang.say("记录人", "Recorded by"),
        "code" => lang.say("未执行的原因", "Why not applied"),
        "text" => lang.say("原因说明", "The reason in words"),
        "document" => lang.say("文书", "Document"),
        "decided_on" => lang.say("文书日期", "Its day"),
        "start" => lang.say("执行开始日", "Carried out from"),
        "end" => lang.say("执行结束日", "Carried out to"),
        "execution" => lang.say("执行内容", "What was done"),
        "amount" => lang.say("涉及金额（元）", "Amount (yuan)"),
        "done_on" => lang.say("完成日期", "Done on"),
        "outcome" => lang.say("是否执行", "Whether applied"),
        _ => lang.say("执行反馈", "Feedback"),
    }
}
