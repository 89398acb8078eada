//! Never longer than the article allows (RAIL R7).

use crate::authoring::lint::duration::{longest, longest_bar};
use crate::authoring::lint::{Findings, rules};
use crate::authoring::shape::Item;
use crate::catalogue::data::Measure;
use crate::model::Effect;

/// Words by which a note speaks of a term.
const TERM_WORDS: [&str; 6] = ["term", "year", "month", "期限", "年", "月"];

pub(super) fn measure(item: &Item<Measure>, findings: &mut Findings) {
    let measure = &item.value;
    if measure.effect != Effect::Restriction {
        return;
    }
    let id = &measure.id;
    let clauses = || measure.legal_basis.iter().map(|basis| &*basis.clause);
    let stated = clauses().filter_map(longest).max();
    let Some(term) = measure.longest_term else {
        // An examination refuses nothing, so that it has no term to exceed.
        let bar =
            clauses().filter_map(longest_bar).max().filter(|_| !measure.kind.is_examination());
        if let Some(bar) = bar {
            let zh = format!("措施`{id}`没有最长期限，而条文规定为{}", zh(bar));
            let en =
                format!("measure `{id}` has no longest term, and its article bars for {}", en(bar));
            findings.add(&rules::TERM_MISSING, item.head(), zh, en);
        }
        return;
    };
    let own = u32::from(term.years) * 12 + u32::from(term.months);
    match stated {
        Some(stated) if own > stated => {
            let zh = format!("措施`{id}`最长期限为{}，条文最长为{}", zh(own), zh(stated));
            let en = format!(
                "measure `{id}` lasts up to {}, and the longest that its article states is {}",
                en(own),
                en(stated)
            );
            findings.add(&rules::TERM_TOO_LONG, item.key("longest_term"), zh, en);
        }
        None if !measure.notes.iter().any(|note| explains(note)) => {
            let zh = format!("措施`{id}`最长期限为{}，条文没有期限，也没有解释", zh(own));
            let en = format!(
                "measure `{id}` lasts up to {}, which no clause states and no note explains",
                en(own)
            );
            findings.add(&rules::TERM_UNFOUNDED, item.key("longest_term"), zh, en);
        }
        _ => {}
    }
}

/// Whether a note is a reading of the term.
fn explains(note: &str) -> bool {
    let reading = note.strip_prefix("INTERPRETATION:");
    reading.is_some_and(|reading| TERM_WORDS.iter().any(|word| reading.contains(word)))
}

fn zh(months: u32) -> String {
    match (months / 12, months % 12) {
        (years, 0) => format!("{years}年"),
        (0, months) => format!("{months}个月"),
        (years, months) => format!("{years}年{months}个月"),
    }
}

fn en(months: u32) -> String {
    let count = |count: u32, unit: &str| {
        if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") }
    };
    match (months / 12, months % 12) {
        (years, 0) => count(years, "year"),
        (0, months) => count(months, "month"),
        (years, months) => format!("{} and {}", count(years, "year"), count(months, "month")),
    }
}
