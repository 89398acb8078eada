//! Answers of a simulated platform, with faults.

use mustcheck::model::CreditRecord;
use mustcheck::registry::identities;
use mustcheck::registry::json::RegistryFile;
use mustcheck::registry::sources::Source;
use mustcheck::{Date, Timestamp};
use serde_json::{Value, json};

use crate::simulator::words::{Codes, EVENTS, KINDS, PENALTIES, ROLES, SCHEMES, word};
use crate::simulator::{Kind, Options, Shape};

/// Question of one request.
#[derive(Clone, Copy, Debug)]
pub struct PageQuestion<'a> {
    /// The source, as the path names it.
    pub source: &'a str,
    /// Identifier of the subject.
    pub identifier: &'a str,
    /// The platform's code of the list; `None` for all lists.
    pub list: Option<&'a str>,
    /// Number of records before this part.
    pub skip: usize,
    /// The page, from 1.
    pub page: u64,
}

/// The answer, in JSON.
pub fn answer(
    file: &RegistryFile,
    source: &Source,
    codes: &Codes,
    options: &Options,
    question: &PageQuestion<'_>,
    fault: Option<Kind>,
) -> String {
    let on_list = |record: &CreditRecord| {
        question.list.is_none_or(|list| codes.lists.get(&record.list).is_some_and(|c| c == list))
    };
    let held: Vec<&CreditRecord> =
        file.records.iter().filter(|r| r.source == source.id && on_list(r)).collect();
    let names = |record: &&CreditRecord| {
        identities(record).into_iter().any(|(_, _, identifier)| identifier == question.identifier)
    };
    let (mut own, others): (Vec<_>, Vec<_>) = held.into_iter().partition(names);
    if fault == Some(Kind::Empty) {
        own.clear();
    }
    let skip = if fault == Some(Kind::RepeatPage) { 0 } else { question.skip };
    let mut total = own.len();
    let part = own.iter().skip(skip).take(options.size);
    let mut rows: Vec<Value> = part.map(|r| row(r, codes, options.shape)).collect();
    let held = SubjectRecords { own: &own, others: &others };
    spoil(&mut rows, &mut total, &held, &SpoilInput { codes, options, question, fault });
    let end = question.skip.saturating_add(options.size);
    let more = end < total;
    let as_of = aged(source.as_of, fault);
    let document = match options.shape {
        Shape::Paged => json!({
            "code": if fault == Some(Kind::Refused) { 500 } else { 200 },
            "msg": if fault == Some(Kind::Refused) { "系统繁忙" } else { "成功" },
            "data": {
                "数据更新时间": as_of.map(written),
                "数据起始日期": source.records_from.map(chinese),
                "总数": total,
                "页码": question.page,
                "列表": rows,
            },
        }),
        Shape::Cursor => json!({
            "ok": fault != Some(Kind::Refused),
            "asOf": as_of.and_then(Timestamp::unix_seconds).map(|s| s * 1000),
            "recordsFrom": source.records_from,
            "count": total,
            "next": more.then(|| cursor(end, fault)),
            "nextUrl": more.then(|| link(question, end, fault)),
            "items": rows,
        }),
    };
    let mut document = document;
    if fault == Some(Kind::WrongType) && total == 0 {
        let place = document.pointer_mut(records(options.shape));
        place.into_iter().for_each(|place| *place = json!({}));
    }
    document.to_string()
}

/// JSON Pointer to the records.
const fn records(shape: Shape) -> &'static str {
    match shape {
        Shape::Paged => "/data/列表",
        Shape::Cursor => "/items",
    }
}

fn cursor(end: usize, fault: Option<Kind>) -> String {
    format!("c{}", if fault == Some(Kind::RepeatPage) { 1 } else { end })
}

fn link(question: &PageQuestion<'_>, end: usize, fault: Option<Kind>) -> String {
    let list = question.list.unwrap_or_default();
    let rest = format!("v2/records?list={list}&cursor={}", cursor(end, fault));
    match fault {
        Some(Kind::Elsewhere) => format!("https://elsewhere.example/{rest}"),
        Some(Kind::IdentifierInLink) => {
            format!("/{}/{rest}&subject={}", question.source, question.identifier)
        }
        _ => format!("/{}/{rest}", question.source),
    }
}

fn aged(as_of: Timestamp, fault: Option<Kind>) -> Option<Timestamp> {
    const DAY: i64 = 86_400;
    match fault {
        Some(Kind::NoAge) => None,
        Some(Kind::Stale(days)) => {
            let back = i64::try_from(days).ok()?.checked_mul(DAY)?;
            Timestamp::from_unix_seconds(as_of.unix_seconds()?.checked_sub(back)?)
        }
        Some(Kind::Future) => {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).ok()?;
            Timestamp::from_unix_seconds(i64::try_from(now.as_secs()).ok()? + 2 * DAY)
        }
        _ => Some(as_of),
    }
}

/// A moment in China's time, as `2026-11-19 20:00:00`.
fn written(at: Timestamp) -> String {
    let text = at.to_string();
    text.get(..19).unwrap_or_default().replace('T', " ")
}

/// A day, as `2025年3月1日`.
fn chinese(day: Date) -> String {
    format!("{}年{}月{}日", day.year, day.month, day.day)
}

/// A day, as `2025/3/1`.
fn slashed(day: Date) -> String {
    format!("{}/{}/{}", day.year, day.month, day.day)
}

/// A day, as `20250301`.
fn plain(day: Date) -> String {
    day.to_string().replace('-', "")
}

fn row(record: &CreditRecord, codes: &Codes, shape: Shape) -> Value {
    let code = |codes: &std::collections::BTreeMap<String, String>, own: &str| {
        codes.get(own).cloned().unwrap_or_default()
    };
    let list = code(&codes.lists, &record.list);
    let act = record.act.as_ref().map(|act| code(&codes.acts, act));
    let matter = record.matter.as_ref().map(|matter| code(&codes.matters, matter));
    let about = &record.subject;
    let (kind, scheme) = (word(KINDS, about.kind.code()), word(SCHEMES, about.scheme.code()));
    let penalty = record.penalty.as_ref();
    let amount = penalty.and_then(|p| p.amount_fen);
    match shape {
        Shape::Paged => json!({
            "信息标识": record.id, "名单代码": list, "行为代码": act, "事项代码": matter,
            "主体类别": kind, "证件类型": scheme, "证件号码": about.identifier,
            "签发国家": about.country, "主体名称": about.name,
            "认定单位": record.decided_by, "文书号": record.document,
            "处罚类别": penalty.map(|p| word(PENALTIES, p.kind.code())),
            "罚款金额(元)": amount.map(|fen| format!("{}.{:02}", fen / 100, fen % 100)),
            "列入日期": chinese(record.valid_from),
            "有效期至": record.valid_until.map_or_else(|| "长期".into(), slashed),
            "认定依据": record.legal_basis.iter().map(|basis| json!({
                "文件": code(&codes.instruments, &basis.instrument), "条": basis.article,
            })).collect::<Vec<_>>(),
            "责任人": record.responsible_persons.iter().map(|person| json!({
                "责任人类别": word(ROLES, person.role.code()),
                "证件类型": word(SCHEMES, person.scheme.code()),
                "证件号码": person.identifier, "签发国家": person.country, "姓名": person.name,
            })).collect::<Vec<_>>(),
            "变动": record.events.iter().map(|event| json!({
                "变动类型": word(EVENTS, event.kind.code()), "变动日期": event.on.to_string(),
                "文书号": event.document,
            })).collect::<Vec<_>>(),
        }),
        Shape::Cursor => json!({
            "uid": record.id, "listCode": list, "actCode": act, "matterCode": matter,
            "subject": { "type": kind, "idType": scheme, "idNo": about.identifier,
                         "country": about.country, "name": about.name },
            "authority": record.decided_by, "documentNo": record.document,
            "penalty": penalty.map(|p| word(PENALTIES, p.kind.code())), "fineFen": amount,
            "from": plain(record.valid_from), "to": record.valid_until.map(plain),
            "basis": record.legal_basis.iter().map(|basis| json!({
                "text": code(&codes.instruments, &basis.instrument), "article": basis.article,
            })).collect::<Vec<_>>(),
            "persons": record.responsible_persons.iter().map(|person| json!({
                "role": word(ROLES, person.role.code()),
                "idType": word(SCHEMES, person.scheme.code()),
                "idNo": person.identifier, "country": person.country, "name": person.name,
            })).collect::<Vec<_>>(),
            "changes": record.events.iter().map(|event| json!({
                "what": word(EVENTS, event.kind.code()), "when": event.on.to_string(),
                "documentNo": event.document,
            })).collect::<Vec<_>>(),
        }),
    }
}

/// The records about the subject of the question, and the others.
struct SubjectRecords<'a> {
    own: &'a [&'a CreditRecord],
    others: &'a [&'a CreditRecord],
}

struct SpoilInput<'a> {
    codes: &'a Codes,
    options: &'a Options,
    question: &'a PageQuestion<'a>,
    fault: Option<Kind>,
}

/// Applies a fault to a part's records and to their count.
fn spoil(
    rows: &mut Vec<Value>,
    total: &mut usize,
    held: &SubjectRecords<'_>,
    part: &SpoilInput<'_>,
) {
    let shape = part.options.shape;
    let keys: [(&str, &str); 4] = match shape {
        Shape::Paged => [("", "名单代码"), ("", "行为代码"), ("", "证件号码"), ("", "列入日期")],
        Shape::Cursor => [("", "listCode"), ("", "actCode"), ("/subject", "idNo"), ("", "from")],
    };
    let [list, act, identifier, from] = keys;
    let mut set = |(parent, key): (&str, &str), value: Value| {
        let object = rows.last_mut().and_then(|row| row.pointer_mut(parent));
        object.and_then(Value::as_object_mut).map(|o| o.insert(key.to_owned(), value));
    };
    match part.fault {
        Some(Kind::UnknownList) => set(list, json!("Z99")),
        Some(Kind::UnknownAct) => set(act, json!("Z99")),
        Some(Kind::WrongType) => set(from, json!(["2025"])),
        Some(Kind::BadIdentifier) => {
            let mut wrong: String = part.question.identifier.chars().take(17).collect();
            wrong.push('#');
            set(identifier, json!(wrong));
        }
        Some(Kind::MissingField) => {
            let object = rows.last_mut().and_then(Value::as_object_mut);
            object.and_then(|o| o.remove(from.1));
        }
        Some(Kind::NoSubject) => {
            let keys = ["主体类别", "证件类型", "证件号码", "签发国家", "主体名称", "subject"];
            for row in rows.iter_mut().filter_map(Value::as_object_mut) {
                row.retain(|key, _| !keys.contains(&key.as_str()));
            }
        }
        Some(Kind::OtherSubject) => {
            if let Some(other) = held.others.first() {
                rows.push(row(other, part.codes, shape));
                *total += 1;
            }
        }
        Some(Kind::ShortCount) => {
            rows.pop();
        }
        Some(Kind::LongCount) => *total = total.saturating_sub(1),
        Some(Kind::EndlessPages) => {
            let any = held.own.first().or(held.others.first());
            let first = any.filter(|_| rows.is_empty());
            rows.extend(first.map(|record| row(record, part.codes, shape)));
            let id = if shape == Shape::Paged { "信息标识" } else { "uid" };
            for (i, row) in rows.iter_mut().enumerate() {
                if let Some(object) = row.as_object_mut() {
                    object.insert(id.into(), json!(format!("n{}", part.question.skip + i)));
                }
            }
            *total = usize::MAX >> 12;
        }
        _ => {}
    }
}
