//! Answers to the due lookups, and what each proves (RAIL R2).

use std::collections::BTreeMap;

use mustcheck_model::date::Date;
use mustcheck_model::described::Described;
use mustcheck_model::identifier::{validate, validate_issued};
use mustcheck_model::lookback::held_from;
use mustcheck_model::masking::Identifiers;
use mustcheck_model::worded::{GivenDay, Quoted};
use mustcheck_model::{
    Answer, AnswerFault, AnswerStatus, Application, ApplicationError, CreditRecord, Days,
    EventKind, ListInfo, ListStanding, Lookup, Problem, Query, RecordFault, SourceState, Subject,
    Target,
};

/// A checked answer, with the subject and the list that it answers.
#[derive(Debug)]
pub struct Answered<'a> {
    /// Position of the subject in the application.
    pub subject_index: u32,
    /// The subject.
    pub subject: &'a Subject,
    /// Position of the list.
    pub list_index: u32,
    /// The list.
    pub list: &'a ListInfo,
    /// Status of the answer, its source's age and reach taken into account.
    pub status: AnswerStatus,
    /// First day from which the source must hold every record, if bars outlast their records.
    pub since: Option<Date>,
    /// The answer.
    pub answer: &'a Answer,
    /// Records to be judged, in the order of their ids. A source too old to be relied on neither
    /// clears nor restricts: then there are none.
    pub records: Vec<&'a CreditRecord>,
}

impl Answered<'_> {
    /// Whether the office must have this answer. A reference list is looked up and shown, but has
    /// no effect on the decision (RAIL R9).
    pub fn is_due(&self) -> bool {
        self.list.standing == ListStanding::Statutory
    }

    /// Makes the row that a decision shows.
    pub fn row(&self, days: Days, identifiers: &Identifiers<'_>) -> Lookup {
        let Target { role, subject_index, subject } =
            identifiers.target(self.subject, self.subject_index);
        let source = self.answer.source.as_ref();
        Lookup {
            role,
            subject_index,
            subject,
            list: self.list.code.clone(),
            due: self.is_due(),
            status: self.status,
            source: source.map(|s| s.id.clone()),
            source_as_of: source.map(|s| s.as_of),
            records: u32::try_from(self.answer.records.len()).unwrap_or(u32::MAX),
            reason: reason(self.answer, days, self.since, identifiers),
        }
    }
}

/// Returns the reason as it is shown: the source's own, or why its records are not enough (an event
/// before a record's first day, or not reaching back far enough).
fn reason(
    answer: &Answer,
    days: Days,
    since: Option<Date>,
    identifiers: &Identifiers<'_>,
) -> Option<String> {
    if let Some(reason) = answer.reason.as_deref() {
        return Some(identifiers.masked_in(reason).into_owned());
    }
    if let Some(fault) = answer.records.iter().find_map(early_event) {
        return Some(fault.to_string());
    }
    let source = answer.source.as_ref()?;
    let from = held_from(source);
    if !tells_of(source, days) {
        let as_of = days.as_of;
        return Some(format!(
            "what had ended before `{from}` is not held, and `{as_of}` is earlier"
        ));
    }
    let since = since.filter(|since| *since < from)?;
    Some(format!(
        "what had ended before `{from}` is not held, and a record since `{since}` may still bar"
    ))
}

/// Whether a source can prove anything about the as-of day: a record that was there then may have
/// ended since, and been taken off.
// RAIL R14
fn tells_of(source: &SourceState, days: Days) -> bool {
    days.as_of >= days.made_on || days.as_of >= held_from(source)
}

/// Whether a snapshot is young enough on the day of the check.
fn is_fresh(source: &SourceState, days: Days, freshness_days: u16) -> bool {
    let age = days.made_on.days_since(source.as_of.date).unwrap_or(i32::MAX);
    age <= i32::from(freshness_days)
}

/// Returns the status of an answer, the age and the reach of its source taken into account. A
/// source newer than the as-of date is fine: later events do not count.
// RAIL R2: a source that answered from an old snapshot has not answered, nor has one that no longer
// holds records that may still bar. RAIL R14: age is judged on the day of the check.
fn judged(answer: &Answer, days: Days, freshness_days: u16, since: Option<Date>) -> AnswerStatus {
    match &answer.source {
        _ if answer.status != AnswerStatus::Answered => answer.status,
        Some(source) if !is_fresh(source, days, freshness_days) => AnswerStatus::Stale,
        Some(source) if !tells_of(source, days) => AnswerStatus::NotCovered,
        Some(source) if since.is_some_and(|since| since < held_from(source)) => {
            AnswerStatus::NotCovered
        }
        // A record that contradicts itself makes this answer unavailable, and does not stop the
        // whole check.
        _ if answer.records.iter().any(|record| early_event(record).is_some()) => {
            AnswerStatus::Unavailable
        }
        _ => AnswerStatus::Answered,
    }
}

/// Whether the records of an answer may be relied on. Any fresh source proves that a record exists;
/// its status says whether it can prove that none does.
///
/// INTERPRETATION: a record that only a stale snapshot shows may have been repaired since, so
/// it triggers nothing; the lookup stays unanswered and the result `undetermined`.
// RAIL R2
fn is_relied_on(answer: &Answer, days: Days, freshness_days: u16) -> bool {
    answer.status != AnswerStatus::Stale
        && (answer.source.as_ref()).is_some_and(|source| is_fresh(source, days, freshness_days))
}

/// Place of an answer: query, list, source, and position among the answers.
type AnswerPlace<'a> = (u32, &'a str, Option<&'a str>, usize);

fn source_of(answer: &Answer) -> Option<&str> {
    answer.source.as_ref().map(|source| source.id.as_str())
}

/// Checks the registry's answers, and orders them by query, list and source.
///
/// # Errors
///
/// [`ApplicationError::InvalidAnswer`] for an answer that was not asked for, is missing, or holds
/// a record that cannot be judged. Nothing of it is skipped (RAIL R2).
pub fn answered<'a>(
    policy: &'a Described,
    application: &'a Application,
    days: Days,
    queries: &[Query],
    answers: &'a [Answer],
) -> Result<Vec<Answered<'a>>, ApplicationError> {
    // By query, list and source: the same answers give the same decision, in whatever order they
    // come.
    let mut by_place: BTreeMap<AnswerPlace<'_>, &'a Answer> = BTreeMap::new();
    for (i, answer) in answers.iter().enumerate() {
        let asked = usize::try_from(answer.query).ok().and_then(|q| queries.get(q));
        if !asked.is_some_and(|q| q.lists.contains(&answer.list)) {
            let list = (&answer.list).into();
            let fault = AnswerFault::NotAsked { list, query: answer.query };
            return Err(invalid(format!("answers[{i}]"), fault));
        }
        by_place.insert((answer.query, &answer.list, source_of(answer), i), answer);
    }
    let matter = policy.matter_position(&application.matter);
    let mut rows = Vec::with_capacity(answers.len());
    let mut seen: BTreeMap<&str, &CreditRecord> = BTreeMap::new();
    for (number, query) in (0..).zip(queries) {
        let subject = usize::try_from(query.subject).ok();
        let Some(subject) = subject.and_then(|i| application.subjects.get(i)) else { continue };
        for code in &query.lists {
            let own = |place: &AnswerPlace<'_>| place.0 == number && place.1 == code;
            let found = by_place.range((number, code.as_str(), None, 0)..);
            let mut found = found.take_while(|(place, _)| own(place)).peekable();
            let list = policy.list_position(code);
            let list = list.and_then(|position| Some((position, policy.list_at(position)?)));
            let (Some((list_index, list)), Some(_)) = (list, found.peek()) else {
                let fault = AnswerFault::Missing { list: code.into(), query: number };
                return Err(invalid("answers".into(), fault));
            };
            let since = matter.and_then(|m| policy.since(m, list_index, subject.role, days));
            for ((_, _, _, i), answer) in found {
                let mut records: BTreeMap<&str, &CreditRecord> = BTreeMap::new();
                for (r, record) in answer.records.iter().enumerate() {
                    let id = record.id.as_str();
                    let fault = if records.insert(id, record).is_some() {
                        Some(AnswerFault::RecordTwice { id: id.into() })
                    } else if seen.insert(id, record).is_some_and(|other| other != record) {
                        Some(AnswerFault::SameId { id: id.into() })
                    } else {
                        fault_of(policy, list, subject, answer, record).map(AnswerFault::from)
                    };
                    if let Some(fault) = fault {
                        return Err(invalid(format!("answers[{i}].records[{r}]"), fault));
                    }
                }
                if let Some(fault) = source_fault(answer) {
                    return Err(invalid(format!("answers[{i}]"), fault));
                }
                let freshness = answer.source.as_ref().map_or(0, |s| policy.freshness(&s.id));
                if !is_relied_on(answer, days, freshness) {
                    records.clear();
                }
                rows.push(Answered {
                    subject_index: query.subject,
                    subject,
                    list_index,
                    list,
                    status: judged(answer, days, freshness, since),
                    since,
                    answer,
                    records: records.into_values().collect(),
                });
            }
        }
    }
    Ok(rows)
}

fn invalid(path: String, fault: AnswerFault) -> ApplicationError {
    ApplicationError::InvalidAnswer(Problem::at(path, fault))
}

/// Returns what an answer lacks of its source, if anything.
fn source_fault(answer: &Answer) -> Option<AnswerFault> {
    match &answer.source {
        None if answer.status == AnswerStatus::Answered => Some(AnswerFault::NoSource),
        None if !answer.records.is_empty() => Some(AnswerFault::RecordsWithoutSource),
        Some(source) if !source.as_of.exists() => {
            Some(AnswerFault::SourceDay { source: (&source.id).into() })
        }
        _ => None,
    }
}

/// Returns the fault that makes a record impossible to judge, if there is one.
fn fault_of(
    policy: &Described,
    list: &ListInfo,
    subject: &Subject,
    answer: &Answer,
    record: &CreditRecord,
) -> Option<RecordFault> {
    let id = Quoted::from(&record.id);
    if record.list != list.code {
        let (list, asked) = ((&record.list).into(), (&list.code).into());
        return Some(RecordFault::OtherList { id, list, asked });
    }
    if answer.source.as_ref().is_none_or(|source| source.id != record.source) {
        return Some(RecordFault::OtherSource { id, source: (&record.source).into() });
    }
    // RAIL R6: exact identifiers only; a record about somebody else is no answer.
    if !record.names(subject) {
        return Some(RecordFault::OtherSubject { id });
    }
    let about = &record.subject;
    if let Err(fault) = validate_issued(
        about.kind,
        about.scheme,
        &about.identifier,
        about.country.as_deref(),
        about.as_issued.as_deref(),
    ) {
        return Some(RecordFault::Identifier { id, fault });
    }
    for also in &about.also {
        let country = also.country.as_deref();
        if let Err(fault) = validate(about.kind, also.scheme, &also.identifier, country) {
            return Some(RecordFault::Identifier { id, fault });
        }
    }
    if let Some(act) = &record.act {
        if policy.act_position(act).is_none() {
            return Some(RecordFault::Act { id, act: act.into() });
        }
        if !list.acts.is_empty() && !list.acts.contains(act) {
            let (act, list) = (act.into(), (&list.code).into());
            return Some(RecordFault::OtherAct { id, act, list });
        }
    }
    if let Some(matter) = record.matter.as_ref().filter(|m| policy.matter(m).is_none()) {
        return Some(RecordFault::Matter { id, matter: matter.into() });
    }
    dates_fault(record)
}

/// Returns the fault in a record's dates, if there is one: a day that does not exist, or an end
/// before the beginning.
pub fn dates_fault(record: &CreditRecord) -> Option<RecordFault> {
    let id = Quoted::from(&record.id);
    let days = [Some(record.valid_from), record.valid_until];
    let events = record.events.iter().map(|e| Some(e.on));
    if let Some(day) = days.into_iter().chain(events).flatten().find(|day| !day.exists()) {
        return Some(RecordFault::NoSuchDay { id, day: GivenDay(day) });
    }
    if let Some(last) = record.valid_until.filter(|last| *last < record.valid_from) {
        return Some(RecordFault::Ends { id, last, first: record.valid_from });
    }
    None
}

/// Returns the fault of a record with an event before its first day, of a kind that cannot come
/// before it. Then the record is at fault.
///
/// INTERPRETATION: an objection may come before it. A list's regulation puts it before the entry:
/// 拖欠农民工工资失信联合惩戒对象名单管理暂行办法 6 (2) has it raised within five working days of the
/// notice that announces the entry, and decided before it.
pub fn early_event(record: &CreditRecord) -> Option<RecordFault> {
    let precedes = |kind: EventKind| {
        matches!(
            kind,
            EventKind::ObjectionFiled | EventKind::ObjectionDismissed | EventKind::ObjectionUpheld
        )
    };
    let mut early = record.events.iter().filter(|e| e.on < record.valid_from);
    let early = early.find(|event| !precedes(event.kind))?;
    let id = Quoted::from(&record.id);
    let (event, on, first) = (early.kind, early.on, record.valid_from);
    Some(RecordFault::EarlyEvent { id, event, on, first })
}
