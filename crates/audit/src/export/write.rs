//! Writers of rows: CSV for spreadsheets, JSON for programs.

use std::io::{self, Write};

use super::row::{COLUMNS, Row};

/// Receiver of the rows of an export.
pub trait Sink {
    /// Writes one row.
    ///
    /// # Errors
    ///
    /// If the row cannot be written.
    fn row(&mut self, row: &Row) -> io::Result<()>;

    /// Ends the output after the last row.
    ///
    /// # Errors
    ///
    /// If the end cannot be written.
    fn end(&mut self) -> io::Result<()>;
}

/// Puts a tab, which does not show, before a number of more than 15 digits, such as a resident
/// number. A spreadsheet would otherwise round it.
fn kept_as_text(cell: String) -> String {
    const EXACT: usize = 15;
    let digits = cell.len() > EXACT && cell.bytes().all(|b| b.is_ascii_digit());
    if digits { format!("\t{cell}") } else { cell }
}

/// A writer of CSV (RFC 4180) in UTF-8.
pub struct CsvWriter<W: Write> {
    writer: csv::Writer<W>,
    spreadsheet: bool,
}

impl<W: Write> CsvWriter<W> {
    /// Writes the heads of the columns. With `spreadsheet`, a byte order mark before them marks the
    /// file as UTF-8, and numbers that a spreadsheet would round are kept as texts.
    ///
    /// # Errors
    ///
    /// If they cannot be written.
    pub fn new(mut writer: W, spreadsheet: bool) -> io::Result<Self> {
        if spreadsheet {
            writer.write_all("\u{feff}".as_bytes())?;
        }
        let mut writer =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(writer);
        writer.write_record(COLUMNS)?;
        Ok(Self { writer, spreadsheet })
    }
}

impl<W: Write> Sink for CsvWriter<W> {
    fn row(&mut self, row: &Row) -> io::Result<()> {
        let mut cells = row.cells();
        if self.spreadsheet {
            cells = cells.into_iter().map(kept_as_text).collect();
        }
        Ok(self.writer.write_record(cells)?)
    }

    fn end(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// A writer of one JSON document: `{"format":"mustcheck-export/1","rows":[…]}`, one row on each
/// line.
pub struct JsonWriter<W: Write> {
    writer: W,
    begun: bool,
}

impl<W: Write> JsonWriter<W> {
    /// Writes the beginning of the document.
    ///
    /// # Errors
    ///
    /// If it cannot be written.
    pub fn new(mut writer: W) -> io::Result<Self> {
        writer.write_all(b"{\"format\":\"mustcheck-export/1\",\"rows\":[")?;
        Ok(Self { writer, begun: false })
    }
}

impl<W: Write> Sink for JsonWriter<W> {
    fn row(&mut self, row: &Row) -> io::Result<()> {
        self.writer.write_all(if self.begun { b",\n" } else { b"\n" })?;
        self.begun = true;
        Ok(serde_json::to_writer(&mut self.writer, row)?)
    }

    fn end(&mut self) -> io::Result<()> {
        self.writer.write_all(b"\n]}\n")?;
        self.writer.flush()
    }
}
