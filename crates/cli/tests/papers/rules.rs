//! Rules that the papers of every golden case keep, and those of hostile ones.

use mustcheck::model::{AnswerStatus, Decision, Effect, Subject, SubjectKind};
use mustcheck::{Application, ApplicationExt as _, Checked, Disposition, JsonRegistry, Language};
use serde_json::json;

use crate::support::{application, record, registry, resident, shown_resident, uscc, with};
use crate::{Office, all, cases};

/// Returns the sentence of a measure in the form in which its notice addresses the subject.
fn addressed(text: &str, subject: &Subject, notice: &str) -> String {
    let own = if notice.contains("本单位依法查询") { "本单位" } else { "本机关" };
    let text = text.replace("本机关", own);
    match subject.kind {
        SubjectKind::Organization => text.replace("该单位", "你单位"),
        SubjectKind::Person => text.replace("该人员", "你"),
    }
}

fn day(day: mustcheck::Date) -> String {
    format!("{}年{}月{}日", day.year, day.month, day.day)
}

/// Every identifier of a person that a check saw.
fn personal(application: &Application, checked: &Checked) -> Vec<String> {
    let own = application.subjects.iter().flat_map(Subject::identities);
    let records = checked.answers().iter().flat_map(|answer| &answer.records);
    let theirs = records.flat_map(|record| {
        let persons = &record.responsible_persons;
        let persons = persons.iter().map(|p| (p.scheme, None, p.identifier.as_str()));
        persons.chain(record.subject.identities())
    });
    let all = own.chain(theirs).filter(|(scheme, _, _)| scheme.is_personal());
    all.map(|(_, _, number)| number.to_owned()).collect()
}

#[test]
fn a_notice_is_for_one_who_is_reached_and_about_nobody_else() {
    let mut office = Office::default();
    let mut written = 0;
    for case in cases() {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let (application, checked) = office.case(&case);
        let decision = checked.decision();
        let papers = checked.papers(Language::Zh).unwrap();
        let due = !matches!(decision.disposition, Disposition::Clear | Disposition::Undetermined);
        let reached = |at: u32| decision.measures.iter().any(|m| m.target.subject_index == at);
        let expected: Vec<u32> = (0..).zip(&application.subjects).map(|(at, _)| at).collect();
        let expected: Vec<u32> = expected.into_iter().filter(|at| due && reached(*at)).collect();
        let given: Vec<u32> = papers.notices.iter().map(|notice| notice.subject).collect();
        assert_eq!(given, expected, "{name}");
        for notice in &papers.notices {
            written += 1;
            let text = notice.document.text();
            let subject = &application.subjects[usize::try_from(notice.subject).unwrap()];
            assert!(text.contains(&subject.name), "{name}");
            about_nobody_else(&name, &application, decision, notice.subject, &text);
            measures_stand_there(&name, decision, notice.subject, subject, &text);
        }
    }
    assert!(written > 300, "{written}");
}

fn about_nobody_else(
    case: &str,
    application: &Application,
    decision: &Decision,
    at: u32,
    text: &str,
) {
    // What the record itself says of others, such as the title of its document, stays.
    let own = decision.records.iter().filter(|r| r.target.subject_index == at);
    let mut rest = text.to_owned();
    for quoted in own.clone().flat_map(|r| [&r.decided_by, &r.document]).flatten() {
        rest = rest.replace(quoted.as_str(), "");
    }
    rest = rest.replace(&application.office.name, "");
    let subject = &application.subjects[usize::try_from(at).unwrap()];
    for (other, position) in application.subjects.iter().zip(0..) {
        if position == at || other.name == subject.name {
            continue;
        }
        let stands_for = subject.role.stands_behind()
            && (subject.of == Some(position) || (subject.of.is_none() && position == 0));
        assert!(stands_for || !rest.contains(&other.name), "{case}: {} in {text}", other.name);
        let is_same = other.identifier == subject.identifier;
        assert!(is_same || !rest.contains(&other.identifier), "{case}: {text}");
    }
    let own: Vec<&String> = own.map(|r| &r.record).collect();
    for record in decision.records.iter().filter(|r| !own.contains(&&r.record)) {
        assert!(!text.contains(&record.record), "{case}: {} in {text}", record.record);
    }
}

fn measures_stand_there(case: &str, decision: &Decision, at: u32, subject: &Subject, text: &str) {
    for measure in decision.measures.iter().filter(|m| m.target.subject_index == at) {
        let said = addressed(&measure.text.zh, subject, text);
        assert!(text.contains(&said), "{case}: {said} in {text}");
        for record in &measure.because {
            assert_eq!(text.matches(record.as_str()).count().min(1), 1, "{case}: {record}");
        }
        for basis in &measure.legal_basis {
            assert!(text.contains(&*basis.clause), "{case}: {}", basis.clause);
        }
        if let Some(until) = measure.until.filter(|_| !measure.because.is_empty()) {
            assert!(text.contains(&format!("期限：至{}", day(until))), "{case}: {until}");
        }
        if measure.effect == Effect::Restriction {
            assert!(text.contains("权利和救济途径"), "{case}: {text}");
        }
    }
}

#[test]
fn a_sheet_tells_what_applies_what_is_open_and_what_to_do_next() {
    let mut office = Office::default();
    for case in cases() {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let (application, checked) = office.case(&case);
        let decision = checked.decision();
        let sheet = checked.papers(Language::Zh).unwrap().sheet.text();
        assert_eq!(sheet.matches("下一步：").count(), 1, "{name}");
        assert!(sheet.contains(&application.office.name), "{name}");
        let id = Some(decision.policy.edition.as_str());
        let policy = office.policies.iter().find(|(edition, _)| Some(**edition) == id).unwrap().1;
        let lists = &policy.description().lists;
        let list_of = |code: &str| lists.iter().find(|list| list.code == code).unwrap();
        for lookup in decision.lookups.iter().filter(|l| l.due) {
            let list = list_of(&lookup.list);
            assert!(sheet.contains(&*list.name.zh), "{name}");
            if lookup.status != AnswerStatus::Answered {
                let open = sheet.split("尚未取得结果的查询").nth(1).unwrap_or_default();
                assert!(open.contains(&*list.initiator.zh), "{name}: {sheet}");
            }
        }
        if decision.disposition == Disposition::Undetermined {
            assert!(sheet.contains("不得据此作出决定"), "{name}: {sheet}");
        }
        for measure in &decision.measures {
            // A tenderer or a bank is no authority, and is not called one.
            let text = &measure.text.zh;
            let as_unit = text.replace("本机关", "本单位");
            assert!(sheet.contains(&**text) || sheet.contains(&as_unit), "{name}");
        }
        for obligation in &decision.obligations {
            let due = obligation.due_on.map(|due| format!("应当于{}前", day(due)));
            assert!(due.is_none_or(|due| sheet.contains(&due)), "{name}: {sheet}");
        }
        // No fact is stated twice to the same reader about the same subject.
        for record in &decision.records {
            let fact = format!("记录编号：{}", record.record);
            let reached = application.subjects.len();
            assert!(sheet.matches(&fact).count() <= reached, "{name}: {sheet}");
        }
    }
}

#[test]
fn no_paper_has_a_code_or_a_person_s_number() {
    let mut office = Office::default();
    for case in cases() {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let (application, checked) = office.case(&case);
        let decision = checked.decision();
        for language in [Language::Zh, Language::En] {
            let papers = checked.papers(language).unwrap();
            let text = all(&papers);
            let pages = papers.notices.iter().map(|notice| notice.document.html());
            let pages: String = pages.chain([papers.sheet.html()]).collect();
            for number in personal(&application, &checked) {
                assert!(!text.contains(&number), "{name}: {text}");
                assert!(!pages.contains(&number), "{name}");
            }
            let measures = decision.measures.iter().map(|m| m.measure.as_str());
            let aside = decision.set_aside.iter().filter_map(|s| s.measure.as_deref());
            let lists = decision.lookups.iter().map(|l| l.list.as_str());
            for code in measures.chain(aside).chain(lists) {
                assert!(!text.contains(code), "{name}: {code} in {text}");
            }
        }
    }
}

#[test]
fn hostile_names_are_text_on_a_page() {
    let name = "<script>alert(1)</script>\"'&\u{202e}";
    let application = with(&application(), "/subjects/0/name", name);
    let application = with(&application, "/office/name", "<b>某局</b>");
    let application = with(&application, "/id", "<i>1</i>");
    let mut hostile = record("r1", 1);
    hostile["document"] = json!("<img src=x onerror=alert(1)>");
    let application = Application::from_json(application.to_string().as_bytes()).unwrap();
    let registry = JsonRegistry::from_json(registry(&[hostile]).to_string().as_bytes()).unwrap();
    let papers = Office::default().check(&application, registry).papers(Language::Zh).unwrap();
    assert!(!papers.notices.is_empty());
    let notices = papers.notices.iter().map(|notice| notice.document.html());
    for page in notices.chain([papers.sheet.html()]) {
        for bad in ["<script", "<b>", "<i>", "<img", "\u{202e}"] {
            assert!(!page.contains(bad), "{bad} in {page}");
        }
        assert!(page.contains("&lt;script&gt;") && page.contains("&lt;b&gt;某局"), "{page}");
        for outside in ["http:", "https:", "url(", "@import", " src=", " href="] {
            assert!(!page.replace("img src=x", "").contains(outside), "{outside} in {page}");
        }
    }
}

/// A notice shows a firm's code in full and a person's number by its ends, and the office's address
/// and telephone, or a line to write them on.
#[test]
fn a_notice_names_its_addressee_and_whom_to_call() {
    let registry = || {
        let text = registry(&[record("r1", 1)]).to_string();
        JsonRegistry::from_json(text.as_bytes()).unwrap()
    };
    let mut office = Office::default();
    let plain = Application::from_json(application().to_string().as_bytes()).unwrap();
    let papers = office.check(&plain, registry()).papers(Language::Zh).unwrap();
    let texts: Vec<String> = papers.notices.iter().map(|n| n.document.text()).collect();
    assert!(
        texts[0].contains(&format!("甲公司（统一社会信用代码：{}）：", uscc(1))),
        "{}",
        texts[0]
    );
    let person = papers.notices.iter().find(|notice| notice.addressee == "张三").unwrap();
    let person = person.document.text();
    assert!(
        person.contains(&format!("张三（居民身份证号码：{}）：", shown_resident(1))),
        "{person}"
    );
    assert!(!person.contains(&resident(1)) && !person.contains(&uscc(1)), "{person}");
    assert!(texts[0].contains("电话：____") && texts[0].contains("地址：____"), "{}", texts[0]);
    let known = with(&application(), "/office/telephone", "021-12345678");
    let known = with(&known, "/office/address", "上海市某路1号3楼");
    let known = Application::from_json(known.to_string().as_bytes()).unwrap();
    let papers = office.check(&known, registry()).papers(Language::Zh).unwrap();
    let text = papers.notices[0].document.text();
    assert!(
        text.contains("电话：021-12345678\n") && text.contains("地址：上海市某路1号3楼\n"),
        "{text}"
    );
}

/// The first line of every paper of a check as of an earlier day says so (RAIL R14).
#[test]
fn papers_of_an_earlier_day_say_so_first() {
    let application = Application::from_json(application().to_string().as_bytes()).unwrap();
    let registry = registry(&[record("r1", 1)]).to_string().replace("2026-11-19T", "2026-12-18T");
    let registry = JsonRegistry::from_json(registry.as_bytes()).unwrap();
    let today = "2026-12-19".parse().unwrap();
    let checked = Office::default().check_on(&application, registry, today);
    let papers = checked.papers(Language::Zh).unwrap();
    let first = "本次核查于2026年12月19日作出，以较早的2026年11月20日为基准日";
    let notices = papers.notices.iter().map(|notice| &notice.document);
    for document in notices.chain([&papers.sheet]) {
        assert!(document.text().starts_with(first), "{}", document.text());
        assert!(document.html().contains(first));
    }
}
