//! The text of an instrument, read once and cut into its articles.

use std::collections::BTreeMap;

use mustcheck_model::LegalBasis;
use mustcheck_model::text::numeral_of;
use mustcheck_rules::clause::OPINIONS;

/// An instrument's text by article, each without its line ends, since a clause may be quoted over a
/// paragraph break, which the text prints as an empty line.
#[derive(Clone, Debug)]
pub struct LawText {
    articles: BTreeMap<u16, String>,
    /// Text before the first article, without its line ends.
    head: String,
}

/// Departure of a basis from the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Departure {
    /// The text has no such article.
    NoSuchArticle,
    /// The words are in another article.
    OtherArticle(u16),
    /// The words are nowhere in the text as they are quoted.
    NotVerbatim(Difference),
}

/// The first characters that differ from the nearest words of the article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Number of characters of the clause that agree before them.
    pub agree: usize,
    /// The clause from there on, at most 12 characters.
    pub quoted: String,
    /// The article from there on, at most 12 characters; `None` if nothing in it comes near.
    pub printed: Option<String>,
}

/// Number of characters shown from the first difference on.
const SHOWN: usize = 12;
/// Number of shared characters that make two passages near to each other.
const NEAR: usize = 4;

impl LawText {
    /// Cuts a text into its articles. The Opinions number them (一), (二); every other instrument
    /// 第一条, 第二条.
    pub fn new(instrument: &str, text: &str) -> Self {
        let mut articles: BTreeMap<u16, String> = BTreeMap::new();
        let (mut head, mut current) = (String::new(), 0);
        for line in text.split('\n').map(str::trim) {
            let number = heading(instrument, line);
            let number = number.filter(|number| follows(instrument, current, *number));
            current = number.unwrap_or(current);
            match current {
                0 => head.push_str(line),
                _ => articles.entry(current).or_default().push_str(line),
            }
        }
        Self { articles, head }
    }

    /// Returns the text of an article without its line ends.
    pub fn article(&self, number: &str) -> Option<&str> {
        self.articles.get(&number.parse().ok()?).map(String::as_str)
    }

    /// Returns the text before the first article, without its line ends.
    pub fn head(&self) -> &str {
        &self.head
    }

    /// Returns the departure of a basis from the text, if there is one.
    pub fn departure(&self, basis: &LegalBasis) -> Option<Departure> {
        let clause = flat(&basis.clause);
        let article = self.article(&basis.article);
        if article.is_some_and(|article| article.contains(&clause)) {
            return None;
        }
        let mut others = self.articles.iter().filter(|(_, text)| text.contains(&clause));
        if let Some((number, _)) = others.next() {
            return Some(Departure::OtherArticle(*number));
        }
        let Some(article) = article else { return Some(Departure::NoSuchArticle) };
        Some(Departure::NotVerbatim(difference(article, &clause)))
    }
}

/// Removes the line ends that a clause may be written with.
fn flat(clause: &str) -> String {
    clause.split('\n').map(str::trim).collect()
}

/// Whether a heading continues the numbers of the articles. The Opinions are whole; of every other
/// text only the articles that are relied on are kept, so any number may be left out.
fn follows(instrument: &str, last: u16, number: u16) -> bool {
    number > last && (instrument != OPINIONS || last == 0 || number == last + 1)
}

/// Reads the number of the article that a line begins, if it begins one. A line that only refers to
/// another article goes on without a blank after the number.
fn heading(instrument: &str, line: &str) -> Option<u16> {
    let opinions = instrument == OPINIONS;
    let (open, close) = if opinions { ("(", ')') } else { ("第", '条') };
    let (numeral, rest) = line.strip_prefix(open)?.split_once(close)?;
    if !opinions && !rest.starts_with(char::is_whitespace) {
        return None;
    }
    numeral_of(numeral)
}

/// Finds the first departure of a clause from the nearest words of an article: those after the
/// longest beginning of the clause that the article has, or, failing that, those before the longest
/// end.
fn difference(article: &str, clause: &str) -> Difference {
    let bounds: Vec<usize> =
        clause.char_indices().map(|(at, _)| at).chain([clause.len()]).collect();
    let head = |count: usize| bounds.get(count).and_then(|end| clause.get(..*end)).unwrap_or("");
    // If a beginning is in the article, so is every shorter one.
    let agree = longest(bounds.len() - 1, |count| article.contains(head(count)));
    let rest: String = clause.chars().skip(agree).take(SHOWN).collect();
    if agree >= NEAR {
        let from = article.find(head(agree)).map_or(article.len(), |at| at + head(agree).len());
        let printed = article.get(from..).unwrap_or_default().chars().take(SHOWN).collect();
        return Difference { agree, quoted: rest, printed: Some(printed) };
    }
    let tail = |count: usize| {
        let from = (bounds.len() - 1).checked_sub(count).and_then(|at| bounds.get(at));
        from.and_then(|from| clause.get(*from..)).unwrap_or("")
    };
    let ending = longest(bounds.len() - 1, |count| article.contains(tail(count)));
    if ending < NEAR {
        let quoted = clause.chars().take(SHOWN).collect();
        return Difference { agree: 0, quoted, printed: None };
    }
    // As many characters before the common end as the clause has there.
    let before = article.find(tail(ending)).and_then(|at| article.get(..at)).unwrap_or_default();
    let length = bounds.len() - 1 - ending;
    let quoted = clause.chars().take(length.min(SHOWN)).collect();
    let skip = before.chars().count().saturating_sub(length);
    let printed = before.chars().skip(skip).take(SHOWN).collect();
    Difference { agree: 0, quoted, printed: Some(printed) }
}

/// Largest count up to `most` for which a condition holds that holds for every smaller one.
fn longest(most: usize, holds: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, most);
    while low < high {
        let middle = (low + high).div_ceil(2);
        if holds(middle) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    low
}
