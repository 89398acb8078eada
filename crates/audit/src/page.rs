//! Statistics as one page: no network, no script, Chinese or English, fit for A4.
//!
//! Everything that a chart shows is in a table too.

mod chart;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use mustcheck_model::{AnswerStatus, Disposition};
use mustcheck_writer::{Words, safe};

use crate::report::{By, Column, Figures, Group, Report, Unanswered, columns};
use crate::words;
use chart::{Bar, Chart, Series};

const STYLE: &str = include_str!("page/style.css");

/// Renders the whole page as HTML.
pub fn html(report: &Report, chinese: bool) -> String {
    let page = Page { report, chinese };
    let title = page.say("信用核查统计", "Statistics of credit checks");
    let document = html! {
        (DOCTYPE)
        html lang=(page.say("zh-CN", "en")) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy"
                    content="default-src 'none'; style-src 'unsafe-inline'";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { (title) }
                    (page.lead())
                }
                main { (page.sections()) }
            }
        }
    };
    document.into_string()
}

/// Renders the content below the title, for a page of another program that has its own style.
pub fn fragment(report: &Report, chinese: bool) -> String {
    let page = Page { report, chinese };
    html! { (page.lead()) (page.sections()) }.into_string()
}

/// The figures shown for all checks: key of the column, label in Chinese, label in English.
const TOTAL: &[(&str, &str, &str)] = &[
    ("checks_due", "应查", "checks due"),
    ("checks_made", "已查", "checks made"),
    ("checks_backdated", "按较早日期核查", "checks as of an earlier day"),
    ("checks_failed", "核查失败", "checks failed"),
    ("lookups_due", "应查名单次", "lookups due"),
    ("lookups_unanswered", "名单未获结果", "lookups unanswered"),
    ("measures_due", "适用措施", "measures that apply"),
    ("measures_applied", "措施已执行", "measures applied"),
    ("measures_not_applied", "措施未执行", "measures not applied"),
    ("measures_unreported", "措施未反馈", "measures not reported"),
    ("records_repaired", "记录已修复", "records repaired"),
    ("records_suspended", "记录异议核实或者停止执行中", "records suspended"),
    ("records_disputed", "记录有异议标注", "records disputed"),
    ("publication_in_time", "信息公开按期", "published in time"),
    ("publication_late", "信息公开逾期完成", "published late"),
    ("publication_overdue", "信息公开逾期未反馈", "publication overdue"),
    ("minutes_median", "核查至首次反馈，中位数", "check to first report, median"),
    ("minutes_90", "核查至首次反馈，90% 以内", "check to first report, 90 % within"),
];

struct Page<'a> {
    report: &'a Report,
    chinese: bool,
}

/// A table: the heads of its columns, and its rows.
struct Rows {
    heads: Vec<String>,
    rows: Vec<(String, Vec<String>)>,
}

impl Page<'_> {
    fn say<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        if self.chinese { zh } else { en }
    }

    fn words(&self, words: Words) -> &'static str {
        if self.chinese { words.zh } else { words.en }
    }

    fn name(&self, group: &Group) -> String {
        let name = group.name.as_ref();
        let name = name.map(|text| if self.chinese { &*text.zh } else { &*text.en });
        safe(name.unwrap_or(&group.key)).into_owned()
    }

    fn lead(&self) -> Markup {
        html! {
            p.lead { (self.period()) }
            p.small { (self.log()) }
        }
    }

    fn sections(&self) -> Markup {
        html! {
            (self.total())
            (self.dispositions())
            (self.measures())
            (self.unanswered())
            (self.groups())
            (self.notes())
        }
    }

    fn period(&self) -> String {
        let Report { from, to, as_of, .. } = self.report;
        let first =
            from.map_or(self.say("日志起始", "the log's beginning").into(), |d| d.to_string());
        let last = to.map_or(self.say("日志末尾", "its end").into(), |d| d.to_string());
        if self.chinese {
            format!("核查时间：{first} 至 {last}；反馈情况截至 {as_of}")
        } else {
            format!("Checks made from {first} to {last}; reports as of {as_of}")
        }
    }

    fn log(&self) -> String {
        let log = &self.report.log;
        if self.chinese {
            format!("日志 {}，共 {} 项，树根 {}", log.name, log.entries, log.root)
        } else {
            format!("Log {}, {} entries, root {}", log.name, log.entries, log.root)
        }
    }

    /// Renders a table whose first column names the row.
    fn table(&self, caption: &str, rows: &Rows) -> Markup {
        html! {
            div.scroll {
                table {
                    caption { (caption) }
                    thead { tr { @for head in &rows.heads { th scope="col" { (head) } } } }
                    tbody {
                        @for (name, cells) in &rows.rows {
                            tr {
                                th scope="row" { (name) }
                                @for cell in cells { td { (cell) } }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Renders the figures of all checks, each with its label.
    fn total(&self) -> Markup {
        let columns = columns(By::Month);
        let figure = |key: &str| {
            let column = columns.iter().find(|column| column.key == key)?;
            let n = column.value(&self.report.total)?;
            Some(if key.starts_with("minutes") { self.span(n) } else { n.to_string() })
        };
        html! {
            section {
                h2 { (self.say("总计", "All checks")) }
                dl.figures {
                    @for (key, zh, en) in TOTAL {
                        @if let Some(n) = figure(key) {
                            div { dt { (self.say(zh, en)) } dd { (n) } }
                        }
                    }
                }
            }
        }
    }

    /// Shows minutes as days and hours, or as hours and minutes.
    fn span(&self, minutes: u64) -> String {
        let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
        match (days, self.chinese) {
            (0, true) => format!("{hours} 小时 {minutes} 分"),
            (0, false) => format!("{hours} h {minutes} min"),
            (_, true) => format!("{days} 天 {hours} 小时"),
            (_, false) => format!("{days} d {hours} h"),
        }
    }

    /// Renders charts, at most `chart::MOST` bars in each, and the same figures as a table.
    fn figure(&self, id: &str, title: &str, series: &[Series<'_>], bars: &[Bar]) -> Markup {
        let mut heads = vec![String::new()];
        heads.extend(series.iter().map(|series| series.name.to_owned()));
        let cells = |bar: &Bar| bar.values.iter().map(ToString::to_string).collect();
        let rows = bars.iter().map(|bar| (bar.label.clone(), cells(bar))).collect();
        let rows = Rows { heads, rows };
        let none = self.say("无", "None.");
        html! {
            section {
                h2 { (title) }
                @if bars.is_empty() { p { (none) } } @else {
                    div.beside {
                        figure {
                            @for (n, bars) in bars.chunks(chart::MOST).enumerate() {
                                @let id = format!("{id}-{n}");
                                (PreEscaped(Chart { id: &id, title, series, bars }.svg()))
                            }
                        }
                        (self.table(title, &rows))
                    }
                }
            }
        }
    }

    fn dispositions(&self) -> Markup {
        let series = Disposition::ALL.iter().map(|disposition| {
            let colour = match disposition {
                Disposition::Clear => chart::BLUE,
                Disposition::Facilitated => chart::GREEN,
                Disposition::Review => chart::YELLOW,
                Disposition::Restricted => chart::RED,
                Disposition::Undetermined => chart::GREY,
            };
            Series { name: self.words(words::disposition(*disposition)), colour }
        });
        let series: Vec<Series<'_>> = series.collect();
        let bar = |month: &Group| {
            let checks = month.figures.checks.as_ref()?;
            let values = Disposition::ALL.iter().map(|d| checks.of(*d)).collect();
            Some(Bar { label: month.key.clone(), values })
        };
        let bars: Vec<Bar> = self.report.months.iter().filter_map(bar).collect();
        let title = self.say("各月核查结论", "What checks came to, by month");
        self.figure("dispositions", title, &series, &bars)
    }

    fn measures(&self) -> Markup {
        // A source has no measures, so the months are shown instead.
        let (groups, by) = match self.report.by {
            By::Source => (&self.report.months, By::Month),
            by => (&self.report.groups, by),
        };
        let series = [
            Series { name: self.say("已执行", "applied"), colour: chart::GREEN },
            Series { name: self.say("未执行", "not applied"), colour: chart::ORANGE },
            Series { name: self.say("未反馈", "not reported"), colour: chart::GREY },
        ];
        let bar = |group: &Group| {
            let all = group.figures.measures.as_ref()?.all();
            let values = vec![all.applied, all.refrained(), all.unreported];
            (all.due() > 0).then(|| Bar { label: self.name(group), values })
        };
        let bars: Vec<Bar> = groups.iter().filter_map(bar).collect();
        let by = self.words(words::by(by));
        let title = if self.chinese {
            format!("适用措施的执行（按{by}）")
        } else {
            format!("What was done about measures, by {by}")
        };
        self.figure("measures", &title, &series, &bars)
    }

    fn unanswered(&self) -> Markup {
        let each = [
            (AnswerStatus::Stale, chart::YELLOW),
            (AnswerStatus::Unavailable, chart::RED),
            (AnswerStatus::NotCovered, chart::GREY),
        ];
        let series =
            each.map(|(status, colour)| Series { name: self.words(words::answer(status)), colour });
        let bars = self.report.total.lookups.as_ref().map(|lookups| {
            let mut sources: Vec<Option<&str>> =
                lookups.unanswered.keys().map(|key| key.source.as_deref()).collect();
            sources.dedup();
            let bars = sources.into_iter().map(|source| {
                let count = |status| {
                    let key = Unanswered { source: source.map(str::to_owned), status };
                    lookups.unanswered.get(&key).copied().unwrap_or_default()
                };
                let none = self.say("（无数据源）", "(no source)");
                let label = safe(source.unwrap_or(none)).into_owned();
                Bar { label, values: each.iter().map(|(status, _)| count(*status)).collect() }
            });
            bars.collect::<Vec<_>>()
        });
        let title =
            self.say("未获结果的应查名单（按数据源）", "Due lookups not answered, by source");
        self.figure("unanswered", title, &series, &bars.unwrap_or_default())
    }

    fn groups(&self) -> Markup {
        let columns: Vec<Column> =
            columns(self.report.by).into_iter().filter(|column| column.brief).collect();
        let by = self.words(words::by(self.report.by));
        let mut heads = vec![by.to_owned()];
        heads.extend(columns.iter().map(|column| self.words(column.head).to_owned()));
        let cells = |figures: &Figures| {
            let cell = |column: &Column| column.value(figures).map(|n| n.to_string());
            columns.iter().map(|column| cell(column).unwrap_or_default()).collect()
        };
        let groups = self.report.groups.iter();
        let rows = groups.map(|group| (self.name(group), cells(&group.figures))).collect();
        let title = if self.chinese { format!("按{by}") } else { format!("By {by}") };
        html! {
            section {
                h2 { (title) }
                (self.table(&title, &Rows { heads, rows }))
            }
        }
    }

    fn notes(&self) -> Markup {
        let notes: &[(&str, &str)] = &[
            (
                "应查＝已查＋核查失败。未获结果的查询不视为“无记录”。",
                "Due are the checks that were made and those that failed. A lookup that was not \
              answered never counts as clear.",
            ),
            (
                "“按较早日期”指查询基准日早于核查前一日的核查，已计入“已查”。",
                "As of an earlier day are the checks whose as-of day lies more than a day before that \
              on which they were made; they are among those made.",
            ),
            (
                "“未反馈”指日志中没有执行反馈的措施；经更正的，以最后一次反馈为准。",
                "A measure is not reported if the log has no feedback about it; of several reports, \
              the last counts.",
            ),
            (
                "记录的效力状态以各次核查的查询基准日为准。",
                "Standings of records are those at the as-of date of each check.",
            ),
            (
                "一项措施所依记录在两个名单上的，按名单统计时两个名单各计一次。",
                "By list, a measure that rests on records of two lists is counted with both.",
            ),
            (
                "本页统计的是核查，不是自然人或者企业；各行按代码排序，不是排名。",
                "What is counted are checks, never persons or firms. Rows stand in the order of their \
              codes: it is no ranking.",
            ),
        ];
        html! {
            section.notes {
                h2 { (self.say("说明", "Notes")) }
                ul { @for (zh, en) in notes { li { (self.say(zh, en)) } } }
            }
        }
    }
}
