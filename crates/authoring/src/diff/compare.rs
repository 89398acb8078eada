//! Comparison without regard to order: items by their codes, sets, and the bases of a rule.

use std::collections::{BTreeMap, BTreeSet};

use mustcheck_model::name::Name;
use mustcheck_model::{LegalBasis, Text};
use mustcheck_writer::Words;
use serde::Serialize;

use crate::diff::log::{Entry, Log, Thing};
use crate::diff::words::{both, joined};
use crate::diff::{Aspect, Bearing, ChangeKind};

/// An item of the old catalogue, of the new one, or of both.
pub(super) enum Pair<'a, T> {
    Both(&'a T, &'a T),
    Gone(&'a T),
    Come(&'a T),
}

/// Pairs items by key. Equal ones are paired first, so that of several items with one key those
/// that did not change are not taken for others; the rest are paired in their order.
pub(super) fn pairs<'a, T: PartialEq>(
    old: &'a [T],
    new: &'a [T],
    key: impl Fn(&T) -> String,
) -> Vec<(String, Pair<'a, T>)> {
    type Sides<'a, T> = (Vec<&'a T>, Vec<&'a T>);
    let mut by_key: BTreeMap<String, Sides<'a, T>> = BTreeMap::new();
    for item in old {
        by_key.entry(key(item)).or_default().0.push(item);
    }
    for item in new {
        by_key.entry(key(item)).or_default().1.push(item);
    }
    let mut all = Vec::new();
    for (key, (mut old, mut new)) in by_key {
        old.retain(|item| match new.iter().position(|other| other == item) {
            Some(same) => {
                all.push((key.clone(), Pair::Both(*item, new.remove(same))));
                false
            }
            None => true,
        });
        let (mut old, mut new) = (old.into_iter(), new.into_iter());
        loop {
            let pair = match (old.next(), new.next()) {
                (Some(one), Some(other)) => Pair::Both(one, other),
                (Some(one), None) => Pair::Gone(one),
                (None, Some(other)) => Pair::Come(other),
                (None, None) => break,
            };
            all.push((key.clone(), pair));
        }
    }
    all
}

/// Set of codes of which one must hold; `None` allows any.
pub(super) type Codes = Option<BTreeSet<String>>;

/// Returns the set of exactly these codes.
pub(super) fn these<C: AsRef<str>>(codes: impl IntoIterator<Item = C>) -> Codes {
    Some(codes.into_iter().map(|code| code.as_ref().to_owned()).collect())
}

/// Returns the set of these codes; an empty list allows any.
pub(super) fn these_or_any(codes: &[Name]) -> Codes {
    if codes.is_empty() { None } else { these(codes) }
}

/// Direction in which a set of codes moved: wider by codes gained, narrower by codes lost.
#[derive(Clone, Copy)]
pub(super) struct Moved {
    pub(super) wider: bool,
    pub(super) narrower: bool,
}

impl Moved {
    pub(super) fn of(old: &Codes, new: &Codes) -> Self {
        let within = |one: &Codes, other: &Codes| match (one, other) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(one), Some(other)) => one.is_subset(other),
        };
        Self { wider: !within(new, old), narrower: !within(old, new) }
    }

    /// The move of a set of exceptions: more exceptions reach less.
    const fn reversed(self) -> Self {
        Self { wider: self.narrower, narrower: self.wider }
    }

    pub(super) const fn kind(self) -> Option<ChangeKind> {
        match (self.wider, self.narrower) {
            (true, true) => Some(ChangeKind::WidenedAndNarrowed),
            (true, false) => Some(ChangeKind::Widened),
            (false, true) => Some(ChangeKind::Narrowed),
            (false, false) => None,
        }
    }
}

/// An aspect of an item that is a set of codes.
pub(super) struct SetOf<'n> {
    pub(super) aspect: Aspect,
    pub(super) label: Words,
    /// Whether the set says what is left out, so that more of it reaches less.
    pub(super) leaves_out: bool,
    /// Bearing of reaching more.
    pub(super) more: Bearing,
    pub(super) name: &'n dyn Fn(&str) -> Text,
}

/// Compares two sets of codes, and logs the change.
pub(super) fn sets(log: &mut Log<'_>, thing: &Thing, of: &SetOf<'_>, old: &Codes, new: &Codes) {
    let of_set = Moved::of(old, new);
    let moved = if of.leaves_out { of_set.reversed() } else { of_set };
    let Some(kind) = moved.kind() else { return };
    let names = |codes: &BTreeSet<String>| joined(codes.iter().map(|code| (of.name)(code)));
    let less = |one: &BTreeSet<String>, other: &BTreeSet<String>| {
        joined(one.difference(other).map(|code| (of.name)(code)))
    };
    let (label_zh, label_en) = (of.label.zh, of.label.en);
    let text = match (old, new) {
        (Some(old), Some(new)) => {
            let (come, gone) = (less(new, old), less(old, new));
            let (zh, en) = match (of_set.wider, of_set.narrower) {
                (true, false) => (format!("增加{}", come.zh), format!("{} added", come.en)),
                (false, _) => (format!("减少{}", gone.zh), format!("{} dropped", gone.en)),
                (true, true) => (
                    format!("增加{}；减少{}", come.zh, gone.zh),
                    format!("{} added; {} dropped", come.en, gone.en),
                ),
            };
            Text::new(format!("{label_zh}：{zh}。"), format!("{label_en}: {en}."))
        }
        (None, Some(new)) => {
            let new = names(new);
            Text::new(
                format!("{label_zh}：原不限，现限于{}。", new.zh),
                format!("{label_en}: any before, now only {}.", new.en),
            )
        }
        (Some(old), None) => {
            let old = names(old);
            Text::new(
                format!("{label_zh}：原限于{}，现不限。", old.zh),
                format!("{label_en}: only {} before, now any.", old.en),
            )
        }
        // Nothing moved.
        (None, None) => return,
    };
    let bearing = of.more.moved(moved.wider, moved.narrower);
    log.add(thing, Entry::new(kind, of.aspect, bearing, text).values(old, new));
}

/// Text for an aspect that holds one value: its value before, and its value now.
pub(super) fn turned(label: impl Into<Text>, old: &Text, new: &Text) -> Text {
    let label = label.into();
    Text::new(
        format!("{}：由“{}”改为“{}”。", label.zh, old.zh, new.zh),
        format!("{}: “{}” before, “{}” now.", label.en, old.en, new.en),
    )
}

/// Logs a change of a name or sentence of an item, which changes words only.
pub(super) fn wording(
    log: &mut Log<'_>,
    thing: &Thing,
    (aspect, label): (Aspect, Words),
    old: &Text,
    new: &Text,
) {
    if old != new {
        let entry =
            Entry::new(ChangeKind::Wording, aspect, Bearing::Neither, turned(label, old, new));
        log.add(thing, entry.values(old, new));
    }
}

/// Logs a change of the authors' remark, which is in one language.
pub(super) fn remark<T: PartialEq + Serialize>(log: &mut Log<'_>, thing: &Thing, old: &T, new: &T) {
    if old != new {
        let text =
            both("编制说明有改动，适用不变。", "The authors' notes change; the law does not.");
        let entry = Entry::new(ChangeKind::Wording, Aspect::Notes, Bearing::Neither, text);
        log.add(thing, entry.values(old, new));
    }
}

/// Place of a basis as a key: instrument, article, paragraph and item, without its words.
pub(super) fn pinpoint(basis: &LegalBasis) -> String {
    let LegalBasis { instrument, article, paragraph, item, clause: _ } = basis;
    let mut place = format!("{instrument} {article}");
    for (mark, number) in [('(', paragraph), ('[', item)] {
        if let Some(number) = number {
            place.push(mark);
            place.push_str(&number.to_string());
            place.push(if mark == '(' { ')' } else { ']' });
        }
    }
    place
}

/// Places of the bases of a rule as a key, which tells one remedy of a place from another.
pub(super) fn pinpoints(bases: &[LegalBasis]) -> String {
    let mut all: Vec<String> = bases.iter().map(pinpoint).collect();
    all.sort();
    all.join("; ")
}

/// Compares the bases of a rule, each with its words.
pub(super) fn bases(
    log: &mut Log<'_>,
    thing: &Thing,
    label: impl Into<Text>,
    old: &[LegalBasis],
    new: &[LegalBasis],
) {
    let label = label.into();
    let mut said = Vec::new();
    for (_, pair) in pairs(old, new, pinpoint) {
        let quoted = |basis: &LegalBasis| {
            let cited = log.cite(basis);
            let clause = &basis.clause;
            Text::new(format!("{}“{clause}”", cited.zh), format!("{} “{clause}”", cited.en))
        };
        said.push(match pair {
            Pair::Both(old, new) if old == new => continue,
            Pair::Both(old, new) => {
                let (cited, was, is) = (log.cite(new), &old.clause, &new.clause);
                Text::new(
                    format!("{}所引条文由“{was}”改为“{is}”", cited.zh),
                    format!("the words quoted from {} change from “{was}” to “{is}”", cited.en),
                )
            }
            Pair::Come(new) => {
                let new = quoted(new);
                Text::new(format!("增加{}", new.zh), format!("{} added", new.en))
            }
            Pair::Gone(old) => {
                let old = quoted(old);
                Text::new(format!("不再引用{}", old.zh), format!("{} no longer cited", old.en))
            }
        });
    }
    if said.is_empty() {
        return;
    }
    let zh: Vec<&str> = said.iter().map(|text| &*text.zh).collect();
    let en: Vec<&str> = said.iter().map(|text| &*text.en).collect();
    let text = Text::new(
        format!("{}：{}。", label.zh, zh.join("；")),
        format!("{}: {}.", label.en, en.join("; ")),
    );
    let entry = Entry::new(ChangeKind::Basis, Aspect::LegalBasis, Bearing::Neither, text);
    log.add(thing, entry.values(&old, &new));
}
