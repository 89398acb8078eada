//! What a decision makes due later: feedback, publication, the promised materials.

use crate::catalogue::Catalogue;
use crate::clause::Clause;
use crate::date::Date;
use crate::model::{
    Application, AppliedMeasure, Commitment, Domain, Effect, MeasureKind, Obligation,
    ObligationKind, Role, Subject, SubjectKind, Text,
};
use crate::reach::Hit;
use crate::working_days::{Unpublished, WorkingDays};

/// 33 (十五). Reads as: who applies a measure reports to the department that listed the subject.
///
/// INTERPRETATION: (十五) sets up initiating and responding, and (十八) names 执行反馈 as a function;
/// neither sets a day by which the feedback is due, so none is stated.
pub const FEEDBACK: Clause = Clause {
    article: "18",
    words: "实现发起响应、信息推送、执行反馈、信用修复、异议处理等动态协同功能",
};

/// 33 (十七). Reads as: licences and penalties are published within seven working days.
///
/// INTERPRETATION: counted from the day of the decision, which the office takes after this check;
/// the day shown is that for a decision on the as-of date.
pub const PUBLICATION: Clause = Clause {
    article: "17",
    words: "县级以上人民政府及其部门要将各类自然人、法人和其他组织的行政许可、行政处罚等信息在7个工作日内通过政府网站公开",
};

/// 33 (十七). Reads as: what concerns enterprises is also shown where the regulation on them says.
///
/// INTERPRETATION: 企业信息公示暂行条例 7 names 行政许可准予、变更、延续信息 among what every department shows; it
/// sets no day here, so none is stated.
///
/// NOT MODELLED: the fields that are published (双公示); the Opinions leave them to a standard that is
/// not at hand.
pub const ENTERPRISE_PUBLICATION: Clause = Clause {
    article: "17",
    words: "涉及企业的相关信息按照企业信息公示暂行条例规定在企业信用信息公示系统公示。",
};

/// 33 (八). Reads as: an office that grants an honour has made a good record, and publishes it at
/// once.
///
/// INTERPRETATION: 及时 sets no day, so none is stated. Other incentives rest on a record that its own
/// department has published.
pub const GOOD_RECORDS: Clause = Clause {
    article: "8",
    words: "各级人民政府有关部门应将诚信市场主体优良信用信息及时在政府网站和“信用中国”网站进行公示",
};

/// 33 (四). Reads as: who promises in writing to bring the rest is admitted first.
pub const COMMITMENT: Clause = Clause {
    article: "4",
    words: "如其书面承诺在规定期限内提供,应先行受理,加快办理进度。",
};

/// Working days of (十七).
const PUBLICATION_DAYS: u16 = 7;

/// The obligations that follow from a decision.
pub fn obligations(
    catalogue: &Catalogue,
    application: &Application,
    applied: &[AppliedMeasure],
    hits: &[Hit<'_>],
) -> Vec<Obligation> {
    let calendar = WorkingDays::new(&catalogue.data().calendar);
    let mut due = Vec::new();
    if applied.iter().any(|m| m.kind == MeasureKind::IncompleteMaterialsTolerated) {
        due.extend(materials(application, calendar));
    }
    let domain = catalogue.matter(&application.matter).map(|m| m.domain);
    if domain == Some(Domain::Licensing) {
        due.push(publication(application, calendar));
        due.extend(enterprise_publication(application));
    }
    if domain == Some(Domain::Awards) && !applied.iter().any(refuses) {
        due.push(good_records());
    }
    due.extend(feedback(applied, hits));
    due
}

fn materials(application: &Application, calendar: WorkingDays<'_>) -> Option<Obligation> {
    let commitment = application.commitment?;
    let office = &application.office.name;
    let note = match calendar.between(commitment.signed_on, commitment.complete_by) {
        Ok(days) => Text::new(
            format!("承诺期限为签署之日起{days}个工作日。"),
            format!("The commitment gives {days} working days from its signing."),
        ),
        Err(Unpublished { year }) => Text::new(
            format!("本清单未收录{year}年放假安排，不能折算工作日；以承诺载明之日为准。"),
            format!(
                "The holidays of {year} are not in this catalogue, so the working days cannot be \
                 counted; the day in the commitment holds."
            ),
        ),
    };
    Some(Obligation {
        kind: ObligationKind::CompleteMaterials,
        to: Text::new(office.as_str(), office.as_str()),
        due_on: Some(last_day(commitment, calendar)),
        note,
        legal_basis: COMMITMENT.basis(),
    })
}

/// The last day for the missing materials: the promised one, or the next working day if it is a
/// holiday. A year that is not published moves nothing.
pub(crate) fn last_day(commitment: Commitment, calendar: WorkingDays<'_>) -> Date {
    calendar.not_before(commitment.complete_by).unwrap_or(commitment.complete_by)
}

fn publication(application: &Application, calendar: WorkingDays<'_>) -> Obligation {
    let day = calendar.after(application.as_of, PUBLICATION_DAYS);
    let note = match day {
        Ok(_) => Text {
            zh: "自作出许可决定之日起7个工作日内公开；所示日期按查询基准日作出决定计算。".into(),
            en: "Within 7 working days of the decision; the day shown is that for a decision on \
                 the as-of date."
                .into(),
        },
        Err(Unpublished { year }) => Text::new(
            format!(
                "自作出许可决定之日起7个工作日内公开；本清单未收录{year}年放假安排，不能算出日期。"
            ),
            format!(
                "Within 7 working days of the decision; the holidays of {year} are not in this \
                 catalogue, so no day can be given."
            ),
        ),
    };
    Obligation {
        kind: ObligationKind::Publication,
        to: Text {
            zh: "政府网站、“信用中国”网站".into(),
            en: "the government's website and Credit China".into(),
        },
        due_on: day.ok(),
        note,
        legal_basis: PUBLICATION.basis(),
    }
}

/// Whether a measure stands against what is applied for.
fn refuses(measure: &AppliedMeasure) -> bool {
    measure.effect == Effect::Restriction && !measure.kind.is_examination()
}

/// What is to be shown of an enterprise besides; a natural person's licence is not.
fn enterprise_publication(application: &Application) -> Option<Obligation> {
    let enterprise = |subject: &Subject| {
        subject.role == Role::Applicant && subject.kind == SubjectKind::Organization
    };
    application.subjects.iter().any(enterprise).then(|| Obligation {
        kind: ObligationKind::Publication,
        to: Text {
            zh: "国家企业信用信息公示系统".into(),
            en: "the National Enterprise Credit Information Publicity System".into(),
        },
        due_on: None,
        note: Text {
            zh: "准予、变更、延续许可的，按照《企业信息公示暂行条例》公示。".into(),
            en: "If the licence is granted, changed or extended: as the regulation on the \
                 publication of enterprise information says."
                .into(),
        },
        legal_basis: ENTERPRISE_PUBLICATION.basis(),
    })
}

fn good_records() -> Obligation {
    Obligation {
        kind: ObligationKind::Publication,
        to: Text {
            zh: "政府网站、“信用中国”网站".into(),
            en: "the government's website and Credit China".into(),
        },
        due_on: None,
        note: Text {
            zh: "授予荣誉的，及时公示；文件未规定期限。".into(),
            en: "If the honour is granted: at once; the text sets no day.".into(),
        },
        legal_basis: GOOD_RECORDS.basis(),
    }
}

/// One feedback for each department whose record triggered a measure.
fn feedback(applied: &[AppliedMeasure], hits: &[Hit<'_>]) -> Vec<Obligation> {
    let mut initiators: Vec<&Text> = Vec::new();
    for id in applied.iter().flat_map(|m| &m.because) {
        for hit in hits.iter().filter(|h| h.record.id == *id) {
            if !initiators.contains(&&hit.list.initiator) {
                initiators.push(&hit.list.initiator);
            }
        }
    }
    let obligation = |to: &Text| Obligation {
        kind: ObligationKind::Feedback,
        to: to.clone(),
        due_on: None,
        note: Text {
            zh: "措施执行后向发起部门反馈；文件未规定期限。".into(),
            en: "Report to the initiating department once the measures are carried out; the text \
                 sets no day."
                .into(),
        },
        legal_basis: FEEDBACK.basis(),
    };
    initiators.into_iter().map(obligation).collect()
}
