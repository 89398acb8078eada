//! Citations of a legal basis: 《…》第四十八条第一款, and for the Opinions (十八).

use std::fmt;

use mustcheck_model::described::Described;
use mustcheck_model::{InstrumentInfo, LegalBasis, OPINIONS, Text};

/// An instrument as it is cited.
#[derive(Clone, Copy)]
pub struct Titled<'a> {
    /// Its title.
    pub title: &'a Text,
    /// Its document number, if it has one.
    pub number: Option<&'a str>,
}

impl<'a> Titled<'a> {
    fn of(instrument: &'a InstrumentInfo) -> Self {
        Self { title: &instrument.title, number: instrument.number.as_deref() }
    }
}

/// A pinpoint in Chinese.
#[derive(Clone, Copy)]
pub struct CiteZh<'a>(pub &'a Described, pub &'a LegalBasis);

impl fmt::Display for CiteZh<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(policy, basis) = self;
        let instrument = policy.instrument(&basis.instrument).map(Titled::of);
        PinpointZh(instrument, basis).fmt(f)
    }
}

/// A pinpoint in Chinese, its instrument given if it is known.
#[derive(Clone, Copy)]
pub struct PinpointZh<'a>(pub Option<Titled<'a>>, pub &'a LegalBasis);

impl fmt::Display for PinpointZh<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(instrument, basis) = self;
        let title = instrument.map_or(&*basis.instrument, |i| &i.title.zh);
        f.write_str("《")?;
        f.write_str(title)?;
        f.write_str("》")?;
        let article = Numeral::of(&basis.article);
        if *basis.instrument == *OPINIONS {
            let number = instrument.and_then(|i| i.number).unwrap_or_default();
            return write!(f, "（{number}）（{article}）");
        }
        write!(f, "第{article}条")?;
        if let Some(paragraph) = basis.paragraph {
            write!(f, "第{}款", Numeral::Number(paragraph.into()))?;
        }
        if let Some(item) = basis.item {
            write!(f, "第{}项", Numeral::Number(item.into()))?;
        }
        Ok(())
    }
}

/// A pinpoint in English.
#[derive(Clone, Copy)]
pub struct CiteEn<'a>(pub &'a Described, pub &'a LegalBasis);

impl fmt::Display for CiteEn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(policy, basis) = self;
        let instrument = policy.instrument(&basis.instrument).map(Titled::of);
        PinpointEn(instrument, basis).fmt(f)
    }
}

/// A pinpoint in English, its instrument given if it is known.
#[derive(Clone, Copy)]
pub struct PinpointEn<'a>(pub Option<Titled<'a>>, pub &'a LegalBasis);

impl fmt::Display for PinpointEn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(instrument, basis) = self;
        f.write_str(instrument.map_or(&*basis.instrument, |i| &i.title.en))?;
        f.write_str(", art. ")?;
        f.write_str(&basis.article)?;
        if let Some(paragraph) = basis.paragraph {
            write!(f, " para. {paragraph}")?;
        }
        if let Some(item) = basis.item {
            write!(f, " item {item}")?;
        }
        Ok(())
    }
}

/// A number in Chinese numerals up to 999; anything else as it is.
#[derive(Clone, Copy)]
pub enum Numeral<'a> {
    /// A number.
    Number(u16),
    /// A text that is no such number.
    Other(&'a str),
}

impl<'a> Numeral<'a> {
    /// Reads Arabic digits.
    pub fn of(digits: &'a str) -> Self {
        match digits.parse() {
            Ok(number @ 1..=999) => Self::Number(number),
            _ => Self::Other(digits),
        }
    }
}

impl fmt::Display for Numeral<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NUMERALS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
        let number = match *self {
            Self::Number(number @ 1..=999) => usize::from(number),
            Self::Number(number) => return write!(f, "{number}"),
            Self::Other(text) => return f.write_str(text),
        };
        let word = |n: usize| NUMERALS.get(n).copied().unwrap_or_default();
        let (hundreds, tens, ones) = (number / 100, number / 10 % 10, number % 10);
        if hundreds > 0 {
            f.write_str(word(hundreds))?;
            f.write_str("百")?;
        }
        match tens {
            0 if hundreds > 0 && ones > 0 => f.write_str("零")?,
            0 => {}
            // 十五, but 一百一十五.
            1 if hundreds == 0 => f.write_str("十")?,
            _ => {
                f.write_str(word(tens))?;
                f.write_str("十")?;
            }
        }
        f.write_str(word(ones))
    }
}
