//! The figures, and how they add up.

use std::collections::BTreeMap;

use mustcheck_model::{AnswerStatus, Disposition, ObligationKind, Standing};
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use mustcheck_evidence::{FailureKind, NotAppliedCode};

/// Figures that add up.
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

/// Declares figures that add up field by field.
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

/// Counts by a closed vocabulary; what does not occur is absent.
pub type Counts<K> = BTreeMap<K, u64>;

figures! {
    /// The figures of some checks. What a group cannot have is absent: a list has lookups and no
    /// dispositions.
    #[derive(Serialize)]
    pub struct Figures {
        /// The checks, and what they came to.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub checks: Option<Checks>,
        /// The due lookups.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub lookups: Option<Lookups>,
        /// The records that checks found.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub records: Option<Records>,
        /// The measures that apply, and what was done about them.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub measures: Option<Measures>,
        /// What was due afterwards.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub obligations: Option<BTreeMap<ObligationKind, ObligationFigures>>,
        /// How long it took to report.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub decision_time: Option<DecisionTime>,
    }

    /// Checks: due are those that were made and those that failed (应查、已查).
    pub struct Checks {
        /// Receipts: the check was made.
        pub made: u64,
        /// Of those made, the ones as of a day before the day on which they were made.
        pub backdated: u64,
        /// Checks that ended in a fault, without a decision, by what failed.
        pub failed: Counts<FailureKind>,
        /// What the checks that were made came to.
        pub dispositions: Counts<Disposition>,
    }

    /// Due lookups; those for reference are not among them.
    pub struct Lookups {
        /// Answered.
        pub answered: u64,
        /// Not answered, by who was asked and why not.
        pub unanswered: Counts<Unanswered>,
        /// Records that the answers hold.
        pub records: u64,
    }

    /// Records found, by their standing at the as-of date (异议、修复).
    #[derive(Serialize)]
    pub struct Records {
        /// All.
        pub found: u64,
        /// Those about which an objection is noted, decided or not.
        pub disputed: u64,
        /// By standing.
        pub standings: Counts<Standing>,
    }

    /// Measures that apply (奖惩到位).
    #[derive(Serialize)]
    pub struct Measures {
        /// Incentives.
        pub incentives: Outcomes,
        /// Restrictions.
        pub restrictions: Outcomes,
    }

    /// What was done about measures.
    pub struct Outcomes {
        /// Reported as applied.
        pub applied: u64,
        /// Reported as not applied, by reason.
        pub not_applied: Counts<NotAppliedCode>,
        /// Not reported.
        pub unreported: u64,
        /// Of those reported, those whose report was corrected.
        pub corrected: u64,
    }

    /// What was done about obligations of one kind.
    pub struct ObligationFigures {
        /// Fulfilled by the last day.
        pub in_time: u64,
        /// Fulfilled after it.
        pub late: u64,
        /// Fulfilled, where no day was set.
        pub met: u64,
        /// Not reported, and the last day is over.
        pub overdue: u64,
        /// Not reported, and the last day is to come, or none was set.
        pub open: u64,
    }

    /// From the check to the first report of what was decided.
    pub struct DecisionTime {
        /// How many took so many whole minutes.
        pub minutes: Counts<u64>,
        /// Reports that the clock says were made before the check: it was set back.
        pub clock_back: u64,
    }
}

/// Who did not answer, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Unanswered {
    /// The source; none holds the list if it is absent.
    pub source: Option<String>,
    /// The status of the lookup.
    pub status: AnswerStatus,
}

impl Checks {
    /// How many ended in a fault.
    pub fn failures(&self) -> u64 {
        self.failed.values().sum()
    }

    /// How many were due.
    pub fn due(&self) -> u64 {
        self.made + self.failures()
    }

    /// How many came to this.
    pub fn of(&self, disposition: Disposition) -> u64 {
        self.dispositions.get(&disposition).copied().unwrap_or_default()
    }
}

impl Lookups {
    /// How many were not answered.
    pub fn not_answered(&self) -> u64 {
        self.unanswered.values().sum()
    }

    /// How many were due.
    pub fn due(&self) -> u64 {
        self.answered + self.not_answered()
    }

    /// How many had this status.
    pub fn of(&self, status: AnswerStatus) -> u64 {
        let same = self.unanswered.iter().filter(|(key, _)| key.status == status);
        same.map(|(_, count)| count).sum()
    }
}

impl Measures {
    /// Both together.
    pub fn all(&self) -> Outcomes {
        let mut all = self.incentives.clone();
        all.add(self.restrictions.clone());
        all
    }
}

impl Outcomes {
    /// How many were not applied, whatever the reason.
    pub fn refrained(&self) -> u64 {
        self.not_applied.values().sum()
    }

    /// How many apply.
    pub fn due(&self) -> u64 {
        self.applied + self.refrained() + self.unreported
    }
}

impl ObligationFigures {
    /// How many there are.
    pub fn due(&self) -> u64 {
        self.in_time + self.late + self.met + self.overdue + self.open
    }
}

impl DecisionTime {
    /// How many cases were reported about.
    pub fn cases(&self) -> u64 {
        self.minutes.values().sum()
    }

    /// Within how many minutes half of the cases were reported.
    pub fn median_minutes(&self) -> Option<u64> {
        self.within(50)
    }

    /// Within how many minutes nine in ten were.
    pub fn minutes_90(&self) -> Option<u64> {
        self.within(90)
    }

    /// The least number of whole minutes within which this share of the cases was reported, in
    /// hundredths: the nearest rank, exact to the minute.
    pub fn within(&self, hundredths: u64) -> Option<u64> {
        let rank = (self.cases() * hundredths).div_ceil(100).max(1);
        let mut seen = 0;
        self.minutes.iter().find_map(|(minutes, count)| {
            seen += count;
            (seen >= rank).then_some(*minutes)
        })
    }
}

/// As JSON: first what is computed, then what is counted.
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
