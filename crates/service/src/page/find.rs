//! Finding a case that is on record: by its number, day, office, matter and finding, or by its
//! receipt's number.
//!
//! RAIL R13: there is no field for a person or firm, for the log names none.

mod view;

use axum::http::StatusCode;
use axum::response::Response;
use mustcheck::Date;
use mustcheck::model::Disposition;
use mustcheck_evidence::DocumentId;

use super::fields::Fields;
use super::form::{Mistakes, Wrong, marked};
use super::language::Lang;
use super::layout::Switch;
use super::office::Task;
use super::problem::{Problem, told};
use super::respond;
use super::state::today;
use super::visit::{Sent, Visit};
use crate::records::{FoundCases, Search};

/// Number of cases on a page.
const ROWS: u32 = 25;

/// The form as it was typed.
#[derive(Default)]
struct Asked {
    number: String,
    receipt: String,
    office: String,
    matter: String,
    disposition: String,
    from: String,
    to: String,
    /// The page of cases, from 0.
    page: u32,
}

impl Asked {
    fn read(fields: &Fields, button: &str) -> Self {
        let text = |name: &str| fields.get(name).to_owned();
        let page = button.strip_prefix("page-").and_then(|page| page.parse::<u32>().ok());
        let mut asked = Self {
            number: text("number"),
            receipt: text("receipt"),
            office: text("office"),
            matter: text("matter"),
            disposition: text("disposition"),
            from: text("from"),
            to: text("to"),
            page: page.unwrap_or_default(),
        };
        if let ("today", Some(today)) = (button, today()) {
            (asked.from, asked.to) = (today.to_string(), today.to_string());
        }
        asked
    }

    /// Makes the search, or returns the mistakes in it.
    fn search(&self, lang: Lang) -> Result<Search, Vec<Wrong>> {
        let mut mistakes = Mistakes::new(lang);
        let mut day = |place: &str, text: &str| -> Option<Date> {
            if text.is_empty() { None } else { mistakes.day(place, text) }
        };
        let (from, to) = (day("from", &self.from), day("to", &self.to));
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            mistakes.add("to", "不能早于起始日期。", "This is before the first day.");
        }
        if !mistakes.wrong.is_empty() {
            return Err(mistakes.wrong);
        }
        let some = |text: &String| (!text.is_empty()).then(|| text.clone());
        let disposition = Disposition::ALL.iter().find(|known| known.code() == self.disposition);
        Ok(Search {
            number: some(&self.number),
            office: some(&self.office),
            matter: some(&self.matter),
            disposition: disposition.copied(),
            from,
            to,
            rows: ROWS,
            page: self.page,
        })
    }
}

/// `GET /receipts`: the form, and the latest cases.
pub(super) async fn show(visit: Visit) -> Response {
    match permit(&visit) {
        Ok(()) => answer(&visit, &Asked::default()).await,
        Err(refused) => refused,
    }
}

/// `POST /receipts`: finds cases; a receipt's number leads to its page.
pub(super) async fn ask(sent: Sent) -> Response {
    let Sent { visit, fields } = &sent;
    if let Err(refused) = permit(visit) {
        return refused;
    }
    let asked = Asked::read(fields, sent.button());
    if asked.receipt.is_empty() || sent.button().starts_with("language-") {
        return answer(visit, &asked).await;
    }
    let lang = visit.lang();
    // RAIL R13: what is no number of a receipt may be anything, and is not repeated in a sentence.
    let Ok(id) = asked.receipt.to_ascii_lowercase().parse::<DocumentId>() else {
        let told = lang.own(
            "回执编号以r开头，后接32位数字或者a至f的字母。",
            "A receipt's number is `r` and 32 digits or letters from a to f.",
        );
        return wrong(visit, &asked, vec![Wrong { place: "receipt".into(), told }]);
    };
    match visit.shared().office.receipt(&*visit.caller, id).await {
        Ok(receipt) => respond::see_other(&format!("/receipts/{}", receipt.id)),
        Err(Problem::Invalid { detail, .. }) => {
            let told = told(lang, &detail);
            wrong(visit, &asked, vec![Wrong { place: "receipt".into(), told }])
        }
        Err(problem) => respond::problem(visit, &problem),
    }
}

/// Checks that the caller may see receipts. A caller that may record feedback may see what it is
/// about.
pub(super) fn permit(visit: &Visit) -> Result<(), Response> {
    if visit.caller.may(Task::Feedback) { Ok(()) } else { visit.permit(Task::Receipts) }
}

async fn answer(visit: &Visit, asked: &Asked) -> Response {
    let search = match asked.search(visit.lang()) {
        Ok(search) => search,
        Err(mistakes) => return wrong(visit, asked, mistakes),
    };
    match visit.shared().office.search(&*visit.caller, search).await {
        Ok(found) => page(visit, asked, &[], Some(&found)),
        Err(problem) => respond::problem(visit, &problem),
    }
}

fn wrong(visit: &Visit, asked: &Asked, mistakes: Vec<Wrong>) -> Response {
    page(visit, asked, &mistakes, None)
}

fn page(visit: &Visit, asked: &Asked, wrong: &[Wrong], found: Option<&FoundCases>) -> Response {
    let title = visit.lang().say("查找案件", "Find a case");
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let switch = Switch::Form { id: "find", usual: "find" };
    let view = view::View { visit, asked, wrong, found };
    visit.page_with(status, &marked(visit, title, !wrong.is_empty()), switch, view.page(title))
}
