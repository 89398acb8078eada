//! The figures, and how they are added.

use std::collections::BTreeMap;

use mustcheck_model::{AnswerStatus, Disposition, ObligationKind, Standing};
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use mustcheck_evidence::{FailureKind, NotAppliedCode};

/// Figures that can be added to each other.
pub(super) trait Add {
    fn add(&mut self, other: Self);
}

impl Add for u64 {
    fn add(&mut self, other: Self) {
        *self += other;
    }
}

impl<T: Add> Add for Option<T> {
    fn add(&mut self, other: Self) {
        match (self.as_mut(), other) {
            (Some(one), Some(other)) => one.add(other),
            (None, other) => *self = other,
            (Some(_), None) => {}
        }
    }
}

impl<K: Ord, V: Add + Default> Add for BTreeMap<K, V> {
    fn add(&mut self, other: Self) {
        for (key, value) in other {
            self.entry(key).or_default().add(value);
        }
    }
}

/// Declares structs of figures that are added field by field.
macro_rules! figures {
    ($($(#[$meta:meta])* pub struct $name:ident {
        $($(#[$field_meta:meta])* pub $field:ident: $type:ty,)*
    })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $type,)*
        }

        impl Add for $name {
            fn add(&mut self, other: Self) {
                $(self.$field.add(other.$field);)*
            }
        }
    )+};
}

/// Counts by a closed vocabulary; a word that does not occur is absent.
pub type Counts<K> = BTreeMap<K, u64>;

figures! {
    /// The figures of some checks. A figure that a group cannot have is absent: a list has lookups
    /// and no dispositions.
    #[derive(Serialize)]
    pub struct Figures {
        /// The checks, and their results.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub checks: Option<Checks>,
        /// The lookups that were due.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub lookups: Option<Lookups>,
        /// The records that checks found.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub records: Option<Records>,
        /// The measures that apply, and the reports about them.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub measures: Option<Measures>,
        /// The obligations that were due after the checks, by kind.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub obligations: Option<BTreeMap<ObligationKind, ObligationFigures>>,
        /// The times from checks to first reports.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub decision_time: Option<DecisionTime>,
    }

    /// Counts of checks. Due are those that were made and those that failed (应查、已查).
    pub struct Checks {
        /// Number of checks made; each has a receipt.
        pub made: u64,
        /// Number of these whose as-of date lies more than a day before the day on which they were
        /// made.
        pub backdated: u64,
        /// Number of checks that ended in a fault, without a decision, by the part that failed.
        pub failed: Counts<FailureKind>,
        /// Results of the checks made.
        pub dispositions: Counts<Disposition>,
    }

    /// Counts of due lookups; lookups for reference are not among them.
    pub struct Lookups {
        /// Number of lookups answered.
        pub answered: u64,
        /// Number of lookups not answered, by source and status.
        pub unanswered: Counts<Unanswered>,
        /// Number of records in the answers.
        pub records: u64,
    }

    /// Counts of the records found, by their standing at the as-of date (异议、修复).
    #[derive(Serialize)]
    pub struct Records {
        /// Number of all records.
        pub found: u64,
        /// Number of records with an objection noted, decided or not.
        pub disputed: u64,
        /// Number of records by standing.
        pub standings: Counts<Standing>,
    }

    /// Counts of measures that apply (奖惩到位).
    #[derive(Serialize)]
    pub struct Measures {
        /// The incentives.
        pub incentives: Outcomes,
        /// The restrictions.
        pub restrictions: Outcomes,
    }

    /// Counts of measures by what is reported about them.
    pub struct Outcomes {
        /// Number reported as applied.
        pub applied: u64,
        /// Number reported as not applied, by reason.
        pub not_applied: Counts<NotAppliedCode>,
        /// Number not reported.
        pub unreported: u64,
        /// Number of those reported whose report was corrected.
        pub corrected: u64,
    }

    /// Counts of obligations of one kind by what is reported about them.
    pub struct ObligationFigures {
        /// Number fulfilled by the last day.
        pub in_time: u64,
        /// Number fulfilled after the last day.
        pub late: u64,
        /// Number fulfilled where no last day was set.
        pub met: u64,
        /// Number not reported, with the last day over.
        pub overdue: u64,
        /// Number not reported, with the last day not over or none set.
        pub open: u64,
    }

    /// Times from each check to the first report about it.
    pub struct DecisionTime {
        /// Number of cases by the whole minutes that they took.
        pub minutes: Counts<u64>,
        /// Number of first reports that lie before their check by the clock, which was set back.
        pub clock_back: u64,
    }
}

/// The source of a lookup that was not answered, and the lookup's status.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Unanswered {
    /// Id of the source; `None` if no source holds the list.
    pub source: Option<String>,
    /// Status of the lookup.
    pub status: AnswerStatus,
}

impl Checks {
    /// Number of checks that ended in a fault.
    pub fn failures(&self) -> u64 {
        self.failed.values().sum()
    }

    /// Number of checks due.
    pub fn due(&self) -> u64 {
        self.made + self.failures()
    }

    /// Number of checks with this result.
    pub fn of(&self, disposition: Disposition) -> u64 {
        self.dispositions.get(&disposition).copied().unwrap_or_default()
    }
}

impl Lookups {
    /// Number of lookups not answered.
    pub fn not_answered(&self) -> u64 {
        self.unanswered.values().sum()
    }

    /// Number of lookups due.
    pub fn due(&self) -> u64 {
        self.answered + self.not_answered()
    }

    /// Number of unanswered lookups with this status.
    pub fn of(&self, status: AnswerStatus) -> u64 {
        let same = self.unanswered.iter().filter(|(key, _)| key.status == status);
        same.map(|(_, count)| count).sum()
    }
}

impl Measures {
    /// The sum of incentives and restrictions.
    pub fn all(&self) -> Outcomes {
        let mut all = self.incentives.clone();
        all.add(self.restrictions.clone());
        all
    }
}

impl Outcomes {
    /// Number not applied, whatever the reason.
    pub fn refrained(&self) -> u64 {
        self.not_applied.values().sum()
    }

    /// Number of measures that apply.
    pub fn due(&self) -> u64 {
        self.applied + self.refrained() + self.unreported
    }
}

impl ObligationFigures {
    /// Number of obligations.
    pub fn due(&self) -> u64 {
        self.in_time + self.late + self.met + self.overdue + self.open
    }
}

impl DecisionTime {
    /// Number of cases with a report.
    pub fn cases(&self) -> u64 {
        self.minutes.values().sum()
    }

    /// Minutes within which half of the cases were reported.
    pub fn median_minutes(&self) -> Option<u64> {
        self.within(50)
    }

    /// Minutes within which nine of ten cases were reported.
    pub fn minutes_90(&self) -> Option<u64> {
        self.within(90)
    }

    /// Least number of whole minutes within which this share of the cases was reported, in
    /// hundredths: the nearest rank, exact to the minute. `None` if there are no cases.
    pub fn within(&self, hundredths: u64) -> Option<u64> {
        let rank = (self.cases() * hundredths).div_ceil(100).max(1);
        let mut seen = 0;
        self.minutes.iter().find_map(|(minutes, count)| {
            seen += count;
            (seen >= rank).then_some(*minutes)
        })
    }
}

/// Declares the JSON form of figures: first the computed keys, then the counted ones.
macro_rules! shown {
    ($name:ident, $($computed:ident)*; $($counted:ident)*) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(None)?;
                $(map.serialize_entry(stringify!($computed), &self.$computed())?;)*
                $(map.serialize_entry(stringify!($counted), &self.$counted)?;)*
                map.end()
            }
        }
    };
}

shown!(Checks, due; made backdated failed dispositions);
shown!(Outcomes, due; applied not_applied unreported corrected);
shown!(ObligationFigures, due; in_time late met overdue open);
shown!(DecisionTime, cases median_minutes minutes_90; clock_back);

impl Serialize for Lookups {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Row<'a> {
            #[serde(flatten)]
            key: &'a Unanswered,
            count: u64,
        }
        let unanswered = self.unanswered.iter();
        let unanswered: Vec<_> =
            unanswered.map(|(key, count)| Row { key, count: *count }).collect();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("due", &self.due())?;
        map.serialize_entry("answered", &self.answered)?;
        map.serialize_entry("unanswered", &unanswered)?;
        map.serialize_entry("records", &self.records)?;
        map.end()
    }
}
