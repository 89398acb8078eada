//! An audit of every page, in both languages, on a desktop and on a phone.

use fantoccini::Locator;
use mustcheck_testing::needs;
use serde_json::json;

use crate::driver::{Browser, CHINESE, ENGLISH, Setup, browse};
use crate::support::{RESTRICTED, application, recording};

const AUDIT: &str = include_str!("audit.js");

impl Browser {
    async fn hold(&self, name: &str) {
        self.picture(name).await;
        assert_eq!(self.script(AUDIT).await, json!([]), "{name}");
    }

    async fn click(&self, css: &str) {
        self.find(css).await.click().await.unwrap();
    }
}

/// Goes through every page and audits each.
async fn every_page(browser: Browser, token: String, name: String) {
    let at = |page: &str| format!("{name}-{page}");
    browser.hold(&at("sign-in")).await;
    browser.sign_in(&token).await;
    browser.hold(&at("form")).await;
    browser.click("form#check > p.actions button").await;
    browser.find("#errors").await;
    browser.hold(&at("form-errors")).await;
    let go = |path: &'static str| {
        let (client, origin) = (browser.client.clone(), browser.origin.clone());
        async move { client.goto(&format!("{origin}{path}")).await.unwrap() }
    };
    go("/json").await;
    browser.hold(&at("json")).await;
    let json = application(RESTRICTED).to_string();
    browser.find("#json").await.send_keys(&json).await.unwrap();
    browser.click("form#check > p.actions button").await;
    browser.find(".finding.restricted").await;
    // Folded parts are audited too.
    browser.script("document.querySelectorAll('details').forEach((d) => { d.open = true; })").await;
    browser.hold(&at("decision")).await;
    browser.click("a[href$='/notices/0']").await;
    browser.find(".sheet").await;
    browser.hold(&at("notice")).await;
    browser.client.back().await.unwrap();
    browser.click("a[href^='/receipts/r']").await;
    browser.find("#feedback").await;
    browser.script("document.querySelectorAll('details').forEach((d) => { d.open = true; })").await;
    browser.hold(&at("receipt")).await;
    browser.click("a[href$='/papers']").await;
    browser.find("a[href$='/papers/sheet']").await;
    browser.hold(&at("papers")).await;
    browser.client.back().await.unwrap();
    browser.find("#feedback").await;
    browser.click("form#feedback > p.actions button").await;
    browser.find("#errors").await;
    browser.hold(&at("receipt-errors")).await;
    for (path, page) in [
        ("/receipts", "find"),
        ("/overdue", "overdue"),
        ("/statistics", "statistics"),
        ("/nothing", "nothing"),
    ] {
        go(path).await;
        browser.hold(&at(page)).await;
    }
    let charts = go("/statistics");
    charts.await;
    browser.print(&at("statistics")).await;
    let charts = browser.client.find_all(Locator::Css("figure svg")).await.unwrap();
    assert!(!charts.is_empty(), "statistics have charts");
}

fn held(setup: Setup, name: &str) {
    let service = recording(RESTRICTED);
    let (token, name) = (service.office.token.clone(), name.to_owned());
    browse(&service, setup, |browser| every_page(browser, token, name));
}

#[test]
fn every_page_is_fit_to_be_read_in_english() {
    needs!("chromium", "chromedriver", "NotoSansCJK");
    held(ENGLISH, "en");
}

#[test]
fn every_page_is_fit_to_be_read_in_chinese() {
    needs!("chromium", "chromedriver", "NotoSansCJK");
    held(CHINESE, "zh");
}

#[test]
fn every_page_is_fit_to_be_read_on_a_narrow_screen() {
    needs!("chromium", "chromedriver", "NotoSansCJK");
    held(Setup { width: 390, ..CHINESE }, "narrow");
}

#[test]
fn every_page_is_fit_to_be_read_on_a_phone_in_english() {
    needs!("chromium", "chromedriver", "NotoSansCJK");
    held(Setup { width: 390, ..ENGLISH }, "phone");
}
