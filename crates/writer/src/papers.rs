//! The papers of a check (RAIL R11): the officer's sheet (核查结果单), and for each person or firm that
//! is reached a notice (告知书) of their own.
//!
//! A check proposes, an office disposes; every paper says so. They are written when somebody asks for
//! them, in the language asked for, and follow from the check alone.

mod next;
mod notice;
mod open;
mod place;
mod records;
mod remedies;
mod sheet;

use super::document::{Block, Document, Papers};
use super::{Case, FoundRecord, safe};
use mustcheck_model::described::Described;
use mustcheck_model::identifier::shown;
use mustcheck_model::words::{Words, role_words};
use mustcheck_model::{
    AppliedMeasure, Decision, Disposition, Domain, Effect, Force, Language, Scheme, Subject,
    SubjectKind,
};

/// Writes the papers of a decided check. `receipt` is the number under which the check is on record,
/// if it is.
///
/// Each subject that a measure reaches gets a notice: of what restricts, of what is examined more
/// closely, and also of an incentive, whose conditions and days its holder has to know. There is
/// none where nothing applies, and none on a check that is not complete: nothing may be decided on
/// it.
// RAIL R11
pub fn papers(
    case: &Case<'_>,
    decision: &Decision,
    language: Language,
    receipt: Option<&str>,
) -> Papers {
    let paper = PaperInput { case, decision, found: case.found(), language, receipt };
    let is_decided =
        !matches!(decision.disposition, Disposition::Clear | Disposition::Undetermined);
    let subjects = (0..).zip(&case.application.subjects).filter(|_| is_decided);
    let reached = subjects.filter(|(at, _)| paper.measures_of(*at).next().is_some());
    let notices = reached.map(|(at, subject)| notice::notice(&paper, at, subject)).collect();
    Papers { sheet: sheet::sheet(&paper), notices }
}

/// Content of the papers: a check with its decision, and the language.
struct PaperInput<'a> {
    case: &'a Case<'a>,
    decision: &'a Decision,
    found: Vec<FoundRecord<'a>>,
    language: Language,
    receipt: Option<&'a str>,
}

impl<'a> PaperInput<'a> {
    const fn policy(&self) -> &'a Described {
        self.case.policy
    }

    fn subject(&self, at: u32) -> Option<&'a Subject> {
        self.case.application.subjects.get(usize::try_from(at).ok()?)
    }

    /// The measures that reach a subject.
    fn measures_of(&self, at: u32) -> impl Iterator<Item = &'a AppliedMeasure> {
        self.decision.measures.iter().filter(move |m| m.target.subject_index == at)
    }

    /// The record with an id that was found for a subject.
    fn record_of(&self, at: u32, id: &str) -> Option<&FoundRecord<'a>> {
        self.found.iter().find(|f| f.record.id == id && f.subject_index == at)
    }

    /// Returns one of two sentences, in the language of the paper.
    fn say(&self, zh: &'static str, en: &'static str) -> String {
        self.language.say(zh, en).to_owned()
    }

    /// Writes a text in the language of the paper; the text in the other language is not made.
    fn write(&self, zh: impl FnOnce() -> String, en: impl FnOnce() -> String) -> String {
        match self.language {
            Language::Zh => zh(),
            Language::En => en(),
        }
    }

    /// Name and code, or masked number, of a subject.
    // RAIL R13
    fn name_and_number(&self, subject: &Subject) -> String {
        let (name, number) = (safe(&subject.name), shown(subject.scheme, &subject.identifier));
        let scheme = self.language.words(scheme_words(subject.scheme));
        self.write(
            || format!("{name}（{scheme}：{number}）"),
            || format!("{name} ({scheme} {number})"),
        )
    }

    /// Role and name of a subject.
    fn role_and_name(&self, at: u32) -> String {
        let Some(subject) = self.subject(at) else { return String::new() };
        let (role, name) = (self.language.words(role_words(subject.role)), safe(&subject.name));
        self.write(|| format!("{role}{name}"), || format!("{role} {name}"))
    }

    /// The name of a list.
    fn list(&self, code: &str) -> String {
        let list = self.policy().list(code);
        list.map_or_else(String::new, |list| self.language.text(&list.name).to_owned())
    }

    /// Title, days and number: the head of every paper.
    fn head(&self, title: &str) -> Document {
        let Self { case, decision, language, .. } = self;
        let application = case.application;
        let mut document = Document::new(*language, title);
        // RAIL R14: its first line.
        if decision.is_backdated() {
            let made_on = language.day(decision.made_on);
            let as_of = language.day(decision.as_of);
            document.warning = Some(self.write(
                || {
                    format!(
                        "本次核查于{made_on}作出，以较早的{as_of}为基准日，不代表{made_on}的信用状况。"
                    )
                },
                || {
                    format!(
                        "This check was made on {made_on} as of the earlier day {as_of}; it does \
                         not show how things stand on {made_on}."
                    )
                },
            ));
        }
        document.field(("申请编号", "Case number"), safe(&application.id));
        let matter = self.policy().matter(&application.matter);
        let matter = matter.map_or("", |matter| language.text(&matter.name));
        document.field(("申请事项", "Matter"), matter);
        document
    }

    /// The lines of the seal.
    fn signature(&self) -> Vec<String> {
        let office = safe(&self.case.application.office.name);
        let seal = self.write(|| format!("{office}（盖章）"), || format!("{office} (seal)"));
        vec![seal, self.language.day(self.decision.made_on)]
    }

    /// Returns the words by which the deciding office calls itself: a tenderer or a bank is no
    /// authority.
    fn own_office(&self) -> Words {
        let domain = self.policy().matter(&self.decision.matter).map(|matter| matter.domain);
        match domain {
            Some(Domain::Tendering | Domain::Financing) => {
                Words { zh: "本单位", en: "this unit" }
            }
            _ => Words { zh: "本机关", en: "this office" },
        }
    }

    /// A paragraph.
    fn paragraph(&self, zh: &'static str, en: &'static str) -> Block {
        Block::Paragraph(self.say(zh, en))
    }
}

/// Whether a measure must be applied and refuses or limits what is applied for.
fn is_refusing(measure: &AppliedMeasure) -> bool {
    measure.effect == Effect::Restriction
        && measure.force == Force::Mandatory
        && !measure.kind.is_examination()
}

const fn scheme_words(scheme: Scheme) -> Words {
    match scheme {
        Scheme::Uscc => Words { zh: "统一社会信用代码", en: "unified social credit code" },
        Scheme::Lei => Words { zh: "全球法人识别编码", en: "LEI" },
        Scheme::ResidentId => Words { zh: "居民身份证号码", en: "resident number" },
        Scheme::Passport => Words { zh: "护照号码", en: "passport" },
    }
}

/// Returns the words by which a paper addresses a subject.
const fn you(kind: SubjectKind) -> Words {
    match kind {
        SubjectKind::Organization => Words { zh: "你单位", en: "your unit" },
        SubjectKind::Person => Words { zh: "你", en: "you" },
    }
}
