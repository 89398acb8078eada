//! The two languages, and the choice between texts in them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Text;
use crate::date::{Date, Timestamp};
use crate::words::Words;

/// A language of papers, pages, messages and findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub enum Language {
    /// Chinese.
    Zh,
    /// English.
    En,
}

impl Language {
    /// Every language.
    pub const ALL: &'static [Self] = &[Self::Zh, Self::En];

    /// The code of ISO 639-1.
    pub const fn code(self) -> &'static str {
        self.say("zh", "en")
    }

    /// The tag of BCP 47, as of `lang` in HTML.
    pub const fn tag(self) -> &'static str {
        self.say("zh-CN", "en")
    }

    /// The language's name in itself.
    pub const fn name(self) -> &'static str {
        self.say("中文", "English")
    }

    /// The other language.
    pub const fn other(self) -> Self {
        match self {
            Self::Zh => Self::En,
            Self::En => Self::Zh,
        }
    }

    /// One of two texts.
    pub const fn say<'t>(self, zh: &'t str, en: &'t str) -> &'t str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }

    /// One of two texts, as a text of its own.
    pub fn own(self, zh: &str, en: &str) -> String {
        self.say(zh, en).to_owned()
    }

    /// The words for a code.
    pub const fn words(self, words: Words) -> &'static str {
        self.say(words.zh, words.en)
    }

    /// The text in this language.
    pub fn text(self, text: &Text) -> &str {
        self.say(&text.zh, &text.en)
    }

    /// A day as papers write it.
    pub fn day(self, day: Date) -> String {
        match self {
            Self::Zh => format!("{}年{}月{}日", day.year, day.month, day.day),
            Self::En => day.to_string(),
        }
    }

    /// A time as papers write it, to the minute.
    pub fn time(self, time: Timestamp) -> String {
        format!("{} {:02}:{:02}", self.day(time.date), time.hour, time.minute)
    }
}

/// Error: a text is no code of a language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownLanguage;

impl fmt::Display for UnknownLanguage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a language is `zh` or `en`")
    }
}

impl std::error::Error for UnknownLanguage {}

impl FromStr for Language {
    type Err = UnknownLanguage;

    fn from_str(code: &str) -> Result<Self, UnknownLanguage> {
        Self::ALL.iter().copied().find(|language| language.code() == code).ok_or(UnknownLanguage)
    }
}
