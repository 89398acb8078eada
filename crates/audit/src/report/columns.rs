//! The figures as columns: the same for text, CSV and page.

use mustcheck_model::{AnswerStatus, Disposition, ObligationKind, Standing};
use mustcheck_writer::Words;

use super::By;
use super::figures::{
    Checks, DecisionTime, Figures, Lookups, Measures, ObligationFigures, Outcomes,
};
use crate::words;
use mustcheck_evidence::{FailureKind, NotAppliedCode};

type Value = Box<dyn Fn(&Figures) -> Option<u64> + Send + Sync>;

/// A column of figures.
pub struct Column {
    /// Name of the column for programs.
    pub key: String,
    /// Head of the column for readers.
    pub head: Words,
    /// Whether the column is shown where there is little room.
    pub brief: bool,
    value: Value,
}

impl Column {
    /// Returns the figure of this column; `None` if the group has no such figure.
    pub fn value(&self, figures: &Figures) -> Option<u64> {
        (self.value)(figures)
    }
}

/// Returns the columns that groups of this kind have.
pub fn columns(by: By) -> Vec<Column> {
    let mut columns = Columns(Vec::new());
    let whole = matches!(by, By::Matter | By::Office | By::Month);
    if whole {
        columns.checks();
    }
    if whole || matches!(by, By::List | By::Source) {
        columns.lookups();
    }
    if whole {
        columns.records();
    }
    if whole || matches!(by, By::List | By::Measure) {
        columns.measures();
    }
    if whole {
        columns.obligations();
        columns.time();
    }
    columns.0
}

struct Columns(Vec<Column>);

const fn head(zh: &'static str, en: &'static str) -> Words {
    Words { zh, en }
}

impl Columns {
    fn push(&mut self, key: impl Into<String>, head: Words, brief: bool, value: Value) {
        self.0.push(Column { key: key.into(), head, brief, value });
    }

    fn check(
        &mut self,
        key: &str,
        head: Words,
        brief: bool,
        value: impl Fn(&Checks) -> u64 + Send + Sync + 'static,
    ) {
        self.push(key, head, brief, Box::new(move |f| f.checks.as_ref().map(&value)));
    }

    fn checks(&mut self) {
        self.check("checks_due", head("应查", "due"), true, Checks::due);
        self.check("checks_made", head("已查", "made"), true, |checks| checks.made);
        let backdated = head("按较早日期", "as of an earlier day");
        self.check("checks_backdated", backdated, true, |checks| checks.backdated);
        self.check("checks_failed", head("核查失败", "failed"), true, Checks::failures);
        for kind in FailureKind::ALL {
            let key = format!("checks_failed_{}", snake(kind.code()));
            self.check(&key, words::failure(kind), false, move |checks| {
                checks.failed.get(&kind).copied().unwrap_or_default()
            });
        }
        for disposition in Disposition::ALL {
            let head = words::disposition(*disposition);
            let key = format!("disposition_{}", disposition.code());
            self.check(&key, head, true, |checks| checks.of(*disposition));
        }
    }

    fn lookup(
        &mut self,
        key: &str,
        head: Words,
        brief: bool,
        value: impl Fn(&Lookups) -> u64 + Send + Sync + 'static,
    ) {
        self.push(key, head, brief, Box::new(move |f| f.lookups.as_ref().map(&value)));
    }

    fn lookups(&mut self) {
        self.lookup("lookups_due", head("应查名单次", "lookups due"), true, Lookups::due);
        self.lookup("lookups_answered", head("已获结果", "answered"), false, |l| l.answered);
        let unanswered = head("未获结果", "unanswered");
        self.lookup("lookups_unanswered", unanswered, true, Lookups::not_answered);
        for status in AnswerStatus::ALL.iter().filter(|s| **s != AnswerStatus::Answered) {
            let head = words::answer(*status);
            let key = format!("lookups_{}", snake(status.code()));
            self.lookup(&key, head, false, |lookups| lookups.of(*status));
        }
        self.lookup("records_given", head("所得记录", "records given"), false, |l| l.records);
    }

    fn records(&mut self) {
        let found: Value = Box::new(|f| f.records.as_ref().map(|records| records.found));
        self.push("records_found", head("记录", "records"), false, found);
        let disputed: Value = Box::new(|f| f.records.as_ref().map(|records| records.disputed));
        self.push("records_disputed", head("有异议标注", "disputed"), false, disputed);
        for standing in Standing::ALL {
            let value: Value = Box::new(|figures| {
                let records = figures.records.as_ref()?;
                Some(records.standings.get(standing).copied().unwrap_or_default())
            });
            let key = format!("records_{}", snake(standing.code()));
            self.push(key, words::standing(*standing), false, value);
        }
    }

    fn outcome(
        &mut self,
        key: &str,
        head: Words,
        brief: bool,
        value: impl Fn(&Outcomes) -> u64 + Send + Sync + 'static,
    ) {
        let all = move |f: &Figures| f.measures.as_ref().map(Measures::all).as_ref().map(&value);
        self.push(key, head, brief, Box::new(all));
    }

    fn measures(&mut self) {
        self.outcome("measures_due", head("适用措施", "measures"), true, Outcomes::due);
        self.outcome("measures_applied", head("已执行", "applied"), true, |o| o.applied);
        let refrained = head("未执行", "not applied");
        self.outcome("measures_not_applied", refrained, true, Outcomes::refrained);
        for code in NotAppliedCode::ALL {
            let key = format!("measures_not_applied_{}", snake(code.code()));
            self.outcome(&key, words::not_applied(code), false, move |outcomes| {
                outcomes.not_applied.get(&code).copied().unwrap_or_default()
            });
        }
        self.outcome("measures_unreported", head("未反馈", "unreported"), true, |o| {
            o.unreported
        });
        self.outcome("measures_corrected", head("经更正", "corrected"), false, |o| o.corrected);
        let incentives: Value = Box::new(|f| f.measures.as_ref().map(|m| m.incentives.due()));
        self.push("incentives_due", head("激励措施", "incentives"), false, incentives);
        let restrictions: Value = Box::new(|f| f.measures.as_ref().map(|m| m.restrictions.due()));
        self.push("restrictions_due", head("惩戒措施", "restrictions"), false, restrictions);
    }

    fn obligations(&mut self) {
        type Figure = fn(&ObligationFigures) -> u64;
        let each: [(&str, Words, Figure); 5] = [
            ("in_time", head("按期", "in time"), |o| o.in_time),
            ("late", head("逾期完成", "late"), |o| o.late),
            ("met", head("已完成（无期限）", "met, no day set"), |o| o.met),
            ("overdue", head("逾期未反馈", "overdue"), |o| o.overdue),
            ("open", head("未逾期未反馈", "open"), |o| o.open),
        ];
        for kind in ObligationKind::ALL {
            for (name, head, figure) in each {
                let value: Value = Box::new(move |figures| {
                    let of_kind = figures.obligations.as_ref()?.get(kind);
                    Some(of_kind.map(figure).unwrap_or_default())
                });
                self.push(format!("{}_{name}", snake(kind.code())), head, false, value);
            }
        }
    }

    fn time(&mut self) {
        let time = |value: fn(&DecisionTime) -> Option<u64>| -> Value {
            Box::new(move |figures| figures.decision_time.as_ref().and_then(value))
        };
        let cases = head("已反馈件数", "cases reported");
        self.push("cases_reported", cases, false, time(|time| Some(time.cases())));
        let median = head("核查至反馈（中位数，分钟）", "minutes to report, median");
        self.push("minutes_median", median, false, time(DecisionTime::median_minutes));
        let most = head("核查至反馈（90%，分钟）", "minutes to report, 90 %");
        self.push("minutes_90", most, false, time(DecisionTime::minutes_90));
        let back = head("时钟回拨", "clock set back");
        self.push("clock_back", back, false, time(|time| Some(time.clock_back)));
    }
}

fn snake(code: &str) -> String {
    code.replace('-', "_")
}
