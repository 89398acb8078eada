//! The page on which cases are found.

use maud::{Markup, html};
use mustcheck::model::Disposition;
use mustcheck::safe;
use mustcheck::words::disposition_words;

use super::{Asked, ROWS};
use crate::page::book::Book;
use crate::page::form::{Line, Wrong, summary};
use crate::page::language::Lang;
use crate::page::layout::token;
use crate::page::parts::{matters, table};
use crate::page::visit::Visit;
use crate::page::words;
use crate::records::{FoundCase, FoundCases};

pub(super) struct View<'a> {
    pub(super) visit: &'a Visit,
    pub(super) asked: &'a Asked,
    pub(super) wrong: &'a [Wrong],
    pub(super) found: Option<&'a FoundCases>,
}

impl View<'_> {
    fn lang(&self) -> Lang {
        self.visit.lang()
    }

    pub(super) fn page(&self, title: &str) -> Markup {
        let lang = self.lang();
        html! {
            h1 { (title) }
            (summary(lang, self.wrong, &|place| self.label(place).to_owned()))
            form #find.screen method="post" action="/receipts" novalidate {
                (token(&self.visit.guest))
                button type="submit" name="do" value="find" hidden {}
                (self.fields())
                p.actions {
                    button type="submit" name="do" value="find" { (lang.say("查找", "Find")) }
                    button.second type="submit" name="do" value="today" {
                        (lang.say("今日核查", "Checked today"))
                    }
                    a.button.second href="/receipts" { (lang.say("清除条件", "Clear")) }
                }
            }
            @if let Some(found) = self.found { (self.list(found)) }
        }
    }

    fn label(&self, place: &str) -> &'static str {
        let lang = self.lang();
        match place {
            "number" => lang.say("申请编号", "Case number"),
            "receipt" => lang.say("回执编号", "Receipt number"),
            "office" => lang.say("决定机关", "Deciding office"),
            "matter" => lang.say("申请事项", "Matter"),
            "disposition" => lang.say("核查结论", "Finding"),
            "from" => lang.say("核查日期自", "Checked from"),
            _ => lang.say("核查日期至", "Checked to"),
        }
    }

    fn fields(&self) -> Markup {
        let (lang, asked, wrong) = (self.lang(), self.asked, self.wrong);
        let part = lang.say("可以只填一部分", "A part of it is enough");
        let number = lang.say(
            "印在核查结果单和告知书上方，以r开头，共33位",
            "At the top of the papers: `r` and 32 characters",
        );
        let line = |place, value, hint| Line {
            hint: Some(hint),
            ..Line::text(place, self.label(place), value)
        };
        html! {
            div.grid {
                (line("number", &asked.number, part).show(wrong))
                (line("receipt", &asked.receipt, number).show(wrong))
                (Line::day("from", self.label("from"), &asked.from).show(wrong))
                (Line::day("to", self.label("to"), &asked.to).show(wrong))
                (line("office", &asked.office, part).show(wrong))
                div.field {
                    label for="disposition" { (self.label("disposition")) }
                    select #disposition name="disposition" {
                        option value="" { (lang.say("全部", "All")) }
                        @for one in Disposition::ALL {
                            option value=(one.code()) selected[one.code() == asked.disposition] {
                                (lang.words(disposition_words(*one)))
                            }
                        }
                    }
                }
            }
            div.field {
                label for="matter" { (self.label("matter")) }
                select #matter name="matter" {
                    option value="" { (lang.say("全部", "All")) }
                    (matters(self.visit, self.visit.shared().office.policy("").as_ref(), &asked.matter))
                }
            }
        }
    }

    fn list(&self, found: &FoundCases) -> Markup {
        let lang = self.lang();
        let title = lang.say("案件", "Cases");
        let heads = [
            ("核查时间（北京时间）", "Checked at (UTC+8)"),
            ("申请编号", "Case number"),
            ("申请事项", "Matter"),
            ("决定机关", "Deciding office"),
            ("核查结论", "Finding"),
        ];
        html! {
            section aria-labelledby="cases" {
                h2 #cases { (title) }
                p { (self.count(found)) }
                @if !found.cases.is_empty() {
                    (table(lang, title, &heads, html! {
                        @for case in &found.cases { (self.row(case)) }
                    }))
                }
                (self.pages(found))
                p.small { (lang.say(
                    "只列出您有权查看的案件。日志不记载当事人，因此不能按名称或者证件号码查找。",
                    "Only cases that you may see are listed. The log names nobody, so there is no \
                     search by name or number of a person or firm.",
                )) }
            }
        }
    }

    fn count(&self, found: &FoundCases) -> Markup {
        let total = found.total;
        let first = u64::from(self.asked.page).saturating_mul(ROWS.into());
        let shown = u64::try_from(found.cases.len()).unwrap_or_default();
        html! {
            @match self.lang() {
                Lang::Zh => {
                    "共" b { (total) } "件"
                    @if shown > 0 { "，以下为第" (first + 1) "至" (first + shown) "件，最近的在前" }
                    "。"
                }
                Lang::En => {
                    b { (total) } @if total == 1 { " case" } @else { " cases" }
                    @if shown > 0 {
                        ", here " (first + 1) " to " (first + shown) ", the latest first"
                    }
                    "."
                }
            }
        }
    }

    fn row(&self, case: &FoundCase) -> Markup {
        let lang = self.lang();
        let book = Book { lang, names: &self.visit.shared().names, policy: None };
        html! {
            tr {
                td { (words::time(case.made_at)) }
                th scope="row" {
                    a href=(format!("/receipts/{}", case.id)) { (safe(&case.number)) }
                }
                td { (book.matter(&case.matter)) }
                td { (safe(&case.office)) " " span.small { (safe(&case.region)) } }
                td { span aria-hidden="true" { (words::sign(case.disposition)) } " "
                    (lang.words(disposition_words(case.disposition))) }
            }
        }
    }

    /// Buttons that lead to later and earlier cases. They send the form again.
    fn pages(&self, found: &FoundCases) -> Markup {
        let lang = self.lang();
        let page = self.asked.page;
        let pages = found.total.div_ceil(ROWS.into());
        let button = |page: u32, words: &str| {
            html! {
                button.second type="submit" form="find" name="do" value=(format!("page-{page}")) {
                    (words)
                }
            }
        };
        html! {
            @if pages > 1 {
                nav.actions.screen aria-label=(lang.say("分页", "Pages")) {
                    @if page > 0 { (button(page - 1, lang.say("上一页", "Later"))) }
                    @match lang {
                        Lang::Zh => span { "第" (page.saturating_add(1)) "页，共" (pages) "页" },
                        Lang::En => span { "Page " (page.saturating_add(1)) " of " (pages) },
                    }
                    @if u64::from(page).saturating_add(1) < pages {
                        (button(page.saturating_add(1), lang.say("下一页", "Earlier")))
                    }
                }
            }
        }
    }
}
