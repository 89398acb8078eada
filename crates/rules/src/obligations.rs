//! Duties that follow from a decision: feedback, publication, the promised materials.

use mustcheck_model::date::Date;
use mustcheck_model::working_days::{Unpublished, WorkingDays};
use mustcheck_model::{
    ApplicationFacts, Commitment, Domain, Duty, Effect, MeasureKind, MeasureVerdict,
    ObligationVerdict, Role, SubjectFacts, SubjectKind, Text,
};

use crate::catalogue::Catalogue;
use crate::clause::Clause;
use crate::reach::Hit;

/// 33 (十五). Reads as: an office that applies a measure reports to the department that listed the
/// subject.
///
/// INTERPRETATION: (十五) sets up initiating and responding, and (十八) names 执行反馈 as a function;
/// neither sets a day by which the feedback is due, so none is stated.
pub const FEEDBACK: Clause = Clause {
    position: 10,
    article: "18",
    words: "实现发起响应、信息推送、执行反馈、信用修复、异议处理等动态协同功能",
};

/// 33 (十七). Reads as: licences and penalties are published within seven working days.
///
/// INTERPRETATION: counted from the day of the decision, which the office takes after this check;
/// the day shown is that for a decision on the as-of date.
pub const PUBLICATION: Clause = Clause {
    position: 11,
    article: "17",
    words: "县级以上人民政府及其部门要将各类自然人、法人和其他组织的行政许可、行政处罚等信息在7个工作日内通过政府网站公开",
};

/// 33 (十七). Reads as: information on enterprises is also shown where the regulation on them says.
///
/// INTERPRETATION: 企业信息公示暂行条例 7 names 行政许可准予、变更、延续信息 among what every department shows; it
/// sets no day here, so none is stated.
///
/// NOT MODELLED: the fields that are published (双公示); the Opinions leave them to a standard that is
/// not at hand.
pub const ENTERPRISE_PUBLICATION: Clause = Clause {
    position: 12,
    article: "17",
    words: "涉及企业的相关信息按照企业信息公示暂行条例规定在企业信用信息公示系统公示。",
};

/// 33 (八). Reads as: an office that grants an honour has made a good record, and publishes it at
/// once.
///
/// INTERPRETATION: 及时 sets no day, so none is stated. Other incentives rest on a record that its own
/// department has published.
pub const GOOD_RECORDS: Clause = Clause {
    position: 13,
    article: "8",
    words: "各级人民政府有关部门应将诚信市场主体优良信用信息及时在政府网站和“信用中国”网站进行公示",
};

/// 33 (四). Reads as: an applicant that promises in writing to bring the rest is admitted first.
pub const COMMITMENT: Clause = Clause {
    position: 14,
    article: "4",
    words: "如其书面承诺在规定期限内提供,应先行受理,加快办理进度。",
};

/// Working days of (十七).
const PUBLICATION_DAYS: u16 = 7;

/// Returns the obligations that follow from a decision.
pub fn obligations(
    catalogue: &Catalogue,
    application: &ApplicationFacts,
    applied: &[MeasureVerdict],
    hits: &[Hit<'_>],
) -> Vec<ObligationVerdict> {
    let calendar = WorkingDays::new(&catalogue.data().calendar);
    let measures = || applied.iter().filter_map(|m| catalogue.measure_at(m.measure));
    let mut due = Vec::new();
    if measures().any(|m| m.kind == MeasureKind::IncompleteMaterialsTolerated) {
        due.extend(materials(application, calendar));
    }
    let domain = catalogue.matter_at(application.matter).map(|m| m.domain);
    if domain == Some(Domain::Licensing) {
        due.push(publication(application, calendar));
        // An enterprise's licence is shown in its own system too; a natural person's is not.
        let enterprise = |subject: &SubjectFacts| {
            subject.role == Role::Applicant && subject.kind == SubjectKind::Organization
        };
        if application.subjects.iter().any(enterprise) {
            due.push(without_day(Duty::EnterprisePublication, &ENTERPRISE_PUBLICATION));
        }
    }
    // Measures that refuse or limit what is applied for.
    let mut refusals =
        measures().filter(|m| m.effect == Effect::Restriction && !m.kind.is_examination());
    if domain == Some(Domain::Awards) && refusals.next().is_none() {
        due.push(without_day(Duty::GoodRecord, &GOOD_RECORDS));
    }
    due.extend(feedback(applied, hits));
    due
}

fn materials(
    application: &ApplicationFacts,
    calendar: WorkingDays<'_>,
) -> Option<ObligationVerdict> {
    let commitment = application.commitment?;
    let counted = calendar.between(commitment.signed_on, commitment.complete_by);
    Some(ObligationVerdict {
        due_on: Some(last_day(commitment, calendar)),
        working_days: counted.ok(),
        unpublished_year: counted.err().map(|Unpublished { year }| year),
        ..without_day(Duty::CompleteMaterials, &COMMITMENT)
    })
}

/// Returns the last day for the missing materials: the promised one, or the next working day if it
/// is a holiday. Where the calendar lacks the year, it stays the promised one.
pub(crate) fn last_day(commitment: Commitment, calendar: WorkingDays<'_>) -> Date {
    calendar.not_before(commitment.complete_by).unwrap_or(commitment.complete_by)
}

fn publication(application: &ApplicationFacts, calendar: WorkingDays<'_>) -> ObligationVerdict {
    let day = calendar.after(application.as_of, PUBLICATION_DAYS);
    ObligationVerdict {
        due_on: day.ok(),
        unpublished_year: day.err().map(|Unpublished { year }| year),
        ..without_day(Duty::Publication, &PUBLICATION)
    }
}

fn without_day(duty: Duty, clause: &Clause) -> ObligationVerdict {
    let ground = Catalogue::ground_of(clause);
    ObligationVerdict { duty, due_on: None, working_days: None, unpublished_year: None, ground }
}

/// Returns one feedback for each department whose record triggered a measure.
fn feedback(applied: &[MeasureVerdict], hits: &[Hit<'_>]) -> Vec<ObligationVerdict> {
    let mut initiators: Vec<(&Text, u32)> = Vec::new();
    for position in applied.iter().flat_map(|m| &m.because) {
        let hit = usize::try_from(*position).ok().and_then(|at| hits.get(at));
        let Some(hit) = hit else { continue };
        let initiator = &hit.list.initiator;
        if initiators.iter().all(|(known, _)| *known != initiator) {
            initiators.push((initiator, hit.list_index));
        }
    }
    let lists = initiators.into_iter();
    lists.map(|(_, list)| without_day(Duty::Feedback(list), &FEEDBACK)).collect()
}
