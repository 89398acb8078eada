//! Checks that an instrument is published: a measure that is not published is not carried out
//! (RAIL R3).
//!
//! The catalogue shows that an instrument is published by its title, its text, the word on where
//! its first day comes from, and, where its kind is published under one, its document number. Laws
//! are published by order of the President and local regulations by notice of the congress, without
//! a number of their own; administrative regulations, rules and normative documents have one, or
//! the remark says that the text at hand prints none.

use mustcheck_model::InstrumentKind;
use mustcheck_rules::catalogue::data::Instrument;

use crate::finding::{Findings, rules};
use crate::folder::Folder;
use crate::lint::Combination;
use crate::lint::validity::ends_before_it_begins;
use crate::shape::Item;

pub(super) fn instrument(folder: &Folder, item: &Item<Instrument>, findings: &mut Findings) {
    let instrument = &item.value;
    let Instrument { id, kind, number, remark, title, .. } = instrument;
    let validity = (instrument.in_force_from, instrument.in_force_until);
    ends_before_it_begins(item, "in_force_until", validity, findings);
    let blank = |text: &str| text.trim().is_empty();
    if blank(remark) {
        let zh = format!("法规`{id}`没有说明生效日期的出处");
        let en = format!("instrument `{id}` does not say where its first day comes from");
        findings.add(&rules::UNPUBLISHED, item.key("remark"), zh, en);
    }
    let numbered = matches!(
        kind,
        InstrumentKind::AdministrativeRegulation
            | InstrumentKind::DepartmentalRule
            | InstrumentKind::NormativeDocument
    );
    let number = number.as_ref().is_some_and(|number| !blank(number));
    let explained = remark.contains("number") || remark.contains("文号");
    // The head of a text prints the order by which it was published, 国务院令第…号公布, if at all.
    let by_text = *kind != InstrumentKind::NormativeDocument
        && folder.text(id).is_some_and(|text| !text.head().contains("令第"));
    if numbered && !number && !explained && !by_text {
        let zh = format!("法规`{id}`没有文号");
        let en = format!("instrument `{id}` of kind `{kind}` has no document number");
        findings.add(&rules::UNPUBLISHED, item.head(), zh, en);
    }
    match folder.text(id) {
        None => {
            let there = folder.root().join(format!("texts/{id}.md")).exists();
            if !there {
                let zh = format!("法规`{id}`没有文本");
                let en = format!("instrument `{id}` has no text in `texts/{id}.md`");
                findings.add(&rules::INSTRUMENT_TEXT, item.key("id"), zh, en);
            }
        }
        Some(text) => {
            let plain =
                |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).collect() };
            // A law's text may print its title without the name of the State.
            let own = plain(&title.zh);
            let short = own.strip_prefix("中华人民共和国").unwrap_or(&own).to_owned();
            if !blank(&title.zh) && !plain(text.head()).contains(&short) {
                let zh = format!("法规`{id}`的标题不在其文本开头");
                let en = format!(
                    "the title of instrument `{id}` does not stand at the head of its text"
                );
                findings.add(&rules::TITLE_DIFFERS, item.key("title"), zh, en);
            }
        }
    }
}

/// Checks that an ended text has a known successor, and that each text was compared with a copy
/// since the day that the edition sets.
pub(super) fn all(all: &Combination<'_>, findings: &mut Findings) {
    let since = all.edition.value.checked_since;
    for item in all.instruments.items() {
        let Instrument { id, in_force_until, successor, checked_on, .. } = &item.value;
        let known = successor.as_ref().map(|successor| all.instruments.knows(successor));
        if known == Some(false) || (in_force_until.is_some() && known.is_none()) {
            let zh = format!("法规`{id}`没有写明接替者，或者接替者不在清单中");
            let en = format!("instrument `{id}` does not say what took its place");
            findings.add(&rules::NO_SUCCESSOR, item.key("in_force_until"), zh, en);
        }
        let Some(since) = since.filter(|since| checked_on.is_none_or(|on| on < *since)) else {
            continue;
        };
        let zh = format!("法规`{id}`的文本自{since}以来没有校对过");
        let en = format!("the text of `{id}` was not held against a copy since `{since}`");
        findings.add(&rules::TEXT_OLD, item.head(), zh, en);
    }
}
