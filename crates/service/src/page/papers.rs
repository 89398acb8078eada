//! The papers of a case that is on record, printed again as they were on the day.
//!
//! RAIL R12: the decision is derived again by the component that made it, and the papers are written
//! by the writer of its time. Unless everything is equal there is no paper, and the page says why.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use mustcheck::words::role_words;
use mustcheck::{Page as Paper, safe};
use mustcheck_evidence::Receipt;
use mustcheck_evidence::replay::Verdict;

use super::language::Lang;
use super::office::Task;
use super::receipt::lasting;
use super::respond;
use super::visit::Visit;
use crate::records::{KeptReceipt, NoPapers, Papers};

/// `GET /receipts/{id}/papers`: the papers, or the reason why there are none.
pub(super) async fn list(visit: Visit, Path(id): Path<String>) -> Response {
    let (receipt, papers) = match read(&visit, &id).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    let lang = visit.lang();
    let title = lang.say("重新打印文书", "Print the papers again");
    let back = format!("/receipts/{}/papers", receipt.id);
    let (status, said) = match &papers {
        Ok(papers) => (StatusCode::OK, all(lang, &receipt, papers)),
        Err(none) => (StatusCode::NOT_FOUND, reason(lang, &receipt, *none)),
    };
    let main = html! {
        h1 { (title) }
        (said)
        p.actions.screen {
            a.button.second href=(format!("/receipts/{}", receipt.id)) {
                (lang.say("返回核查回执", "Back to the receipt"))
            }
        }
    };
    visit.page(status, title, &back, main)
}

/// `GET /receipts/{id}/papers/{paper}`: one paper, to the byte.
pub(super) async fn show(visit: Visit, Path((id, paper)): Path<(String, String)>) -> Response {
    let (receipt, papers) = match read(&visit, &id).await {
        Ok(read) => read,
        Err(response) => return response,
    };
    let papers = match papers {
        Ok(papers) => papers,
        Err(_) => return respond::see_other(&format!("/receipts/{}/papers", receipt.id)),
    };
    match papers.into_iter().find(|one| name(one) == paper) {
        Some(paper) => respond::paper(paper.html),
        None => super::decision::gone(&visit),
    }
}

/// Reads a receipt that the caller may see, and writes its papers again in the language of the
/// visit. They are about persons and firms, and for callers that may check.
async fn read(visit: &Visit, id: &str) -> Result<(KeptReceipt, Papers), Response> {
    visit.permit(Task::Check)?;
    let receipt = lasting(visit, id).await?;
    let language = visit.lang();
    let papers = visit.shared().office.papers(&*visit.caller, receipt.clone(), language).await;
    let papers = papers.map_err(|problem| respond::problem(visit, &problem))?;
    Ok((receipt, papers))
}

/// Name of a paper in its address: no subject is named but by its position.
// RAIL R13
fn name(paper: &Paper) -> String {
    match paper.subject {
        None => "sheet".into(),
        Some(subject) => format!("notice-{subject}"),
    }
}

fn all(lang: Lang, receipt: &KeptReceipt, papers: &[Paper]) -> Markup {
    let Receipt { case, .. } = &receipt.receipt.payload;
    html! {
        section {
            p { (lang.say("申请编号：", "Case number: ")) b { (safe(&case.id)) } }
            p { (lang.say(
                "决定已依据证据重新推导，与日志中的回执一致；以下文书由当时的文书组件写成，与核查当日的逐字节相同。",
                "The decision was derived again from its evidence and is the one on record. The \
                 papers below are by the writer of that day, the same to the byte.",
            )) }
            ul.entries {
                @for paper in papers {
                    li {
                        a href=(format!("/receipts/{}/papers/{}", receipt.id, name(paper)))
                            target="_blank" {
                            (title(lang, &receipt.receipt.payload, paper))
                        }
                        " " span.small { (lang.say("（在新窗口打开，用浏览器打印）", "(opens in a new window; print it from there)")) }
                    }
                }
            }
        }
    }
}

fn title(lang: Lang, receipt: &Receipt, paper: &Paper) -> Markup {
    let Some(subject) = paper.subject else {
        return html! { (lang.say("核查结果单", "Result sheet")) };
    };
    let role = receipt.measures.iter().find(|measure| measure.subject_index == subject);
    html! {
        (lang.say("告知书：主体", "Notice: subject ")) (u64::from(subject) + 1)
        @if let Some(measure) = role {
            (lang.say("（", " (")) (lang.words(role_words(measure.role))) (lang.say("）", ")"))
        }
    }
}

fn reason(lang: Lang, receipt: &KeptReceipt, none: NoPapers) -> Markup {
    let said = match none {
        NoPapers::NotKept => lang.say(
            "本服务只保存回执，不保存证据，不能重新打印文书。",
            "This service keeps receipts and no evidence, so papers cannot be printed again.",
        ),
        NoPapers::Missing => lang.say(
            "没有这次核查的证据文件，不能重新打印文书。请报告管理员：回执在日志中，证据却不在。",
            "The evidence of this check is not there, so its papers cannot be printed again. Tell \
             the administrator: its receipt is in the log.",
        ),
        NoPapers::Sealed => lang.say(
            "证据已加密，本服务不能解密。请持有私钥的单位以 mustcheck replay --papers 重新打印。",
            "The evidence is encrypted, and not for this service. Whoever has the key prints the \
             papers again with `mustcheck replay --papers`.",
        ),
        NoPapers::NotEqual(Verdict::MissingComponent) => lang.say(
            "当时作出结论的规则组件或者文书组件已不在本机，不能重新推导，不打印文书。",
            "The component that decided, or the writer of its time, is not at hand. Nothing can be \
             derived again, and nothing is printed.",
        ),
        NoPapers::NotEqual(Verdict::Broken | Verdict::Unreadable) => lang.say(
            "证据与日志中的回执不符，不打印文书。请立即报告管理员和审计人员。",
            "The evidence does not fit the receipt in the log. Nothing is printed. Tell the \
             administrator and the auditors at once.",
        ),
        NoPapers::NotEqual(Verdict::Differs) => lang.say(
            "重新推导的决定与记录的不同，不打印文书。请立即报告管理员和审计人员。",
            "The decision that was derived again is not the one on record. Nothing is printed. \
             Tell the administrator and the auditors at once.",
        ),
        NoPapers::NotEqual(_) => lang.say(
            "未能重新推导该决定，不打印文书。请报告管理员。",
            "The decision could not be derived again. Nothing is printed. Tell the administrator.",
        ),
    };
    html! {
        p.alert role="alert" { (said) }
        p { (lang.say("回执编号：", "Receipt: ")) code { (receipt.id) } }
    }
}
