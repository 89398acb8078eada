//! The page of a decision.

mod lookups;

use maud::{Markup, html};
use mustcheck::model::{
    AnswerStatus, AppliedMeasure, Effect, LegalBasis, Lookup, Obligation, SetAside, Target,
};
use mustcheck::safe;
use mustcheck::words::role_words;
use mustcheck::{Decision, Papers};
use mustcheck_audit::words as audit_words;

use super::paper;
use crate::page::book::Book;
use crate::page::language::Lang;
use crate::page::layout::token;
use crate::page::office::Task;
use crate::page::parts::finding;
use crate::page::session::Made;
use crate::page::visit::Visit;
use crate::page::words;

pub(super) struct View<'a> {
    pub(super) visit: &'a Visit,
    pub(super) made: &'a Made,
    pub(super) papers: &'a Papers,
    pub(super) book: Book<'a>,
    pub(super) number: u32,
}

impl View<'_> {
    fn lang(&self) -> Lang {
        self.visit.lang()
    }

    fn decision(&self) -> &Decision {
        self.made.checked.decision()
    }

    pub(super) fn page(&self, title: &str) -> Markup {
        html! {
            h1 { (title) }
            (self.finding())
            (self.next())
            (self.actions())
            (self.measures())
            (self.set_aside())
            (self.obligations())
            (self.lookups())
            (self.records())
            (self.receipt())
        }
    }

    fn finding(&self) -> Markup {
        let (lang, decision) = (self.lang(), self.decision());
        let application = &self.made.application;
        html! {
            (finding(lang, decision.disposition, decision.disposition_rule))
            dl.facts {
                div { dt { (lang.say("申请编号", "Case number")) } dd { (safe(&application.id)) } }
                div { dt { (lang.say("申请事项", "Matter")) } dd { (self.book.matter(&decision.matter)) } }
                div { dt { (lang.say("基准日", "As of")) } dd { (decision.as_of) } }
                @if decision.made_on != decision.as_of {
                    div { dt { (lang.say("核查日", "Made on")) } dd { (decision.made_on) } }
                }
                div {
                    dt { (lang.say("决定机关", "Deciding office")) }
                    dd { (safe(&application.office.name)) }
                }
                div {
                    dt { (lang.say("依据的清单", "Rules")) }
                    dd { (self.edition()) }
                }
            }
        }
    }

    /// The edition in words, as the sheet names it.
    fn edition(&self) -> &str {
        let label = self.lang().say("依据的清单", "Rules");
        let fields = &self.papers.sheet.fields;
        fields.iter().find(|field| field.label == label).map_or("", |field| &field.value)
    }

    /// Section with the next steps; if the check is not complete, also with the open lookups and
    /// whom to ask.
    // RAIL R11
    fn next(&self) -> Markup {
        let sections = &self.papers.sheet.sections;
        // The finding itself is further up the page.
        let next = sections.first().and_then(|finding| finding.blocks.get(1..));
        let is_open = |l: &&Lookup| l.due && l.status != AnswerStatus::Answered;
        let open = self.decision().lookups.iter().find(is_open).and_then(|_| sections.get(1));
        html! {
            section aria-labelledby="next" {
                h2 #next { (self.lang().say("下一步", "What to do next")) }
                (paper::blocks(next.unwrap_or_default()))
                @if let Some(open) = open { (paper::blocks(&open.blocks)) }
            }
        }
    }

    fn actions(&self) -> Markup {
        let lang = self.lang();
        let path = |paper: &str| format!("/decisions/{}/{paper}", self.number);
        let feedback =
            self.visit.caller.may(Task::Feedback) || self.visit.caller.may(Task::Receipts);
        html! {
            div.actions.screen {
                a.button href=(path("sheet")) {
                    (lang.say("核查结果单（打印）", "Result sheet to print"))
                }
                @for notice in &self.papers.notices {
                    " "
                    a.button href=(path(&format!("notices/{}", notice.subject))) {
                        (lang.say("告知书（打印）：", "Notice to print: ")) (notice.addressee)
                    }
                }
                form method="post" action=(path("again")) {
                    (token(&self.visit.guest))
                    button.second type="submit" {
                        (lang.say("修改后重新核查", "Change it, or check again"))
                    }
                }
                form method="post" action=(path("json")) data-download {
                    (token(&self.visit.guest))
                    button.second type="submit" { (lang.say("下载JSON", "Download JSON")) }
                }
                @if let Some(receipt) = self.made.checked.receipt() {
                    @if feedback {
                        a.button.second href=(format!("/receipts/{}", receipt.id)) {
                            (lang.say("回执与执行反馈", "Receipt and feedback"))
                        }
                    }
                }
                a.button.second href="/" { (lang.say("新建核查", "New check")) }
            }
        }
    }

    /// A subject: role, name, and identifier as the decision shows it.
    // RAIL R13
    fn who(&self, target: &Target) -> Markup {
        let index = usize::try_from(target.subject_index).unwrap_or(usize::MAX);
        let name = self.made.application.subjects.get(index).map(|subject| safe(&subject.name));
        let lang = self.lang();
        html! {
            (lang.words(role_words(target.role))) " "
            b { (name.unwrap_or_default()) } " " span.mask { (target.subject) }
        }
    }

    fn bases(&self, bases: &[LegalBasis]) -> Markup {
        let edition = &self.decision().policy.edition;
        html! {
            @for basis in bases {
                figure.basis {
                    figcaption { (self.book.cite(edition, basis)) }
                    blockquote lang="zh-CN" { (basis.clause) }
                }
            }
        }
    }

    fn measures(&self) -> Markup {
        let (lang, measures) = (self.lang(), &self.decision().measures);
        html! {
            section aria-labelledby="measures" {
                h2 #measures { (lang.say("适用的措施", "What applies")) }
                @if measures.is_empty() { p { (self.nothing()) } }
                @for measure in measures { (self.measure(measure)) }
            }
        }
    }

    /// Sentence where no measure applies. Of a check that is not complete that is not known, as the
    /// sheet says too.
    // RAIL R2
    fn nothing(&self) -> &'static str {
        let is_open = |l: &Lookup| l.due && l.status != AnswerStatus::Answered;
        match self.decision().lookups.iter().any(is_open) {
            true => self
                .lang()
                .say("查询未完成，尚不能确定。", "Not known yet: the check is not complete."),
            false => self.lang().say("无。", "Nothing."),
        }
    }

    fn measure(&self, measure: &AppliedMeasure) -> Markup {
        let lang = self.lang();
        let side = match measure.effect {
            Effect::Restriction => "restriction",
            Effect::Incentive => "incentive",
        };
        html! {
            article class=(format!("measure {side}")) {
                h3 { (lang.text(&measure.text)) }
                p.tags {
                    span.tag { (lang.words(words::effect(measure.effect))) }
                    span.tag { (lang.words(words::force(measure.force))) }
                    span.tag { (lang.words(words::kind(measure.kind))) }
                }
                dl.facts {
                    div { dt { (lang.say("对象", "To whom")) } dd { (self.who(&measure.target)) } }
                    div { dt { (lang.say("期限", "Term")) } dd { (self.term(measure)) } }
                    @if !measure.because.is_empty() {
                        div {
                            dt { (lang.say("所依记录", "Because of")) }
                            dd { @for record in &measure.because { code { (safe(record)) } " " } }
                        }
                    }
                }
                @for cut in &measure.cut {
                    p.small {
                        @match cut.recorded_until {
                            Some(day) => {
                                (lang.say("记录所载期限至 ", "The record runs to ")) (day)
                            }
                            None => { (lang.say("记录没有终止日", "The record has no end")) }
                        }
                        (lang.say("，按条文最长期限截至 ", "; the article allows no longer than to "))
                        (cut.allowed_until) (lang.say("。", "."))
                    }
                }
                (self.bases(&measure.legal_basis))
            }
        }
    }

    fn term(&self, measure: &AppliedMeasure) -> String {
        let lang = self.lang();
        match measure.until {
            Some(day) => format!("{} {day}", lang.say("至", "until")),
            None if measure.because.is_empty() => {
                lang.own("依据为连续三年无不良记录", "rests on three years without adverse record")
            }
            None => lang.own("记录未载明终止日", "no end on record"),
        }
    }

    fn set_aside(&self) -> Markup {
        let (lang, entries) = (self.lang(), &self.decision().set_aside);
        html! {
            section aria-labelledby="set-aside" {
                h2 #set-aside { (lang.say("不予适用及理由", "What was set aside, and why")) }
                @if entries.is_empty() { p { (lang.say("无。", "Nothing.")) } } @else {
                    p.small { (lang.say(
                        "相互矛盾的措施一并列出；起决定作用的规则见各项理由和依据。",
                        "Measures that contradict each other are both shown; each reason names the rule \
                         that decides.",
                    )) }
                    ul.entries { @for entry in entries { li { (self.aside(entry)) } } }
                }
            }
        }
    }

    fn aside(&self, entry: &SetAside) -> Markup {
        let lang = self.lang();
        let edition = &self.decision().policy.edition;
        let mut cited: Vec<String> = Vec::new();
        for basis in &entry.legal_basis {
            let one = self.book.cite(edition, basis);
            if !cited.contains(&one) {
                cited.push(one);
            }
        }
        html! {
            p {
                span.tag { (lang.words(words::reason(entry.reason))) } " "
                (lang.text(&entry.text))
            }
            p.small { (self.who(&entry.target)) }
            @if let Some(measure) = &entry.measure {
                p.small { (lang.say("措施：", "Measure: ")) (self.book.measure(measure)) }
            }
            @if let Some(record) = &entry.record {
                p.small { (lang.say("记录：", "Record: ")) code { (safe(record)) } }
            }
            @if !cited.is_empty() {
                p.small { (lang.say("依据：", "Basis: ")) (cited.join(lang.say("；", "; "))) }
            }
        }
    }

    fn obligations(&self) -> Markup {
        let (lang, obligations) = (self.lang(), &self.decision().obligations);
        html! {
            @if !obligations.is_empty() {
                section aria-labelledby="obligations" {
                    h2 #obligations { (lang.say("后续义务", "What is due later")) }
                    ul.entries { @for one in obligations { li { (self.obligation(one)) } } }
                }
            }
        }
    }

    fn obligation(&self, obligation: &Obligation) -> Markup {
        let lang = self.lang();
        html! {
            p {
                b { (lang.words(audit_words::obligation(obligation.kind))) }
                (lang.say("：", ": ")) (safe(lang.text(&obligation.to)))
                @if let Some(day) = obligation.due_on {
                    (lang.say("，最迟 ", ", by ")) b { (day) }
                }
            }
            p.small { (lang.text(&obligation.note)) }
            details {
                summary { (lang.say("依据", "Basis")) }
                (self.bases(&obligation.legal_basis))
            }
        }
    }

    fn receipt(&self) -> Markup {
        let lang = self.lang();
        html! {
            section aria-labelledby="receipt" {
                h2 #receipt { (lang.say("核查回执", "Receipt")) }
                @match self.made.checked.receipt() {
                    None => p { (lang.say("本服务不保存核查记录。", "This service keeps no records.")) },
                    Some(receipt) => dl.facts {
                        div { dt { (lang.say("回执编号", "Number")) } dd { code { (receipt.id) } } }
                        div { dt { (lang.say("日志序号", "Index in the log")) } dd { (receipt.index) } }
                        div {
                            dt { (lang.say("核查时间（北京时间）", "Checked at (UTC+8)")) }
                            dd { (words::time(receipt.receipt.payload.made_at.to_second())) }
                        }
                        div {
                            dt { (lang.say("规则组件摘要（SHA-256）", "Digest of the component (SHA-256)")) }
                            dd { code.long { (self.made.checked.component()) } }
                        }
                    },
                }
            }
        }
    }
}
