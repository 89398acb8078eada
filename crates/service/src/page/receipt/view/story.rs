//! The course of a case, with who did what and when: the check, the feedback about it, and its
//! corrections.

use maud::{Markup, html};
use mustcheck::Timestamp;
use mustcheck::safe;
use mustcheck_audit::words as audit_words;
use mustcheck_evidence::{DocumentId, Feedback};

use super::View;
use crate::page::words;
use crate::records::KeptFeedback;

impl View<'_> {
    /// The course of the case, the oldest first.
    pub(super) fn story(&self) -> Markup {
        let (lang, receipt) = (self.lang(), self.payload());
        html! {
            section aria-labelledby="story" {
                h2 #story { (lang.say("经办经过", "Who did what, and when")) }
                ol.entries.story {
                    li {
                        (self.event(
                            receipt.made_at.to_second(),
                            lang.say("核查", "Checked"),
                            self.asked_by(),
                            self.receipt.log_index,
                        ))
                    }
                    @for kept in &self.receipt.feedback { li { (self.reported_then(kept)) } }
                }
            }
        }
    }

    /// A line of the course: time, what was done, by whom, and where it is in the log.
    fn event(&self, at: Timestamp, what: &str, by: Option<&str>, log_index: u64) -> Markup {
        let lang = self.lang();
        html! {
            p {
                (words::time(at)) " " b { (what) }
                @if let Some(by) = by {
                    (lang.say("，经办：", ", by ")) b { (safe(by)) }
                }
                " " span.small { (lang.say("（日志第", "(entry ")) (log_index) (lang.say("项，自0起）", " of the log, from 0)")) }
            }
        }
    }

    fn reported_then(&self, kept: &KeptFeedback) -> Markup {
        let lang = self.lang();
        let told: &Feedback = &kept.feedback.payload;
        let replaced = |id: &Option<DocumentId>| id.is_some();
        let is_correction = told.measures.iter().any(|one| replaced(&one.replaces))
            || told.obligations.iter().any(|one| replaced(&one.replaces));
        let what = match is_correction {
            true => lang.say("更正执行反馈", "Feedback corrected"),
            false => lang.say("执行反馈", "Feedback"),
        };
        html! {
            (self.event(told.recorded_at.to_second(), what, Some(&told.recorded_by), kept.log_index))
            @for one in &told.measures {
                p.small {
                    (self.book().measure(&one.measure)) (lang.say("：", ": "))
                    (self.outcome(one))
                    (self.replaced(one.replaces.as_ref()))
                }
            }
            @for one in &told.obligations {
                p.small {
                    (lang.words(audit_words::obligation(one.kind))) (lang.say("：", ": "))
                    (lang.say("已履行，", "done on ")) (one.done_on)
                    (self.replaced(one.replaces.as_ref()))
                }
            }
            p.small { code { (kept.id) } }
        }
    }

    /// The entry that was corrected, which stays in the log.
    fn replaced(&self, id: Option<&DocumentId>) -> Markup {
        let lang = self.lang();
        html! {
            @if let Some(id) = id {
                (lang.say("；更正 ", "; corrects ")) code { (id) }
            }
        }
    }
}
