//! Answers to the due lookups, and what each proves (RAIL R2).

use std::collections::BTreeMap;

use mustcheck_model::date::Date;
use mustcheck_model::described::Described;
use mustcheck_model::identifier::{validate, validate_issued};
use mustcheck_model::lookback::held_from;
use mustcheck_model::masking::Identifiers;
use mustcheck_model::{
    Answer, AnswerStatus, Application, ApplicationError, CreditRecord, Days, EventKind, ListInfo,
    ListStanding, Lookup, Problem, Query, SourceState, Subject, Target,
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
        return Some(fault);
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
type Place<'a> = (u32, &'a str, Option<&'a str>, usize);

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
    let mut by_place: BTreeMap<Place<'_>, &'a Answer> = BTreeMap::new();
    for (i, answer) in answers.iter().enumerate() {
        let asked = usize::try_from(answer.query).ok().and_then(|q| queries.get(q));
        if !asked.is_some_and(|q| q.lists.contains(&answer.list)) {
            let detail = format!("list `{}` of query {} was not asked", answer.list, answer.query);
            return Err(invalid(format!("answers[{i}]"), detail));
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
            let own = |place: &Place<'_>| place.0 == number && place.1 == code;
            let found = by_place.range((number, code.as_str(), None, 0)..);
            let mut found = found.take_while(|(place, _)| own(place)).peekable();
            let list = policy.list_position(code);
            let list = list.and_then(|position| Some((position, policy.list_at(position)?)));
            let (Some((list_index, list)), Some(_)) = (list, found.peek()) else {
                let detail = format!("list `{code}` of query {number} has no answer");
                return Err(invalid("answers".into(), detail));
            };
            let since = matter.and_then(|m| policy.since(m, list_index, subject.role, days));
            for ((_, _, _, i), answer) in found {
                let mut records: BTreeMap<&str, &CreditRecord> = BTreeMap::new();
                for (r, record) in answer.records.iter().enumerate() {
                    let id = record.id.as_str();
                    let fault = if records.insert(id, record).is_some() {
                        Some(format!("record `{id}` stands twice"))
                    } else if seen.insert(id, record).is_some_and(|other| other != record) {
                        Some(format!("two different records have the id `{id}`"))
                    } else {
                        fault_of(policy, list, subject, answer, record)
                    };
                    if let Some(detail) = fault {
                        return Err(invalid(format!("answers[{i}].records[{r}]"), detail));
                    }
                }
                if let Some(detail) = source_fault(answer) {
                    return Err(invalid(format!("answers[{i}]"), detail));
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

fn invalid(path: String, detail: String) -> ApplicationError {
    ApplicationError::InvalidAnswer(Problem::at(path, detail))
}

/// Returns what an answer lacks of its source, if anything.
fn source_fault(answer: &Answer) -> Option<String> {
    match &answer.source {
        None if answer.status == AnswerStatus::Answered => {
            Some("status `answered` comes without a source".into())
        }
        None if !answer.records.is_empty() => Some("records come without a source".into()),
        Some(source) if !source.as_of.exists() => {
            Some(format!("source `{}` has an as-of that does not exist", source.id))
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
) -> Option<String> {
    let id = &record.id;
    if record.list != list.code {
        return Some(format!("record `{id}` is on list `{}`, not `{}`", record.list, list.code));
    }
    if answer.source.as_ref().is_none_or(|source| source.id != record.source) {
        return Some(format!("record `{id}` is of source `{}`", record.source));
    }
    // RAIL R6: exact identifiers only; a record about somebody else is no answer.
    if !record.names(subject) {
        return Some(format!("record `{id}` does not name the subject that was asked about"));
    }
    let about = &record.subject;
    if let Err(detail) = validate_issued(
        about.kind,
        about.scheme,
        &about.identifier,
        about.country.as_deref(),
        about.as_issued.as_deref(),
    ) {
        return Some(format!("record `{id}`: {detail}"));
    }
    for also in &about.also {
        let country = also.country.as_deref();
        if let Err(detail) = validate(about.kind, also.scheme, &also.identifier, country) {
            return Some(format!("record `{id}`: {detail}"));
        }
    }
    if let Some(act) = &record.act {
        if policy.act_position(act).is_none() {
            return Some(format!("record `{id}` names the unknown act `{act}`"));
        }
        if !list.acts.is_empty() && !list.acts.contains(act) {
            let list = &list.code;
            return Some(format!(
                "record `{id}` names act `{act}`, which list `{list}` does not hold"
            ));
        }
    }
    if let Some(matter) = record.matter.as_ref().filter(|m| policy.matter(m).is_none()) {
        return Some(format!("record `{id}` names the unknown matter `{matter}`"));
    }
    dates_fault(record)
}

/// Returns the fault in a record's dates, if there is one: a day that does not exist, or an end
/// before the beginning.
pub fn dates_fault(record: &CreditRecord) -> Option<String> {
    let id = &record.id;
    let days = [Some(record.valid_from), record.valid_until];
    let events = record.events.iter().map(|e| Some(e.on));
    if let Some(day) = days.into_iter().chain(events).flatten().find(|day| !day.exists()) {
        return Some(format!("record `{id}` has a day that does not exist: `{day}`"));
    }
    if let Some(last) = record.valid_until.filter(|last| *last < record.valid_from) {
        return Some(format!(
            "record `{id}` ends on `{last}`, before it begins on `{}`",
            record.valid_from
        ));
    }
    None
}

/// Returns the fault of a record with an event before its first day, of a kind that cannot come
/// before it. Then the record is at fault.
///
/// INTERPRETATION: an objection may come before it. A list's regulation puts it before the entry:
/// 拖欠农民工工资失信联合惩戒对象名单管理暂行办法 6 (2) has it raised within five working days of the
/// notice that announces the entry, and decided before it.
pub fn early_event(record: &CreditRecord) -> Option<String> {
    let precedes = |kind: EventKind| {
        matches!(
            kind,
            EventKind::ObjectionFiled | EventKind::ObjectionDismissed | EventKind::ObjectionUpheld
        )
    };
    let mut early = record.events.iter().filter(|e| e.on < record.valid_from);
    let early = early.find(|event| !precedes(event.kind))?;
    Some(format!(
        "record `{}` has event `{}` on `{}`, before it begins on `{}`",
        record.id, early.kind, early.on, record.valid_from
    ))
}
