//! Checks that a measure lasts never longer than its article allows (RAIL R7).

use mustcheck_model::Effect;
use mustcheck_rules::catalogue::data::Measure;

use crate::finding::{Findings, rules};
use crate::lint::duration::{longest, longest_bar};
use crate::shape::Item;

/// Words by which a note speaks of a term.
const TERM_WORDS: [&str; 6] = ["term", "year", "month", "期限", "年", "月"];

pub(super) fn measure(item: &Item<Measure>, findings: &mut Findings) {
    let measure = &item.value;
    if measure.effect != Effect::Restriction {
        return;
    }
    let id = &measure.id;
    let clauses = || measure.legal_basis.iter().map(|basis| &*basis.clause);
    let bars = || clauses().filter_map(longest_bar);
    let keys = stated(measure);
    if let [_, (key, _), ..] = keys.as_slice() {
        let zh = format!("措施`{id}`写明了不止一种期限");
        let en = format!("measure `{id}` states more than one kind of term");
        findings.add(&rules::TERM_TWICE, item.key(key), zh, en);
    }
    let Some((key, own)) = keys.first().copied() else {
        // An examination refuses nothing, so that it has no term to exceed.
        let bar = bars().max().filter(|_| !measure.kind.is_examination());
        if let Some(bar) = bar {
            let zh = format!("措施`{id}`没有期限，而条文规定为{}", zh(bar));
            let en = format!("measure `{id}` has no term, and its article bars for {}", en(bar));
            findings.add(&rules::TERM_MISSING, item.head(), zh, en);
        }
        return;
    };
    let Some(own) = own else {
        if !clauses().any(|clause| clause.contains("终身")) {
            let zh = format!("措施`{id}`为终身，而条文没有“终身”");
            let en = format!("measure `{id}` is for life, and no clause says 终身");
            findings.add(&rules::TERM_UNFOUNDED, item.key(key), zh, en);
        }
        return;
    };
    let stated = clauses().filter_map(longest).max();
    match stated {
        Some(stated) if own > stated => {
            let zh = format!("措施`{id}`期限为{}，条文最长为{}", zh(own), zh(stated));
            let en = format!(
                "measure `{id}` lasts {}, and the longest that its article states is {}",
                en(own),
                en(stated)
            );
            findings.add(&rules::TERM_TOO_LONG, item.key(key), zh, en);
        }
        None if !measure.notes.iter().any(|note| explains(note)) => {
            let zh = format!("措施`{id}`期限为{}，条文没有期限，也没有解释", zh(own));
            let en = format!(
                "measure `{id}` lasts {}, which no clause states and no note explains",
                en(own)
            );
            findings.add(&rules::TERM_UNFOUNDED, item.key(key), zh, en);
        }
        _ => {}
    }
    // A term that the law fixes may not be shortened; for an examination it is only how far it
    // looks.
    let shortest = bars().min().filter(|_| key == "fixed_term" && !measure.kind.is_examination());
    if let Some(shortest) = shortest.filter(|shortest| own < *shortest) {
        let zh = format!("措施`{id}`期限为{}，短于条文的{}", zh(own), zh(shortest));
        let en =
            format!("measure `{id}` lasts {}, and its article fixes {}", en(own), en(shortest));
        findings.add(&rules::TERM_TOO_SHORT, item.key(key), zh, en);
    }
}

/// Returns the keys by which a measure states its term, each with its months; `None` for a term for
/// life.
fn stated(measure: &Measure) -> Vec<(&'static str, Option<u32>)> {
    let terms = [
        ("longest_term", measure.longest_term),
        ("fixed_term", measure.fixed_term),
        ("shortest_term", measure.shortest_term),
    ];
    let terms = terms.into_iter().filter_map(|(key, term)| Some((key, Some(term?.in_months()))));
    terms.chain(measure.lifelong.then_some(("lifelong", None))).collect()
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
