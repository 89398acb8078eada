//! JSON in which no key of an object occurs twice. Of two arrays of records under one name, a
//! reader would take the second, and a subject of the first would be clear.

use serde_json::Value;

use crate::failure::{Failure, quoted};

/// Reads a document.
///
/// # Errors
///
/// [`Failure::NotJson`] if it is not JSON, or a key occurs twice.
pub fn parse(bytes: &[u8]) -> Result<Value, Failure> {
    // An error of serde_json says what it expected, and quotes nothing but keys.
    mustcheck::parse_value(bytes).map_err(|e| Failure::NotJson(quoted(&e.to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_stands_twice_is_refused() {
        let told = |json: &str| parse(json.as_bytes()).unwrap_err().to_string();
        assert_eq!(
            told(r#"{"a": [], "b": {"c": 1, "c": 2}}"#),
            "the answer is no JSON: key `c` stands twice at line 1 column 27"
        );
        assert_eq!(
            told("[1, 2"),
            "the answer is no JSON: EOF while parsing a list at line 1 column 5"
        );
        assert_eq!(told("{} {}"), "the answer is no JSON: trailing characters at line 1 column 4");
        let same = r#"{"a":[1,-1,1.5,null,true,"x"],"b":{}}"#;
        assert_eq!(parse(same.as_bytes()).unwrap().to_string(), same);
    }
}
