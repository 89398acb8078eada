//! Bar charts as SVG. Their labels are text, in the font that the reader has.

use maud::html;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// Largest number of bars in one chart; further bars go into the next, so that a page can break
/// between them.
pub(super) const MOST: usize = 24;

// Colours of Okabe and Ito, which colour-blind readers can tell apart; dark text is legible on
// each.
pub(super) const BLUE: RGBColor = RGBColor(86, 180, 233);
pub(super) const GREEN: RGBColor = RGBColor(0, 158, 115);
pub(super) const YELLOW: RGBColor = RGBColor(240, 228, 66);
pub(super) const ORANGE: RGBColor = RGBColor(230, 159, 0);
pub(super) const RED: RGBColor = RGBColor(213, 94, 0);
pub(super) const GREY: RGBColor = RGBColor(187, 187, 187);
const INK: RGBColor = RGBColor(26, 26, 26);
const LINE: RGBColor = RGBColor(207, 207, 207);

/// One part of every bar, with its colour.
pub(super) struct Series<'a> {
    pub(super) name: &'a str,
    pub(super) colour: RGBColor,
}

/// A bar: its label, and the values of its parts in the order of the series.
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) values: Vec<u64>,
}

/// A chart of stacked horizontal bars.
pub(super) struct Chart<'a> {
    pub(super) id: &'a str,
    pub(super) title: &'a str,
    pub(super) series: &'a [Series<'a>],
    pub(super) bars: &'a [Bar],
}

// Sizes in pixels of a drawing that is scaled to the page.
const WIDTH: u32 = 600;
const LABELS: u32 = 176;
const RIGHT: u32 = 70;
const LEGEND: u32 = 34;
const AXIS: u32 = 30;
const ROW: u32 = 30;
const TEXT: u32 = 14;
/// Width of the labels, in half widths of a character.
const LABEL_ROOM: usize = 22;

type Drawn<T> = Result<T, Box<dyn std::error::Error>>;

impl Chart<'_> {
    /// Draws the chart. Drawing into a string does not fail; if it did, the table beside it still
    /// has all the figures.
    pub(super) fn svg(&self) -> String {
        let mut svg = String::new();
        let drawn = self.draw(&mut svg);
        if drawn.is_err() {
            return String::new();
        }
        let id = format!("{}-title", self.id);
        let title = html! { title id=(id) { (self.title) } }.into_string();
        let head = format!("<svg role=\"img\" aria-labelledby=\"{id}\" ");
        let svg = svg.replacen("<svg ", &head, 1);
        match svg.split_once('>') {
            Some((head, rest)) => format!("{head}>{title}{rest}"),
            None => svg,
        }
    }

    fn draw(&self, svg: &mut String) -> Drawn<()> {
        let rows = u32::try_from(self.bars.len()).unwrap_or(u32::MAX).max(1);
        let height = LEGEND + ROW * rows + AXIS;
        let area = SVGBackend::with_string(svg, (WIDTH, height)).into_drawing_area();
        self.legend(&area)?;
        let most = self.bars.iter().map(|bar| bar.values.iter().sum::<u64>()).max();
        let most = most.unwrap_or(1).max(1);
        let mut chart = ChartBuilder::on(&area)
            .margin_top(LEGEND)
            .margin_right(RIGHT)
            .x_label_area_size(AXIS)
            .y_label_area_size(LABELS)
            // Rows run from top to bottom.
            .build_cartesian_2d(0..most, f64::from(rows)..0.0)?;
        chart
            .configure_mesh()
            .disable_y_mesh()
            .x_labels(5)
            .y_labels(0)
            .light_line_style(TRANSPARENT)
            .bold_line_style(LINE)
            .axis_style(LINE)
            .x_label_style(("sans-serif", TEXT).into_font().color(&INK))
            .draw()?;
        for (row, bar) in (0_u32..).zip(self.bars) {
            let top = f64::from(row);
            let mut from = 0;
            for (value, series) in bar.values.iter().zip(self.series) {
                if *value == 0 {
                    continue;
                }
                let to = from + value;
                let corners = [(from, top + 0.16), (to, top + 0.84)];
                chart.draw_series([Rectangle::new(corners, series.colour.filled())])?;
                chart.draw_series([Rectangle::new(corners, WHITE.stroke_width(1))])?;
                self.inside(&area, row, (at(from, most), at(to, most)), *value)?;
                from = to;
            }
            let middle = middle(row);
            let label = text(HPos::Right);
            area.draw_text(&fitted(&bar.label), &label, (pixel(LABELS) - 8, middle))?;
            area.draw_text(&from.to_string(), &text(HPos::Left), (at(from, most) + 6, middle))?;
        }
        area.present()?;
        Ok(())
    }

    /// Writes the figure of a part into it, if there is room.
    fn inside<D: DrawingBackend>(
        &self,
        area: &DrawingArea<D, Shift>,
        row: u32,
        (left, right): (i32, i32),
        value: u64,
    ) -> Drawn<()>
    where
        D::ErrorType: 'static,
    {
        let figure = value.to_string();
        let wide = i64::from(right - left);
        let room = i64::try_from(figure.len() * 9 + 6).unwrap_or(i64::MAX);
        // A bar with a single part shows its figure at the end.
        let single = self.bars.get(usize::try_from(row).unwrap_or_default());
        let single = single.is_some_and(|bar| bar.values.iter().filter(|v| **v > 0).count() < 2);
        if wide >= room && !single {
            area.draw_text(&figure, &text(HPos::Center), ((left + right) / 2, middle(row)))?;
        }
        Ok(())
    }

    fn legend<D: DrawingBackend>(&self, area: &DrawingArea<D, Shift>) -> Drawn<()>
    where
        D::ErrorType: 'static,
    {
        let mut x = 0;
        for series in self.series {
            let box_ = [(x, 6), (x + 14, 20)];
            area.draw(&Rectangle::new(box_, series.colour.filled()))?;
            area.draw_text(series.name, &text(HPos::Left), (x + 20, 13))?;
            x += 20 + i32::try_from(width(series.name) * 8).unwrap_or_default() + 18;
        }
        Ok(())
    }
}

fn text(side: HPos) -> TextStyle<'static> {
    let style: TextStyle<'static> = ("sans-serif", TEXT).into_font().color(&INK);
    style.pos(Pos::new(side, VPos::Center))
}

fn pixel(n: u32) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}

/// Vertical middle of a row, in pixels from the top.
fn middle(row: u32) -> i32 {
    pixel(LEGEND + ROW * row + ROW / 2)
}

/// Horizontal position of a value on the axis, in pixels.
fn at(value: u64, most: u64) -> i32 {
    let room = u128::from(WIDTH - LABELS - RIGHT);
    let along = u128::from(value) * room / u128::from(most.max(1));
    pixel(LABELS) + i32::try_from(along).unwrap_or(i32::MAX)
}

/// Width of a text in half widths: a character outside ASCII takes two.
fn width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

/// Cuts a label to the room that it has; the table shows the whole of it.
fn fitted(label: &str) -> String {
    if width(label) <= LABEL_ROOM {
        return label.to_owned();
    }
    let mut room = LABEL_ROOM - 1;
    let mut fitted = String::new();
    for c in label.chars() {
        let wide = if c.is_ascii() { 1 } else { 2 };
        if wide > room {
            break;
        }
        room -= wide;
        fitted.push(c);
    }
    fitted.push('…');
    fitted
}
