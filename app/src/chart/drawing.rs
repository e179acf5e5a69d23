//! From geometry to SVG; all looks are left to the stylesheet.

use domain::table::{Chart, ChartKind, figure};
use leptos::prelude::*;

use super::{Size, bars, labels, lines, words::Words};

/// One drawing of the chart, with a title and a description for those who hear it.
pub(super) fn draw(chart: &Chart, size: Size, id: &str, title: &str, words: Words) -> Option<impl IntoView + use<>> {
    let narrow = size.width < 500.0;
    let id = format!("{id}-{}", if narrow { "narrow" } else { "wide" });
    let (height, marks) = match chart.kind {
        ChartKind::Line => (size.height, line_marks(&lines::set_out(chart, size)?, size).into_any()),
        ChartKind::Bar => {
            let drawing = bars::set_out(chart, size, words.missing)?;
            (drawing.height, bar_marks(drawing, size).into_any())
        }
    };
    let (title_id, text_id) = (format!("{id}-title"), format!("{id}-text"));
    let both = format!("{title_id} {text_id}");
    Some(view! {
        <svg class=size.class viewBox=format!("0 0 {} {height:.0}", size.width) role="img" font-size=size.font aria-labelledby=both>
            <title id=title_id>{title.to_owned()}</title>
            <desc id=text_id>{description(chart, words)}</desc>
            {marks}
        </svg>
    })
}

fn line_marks(drawing: &lines::Lines, size: Size) -> impl IntoView + use<> {
    let (left, right, bottom) = (drawing.left, drawing.right, drawing.bottom);
    let grid = drawing
        .y_ticks
        .iter()
        .map(|(y, label, zero)| {
            let class = if *zero { "chart__grid chart__grid--zero" } else { "chart__grid" };
            view! {
                <line class=class x1=unit(left) x2=unit(right) y1=unit(*y) y2=unit(*y)></line>
                <text class="chart__tick" text-anchor="end" x=unit(left - 6.0) y=unit(*y + size.font * 0.35)>{label.clone()}</text>
            }
        })
        .collect_view();
    let periods = drawing
        .x_ticks
        .iter()
        .map(|(x, label)| {
            let half = labels::width(label, size.font) / 2.0;
            // Ticks at the edges lean inwards, so that nothing is cut off.
            let (anchor, at) = if x - half < 0.0 {
                ("start", x.min(2.0))
            } else if x + half > size.width {
                ("end", size.width)
            } else {
                ("middle", *x)
            };
            view! {
                <line class="chart__notch" x1=unit(*x) x2=unit(*x) y1=unit(bottom) y2=unit(bottom + 5.0)></line>
                <text class="chart__tick" text-anchor=anchor x=unit(at) y=unit(bottom + size.font * 1.6)>{label.clone()}</text>
            }
        })
        .collect_view();
    // The first series is drawn last, over the others.
    let lines =
        drawing.lines.iter().enumerate().rev().map(|(at, line)| line_mark(at + 1, line, right, size)).collect_view();
    view! {
        <g class=if drawing.crowded { "chart__plot chart__plot--crowded" } else { "chart__plot" } aria-hidden="true">
            {grid}
            {periods}
            {lines}
        </g>
    }
}

fn line_mark(number: usize, line: &lines::Line, right: f64, size: Size) -> impl IntoView + use<> {
    let class = format!("series-{number}");
    let (x, y) = line.end;
    let middle = line.label_y - size.font * 0.35 + (line.label.len() as f64 - 1.0) * size.font * 0.6;
    let at = right + 10.0;
    // A label that had to move is tied to the end of its line.
    let tie = ((middle - y).abs() > size.font * 0.7).then(|| {
        view! { <path class=format!("chart__tie {class}") d=format!("M{:.1},{y:.1}L{:.1},{middle:.1}", x + 3.0, at - 2.0)></path> }
    });
    let words = (0..)
        .zip(&line.label)
        .map(|(row, text)| {
            view! { <tspan x=unit(at) dy=if row == 0 { unit(0.0) } else { unit(size.font * 1.2) }>{text.clone()}</tspan> }
        })
        .collect_view();
    view! {
        <path class=format!("chart__line {class}") d=line.path.clone()></path>
        <circle class=format!("chart__dot {class}") cx=unit(x) cy=unit(y) r="3.5"></circle>
        {tie}
        <text class=format!("chart__label {class}") x=unit(at) y=unit(line.label_y)>{words}</text>
    }
}

fn bar_marks(drawing: bars::Bars, size: Size) -> impl IntoView {
    let (zero, height) = (drawing.zero, drawing.height);
    let bars = drawing
        .bars
        .into_iter()
        .map(|bar| {
            let baseline = unit(bar.y + bar.height * 0.5 + size.font * 0.35);
            view! {
                <text class="chart__name" x=unit(bar.name_at.0) y=unit(bar.name_at.1)>{bar.name}</text>
                <rect class="chart__bar series-1" x=unit(bar.x) y=unit(bar.y) width=unit(bar.width) height=unit(bar.height)></rect>
                <text class="chart__tick" x=unit(bar.value_x) y=baseline>{bar.value}</text>
            }
        })
        .collect_view();
    view! {
        <g aria-hidden="true">
            {bars}
            <line class="chart__grid chart__grid--zero" x1=unit(zero) x2=unit(zero) y1="0" y2=unit(height)></line>
        </g>
    }
}

/// What the drawing shows, in a few sentences.
fn description(chart: &Chart, words: Words) -> String {
    let known = || chart.series.iter().flat_map(|series| series.values.iter().flatten().copied());
    let mut text: Vec<String> = Vec::new();
    if chart.kind == ChartKind::Line {
        for series in &chart.series {
            let mut values =
                chart.x.iter().zip(&series.values).filter_map(|(x, value)| value.map(|value| (x, figure(value))));
            if let Some((from, start)) = values.next() {
                let (to, end) = values.next_back().unwrap_or((from, start.clone()));
                text.push(words.course(&series.label, (from, &start), (to, &end)));
            }
        }
    }
    if let Some((lowest, highest)) = known().reduce(f64::min).zip(known().reduce(f64::max)) {
        text.push(words.range(&figure(lowest), &figure(highest)));
    }
    text.join(" ")
}

/// A length with one decimal, which is finer than any screen shows.
fn unit(length: f64) -> String {
    format!("{length:.1}")
}

#[cfg(test)]
mod tests {
    use domain::language::Language;
    use leptos::prelude::*;

    use crate::chart::{LineChart, Sparkline, testing};

    #[test]
    fn a_chart_is_named_described_and_doubled_by_a_table() {
        let html =
            view! { <LineChart chart=testing::countries(60) id="rain" title="Rainfall" caption="Source: office"/> }
                .to_html();
        for part in [
            "role=\"img\"",
            "aria-labelledby=\"rain-wide-title rain-wide-text\"",
            "id=\"rain-narrow-title\"",
            "<desc",
            "series-5",
            "<caption",
            "scope=\"col\"",
            "scope=\"row\"",
            "no value",
            "Source: office",
            "does not start at zero",
        ] {
            assert!(html.contains(part), "{part} is missing");
        }
        assert!(!html.contains("style="), "looks belong in the stylesheet");
    }

    #[test]
    fn names_are_escaped_and_welsh_is_spoken() {
        let html = view! { <LineChart chart=testing::areas() id="a" title="Rate" caption="" language=Language::Cy/> }
            .to_html();
        assert!(html.contains("&lt;x") && !html.contains("<x>"));
        assert!(html.contains("Dangos y ffigurau hyn fel tabl") && html.contains("dim gwerth"));
    }

    #[test]
    fn a_sparkline_says_its_ends() {
        let html = view! { <Sparkline chart=testing::co2(24) label="Carbon dioxide"/> }.to_html();
        assert!(html.contains("aria-label=\"Carbon dioxide: 1958-01"), "{html}");
    }

    #[test]
    fn the_table_is_limited() {
        let html = view! { <LineChart chart=testing::co2(1_900) id="c" title="CO2" caption=""/> }.to_html();
        assert_eq!(html.matches("<tr>").count(), 501);
        assert!(html.contains("Shows the latest 500 periods."));
    }
}
