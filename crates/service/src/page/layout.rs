//! The frame of every page: header, navigation, choice of language, footer.

use maud::{DOCTYPE, Markup, html};

use super::language::Lang;
use super::office::{Caller, Task};
use super::statics;
use super::visit::Guest;

/// Way to show a page again in the other language.
#[derive(Clone, Copy)]
pub(super) enum Switch<'a> {
    /// A GET of this path shows it again.
    Back(&'a str),
    /// Its form is sent again, so that nothing that was typed is lost.
    Form {
        /// The form's id.
        id: &'a str,
        /// Value of the form's first button.
        usual: &'a str,
    },
}

/// The frame of one page.
pub(super) struct Layout<'a> {
    pub(super) guest: &'a Guest,
    pub(super) caller: Option<&'a dyn Caller>,
    pub(super) title: &'a str,
    pub(super) switch: Switch<'a>,
}

impl Layout<'_> {
    fn lang(&self) -> Lang {
        self.guest.lang
    }

    pub(super) fn page(&self, main: &Markup) -> Markup {
        let lang = self.lang();
        let name = lang.say("信用核查", "Credit check");
        html! {
            (DOCTYPE)
            html lang=(lang.tag()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light";
                    title { (self.title) " · " (name) }
                    link rel="stylesheet" href=(statics::style());
                    link rel="icon" type="image/svg+xml" href=(statics::icon());
                    script src=(statics::script()) defer {}
                }
                body {
                    a.skip href="#main" { (lang.say("跳至正文", "Skip to the content")) }
                    header.top {
                        div.bar {
                            p.brand { a href="/" {
                                img src=(statics::icon()) alt="" width="28" height="28";
                                (name)
                            } }
                            div.tools {
                                @if let Some(caller) = self.caller { (self.signed_in(caller)) }
                                (self.switch())
                            }
                        }
                        @if let Some(caller) = self.caller { (self.navigation(caller)) }
                    }
                    main #main tabindex="-1" { (main) }
                    footer.bottom {
                        p { (lang.say(
                            "查询所得及其依据供决定机关依法判断，不是行政决定。未查不等于无记录。",
                            "What is found, and its basis, is for the office to decide on. Not checked is \
                             not clear.",
                        )) }
                    }
                }
            }
        }
    }

    fn navigation(&self, caller: &dyn Caller) -> Markup {
        let pages = [
            ("/", Task::Check, "新建核查", "New check"),
            ("/receipts", Task::Receipts, "查找案件", "Find a case"),
            ("/overdue", Task::Receipts, "逾期事项", "Overdue"),
            ("/statistics", Task::Receipts, "统计", "Statistics"),
        ];
        let lang = self.lang();
        let here = &*self.guest.path;
        let is_here = |path: &str| match path {
            "/" => matches!(here, "/" | "/json") || here.starts_with("/decisions"),
            path => here.starts_with(path),
        };
        html! {
            nav aria-label=(lang.say("主导航", "Main")) {
                ul {
                    @for (path, task, zh, en) in pages {
                        @if caller.may(task) {
                            li {
                                a href=(path) aria-current=[is_here(path).then_some("page")] {
                                    (lang.say(zh, en))
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    fn signed_in(&self, caller: &dyn Caller) -> Markup {
        let lang = self.lang();
        html! {
            form method="post" action="/sign-out" {
                (token(self.guest))
                span.who { (caller.name()) }
                button.plain type="submit" { (lang.say("退出", "Sign out")) }
            }
        }
    }

    fn switch(&self) -> Markup {
        let other = self.lang().other();
        match self.switch {
            Switch::Back(back) => html! {
                form method="post" action="/language" {
                    (token(self.guest))
                    input type="hidden" name="back" value=(back);
                    button.plain type="submit" name="language" value=(other.code())
                        lang=(other.tag()) { (other.name()) }
                }
            },
            Switch::Form { id, usual } => html! {
                // Enter in a field presses a form's first button, which must not be this one.
                button type="submit" form=(id) name="do" value=(usual) hidden {}
                button.plain type="submit" form=(id) name="do" lang=(other.tag())
                    value=(format!("language-{}", other.code())) { (other.name()) }
            },
        }
    }
}

/// Hidden field with the token that every form must send.
pub(super) fn token(guest: &Guest) -> Markup {
    html! { input type="hidden" name="form_token" value=(guest.form_token()); }
}
