//! The writer: a verdict's positions become the decision's words, and the papers (RAIL R11).
//!
//! Its output follows from its input alone: the policy's description of itself, the application,
//! the answers and the verdict. It knows no clock, no locale and no file.

/// A line of one language, without its end.
macro_rules! say {
    ($page:expr, $($line:tt)*) => {{
        // Writing to a string cannot fail.
        let _ = writeln!($page, $($line)*);
    }};
}

mod aside;
mod citation;
mod decision;
mod document;
mod obligation;
mod page;
mod papers;
pub mod recorded;
mod text;
mod words;
mod writing;

pub use citation::{CiteEn, CiteZh, Numeral};
pub use citation::{PinpointEn, PinpointZh, Titled};
pub use decision::{Unwritable, decision};
pub use document::{Block, Document, Field, Notice, Papers, Section};
pub use page::PAPER_STYLE;
pub use papers::papers;
pub use words::{disposition_words, kind_words, reason, rule_words, status_words};

pub use mustcheck_model::Language;
pub use mustcheck_model::text::safe;
pub use mustcheck_model::words::{Words, role_words};

use mustcheck_facts::answers::Answered;
use mustcheck_model::described::Described;
use mustcheck_model::masking::Identifiers;
use mustcheck_model::{
    Answer, Application, CreditRecord, Days, ListInfo, ListRules, ListStanding, Polarity,
    RecordVerdict, SetAsideReason, SetAsideVerdict, Standing, Subject, Verdict,
};

/// A check that is written about.
pub struct Case<'a> {
    policy: &'a Described,
    application: &'a Application,
    days: Days,
    answered: &'a [Answered<'a>],
    verdict: &'a Verdict,
    /// Identifiers that are masked in every text of a record.
    identifiers: Identifiers<'a>,
}

/// A record that was found for a subject, with its verdict.
struct FoundRecord<'a> {
    subject_index: u32,
    subject: &'a Subject,
    list: &'a ListInfo,
    /// The rules of its list on the day of the check.
    rules: &'a ListRules,
    record: &'a CreditRecord,
    verdict: &'a RecordVerdict,
    /// Its position among the records of all answers.
    position: u32,
}

impl<'a> Case<'a> {
    /// Makes the case of a check: the policy's description of itself, the application, the days,
    /// the answers as given, what they say of each lookup, and the component's verdict.
    // RAIL R13: whoever the application or an answer names is masked, whoever makes the case.
    pub fn new(
        policy: &'a Described,
        application: &'a Application,
        days: Days,
        answers: &'a [Answer],
        answered: &'a [Answered<'a>],
        verdict: &'a Verdict,
    ) -> Self {
        let identifiers = Identifiers::of(application, answers);
        Self { policy, application, days, answered, verdict, identifiers }
    }

    /// Lists every record, in the order of the answers. If the verdict has fewer records, the list
    /// has as few.
    fn found(&self) -> Vec<FoundRecord<'a>> {
        let Self { answered, verdict, days, .. } = *self;
        let each = answered.iter().flat_map(|row| row.records.iter().map(move |r| (row, *r)));
        let judged = each.zip(&verdict.records).zip(0..);
        let found = judged.map(|(((row, record), judged), position)| FoundRecord {
            subject_index: row.subject_index,
            subject: row.subject,
            list: row.list,
            rules: ListRules::on(&row.list.rules, days.made_on),
            record,
            verdict: judged,
            position,
        });
        found.collect()
    }
}

impl FoundRecord<'_> {
    /// Whether it is in force on a watch list of a public authority, and reaches the subject.
    fn is_watched(&self, verdict: &Verdict) -> bool {
        let is_passed_over = |entry: &SetAsideVerdict| {
            entry.record == Some(self.position) && entry.reason == SetAsideReason::RoleNotReached
        };
        self.list.polarity == Polarity::Watch
            && self.list.standing == ListStanding::Statutory
            && self.verdict.standing == Standing::InForce
            && !verdict.set_aside.iter().any(is_passed_over)
    }
}
