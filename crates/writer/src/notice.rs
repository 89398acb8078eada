//! The notice: facts, basis, measures, terms and remedies, in Chinese and English (RAIL R11).
//!
//! It is written for the office that decides, and says so: a check proposes, an office disposes.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use super::citation::{CiteEn, CiteZh, Numeral};
use super::words::{
    Words, disposition_words, obligation_words, role_words, rule_words, status_words,
};
use super::{Case, Found, safe};
use mustcheck_facts::answers::target;
use mustcheck_model::described::Described;
use mustcheck_model::{
    AnswerStatus, Application, AppliedMeasure, Decision, Disposition, Effect, Force, LegalBasis,
    Prolonged, Target, Text,
};

/// Both languages, grown line by line.
pub(super) struct Page<'a> {
    pub(super) policy: &'a Described,
    pub(super) application: &'a Application,
    pub(super) zh: String,
    pub(super) en: String,
    sections: u16,
}

/// Bytes that most notices do not outgrow.
const ROOM: usize = 4096;

/// The notice of a decision whose other fields are complete.
pub(super) fn notice(case: &Case<'_>, decision: &Decision, found: &[Found<'_>]) -> Text {
    let (zh, en) = (String::with_capacity(ROOM), String::with_capacity(ROOM));
    let Case { policy, application, .. } = *case;
    let mut page = Page { policy, application, zh, en, sections: 0 };
    page.head(decision);
    page.lookups(decision);
    page.measures(case, decision, found);
    page.watch(case, found);
    page.set_aside(decision);
    page.obligations(decision);
    page.place(decision, found);
    page.remedies(decision, found);
    Text::new(page.zh, page.en)
}

/// Something that is written, or nothing.
struct Maybe<T>(Option<T>);

impl<T: fmt::Display> fmt::Display for Maybe<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map_or(Ok(()), |text| text.fmt(f))
    }
}

impl Page<'_> {
    pub(super) fn line(&mut self, zh: &str, en: &str) {
        say!(self.zh, "{zh}");
        say!(self.en, "{en}");
    }

    /// Begins a numbered heading: 一、 and 1.
    pub(super) fn section(&mut self) {
        self.sections += 1;
        let _ = write!(self.zh, "{}、", Numeral::Number(self.sections));
        let _ = write!(self.en, "{}. ", self.sections);
    }

    fn head(&mut self, decision: &Decision) {
        let application = self.application;
        let matter = self.policy.matter(&application.matter);
        let (matter_zh, matter_en) =
            matter.map_or(("", ""), |matter| (&*matter.name.zh, &*matter.name.en));
        let (id, office) = (safe(&application.id), safe(&application.office.name));
        let (as_of, made_on) = (application.as_of, decision.made_on);
        // RAIL R14: its first line.
        if decision.is_backdated() {
            say!(
                self.zh,
                "本次核查于{made_on}作出，以较早的{as_of}为基准日，不代表{made_on}的信用状况。"
            );
            say!(
                self.en,
                "This check was made on {made_on} as of the earlier day {as_of}; it does not show \
                 how things stand on {made_on}."
            );
        }
        say!(
            self.zh,
            "信用核查告知书　申请：{id}　事项：{matter_zh}　基准日：{as_of}　决定机关：{office}"
        );
        say!(
            self.en,
            "Credit check notice · application {id} · matter: {matter_en} · as of {as_of} · \
             deciding office: {office}"
        );
        let finding = disposition_words(decision.disposition);
        let rule = rule_words(decision.disposition_rule);
        say!(self.zh, "核查结论：{}。理由：{}。", finding.zh, rule.zh);
        say!(self.en, "Finding: {}. Why: {}.", finding.en, rule.en);
        let mut refusing = decision.measures.iter().filter(|m| is_refusing(m));
        if decision.disposition == Disposition::Restricted
            && refusing.all(|m| m.target.role.stands_behind())
        {
            self.line(
                "限制仅适用于所列人员；是否影响申请人，由决定机关依法判断。",
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
        self.section();
        say!(self.zh, "查询：应查{all}项，获得结果{made}项。");
        say!(self.en, "Lookups: {all} due, {made} answered.");
        let open = decision.lookups.iter().filter(|l| l.due && l.status != AnswerStatus::Answered);
        for lookup in open {
            let list = self.policy.list(&lookup.list);
            let (list_zh, list_en) = list.map_or(("", ""), |l| (&*l.name.zh, &*l.name.en));
            let (role, status) = (role_words(lookup.role), status_words(lookup.status));
            let stale = (lookup.status == AnswerStatus::Stale && lookup.records > 0)
                .then_some(lookup.records);
            let zh = stale.map(|n| format!("，其旧数据中有{n}条记录，不作为依据"));
            let en =
                stale.map(|n| format!("; its old snapshot shows {n} record(s), not relied on"));
            let (zh, en, who) = (Maybe(zh), Maybe(en), &lookup.subject);
            say!(self.zh, "　· {}{who}，{list_zh}：{}{zh}", role.zh, status.zh);
            say!(self.en, "   - {} {who}, {list_en}: {}{en}", role.en, status.en);
        }
    }

    fn measures(&mut self, case: &Case<'_>, decision: &Decision, found: &[Found<'_>]) {
        let none = decision.measures.is_empty();
        self.section();
        self.line(
            if none { "适用的措施：无。" } else { "适用的措施：" },
            if none { "Measures that apply: none." } else { "Measures that apply:" },
        );
        for measure in &decision.measures {
            let who = self.who(&measure.target);
            say!(self.zh, "　· {}：{}", who.zh(), measure.text.zh);
            say!(self.en, "   - {}: {}", who.en(), measure.text.en);
            for id in &measure.because {
                let own = |f: &&Found<'_>| {
                    f.record.id == *id && f.subject_index == measure.target.subject_index
                };
                let Some(found) = found.iter().find(own) else { continue };
                self.fact(case, found);
                self.removal(measure, found, decision);
            }
            self.bases(&measure.legal_basis);
            let known = self.policy.measure(&measure.measure);
            if let Some(by) = known.and_then(|known| known.implementer.as_ref()) {
                say!(self.zh, "　　实施部门：{}", by.zh);
                say!(self.en, "     Carried out by: {}", by.en);
            }
            match measure.until {
                Some(day) => {
                    say!(self.zh, "　　期限至：{day}");
                    say!(self.en, "     Until: {day}");
                }
                None if measure.because.is_empty() => self.line(
                    "　　事实：连续三年未查得不良信用记录",
                    "     Fact: no adverse record was found for three successive years",
                ),
                None => self
                    .line("　　期限：记录未载明；须向认定单位核实", "     Until: no end on record"),
            }
            for cut in &measure.cut {
                let recorded = cut.recorded_until.map(|d| d.to_string());
                let zh = recorded.as_deref().unwrap_or_default();
                let en = recorded.as_deref().unwrap_or("no end");
                let (day, id) = (cut.allowed_until, safe(&cut.record));
                if recorded.is_some() {
                    say!(
                        self.zh,
                        "　　记录“{id}”所载期限（至{zh}）超过法定期限，按法定期限计算至{day}"
                    );
                } else {
                    say!(self.zh, "　　记录“{id}”未载明终止日，按法定最长期限计算至{day}");
                }
                say!(
                    self.en,
                    "     The term of record `{id}` ({en}) is longer than is allowed; cut to {day}"
                );
            }
            for Prolonged { record, recorded_until, until } in &measure.prolonged {
                let id = safe(record);
                let zh = until.map_or_else(|| "终身".to_owned(), |day| format!("至{day}"));
                let en = until.map_or_else(|| "for life".to_owned(), |day| format!("to {day}"));
                say!(
                    self.zh,
                    "　　记录“{id}”载明至{recorded_until}止；本措施的期限由法律规定（{zh}），不因记录终止而缩短"
                );
                say!(
                    self.en,
                    "     Record `{id}` ends on {recorded_until}; the law fixes the term ({en}), \
                     which the end of the record does not shorten"
                );
            }
        }
    }

    /// Records in force on a watch list: no measure speaks of them, so they stand by themselves.
    fn watch(&mut self, case: &Case<'_>, found: &[Found<'_>]) {
        let mut watched = found.iter().filter(|found| found.is_watched(case.verdict)).peekable();
        if watched.peek().is_none() {
            return;
        }
        self.section();
        self.line("提示性名单上的记录：", "Records on a watch list:");
        for found in watched {
            let target = target(found.subject, found.subject_index);
            let who = self.who(&target);
            let (id, from) = (safe(&found.record.id), found.record.valid_from);
            let list = &found.list.name;
            say!(self.zh, "　· {}：{}，记录“{id}”，自{from}起", who.zh(), list.zh);
            say!(self.en, "   - {}: {}, record `{id}`, from {from}", who.en(), list.en);
        }
    }

    /// The facts of one record: list, authority, document, dates.
    fn fact(&mut self, case: &Case<'_>, found: &Found<'_>) {
        let record = found.record;
        let given = |text: &Option<String>, none: &'static str| match text {
            Some(text) => safe(&case.identifiers.masked_in(text)).into_owned(),
            None => none.to_owned(),
        };
        let (by, document) = (&record.decided_by, &record.document);
        let (from, id, list) = (record.valid_from, safe(&record.id), &found.list.name);
        let _ = write!(
            self.zh,
            "　　事实：{}，记录“{id}”，认定单位：{}，文书：{}，自{from}起，",
            list.zh,
            given(by, "未载明"),
            given(document, "未载明"),
        );
        let _ = write!(
            self.en,
            "     Fact: {}, record `{id}`, decided by: {}, document: {}, from {from}, ",
            list.en,
            given(by, "not stated"),
            given(document, "not stated"),
        );
        let _ = match record.valid_until {
            Some(day) => write!(self.zh, "至{day}止").and_then(|()| write!(self.en, "to {day}")),
            None => write!(self.zh, "终止日未载明").and_then(|()| write!(self.en, "no end stated")),
        };
        if let Some(role) = found.verdict.named_as.map(role_words) {
            let _ = write!(self.zh, "，记录载明其为{}", role.zh);
            let _ = write!(self.en, ", named as {}", role.en);
        }
        self.line("", "");
    }

    fn bases(&mut self, bases: &[LegalBasis]) {
        for basis in bases {
            let (policy, clause) = (self.policy, &basis.clause);
            say!(self.zh, "　　依据：{}：“{clause}”", CiteZh(policy, basis));
            say!(self.en, "     Basis: {}: 「{clause}」", CiteEn(policy, basis));
        }
    }

    fn set_aside(&mut self, decision: &Decision) {
        if decision.set_aside.is_empty() {
            return;
        }
        self.section();
        self.line("不适用的记录和措施及理由：", "Set aside:");
        for entry in &decision.set_aside {
            let record = Maybe(entry.record.as_deref().map(safe));
            let measure = Maybe(entry.measure.as_deref());
            let between = if record.0.is_some() && measure.0.is_some() { " · " } else { "" };
            let who = self.who(&entry.target);
            let policy = self.policy;
            let cited_zh = Each(&entry.legal_basis, "；", |basis| CiteZh(policy, basis));
            let cited_en = Each(&entry.legal_basis, "; ", |basis| CiteEn(policy, basis));
            let (zh, en) = (&entry.text.zh, &entry.text.en);
            say!(self.zh, "　· {}，{record}{between}{measure}：{zh}（{cited_zh}）", who.zh());
            say!(self.en, "   - {}, {record}{between}{measure}: {en} ({cited_en})", who.en());
        }
    }

    fn obligations(&mut self, decision: &Decision) {
        if decision.obligations.is_empty() {
            return;
        }
        self.section();
        self.line("本机关后续事项：", "Due later:");
        for obligation in &decision.obligations {
            let kind = obligation_words(obligation.kind);
            let zh = Maybe(obligation.due_on.map(|d| format!("，{d}前（含当日）")));
            let en = Maybe(obligation.due_on.map(|d| format!(", by {d}")));
            let (to_zh, to_en) = (safe(&obligation.to.zh), safe(&obligation.to.en));
            say!(self.zh, "　· {}：{to_zh}{zh}。{}", kind.zh, obligation.note.zh);
            say!(self.en, "   - {}: {to_en}{en}. {}", kind.en, obligation.note.en);
        }
    }

    /// A subject as the notice shows it: role, name, masked identifier.
    // RAIL R13: the identifier is the mask that the decision carries.
    fn who<'t>(&self, target: &'t Target) -> Who<'t>
    where
        Self: 't,
    {
        let index = usize::try_from(target.subject_index).unwrap_or(usize::MAX);
        let name = self.application.subjects.get(index).map(|s| safe(&s.name).into_owned());
        Who { role: role_words(target.role), name: name.unwrap_or_default(), target }
    }
}

/// Whether a measure must be applied and refuses or limits what is applied for.
pub(super) fn is_refusing(measure: &AppliedMeasure) -> bool {
    measure.effect == Effect::Restriction
        && measure.force == Force::Mandatory
        && !measure.kind.is_examination()
}

/// A subject as the notice shows it.
struct Who<'t> {
    role: Words,
    name: String,
    target: &'t Target,
}

impl Who<'_> {
    fn zh(&self) -> impl fmt::Display {
        format!("{}{}（{}）", self.role.zh, self.name, self.target.subject)
    }

    fn en(&self) -> impl fmt::Display {
        format!("{} {} ({})", self.role.en, self.name, self.target.subject)
    }
}

/// The pinpoints of some bases, each once.
pub(super) struct Each<'a, F>(pub(super) &'a [LegalBasis], pub(super) &'static str, pub(super) F);

impl<'a, T: fmt::Display, F: Fn(&'a LegalBasis) -> T> fmt::Display for Each<'a, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(bases, between, cite) = self;
        if let [one] = bases {
            return cite(one).fmt(f);
        }
        let mut all: Vec<String> = Vec::with_capacity(bases.len());
        for basis in *bases {
            let one = cite(basis).to_string();
            if !all.contains(&one) {
                if !all.is_empty() {
                    f.write_str(between)?;
                }
                f.write_str(&one)?;
                all.push(one);
            }
        }
        Ok(())
    }
}
