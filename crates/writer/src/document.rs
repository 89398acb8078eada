//! A paper before it is text or a page: its content, in order, in one language.

use mustcheck_model::described::Described;
use mustcheck_model::{Language, LegalBasis, Role};

use super::citation::{CiteEn, CiteZh, Numeral};

/// The papers of one check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Papers {
    /// The officer's sheet (核查结果单).
    pub sheet: Document,
    /// A notice (告知书) for each subject that is reached, in the order of the application's
    /// subjects.
    pub notices: Vec<Notice>,
}

/// The notice of one person or firm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Position in the application's subjects, from 0.
    pub subject: u32,
    /// Its role.
    pub role: Role,
    /// Its name.
    pub addressee: String,
    /// The notice.
    pub document: Document,
}

/// A paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Its language.
    pub language: Language,
    /// Warning that has to be read before anything else.
    pub warning: Option<String>,
    /// Its title.
    pub title: String,
    /// Lines of its head, on what it is about.
    pub fields: Vec<Field>,
    /// Name and number of the addressee.
    pub addressee: Option<String>,
    /// Its sections; the first section of a notice has no heading.
    pub sections: Vec<Section>,
    /// Lines of the signature: the office, and the day.
    pub signature: Vec<String>,
}

/// A line of a paper's head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Label of the line.
    pub label: String,
    /// Value of the line.
    pub value: String,
}

/// A part of a paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its heading, with its number.
    pub heading: Option<String>,
    /// Its content, in order.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A paragraph.
    Paragraph(String),
    /// A paragraph that nobody should miss.
    Strong(String),
    /// A point, with what belongs to it.
    Item(String, Vec<String>),
    /// A line to be filled in by hand, with its label.
    Blank(String),
    /// Rows under a head.
    Table(Vec<String>, Vec<Vec<String>>),
}

impl Papers {
    /// Every paper, with the position of its addressee in the application's subjects: first the
    /// officer's sheet, which is addressed to none of them.
    pub fn pages(&self) -> impl Iterator<Item = (Option<u32>, &Document)> {
        let notices = self.notices.iter().map(|notice| (Some(notice.subject), &notice.document));
        std::iter::once((None, &self.sheet)).chain(notices)
    }
}

/// Parts of papers as each language writes them.
pub(super) trait Writing: Sized {
    /// The number of a section.
    fn section(self, number: u16) -> String;

    /// The number of a point.
    fn point(self, number: u16) -> String;

    /// Cites a legal basis.
    fn cite(self, policy: &Described, basis: &LegalBasis) -> String;

    /// Cites legal bases, each once. The title of an instrument is given once for articles of it
    /// that follow each other.
    fn cite_all(self, policy: &Described, bases: &[LegalBasis]) -> String;
}

impl Writing for Language {
    fn section(self, number: u16) -> String {
        match self {
            Self::Zh => format!("{}、", Numeral::Number(number)),
            Self::En => format!("{number}. "),
        }
    }

    fn point(self, number: u16) -> String {
        match self {
            Self::Zh => format!("（{}）", Numeral::Number(number)),
            Self::En => format!("({number}) "),
        }
    }

    fn cite(self, policy: &Described, basis: &LegalBasis) -> String {
        match self {
            Self::Zh => CiteZh(policy, basis).to_string(),
            Self::En => CiteEn(policy, basis).to_string(),
        }
    }

    fn cite_all(self, policy: &Described, bases: &[LegalBasis]) -> String {
        let mut told: Vec<String> = Vec::with_capacity(bases.len());
        let (mut all, mut last) = (String::new(), None);
        for basis in bases {
            let one = self.cite(policy, basis);
            if told.contains(&one) {
                continue;
            }
            let title = policy.instrument(&basis.instrument).map(|i| self.text(&i.title));
            let title = title.unwrap_or(&basis.instrument);
            let title = match self {
                Self::Zh => format!("《{title}》"),
                Self::En => format!("{title}, "),
            };
            let article = one.strip_prefix(&title).filter(|_| last == Some(&basis.instrument));
            match article {
                Some(article) => {
                    all.push_str(self.say("、", ", "));
                    all.push_str(article);
                }
                None => {
                    all.push_str(if all.is_empty() { "" } else { self.say("；", "; ") });
                    all.push_str(&one);
                }
            }
            last = Some(&basis.instrument);
            told.push(one);
        }
        all
    }
}

impl Block {
    /// A point without anything that belongs to it.
    pub(super) fn point(text: impl Into<String>) -> Self {
        Self::Item(text.into(), Vec::new())
    }
}

impl Document {
    /// A paper with its title, and nothing on it.
    pub(super) fn new(language: Language, title: &str) -> Self {
        Self {
            language,
            warning: None,
            title: title.to_owned(),
            fields: Vec::new(),
            addressee: None,
            sections: Vec::new(),
            signature: Vec::new(),
        }
    }

    /// Adds a line to the head.
    pub(super) fn field(&mut self, label: (&'static str, &'static str), value: impl Into<String>) {
        let label = self.language.say(label.0, label.1).to_owned();
        self.fields.push(Field { label, value: value.into() });
    }

    /// Adds the part before the first heading.
    pub(super) fn opening(&mut self, blocks: Vec<Block>) {
        self.sections.push(Section { heading: None, blocks });
    }

    /// Adds a section with the next number, unless it is empty.
    pub(super) fn section(&mut self, heading: &str, blocks: Vec<Block>) {
        if blocks.is_empty() {
            return;
        }
        let before = self.sections.iter().filter(|section| section.heading.is_some()).count();
        let number = u16::try_from(before + 1).unwrap_or(u16::MAX);
        let heading = Some(format!("{}{heading}", self.language.section(number)));
        self.sections.push(Section { heading, blocks });
    }
}
