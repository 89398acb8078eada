//! Patterns of identifiers, and the keys by which a database finds those that may fit a subject.

use std::fmt;

/// The longest pattern, in characters. No identifier is longer than twenty.
const LONGEST: usize = 64;

/// A pattern of identifiers: capitals and digits, `?` for one character that is not known, and at
/// most one `*` for any number of them. `*` alone fits everybody.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern(String);

/// The part of a pattern by which it is found: how many characters are known, and where. Patterns
/// of few shapes can be found by a key, however many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shape {
    /// The identifier itself.
    Whole,
    /// So many characters at the beginning and at the end of an identifier of a length; `None`
    /// is any length.
    Ends {
        /// Characters at the beginning.
        first: u8,
        /// Characters at the end.
        last: u8,
        /// Characters in all.
        length: Option<u8>,
    },
    /// So many characters from a position on, counted from 0, of an identifier of a length.
    Run {
        /// Position of the first.
        at: u8,
        /// Number of known characters.
        known: u8,
        /// Characters in all.
        length: u8,
    },
    /// Nothing is known: everybody.
    Everybody,
}

impl Pattern {
    /// The pattern that everybody fits.
    pub fn everybody() -> Self {
        Self("*".into())
    }

    /// The pattern that one identifier fits; `None` if the text can be no identifier.
    pub fn exact(identifier: &str) -> Option<Self> {
        let sound = |b: u8| b.is_ascii_digit() || b.is_ascii_uppercase();
        (!identifier.is_empty() && identifier.len() <= LONGEST && identifier.bytes().all(sound))
            .then(|| Self(identifier.to_owned()))
    }

    /// Reads a pattern; `None` if the text is none.
    pub fn read(text: &str) -> Option<Self> {
        let sound =
            |b: u8| b.is_ascii_digit() || b.is_ascii_uppercase() || matches!(b, b'?' | b'*');
        let stars = text.bytes().filter(|b| *b == b'*').count();
        let read =
            !text.is_empty() && text.len() <= LONGEST && stars <= 1 && text.bytes().all(sound);
        // What knows no character fits everybody.
        let known = text.bytes().any(|b| b.is_ascii_alphanumeric());
        read.then(|| if known { Self(text.to_owned()) } else { Self::everybody() })
    }

    /// The pattern as it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether everybody fits it.
    pub fn is_everybody(&self) -> bool {
        self.0 == "*"
    }

    /// Whether an identifier fits it.
    pub fn fits(&self, identifier: &str) -> bool {
        let same = |pattern: &str, text: &str| {
            pattern.len() == text.len()
                && pattern.bytes().zip(text.bytes()).all(|(p, t)| p == b'?' || p == t)
        };
        match self.0.split_once('*') {
            None => same(&self.0, identifier),
            Some((first, last)) => {
                let rest = identifier.len().checked_sub(last.len());
                let ends = rest.filter(|rest| *rest >= first.len());
                let parts = ends.and_then(|rest| {
                    Some((identifier.get(..first.len())?, identifier.get(rest..)?))
                });
                parts.is_some_and(|(head, tail)| same(first, head) && same(last, tail))
            }
        }
    }

    /// Whether an identifier of so many characters can fit it.
    pub fn may_be_of(&self, length: usize) -> bool {
        let known = self.0.len();
        if self.0.contains('*') { known <= length + 1 } else { known == length }
    }

    /// The shape by which it is found: of its ends and its longest run, whichever knows more.
    pub fn shape(&self) -> Shape {
        let known = |text: &str| text.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let known_last =
            |text: &str| text.bytes().rev().take_while(u8::is_ascii_alphanumeric).count();
        let short = |n: usize| u8::try_from(n).unwrap_or(u8::MAX);
        if let Some((head, tail)) = self.0.split_once('*') {
            let (first, last) = (short(known(head)), short(known_last(tail)));
            return if (first, last) == (0, 0) {
                Shape::Everybody
            } else {
                Shape::Ends { first, last, length: None }
            };
        }
        let length = self.0.len();
        let (first, last) = (known(&self.0), known_last(&self.0));
        if first == length {
            return Shape::Whole;
        }
        let (at, run) = longest_run(&self.0);
        if run > first + last {
            Shape::Run { at: short(at), known: short(run), length: short(length) }
        } else if run == 0 {
            Shape::Everybody
        } else {
            Shape::Ends { first: short(first), last: short(last), length: Some(short(length)) }
        }
    }

    /// The key under which a database keeps it.
    pub fn key(&self) -> String {
        // Of its own text: a `?` is only where the shape does not look.
        self.shape().key(&self.0.replace('*', "")).unwrap_or_else(|| "*".into())
    }
}

/// Finds the longest run of known characters: its position and its length.
fn longest_run(text: &str) -> (usize, usize) {
    let mut best = (0, 0);
    let mut begun = 0;
    for (i, byte) in text.bytes().chain(std::iter::once(b'?')).enumerate() {
        if byte.is_ascii_alphanumeric() {
            continue;
        }
        if i - begun > best.1 {
            best = (begun, i - begun);
        }
        begun = i + 1;
    }
    best
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Shape {
    /// The key of an identifier in this shape; `None` if no pattern of the shape can fit it.
    pub fn key(self, identifier: &str) -> Option<String> {
        Some(match self {
            Self::Whole => identifier.to_owned(),
            Self::Ends { first, last, length } => {
                let (head, tail) = (usize::from(first), usize::from(last));
                if length.is_some_and(|length| usize::from(length) != identifier.len()) {
                    return None;
                }
                let from = identifier.len().checked_sub(tail)?;
                let parts = (identifier.get(..head)?, identifier.get(from..)?);
                format!("{self}:{}{}", parts.0, parts.1)
            }
            Self::Run { at, known, length } => {
                if usize::from(length) != identifier.len() {
                    return None;
                }
                let at = usize::from(at);
                format!("{self}:{}", identifier.get(at..at + usize::from(known))?)
            }
            Self::Everybody => "*".into(),
        })
    }
}

/// Writes the prefix of a key; `=` is the identifier itself.
impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Whole => f.write_str("="),
            Self::Ends { first, last, length: None } => write!(f, "e{first}.{last}"),
            Self::Ends { first, last, length: Some(length) } => {
                write!(f, "e{first}.{last}.{length}")
            }
            Self::Run { at, known, length } => write!(f, "r{at}.{known}.{length}"),
            Self::Everybody => f.write_str("*"),
        }
    }
}

impl std::str::FromStr for Shape {
    type Err = ();

    /// Reads what [`Display`](fmt::Display) writes.
    fn from_str(text: &str) -> Result<Self, ()> {
        let numbers = |rest: &str| -> Result<Vec<u8>, ()> {
            rest.split('.').map(|n| n.parse().map_err(|_| ())).collect()
        };
        if let Some(rest) = text.strip_prefix('e') {
            return match numbers(rest)?.as_slice() {
                [first, last] => Ok(Self::Ends { first: *first, last: *last, length: None }),
                [first, last, length] => {
                    Ok(Self::Ends { first: *first, last: *last, length: Some(*length) })
                }
                _ => Err(()),
            };
        }
        if let Some(rest) = text.strip_prefix('r') {
            return match numbers(rest)?.as_slice() {
                [at, known, length] => Ok(Self::Run { at: *at, known: *known, length: *length }),
                _ => Err(()),
            };
        }
        match text {
            "=" => Ok(Self::Whole),
            "*" => Ok(Self::Everybody),
            _ => Err(()),
        }
    }
}
