//! The parts of which every form is made: mistakes, and fields of one line.

use maud::{Markup, html};
use mustcheck::Date;

use super::fields::id;
use super::language::Lang;
use super::visit::Visit;

/// A mistake, and the field where it is.
pub(super) struct Wrong {
    pub(super) place: String,
    pub(super) told: String,
}

/// Collects the mistakes in a form.
pub(super) struct Mistakes {
    pub(super) lang: Lang,
    pub(super) wrong: Vec<Wrong>,
}

impl Mistakes {
    pub(super) const fn new(lang: Lang) -> Self {
        Self { lang, wrong: Vec::new() }
    }

    pub(super) fn add(&mut self, place: &str, zh: &str, en: &str) {
        self.wrong.push(Wrong { place: place.into(), told: self.lang.own(zh, en) });
    }

    /// Checks that something was typed.
    pub(super) fn needed(&mut self, place: &str, text: &str) {
        if text.is_empty() {
            self.add(place, "请填写此项。", "This is needed.");
        }
    }

    /// Reads a day; a text that is none is a mistake.
    pub(super) fn day(&mut self, place: &str, text: &str) -> Option<Date> {
        let day = text.parse().ok();
        if day.is_none() {
            let en = "Write the day as year-month-day: 2026-11-25.";
            self.add(place, "请按“年-月-日”填写日期，例如2026-11-25。", en);
        }
        day
    }
}

/// The list of mistakes, each with a link to its field.
pub(super) fn summary(lang: Lang, wrong: &[Wrong], label: &dyn Fn(&str) -> String) -> Markup {
    if wrong.is_empty() {
        return html! {};
    }
    html! {
        div.errors #errors role="alert" tabindex="-1" autofocus {
            h2 { (lang.say("请更正以下内容", "Please correct this")) }
            ul {
                @for one in wrong {
                    li { a href=(format!("#{}", id(&one.place))) {
                        (label(&one.place)) (lang.say("：", ": ")) (one.told)
                    } }
                }
            }
        }
    }
}

/// The mistakes at a field, with the id by which [`described`] refers to them.
pub(super) fn error(wrong: &[Wrong], place: &str) -> Markup {
    html! {
        @for one in wrong.iter().filter(|one| one.place == place) {
            p.error id=(format!("{}-error", id(place))) { (one.told) }
        }
    }
}

/// Value of a field's `aria-describedby`: ids of its hint and of its error, if there are any.
pub(super) fn described(wrong: &[Wrong], place: &str, hint: bool) -> Option<String> {
    let error = wrong.iter().any(|one| one.place == place);
    let ids = [(hint, "hint"), (error, "error")];
    let ids: Vec<String> = (ids.iter().filter(|(is, _)| *is))
        .map(|(_, what)| format!("{}-{what}", id(place)))
        .collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// A field of one line.
pub(super) struct Line<'a> {
    pub(super) place: &'a str,
    pub(super) label: &'a str,
    pub(super) value: &'a str,
    pub(super) kind: &'a str,
    pub(super) hint: Option<&'a str>,
    pub(super) required: bool,
    pub(super) class: &'a str,
    /// Whether the page begins at this field.
    pub(super) focus: bool,
}

impl<'a> Line<'a> {
    pub(super) const fn text(place: &'a str, label: &'a str, value: &'a str) -> Self {
        let (hint, required, class, focus) = (None, false, "", false);
        Self { place, label, value, kind: "text", hint, required, class, focus }
    }

    pub(super) const fn day(place: &'a str, label: &'a str, value: &'a str) -> Self {
        Self { kind: "date", class: "short", ..Self::text(place, label, value) }
    }

    pub(super) const fn needed(self) -> Self {
        Self { required: true, ..self }
    }

    pub(super) fn show(&self, wrong: &[Wrong]) -> Markup {
        let Self { place, label, value, kind, hint, required, class, focus } = *self;
        let bad = wrong.iter().any(|one| one.place == place);
        html! {
            div.field.(class) {
                label for=(id(place)) { (label) }
                @if let Some(hint) = hint { p.hint id=(format!("{}-hint", id(place))) { (hint) } }
                (error(wrong, place))
                input id=(id(place)) type=(kind) name=(place) value=(value) required[required]
                    autofocus[focus] autocomplete="off" spellcheck="false" aria-invalid=[bad.then_some("true")]
                    aria-describedby=[described(wrong, place, hint.is_some())];
            }
        }
    }
}

/// Title of a page, which begins with a mark if something is wrong.
pub(super) fn marked(visit: &Visit, title: &str, wrong: bool) -> String {
    let mark = visit.lang().say("错误：", "Error: ");
    if wrong { format!("{mark}{title}") } else { title.to_owned() }
}
