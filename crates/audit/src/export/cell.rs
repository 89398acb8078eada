//! Cells of a table that a spreadsheet opens.

/// Makes a text safe for a spreadsheet: an apostrophe is put before a text that begins like a
/// formula. Otherwise the spreadsheet would compute it when the file is opened, and might send the
/// neighbouring cells away.
pub fn safe_cell(text: &str) -> String {
    let first = text.trim_start_matches(' ').chars().next();
    let formula = matches!(
        first,
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠')
    );
    if formula { format!("'{text}") } else { text.to_owned() }
}
