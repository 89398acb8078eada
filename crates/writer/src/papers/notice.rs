//! The notice (告知书) of one person or firm: to them, about them alone, to act on.

use super::records::PaperReader;
use super::{PaperInput, you};
use crate::document::{Block, Document, Notice};
use crate::safe;
use mustcheck_model::words::role_words;
use mustcheck_model::{Effect, Material, ObligationKind, Role, Subject};

/// Writes the notice of a subject.
pub(super) fn notice(paper: &PaperInput<'_>, at: u32, subject: &Subject) -> Notice {
    let language = paper.language;
    let mut document = paper.head(language.say("信用核查告知书", "Credit check notice"));
    document.field(("核查日期", "Checked on"), language.day(paper.decision.made_on));
    if let Some(receipt) = paper.receipt {
        document.field(("核查回执编号", "Receipt"), receipt);
    }
    document.addressee = Some(paper.name_and_number(subject));
    document.opening(vec![Block::Paragraph(opening(paper, subject))]);
    let what = language.say("事实、依据和措施", "Facts, bases and effects");
    document.section(what, paper.applied(at, PaperReader::Concerned));
    document.section(language.say("需要办理的事项", "What is to be done"), duties(paper, at));
    let restricts = paper.measures_of(at).any(|m| m.effect == Effect::Restriction);
    if restricts {
        let rights = language.say("权利和救济途径", "Rights and remedies");
        document.section(rights, paper.remedies(at, subject));
    }
    contact(paper, &mut document, restricts);
    document.signature = paper.signature();
    let addressee = safe(&subject.name).into_owned();
    Notice { subject: at, role: subject.role, addressee, document }
}

/// Writes which application it is, and the role of the addressee in it. Nobody else is named but
/// the firm that a person stands behind.
fn opening(paper: &PaperInput<'_>, subject: &Subject) -> String {
    let you = paper.language.words(you(subject.kind));
    let own = paper.language.words(paper.own_office());
    let role = paper.language.words(role_words(subject.role));
    let application = paper.case.application;
    let firm = subject.role.stands_behind().then(|| {
        let firm = subject.of.and_then(|of| paper.subject(of));
        firm.or_else(|| application.subjects.iter().find(|s| s.role == Role::Applicant))
    });
    let firm = firm.flatten().map(|firm| safe(&firm.name).into_owned());
    let as_of = paper.language.day(paper.decision.as_of);
    paper.write(
        || {
            let of = firm.as_ref().map_or_else(String::new, |firm| format!("{firm}的"));
            format!(
                "{you}在上述申请中为{of}{role}。{own}依法查询了{you}截至{as_of}的信用记录，现将查明的\
                 事实、依据、措施和{you}依法享有的权利告知如下。"
            )
        },
        || {
            let of = firm.as_ref().map_or_else(String::new, |firm| format!(" of {firm}"));
            let are = if subject.kind == mustcheck_model::SubjectKind::Person { "are" } else { "is" };
            format!(
                "In this application, {you} {are} {role}{of}. As the law asks, {own} looked up the \
                 credit records as of {as_of}; what was found, on which basis, with what effect, \
                 and what can be done about it is told below."
            )
        },
    )
}

/// Writes what the addressee has to do, and by when.
fn duties(paper: &PaperInput<'_>, at: u32) -> Vec<Block> {
    use mustcheck_model::MeasureKind::IncompleteMaterialsTolerated;
    let tolerated = paper.measures_of(at).any(|m| m.kind == IncompleteMaterialsTolerated);
    let due = paper
        .decision
        .obligations
        .iter()
        .find(|o| o.kind == ObligationKind::CompleteMaterials && tolerated);
    let Some(due) = due else { return Vec::new() };
    let missing = missing(&paper.case.application.materials, paper.language.say("、", ", "));
    let office = safe(&paper.case.application.office.name);
    let by = due.due_on.map(|day| paper.language.day(day));
    let note = paper.language.text(&due.note);
    vec![Block::Item(
        paper.write(
            || {
                let by = by.as_ref().map_or_else(
                    || "在承诺的期限内".to_owned(),
                    |day| format!("于{day}前（含当日）"),
                );
                format!("请{by}向{office}补齐下列材料：{missing}。")
            },
            || {
                let by = by.as_ref().map_or_else(
                    || "within the time of the commitment".to_owned(),
                    |day| format!("by {day}"),
                );
                format!("Hand in to {office} {by}: {missing}.")
            },
        ),
        vec![note.to_owned()],
    )]
}

/// Names the materials that were not handed in.
fn missing(materials: &[Material], between: &str) -> String {
    let missing = materials.iter().filter(|material| !material.provided);
    missing.map(|m| safe(&m.name).into_owned()).collect::<Vec<_>>().join(between)
}

/// Adds the section on whom to ask, and on what the paper is.
fn contact(paper: &PaperInput<'_>, document: &mut Document, restricts: bool) {
    let office = &paper.case.application.office;
    let (language, name) = (paper.language, safe(&office.name));
    let mut blocks = Vec::new();
    if restricts {
        blocks.push(Block::Paragraph(paper.write(
            || format!("对本告知书有疑问、提出异议或者陈述意见的，请与{name}联系。"),
            || format!("Questions, objections and statements go to {name}."),
        )));
    } else {
        blocks.push(Block::Paragraph(paper.write(
            || format!("对本告知书有疑问的，请与{name}联系。"),
            || format!("Questions go to {name}."),
        )));
    }
    for (zh, en, given) in
        [("地址", "Address", &office.address), ("电话", "Telephone", &office.telephone)]
    {
        let label = language.say(zh, en);
        blocks.push(match given {
            Some(given) => {
                let given = safe(given);
                Block::Paragraph(
                    paper.write(|| format!("{label}：{given}"), || format!("{label}: {given}")),
                )
            }
            // What is not known is written in by hand.
            None => Block::Blank(label.to_owned()),
        });
    }
    blocks.push(Block::Paragraph(paper.write(
        || format!("本告知书列明查询所得及其依据，不是行政决定；由{name}依法决定。"),
        || {
            format!(
                "This notice states what was found and on which basis. It is no administrative \
                 decision; {name} decides according to law."
            )
        },
    )));
    document.section(language.say("联系方式", "Contact"), blocks);
}
