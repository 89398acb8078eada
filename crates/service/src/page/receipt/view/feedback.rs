//! The form for feedback about a receipt: one row for a record, and not one for each of its measures.

use maud::{Markup, html};
use mustcheck::model::Effect;
use mustcheck_audit::words as audit_words;
use mustcheck_evidence::{DocumentId, NotAppliedCode, ReceiptMeasure, ReceiptObligation};

use super::super::form::{Group, groups, told_measure, told_obligation};
use super::{View, field_name};
use crate::page::fields::id;
use crate::page::form::{Line, error};
use crate::page::language::Lang;
use crate::page::layout::token;

impl View<'_> {
    pub(super) fn feedback(&self) -> Markup {
        let (lang, receipt) = (self.lang(), self.payload());
        let action = format!("/receipts/{}/feedback", self.receipt.id);
        let by = Line {
            hint: Some(lang.say("岗位或者工号，不填姓名", "A post or a staff number, not a name")),
            class: "short",
            ..Line::text("recorded_by", field_name(lang, "recorded_by"), self.recorder()).needed()
        };
        html! {
            section.screen aria-labelledby="report" {
                h2 #report { (lang.say("填写执行反馈", "Record feedback")) }
                p.small { (lang.say(
                    "可以分次填写；对已有反馈的再次填写即为更正，更正与原反馈都留在日志中。不得填写证件号码。",
                    "It may be recorded piece by piece. Recording again corrects what was recorded, and both \
                     stay in the log. No identifiers here.",
                )) }
                form #feedback method="post" action=(action) tabindex="-1" novalidate {
                    (token(&self.visit.guest))
                    button type="submit" name="do" value="record" hidden {}
                    (by.show(self.wrong))
                    (error(self.wrong, "feedback"))
                    @let groups = groups(receipt);
                    @for (g, group) in groups.iter().enumerate() { (self.group(g, group)) }
                    @for (n, measure) in receipt.measures.iter().enumerate() {
                        @if groups.iter().all(|group| !group.measures.contains(&n)) {
                            (self.measure_row(n, measure))
                        }
                    }
                    @for (n, one) in receipt.obligations.iter().enumerate() {
                        (self.obligation_row(n, one))
                    }
                    p.actions { button type="submit" name="do" value="record" {
                        (lang.say("记入日志", "Record"))
                    } }
                }
            }
        }
    }

    /// Post that records, as it was typed; a form that is fresh begins with the caller's name.
    fn recorder(&self) -> &str {
        if self.form.is_blank() { self.visit.caller.name() } else { self.form.get("recorded_by") }
    }

    fn replaces(&self, place: &str, told: Option<&DocumentId>) -> Markup {
        // A page that is shown again keeps what its reader saw first.
        let typed = self.form.get(place);
        let id =
            if typed.is_empty() { told.map(ToString::to_string) } else { Some(typed.to_owned()) };
        html! { @if let Some(id) = id { input type="hidden" name=(place) value=(id); } }
    }

    /// Row for all measures that rest on the same records. The row of each is folded below it, for
    /// measures about which the office did something else.
    fn group(&self, g: usize, group: &Group) -> Markup {
        let lang = self.lang();
        let row = format!("groups[{g}]");
        let all: Vec<(usize, &ReceiptMeasure)> = (group.measures.iter())
            .filter_map(|n| Some((*n, self.payload().measures.get(*n)?)))
            .collect();
        let Some((_, first)) = all.first() else { return html! {} };
        let is_apart = |n: usize| {
            let own = format!("measures[{n}]");
            let is_wrong = self.wrong.iter().any(|one| one.place.starts_with(&own));
            is_wrong || self.form.is_typed(&own)
        };
        let all_of_them =
            [lang.say("全部已执行", "all applied"), lang.say("全部未执行", "none applied")];
        html! {
            fieldset.row id=(id(&format!("{row}.outcome"))) tabindex="-1" {
                legend { (self.because(first, all.len())) }
                ul.small { @for (_, measure) in &all { li {
                    (self.book().measure(&measure.measure)) " — " (self.target(measure))
                } } }
                (self.told_before(all.iter().any(|(_, measure)| self.is_told(measure))))
                (self.questions(&row, first, all_of_them))
                details open[all.iter().any(|(n, _)| is_apart(*n))] {
                    summary { (lang.say(
                        "各项措施情况不同的，逐项填写",
                        "Where the measures differ: one by one",
                    )) }
                    @for (n, measure) in &all { (self.measure_row(*n, measure)) }
                }
            }
        }
    }

    /// Names the records that several measures rest on by their lists.
    fn because(&self, measure: &ReceiptMeasure, measures: usize) -> Markup {
        let lang = self.lang();
        let lists: Vec<String> = measure.lists.iter().map(|list| self.book().list(list)).collect();
        let lists = lists.join(lang.say("、", ", "));
        html! {
            @match lang {
                Lang::Zh => { "依据" (lists) "的记录适用的" (measures) "项措施" }
                Lang::En => { "The " (measures) " measures that rest on records of: " (lists) }
            }
        }
    }

    fn is_told(&self, measure: &ReceiptMeasure) -> bool {
        told_measure(self.receipt, &measure.measure, measure.subject_index).is_some()
    }

    fn told_before(&self, is_told: bool) -> Markup {
        let lang = self.lang();
        html! {
            @if is_told {
                p.small { (lang.say("已有反馈，再次填写即为更正。", "Reported before: this corrects it.")) }
            }
        }
    }

    fn measure_row(&self, n: usize, measure: &ReceiptMeasure) -> Markup {
        let lang = self.lang();
        let row = format!("measures[{n}]");
        let told = told_measure(self.receipt, &measure.measure, measure.subject_index);
        let one = [lang.say("已执行", "applied"), lang.say("未执行", "not applied")];
        html! {
            fieldset.row id=(id(&format!("{row}.outcome"))) tabindex="-1" {
                legend { (self.book().measure(&measure.measure)) }
                p.small { (self.target(measure)) }
                (self.told_before(told.is_some()))
                (self.replaces(&format!("{row}.replaces"), told.map(|(id, _)| id)))
                (self.questions(&row, measure, one))
            }
        }
    }

    /// The choices and fields of a row; `answers` are the words for applied and not applied.
    fn questions(&self, row: &str, measure: &ReceiptMeasure, answers: [&str; 2]) -> Markup {
        let at = |field: &str| format!("{row}.{field}");
        let chosen = self.form.get(&at("outcome"));
        let [applied, not_applied] = answers;
        let choices = [
            ("", self.lang().say("本次不填", "not this time")),
            ("applied", applied),
            ("not-applied", not_applied),
        ];
        html! {
            (error(self.wrong, &at("outcome")))
            div.choices {
                @for (code, words) in choices {
                    @let own = format!("{}-{}", id(&at("outcome")), if code.is_empty() { "none" } else { code });
                    span.tick {
                        input id=(own) type="radio" name=(at("outcome")) value=(code) checked[chosen == code];
                        label for=(own) { (words) }
                    }
                }
            }
            div.grid {
                div.why { (self.reasons(&at("code"), measure)) }
                div.why { (self.line(&at("text"), "text")) }
                (self.line(&at("document"), "document"))
                (self.day(&at("decided_on"), "decided_on"))
                (self.day(&at("start"), "start"))
                (self.day(&at("end"), "end"))
                (self.line(&at("execution"), "execution"))
                (self.line(&at("amount"), "amount"))
            }
        }
    }

    fn line(&self, place: &str, field: &str) -> Markup {
        Line::text(place, field_name(self.lang(), field), self.form.get(place)).show(self.wrong)
    }

    fn day(&self, place: &str, field: &str) -> Markup {
        Line::day(place, field_name(self.lang(), field), self.form.get(place)).show(self.wrong)
    }

    fn reasons(&self, place: &str, measure: &ReceiptMeasure) -> Markup {
        let lang = self.lang();
        let chosen = self.form.get(place);
        // Nobody is asked whether he wants a restriction.
        let fits = |code: &&NotAppliedCode| {
            measure.effect == Effect::Incentive || **code != NotAppliedCode::NotWanted
        };
        html! {
            div.field {
                label for=(id(place)) { (field_name(lang, "code")) }
                (error(self.wrong, place))
                select id=(id(place)) name=(place) {
                    option value="" { "—" }
                    @for code in NotAppliedCode::ALL.iter().filter(fits) {
                        option value=(code.code()) selected[chosen == code.code()] {
                            (lang.words(audit_words::not_applied(*code)))
                        }
                    }
                }
            }
        }
    }

    fn obligation_row(&self, n: usize, one: &ReceiptObligation) -> Markup {
        let at = |field: &str| format!("obligations[{n}].{field}");
        let (done_on, document) = (at("done_on"), at("document"));
        let told = told_obligation(self.receipt, one.kind, &one.to.zh);
        html! {
            fieldset.row {
                legend { (self.obligation(one)) }
                (self.told_before(told.is_some()))
                (self.replaces(&at("replaces"), told.map(|(id, _)| id)))
                div.grid {
                    (self.day(&done_on, "done_on"))
                    (self.line(&document, "document"))
                }
            }
        }
    }
}
