//! Comparison of a list's rules on how its entries end.

use mustcheck_model::{ListRules, Term, Text};
use mustcheck_rules::catalogue::data::ListRegime;

use crate::diff::compare::{Pair, bases, pairs, turned};
use crate::diff::log::{Entry, Log, Thing};
use crate::diff::words::{self, joined, words};
use crate::diff::{Aspect, Bearing, ChangeKind};

/// Compares the versions of the rules, paired by their first day.
pub(super) fn compare(
    log: &mut Log<'_>,
    thing: &Thing,
    more: Bearing,
    old: &[ListRegime],
    new: &[ListRegime],
) {
    for (_, pair) in pairs(old, new, |rules| rules.valid_from.to_string()) {
        match pair {
            Pair::Both(old, new) => changed(log, thing, more, old, new),
            Pair::Come(new) => {
                let stated = stated(new);
                let text = Text::new(
                    format!("新增名单规则：{}。", stated.zh),
                    format!("New rules of the list: {}.", stated.en),
                );
                let entry =
                    Entry::new(ChangeKind::Added, Aspect::ListRules, Bearing::Neither, text);
                log.add(thing, entry.come(new));
            }
            Pair::Gone(old) => {
                let stated = stated(old);
                let text = Text::new(
                    format!("不再有名单规则：{}。", stated.zh),
                    format!("Ended rules of the list: {}.", stated.en),
                );
                let entry =
                    Entry::new(ChangeKind::Ended, Aspect::ListRules, Bearing::Neither, text);
                log.add(thing, entry.gone(old));
            }
        }
    }
}

fn changed(log: &mut Log<'_>, thing: &Thing, more: Bearing, old: &ListRegime, new: &ListRegime) {
    let (was, is) = (old.rules(), new.rules());
    if was != is {
        let harder = weights(&is).iter().zip(weights(&was)).any(|(new, old)| *new > old);
        let softer = weights(&is).iter().zip(weights(&was)).any(|(new, old)| *new < old);
        let text = turned(words("名单规则", "Rules of the list"), &stated(old), &stated(new));
        let bearing = more.moved(harder, softer);
        let entry = Entry::new(ChangeKind::Changed, Aspect::ListRules, bearing, text);
        log.add(thing, entry.values(old, new));
    }
    let all =
        |rules: &ListRegime| rules.bases().flat_map(|(_, own)| own.to_vec()).collect::<Vec<_>>();
    bases(log, thing, words("名单规则的依据", "Basis of its rules"), &all(old), &all(new));
}

/// Weight of each rule on those on the list; a larger number is harsher.
fn weights(rules: &ListRules) -> [u32; 6] {
    let months = |term: Option<Term>, none: u32| term.map_or(none, Term::in_months);
    [
        months(rules.longest, u32::MAX),
        u32::from(rules.beyond),
        if rules.removable { months(rules.removable_after, 0) } else { u32::MAX },
        u32::from(rules.restorable),
        u32::from(!rules.objection_suspends),
        u32::from(!rules.reorganisation_lifts),
    ]
}

/// States the rules in a sentence.
fn stated(regime: &ListRegime) -> Text {
    let rules = regime.rules();
    let days = words::validity(Some(rules.valid_from), rules.valid_until);
    let mut all = vec![Text::new(format!("施行期间{}", days.zh), format!("valid {}", days.en))];
    if let Some(longest) = rules.longest {
        let term = words::term(longest);
        let (zh, en) = if rules.beyond {
            ("，记录载明更长的从其规定", ", or the record's own longer end")
        } else {
            ("", "")
        };
        all.push(Text::new(
            format!("最长列入{}{zh}", term.zh),
            format!("stays at most {}{en}", term.en),
        ));
    }
    all.push(match (rules.removable, rules.removable_after) {
        (false, _) => Text::new("不因信用修复而终止", "no repair ends an entry"),
        (true, None) => Text::new("纠正后即可移出", "removed once mended"),
        (true, Some(after)) => {
            let term = words::term(after);
            Text::new(
                format!("列入满{}后可以移出", term.zh),
                format!("removed after {} at the earliest", term.en),
            )
        }
    });
    if rules.restorable {
        all.push(Text::new("撤销移出的，期限重新计算", "a revoked removal begins the term anew"));
    }
    all.push(if rules.objection_suspends {
        Text::new("异议核实期间暂不执行", "an objection suspends")
    } else {
        Text::new("异议不停止执行", "an objection does not suspend")
    });
    if rules.reorganisation_lifts {
        all.push(Text::new(
            "重整、和解期间可以临时解除",
            "reorganisation or settlement may lift it for a time",
        ));
    }
    joined(all.into_iter())
}
