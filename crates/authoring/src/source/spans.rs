//! The tree of a file, as spans of bytes alone.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

/// One step from a table or an array to what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// A table's key.
    Key(&'a str),
    /// An array's element, from 0.
    Index(usize),
}

impl<'a> From<&'a str> for Step<'a> {
    fn from(key: &'a str) -> Self {
        Self::Key(key)
    }
}

impl From<usize> for Step<'_> {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// A value and its key, by the bytes that they take up.
#[derive(Clone, Debug, Default)]
pub struct Node {
    key: Option<Range<usize>>,
    value: Range<usize>,
    inside: NodeContent,
}

#[derive(Clone, Debug, Default)]
enum NodeContent {
    #[default]
    Nothing,
    Elements(Vec<Node>),
    Keys(BTreeMap<String, Node>),
}

impl Node {
    pub(super) fn of_table(table: &DeTable<'_>) -> Self {
        Self { key: None, value: 0..0, inside: keys(table) }
    }

    fn of(value: &toml::Spanned<DeValue<'_>>, key: Option<Range<usize>>) -> Self {
        let inside = match value.get_ref() {
            DeValue::Array(array) => {
                NodeContent::Elements(array.iter().map(|element| Self::of(element, None)).collect())
            }
            DeValue::Table(table) => keys(table),
            _ => NodeContent::Nothing,
        };
        Self { key, value: value.span(), inside }
    }

    /// Span of the key, or of the value of an element.
    pub fn head(&self) -> Range<usize> {
        self.key.clone().unwrap_or_else(|| self.value.clone())
    }

    /// Span of the value; for a table with a header, span of the header.
    pub fn value(&self) -> Range<usize> {
        self.value.clone()
    }

    /// Returns the node one step below, if there is one.
    pub fn get(&self, step: Step<'_>) -> Option<&Self> {
        match (&self.inside, step) {
            (NodeContent::Elements(elements), Step::Index(index)) => elements.get(index),
            (NodeContent::Keys(keys), Step::Key(key)) => keys.get(key),
            _ => None,
        }
    }

    /// Returns the node at the end of a path, or the last node along it.
    pub fn nearest(&self, path: &[Step<'_>]) -> &Self {
        let mut node = self;
        for step in path {
            match node.get(*step) {
                Some(next) => node = next,
                None => break,
            }
        }
        node
    }

    /// Number of elements of an array, or of keys of a table.
    pub fn len(&self) -> usize {
        match &self.inside {
            NodeContent::Nothing => 0,
            NodeContent::Elements(elements) => elements.len(),
            NodeContent::Keys(keys) => keys.len(),
        }
    }

    /// Whether the node has no elements and no keys.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn keys(table: &DeTable<'_>) -> NodeContent {
    let of = |(key, value): (&toml::Spanned<_>, &toml::Spanned<DeValue<'_>>)| {
        let name: &std::borrow::Cow<'_, str> = key.get_ref();
        (name.to_string(), Node::of(value, Some(key.span())))
    };
    NodeContent::Keys(table.iter().map(of).collect())
}
