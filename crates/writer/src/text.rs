//! A paper as plain text.

use std::fmt::Write as _;

use mustcheck_model::Language;

use super::document::{Block, Document, Field};

impl Document {
    /// The paper as plain text, a line for each thing that it says.
    pub fn text(&self) -> String {
        let Self { language, warning, title, fields, addressee, sections, signature } = self;
        let indent = language.say("　　", "    ");
        let mut page = String::with_capacity(4096);
        if let Some(warning) = warning {
            say!(page, "{warning}");
        }
        say!(page, "{title}");
        for Field { label, value } in fields {
            say!(page, "{label}{}{value}", language.say("：", ": "));
        }
        if let Some(addressee) = addressee {
            say!(page, "{addressee}{}", language.say("：", ":"));
        }
        for section in sections {
            page.push('\n');
            if let Some(heading) = &section.heading {
                say!(page, "{heading}");
            }
            for block in &section.blocks {
                block_text(&mut page, block, *language, indent);
            }
        }
        page.push('\n');
        for line in signature {
            say!(page, "{indent}{line}");
        }
        page
    }
}

fn block_text(page: &mut String, block: &Block, language: Language, indent: &str) {
    let between = language.say("　", "  ");
    match block {
        Block::Paragraph(text) | Block::Strong(text) => say!(page, "{indent}{text}"),
        Block::Blank(label) => {
            say!(page, "{indent}{label}{}____________________", language.say("：", ": "));
        }
        Block::Item(text, details) => {
            say!(page, "{indent}{text}");
            for detail in details {
                say!(page, "{indent}{indent}{detail}");
            }
        }
        Block::Table(head, rows) => {
            for row in std::iter::once(head).chain(rows) {
                say!(page, "{indent}{}", row.join(between));
            }
        }
    }
}
