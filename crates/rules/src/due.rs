//! Due lookups (RAIL R1).
//!
//! 33 (十八): 「…信用信息查询使用嵌入审批、监管工作流程中，确保“应查必查”、“奖惩到位”。」 Reads as:
//! the matter says about whom the office asks, on which lists; all of it is asked.

use mustcheck_model::{ApplicationFacts, DueLookup, Refusal};

use crate::catalogue::Catalogue;
use crate::decide::admit;

/// The lookups that the matter obliges the office to make: for every subject in a due role, the
/// lists in the catalogue's order.
///
/// # Errors
///
/// [`Refusal`] if a position is not in the catalogue, or a day not in the calendar.
pub fn due(
    catalogue: &Catalogue,
    application: &ApplicationFacts,
) -> Result<Vec<DueLookup>, Refusal> {
    admit(catalogue, application)?;
    let mut lookups = Vec::new();
    for (subject, position) in application.subjects.iter().zip(0..) {
        let first = lookups.len();
        let due = catalogue.due(application.matter).iter();
        for due in due.filter(|due| due.roles.contains(&subject.role)) {
            for list in &due.lists {
                let lookup = DueLookup { subject: position, list: *list };
                let own = lookups.get(first..).unwrap_or_default();
                if !own.contains(&lookup) {
                    lookups.push(lookup);
                }
            }
        }
    }
    Ok(lookups)
}
