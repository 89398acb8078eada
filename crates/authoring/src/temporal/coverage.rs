//! Days that the editions cover, and the days on which anything changes.

use std::collections::{BTreeMap, BTreeSet};

use mustcheck_model::date::Date;
use mustcheck_rules::catalogue::data::CatalogueData;
use serde::Serialize;

/// The days that the editions with one overlay decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// The overlay.
    pub overlay: String,
    /// The editions, earliest first.
    pub editions: Vec<Covered>,
    /// The days between two editions that none decides.
    pub gaps: Vec<Gap>,
}

/// The days that one edition decides: from its first day on, until it ends or the next begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Covered {
    /// The edition.
    pub edition: String,
    /// The first day.
    pub from: Date,
    /// The last day, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// Days between two editions that none decides, both ends included.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// The edition that has ended.
    pub after: String,
    /// The edition that has not begun.
    pub before: String,
    /// The first day that none decides.
    pub from: Date,
    /// The last.
    pub until: Date,
}

/// Returns for each overlay the days that each edition decides, and the gaps between them.
///
/// For each day, the edition with the latest first day not after it decides; one that has ended by
/// then is not replaced by an earlier one.
pub fn coverage(editions: &[CatalogueData]) -> Vec<Coverage> {
    let mut by_overlay: BTreeMap<&str, Vec<Covered>> = BTreeMap::new();
    for data in editions {
        let (edition, overlay) = (&data.edition, &data.overlay);
        let ends = [edition.valid_until, overlay.valid_until];
        let own = Covered {
            edition: edition.id.clone().into(),
            from: overlay.valid_from.map_or(edition.valid_from, |d| d.max(edition.valid_from)),
            until: ends.into_iter().flatten().min(),
        };
        by_overlay.entry(&overlay.id).or_default().push(own);
    }
    let mut all = Vec::new();
    for (overlay, mut editions) in by_overlay {
        editions.sort_by(|a, b| (a.from, &a.edition).cmp(&(b.from, &b.edition)));
        let mut gaps = Vec::new();
        let starts: Vec<(Date, String)> =
            editions.iter().skip(1).map(|e| (e.from, e.edition.clone())).collect();
        for (covered, (next, before)) in editions.iter_mut().zip(starts) {
            let Some(last) = next.yesterday() else { continue };
            match covered.until.filter(|own| *own < last) {
                Some(own) => gaps.extend(own.tomorrow().map(|from| Gap {
                    after: covered.edition.clone(),
                    before,
                    from,
                    until: last,
                })),
                None => covered.until = Some(last),
            }
        }
        all.push(Coverage { overlay: overlay.to_owned(), editions, gaps });
    }
    all
}

/// Returns every day on which any validity begins or ends, with the day before and the day after.
pub(super) fn grid(editions: &[CatalogueData]) -> Vec<Date> {
    let mut days: BTreeSet<Date> = BTreeSet::new();
    for data in editions {
        let (edition, overlay) = (&data.edition, &data.overlay);
        let heads = [Some(edition.valid_from), edition.valid_until];
        days.extend(heads.into_iter().flatten());
        days.extend([overlay.valid_from, overlay.valid_until].into_iter().flatten());
        for instrument in &data.instruments {
            days.insert(instrument.in_force_from);
            days.extend(instrument.in_force_until);
        }
        for measure in &data.measures {
            days.insert(measure.valid_from);
            days.extend(measure.valid_until);
        }
        for setting in &data.settings {
            days.insert(setting.valid_from);
            days.extend(setting.valid_until);
        }
        for remedy in edition.remedies.iter().chain(&overlay.remedies) {
            days.insert(remedy.valid_from);
            days.extend(remedy.valid_until);
        }
        for rules in data.lists.iter().flat_map(|list| &list.rules) {
            days.insert(rules.valid_from);
            days.extend(rules.valid_until);
        }
        for year in data.calendar.iter().map(|c| c.year) {
            days.extend([Date::new(year, 1, 1), Date::new(year, 12, 31)].into_iter().flatten());
        }
    }
    let around = |day: Date| [day.yesterday(), Some(day), day.tomorrow()];
    let all: BTreeSet<Date> = days.into_iter().flat_map(around).flatten().collect();
    all.into_iter().collect()
}
