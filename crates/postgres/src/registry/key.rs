//! Keys of rows, made of texts from outside.

use sha2::{Digest as _, Sha256};

/// Length of the longest text that is its own key, in bytes: an index takes no more than 2,700.
const LONGEST: usize = 512;

/// The key of a text: the text as JSON escapes it, since PostgreSQL has no NUL, or a digest if that
/// is too long for an index. No two texts have the same key.
pub(crate) fn key(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    let escaped = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default();
    if escaped.len() <= LONGEST {
        return escaped.to_owned();
    }
    let digest = Sha256::digest(text.as_bytes());
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    // JSON never escapes an `s`.
    format!("\\sha256:{hex}")
}

#[cfg(test)]
mod tests {
    use super::key;

    #[test]
    fn a_plain_text_is_its_own_key_and_no_other_is() {
        assert_eq!(key("R-2026/01 甲"), "R-2026/01 甲");
        assert_eq!(key("a\0b"), "a\\u0000b");
        assert_eq!(key("a\\u0000b"), "a\\\\u0000b");
        assert_eq!(key("\\sha256:x"), "\\\\sha256:x");
        let long = "a".repeat(513);
        assert_eq!(key(&long).len(), 8 + 64);
        assert_ne!(key(&long), key(&format!("{long}b")));
        assert_eq!(key(&long[1..]), long[1..]);
    }
}
