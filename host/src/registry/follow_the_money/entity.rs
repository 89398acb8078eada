//! One entity, and the terms of what is said of it.

use std::collections::BTreeMap;

use mustcheck_guest::date::Date;
use serde::Deserialize;

/// An entity: its schema and its properties, each with any number of texts.
#[derive(Clone, Debug, Deserialize)]
pub struct Entity {
    /// Its id within the file.
    pub id: String,
    /// Its schema, such as `Company`.
    pub schema: String,
    /// Its name, for people.
    #[serde(default)]
    pub caption: String,
    /// Where it is from.
    #[serde(default)]
    pub datasets: Vec<String>,
    /// When it was first seen there.
    #[serde(default)]
    pub first_seen: Option<String>,
    /// Its properties.
    #[serde(default)]
    pub properties: BTreeMap<String, Vec<serde_json::Value>>,
}

impl Entity {
    /// The texts of a property.
    pub fn texts(&self, property: &str) -> impl Iterator<Item = &str> {
        let values = self.properties.get(property).map_or(&[][..], Vec::as_slice);
        values.iter().filter_map(serde_json::Value::as_str).map(str::trim)
    }

    /// A property that holds anything but texts.
    pub fn not_text(&self) -> Option<&str> {
        let mut properties = self.properties.iter();
        let (name, _) = properties.find(|(_, values)| values.iter().any(|v| !v.is_string()))?;
        Some(name)
    }

    /// Whether a property holds one of these; anything does if none is asked for.
    pub fn holds(&self, property: &str, any: &[String]) -> bool {
        any.is_empty() || self.texts(property).any(|text| any.iter().any(|own| own == text))
    }
}

/// From when to when something holds, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// First day, as written; perhaps a year or a month alone.
    pub from: Option<String>,
    /// Last day, as written; none if it has no end.
    pub until: Option<String>,
    /// Who decided.
    pub authority: Option<String>,
    /// Under which programme.
    pub program: Option<String>,
}

/// A term whose days are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Widest {
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Option<Date>,
    /// Who decided, of the first that says.
    pub authority: Option<String>,
    /// The programme, of the first that says.
    pub program: Option<String>,
}

impl Term {
    /// The term of a sanction.
    pub fn of(sanction: &Entity) -> Self {
        let first = |names: &[&str]| {
            let mut all: Vec<&str> = names.iter().flat_map(|n| sanction.texts(n)).collect();
            all.sort_unstable();
            all.first().map(|text| (*text).to_owned())
        };
        let mut ends: Vec<&str> = sanction.texts("endDate").collect();
        ends.sort_unstable();
        let text = |name: &str| sanction.texts(name).next().map(str::to_owned);
        Self {
            from: first(&["startDate"])
                .or_else(|| first(&["listingDate"]))
                .or_else(|| first(&["date"])),
            until: ends.last().map(|text| (*text).to_owned()),
            authority: text("authority"),
            program: text("program").or_else(|| text("programId")),
        }
    }

    /// All terms as one: from the first day of any to the last of all.
    ///
    /// INTERPRETATION: a year or a month alone is taken as wide as it can be, from its first day
    /// or to its last: what a file leaves open must not make a record end sooner.
    pub fn widest(terms: &[Self]) -> Result<Widest, String> {
        let mut from: Option<Date> = None;
        let mut until = Some(Date { year: 0, month: 1, day: 1 });
        for term in terms {
            let text = term.from.as_deref().ok_or("valid_from: nothing says since when")?;
            let day = partial(text, false).map_err(|e| format!("valid_from: {e}"))?;
            from = Some(from.map_or(day, |before| before.min(day)));
            let last = match &term.until {
                Some(text) => Some(partial(text, true).map_err(|e| format!("valid_until: {e}"))?),
                None => None,
            };
            until = until.zip(last).map(|(before, last)| before.max(last));
        }
        Ok(Widest {
            from: from.ok_or("valid_from: nothing says since when")?,
            until,
            authority: terms.iter().find_map(|t| t.authority.clone()),
            program: terms.iter().find_map(|t| t.program.clone()),
        })
    }
}

/// A day, or the first or last day of a month or year. A time after the day is cut off.
fn partial(text: &str, last: bool) -> Result<Date, String> {
    let day = text.split(['T', ' ']).next().unwrap_or_default();
    let number = |part: &str| part.parse::<u16>().ok();
    let bytes = day.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let read = match (bytes, day.len()) {
        (true, 4) => {
            let (month, of_month) = if last { (12, 31) } else { (1, 1) };
            number(day).and_then(|year| Date::new(year, month, of_month))
        }
        (true, 7) => month(day, last),
        (true, 10) => day.parse().ok(),
        _ => None,
    };
    read.ok_or_else(|| {
        let shown: String = crate::input::quotable(text).chars().take(40).collect();
        format!("`{shown}` is no day, month or year such as 2024-05-31, 2024-05 or 2024")
    })
}

fn month(text: &str, last: bool) -> Option<Date> {
    let (year, month) = text.split_once('-')?;
    let first = Date::new(year.parse().ok()?, month.parse().ok()?, 1)?;
    // The last day of a term of one month that begins on its first day.
    if last { first.last_day_of_term(0, 1) } else { Some(first) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_in_part_is_as_wide_as_it_can_be() {
        let read = |text, last| partial(text, last).map_or_else(|e| e, |day| day.to_string());
        for (text, first, last) in [
            ("2024-05-07", "2024-05-07", "2024-05-07"),
            ("2024-05-07T10:00:00", "2024-05-07", "2024-05-07"),
            ("2024-02", "2024-02-01", "2024-02-29"),
            ("2023-02", "2023-02-01", "2023-02-28"),
            ("2024-12", "2024-12-01", "2024-12-31"),
            ("2024", "2024-01-01", "2024-12-31"),
        ] {
            assert_eq!((read(text, false).as_str(), read(text, true).as_str()), (first, last));
        }
        for text in ["", "24", "2024-13", "2024-02-30", "05/2024", "2024-5", "circa 2024"] {
            let told = "is no day, month or year such as 2024-05-31, 2024-05 or 2024";
            assert_eq!(read(text, false), format!("`{text}` {told}"));
        }
    }

    #[test]
    fn the_widest_of_several_terms_counts() {
        let term = |from: &str, until: Option<&str>| Term {
            from: Some(from.into()),
            until: until.map(str::to_owned),
            authority: None,
            program: None,
        };
        let widest =
            Term::widest(&[term("2024-03", Some("2025")), term("2024-01-09", Some("2025-02"))]);
        let widest = widest.unwrap();
        assert_eq!(widest.from.to_string(), "2024-01-09");
        assert_eq!(widest.until.unwrap().to_string(), "2025-12-31");
        let open = Term::widest(&[term("2024", Some("2025")), term("2024", None)]).unwrap();
        assert_eq!(open.until, None);
        let none = Term { from: None, ..term("2024", None) };
        assert_eq!(Term::widest(&[none]).unwrap_err(), "valid_from: nothing says since when");
    }
}
