//! A paper as a page that is printed on A4: it needs nothing from anywhere, and everything that
//! comes from outside is escaped.

use std::fmt::{self, Write as _};

use super::document::{Block, Document, Field};

/// The style of a printed paper. Page numbers are in the margin, and the lines of the seal are
/// never alone on a page.
pub const PAPER_STYLE: &str = include_str!("paper.css");

/// A text that is shown with every special character of HTML escaped.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

impl Document {
    /// The paper as a page of its own.
    pub fn html(&self) -> String {
        let (tag, title) = (self.language.tag(), Escaped(&self.title));
        let article = self.article();
        format!(
            "<!DOCTYPE html>\n<html lang=\"{tag}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n\
             <style>\n{PAPER_STYLE}</style>\n</head>\n<body>\n{article}</body>\n</html>\n"
        )
    }

    /// The content of the page, for a page that has a head and [`PAPER_STYLE`] already.
    pub fn article(&self) -> String {
        let Self { language, warning, title, fields, addressee, sections, signature } = self;
        let mut page = String::with_capacity(8192);
        say!(page, "<article class=\"paper paper-{}\" lang=\"{0}\">", language.tag());
        if let Some(warning) = warning {
            say!(page, "<p class=\"warning\">{}</p>", Escaped(warning));
        }
        say!(page, "<h1>{}</h1>", Escaped(title));
        if !fields.is_empty() {
            say!(page, "<table class=\"head\">");
            for Field { label, value } in fields {
                let (label, value) = (Escaped(label), Escaped(value));
                say!(page, "<tr><th scope=\"row\">{label}</th><td>{value}</td></tr>");
            }
            say!(page, "</table>");
        }
        if let Some(addressee) = addressee {
            let colon = language.say("：", ":");
            say!(page, "<p class=\"addressee\">{}{colon}</p>", Escaped(addressee));
        }
        let last = sections.len().saturating_sub(1);
        for (at, section) in sections.iter().enumerate() {
            say!(page, "<section>");
            if let Some(heading) = &section.heading {
                say!(page, "<h2>{}</h2>", Escaped(heading));
            }
            let end = section.blocks.len().saturating_sub(1);
            for (position, block) in section.blocks.iter().enumerate() {
                // The seal keeps the last thing that is said.
                if (at, position) == (last, end) {
                    say!(page, "<div class=\"end\">");
                }
                block_html(&mut page, block);
            }
            if at != last {
                say!(page, "</section>");
            }
        }
        say!(page, "<div class=\"signature\">");
        for line in signature {
            say!(page, "<p>{}</p>", Escaped(line));
        }
        say!(page, "</div>");
        if sections.last().is_some_and(|section| !section.blocks.is_empty()) {
            say!(page, "</div>");
        }
        if !sections.is_empty() {
            say!(page, "</section>");
        }
        say!(page, "</article>");
        page
    }
}

fn block_html(page: &mut String, block: &Block) {
    match block {
        Block::Paragraph(text) => say!(page, "<p>{}</p>", Escaped(text)),
        Block::Strong(text) => say!(page, "<p><strong>{}</strong></p>", Escaped(text)),
        Block::Blank(label) => {
            say!(page, "<p class=\"blank\">{}<span></span></p>", Escaped(label));
        }
        Block::Item(text, details) => {
            say!(page, "<div class=\"item\"><p>{}</p>", Escaped(text));
            for detail in details {
                say!(page, "<p class=\"detail\">{}</p>", Escaped(detail));
            }
            say!(page, "</div>");
        }
        Block::Table(head, rows) => {
            say!(page, "<table class=\"rows\"><thead><tr>");
            for cell in head {
                say!(page, "<th scope=\"col\">{}</th>", Escaped(cell));
            }
            say!(page, "</tr></thead><tbody>");
            for row in rows {
                say!(page, "<tr>");
                for cell in row {
                    say!(page, "<td>{}</td>", Escaped(cell));
                }
                say!(page, "</tr>");
            }
            say!(page, "</tbody></table>");
        }
    }
}
