//! Random texts and tokens, which nobody can guess and which do not repeat.

use crate::Error;

/// Sixteen random bytes.
pub(crate) fn bytes() -> Result<[u8; 16], Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| Error::NoRandom)?;
    Ok(bytes)
}

/// Sixteen random bytes as 32 hexadecimal digits.
pub(crate) fn text() -> Result<String, Error> {
    Ok(bytes()?.iter().map(|byte| format!("{byte:02x}")).collect())
}
