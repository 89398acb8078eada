//! A page that shows what another policy would change.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use mustcheck::words;
use mustcheck_evidence::impact::{Change, Impact, Met};

use super::impact::how;
use crate::cli::Style;

const LOOK: &str = "body{font:16px/1.5 system-ui,'Noto Sans CJK SC','Microsoft YaHei',sans-serif;\
max-width:70rem;margin:2rem auto;padding:0 1rem;color:#222}table{border-collapse:collapse;width:100%;\
margin:1rem 0}th,td{border-bottom:1px solid #ddd;padding:.3rem .6rem;text-align:left;\
vertical-align:top}td.n{text-align:right}.a{color:#063}.d{color:#a00}small{color:#666}\
@media print{body{margin:0;max-width:none}tr{break-inside:avoid}}";

/// Returns the page as HTML. It fetches nothing and runs nothing.
pub fn of(impact: &Impact, style: Style) -> String {
    let say = |zh, en| style.say(zh, en);
    let policy = &impact.policy;
    let title = say("采用前影响评估", "Impact before adoption");
    let page = html! {
        (DOCTYPE)
        html lang=(say("zh-CN", "en")) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy"
                    content="default-src 'none'; style-src 'unsafe-inline'";
                title { (title) }
                style { (PreEscaped(LOOK)) }
            }
            body {
                h1 { (title) }
                p {
                    (policy.name) " " (policy.version) " · " (policy.edition) " · "
                    (policy.overlay) br; small { (impact.component.to_string()) }
                }
                (totals(impact, style))
                (measures(impact, style))
                (cases(impact, style))
                (undecided(impact, style))
            }
        }
    };
    page.into_string()
}

fn totals(impact: &Impact, style: Style) -> Markup {
    let say = |zh, en| style.say(zh, en);
    html! {
        table {
            (count(say("重新处理的案件", "cases decided again"), impact.cases))
            (count(say("不变", "the same"), impact.unchanged))
            (count(say("改变", "change"), len(impact.changes.len())))
            (count(say("该策略不处理", "not decided by this policy"), len(impact.undecided.len())))
            (count(say("不成立或不可读的证据", "bundles passed over"), impact.passed_over))
            (count(
                say("当时未查的应查（not-asked，视为未获答复）",
                    "lookups not made then (not-asked, counted as unanswered)"),
                impact.not_asked))
        }
        @if !impact.transitions.is_empty() {
            h2 { (say("处理建议", "Findings")) }
            table {
                tr { th { (say("原", "before")) } th { (say("新", "after")) }
                    th { (say("件", "cases")) } }
                @for sum in &impact.transitions {
                    tr { td { (sum.before) } td { (sum.after) } td.n { (sum.cases) } }
                }
            }
        }
    }
}

fn measures(impact: &Impact, style: Style) -> Markup {
    let say = |zh, en| style.say(zh, en);
    html! {
        @if !impact.measures.is_empty() {
            h2 { (say("按措施和条款", "By measure and clause")) }
            table {
                tr {
                    th { (say("措施", "measure")) } th { (say("依据", "clauses")) }
                    th { (say("新增", "added")) } th { (say("取消", "dropped")) }
                    th { (say("期限改变", "other term")) }
                    th { (say("适用方式改变", "applies otherwise")) }
                }
                @for sum in &impact.measures {
                    tr {
                        td { (sum.measure) br; small { (sum.effect) } }
                        td { (sum.clauses.join("; ")) }
                        td.n { (sum.added) } td.n { (sum.dropped) } td.n { (sum.other_term) }
                        td.n { (sum.altered) }
                    }
                }
            }
        }
    }
}

fn cases(impact: &Impact, style: Style) -> Markup {
    let say = |zh, en| style.say(zh, en);
    html! {
        @if !impact.changes.is_empty() {
            h2 { (say("将有不同处理的案件", "Cases that would be decided differently")) }
            table {
                tr { th { (say("案件", "case")) } th { (say("原", "before")) }
                    th { (say("新", "after")) } th { (say("措施", "measures")) } }
                @for change in &impact.changes { (case(change, style)) }
            }
        }
    }
}

fn case(change: &Change, style: Style) -> Markup {
    let rule = |rule| style.words(words::rule_words(rule));
    html! {
        tr {
            td { (change.case) br; small { (change.matter) " · " (change.as_of) br;
                (change.receipt) } }
            td { (change.before.disposition) br; small { (rule(change.before.rule)) } }
            td { (change.after.disposition) br; small { (rule(change.after.rule)) } }
            td {
                @for met in &change.added { div.a { "+ " (one(met)) } }
                @for met in &change.dropped { div.d { "− " (one(met)) } }
                @for (old, new) in change.other_term.iter().chain(&change.altered) { div { (one(old)) " → " (one(new)) } }
                @if change.not_asked > 0 { small { "not-asked: " (change.not_asked) } }
            }
        }
    }
}

fn undecided(impact: &Impact, style: Style) -> Markup {
    html! {
        @if !impact.undecided.is_empty() {
            h2 { (style.say("该策略不处理的案件", "Cases that this policy does not decide")) }
            table {
                @for case in &impact.undecided {
                    tr { td { (case.case) br; small { (case.receipt) } } td { (case.why) } }
                }
            }
        }
    }
}

fn one(met: &Met) -> String {
    let until = met.until.map(|day| format!(" ≤ {day}")).unwrap_or_default();
    format!("{} · {} {}{until} ({})", met.role, met.measure, how(met), met.clauses.join("; "))
}

fn count(what: &str, n: u64) -> Markup {
    html! { tr { td { (what) } td.n { (n) } } }
}

fn len(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
