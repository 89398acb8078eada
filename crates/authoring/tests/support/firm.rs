//! A firm with its legal representative, and one source that answers everything.

use mustcheck_model::date::Date;
use mustcheck_model::{Answer, AnswerStatus, Application, CreditRecord, Query, SourceState};
use serde_json::json;

pub const FIRM: &str = "91310000MA1FL0007C";
const PERSON: &str = "310101198001010018";

pub fn application(matter: &str, on: Date) -> Application {
    let value = json!({ "id": "T-1", "matter": matter, "as_of": on,
        "office": { "name": "某局", "region": "310000" },
        "subjects": [
            { "role": "applicant", "kind": "organization", "scheme": "uscc", "identifier": FIRM,
              "name": "甲公司" },
            { "role": "legal-representative", "kind": "person", "scheme": "resident-id",
              "identifier": PERSON, "name": "张某" } ] });
    serde_json::from_value(value).unwrap()
}

/// The answers of one source, fresh on a day, which holds everything since another.
pub fn answered(
    queries: &[Query],
    on: Date,
    records_from: Option<Date>,
    records: impl Fn(&Query, &str) -> Vec<CreditRecord>,
) -> Vec<Answer> {
    let source = SourceState {
        id: "one".into(),
        name: String::new(),
        as_of: format!("{on}T08:00:00+08:00").parse().unwrap(),
        records_from,
    };
    let each = (0..)
        .zip(queries)
        .flat_map(|(number, query)| query.lists.iter().map(move |list| (number, query, list)));
    let answer = |(number, query, list): (u32, &Query, &String)| Answer {
        query: number,
        list: list.clone(),
        status: AnswerStatus::Answered,
        source: Some(source.clone()),
        reason: None,
        records: records(query, list),
    };
    each.map(answer).collect()
}
