//! The officer's sheet (核查结果单): what was looked up, what applies and on which article, what is open
//! and whom to ask, what the office has to do and by when, and what to do next.

use mustcheck_model::{ObligationKind, Role, SetAside};

use super::PaperInput;
use super::records::PaperReader;
use crate::document::{Block, Document, Writing as _};
use crate::safe;
use crate::words::{disposition_words, kind_words, obligation_words, rule_words};

/// Writes the sheet of a check.
pub(super) fn sheet(paper: &PaperInput<'_>) -> Document {
    let language = paper.language;
    let mut sheet = paper.head(language.say("信用信息核查结果单", "Credit check result sheet"));
    head(paper, &mut sheet);
    sheet.section(language.say("核查结论", "Finding"), finding(paper));
    sheet.section(language.say("尚未取得结果的查询", "Lookups that are open"), paper.open());
    sheet.section(language.say("适用的措施", "What applies"), measures(paper));
    sheet.section(language.say("提示性名单上的记录", "Records on watch lists"), watched(paper));
    let aside = language.say("不适用的记录和措施及理由", "What does not apply, and why");
    sheet.section(aside, set_aside(paper));
    let own = paper.own_office().zh;
    let later = paper.write(|| format!("{own}后续事项"), || "Due later".into());
    sheet.section(&later, obligations(paper));
    let place = &paper.policy().description().place;
    let local = paper.write(
        || format!("本地规定（{}）", place.name.zh),
        || format!("Rules of the place ({})", place.name.en),
    );
    sheet.section(&local, paper.place());
    sheet.section(language.say("查询情况", "What was looked up"), paper.lookups());
    let office = safe(&paper.case.application.office.name);
    let what = Block::Paragraph(paper.write(
        || {
            format!(
                "本结果单供经办人使用，列明查询所得及其依据，不是行政决定；由{office}依法决定。"
            )
        },
        || {
            format!(
                "This sheet is for the officer. It states what was found and on which basis, and \
                 is no administrative decision; {office} decides according to law."
            )
        },
    ));
    sheet.section(language.say("说明", "Note"), vec![what]);
    sheet.signature = paper.signature();
    sheet
}

fn head(paper: &PaperInput<'_>, sheet: &mut Document) {
    let (language, decision) = (paper.language, paper.decision);
    let application = paper.case.application;
    let applicants = application.subjects.iter().filter(|s| s.role == Role::Applicant);
    for applicant in applicants {
        sheet.field(("申请人", "Applicant"), paper.name_and_number(applicant));
    }
    sheet.field(("基准日", "As of"), language.day(decision.as_of));
    sheet.field(("核查日期", "Checked on"), language.day(decision.made_on));
    sheet.field(("决定机关", "Deciding office"), safe(&application.office.name));
    let edition = &paper.policy().description().edition_name;
    sheet.field(("依据的清单", "Rules"), language.text(edition));
    if let Some(receipt) = paper.receipt {
        sheet.field(("核查回执编号", "Receipt"), receipt);
    }
}

fn finding(paper: &PaperInput<'_>) -> Vec<Block> {
    let (language, decision) = (paper.language, paper.decision);
    let finding = language.words(disposition_words(decision.disposition));
    let rule = language.words(rule_words(decision.disposition_rule));
    let mut blocks = vec![
        Block::Strong(
            paper.write(|| format!("{finding}：{rule}。"), || format!("{finding}: {rule}.")),
        ),
        Block::Strong({
            let next = paper.next();
            paper.write(|| format!("下一步：{next}"), || format!("Next: {next}"))
        }),
    ];
    blocks.extend(paper.beyond().map(Block::Paragraph));
    blocks
}

/// Lists the measures that apply, subject by subject.
fn measures(paper: &PaperInput<'_>) -> Vec<Block> {
    if paper.decision.measures.is_empty() {
        let is_open = paper.unanswered().next().is_some();
        return vec![match is_open {
            true => paper
                .paragraph("查询未完成，尚不能确定。", "Not known yet: the check is not complete."),
            false => paper.paragraph("无。", "None."),
        }];
    }
    let mut blocks = Vec::new();
    for (at, subject) in (0..).zip(&paper.case.application.subjects) {
        let applied = paper.applied(at, PaperReader::Officer);
        if !applied.is_empty() {
            let role = paper.language.words(crate::role_words(subject.role));
            let who = paper.name_and_number(subject);
            let who = paper.write(|| format!("{role}：{who}"), || format!("{role}: {who}"));
            blocks.push(Block::Strong(who));
            blocks.extend(applied);
        }
    }
    blocks
}

/// Lists the records in force on a watch list: no measure rests on them, so they have a section of
/// their own.
fn watched(paper: &PaperInput<'_>) -> Vec<Block> {
    let watched = paper.found.iter().filter(|found| found.is_watched(paper.case.verdict));
    let told = watched.map(|found| {
        let who = paper.role_and_name(found.subject_index);
        let (id, list) = (safe(&found.record.id), paper.language.text(&found.list.name));
        let from = paper.language.day(found.record.valid_from);
        Block::point(paper.write(
            || format!("{who}：{list}，记录“{id}”，自{from}起"),
            || format!("{who}: {list}, record {id}, from {from}"),
        ))
    });
    told.collect()
}

fn set_aside(paper: &PaperInput<'_>) -> Vec<Block> {
    paper.decision.set_aside.iter().map(|entry| aside(paper, entry)).collect()
}

fn aside(paper: &PaperInput<'_>, entry: &SetAside) -> Block {
    let language = paper.language;
    let mut what = vec![paper.role_and_name(entry.target.subject_index)];
    if let Some(id) = &entry.record {
        let finding = paper.decision.records.iter().find(|f| f.record == *id);
        let list = finding.map_or_else(String::new, |finding| paper.list(&finding.list));
        let id = safe(id);
        what.push(paper.write(|| format!("{list}记录“{id}”"), || format!("{list}, record {id}")));
    }
    if let Some(known) = entry.measure.as_ref().and_then(|id| paper.policy().measure(id)) {
        let kind = language.words(kind_words(known.kind));
        let cited = known.legal_basis.first().map(|basis| language.cite(paper.policy(), basis));
        let cited = cited.unwrap_or_default();
        what.push(paper.write(|| format!("{kind}（{cited}）"), || format!("{kind} ({cited})")));
    }
    let what = what.join(language.say("，", ", "));
    let why = plain(paper, language.text(&entry.text));
    let cited = language.cite_all(paper.policy(), &entry.legal_basis);
    Block::Item(
        paper.write(|| format!("{what}：{why}"), || format!("{what}: {why}")),
        vec![paper.write(|| format!("依据：{cited}"), || format!("Basis: {cited}"))],
    )
}

/// Writes the reason with the name of each list, where a decision has its code.
fn plain(paper: &PaperInput<'_>, text: &str) -> String {
    let mut plain = text.to_owned();
    for list in &paper.policy().description().lists {
        let code = format!("`{}`", list.code);
        if plain.contains(&code) {
            plain = plain.replace(&code, paper.language.text(&list.name));
        }
    }
    safe(&plain).into_owned()
}

/// Lists the obligations of the office. Those of the applicant are also in the applicant's notice.
fn obligations(paper: &PaperInput<'_>) -> Vec<Block> {
    let told = paper.decision.obligations.iter().map(|obligation| {
        let kind = paper.language.words(obligation_words(obligation.kind));
        let to = safe(paper.language.text(&obligation.to)).into_owned();
        let to = match obligation.kind {
            ObligationKind::CompleteMaterials => paper.say("申请人", "the applicant"),
            _ => to,
        };
        let day = obligation.due_on.map(|day| paper.language.day(day));
        let note = paper.language.text(&obligation.note).to_owned();
        let cited = paper.language.cite_all(paper.policy(), &obligation.legal_basis);
        let text = paper.write(
            || {
                let day = day.as_ref().map(|day| format!("，应当于{day}前（含当日）"));
                format!("{kind}：{to}{}。", day.unwrap_or_default())
            },
            || {
                let day = day.as_ref().map(|day| format!(", by {day}"));
                format!("{kind}: {to}{}.", day.unwrap_or_default())
            },
        );
        let basis = paper.write(|| format!("依据：{cited}"), || format!("Basis: {cited}"));
        Block::Item(text, vec![note, basis])
    });
    told.collect()
}
