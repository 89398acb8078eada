//! How a basis is cited: 《…》第四十八条第一款, and for the Opinions (十八).

use crate::catalogue::Catalogue;
use crate::clause::OPINIONS;
use crate::model::LegalBasis;

/// A pinpoint in Chinese.
pub fn cite_zh(catalogue: &Catalogue, basis: &LegalBasis) -> String {
    let instrument = catalogue.instrument(&basis.instrument);
    let title = instrument.map_or(basis.instrument.as_str(), |i| i.title.zh.as_str());
    if basis.instrument == OPINIONS {
        let number = instrument.and_then(|i| i.number.as_deref()).unwrap_or_default();
        return format!("《{title}》（{number}）（{}）", numeral(&basis.article));
    }
    let mut text = format!("《{title}》第{}条", numeral(&basis.article));
    if let Some(paragraph) = basis.paragraph {
        text.push_str(&format!("第{}款", numeral(&paragraph.to_string())));
    }
    if let Some(item) = basis.item {
        text.push_str(&format!("第{}项", numeral(&item.to_string())));
    }
    text
}

/// A pinpoint in English.
pub fn cite_en(catalogue: &Catalogue, basis: &LegalBasis) -> String {
    let instrument = catalogue.instrument(&basis.instrument);
    let title = instrument.map_or(basis.instrument.as_str(), |i| i.title.en.as_str());
    let mut text = format!("{title}, art. {}", basis.article);
    if let Some(paragraph) = basis.paragraph {
        text.push_str(&format!(" para. {paragraph}"));
    }
    if let Some(item) = basis.item {
        text.push_str(&format!(" item {item}"));
    }
    text
}

/// Arabic digits up to 999 as Chinese numerals; anything else as it is.
pub fn numeral(digits: &str) -> String {
    const NUMERALS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let Ok(number @ 1..=999) = digits.parse::<usize>() else { return digits.to_owned() };
    let word = |n: usize| NUMERALS.get(n).copied().unwrap_or_default();
    let (hundreds, tens, ones) = (number / 100, number / 10 % 10, number % 10);
    let mut text = String::new();
    if hundreds > 0 {
        text.push_str(word(hundreds));
        text.push('百');
    }
    match tens {
        0 if hundreds > 0 && ones > 0 => text.push('零'),
        0 => {}
        // 十五, but 一百一十五.
        1 if hundreds == 0 => text.push('十'),
        _ => {
            text.push_str(word(tens));
            text.push('十');
        }
    }
    text.push_str(word(ones));
    text
}

#[cfg(test)]
mod tests {
    use super::numeral;

    #[test]
    fn numerals_read_as_statutes_print_them() {
        for (digits, text) in [
            ("4", "四"),
            ("10", "十"),
            ("18", "十八"),
            ("48", "四十八"),
            ("100", "一百"),
            ("105", "一百零五"),
            ("115", "一百一十五"),
            ("178", "一百七十八"),
        ] {
            assert_eq!(numeral(digits), text);
        }
    }
}
