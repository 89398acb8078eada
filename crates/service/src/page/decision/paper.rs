//! A paper as it is printed on A4, and the parts of the sheet on the decision's own page.

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, PreEscaped, html};
use mustcheck::words::{Block, Document};

use crate::page::statics;
use crate::page::visit::Visit;

/// The page that is printed.
pub(super) fn page(visit: &Visit, number: u32, path: &str, document: &Document) -> Response {
    let lang = visit.lang();
    let main = html! {
        link rel="stylesheet" href=(statics::paper_style());
        p.actions.screen {
            a.button href=(format!("/decisions/{number}")) {
                (lang.say("返回核查结果", "Back to the decision"))
            }
            " "
            button type="button" data-print hidden { (lang.say("打印", "Print")) }
        }
        // The writer has escaped whatever came from outside.
        div.sheet { (PreEscaped(document.article())) }
    };
    visit.page(StatusCode::OK, &document.title, &format!("/decisions/{number}/{path}"), main)
}

/// Blocks of a sheet, as a page shows them.
pub(super) fn blocks(blocks: &[Block]) -> Markup {
    html! {
        @for block in blocks {
            @match block {
                Block::Paragraph(text) | Block::Blank(text) => p { (text) },
                Block::Strong(text) => p { b { (text) } },
                Block::Item(text, details) => {
                    p { (text) }
                    @for detail in details { p.small { (detail) } }
                }
                Block::Table(head, rows) => div.scroll tabindex="0" {
                    table {
                        thead { tr { @for cell in head { th scope="col" { (cell) } } } }
                        tbody {
                            @for row in rows { tr { @for cell in row { td { (cell) } } } }
                        }
                    }
                },
            }
        }
    }
}
