//! The generated bindings, and what they call.

#![allow(clippy::all, reason = "generated code")]

use mustcheck_writer::{Language, recorded};

wit_bindgen::generate!({ path: "wit", world: "writer" });

use exports::mustcheck::writer::writing;

struct Writer;

export!(Writer);

impl writing::Guest for Writer {
    fn decision(case: String) -> Result<String, String> {
        recorded::decision(&case)
    }

    fn papers(
        case: String,
        language: writing::Language,
        receipt: Option<String>,
    ) -> Result<Vec<writing::Paper>, String> {
        let language = match language {
            writing::Language::Zh => Language::Zh,
            writing::Language::En => Language::En,
        };
        let papers = recorded::papers(&case, language, receipt.as_deref())?;
        let pages = papers.pages().map(|(subject, document)| writing::Paper {
            subject,
            html: document.html(),
            text: document.text(),
        });
        Ok(pages.collect())
    }
}
