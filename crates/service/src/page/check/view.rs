//! The form of a new check.

use maud::{Markup, html};
use mustcheck::Policy;
use mustcheck::model::{Role, Scheme};
use mustcheck::words::role_words;

use super::draft::{Draft, MaterialRow, Row};
use crate::page::fields::id;
use crate::page::form::{Line, Wrong, described, error, summary};
use crate::page::language::Lang;
use crate::page::layout::token;
use crate::page::parts::matters;
use crate::page::problem::Problem;
use crate::page::visit::Visit;
use crate::page::words;

pub(super) struct View<'a> {
    pub(super) visit: &'a Visit,
    pub(super) draft: &'a Draft,
    pub(super) wrong: &'a [Wrong],
    pub(super) policy: Option<&'a Policy>,
}

impl View<'_> {
    fn lang(&self) -> Lang {
        self.visit.lang()
    }

    pub(super) fn page(&self, title: &str) -> Markup {
        let lang = self.lang();
        html! {
            h1 { (title) }
            (tabs(lang, false))
            (summary(lang, self.wrong, &|place| self.label(place)))
            form #check method="post" action="/" novalidate {
                (token(&self.visit.guest))
                // Enter in a field checks, whatever button comes first.
                button type="submit" name="do" value="check" hidden {}
                (self.case())
                (self.subjects())
                (self.materials())
                p.actions {
                    button type="submit" name="do" value="check" {
                        (lang.say("核查", "Check"))
                    }
                }
            }
        }
    }

    /// Whether the page begins at a field: at the box that was just added.
    fn is_at(&self, place: &str) -> bool {
        self.draft.focus.as_deref() == Some(place)
    }

    /// Name of a field in the list of mistakes.
    fn label(&self, place: &str) -> String {
        let lang = self.lang();
        if let Some((row, field)) = place.split_once("].") {
            let number = row.split_once('[').and_then(|(_, n)| n.parse::<usize>().ok());
            let number = number.unwrap_or_default().saturating_add(1);
            let of = match row.starts_with("materials") {
                true => lang.say("材料", "Material"),
                false => lang.say("主体", "Subject"),
            };
            return format!("{of} {number} {}", self.name(field));
        }
        self.name(place).to_owned()
    }

    fn name(&self, field: &str) -> &'static str {
        let lang = self.lang();
        match field {
            "id" => lang.say("申请编号", "Case number"),
            "matter" => lang.say("申请事项", "Matter"),
            "as_of" => lang.say("基准日", "As-of date"),
            "office.name" => lang.say("决定机关", "Deciding office"),
            "office.region" => lang.say("行政区划代码", "Division code"),
            "role" => lang.say("身份", "Role"),
            "scheme" => lang.say("证件类型", "Kind of identifier"),
            "identifier" => lang.say("证件号码", "Identifier"),
            "country" => lang.say("护照签发国", "Issuing country (passport)"),
            "name" => lang.say("名称或者姓名", "Name"),
            "commitment.signed_on" => lang.say("承诺签署日", "Signed on"),
            "commitment.complete_by" => lang.say("补齐期限", "Complete by"),
            _ => lang.say("主体", "Subjects"),
        }
    }

    fn case(&self) -> Markup {
        let (lang, draft, wrong) = (self.lang(), self.draft, self.wrong);
        let bad = wrong.iter().any(|one| one.place == "matter");
        html! {
            fieldset {
                legend { (lang.say("申请", "Application")) }
                div.grid {
                    (Line::text("id", self.name("id"), &draft.id).needed().show(wrong))
                    (Line::day("as_of", self.name("as_of"), &draft.as_of).needed().show(wrong))
                }
                div.field {
                    label for="matter" { (self.name("matter")) }
                    (error(wrong, "matter"))
                    select #matter name="matter" required aria-invalid=[bad.then_some("true")]
                        aria-describedby=[described(wrong, "matter", false)] {
                        option value="" { (lang.say("请选择", "Choose one")) }
                        (matters(self.visit, self.policy, &draft.matter))
                    }
                }
                div.grid {
                    (Line::text("office.name", self.name("office.name"), &draft.office)
                        .needed().show(wrong))
                    (Line {
                        hint: Some(lang.say("六位，例如310000", "Six digits, such as 310000")),
                        class: "short",
                        ..Line::text("office.region", self.name("office.region"), &draft.region)
                            .needed()
                    }.show(wrong))
                }
            }
        }
    }

    fn subjects(&self) -> Markup {
        let (lang, draft) = (self.lang(), self.draft);
        let usual = [
            Role::LegalRepresentative,
            Role::Principal,
            Role::ConsortiumMember,
            Role::Guarantor,
            Role::RegisteredPractitioner,
        ];
        html! {
            fieldset #subjects tabindex="-1" {
                legend { (lang.say("主体", "Subjects")) }
                p.hint { (lang.say(
                    "组织一般须填写其法定代表人或者主要负责人。全部留空的主体不计。",
                    "An organization usually names its legal representative or principal. A subject that \
                     is left empty does not count.",
                )) }
                (error(self.wrong, "subjects"))
                @for (n, row) in draft.subjects.iter().enumerate() { (self.subject(n, row)) }
                p.tick {
                    input #consortium type="checkbox" name="consortium" value="yes"
                        checked[draft.consortium];
                    label for="consortium" {
                        (lang.say("以联合体形式申请", "A consortium applies"))
                    }
                    p.hint { (lang.say(
                        "法定代表人或者主要负责人填在其所属单位之下。",
                        "Put legal representatives and principals below the organization that each \
                         stands behind.",
                    )) }
                }
                div.adding role="group" aria-label=(lang.say("增加主体", "Add a subject")) {
                    @for role in usual {
                        button.second type="submit" name="do"
                            value=(format!("add-subject-{role}")) {
                            (lang.say("＋ ", "+ ")) (lang.words(role_words(role)))
                        }
                    }
                }
            }
        }
    }

    fn subject(&self, n: usize, row: &Row) -> Markup {
        let (lang, wrong) = (self.lang(), self.wrong);
        let at = |field: &str| format!("subjects[{n}].{field}");
        let roles =
            Role::ALL.iter().map(|r| (r.code(), lang.words(role_words(*r)), *r == row.role));
        let schemes = (Scheme::ALL.iter())
            .map(|s| (s.code(), lang.words(words::scheme(*s)), *s == row.scheme));
        let number = n.saturating_add(1);
        html! {
            fieldset.row id=(format!("subjects-{n}")) tabindex="-1" {
                legend { (lang.say("主体", "Subject")) " " (number) }
                (error(wrong, &format!("subjects[{n}]")))
                div.grid {
                    (self.select(&at("role"), self.name("role"), roles.collect()))
                    (self.select(&at("scheme"), self.name("scheme"), schemes.collect()))
                    (Line::text(&at("identifier"), self.name("identifier"), &row.identifier)
                        .show(wrong))
                    (Line::text(&at("name"), self.name("name"), &row.name).show(wrong))
                    @if row.scheme == Scheme::Passport || !row.country.is_empty() {
                        (self.country(&at("country"), row))
                    } @else {
                        details.field {
                            summary { (self.name("country")) }
                            (self.country(&at("country"), row))
                        }
                    }
                }
                p.remove {
                    button.plain type="submit" name="do" value=(format!("remove-subject-{n}")) {
                        (lang.say("移除主体", "Remove subject")) " " (number)
                    }
                }
            }
        }
    }

    fn country(&self, place: &str, row: &Row) -> Markup {
        let hint = self.lang().say("两位字母，例如SG", "Two letters, such as SG");
        let line = Line::text(place, self.name("country"), &row.country);
        Line { hint: Some(hint), class: "short", ..line }.show(self.wrong)
    }

    fn select(&self, place: &str, label: &str, options: Vec<(&str, &str, bool)>) -> Markup {
        let bad = self.wrong.iter().any(|one| one.place == place);
        html! {
            div.field {
                label for=(id(place)) { (label) }
                (error(self.wrong, place))
                select id=(id(place)) name=(place) aria-invalid=[bad.then_some("true")]
                    autofocus[self.is_at(place)]
                    aria-describedby=[described(self.wrong, place, false)] {
                    @for (code, words, chosen) in options {
                        option value=(code) selected[chosen] { (words) }
                    }
                }
            }
        }
    }

    fn materials(&self) -> Markup {
        let (lang, draft, wrong) = (self.lang(), self.draft, self.wrong);
        html! {
            fieldset {
                legend { (lang.say("申请材料与承诺（可选）", "Materials and commitment (optional)")) }
                @for (n, row) in draft.materials.iter().enumerate() { (self.material(n, row)) }
                p { button.second type="submit" name="do" value="add-material" {
                    (lang.say("＋ 材料", "+ Material"))
                } }
                p.hint { (lang.say(
                    "申请人承诺补齐材料的，填写承诺签署日和补齐期限。",
                    "Where the applicant signed a promise to complete the materials, give both days.",
                )) }
                div.grid {
                    (Line::day("commitment.signed_on", self.name("commitment.signed_on"),
                        &draft.signed_on).show(wrong))
                    (Line::day("commitment.complete_by", self.name("commitment.complete_by"),
                        &draft.complete_by).show(wrong))
                }
            }
        }
    }

    fn material(&self, n: usize, row: &MaterialRow) -> Markup {
        let lang = self.lang();
        let at = |field: &str| format!("materials[{n}].{field}");
        let number = n.saturating_add(1);
        let boxes = [
            ("statutory", lang.say("法定材料", "Required by law"), row.statutory),
            ("provided", lang.say("已提交", "Handed in"), row.provided),
        ];
        html! {
            fieldset.row {
                legend { (lang.say("材料", "Material")) " " (number) }
                (Line {
                    focus: self.is_at(&at("name")),
                    ..Line::text(&at("name"), lang.say("材料名称", "Name"), &row.name)
                }.show(self.wrong))
                @for (field, words, ticked) in boxes {
                    p.tick {
                        input id=(id(&at(field))) type="checkbox" name=(at(field)) value="yes"
                            checked[ticked];
                        label for=(id(&at(field))) { (words) }
                    }
                }
                p.remove {
                    button.plain type="submit" name="do" value=(format!("remove-material-{n}")) {
                        (lang.say("移除材料", "Remove material")) " " (number)
                    }
                }
            }
        }
    }
}

/// The two ways to put an application in.
fn tabs(lang: Lang, json: bool) -> Markup {
    let here = |is: bool| is.then_some("page");
    html! {
        nav.tabs aria-label=(lang.say("填写方式", "How to put it in")) {
            ul {
                li { a href="/" aria-current=[here(!json)] { (lang.say("表单", "Form")) } }
                li { a href="/json" aria-current=[here(json)] { "JSON" } }
            }
        }
    }
}

/// The page to paste JSON into.
pub(super) fn json(visit: &Visit, title: &str, text: &str, problem: Option<&Problem>) -> Markup {
    let lang = visit.lang();
    let wrong: Vec<Wrong> = problem
        .iter()
        .map(|problem| {
            let place = match problem {
                Problem::Invalid { place, .. } => place.clone(),
                _ => String::new(),
            };
            let told = problem.sentence(lang);
            let told = if place.is_empty() { told } else { format!("{place} — {told}") };
            Wrong { place: "json".into(), told }
        })
        .collect();
    html! {
        h1 { (title) }
        (tabs(lang, true))
        (summary(lang, &wrong, &|_| "JSON".into()))
        form #check method="post" action="/json" novalidate {
            (token(&visit.guest))
            div.field {
                label for="json" { (lang.say("申请的JSON", "The application as JSON")) }
                p.hint #json-hint { (lang.say(
                    "与接口 POST /v1/checks 的正文相同。",
                    "The same as the body of POST /v1/checks.",
                )) }
                (error(&wrong, "json"))
                textarea #json name="json" rows="18" required spellcheck="false" autocomplete="off"
                    aria-invalid=[problem.map(|_| "true")]
                    aria-describedby=[described(&wrong, "json", true)] { "\n" (text) }
            }
            p.actions {
                button type="submit" name="do" value="check" { (lang.say("核查", "Check")) }
            }
        }
    }
}
