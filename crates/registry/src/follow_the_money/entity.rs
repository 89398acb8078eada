//! An entity of a file, and the terms of its sanctions and topics.

use std::collections::BTreeMap;

use mustcheck_model::date::Date;
use serde::{Deserialize, Serialize};

/// An entity: its schema and its properties, each with any number of texts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entity {
    /// Its id within the file.
    pub id: String,
    /// Its schema, such as `Company`.
    pub schema: String,
    /// Its name, for people.
    #[serde(default)]
    pub caption: String,
    /// Data sets that it comes from.
    #[serde(default)]
    pub datasets: Vec<String>,
    /// Time at which it was first seen there.
    #[serde(default)]
    pub first_seen: Option<String>,
    /// Ids of the same entity elsewhere.
    #[serde(default)]
    pub referents: Vec<String>,
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

    /// The properties, each with its texts.
    pub fn properties(&self) -> impl Iterator<Item = (&str, impl Iterator<Item = &str>)> {
        self.properties.iter().map(|(name, values)| {
            let texts = values.iter().filter_map(serde_json::Value::as_str).map(str::trim);
            (name.as_str(), texts)
        })
    }

    /// Returns a property that holds a value other than a text, if there is one.
    pub fn not_text(&self) -> Option<&str> {
        let mut properties = self.properties.iter();
        let (name, _) = properties.find(|(_, values)| values.iter().any(|v| !v.is_string()))?;
        Some(name)
    }

    /// Whether a property holds one of these texts; true if `any` is empty.
    pub fn holds(&self, property: &str, any: &[String]) -> bool {
        any.is_empty() || self.texts(property).any(|text| any.iter().any(|own| own == text))
    }
}

/// A period for which an entity is listed, and the authority behind it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Term {
    /// First day; none if the file does not give one.
    pub from: Option<Date>,
    /// Last day; none if it has no end.
    pub until: Option<Date>,
    /// Authority that decided.
    pub authority: Option<String>,
    /// Programme under which it decided.
    pub program: Option<String>,
}

/// Reads all days of a property; a partial one as wide as it can be.
fn days(entity: &Entity, property: &str, last: bool) -> Result<Vec<Date>, String> {
    entity.texts(property).map(|text| partial(text, last)).collect()
}

impl Term {
    /// Reads the term of a sanction.
    ///
    /// INTERPRETATION: a year or a month alone is taken as wide as it can be, from its first day
    /// or to its last, and of several days the widest counts: what a file leaves open must not
    /// make a record end sooner.
    ///
    /// # Errors
    ///
    /// The text of a day that cannot be read, and the field that it is for.
    pub fn of(sanction: &Entity) -> Result<Self, String> {
        let mut from = None;
        for property in ["startDate", "listingDate", "date"] {
            let days = days(sanction, property, false).map_err(|e| format!("valid_from: {e}"))?;
            from = from.or_else(|| days.into_iter().min());
        }
        let ends = days(sanction, "endDate", true).map_err(|e| format!("valid_until: {e}"))?;
        let text = |name: &str| sanction.texts(name).next().map(str::to_owned);
        Ok(Self {
            from,
            until: ends.into_iter().max(),
            authority: text("authority"),
            program: text("program").or_else(|| text("programId")),
        })
    }

    /// Reads the term of a topic, which begins when an entity was first seen and has no end.
    ///
    /// # Errors
    ///
    /// The text of a day that cannot be read.
    pub fn of_topic(entity: &Entity) -> Result<Self, String> {
        let from = entity.first_seen.as_deref().map(|text| partial(text, false)).transpose();
        Ok(Self { from: from.map_err(|e| format!("valid_from: {e}"))?, ..Self::default() })
    }

    /// Whether it has ended before a day.
    pub fn is_over(&self, day: Date) -> bool {
        self.until.is_some_and(|until| until < day)
    }

    /// Joins terms into one: from the first day of any to the last of all.
    ///
    /// # Errors
    ///
    /// A text, if a term has no first day.
    pub fn widest(terms: &[Self]) -> Result<(Date, Self), String> {
        let none = "valid_from: nothing says since when";
        let mut widest = terms.first().cloned().unwrap_or_default();
        for term in terms {
            let day = term.from.ok_or(none)?;
            widest.from = widest.from.map(|before| before.min(day));
            widest.until = widest.until.zip(term.until).map(|(before, last)| before.max(last));
        }
        widest.authority = terms.iter().find_map(|t| t.authority.clone());
        widest.program = terms.iter().find_map(|t| t.program.clone());
        Ok((widest.from.ok_or(none)?, widest))
    }
}

/// Reads a day, or the first or last day of a month or year. A time after the day is cut off.
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
        let shown: String = mustcheck::input::quotable(text).chars().take(40).collect();
        format!("`{shown}` is no day, month or year such as 2024-05-31, 2024-05 or 2024")
    })
}

fn month(text: &str, last: bool) -> Option<Date> {
    let (year, month) = text.split_once('-')?;
    let first = Date::new(year.parse().ok()?, month.parse().ok()?, 1)?;
    // The day before the first of the next month.
    if last { first.last_day_of_term(0, 1)?.yesterday() } else { Some(first) }
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
        let term = |from: &str, until: &[&str]| {
            let sanction = serde_json::json!({ "id": "s", "schema": "Sanction",
                "properties": { "startDate": [from], "endDate": until } });
            Term::of(&serde_json::from_value(sanction).unwrap()).unwrap()
        };
        let terms = [term("2024-03", &["2025"]), term("2024-01-09", &["2025-02"])];
        let (from, widest) = Term::widest(&terms).unwrap();
        assert_eq!(from.to_string(), "2024-01-09");
        assert_eq!(widest.until.unwrap().to_string(), "2025-12-31");
        // As texts, `2025` is before `2025-02-01`.
        let one = term("2024", &["2025-02-01", "2025"]);
        assert_eq!(one.until.unwrap().to_string(), "2025-12-31");
        let open = Term::widest(&[term("2024", &["2025"]), term("2024", &[])]).unwrap().1;
        assert_eq!(open.until, None);
        let none = Term { from: None, ..one };
        assert_eq!(Term::widest(&[none]).unwrap_err(), "valid_from: nothing says since when");
    }
}
