//! Forms: their beginning, their mistakes, lists that are silent, feedback, and who did what.

use serde_json::json;

use crate::support::{Office, RECORDS, RESTRICTED, Running, application, recording};
use crate::visitor::{Visitor, borrowed, fields_of, plain, restricted};

/// A new check begins with the office and region of the caller, as they are configured, and after a
/// check with those of the last one, its matter included.
#[test]
fn a_form_begins_with_the_office_of_the_caller_and_then_with_that_of_the_last_check() {
    let office = Office::new(RESTRICTED);
    office.keys();
    let rules = "roles = [\"check\"]\nmatters = [\"*\"]\nregions = [\"31\"]\noffice = \
                 \"上海市徐汇区财政局\"\nregion = \"310104\"";
    let token = office.caller("window", rules);
    let only = "roles = [\"check\"]\nmatters = [\"tendering/government-procurement\"]\nregions = \
                [\"310104\"]";
    let single = office.caller("single", only);
    let service = office.run(RECORDS);
    let begins = |token: &str, office: &str, region: &str, matter: Option<&str>| {
        let html = Visitor::with_token(&service, token).get("/").text();
        let field = |name: &str, value: &str| format!("name=\"{name}\" value=\"{value}\"");
        assert!(html.contains(&field("office.name", office)), "{office}: {html}");
        assert!(html.contains(&field("office.region", region)), "{region}: {html}");
        let chosen = html.split("<select id=\"matter\"").nth(1).unwrap();
        let chosen = chosen.split("</select>").next().unwrap();
        let chosen = chosen.split("<option value=\"").find(|one| one.contains(" selected"));
        let chosen = chosen.map(|one| one.split('"').next().unwrap());
        assert_eq!(chosen, matter, "{html}");
    };
    begins(&token, "上海市徐汇区财政局", "310104", None);
    // Where there is no choice, it is made.
    begins(&single, "", "310104", Some("tendering/government-procurement"));
    begins(&service.office.token, "", "", None);

    let mut case = application(RESTRICTED);
    case["office"] = json!({ "name": "上海市长宁区财政局", "region": "310105" });
    let matter = case["matter"].as_str().unwrap().to_owned();
    let fields = fields_of(&case);
    Visitor::with_token(&service, &token).follow("/", &borrowed(&fields));
    begins(&token, "上海市长宁区财政局", "310105", Some(&matter));
    begins(&service.office.token, "", "", None);

    // What the caller may no longer see is not offered.
    service.office.change_callers("regions = [\"31\"]", "regions = [\"310104\"]");
    service.reloads.all();
    begins(&token, "上海市徐汇区财政局", "310104", None);
}

#[test]
fn every_mistake_of_a_form_is_told_at_once_beside_its_field() {
    let service = restricted();
    for language in ["zh", "en"] {
        let mut visitor = Visitor::signed_in(&service);
        visitor.language = language;
        let mut fields = fields_of(&application(RESTRICTED));
        let mut set = |name: &str, value: &str| {
            fields.retain(|(field, _)| field != name);
            fields.push((name.into(), value.into()));
        };
        set("matter", "licensing/nothing");
        set("as_of", "2026-11-16");
        set("office.region", "31");
        set("subjects[0].identifier", "91310115MA1K3H5Q4X");
        set("subjects[1].identifier", "310104197106123356");
        set("subjects[1].name", "");
        set("commitment.signed_on", "2026-11-20");
        set("commitment.complete_by", "2026-11-25");
        set("office.name", "上海市财政局 <b>");
        let answer = visitor.post("/", &borrowed(&fields));
        assert_eq!(answer.status, 422);
        let html = answer.text();
        let places = [
            "as_of",
            "matter",
            "office-region",
            "subjects-0-identifier",
            "subjects-1-identifier",
            "subjects-1-name",
            "commitment-signed_on",
        ];
        let summary = html.split("id=\"errors\"").nth(1).unwrap().split("</ul>").next().unwrap();
        let links: Vec<&str> =
            summary.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        assert_eq!(links, places, "in the order of the form: {}", plain(&answer));
        for place in places {
            assert!(html.contains(&format!("id=\"{place}-error\"")), "{place}");
            assert!(html.contains(&format!("id=\"{place}\"")), "{place} is a field");
        }
        for typed in ["91310115MA1K3H5Q4X", "310104197106123356", "上海市财政局 &lt;b&gt;"] {
            assert!(html.contains(&format!("value=\"{typed}\"")), "{typed} stays");
        }
    }
    assert_eq!(service.get("/readyz").json()["log_entries"], 0, "nothing was checked");
}

/// Matters and regions beyond the caller stand among the mistakes.
#[test]
fn limits_of_the_caller_are_told_with_the_mistakes() {
    let office = Office::new(RESTRICTED);
    office.keys();
    let rules = "roles = [\"check\"]\nmatters = [\"licensing/*\"]\nregions = [\"44\"]";
    let token = office.caller("elsewhere", rules);
    let service = office.run(RECORDS);
    let visitor = Visitor::with_token(&service, &token);
    let mut fields = fields_of(&application(RESTRICTED));
    fields.retain(|(name, _)| name != "subjects[1].name");
    let answer = visitor.post("/", &borrowed(&fields));
    assert_eq!(answer.status, 422);
    for place in ["matter", "office-region", "subjects-1-name"] {
        assert!(answer.text().contains(&format!("id=\"{place}-error\"")), "{}", plain(&answer));
    }
}

/// The page begins at the box that was added, with and without script.
#[test]
fn the_page_begins_at_the_box_that_was_added() {
    let service = restricted();
    let visitor = Visitor::signed_in(&service);
    let begins = |button: &str| {
        let mut fields = fields_of(&application(RESTRICTED));
        fields.retain(|(name, _)| name != "do");
        fields.push(("do".into(), button.into()));
        let html = visitor.post("/", &borrowed(&fields)).text();
        let focused: Vec<String> = html
            .split('<')
            .filter(|tag| tag.split('>').next().unwrap().contains(" autofocus"))
            .map(|tag| tag.split("id=\"").nth(1).unwrap().split('"').next().unwrap().to_owned())
            .collect();
        focused
    };
    assert_eq!(begins("add-subject-principal"), ["subjects-2-role"]);
    assert_eq!(begins("add-material"), ["materials-0-name"]);
    assert_eq!(begins("remove-subject-0"), ["subjects-0-role"]);
    assert_eq!(begins("language-zh"), Vec::<String>::new());
    let wrong = visitor.post("/", &[("do", "check")]).text();
    assert!(wrong.contains("id=\"errors\" role=\"alert\" tabindex=\"-1\" autofocus"), "{wrong}");
}

/// The cells of the table on a page or paper in which the lists that are silent stand.
fn silent(html: &str, heads: [&str; 4]) -> Vec<String> {
    let table = html.split("<table").find(|table| heads.iter().all(|head| table.contains(head)));
    let table = table.expect("a table of the lookups that are open");
    let rows = table.split("<tbody>").nth(1).unwrap().split("</tbody>").next().unwrap();
    let cells = rows.split("<td>").skip(1);
    let text = |cell: &str| cell.split("</td>").next().unwrap().replace("&#39;", "'");
    cells.map(text).collect()
}

#[test]
fn an_undetermined_page_says_which_lists_are_silent_since_when_whom_to_ask_as_the_sheet_does() {
    let service = recording("0086-source-unavailable");
    for (language, heads, since, nothing, unknown) in [
        (
            "zh",
            ["对象", "名单", "情况", "可向何处查询"],
            "数据截至2026年11月17日 06:00",
            "不得据此作出决定",
            "查询未完成，尚不能确定。",
        ),
        (
            "en",
            ["About", "List", "What is open", "Ask"],
            "its data end 2026-11-17 06:00",
            "Decide nothing on this check",
            "Not known yet: the check is not complete.",
        ),
    ] {
        let mut visitor = Visitor::signed_in(&service);
        visitor.language = language;
        let page = visitor.check("0086-source-unavailable");
        let sheet = visitor.get("/decisions/1/sheet");
        let cells = silent(&page.text(), heads);
        assert_eq!(cells, silent(&sheet.text(), heads));
        // One row for the firm and one for its representative, of four cells.
        assert_eq!(cells.len(), 8, "{cells:?}");
        for row in cells.chunks(4) {
            assert!(row[2].contains(since), "{row:?}");
            assert!(!row[3].is_empty(), "whom to ask");
        }
        for shown in [&page, &sheet] {
            let text = plain(shown);
            assert!(text.contains(nothing) && text.contains(unknown), "{text}");
        }
        // It stands above what applies and what was looked up.
        let text = page.text();
        let at = |mark: &str| text.find(mark).unwrap();
        assert!(at(nothing) < at("id=\"measures\"") && at(heads[3]) < at("id=\"measures\""));
    }
}

/// A visitor at the receipt of a check that was just made, and its number.
fn at_receipt(service: &Running) -> (Visitor, String) {
    let visitor = Visitor::signed_in(service);
    visitor.check(RESTRICTED);
    let decision = visitor.post("/decisions/1/json", &[]).json();
    let receipt = decision["receipt"]["id"].as_str().unwrap().to_owned();
    visitor.get(&format!("/receipts/{receipt}"));
    (visitor, receipt)
}

/// Three measures rest on one record: they are reported in one row, and each has its own entry.
#[test]
fn one_row_reports_all_measures_of_a_record_and_each_has_its_entry() {
    let service = restricted();
    let (visitor, receipt) = at_receipt(&service);
    let path = format!("/receipts/{receipt}");
    let html = visitor.get(&path).text();
    assert!(html.contains("name=\"groups[0].outcome\"") && !html.contains("groups[1]"), "{html}");
    let fields = [
        ("recorded_by", "w3"),
        ("groups[0].outcome", "applied"),
        ("groups[0].document", "SH-17"),
        ("measures[1].outcome", "not-applied"),
        ("measures[1].code", "other"),
        ("measures[1].text", "the person had left"),
        ("do", "record"),
    ];
    visitor.follow(&format!("{path}/feedback"), &fields);
    let kept = service.get(&format!("/v1/receipts/{receipt}")).json()["feedback"].clone();
    assert_eq!(kept.as_array().unwrap().len(), 1);
    let of =
        service.get(&format!("/v1/receipts/{receipt}")).json()["receipt"]["payload"]["measures"]
            .clone();
    let told = kept[0]["feedback"]["payload"]["measures"].as_array().unwrap();
    assert_eq!(told.len(), 3);
    for (n, told) in told.iter().enumerate() {
        assert_eq!(told["measure"], of[n]["measure"]);
        assert_eq!(told["subject_index"], of[n]["subject_index"]);
        let (outcome, document) = match n {
            1 => (
                json!({"not-applied": {"code": "other", "text": "the person had left"}}),
                json!(null),
            ),
            _ => (json!("applied"), json!("SH-17")),
        };
        assert_eq!((&told["outcome"], &told["document"]), (&outcome, &document), "{n}");
    }
}

#[test]
fn a_mistake_in_the_row_of_a_record_is_told_once_and_there() {
    let service = restricted();
    let (visitor, receipt) = at_receipt(&service);
    for (fields, place) in [
        (vec![("groups[0].outcome", "not-applied")], "groups-0-code"),
        (vec![("groups[0].document", "SH-17")], "groups-0-outcome"),
        (vec![("groups[0].outcome", "applied"), ("groups[0].start", "soon")], "groups-0-start"),
        (vec![("groups[0].outcome", "applied"), ("groups[0].amount", "1,5")], "groups-0-amount"),
        (
            vec![("groups[0].outcome", "applied"), ("groups[0].decided_on", "2199-01-01")],
            "groups-0-decided_on",
        ),
    ] {
        let mut all = vec![("recorded_by", "w3"), ("do", "record")];
        all.extend(fields);
        let answer = visitor.post(&format!("/receipts/{receipt}/feedback"), &all);
        assert_eq!(answer.status, 422, "{place}");
        let html = answer.text();
        assert_eq!(html.matches(&format!("id=\"{place}-error\"")).count(), 1, "{place}");
        assert_eq!(html.matches(&format!("href=\"#{place}\"")).count(), 1, "{place}");
    }
}

#[test]
fn the_receipt_says_who_did_what_and_when() {
    let service = restricted();
    let (visitor, receipt) = at_receipt(&service);
    let path = format!("/receipts/{receipt}");
    let page = visitor.get(&path);
    // The form begins with the caller's name as it is configured.
    assert!(page.text().contains("name=\"recorded_by\" value=\"tests\""));
    let first = [("recorded_by", "window 3"), ("groups[0].outcome", "applied"), ("do", "record")];
    visitor.follow(&format!("{path}/feedback"), &first);
    let page = visitor.get(&path);
    let replaces: Vec<(String, String)> = (0..3)
        .map(|n| {
            let name = format!("measures[{n}].replaces");
            let mark = format!("name=\"{name}\" value=\"");
            (name, crate::visitor::attribute_of(&page, &mark).unwrap())
        })
        .collect();
    let mut second = vec![
        ("recorded_by", "window 4"),
        ("groups[0].outcome", "not-applied"),
        ("groups[0].code", "application-withdrawn"),
        ("groups[0].text", "withdrawn"),
        ("do", "record"),
    ];
    second.extend(replaces.iter().map(|(name, value)| (&**name, &**value)));
    visitor.follow(&format!("{path}/feedback"), &second);
    let kept = service.get(&format!("/v1/receipts/{receipt}")).json();
    assert_eq!(kept["receipt"]["payload"]["asked_by"], "tests");
    let time = |value: &serde_json::Value| value.as_str().unwrap()[..19].replace('T', " ");
    let payload = |n: usize| kept["feedback"][n]["feedback"]["payload"].clone();
    let events = [
        (time(&kept["receipt"]["payload"]["made_at"]), ["核查", "Checked"], "tests"),
        (time(&payload(0)["recorded_at"]), ["执行反馈", "Feedback"], "window 3"),
        (time(&payload(1)["recorded_at"]), ["更正执行反馈", "Feedback corrected"], "window 4"),
    ];
    for (at, language) in ["zh", "en"].into_iter().enumerate() {
        let mut visitor = Visitor::signed_in(&service);
        visitor.language = language;
        let page = plain(&visitor.get(&path));
        let by = ["，经办：", ", by"][at];
        for (time, what, who) in &events {
            let told = format!("{time} {} {by} {who}", what[at]);
            assert!(page.contains(&told), "{told:?} is not in {page}");
        }
    }
}

/// A caller with limits sees the figures of what it may see, and no others.
#[test]
fn a_caller_of_a_region_sees_the_figures_of_its_region() {
    let office = Office::new(RESTRICTED);
    office.keys();
    let rules =
        |regions: &str| format!("roles = [\"receipts\"]\nmatters = [\"*\"]\nregions = [{regions}]");
    let (city, far) =
        (office.caller("city", &rules("\"31\"")), office.caller("far", &rules("\"44\"")));
    let service = office.run(RECORDS);
    for region in ["310104", "310105", "370000"] {
        let mut application = application(RESTRICTED);
        application["office"]["region"] = region.into();
        assert_eq!(service.post("/v1/checks", &application).status, 200);
    }
    let tokens = [(&city, "2"), (&far, "0"), (&service.office.token, "3")];
    for (token, due) in tokens {
        let visitor = Visitor::with_token(&service, token);
        visitor.get("/statistics");
        for by in ["matter", "office", "list", "measure", "month", "source"] {
            let page = visitor.post("/statistics", &[("by", by)]);
            assert_eq!(page.status, 200, "{}", plain(&page));
            let text = plain(&page);
            assert!(text.contains(&format!("checks due {due}")), "{due} by {by}: {text}");
            assert_eq!(text.contains("370000"), due == "3" && by == "office", "{text}");
            let is_limited = text.contains("Only the matters and regions that you may see");
            assert_eq!(is_limited, due != "3", "{text}");
        }
    }
}

/// A case is in the form again, to be changed; one that the form cannot hold is there as JSON.
#[test]
fn a_case_is_checked_again_without_typing_it_again() {
    let service = restricted();
    let visitor = Visitor::signed_in(&service);
    visitor.check(RESTRICTED);
    let html = visitor.post("/decisions/1/again", &[]).text();
    for (name, value) in fields_of(&application(RESTRICTED)) {
        if name.ends_with("identifier") || name.ends_with("name") || name == "id" {
            assert!(html.contains(&format!("name=\"{name}\" value=\"{value}\"")), "{name}: {html}");
        }
    }
    let mut more = application(RESTRICTED);
    more["office"]["telephone"] = json!("021-5467");
    visitor.follow("/json", &[("json", &more.to_string()), ("do", "check")]);
    let page = visitor.post("/decisions/2/again", &[]);
    assert!(page.text().contains("<textarea") && plain(&page).contains("021-5467"));
    assert_eq!(visitor.post("/decisions/9/again", &[]).status, 404);
}
