//! The notice: facts, basis, measures, terms and remedies, in Chinese and English (RAIL R11).
//!
//! It is written for the office that decides, and says so: a check proposes, an office disposes.

mod citation;
mod words;

pub use citation::{cite_en, cite_zh, numeral};
pub use words::{
    disposition_words, exception, other_penalty, reason, role_words, rule_words, safe, status_words,
};

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::catalogue::{Catalogue, holds};
use crate::model::{
    AnswerStatus, Application, AppliedMeasure, Decision, Disposition, Effect, Force, LegalBasis,
    Polarity, Role, SubjectKind, Target, Text,
};
use crate::reach::Hit;

/// Both languages, grown line by line.
struct Page<'a> {
    catalogue: &'a Catalogue,
    application: &'a Application,
    text: Text,
    sections: usize,
}

/// The notice of a decision whose other fields are complete.
pub fn notice(
    catalogue: &Catalogue,
    application: &Application,
    decision: &Decision,
    hits: &[Hit<'_>],
) -> Text {
    let mut page = Page { catalogue, application, text: Text::default(), sections: 0 };
    page.head(decision);
    page.lookups(decision);
    page.measures(decision, hits);
    page.watch(hits);
    page.set_aside(decision);
    page.obligations(decision);
    page.remedies(decision);
    page.text
}

impl Page<'_> {
    fn line(&mut self, zh: &str, en: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.text.zh, "{zh}");
        let _ = writeln!(self.text.en, "{en}");
    }

    /// A numbered heading: 一、 and 1.
    fn section(&mut self, zh: &str, en: &str) {
        self.sections += 1;
        let number = self.sections.to_string();
        self.line(&format!("{}、{zh}", numeral(&number)), &format!("{number}. {en}"));
    }

    fn head(&mut self, decision: &Decision) {
        let application = self.application;
        let name = self.catalogue.matter(&application.matter).map(|m| m.name.clone());
        let matter = name.unwrap_or_default();
        let (id, office) = (safe(&application.id), safe(&application.office.name));
        let as_of = application.as_of;
        self.line(
            &format!(
                "信用核查告知　申请：{id}　事项：{}　基准日：{as_of}　决定机关：{office}",
                matter.zh
            ),
            &format!(
                "Credit check notice · application {id} · matter: {} · as of {as_of} · deciding \
                 office: {office}",
                matter.en
            ),
        );
        let finding = disposition_words(decision.disposition);
        let rule = rule_words(decision.disposition_rule);
        self.line(
            &format!("核查意见：{}。理由：{}。", finding.zh, rule.zh),
            &format!("Finding: {}. Why: {}.", finding.en, rule.en),
        );
        let mut refusing = decision.measures.iter().filter(|m| {
            m.effect == Effect::Restriction
                && m.force == Force::Mandatory
                && !m.kind.is_examination()
        });
        let itself =
            |role: Role| matches!(role, Role::Applicant | Role::ConsortiumMember | Role::Guarantor);
        if decision.disposition == Disposition::Restricted
            && refusing.all(|m| !itself(m.target.role))
        {
            self.line(
                "限制仅及于所列人员；是否影响申请人，由决定机关依法判断。",
                "The restriction reaches the person named; what it means for the applicant is for \
                 the office.",
            );
        }
    }

    fn lookups(&mut self, decision: &Decision) {
        // A list that several sources hold is one lookup; it is made when all have answered.
        let mut due: BTreeMap<(u32, &str), bool> = BTreeMap::new();
        for lookup in decision.lookups.iter().filter(|l| l.due) {
            let made = due.entry((lookup.subject_index, &lookup.list)).or_insert(true);
            *made &= lookup.status == AnswerStatus::Answered;
        }
        let (all, made) = (due.len(), due.values().filter(|made| **made).count());
        self.section(
            &format!("查询：应查{all}项，获得结果{made}项。"),
            &format!("Lookups: {all} due, {made} answered."),
        );
        let open = decision.lookups.iter().filter(|l| l.due && l.status != AnswerStatus::Answered);
        for lookup in open {
            let list = self.catalogue.list(&lookup.list).map(|l| l.name.clone());
            let list = list.unwrap_or_default();
            let (role, status) = (role_words(lookup.role), status_words(lookup.status));
            let stale = (lookup.status == AnswerStatus::Stale && lookup.records > 0)
                .then_some(lookup.records);
            let zh =
                stale.map(|n| format!("，其旧数据中有{n}条记录，不作为依据")).unwrap_or_default();
            let en = stale
                .map(|n| format!("; its old snapshot shows {n} record(s), not relied on"))
                .unwrap_or_default();
            self.line(
                &format!("　· {}{}，{}：{}{zh}", role.zh, lookup.subject, list.zh, status.zh),
                &format!("   - {} {}, {}: {}{en}", role.en, lookup.subject, list.en, status.en),
            );
        }
    }

    fn measures(&mut self, decision: &Decision, hits: &[Hit<'_>]) {
        let none = decision.measures.is_empty();
        self.section(
            if none { "适用的措施：无。" } else { "适用的措施：" },
            if none { "Measures that apply: none." } else { "Measures that apply:" },
        );
        for measure in &decision.measures {
            let who = self.who(&measure.target);
            self.line(
                &format!("　· {}：{}", who.zh, measure.text.zh),
                &format!("   - {}: {}", who.en, measure.text.en),
            );
            for id in &measure.because {
                self.fact(id, measure, hits);
            }
            self.bases(&measure.legal_basis);
            match measure.until {
                Some(day) => {
                    self.line(&format!("　　期限至：{day}"), &format!("     Until: {day}"))
                }
                None if measure.because.is_empty() => self.line(
                    "　　事实：连续三年未查得不良信用记录",
                    "     Fact: no adverse record was found for three successive years",
                ),
                None => self.line("　　期限：记录未载明终止日", "     Until: no end on record"),
            }
            for cut in &measure.cut {
                let recorded = cut.recorded_until.map(|d| d.to_string());
                let zh = recorded.clone().unwrap_or_else(|| "无终止日".into());
                let en = recorded.unwrap_or_else(|| "no end".into());
                let (day, id) = (cut.allowed_until, safe(&cut.record));
                self.line(
                    &format!("　　记录“{id}”所载期限（{zh}）超过最长期限，按{day}截止"),
                    &format!(
                        "     The term of record `{id}` ({en}) is longer than is allowed; cut to {day}"
                    ),
                );
            }
        }
    }

    /// Records in force on a watch list: no measure speaks of them, so they stand by themselves.
    fn watch(&mut self, hits: &[Hit<'_>]) {
        let watched = |h: &&Hit<'_>| h.list.polarity == Polarity::Watch && h.counts();
        if !hits.iter().any(|h| watched(&h)) {
            return;
        }
        self.section("提示性名单上的记录：", "Records on a watch list:");
        for hit in hits.iter().filter(watched) {
            let index = hit.subject_index;
            let who = self.who(&crate::lookups::target(hit.subject, index));
            let (id, from) = (safe(&hit.record.id), hit.record.valid_from);
            let list = &hit.list.name;
            self.line(
                &format!("　· {}：{}，记录“{id}”，自{from}起", who.zh, list.zh),
                &format!("   - {}: {}, record `{id}`, from {from}", who.en, list.en),
            );
        }
    }

    /// The facts of one record: list, authority, document, dates.
    fn fact(&mut self, id: &str, measure: &AppliedMeasure, hits: &[Hit<'_>]) {
        let index = usize::try_from(measure.target.subject_index).unwrap_or(usize::MAX);
        let hit = hits.iter().find(|h| h.record.id == id && h.subject_index == index);
        let Some(hit) = hit else { return };
        let record = hit.finding(self.application.as_of);
        let given = |value: &Option<String>, none: &str| {
            value.as_deref().map_or_else(|| none.to_owned(), safe)
        };
        let (from, id) = (record.valid_from, safe(&record.record));
        let until = record.valid_until.map(|d| d.to_string());
        let named = hit.named_as.map(role_words);
        let zh = named.as_ref().map(|r| format!("，记录载明其为{}", r.zh)).unwrap_or_default();
        let en = named.map(|r| format!(", named as {}", r.en)).unwrap_or_default();
        self.line(
            &format!(
                "　　事实：{}，记录“{id}”，认定单位：{}，文书：{}，自{from}起，{}{zh}",
                hit.list.name.zh,
                given(&record.decided_by, "未载明"),
                given(&record.document, "未载明"),
                until.clone().map_or_else(|| "终止日未载明".into(), |d| format!("至{d}止")),
            ),
            &format!(
                "     Fact: {}, record `{id}`, decided by: {}, document: {}, from {from}, {}{en}",
                hit.list.name.en,
                given(&record.decided_by, "not stated"),
                given(&record.document, "not stated"),
                until.map_or_else(|| "no end stated".into(), |d| format!("to {d}")),
            ),
        );
    }

    fn bases(&mut self, bases: &[LegalBasis]) {
        for basis in bases {
            let zh = cite_zh(self.catalogue, basis);
            let en = cite_en(self.catalogue, basis);
            self.line(
                &format!("　　依据：{zh}：「{}」", basis.clause),
                &format!("     Basis: {en}: 「{}」", basis.clause),
            );
        }
    }

    fn set_aside(&mut self, decision: &Decision) {
        if decision.set_aside.is_empty() {
            return;
        }
        self.section("不予适用：", "Set aside:");
        for entry in &decision.set_aside {
            let record = entry.record.as_deref().map(safe);
            let what = match (&record, &entry.measure) {
                (Some(record), Some(measure)) => format!("{record} · {measure}"),
                (Some(one), None) => one.clone(),
                (None, Some(one)) => one.clone(),
                (None, None) => String::new(),
            };
            let cited = self.cited(&entry.legal_basis);
            let who = self.who(&entry.target);
            self.line(
                &format!("　· {}，{what}：{}（{}）", who.zh, entry.text.zh, cited.zh),
                &format!("   - {}, {what}: {} ({})", who.en, entry.text.en, cited.en),
            );
        }
    }

    fn obligations(&mut self, decision: &Decision) {
        if decision.obligations.is_empty() {
            return;
        }
        self.section("后续义务：", "Due later:");
        for obligation in &decision.obligations {
            let kind = words::obligation_words(obligation.kind);
            let day = obligation.due_on.map(|d| d.to_string());
            let zh = day.clone().map(|d| format!("，{d}前（含当日）")).unwrap_or_default();
            let en = day.map(|d| format!(", by {d}")).unwrap_or_default();
            let (to_zh, to_en) = (safe(&obligation.to.zh), safe(&obligation.to.en));
            self.line(
                &format!("　· {}：{to_zh}{zh}。{}", kind.zh, obligation.note.zh),
                &format!("   - {}: {to_en}{en}. {}", kind.en, obligation.note.en),
            );
        }
    }

    /// 33 (二十二): objection, reconsideration, litigation. RAIL R11.
    fn remedies(&mut self, decision: &Decision) {
        self.section("权利救济：", "Remedies:");
        let person = decision.measures.iter().any(|m| {
            let index = usize::try_from(m.target.subject_index).unwrap_or(usize::MAX);
            let subject = self.application.subjects.get(index);
            subject.is_some_and(|s| s.kind == SubjectKind::Person)
        });
        let remedies = &self.catalogue.data().edition.remedies;
        let as_of = self.application.as_of;
        for remedy in remedies.iter().filter(|r| holds(r.valid_from, None, as_of)) {
            if remedy.persons_only && !person {
                continue;
            }
            let cited = self.cited(&remedy.legal_basis);
            self.line(
                &format!("　· {}（{}）", remedy.text.zh, cited.zh),
                &format!("   - {} ({})", remedy.text.en, cited.en),
            );
        }
        let office = safe(&self.application.office.name);
        self.line(
            &format!("本告知列明查询所得及其依据，不是行政决定；由{office}依法决定。"),
            &format!(
                "This notice states what was found and on which basis. It is no administrative \
                 decision; {office} decides according to law."
            ),
        );
    }

    /// The pinpoints of some bases, each once.
    fn cited(&self, bases: &[LegalBasis]) -> Text {
        let each = |cite: fn(&Catalogue, &LegalBasis) -> String| -> Vec<String> {
            let mut all = Vec::new();
            for basis in bases {
                let one = cite(self.catalogue, basis);
                if !all.contains(&one) {
                    all.push(one);
                }
            }
            all
        };
        Text { zh: each(cite_zh).join("；"), en: each(cite_en).join("; ") }
    }

    /// A subject as the notice shows it: role, name, masked identifier.
    // RAIL R13: the identifier is the mask that the decision carries.
    fn who(&self, target: &Target) -> Text {
        let index = usize::try_from(target.subject_index).unwrap_or(usize::MAX);
        let name = self.application.subjects.get(index).map(|s| safe(&s.name));
        let name = name.unwrap_or_default();
        let role = role_words(target.role);
        Text {
            zh: format!("{}{name}（{}）", role.zh, target.subject),
            en: format!("{} {name} ({})", role.en, target.subject),
        }
    }
}
