//! Search for cases in the index.
//!
//! RAIL R13: cases are found by their number, office, day and result. The log has no name and no
//! identifier of a subject, and so there is none to search by.

use mustcheck::model::Disposition;
use mustcheck_evidence::DocumentId;
use rusqlite::types::Value;
use rusqlite::{Row, params_from_iter};

use super::{Index, IndexError};
use crate::records::{FoundCase, FoundCases, Reach, Search};

/// Conditions on a receipt, and the values in them.
#[derive(Default)]
struct Conditions {
    sql: String,
    values: Vec<Value>,
}

impl Conditions {
    fn of(search: &Search, reach: &Reach) -> Self {
        let mut all = Self::default();
        all.and("instr(number, ?) > 0", &search.number);
        all.and("instr(office, ?) > 0", &search.office);
        all.and("matter = ?", &search.matter);
        all.and("disposition = ?", &search.disposition.map(|d| d.to_string()));
        all.and("made_at >= ?", &search.from.map(|day| day.to_string()));
        // After every time of that day.
        all.and("made_at < ?", &search.to.map(|day| format!("{day}U")));
        all.within(reach.matters.as_deref(), "matter", '*');
        all.within(reach.regions.as_deref(), "region", '\0');
        all
    }

    fn add(&mut self, condition: &str) {
        self.sql.push_str(if self.sql.is_empty() { " WHERE " } else { " AND " });
        self.sql.push_str(condition);
    }

    fn and(&mut self, condition: &str, value: &Option<String>) {
        if let Some(value) = value {
            self.add(condition);
            self.values.push(value.clone().into());
        }
    }

    /// Adds that a column is one of the allowed values. A matter that ends with `any`, and every
    /// region, stands for all that begin with it.
    fn within(&mut self, allowed: Option<&[String]>, column: &str, any: char) {
        let Some(allowed) = allowed else { return };
        let mut one_of = vec!["0".to_owned()];
        for item in allowed {
            let beginning = item.strip_suffix(any).or((any == '\0').then_some(&**item));
            one_of.push(match beginning {
                Some(_) => format!("substr({column}, 1, length(?)) = ?"),
                None => format!("{column} = ?"),
            });
            let value: Value = beginning.unwrap_or(item).to_owned().into();
            self.values.extend(beginning.map(|_| value.clone()));
            self.values.push(value);
        }
        self.add(&format!("({})", one_of.join(" OR ")));
    }
}

impl Index {
    /// Finds the cases that a caller may see, the newest first.
    ///
    /// # Errors
    ///
    /// [`IndexError`] if the index cannot be read.
    pub(in crate::records) fn search(
        &self,
        search: &Search,
        reach: &Reach,
    ) -> Result<FoundCases, IndexError> {
        let Conditions { sql, values } = Conditions::of(search, reach);
        let read = || {
            let count = format!("SELECT count(*) FROM receipt{sql}");
            let mut count = self.connection.prepare_cached(&count)?;
            let total = count.query_row(params_from_iter(&values), |row| row.get(0))?;
            let page = format!(
                "SELECT id, made_at, number, matter, region, office, disposition FROM receipt{sql} \
                 ORDER BY log_index DESC LIMIT {} OFFSET {}",
                search.rows,
                search.rows.saturating_mul(search.page),
            );
            let mut page = self.connection.prepare_cached(&page)?;
            let cases = page.query_map(params_from_iter(&values), case)?;
            Ok((total, cases.collect::<Result<Vec<_>, _>>()?))
        };
        let (total, cases) = read().map_err(|source| self.failed(source))?;
        let cases: Option<Vec<FoundCase>> = cases.into_iter().collect();
        Ok(FoundCases { total, cases: cases.ok_or_else(|| self.unfit())? })
    }
}

/// Reads a row; `None` if it is none that this program writes.
fn case(row: &Row<'_>) -> rusqlite::Result<Option<FoundCase>> {
    let id: [u8; 16] = row.get(0)?;
    let id: Result<DocumentId, _> = format!("r{}", const_hex::encode(id)).parse();
    let (made_at, disposition): (String, String) = (row.get(1)?, row.get(6)?);
    let disposition = Disposition::ALL.iter().find(|known| known.code() == disposition);
    let (Ok(id), Ok(made_at), Some(&disposition)) = (id, made_at.parse(), disposition) else {
        return Ok(None);
    };
    Ok(Some(FoundCase {
        id,
        made_at,
        number: row.get(2)?,
        matter: row.get(3)?,
        region: row.get(4)?,
        office: row.get(5)?,
        disposition,
    }))
}
