//! Obligations that are due later: to whom, and from what their day follows.

use mustcheck_model::{Application, Duty, Obligation, ObligationKind, ObligationVerdict, Text};

use super::Case;

/// Writes an obligation; `None` if the verdict names something that is not there.
pub(super) fn obligation(case: &Case<'_>, verdict: &ObligationVerdict) -> Option<Obligation> {
    let (to, note) = match verdict.duty {
        Duty::Feedback(list) => (
            case.policy.list_at(list)?.initiator.clone(),
            Text::new(
                "措施执行后向发起部门反馈；文件未规定期限。",
                "Report to the initiating department once the measures are carried out; the text \
                 sets no day.",
            ),
        ),
        Duty::Publication => (websites(), publication(verdict)?),
        Duty::EnterprisePublication => (
            Text::new(
                "国家企业信用信息公示系统",
                "the National Enterprise Credit Information Publicity System",
            ),
            Text::new(
                "准予、变更、延续许可的，按照《企业信息公示暂行条例》公示。",
                "If the licence is granted, changed or extended: as the regulation on the \
                 publication of enterprise information says.",
            ),
        ),
        Duty::GoodRecord => (
            websites(),
            Text::new(
                "授予荣誉的，及时公示；文件未规定期限。",
                "If the honour is granted: at once; the text sets no day.",
            ),
        ),
        Duty::CompleteMaterials => (office(case.application), materials(verdict)?),
    };
    Some(Obligation {
        kind: match verdict.duty {
            Duty::Feedback(_) => ObligationKind::Feedback,
            Duty::Publication | Duty::EnterprisePublication | Duty::GoodRecord => {
                ObligationKind::Publication
            }
            Duty::CompleteMaterials => ObligationKind::CompleteMaterials,
        },
        to,
        due_on: verdict.due_on,
        note,
        legal_basis: case.policy.ground(verdict.ground)?.legal_basis.clone(),
    })
}

fn websites() -> Text {
    Text::new("政府网站、“信用中国”网站", "the government's website and Credit China")
}

fn office(application: &Application) -> Text {
    let name = application.office.name.as_str();
    Text::new(name, name)
}

fn publication(verdict: &ObligationVerdict) -> Option<Text> {
    if verdict.due_on.is_some() {
        return Some(Text::new(
            "自作出许可决定之日起7个工作日内公开；所示日期按查询基准日作出决定计算。",
            "Within 7 working days of the decision; the day shown is that for a decision on the \
             as-of date.",
        ));
    }
    let year = verdict.unpublished_year?;
    Some(Text::new(
        format!(
            "自作出许可决定之日起7个工作日内公开；本清单未收录{year}年放假安排，不能算出日期。"
        ),
        format!(
            "Within 7 working days of the decision; the holidays of {year} are not in this \
             catalogue, so no day can be given."
        ),
    ))
}

fn materials(verdict: &ObligationVerdict) -> Option<Text> {
    if let Some(days) = verdict.working_days {
        return Some(Text::new(
            format!("承诺期限为签署之日起{days}个工作日。"),
            format!("The commitment gives {days} working days from its signing."),
        ));
    }
    let year = verdict.unpublished_year?;
    Some(Text::new(
        format!("本清单未收录{year}年放假安排，不能折算工作日；以承诺载明之日为准。"),
        format!(
            "The holidays of {year} are not in this catalogue, so the working days cannot be \
             counted; the day in the commitment holds."
        ),
    ))
}
