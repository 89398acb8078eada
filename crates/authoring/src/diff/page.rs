//! Rendering of the changes as a page, for a reader of a gazette.

use std::fmt::Write as _;

use mustcheck_model::Text;
use mustcheck_writer::Numeral;

use crate::diff::{Aspect, Bearing, Change, ChangedItem, Changes, Side, words};

/// Texts of both languages, grown line by line.
#[derive(Default)]
struct GazetteText {
    zh: String,
    en: String,
}

impl GazetteText {
    fn line(&mut self, zh: &str, en: &str) {
        self.zh.push_str(zh);
        self.zh.push('\n');
        self.en.push_str(en);
        self.en.push('\n');
    }
}

/// Renders the page. If nothing changed, the page says so, and nothing else.
pub(super) fn page(changes: &Changes) -> Text {
    let mut page = GazetteText::default();
    if changes.is_empty() {
        page.line("适用的规定没有变动。", "No change in law.");
        return Text::new(page.zh, page.en);
    }
    head(&mut page, changes);
    let mut sections = 0;
    let mut item: Option<ChangedItem> = None;
    let mut about: Option<(&str, &Text)> = None;
    let mut rest = changes.changes.iter().peekable();
    while let Some(change) = rest.next() {
        if item != Some(change.item) {
            (item, about) = (Some(change.item), None);
            sections += 1;
            let title = words::section(change.item);
            page.line("", "");
            page.line(
                &format!("{}、{}", Numeral::Number(sections), title.zh),
                &format!("{sections}. {}", title.en),
            );
        }
        if about != Some((change.code.as_str(), &change.name)) {
            about = Some((&change.code, &change.name));
            heading(&mut page, change);
        }
        entry(&mut page, changes, change);
        let same = |next: &&Change| {
            (next.item, &next.code, &next.name) == (change.item, &change.code, &change.name)
                && next.cited == change.cited
        };
        // Changes in a row with the same article cite it once.
        if !change.cited.zh.is_empty() && !rest.peek().is_some_and(same) {
            page.line(
                &format!("      依据：{}", change.cited.zh),
                &format!("      Basis: {}", change.cited.en),
            );
        }
    }
    Text::new(page.zh, page.en)
}

fn shown(side: &Side) -> Text {
    let Side { edition, version, overlay, first_day, name } = side;
    Text::new(
        format!("{}，{edition} {version}，{overlay}，自{first_day}起", name.zh),
        format!("{}, {edition} {version}, {overlay}, from {first_day}", name.en),
    )
}

fn head(page: &mut GazetteText, changes: &Changes) {
    let (old, new) = (shown(&changes.old), shown(&changes.new));
    page.line("规定变动一览", "What changes in law");
    page.line(&format!("原：{}", old.zh), &format!("Before: {}", old.en));
    page.line(&format!("现：{}", new.zh), &format!("After:  {}", new.en));
    let of = |bearing| changes.changes.iter().filter(|c| c.bearing == bearing).count();
    let all = changes.changes.len();
    let (burden, favour) = (of(Bearing::Burden), of(Bearing::Favour));
    let (mixed, neither) = (of(Bearing::Both), of(Bearing::Neither));
    page.line(
        &format!(
            "共{all}处：不利于当事人{burden}处，有利于当事人{favour}处，两者兼有{mixed}处，\
             与权利义务无关{neither}处。"
        ),
        &format!(
            "{all} in all: {burden} to the burden of the person concerned, {favour} in favour, \
             {mixed} both, {neither} neither."
        ),
    );
}

fn heading(page: &mut GazetteText, change: &Change) {
    let Change { code, name, .. } = change;
    let (zh, en) = (&name.zh, &name.en);
    // If the code only gives the place of the rule, the heading shows the words of the rule.
    let by_place = matches!(
        change.item,
        ChangedItem::Disclosure
            | ChangedItem::Closing
            | ChangedItem::Remark
            | ChangedItem::Remedy
            | ChangedItem::Objection
    );
    if by_place {
        page.line(&format!("  {zh}"), &format!("  {en}"));
    } else {
        page.line(&format!("  {code} {zh}"), &format!("  {code}: {en}"));
    }
}

fn entry(page: &mut GazetteText, changes: &Changes, change: &Change) {
    let (text, bearing) = (&change.text, words::bearing(change.bearing));
    let (mut zh, mut en) = (format!("    · {}", text.zh), format!("    - {}", text.en));
    // A new measure states its validity itself.
    let stated = (change.item, change.aspect) == (ChangedItem::Measure, Aspect::Whole);
    if change.from != changes.new.first_day && !stated {
        let _ = write!(zh, "自{}起。", change.from);
        let _ = write!(en, " From {}.", change.from);
    }
    if change.bearing != Bearing::Neither {
        let _ = write!(zh, "【{}】", bearing.zh);
        let _ = write!(en, " [{}]", bearing.en);
    }
    page.line(&zh, &en);
}
