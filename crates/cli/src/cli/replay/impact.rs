//! Replay by another policy: shows the cases that would be decided differently.

use std::collections::HashSet;
use std::path::Path;

use anyhow::{Context as _, Result};
use mustcheck::{redact, safe, words};
use mustcheck_evidence::Bundle;
use mustcheck_evidence::bundle::id_of_file;
use mustcheck_evidence::impact::{Change, Impact, Met, redecide};
use mustcheck_evidence::replay::Replayer;

use super::bundles::Bundles;
use super::{Arguments, BROKEN, Logged, limits, page};
use crate::cli::gates::{embedded, open_policy};
use crate::cli::{Lang, Style, text};

pub fn run(
    arguments: &Arguments,
    bundles: &Bundles,
    replayer: &Replayer,
    logged: Option<&Logged>,
    style: Style,
) -> Result<u8> {
    let policy = match (&arguments.policy, &arguments.edition) {
        (Some(file), _) => open_policy(file)?,
        (None, edition) => embedded(edition.as_deref().unwrap_or_default(), &arguments.overlay)?,
    };
    let limits = limits(arguments);
    let cases = bundles.each(style, |file| {
        let bundle = bundle(bundles, replayer, file);
        let id = bundle.as_ref().ok().map(|bundle| bundle.receipt.id());
        // A bundle that was passed over is reported by its own fault, and its receipt not as
        // missing.
        let id = id.or_else(|| id_of_file(file));
        (id, bundle.map(|bundle| redecide(&policy, bundle, &limits)))
    });
    let (mut decided, mut passed_over) = (Vec::with_capacity(cases.len()), 0);
    let mut met = HashSet::new();
    for (id, case) in cases {
        met.extend(id);
        match case {
            Ok(case) => decided.push(case),
            Err(told) => {
                passed_over += 1;
                eprintln!("{told}");
            }
        }
    }
    let missing = logged.map(|logged| logged.without_bundle(bundles, &met)).transpose()?;
    let missing = missing.unwrap_or_default();
    for missing in &missing {
        eprintln!("{}", missing.told(style));
    }
    passed_over += u64::try_from(missing.len()).unwrap_or(u64::MAX);
    let impact = Impact::of(&policy, decided, passed_over);
    if let Some(path) = &arguments.html {
        let page = page::of(&impact, style);
        std::fs::write(path, page)
            .with_context(|| format!("`{}` cannot be written", path.display()))?;
    }
    if style.json {
        text::print_json(&impact)?;
    } else {
        tell(&impact, style)?;
    }
    Ok(match passed_over {
        _ if !missing.is_empty() => BROKEN,
        0 => 0,
        _ => 3,
    })
}

/// Returns a bundle whose evidence holds, or the message about it.
fn bundle(bundles: &Bundles, replayer: &Replayer, file: &Path) -> Result<Bundle, String> {
    let told = |why: String| redact(&safe(&format!("{}: {why}", bundles.name(file))));
    let json = bundles.read(file).map_err(|e| told(e.to_string()))?;
    let bundle = Bundle::from_json(&json).map_err(|e| told(format!("it is no bundle: {e}")))?;
    // Changes are shown only for decisions that were made, and not for what somebody wrote.
    match replayer.examine(&bundle).first() {
        Some(problem) => Err(told(problem.to_string())),
        None => Ok(bundle),
    }
}

fn tell(impact: &Impact, style: Style) -> Result<()> {
    let zh = style.lang == Lang::Zh;
    let policy = &impact.policy;
    text::heading(&format!("{} · {} · {}", policy.name, policy.edition, policy.overlay))?;
    let Impact { cases, unchanged, .. } = impact;
    let (changed, undecided) = (impact.changes.len(), impact.undecided.len());
    text::line(&if zh {
        format!("共 {cases} 件：{unchanged} 件不变，{changed} 件改变，{undecided} 件该策略不处理")
    } else {
        format!("{cases} cases: {unchanged} the same, {changed} change, {undecided} not decided")
    })?;
    if impact.not_asked > 0 {
        let (n, of) = (impact.not_asked, impact.cases_not_asked);
        text::line(&if zh {
            format!("not-asked：{of} 件中有 {n} 次应查当时未查，视为未获答复，不视为无记录")
        } else {
            format!(
                "not-asked: {n} lookups of {of} cases were not made then; they count as \
                 unanswered, never as clear"
            )
        })?;
    }
    for sum in &impact.transitions {
        text::line(&format!("  {:>6}  {} → {}", sum.cases, sum.before, sum.after))?;
    }
    if !impact.measures.is_empty() {
        text::heading(style.say(
            "按措施和条款（新增 / 取消 / 期限改变 / 适用方式改变）",
            "By measure and clause (added / dropped / other term / applies otherwise)",
        ))?;
    }
    for sum in &impact.measures {
        text::line(&format!(
            "  +{} / -{} / ~{} / *{}  {}  ({})",
            sum.added,
            sum.dropped,
            sum.other_term,
            sum.altered,
            sum.measure,
            sum.clauses.join("; ")
        ))?;
    }
    if changed > 0 {
        text::heading(style.say("案件", "Cases"))?;
    }
    for change in &impact.changes {
        tell_change(change, style)?;
    }
    for case in &impact.undecided {
        text::line(&format!("  {} {}  {}", case.case, case.receipt, case.why))?;
    }
    Ok(())
}

fn tell_change(change: &Change, style: Style) -> Result<()> {
    let Change { case, before, after, receipt, .. } = change;
    text::line(&format!("  {case} {receipt}  {} → {}", before.disposition, after.disposition))?;
    let rule = |rule| style.words(words::rule_words(rule));
    text::line(&format!("    {} → {}", rule(before.rule), rule(after.rule)))?;
    let one = |sign: char, met: &Met| {
        let until = met.until.map(|day| format!(" ≤ {day}")).unwrap_or_default();
        let (clauses, how) = (met.clauses.join("; "), how(met));
        let (role, measure) = (met.role, &met.measure);
        text::line(&format!("    {sign} {role} {measure} {how}{until}  ({clauses})"))
    };
    change.added.iter().try_for_each(|met| one('+', met))?;
    change.dropped.iter().try_for_each(|met| one('-', met))?;
    change.other_term.iter().try_for_each(|(_, met)| one('~', met))?;
    for (old, new) in &change.altered {
        one('*', old)?;
        one('→', new)?;
    }
    if change.not_asked > 0 {
        text::line(&format!("    not-asked: {}", change.not_asked))?;
    }
    Ok(())
}

/// The way in which a measure applies, in codes.
pub fn how(met: &Met) -> String {
    format!("[{}, {}, {}]", met.effect, met.force, met.kind)
}
