//! Whether a change is to the burden of the person concerned, or in favour.

use serde::Serialize;

use mustcheck_model::{Effect, ListStanding, Polarity};

/// Whom a change serves: the person whom a decision concerns is burdened by it, favoured, both or
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
    /// What the reverse change bears.
    pub const fn reversed(self) -> Self {
        match self {
            Self::Burden => Self::Favour,
            Self::Favour => Self::Burden,
            other => other,
        }
    }

    /// What two changes bear together.
    pub const fn and(self, other: Self) -> Self {
        match (self, other) {
            (one, Self::Neither) | (Self::Neither, one) => one,
            (Self::Burden, Self::Burden) => Self::Burden,
            (Self::Favour, Self::Favour) => Self::Favour,
            _ => Self::Both,
        }
    }

    /// What a move bears that reaches more, less, or both, where reaching more bears `self`.
    pub const fn moved(self, wider: bool, narrower: bool) -> Self {
        let more = if wider { self } else { Self::Neither };
        let less = if narrower { self.reversed() } else { Self::Neither };
        more.and(less)
    }

    /// What more of a measure bears.
    pub const fn of_effect(effect: Effect) -> Self {
        match effect {
            Effect::Incentive => Self::Favour,
            Effect::Restriction => Self::Burden,
        }
    }

    /// What more of a list bears. A list for reference decides nothing (RAIL R9).
    pub const fn of_list(polarity: Polarity, standing: ListStanding) -> Self {
        match (standing, polarity) {
            (ListStanding::Reference, _) => Self::Neither,
            (_, Polarity::Commendation) => Self::Favour,
            (_, Polarity::Restriction | Polarity::Watch) => Self::Burden,
        }
    }
}
