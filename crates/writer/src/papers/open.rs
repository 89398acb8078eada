//! Lookups on the sheet: those that were made, those that are open, and whom to ask about them.

use std::collections::BTreeMap;

use mustcheck_model::{AnswerStatus, Lookup};

use super::PaperInput;
use crate::document::Block;
use crate::safe;
use crate::words::status_words;

impl<'a> PaperInput<'a> {
    /// The due lookups that are not answered.
    pub(super) fn unanswered(&self) -> impl Iterator<Item = &'a Lookup> {
        let lookups = self.decision.lookups.iter();
        lookups.filter(|l| l.due && l.status != AnswerStatus::Answered)
    }

    /// Lists the open lookups: about whom, which list, since when, whom to ask.
    // RAIL R2
    pub(super) fn open(&self) -> Vec<Block> {
        let rows: Vec<Vec<String>> =
            self.unanswered().map(|lookup| self.open_row(lookup)).collect();
        if rows.is_empty() {
            return Vec::new();
        }
        let head = [
            ("对象", "About"),
            ("名单", "List"),
            ("情况", "What is open"),
            ("可向何处查询", "Ask"),
        ];
        let head = head.map(|(zh, en)| self.say(zh, en)).to_vec();
        vec![Block::Table(head, rows)]
    }

    fn open_row(&self, lookup: &Lookup) -> Vec<String> {
        let mut state = self.language.words(status_words(lookup.status)).to_owned();
        if let Some(at) = lookup.source_as_of {
            let at = self.language.time(at);
            state.push_str(
                &self.write(|| format!("；数据截至{at}"), || format!("; its data end {at}")),
            );
        }
        if lookup.status == AnswerStatus::Stale && lookup.records > 0 {
            let n = lookup.records;
            state.push_str(&self.write(
                || format!("；其旧数据中有{n}条记录，不作为依据"),
                || format!("; its old snapshot shows {n} record(s), not relied on"),
            ));
        }
        let list = self.policy().list(&lookup.list);
        let initiator = list.map_or("", |list| self.language.text(&list.initiator));
        let ask = match self.source_of(lookup) {
            Some(source) => self.write(
                || format!("{initiator}；数据源{source}"),
                || format!("{initiator}; source {source}"),
            ),
            None => initiator.to_owned(),
        };
        vec![self.role_and_name(lookup.subject_index), self.list(&lookup.list), state, ask]
    }

    /// Counts the lookups that were due and made, and lists them by subject.
    pub(super) fn lookups(&self) -> Vec<Block> {
        // A list that several sources hold is one lookup; it is made when all have answered.
        let mut due: BTreeMap<(u32, &str), bool> = BTreeMap::new();
        for lookup in self.decision.lookups.iter().filter(|l| l.due) {
            let made = due.entry((lookup.subject_index, &lookup.list)).or_insert(true);
            *made &= lookup.status == AnswerStatus::Answered;
        }
        let (all, made) = (due.len(), due.values().filter(|made| **made).count());
        let mut blocks = vec![Block::Paragraph(self.write(
            || format!("应当查询{all}项，取得结果{made}项。"),
            || format!("{all} lookups due, {made} answered."),
        ))];
        let head = [
            ("名单", "List"),
            ("结果", "Result"),
            ("记录", "Records"),
            ("数据源及数据时间", "Source, data of"),
        ];
        for (at, subject) in (0..).zip(&self.case.application.subjects) {
            let own = self.decision.lookups.iter().filter(|l| l.subject_index == at);
            let rows: Vec<Vec<String>> = own.map(|lookup| self.row(lookup)).collect();
            if rows.is_empty() {
                continue;
            }
            let role = self.language.words(crate::role_words(subject.role));
            let who = self.name_and_number(subject);
            blocks.push(Block::Paragraph(
                self.write(|| format!("{role}：{who}"), || format!("{role}: {who}")),
            ));
            blocks.push(Block::Table(head.map(|(zh, en)| self.say(zh, en)).to_vec(), rows));
        }
        blocks
    }

    /// The name of the source of a lookup; its id if it has none.
    // RAIL R13
    fn source_of(&self, lookup: &Lookup) -> Option<String> {
        let id = lookup.source.as_deref()?;
        let states = self.case.answered.iter().filter_map(|row| row.answer.source.as_ref());
        let named = states.filter(|state| state.id == id && !state.name.is_empty());
        let name = named.map(|state| state.name.as_str()).next().unwrap_or(id);
        Some(safe(&self.case.identifiers.masked_in(name)).into_owned())
    }

    fn row(&self, lookup: &Lookup) -> Vec<String> {
        let mut list = self.list(&lookup.list);
        if !lookup.due {
            list.push_str(self.language.say("（仅供参考）", " (for reference)"));
        }
        let source = self.source_of(lookup);
        let times = lookup.source_as_of.map(|at| self.language.time(at));
        let from: Vec<String> = source.into_iter().chain(times).collect();
        let status = self.language.words(status_words(lookup.status)).to_owned();
        vec![list, status, lookup.records.to_string(), from.join(" ")]
    }
}
