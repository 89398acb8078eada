//! Whether a change is to the burden of the person concerned, or in favour.

use mustcheck_model::{Effect, ListStanding, Polarity};
use serde::Serialize;

/// Direction of a change for the person whom a decision concerns: to the burden, in favour, both or
/// neither. It says which way the rule moves, never how much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bearing {
    /// To the person's burden.
    Burden,
    /// In the person's favour.
    Favour,
    /// To the burden of some, or on one side, and in favour on another.
    Both,
    /// Neither.
    #[default]
    Neither,
}

impl Bearing {
    /// Bearing of the reverse change.
    pub const fn reversed(self) -> Self {
        match self {
            Self::Burden => Self::Favour,
            Self::Favour => Self::Burden,
            other => other,
        }
    }

    /// Bearing of two changes together.
    pub const fn and(self, other: Self) -> Self {
        match (self, other) {
            (one, Self::Neither) | (Self::Neither, one) => one,
            (Self::Burden, Self::Burden) => Self::Burden,
            (Self::Favour, Self::Favour) => Self::Favour,
            _ => Self::Both,
        }
    }

    /// Bearing of a move that reaches more, less, or both, if `self` is the bearing of reaching
    /// more.
    pub const fn moved(self, wider: bool, narrower: bool) -> Self {
        let more = if wider { self } else { Self::Neither };
        let less = if narrower { self.reversed() } else { Self::Neither };
        more.and(less)
    }

    /// Bearing of a wider reach of a measure.
    pub const fn of_effect(effect: Effect) -> Self {
        match effect {
            Effect::Incentive => Self::Favour,
            Effect::Restriction => Self::Burden,
        }
    }

    /// Bearing of a wider reach of a list. A list for reference decides nothing (RAIL R9).
    pub const fn of_list(polarity: Polarity, standing: ListStanding) -> Self {
        match (standing, polarity) {
            (ListStanding::Reference, _) => Self::Neither,
            (_, Polarity::Commendation) => Self::Favour,
            (_, Polarity::Restriction | Polarity::Watch) => Self::Burden,
        }
    }
}
