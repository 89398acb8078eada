//! Errors as values that speak both languages: an enum with its data, and its Chinese and English
//! side by side.

mod datum;

pub use datum::{Datum, GivenDay, Masked, Period, Quoted, Quotes};

use crate::Text;
use crate::language::Language;

/// A value with words in both languages.
pub trait Worded {
    /// The words in Chinese.
    fn zh(&self) -> String;

    /// The words in English.
    fn en(&self) -> String;

    /// The data that the words carry, each as it is written in the two languages.
    fn data(&self) -> Vec<Text>;

    /// The words in a language.
    fn told(&self, language: Language) -> String {
        match language {
            Language::Zh => self.zh(),
            Language::En => self.en(),
        }
    }

    /// The words in both languages.
    fn text(&self) -> Text {
        Text::new(self.zh(), self.en())
    }
}

/// Declares an enum of errors with their data and their words, Chinese before English. In the
/// words, a datum is written as its [`Datum`] says; the compiler warns of words that leave one out.
/// The enum's `Display` is its English, and the enum is a datum itself.
#[macro_export]
macro_rules! worded {
    ($(#[$meta:meta])* $vis:vis enum $name:ident {
        $($(#[$doc:meta])* $case:ident $({
            $($(#[$about:meta])* $datum:ident: $type:ty,)+
        })? => $zh:literal / $en:literal,)+
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        $vis enum $name {
            $($(#[$doc])* $case $({ $($(#[$about])* $datum: $type,)+ })?,)+
        }

        #[allow(clippy::useless_format, reason = "some words carry no datum")]
        impl $crate::Worded for $name {
            fn zh(&self) -> String {
                match self {
                    $(Self::$case $({ $($datum),+ })? => {
                        $($(let $datum = $crate::Datum::zh($datum);)+)?
                        format!($zh)
                    })+
                }
            }

            fn en(&self) -> String {
                match self {
                    $(Self::$case $({ $($datum),+ })? => {
                        $($(let $datum = $crate::Datum::en($datum);)+)?
                        format!($en)
                    })+
                }
            }

            fn data(&self) -> Vec<$crate::Text> {
                match self {
                    $(Self::$case $({ $($datum),+ })? => vec![$($(
                        $crate::Text::new($crate::Datum::zh($datum), $crate::Datum::en($datum)),
                    )+)?],)+
                }
            }
        }

        impl $crate::Datum for $name {
            fn zh(&self) -> String {
                $crate::Worded::zh(self)
            }

            fn en(&self) -> String {
                $crate::Worded::en(self)
            }

            #[allow(unreachable_code, reason = "the first case is the sample")]
            fn sample() -> Self {
                $(return Self::$case $({ $($datum: $crate::Datum::sample(),)+ })?;)+
            }

            /// Every case, and of each every sample of every datum.
            fn samples() -> Vec<Self> {
                let mut samples = Vec::new();
                $(
                    let case = Self::$case $({ $($datum: $crate::Datum::sample(),)+ })?;
                    $($(
                        for value in <$type as $crate::Datum>::samples() {
                            let mut varied = case.clone();
                            if let Self::$case { $datum: own, .. } = &mut varied {
                                *own = value;
                            }
                            samples.push(varied);
                        }
                    )+)?
                    samples.push(case);
                )+
                samples
            }

            fn rewritten(self, rewrite: &dyn Fn(&str) -> String) -> Self {
                match self {
                    $(Self::$case $({ $($datum),+ })? => Self::$case $({
                        $($datum: $crate::Datum::rewritten($datum, rewrite),)+
                    })?,)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&$crate::Worded::en(self))
            }
        }
    };
}
