//! How a basis is cited: 《…》第四十八条第一款, and for the Opinions (十八).

use std::fmt;

use crate::catalogue::Catalogue;
use crate::catalogue::data::Instrument;
use crate::clause::OPINIONS;
use crate::model::LegalBasis;

/// A pinpoint in Chinese.
#[derive(Clone, Copy)]
pub struct CiteZh<'a>(pub &'a Catalogue, pub &'a LegalBasis);

impl fmt::Display for CiteZh<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(catalogue, basis) = self;
        PinpointZh(catalogue.instrument(&basis.instrument), basis).fmt(f)
    }
}

/// A pinpoint in Chinese, its instrument given if it is known.
#[derive(Clone, Copy)]
pub(crate) struct PinpointZh<'a>(pub Option<&'a Instrument>, pub &'a LegalBasis);

impl fmt::Display for PinpointZh<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(instrument, basis) = self;
        let title = instrument.map_or(&*basis.instrument, |i| &i.title.zh);
        f.write_str("《")?;
        f.write_str(title)?;
        f.write_str("》")?;
        let article = Numeral::of(&basis.article);
        if *basis.instrument == *OPINIONS {
            let number = instrument.and_then(|i| i.number.as_deref()).unwrap_or_default();
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
pub struct CiteEn<'a>(pub &'a Catalogue, pub &'a LegalBasis);

impl fmt::Display for CiteEn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(catalogue, basis) = self;
        PinpointEn(catalogue.instrument(&basis.instrument), basis).fmt(f)
    }
}

/// A pinpoint in English, its instrument given if it is known.
#[derive(Clone, Copy)]
pub(crate) struct PinpointEn<'a>(pub Option<&'a Instrument>, pub &'a LegalBasis);

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
    /// What is no such number.
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
