//! Persons who answer for each organization, from a file beside the release: OCDS has no field for
//! them, and a published document must not have one.

use std::cell::Cell;
use std::path::Path;

use mustcheck::model::{Role, Scheme};
use mustcheck::{read_file, redact, safe};
use serde::Deserialize;

use crate::ocds::Place;

/// The largest file that is read, in bytes.
const LIMIT: u64 = 16 << 20;

/// The representatives of a file.
#[derive(Debug, Default)]
pub struct Representatives {
    all: Vec<Listed>,
}

#[derive(Debug)]
struct Listed {
    row: Representative,
    place: String,
    used: Cell<bool>,
}

/// A person who answers for an organization.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Representative {
    /// The organization: the id of its party, or its code.
    pub organization: String,
    /// `legal-representative` or `principal`.
    pub role: Role,
    /// `resident-id` or `passport`.
    pub scheme: Scheme,
    /// The number.
    pub identifier: String,
    /// The name, for display.
    pub name: String,
    /// The issuing country of a passport.
    #[serde(default)]
    pub country: Option<String>,
}

impl Representatives {
    /// Reads a file: an array in JSON, or a table in CSV whose header names the same.
    ///
    /// # Errors
    ///
    /// [`Place`] of the first fault.
    pub fn open(path: &Path) -> Result<Self, Place> {
        let failed = |detail: String| Place::at("--representatives", redact(&safe(&detail)));
        let bytes = read_file(path, LIMIT).map_err(|e| failed(format!("cannot be read: {e}")))?;
        let text = std::str::from_utf8(&bytes)
            .map_err(|e| failed(format!("byte {} is not UTF-8", e.valid_up_to())))?;
        Self::read(text)
    }

    /// Reads the text of such a file.
    ///
    /// # Errors
    ///
    /// As [`Self::open`].
    pub fn read(text: &str) -> Result<Self, Place> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let json = text.trim_start().starts_with(['[', '{']);
        let rows = if json { from_json(text) } else { from_csv(text) }?;
        let mut all = Vec::new();
        for (place, row) in rows {
            if !matches!(row.role, Role::LegalRepresentative | Role::Principal) {
                let detail = "must be `legal-representative` or `principal`";
                return Err(Place::at(format!("{place}.role"), detail));
            }
            if row.organization.trim().is_empty() {
                return Err(Place::at(format!("{place}.organization"), "must not be empty"));
            }
            all.push(Listed { row, place, used: Cell::new(false) });
        }
        Ok(Self { all })
    }

    /// Returns the representatives of an organization, by any of its names, each with its place.
    pub fn of(&self, names: &[&str]) -> Vec<(String, Representative)> {
        let plain = |text: &str| -> String {
            text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_uppercase).collect()
        };
        let names: Vec<String> = names.iter().map(|n| plain(n)).filter(|n| !n.is_empty()).collect();
        let own = self.all.iter().filter(|one| names.contains(&plain(&one.row.organization)));
        own.map(|one| {
            one.used.set(true);
            (one.place.clone(), one.row.clone())
        })
        .collect()
    }

    /// Returns the rows whose organization is no bidder.
    pub fn unused(&self) -> Vec<Place> {
        let unused = self.all.iter().filter(|one| !one.used.get());
        unused
            .map(|one| {
                let shown = redact(&safe(&one.row.organization));
                let path = format!("{}.organization", one.place);
                Place::at(path, format!("`{shown}` is no bidder of this document"))
            })
            .collect()
    }
}

fn from_json(text: &str) -> Result<Vec<(String, Representative)>, Place> {
    let rows: Vec<Representative> = crate::ocds::parse(text, "").map_err(|mut place| {
        let inside = if place.path.starts_with('[') { place.path.as_str() } else { "" };
        place.path = format!("representatives{inside}");
        place
    })?;
    let each = rows.into_iter().enumerate();
    Ok(each.map(|(i, row)| (format!("representatives[{i}]"), row)).collect())
}

fn from_csv(text: &str) -> Result<Vec<(String, Representative)>, Place> {
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let mut rows = Vec::new();
    for (i, row) in reader.deserialize::<Representative>().enumerate() {
        let place = format!("representatives[{i}]");
        let row = row.map_err(|e| {
            let told = match e.kind() {
                csv::ErrorKind::Deserialize { err, .. } => err.to_string(),
                _ => e.to_string(),
            };
            Place::at(place.as_str(), redact(&safe(&told)))
        })?;
        rows.push((place, row));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "these are tests")]

    use super::*;

    const TABLE: &str = "organization,role,scheme,identifier,name,country\n\
                         P-1,legal-representative,resident-id,310101198001012013,李某1,\n\
                         P-2,principal,passport,C01X00T47,M. Brandt,DE\n";

    #[test]
    fn a_table_and_json_say_the_same() {
        let table = Representatives::read(TABLE).unwrap();
        let json = r#"[{ "organization": "P-1", "role": "legal-representative",
            "scheme": "resident-id", "identifier": "310101198001012013", "name": "李某1" }]"#;
        let json = Representatives::read(json).unwrap();
        let (table, json) = (table.of(&["p-1"]), json.of(&["P-1 "]));
        assert_eq!(format!("{table:?}"), format!("{json:?}"));
        assert_eq!(table.len(), 1);
    }

    #[test]
    fn what_is_wrong_with_a_file_is_told_with_its_place() {
        let told = |text: &str| Representatives::read(text).unwrap_err().to_string();
        assert_eq!(
            told(&TABLE.replace("principal", "applicant")),
            "representatives[1].role: must be `legal-representative` or `principal`"
        );
        assert_eq!(
            told(&TABLE.replace("P-2", "")),
            "representatives[1].organization: must not be empty"
        );
        let unknown = told(&TABLE.replace("country", "nation"));
        assert!(unknown.starts_with("representatives[0]: unknown field `nation`"), "{unknown}");
        let array = told(r#"[["P-1", "principal", "passport", "C01X00T47", "M", "DE"]]"#);
        assert!(array.starts_with("representatives[0]: invalid type: sequence"), "{array}");
    }

    #[test]
    fn whoever_stands_for_nobody_is_told() {
        let table = Representatives::read(TABLE).unwrap();
        table.of(&["P-2"]);
        let unused: Vec<String> = table.unused().iter().map(Place::to_string).collect();
        assert_eq!(
            unused,
            ["representatives[0].organization: `P-1` is no bidder of this document"]
        );
    }
}
