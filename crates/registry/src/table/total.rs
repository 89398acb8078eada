//! Rows of totals, and the check that a table has as many rows as it should.

use unicode_normalization::UnicodeNormalization as _;

use super::{TableReading, cell};

impl TableReading<'_> {
    /// Whether a row is one of totals: its first text says so, and it names nobody. The number of
    /// rows that it states is kept.
    pub(super) fn is_total(&mut self, cells: &[String]) -> bool {
        let first = cells.iter().find(|c| !c.is_empty());
        let says = |c: &String| {
            let plain: String = c.chars().filter(|c| !c.is_whitespace()).collect();
            let plain = plain.trim_end_matches([':', '：']);
            self.mapping.file.totals.iter().any(|word| word == plain)
        };
        let is_one =
            first.is_some_and(says) && cells.iter().all(|c| cell::identifiers(c).is_empty());
        if is_one && let Some(column) = &self.mapping.file.total {
            let place = self.columns.place(column);
            self.total = place.and_then(|i| cells.get(i)).and_then(|cell| count(cell));
        }
        is_one
    }

    /// Checks that the table is whole.
    ///
    /// # Errors
    ///
    /// A text, if it has no header, or not as many rows as it or its mapping states.
    // RAIL R2: the subject of a row that was lost on the way would be clear.
    pub(super) fn end(&self) -> Result<(), String> {
        if let Some(head) = &self.above_rows {
            return Err(head.missing());
        }
        let report = &self.report;
        let none = report.blank + report.totals + report.skipped + report.headers;
        let found = report.rows.saturating_sub(none);
        let file = &self.mapping.file;
        if let Some(expected) = file.expected_rows.filter(|expected| *expected != found) {
            return Err(format!("it has {found} row(s), and should have {expected}"));
        }
        if file.total.is_none() {
            return Ok(());
        }
        match self.total {
            Some(total) if total == found => Ok(()),
            Some(total) => {
                Err(format!("it has {found} row(s), and its row of totals says {total}"))
            }
            None => Err("no row of totals says how many rows it has".into()),
        }
    }
}

/// Reads the one number in a text such as 共12家.
fn count(text: &str) -> Option<u64> {
    let plain: String = text.nfkc().filter(|c| *c != ',').collect();
    let mut numbers = plain.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty());
    let number = numbers.next()?.parse().ok()?;
    numbers.next().is_none().then_some(number)
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn the_number_of_a_total_is_the_only_one() {
        assert_eq!(count("3"), Some(3));
        assert_eq!(count("共１2家"), Some(12));
        assert_eq!(count("1,204"), Some(1_204));
        for text in ["", "共", "3家，罚款5万元"] {
            assert_eq!(count(text), None, "{text}");
        }
    }
}
