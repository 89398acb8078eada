//! The form for feedback about a receipt.

use maud::{Markup, html};
use mustcheck::model::Effect;
use mustcheck_audit::words as audit_words;
use mustcheck_evidence::{DocumentId, NotAppliedCode, ReceiptMeasure, ReceiptObligation};

use super::super::form::{told_measure, told_obligation};
use super::{View, field_name};
use crate::page::fields::id;
use crate::page::form::{Line, error};
use crate::page::layout::token;

impl View<'_> {
    pub(super) fn feedback(&self) -> Markup {
        let (lang, receipt) = (self.lang(), self.payload());
        let action = format!("/receipts/{}/feedback", self.number);
        let by = Line {
            hint: Some(lang.say("岗位或者工号，不填姓名", "A post or a staff number, not a name")),
            class: "short",
            ..Line::text(
                "recorded_by",
                field_name(lang, "recorded_by"),
                self.form.get("recorded_by"),
            )
            .needed()
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
                    @for (n, measure) in receipt.measures.iter().enumerate() {
                        (self.measure_row(n, measure))
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

    fn replaces(&self, place: &str, told: Option<&DocumentId>) -> Markup {
        // A page that is shown again keeps what its reader saw first.
        let typed = self.form.get(place);
        let id =
            if typed.is_empty() { told.map(ToString::to_string) } else { Some(typed.to_owned()) };
        html! { @if let Some(id) = id { input type="hidden" name=(place) value=(id); } }
    }

    fn measure_row(&self, n: usize, measure: &ReceiptMeasure) -> Markup {
        let lang = self.lang();
        let at = |field: &str| format!("measures[{n}].{field}");
        let told = told_measure(self.receipt, &measure.measure, measure.subject_index);
        let chosen = self.form.get(&at("outcome"));
        let choices = [
            ("", lang.say("本次不填", "not this time")),
            ("applied", lang.say("已执行", "applied")),
            ("not-applied", lang.say("未执行", "not applied")),
        ];
        let line = |field: &str| {
            let place = at(field);
            Line::text(&place, field_name(lang, field), self.form.get(&place)).show(self.wrong)
        };
        let day = |field: &str| {
            let place = at(field);
            Line::day(&place, field_name(lang, field), self.form.get(&place)).show(self.wrong)
        };
        html! {
            fieldset.row id=(id(&at("outcome"))) tabindex="-1" {
                legend { (self.book().measure(&measure.measure)) }
                p.small { (self.target(measure)) }
                @if told.is_some() {
                    p.small { (lang.say("已有反馈，再次填写即为更正。", "Reported before: this corrects it.")) }
                }
                (self.replaces(&at("replaces"), told.map(|(id, _)| id)))
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
                    (self.reasons(&at("code"), measure))
                    (line("text"))
                    (line("document"))
                    (day("decided_on"))
                    (day("start"))
                    (day("end"))
                    (line("execution"))
                    (line("amount"))
                }
            }
        }
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
        let lang = self.lang();
        let at = |field: &str| format!("obligations[{n}].{field}");
        let (done_on, document) = (at("done_on"), at("document"));
        let told = told_obligation(self.receipt, one.kind, &one.to.zh);
        html! {
            fieldset.row {
                legend { (self.obligation(one)) }
                @if told.is_some() {
                    p.small { (lang.say("已有反馈，再次填写即为更正。", "Reported before: this corrects it.")) }
                }
                (self.replaces(&at("replaces"), told.map(|(id, _)| id)))
                div.grid {
                    (Line::day(&done_on, field_name(lang, "done_on"), self.form.get(&done_on))
                        .show(self.wrong))
                    (Line::text(&document, field_name(lang, "document"), self.form.get(&document))
                        .show(self.wrong))
                }
            }
        }
    }
}
