//! Checks on validities that follow each other: of editions, of settings, of the years of the
//! calendar, and of the versions of a measure.

use std::collections::BTreeMap;

use mustcheck_model::CalendarYear;
use mustcheck_model::date::Date;
use mustcheck_rules::catalogue::data::{Edition, Measure};

use crate::finding::{Findings, rules};
use crate::folder::Folder;
use crate::lint::Combination;
use crate::shape::Item;
use crate::source::FilePlace;

/// One of several validities of the same thing.
struct PlacedValidity {
    from: Date,
    until: Option<Date>,
    at: FilePlace,
}

/// Checks for gaps and overlaps between validities, reported at the later one.
fn follow(zh: &str, en: &str, mut spans: Vec<PlacedValidity>, findings: &mut Findings) {
    spans.sort_by(|one, other| (one.from, &one.at).cmp(&(other.from, &other.at)));
    for pair in spans.windows(2) {
        let [earlier, later] = pair else { continue };
        let FilePlace { file, line, .. } = &earlier.at;
        let from = later.from;
        match earlier.until {
            Some(last) if last < from => {
                if last.tomorrow() != Some(from) {
                    let zh = format!("{zh}自{last}次日至{from}前无效（前一项见{file}第{line}行）");
                    let en = format!(
                        "{en} is not valid between {last} and {from} (the earlier is at {file}:{line})"
                    );
                    findings.add(&rules::VALIDITY_GAP, later.at.clone(), zh, en);
                }
            }
            _ => {
                let zh = format!("{zh}的两个有效期重叠（另一项见{file}第{line}行）");
                let en =
                    format!("{en} is valid twice from {from} on (the other is at {file}:{line})");
                findings.add(&rules::VALIDITY_OVERLAP, later.at.clone(), zh, en);
            }
        }
    }
}

/// Checks that no two editions begin on one day, and that an edition that ends is followed by
/// another at once. For each day, the edition with the latest first day not after it decides.
pub(super) fn editions(folder: &Folder, findings: &mut Findings) {
    let mut all: Vec<&Item<Edition>> = folder.editions.values().flatten().collect();
    all.sort_by_key(|item| item.value.valid_from);
    for pair in all.windows(2) {
        let [earlier, later] = pair else { continue };
        let (old, new) = (&earlier.value, &later.value);
        let from = new.valid_from;
        if old.valid_from == from {
            let zh = format!("版本`{}`和`{}`都自{from}起作出决定", old.id, new.id);
            let en = format!("editions `{}` and `{}` both decide from {from} on", old.id, new.id);
            findings.add(&rules::VALIDITY_OVERLAP, later.key("valid_from"), zh, en);
        } else if let Some(last) = old.valid_until
            && last < from
            && last.tomorrow() != Some(from)
        {
            let zh = format!("{last}之后至{from}前没有版本作出决定");
            let en = format!("no edition decides between {last} and {from}");
            findings.add(&rules::VALIDITY_GAP, later.key("valid_from"), zh, en);
        }
    }
}

/// Checks the settings, years and versions of measures in a combination.
pub(super) fn all(all: &Combination<'_>, findings: &mut Findings) {
    let mut settings: BTreeMap<&str, Vec<PlacedValidity>> = BTreeMap::new();
    for item in all.settings.items() {
        let setting = &item.value;
        let at = item.key("valid_from");
        let span = PlacedValidity { from: setting.valid_from, until: setting.valid_until, at };
        settings.entry(&setting.id).or_default().push(span);
    }
    for (id, spans) in settings {
        follow(&format!("设定`{id}`"), &format!("setting `{id}`"), spans, findings);
    }
    years(all.calendar(), findings);
    measures(all, findings);
}

fn years<'a>(years: &[&'a Item<CalendarYear>], findings: &mut Findings) {
    let mut seen: BTreeMap<u16, &'a Item<CalendarYear>> = BTreeMap::new();
    for item in years {
        let year = item.value.year;
        if let Some(first) = seen.insert(year, item) {
            let FilePlace { file, line, column } = first.key("year");
            let zh = format!("{year}年的日历重复，已见于{file}第{line}行第{column}列");
            let en =
                format!("the calendar of {year} stands twice, first at {file}:{line}:{column}");
            findings.add(&rules::DUPLICATE, item.key("year"), zh, en);
        }
    }
    let known: Vec<(u16, &Item<CalendarYear>)> = seen.into_iter().collect();
    for pair in known.windows(2) {
        let [(earlier, _), (later, item)] = pair else { continue };
        if earlier + 1 < *later {
            let zh = format!("日历在{earlier}年与{later}年之间有空档");
            let en = format!("the calendar has no year between {earlier} and {later}");
            findings.add(&rules::VALIDITY_GAP, item.key("year"), zh, en);
        }
    }
}

/// Checks the versions of measures. Two measures are versions of one if all is the same but their
/// id, days, words, notes, cited texts, longest term and department. Versions that cite the same
/// articles do not overlap; if one has ended, the next follows at once.
fn measures(all: &Combination<'_>, findings: &mut Findings) {
    let mut alike: BTreeMap<String, Vec<&Item<Measure>>> = BTreeMap::new();
    for item in all.measures.items() {
        alike.entry(shape(&item.value)).or_default().push(item);
    }
    for items in alike.into_values().filter(|items| items.len() > 1) {
        let mut items = items;
        items.sort_by_key(|item| item.value.valid_from);
        for pair in items.windows(2) {
            let [earlier, later] = pair else { continue };
            let (old, new) = (&earlier.value, &later.value);
            let ended = old.valid_until.is_some_and(|last| last < new.valid_from);
            let spans = [earlier, later].map(|item| PlacedValidity {
                from: item.value.valid_from,
                until: item.value.valid_until,
                at: item.key("valid_from"),
            });
            // The same id twice has a rule of its own.
            if old.id != new.id && (ended || cites(old) == cites(new)) {
                let zh = format!("措施`{}`（前版`{}`）", new.id, old.id);
                let en = format!("measure `{}`, a version of `{}`,", new.id, old.id);
                follow(&zh, &en, spans.into(), findings);
            }
        }
    }
}

/// Key of the properties that decide when and to whom a measure applies, except its days and its
/// longest term.
fn shape(measure: &Measure) -> String {
    let mut bare = measure.clone();
    bare.id = "".into();
    bare.valid_from = Date { year: 1, month: 1, day: 1 };
    bare.valid_until = None;
    bare.text = mustcheck_model::Text::default();
    bare.legal_basis = Vec::new();
    bare.notes = Vec::new();
    bare.longest_term = None;
    bare.implementer = None;
    for exception in &mut bare.exceptions {
        exception.legal_basis = Vec::new();
    }
    bare.matters.sort();
    bare.lists.sort();
    bare.acts.sort();
    bare.roles.sort();
    serde_json::to_string(&bare).unwrap_or_default()
}

fn cites(measure: &Measure) -> Vec<(&str, &str, &str)> {
    let bases = measure.legal_basis.iter();
    let mut all: Vec<_> = bases.map(|b| (&*b.instrument, &*b.article, &*b.clause)).collect();
    all.sort_unstable();
    all
}
