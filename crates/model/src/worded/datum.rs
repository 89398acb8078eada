//! The data of errors: how each is written in the words of a language.

use crate::date::Date;
use crate::identifier::mask;
use crate::language::Language;
use crate::text::safe;
use crate::words::{Words, event_words, role_words, scheme_words, subject_words};
use crate::{EventKind, Role, Scheme, SubjectKind};

/// A datum of an error.
pub trait Datum: Sized {
    /// The datum in a Chinese text.
    fn zh(&self) -> String;

    /// The datum in an English text.
    fn en(&self) -> String;

    /// A value, for tests that walk every case.
    fn sample() -> Self;

    /// Values that are written in different ways.
    fn samples() -> Vec<Self> {
        vec![Self::sample()]
    }

    /// The datum with `rewrite` applied to every text from outside, which may mask or cut it.
    #[must_use]
    fn rewritten(self, _rewrite: &dyn Fn(&str) -> String) -> Self {
        self
    }
}

/// A text from outside, such as a code that nobody knows. Nothing is hidden in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quoted(String);

impl From<&str> for Quoted {
    fn from(text: &str) -> Self {
        Self(safe(text).into_owned())
    }
}

impl From<&String> for Quoted {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl Quoted {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Datum for Quoted {
    fn zh(&self) -> String {
        self.0.clone()
    }

    fn en(&self) -> String {
        self.0.clone()
    }

    fn sample() -> Self {
        Self::from("licensing/x-1")
    }

    fn rewritten(self, rewrite: &dyn Fn(&str) -> String) -> Self {
        Self(rewrite(&self.0))
    }
}

/// Texts from outside, each in quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quotes(Vec<Quoted>);

impl<'a> FromIterator<&'a str> for Quotes {
    fn from_iter<I: IntoIterator<Item = &'a str>>(texts: I) -> Self {
        Self(texts.into_iter().map(Quoted::from).collect())
    }
}

impl Datum for Quotes {
    fn zh(&self) -> String {
        let all: Vec<String> = self.0.iter().map(|text| format!("“{}”", text.0)).collect();
        all.join("、")
    }

    fn en(&self) -> String {
        let all: Vec<String> = self.0.iter().map(|text| format!("`{}`", text.0)).collect();
        all.join(", ")
    }

    fn sample() -> Self {
        ["31", "3205"].into_iter().collect()
    }

    fn rewritten(self, rewrite: &dyn Fn(&str) -> String) -> Self {
        Self(self.0.into_iter().map(|text| text.rewritten(rewrite)).collect())
    }
}

/// An identifier, of which only its [`mask`] is kept.
// RAIL R13
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Masked(String);

impl Masked {
    /// Masks an identifier.
    pub fn of(identifier: &str) -> Self {
        Self(mask(identifier))
    }
}

impl Datum for Masked {
    fn zh(&self) -> String {
        self.0.clone()
    }

    fn en(&self) -> String {
        self.0.clone()
    }

    fn sample() -> Self {
        Self::of("91310115MA1K3H5Q4X")
    }

    fn samples() -> Vec<Self> {
        ["91310115MA1K3H5Q4X", "310104197106123355", "E12345678", ""].map(Self::of).into()
    }
}

/// A day as the input has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GivenDay(pub Date);

impl Datum for GivenDay {
    fn zh(&self) -> String {
        self.0.to_string()
    }

    fn en(&self) -> String {
        self.0.to_string()
    }

    fn sample() -> Self {
        Self(Date { year: 2026, month: 2, day: 30 })
    }
}

impl Datum for Date {
    fn zh(&self) -> String {
        Language::Zh.day(*self)
    }

    fn en(&self) -> String {
        Language::En.day(*self)
    }

    fn sample() -> Self {
        Self { year: 2026, month: 11, day: 18 }
    }
}

/// A period, both ends included, either of which may be open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub from: Option<Date>,
    /// The last day.
    pub until: Option<Date>,
}

impl Datum for Period {
    fn zh(&self) -> String {
        let day = |day: Date| Datum::zh(&day);
        match (self.from.map(day), self.until.map(day)) {
            (Some(from), Some(until)) => format!("{from}至{until}"),
            (Some(from), None) => format!("自{from}起"),
            (None, Some(until)) => format!("至{until}止"),
            (None, None) => "不限期间".into(),
        }
    }

    fn en(&self) -> String {
        let day = |day: Option<Date>, none: &str| {
            day.map_or_else(|| none.to_owned(), |day| format!("`{day}`"))
        };
        format!("from {} to {}", day(self.from, "the beginning"), day(self.until, "no end"))
    }

    fn sample() -> Self {
        Self { from: Some(Date::sample()), until: None }
    }

    fn samples() -> Vec<Self> {
        let (day, later) = (Date::sample(), Date { year: 2027, month: 1, day: 31 });
        let ends = [(Some(day), Some(later)), (Some(day), None), (None, Some(later)), (None, None)];
        ends.map(|(from, until)| Self { from, until }).into()
    }
}

/// Numbers, and single characters of an alphabet.
macro_rules! plain {
    ($($type:ty = $sample:literal),+) => {$(
        impl Datum for $type {
            fn zh(&self) -> String {
                safe(&self.to_string()).into_owned()
            }

            fn en(&self) -> String {
                safe(&self.to_string()).into_owned()
            }

            fn sample() -> Self {
                $sample
            }
        }
    )+};
}

plain! { u16 = 30, u32 = 7, u64 = 16_777_217, usize = 19, i32 = 41, char = 'X' }

/// Codes: their words in Chinese, the code itself in English.
macro_rules! coded {
    ($($type:ident::$sample:ident by $words:ident),+) => {$(
        impl Datum for $type {
            fn zh(&self) -> String {
                let Words { zh, .. } = $words(*self);
                zh.to_owned()
            }

            fn en(&self) -> String {
                self.code().to_owned()
            }

            fn sample() -> Self {
                Self::$sample
            }

            fn samples() -> Vec<Self> {
                Self::ALL.to_vec()
            }
        }
    )+};
}

coded! {
    Role::LegalRepresentative by role_words,
    SubjectKind::Person by subject_words,
    Scheme::Uscc by scheme_words,
    EventKind::Repaired by event_words
}
