//! An officer's day.

use fantoccini::key::Key;
use mustcheck_testing::needs;
use serde_json::{Value, json};

use crate::driver::{Browser, CHINESE, ENGLISH, Setup, browse, pages_of};
use crate::support::{RESTRICTED, Running, application, recording};

impl Browser {
    /// Fills the form in from an application, with the keyboard.
    async fn fill_application(&self, application: &Value) {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        self.fill("#id", &text(&application["id"])).await;
        self.fill_day("#as_of", &text(&application["as_of"])).await;
        self.tab_to("#matter").await;
        let choose = format!("document.activeElement.value = {}", application["matter"]);
        self.script(&choose).await;
        self.fill("#office-name", &text(&application["office"]["name"])).await;
        self.fill("#office-region", &text(&application["office"]["region"])).await;
        for (n, subject) in application["subjects"].as_array().unwrap().iter().enumerate() {
            self.fill(&format!("#subjects-{n}-identifier"), &text(&subject["identifier"])).await;
            self.fill(&format!("#subjects-{n}-name"), &text(&subject["name"])).await;
        }
    }
}

fn log_entries(service: &Running) -> Value {
    service.get("/readyz").json()["log_entries"].clone()
}

#[test]
fn an_officer_checks_prints_and_reports_with_the_keyboard_alone() {
    needs!("chromium", "chromedriver", "NotoSansCJK");
    let service = recording(RESTRICTED);
    let token = service.office.token.clone();
    browse(&service, ENGLISH, |browser| async move {
        browser.sign_in(&token).await;
        browser.fill_application(&application(RESTRICTED)).await;
        browser.press(Key::Enter).await;
        browser.find(".finding.restricted").await;
        assert_eq!(browser.path().await, "/decisions/1");
        let finding = browser.text(".finding").await;
        assert!(finding.contains("restrictions apply"), "{finding}");
        let measure = browser.text(".measure.restriction").await;
        assert!(measure.contains("art. 48 para. 1"), "the article is cited: {measure}");
        assert!(measure.contains("用人单位拖欠农民工工资"), "its words stand there: {measure}");

        browser.tab_to("a[href='/decisions/1/notices/0']").await;
        browser.press(Key::Enter).await;
        browser.find(".sheet").await;
        let pdf = browser.print("notice-en").await;
        assert!((1..=5).contains(&pages_of(&pdf)), "{} pages", pages_of(&pdf));
        browser.tab_to("a[href='/decisions/1']").await;
        browser.press(Key::Enter).await;
        browser.tab_to("a[href^='/receipts/r']").await;
        browser.press(Key::Enter).await;

        browser.find("#feedback").await;
        browser.tab_to("input[name='groups[0].outcome']").await;
        browser.press(Key::Down).await;
        browser.fill("#groups-0-document", "SH-2026-17").await;
        browser.press(Key::Enter).await;
        let said = browser.text("p.success[role='status']").await;
        assert!(said.contains("The feedback is on record"), "{said}");
        let told = browser.text(".done").await;
        assert!(told.contains("applied") && told.contains("SH-2026-17"), "{told}");

        browser.tab_to("a[href='/overdue']").await;
        browser.press(Key::Enter).await;
        assert!(browser.text("main").await.contains("0 late"));
        browser.tab_to("a[href='/statistics']").await;
        browser.press(Key::Enter).await;
        browser.find("figure svg").await;
        browser.print("statistics-en").await;
        browser.tab_to("form[action='/sign-out'] button").await;
        browser.press(Key::Enter).await;
        browser.find("#token").await;
    });
    assert_eq!(log_entries(&service), 2);
}

#[test]
fn a_mistake_takes_the_focus_and_leads_to_its_field() {
    needs!("chromium", "chromedriver", "NotoSansCJK");
    let service = recording(RESTRICTED);
    let token = service.office.token.clone();
    browse(&service, CHINESE, |browser| async move {
        browser.sign_in(&token).await;
        let mut bad = application(RESTRICTED);
        bad["subjects"][1]["identifier"] = json!("310104197106123356");
        browser.fill_application(&bad).await;
        browser.press(Key::Enter).await;
        browser.find("#errors").await;
        let focused = browser.script("return document.activeElement.id").await;
        assert_eq!(focused, json!("errors"), "a screen reader reads what is wrong first");
        assert!(browser.text("#errors").await.contains("第18位校验码不符"));
        browser.tab_to("#errors a").await;
        browser.press(Key::Enter).await;
        let focused = browser.script("return document.activeElement.id").await;
        assert_eq!(focused, json!("subjects-1-identifier"));
        let described = "return document.getElementById(document.activeElement\
                         .getAttribute('aria-describedby')).textContent";
        assert!(browser.script(described).await.as_str().unwrap().contains("第18位校验码不符"));
        // The field is corrected, and everything else is still there.
        let field = browser.find("#subjects-1-identifier").await;
        field.clear().await.unwrap();
        field.send_keys("310104197106123355").await.unwrap();
        browser.press(Key::Enter).await;
        browser.find(".finding.restricted").await;
    });
    assert_eq!(log_entries(&service), 1);
}

#[test]
fn everything_works_without_script() {
    needs!("chromium", "chromedriver", "NotoSansCJK");
    let service = recording(RESTRICTED);
    let token = service.office.token.clone();
    browse(&service, Setup { script: false, ..ENGLISH }, |browser| async move {
        browser.find("#token").await.send_keys(&token).await.unwrap();
        browser.find("form[action='/sign-in'] button").await.click().await.unwrap();
        browser.find("a[href='/json']").await.click().await.unwrap();
        let json = application(RESTRICTED).to_string();
        browser.find("#json").await.send_keys(&json).await.unwrap();
        browser.find("form#check > p.actions button").await.click().await.unwrap();
        browser.find(".finding.restricted").await;
        // The other language, at the same page.
        browser.find("button[name='language']").await.click().await.unwrap();
        browser.find("html[lang='zh-CN'] .finding.restricted").await;
        browser.find("a[href$='/notices/0']").await.click().await.unwrap();
        browser.find(".sheet").await;
        let hidden = browser.find("button[data-print]").await.is_displayed().await.unwrap();
        assert!(!hidden, "a button that would do nothing is not shown");
    });
}

#[test]
fn the_other_language_keeps_what_was_typed() {
    needs!("chromium", "chromedriver", "NotoSansCJK");
    let service = recording(RESTRICTED);
    let token = service.office.token.clone();
    browse(&service, ENGLISH, |browser| async move {
        browser.sign_in(&token).await;
        browser.fill("#id", "GP-1").await;
        browser.tab_to("#consortium").await;
        browser.keys(" ").await;
        browser.find("button[value='language-zh']").await.click().await.unwrap();
        browser.find("html[lang='zh-CN']").await;
        let typed = browser.find("#id").await.prop("value").await.unwrap();
        assert_eq!(typed.as_deref(), Some("GP-1"));
        assert!(browser.find("#consortium").await.is_selected().await.unwrap());
    });
    assert_eq!(log_entries(&service), 0);
}

#[test]
fn a_form_that_is_sent_twice_is_checked_once() {
    needs!("chromium", "chromedriver", "NotoSansCJK");
    let service = recording(RESTRICTED);
    let token = service.office.token.clone();
    browse(&service, ENGLISH, |browser| async move {
        browser.sign_in(&token).await;
        browser.fill_application(&application(RESTRICTED)).await;
        let twice = "const button = document.querySelector('form#check > p.actions button');\
                     button.click(); button.click(); button.click();";
        browser.script(twice).await;
        browser.find(".finding.restricted").await;
    });
    assert_eq!(log_entries(&service), 1);
}

#[test]
fn the_notice_prints_on_a4_in_chinese() {
    needs!("chromium", "chromedriver", "NotoSansCJK");
    let service = recording(RESTRICTED);
    let token = service.office.token.clone();
    browse(&service, CHINESE, |browser| async move {
        browser.sign_in(&token).await;
        browser.fill_application(&application(RESTRICTED)).await;
        browser.press(Key::Enter).await;
        browser.find(".finding.restricted").await;
        let decision = browser.print("decision-zh").await;
        assert!((2..=6).contains(&pages_of(&decision)), "{} pages", pages_of(&decision));
        browser.client.goto(&format!("{}/decisions/1/notices/0", browser.origin)).await.unwrap();
        let pdf = browser.print("notice-zh").await;
        // Three measures with their articles, and eleven remedies with theirs.
        assert!((1..=4).contains(&pages_of(&pdf)), "{} pages", pages_of(&pdf));
        // 210 by 297 millimetres, in points.
        let text = String::from_utf8_lossy(&pdf).into_owned();
        let (_, size) = text.split_once("/MediaBox [0 0 ").expect("a size");
        let size: Vec<f64> = size.split([' ', ']']).take(2).map(|n| n.parse().unwrap()).collect();
        assert!((size[0] - 595.3).abs() < 2.0 && (size[1] - 841.9).abs() < 2.0, "{size:?}");
    });
}
