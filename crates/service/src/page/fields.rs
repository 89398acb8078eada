//! The fields of a form, in the order in which the browser sent them.

/// Names and values of the fields.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads `application/x-www-form-urlencoded`.
    pub(super) fn read(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    /// A field's value as it was typed; empty if it was not sent.
    pub(super) fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    /// A field's value without the spaces around it.
    pub(super) fn get(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// A value, or none if it is empty.
    pub(super) fn some(&self, name: &str) -> Option<String> {
        let value = self.get(name);
        (!value.is_empty()).then(|| value.to_owned())
    }

    /// Whether a box was ticked.
    pub(super) fn ticked(&self, name: &str) -> bool {
        !self.raw(name).is_empty()
    }

    /// Number of rows in a form whose fields are named `name[0].…`, `name[1].…`: the highest number
    /// plus one, but not more than `most`.
    pub(super) fn rows(&self, name: &str, most: usize) -> usize {
        let number = |field: &String| {
            let rest = field.strip_prefix(name)?.strip_prefix('[')?;
            rest.split_once(']')?.0.parse::<usize>().ok()
        };
        let highest = self.0.iter().filter_map(|(field, _)| number(field)).max();
        highest.map_or(0, |n| n.saturating_add(1)).min(most)
    }
}

/// The id of the element for a place such as `subjects[0].identifier`.
pub(super) fn id(place: &str) -> String {
    let mut id = String::with_capacity(place.len() + 2);
    for c in place.chars() {
        match c {
            '[' | '.' => id.push('-'),
            ']' => {}
            c => id.push(c),
        }
    }
    id
}

#[cfg(test)]
mod tests {
    use super::{Fields, id};

    #[test]
    fn rows_are_counted_by_their_highest_number_and_bounded() {
        let fields = Fields::read(b"subjects%5B0%5D.name=%E7%94%B2&subjects[2].name=+x+&other=1");
        assert_eq!(fields.rows("subjects", 10), 3);
        assert_eq!(fields.rows("materials", 10), 0);
        assert_eq!(fields.get("subjects[0].name"), "甲");
        assert_eq!((fields.raw("subjects[2].name"), fields.get("subjects[2].name")), (" x ", "x"));
        let hostile = Fields::read(b"subjects[18446744073709551615].name=x");
        assert_eq!(hostile.rows("subjects", 10), 10);
    }

    #[test]
    fn an_id_has_no_character_that_css_or_a_fragment_would_stumble_over() {
        assert_eq!(id("subjects[0].identifier"), "subjects-0-identifier");
    }
}
