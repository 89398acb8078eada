//! Lengths of time: the term of a measure by its article, the stay of an entry by its list's
//! regulation.

use serde::{Deserialize, Serialize};

use crate::date::Date;

/// A length of time in calendar years and months.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Term {
    /// Years.
    #[serde(default)]
    pub years: u16,
    /// Months.
    #[serde(default)]
    pub months: u16,
}

impl Term {
    /// Last day of the term if it begins on `from`; `None` beyond the calendar.
    pub fn last_day(self, from: Date) -> Option<Date> {
        from.last_day_of_term(self.years, self.months)
    }

    /// The whole length in months.
    pub fn in_months(self) -> u32 {
        u32::from(self.years) * 12 + u32::from(self.months)
    }
}

/// Rule by which the end of a measure follows from its article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TermRule {
    /// No term in the article: the measure ends with the record.
    OfRecord,
    /// The record's own end, cut to this term.
    AtMost(Term),
    /// This term, whatever end the record has.
    Fixed(Term),
    /// The record's own end, but not before the end of this term.
    AtLeast(Term),
    /// No end (终身).
    Lifelong,
}

impl TermRule {
    /// Makes the rule from the keys of a measure; an article states at most one of them.
    pub fn of(
        longest: Option<Term>,
        fixed: Option<Term>,
        shortest: Option<Term>,
        lifelong: bool,
    ) -> Self {
        if lifelong {
            return Self::Lifelong;
        }
        let stated = fixed.map(Self::Fixed).or(shortest.map(Self::AtLeast));
        stated.or(longest.map(Self::AtMost)).unwrap_or(Self::OfRecord)
    }

    /// Whether the measure may last longer than the record that it rests on.
    pub const fn outlasts(self) -> bool {
        matches!(self, Self::Fixed(_) | Self::AtLeast(_) | Self::Lifelong)
    }

    /// Counted term for which the measure may outlast its record, if there is one.
    pub const fn outlasting(self) -> Option<Term> {
        match self {
            Self::Fixed(term) | Self::AtLeast(term) => Some(term),
            Self::OfRecord | Self::AtMost(_) | Self::Lifelong => None,
        }
    }

    /// Last day of a measure whose record begins on `first` and ends on `recorded`; `None` if it
    /// has no end.
    pub fn last_day(self, first: Date, recorded: Option<Date>) -> Option<Date> {
        match self {
            Self::OfRecord => recorded,
            Self::AtMost(term) => {
                let allowed = term.last_day(first);
                recorded.into_iter().chain(allowed).min()
            }
            Self::Fixed(term) => term.last_day(first),
            Self::AtLeast(term) => recorded.zip(term.last_day(first)).map(|(a, b)| a.max(b)),
            Self::Lifelong => None,
        }
    }
}

/// The rules of a list on the end of its entries, for a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct ListRules {
    /// First day of the check on which they hold.
    pub valid_from: Date,
    /// Last day of the check on which they hold, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// Longest stay, counted from an entry's first day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longest: Option<Term>,
    /// Whether an entry may stay beyond `longest` if it states a later end itself.
    pub beyond: bool,
    /// Whether a repair ends an entry.
    pub removable: bool,
    /// Time after an entry's first day from which a repair can end it; none if from that day on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removable_after: Option<Term>,
    /// Position of the ground for the rule on removal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removal: Option<u32>,
    /// Whether an entry's term begins anew when its removal is revoked.
    pub restorable: bool,
    /// Whether an objection suspends an entry.
    pub objection_suspends: bool,
    /// Whether an approved reorganisation or settlement may lift it.
    pub reorganisation_lifts: bool,
}

impl ListRules {
    /// The rules for every list that has none of its own, by 33 (二十一) and (二十二): a repair
    /// ends an entry at any time, an objection suspends it.
    pub const OF_THE_OPINIONS: Self = Self {
        valid_from: Date { year: 2016, month: 5, day: 30 },
        valid_until: None,
        longest: None,
        beyond: false,
        removable: true,
        removable_after: None,
        removal: None,
        restorable: false,
        objection_suspends: true,
        reorganisation_lifts: true,
    };

    /// Returns the rules that hold on a day; those of the Opinions if none do.
    pub fn on(rules: &[Self], day: Date) -> &Self {
        let holds = |rules: &&Self| {
            rules.valid_from <= day && rules.valid_until.is_none_or(|last| day <= last)
        };
        rules.iter().find(holds).unwrap_or(&Self::OF_THE_OPINIONS)
    }
}
