//! Sentences on why something does not apply.

use mustcheck_model::{Basis, Detail, SetAsideVerdict, ShortHistory, Text};

use super::words::{detail_words, reason};
use super::writing::Writing;

/// Writes the sentence; `None` if the verdict names something that is not there.
pub(super) fn text(writing: &Writing<'_>, verdict: &SetAsideVerdict) -> Option<Text> {
    let application = writing.case.application;
    let id = |position: u32| Some(writing.found(position)?.record.id.as_str());
    Some(match verdict.detail {
        Detail::Nothing => reason(verdict.reason),
        Detail::OfGround => {
            let Basis::Ground(position) = verdict.basis else { return None };
            writing.case.policy.ground(position)?.text.clone()?
        }
        Detail::RecordOpen(position) => {
            let record = id(position)?;
            Text::new(
                format!("惩戒名单记录“{record}”尚在核实、停止执行或者重整期间，不适用激励措施。"),
                format!("Defeated by record `{record}`, which is disputed, stayed or lifted."),
            )
        }
        Detail::RecordInForce(position) => {
            let record = id(position)?;
            Text::new(
                format!("惩戒名单记录“{record}”有效，不适用激励措施。"),
                format!("Defeated by record `{record}`, which is in force."),
            )
        }
        Detail::ShortHistory(ShortHistory { list, since }) => {
            let list = writing.case.policy.list_at(list)?;
            Text::new(
                format!("“{}”的查询结果不能覆盖{since}以来的三年。", list.name.zh),
                format!(
                    "The answer for `{}` does not cover the three years since {since}.",
                    list.code
                ),
            )
        }
        Detail::AdverseRecord(position) => {
            let record = id(position)?;
            Text::new(
                format!("三年内有不良信用记录“{record}”。"),
                format!("Record `{record}` is adverse and stood within the three years."),
            )
        }
        Detail::StatutoryMaterial(position) => {
            let material = application.materials.get(usize::try_from(position).ok()?)?;
            let name = &material.name;
            Text::new(
                format!("所缺“{name}”系法律法规要求提供的材料。"),
                format!("`{name}` is missing and a law or regulation requires it."),
            )
        }
        Detail::CommitmentPassed => {
            let day = application.commitment?.complete_by;
            Text::new(
                format!("承诺的期限{day}已过。"),
                format!("The committed deadline {day} has passed."),
            )
        }
        detail => detail_words(detail)?.into(),
    })
}
