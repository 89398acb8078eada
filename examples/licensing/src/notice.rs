//! The one-time notice (一次性告知): everything that is missing, in one notice.
//!
//! 行政许可法 第三十二条 第一款 第四项: 「申请材料不齐全或者不符合法定形式的，应当当场或者在五日内一次告知
//! 申请人需要补正的全部内容，逾期不告知的，自收到申请材料之日起即为受理」.

use mustcheck::model::Text;
use mustcheck::{Date, Unpublished, WorkingCalendar, safe};

use crate::completeness::Gap;
use crate::intake::{CaseFile, Required};

/// Days within which the notice is given; 行政许可法 第八十二条: 「以工作日计算」.
const NOTICE_DAYS: u16 = 5;

/// The notice to the applicant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneTimeNotice {
    /// Whether the case is accepted all the same (容缺受理).
    pub tolerated: bool,
    /// The missing materials, each with its form.
    pub missing: Vec<Required>,
    /// The last day for bringing it, if the case is accepted on a promise.
    pub complete_by: Option<Date>,
    /// The last day for giving this notice; none where the calendar is not published.
    pub give_by: Option<Date>,
    /// Reason why the materials are tolerated, or not.
    pub why: Text,
    /// Consequence if they do not come.
    pub consequence: Text,
}

impl OneTimeNotice {
    /// Makes the notice of a case that is accepted on a promise.
    pub fn tolerated(
        case: &CaseFile,
        missing: Vec<Required>,
        complete_by: Date,
        why: Text,
        calendar: &WorkingCalendar,
    ) -> Self {
        let consequence = text(
            format!("逾期（{complete_by}后）未补齐的，受理失效，申请人可以重新申请。"),
            format!("After {complete_by} the acceptance lapses; the applicant may apply anew."),
        );
        let give_by = give_by(case, calendar);
        let complete_by = Some(complete_by);
        Self { tolerated: true, missing, complete_by, give_by, why, consequence }
    }

    /// Makes the notice of a case that is sent back.
    pub fn sent_back(
        case: &CaseFile,
        missing: Vec<Required>,
        why: Text,
        calendar: &WorkingCalendar,
    ) -> Self {
        let consequence = text(
            "材料补齐之前不予受理。".into(),
            "The application is not accepted until everything is there.".into(),
        );
        let give_by = give_by(case, calendar);
        Self { tolerated: false, missing, complete_by: None, give_by, why, consequence }
    }

    /// Writes the notice, line by line.
    pub fn lines(&self, chinese: bool) -> Vec<String> {
        let say = |zh: String, en: String| if chinese { zh } else { en };
        let given = match self.give_by {
            Some(day) => say(format!("（{day}前告知）"), format!(" (to be given by {day})")),
            None => String::new(),
        };
        let mut lines = vec![say(format!("一次性告知{given}"), format!("one-time notice{given}"))];
        for material in &self.missing {
            let (name, form) = (safe(&material.name), safe(&material.form));
            let kind = match (chinese, material.statutory) {
                (true, true) => "法定材料",
                (true, false) => "非法定材料",
                (false, true) => "required by law",
                (false, false) => "not required by law",
            };
            lines.push(say(format!("  缺：{name}（{form}，{kind}）"), {
                format!("  missing: {name} ({form}; {kind})")
            }));
        }
        lines.push(match self.complete_by {
            Some(day) => say(format!("  期限：{day}（含当日）"), format!("  deadline: {day}")),
            None => say("  期限：未设".into(), "  deadline: none is set".into()),
        });
        lines.push(say(format!("  理由：{}", self.why.zh), format!("  why: {}", self.why.en)));
        lines.push(say(
            format!("  后果：{}", self.consequence.zh),
            format!("  consequence: {}", self.consequence.en),
        ));
        lines
    }
}

/// Words for the reason why a case is sent back before any lookup.
pub fn gap_words(gap: Gap) -> Text {
    match gap {
        Gap::Statutory => text(
            "所缺材料中有法律法规要求提供的材料，不适用容缺受理。".into(),
            "A law or regulation requires a missing material, so nothing is tolerated.".into(),
        ),
        Gap::NoPromise => text(
            "未书面承诺在规定期限内提供所缺材料。".into(),
            "There is no signed promise to bring what is missing in the set time.".into(),
        ),
        Gap::NoDeadline { year } => text(
            format!("{year}年放假安排尚未公布，不能算出承诺期限，不适用容缺受理。"),
            format!(
                "The holidays of {year} are not published, so the promise has no deadline and \
                 nothing is tolerated."
            ),
        ),
    }
}

pub(crate) fn text(zh: String, en: String) -> Text {
    Text::new(zh, en)
}

fn give_by(case: &CaseFile, calendar: &WorkingCalendar) -> Option<Date> {
    let day: Result<Date, Unpublished> = calendar.after(case.received_on, NOTICE_DAYS);
    day.ok()
}
