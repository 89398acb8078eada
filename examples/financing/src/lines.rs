//! Reading the input line by line, whatever the lines hold.

use std::io::BufRead;

use mustcheck::APPLICATION_LIMIT;

/// A line.
#[derive(Debug, Default)]
pub struct Line {
    /// Its number, from 1.
    pub number: u64,
    /// Number of its bytes, the line end included.
    pub bytes: u64,
    /// Its bytes; cut where it is longer than an application may be.
    pub text: Vec<u8>,
}

/// Reads the next line into `line`; returns whether there was one.
///
/// # Errors
///
/// The error of the operating system.
pub fn next(input: &mut impl BufRead, line: &mut Line) -> std::io::Result<bool> {
    line.text.clear();
    line.bytes = 0;
    loop {
        let chunk = input.fill_buf()?;
        if chunk.is_empty() {
            line.number += u64::from(line.bytes > 0);
            return Ok(line.bytes > 0);
        }
        let end = chunk.iter().position(|b| *b == b'\n');
        let taken = end.map_or(chunk.len(), |i| i + 1);
        line.bytes = line.bytes.saturating_add(u64::try_from(taken).unwrap_or(u64::MAX));
        // Read past the rest of a line that is too long, so that the next line is found.
        if line.bytes <= APPLICATION_LIMIT {
            line.text.extend(chunk.iter().take(end.unwrap_or(taken)));
        }
        input.consume(taken);
        if end.is_some() {
            line.number += 1;
            return Ok(true);
        }
    }
}
