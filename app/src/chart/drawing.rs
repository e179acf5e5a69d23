//! From geometry to SVG; all looks are left to the stylesheet.

use domain::table::{Chart, ChartKind, figure};
use leptos::prelude::*;

use super::{Size, bars, beside::Beside, labels, lines, stack, words::Words};
use crate::components::written::Written;

/// One drawing of the chart, with a title and a description for those who hear it.
pub(super) fn draw(
    chart: &Chart,
    size: Size,
    id: &str,
    title: &Written,
    words: Words,
) -> Option<impl IntoView + use<>> {
    let narrow = size.width < 500.0;
    let id = format!("{id}-{}", if narrow { "narrow" } else { "wide" });
    // The names in the drawing are those of the table.
    let of_bars = chart.x.iter().filter(|_| chart.kind == ChartKind::Bar);
    let lang = chart.series.iter().map(|series| &series.label).chain(of_bars).find_map(|name| words.mark(name));
    let (height, marks, reading) = match chart.kind {
        ChartKind::Line | ChartKind::Multiples => {
            let mut drawing = lines::set_out(chart, size)?;
            words.name_ticks(&mut drawing.frame.x_ticks);
            (size.height, line_marks(&drawing, size, lang).into_any(), Some(drawing.frame.reading))
        }
        ChartKind::Area => {
            let mut drawing = stack::set_out(chart, size)?;
            words.name_ticks(&mut drawing.frame.x_ticks);
            (size.height, band_marks(&drawing, size, &id, lang).into_any(), Some(drawing.frame.reading))
        }
        ChartKind::Bar => {
            let drawing = bars::set_out(chart, size, &words.missing())?;
            (drawing.height, bar_marks(drawing, size, lang).into_any(), None)
        }
    };
    let (plot, periods) = reading.as_ref().map(|one| (one.plot.clone(), one.periods.to_string())).unzip();
    let places = reading.and_then(|one| one.places);
    let (title_id, text_id) = (format!("{id}-title"), format!("{id}-text"));
    let both = format!("{title_id} {text_id}");
    Some(view! {
        <svg class=size.class viewBox=format!("0 0 {} {height:.0}", size.width) role="img" font-size=size.font aria-labelledby=both
            data-plot=plot data-periods=periods data-places=places>
            <title id=title_id lang=title.lang>{title.text.clone()}</title>
            <desc id=text_id>{description(chart, words)}</desc>
            {marks}
        </svg>
    })
}

/// Gridlines with their values, and the periods along the bottom.
fn axes(frame: &lines::Frame, size: Size) -> impl IntoView + use<> {
    let (left, right, bottom) = (frame.left, frame.right, frame.bottom);
    let grid = frame
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
    let periods = frame
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
    view! { {grid}{periods} }
}

fn line_marks(drawing: &lines::Lines, size: Size, lang: Option<&'static str>) -> impl IntoView + use<> {
    let right = drawing.frame.right;
    // The first series is drawn last, over the others.
    let lines =
        drawing.lines.iter().enumerate().rev().map(|(at, line)| line_mark(at + 1, line, right, size)).collect_view();
    // All bands lie behind all lines.
    let of_line = |(at, line): (usize, &lines::Line)| band(&line.beside, &format!("series-{at}"));
    let bands: Vec<AnyView> = (1..).zip(&drawing.lines).filter_map(of_line).collect();
    view! {
        <g class=if drawing.crowded { "chart__plot chart__plot--crowded" } else { "chart__plot" } lang=lang aria-hidden="true">
            {axes(&drawing.frame, size)}
            {bands}
            {lines}
        </g>
    }
}

/// The bands of a stack, each with its name beside it and a texture of its own, so that none is told by colour alone.
fn band_marks(drawing: &stack::Stack, size: Size, id: &str, lang: Option<&'static str>) -> impl IntoView + use<> {
    let right = drawing.frame.right;
    let textures: Vec<AnyView> =
        (1..=drawing.bands.len()).filter_map(|number| texture(number, &format!("{id}-texture-{number}"))).collect();
    let bands: Vec<AnyView> = drawing
        .bands
        .iter()
        .enumerate()
        .map(|(at, band)| {
            let number = at + 1;
            let class = format!("series-{number}");
            let over = (number > 1).then(|| {
                view! { <path class=format!("chart__texture {class}") fill=format!("url(#{id}-texture-{number})") d=band.path.clone()></path> }
            });
            view! {
                <path class=format!("chart__band {class}") d=band.path.clone()></path>
                {over}
                {name(&class, &band.label, band.label_y, band.end, right, size)}
            }
            .into_any()
        })
        .collect();
    view! {
        <defs>{textures}</defs>
        <g class="chart__plot" lang=lang aria-hidden="true">
            {axes(&drawing.frame, size)}
            {bands}
        </g>
    }
}

/// Lines or dots over the colour of a band; the first band has none.
fn texture(number: usize, id: &str) -> Option<AnyView> {
    let marks = match number {
        2 => "M0,8L8,0M-2,2L2,-2M6,10L10,6",
        3 => "M2,2h2v2h-2ZM6,6h2v2h-2Z",
        4 => "M0,2H8M0,6H8",
        5 => "M0,0L8,8M8,0L0,8",
        6 => "M2,0V8M6,0V8",
        _ => return None,
    };
    Some(
        view! {
            <pattern id=id.to_owned() width="8" height="8" patternUnits="userSpaceOnUse">
                <path class="chart__hatch" d=marks></path>
            </pattern>
        }
        .into_any(),
    )
}

/// The band between the bounds of a line.
pub(super) fn band(beside: &Beside, class: &str) -> Option<AnyView> {
    let path = Some(beside.interval.clone()).filter(|path| !path.is_empty())?;
    Some(view! { <path class=format!("chart__interval {class}") d=path></path> }.into_any())
}

/// The bounds of a bar: a thin line with ends, on a ground that parts it from the bar.
fn whisker(bar: &bars::Bar) -> Option<AnyView> {
    let (from, to) = bar.whisker?;
    let (middle, reach) = (bar.y + bar.height / 2.0, bar.height * 0.25);
    let (top, bottom) = (middle - reach, middle + reach);
    let path = format!("M{from:.1},{top:.1}V{bottom:.1}M{from:.1},{middle:.1}H{to:.1}M{to:.1},{top:.1}V{bottom:.1}");
    Some(
        view! {
            <path class="chart__whisker chart__whisker--ground" d=path.clone()></path>
            <path class="chart__whisker" d=path></path>
        }
        .into_any(),
    )
}

fn line_mark(number: usize, line: &lines::Line, right: f64, size: Size) -> impl IntoView + use<> {
    let class = format!("series-{number}");
    let (x, y) = line.end;
    let ghost = (!line.beside.ghost.is_empty())
        .then(|| view! { <path class=format!("chart__ghost {class}") d=line.beside.ghost.clone()></path> });
    let marked = line
        .beside
        .marked
        .iter()
        .map(
            |(x, y)| view! { <circle class=format!("chart__marked {class}") cx=unit(*x) cy=unit(*y) r="3.5"></circle> },
        )
        .collect_view();
    view! {
        {ghost}
        <path class=format!("chart__line {class}") d=line.path.clone()></path>
        <circle class=format!("chart__dot {class}") cx=unit(x) cy=unit(y) r="3.5"></circle>
        {marked}
        {name(&class, &line.label, line.label_y, line.end, right, size)}
    }
}

/// The name of a series beside the end of its line or band, tied to it where the name had to move.
fn name(
    class: &str,
    label: &[String],
    label_y: f64,
    (x, y): (f64, f64),
    right: f64,
    size: Size,
) -> impl IntoView + use<> {
    let middle = label_y - size.font * 0.35 + (label.len() as f64 - 1.0) * size.font * 0.6;
    let at = right + 10.0;
    let tie = ((middle - y).abs() > size.font * 0.7).then(|| {
        view! { <path class=format!("chart__tie {class}") d=format!("M{:.1},{y:.1}L{:.1},{middle:.1}", x + 3.0, at - 2.0)></path> }
    });
    let words = (0..)
        .zip(label)
        .map(|(row, text)| {
            view! { <tspan x=unit(at) dy=if row == 0 { unit(0.0) } else { unit(size.font * 1.2) }>{text.clone()}</tspan> }
        })
        .collect_view();
    view! {
        {tie}
        <text class=format!("chart__label {class}") x=unit(at) y=unit(label_y)>{words}</text>
    }
}

fn bar_marks(drawing: bars::Bars, size: Size, lang: Option<&'static str>) -> impl IntoView {
    let (zero, height) = (drawing.zero, drawing.height);
    let bars = drawing
        .bars
        .into_iter()
        .map(|bar| {
            let baseline = unit(bar.y + bar.height * 0.5 + size.font * 0.35);
            let whisker = whisker(&bar);
            view! {
                <text class="chart__name" lang=lang x=unit(bar.name_at.0) y=unit(bar.name_at.1)>{bar.name}</text>
                <rect class="chart__bar series-1" x=unit(bar.x) y=unit(bar.y) width=unit(bar.width) height=unit(bar.height)></rect>
                {whisker}
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
    if chart.kind != ChartKind::Bar {
        text.extend(chart.series.iter().map(|series| words.of_series(chart, series)).filter(|one| !one.is_empty()));
    }
    let range = match chart.kind {
        ChartKind::Area => stack::set_out(chart, super::WIDE).map(|stack| stack.sums),
        _ => known().reduce(f64::min).zip(known().reduce(f64::max)),
    };
    if let Some((lowest, highest)) = range {
        let (lowest, highest) = (figure(lowest), figure(highest));
        text.push(match chart.kind {
            ChartKind::Area => words.together(&lowest, &highest),
            _ => words.range(&lowest, &highest),
        });
    }
    text.join(" ")
}

/// A length with one decimal, which is finer than any screen shows.
pub(super) fn unit(length: f64) -> String {
    format!("{length:.1}")
}

#[cfg(test)]
mod tests {
    use domain::language::Language;
    use domain::table::{Interval, Marking};
    use leptos::prelude::*;

    use crate::chart::{LineChart, Sparkline, testing};
    use crate::components::written::Written;

    #[test]
    fn a_chart_is_named_described_and_doubled_by_a_table() {
        let html =
            view! { <LineChart chart=testing::countries(60) id="rain" title="Rainfall" caption="Source: office".into_any()/> }
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
            "data-plot=\"",
            "data-periods=\"60\"",
            "data-read=\"Arrow keys read the figures.\"",
            "data-exact=\"",
        ] {
            assert!(html.contains(part), "{part} is missing");
        }
        assert!(!html.contains("style="), "looks belong in the stylesheet");
    }

    #[test]
    fn names_are_escaped_and_welsh_is_spoken() {
        let html = view! {
            <LineChart chart=testing::areas() id="a" title="Rate" caption="".into_any() language=Language::Cy/>
        }
        .to_html();
        assert!(html.contains("&lt;x") && !html.contains("<x>"));
        assert!(html.contains("Dangos y ffigurau hyn fel tabl") && html.contains("dim gwerth"));
    }

    #[test]
    fn names_of_the_table_are_marked_on_a_page_in_welsh_alone() {
        let html = |language| {
            let title = Written::english(language, "Rate of deaths");
            view! { <LineChart chart=testing::areas() id="a" title=title caption="".into_any() language=language/> }
                .to_html()
        };
        let welsh = html(Language::Cy);
        let tag = |text: &str| welsh.split_once(&format!(">{text}<")).and_then(|(before, _)| before.rsplit('<').next());
        for text in ["Rate of deaths", "Hartlepool", "Area", "York"] {
            assert!(tag(text).is_some_and(|tag| tag.contains("lang=\"en\"")), "{text} is not marked in {welsh}");
        }
        assert!(tag("dim gwerth").is_some_and(|tag| !tag.contains("lang=")), "{welsh}");
        assert!(!html(Language::En).contains("lang="));
    }

    #[test]
    fn a_stack_names_its_parts_beside_them_and_tells_them_apart_without_colour() {
        let chart = testing::parts(24);
        let html = view! { <LineChart chart=chart.clone() id="s" title="Visits" caption="Source: office".into_any()/> }
            .to_html();
        assert_eq!(html.matches("class=\"chart__band series-").count(), 2 * chart.series.len());
        for part in
            ["id=\"s-wide-texture-2\"", "url(#s-narrow-texture-3)", ">north</tspan>", "stacked", "Together", "<caption"]
        {
            assert!(html.contains(part), "{part} is missing");
        }
        assert!(!html.contains("style=") && !html.contains("<script"), "looks belong in the stylesheet");
    }

    #[test]
    fn bounds_markings_and_earlier_figures_stand_beside_the_line_and_in_the_table() {
        let chart = testing::bounded(6);
        let html = |language| {
            let chart = chart.clone();
            view! { <LineChart chart=chart id="b" title="Rate" caption="".into_any() language=language/> }.to_html()
        };
        let english = html(Language::En);
        for (part, times) in [
            ("class=\"chart__interval series-1\"", 2),
            ("class=\"chart__ghost series-1\"", 2),
            ("class=\"chart__marked series-1\"", 2),
            ("chart__swatch--band", 1),
            ("chart__swatch--ghost", 1),
            ("95% confidence interval", 1),
            ("data-exact=\"15 [p] (12 to 30)\"", 1),
            (">15 [p]</td>", 1),
            (">[c]</td>", 1),
            ("lower bound", 1),
        ] {
            assert_eq!(english.matches(part).count(), times, "{part} {english}");
        }
        // Bands lie behind lines.
        let band = english.find("chart__interval").expect("a band");
        assert!(band < english.find("chart__line").expect("a line"));
        let welsh = html(Language::Cy);
        for part in ["cyfwng hyder 95%", "arffin isaf", "Fersiwn 1", "(12 i 30)", "cyfrinachol"] {
            assert!(welsh.contains(part), "{part} {welsh}");
        }
    }

    #[test]
    fn bounds_of_bars_are_whiskers() {
        let mut chart = testing::areas();
        let bounds = vec![Some((10.0, 15.0)), None, None, None];
        chart.series[0].interval = Some(Interval { level: None, is_confidence: false, bounds });
        chart.series[0].markings = vec![(1, Marking::Confidential)];
        let html = view! { <LineChart chart=chart id="w" title="Rate" caption="".into_any()/> }.to_html();
        assert_eq!(html.matches("class=\"chart__whisker\"").count(), 2);
        for part in ["between the lower and the upper bound", "[c] confidential", ">[c]</text>"] {
            assert!(html.contains(part), "{part} {html}");
        }
    }

    #[test]
    fn small_multiples_are_each_named_and_described() {
        let html =
            view! { <LineChart chart=testing::panels(12, 30) id="m" title="Births" caption="".into_any() language=Language::Cy/> }
                .to_html();
        assert_eq!(html.matches("class=\"chart__panel\"").count(), 24);
        for part in [
            "aria-labelledby=\"m-panel-0-name m-panel-0-text\"",
            "id=\"m-panel-23-text\"",
            "area 23</p>",
            "Paneli 1 i 24 o 30",
            "yr un graddfeydd",
        ] {
            assert!(html.contains(part), "{part} is missing");
        }
        assert!(!html.contains("area 24"), "the rest is on another page");
        let mut nameless = testing::panels(12, 3);
        nameless.series[1].label = " ".into();
        let html = view! { <LineChart chart=nameless id="n" title="Births" caption="".into_any()/> }.to_html();
        assert!(html.contains(">All</p>") && html.contains(">All</th>"), "what is nameless is the whole");
        assert!(!html.contains("chart__svg"), "there is one drawing for all widths");
    }

    #[test]
    fn a_sparkline_says_its_ends() {
        let html = view! { <Sparkline chart=testing::co2(24) label="Carbon dioxide"/> }.to_html();
        assert!(html.contains("aria-label=\"Carbon dioxide: 1958-01"), "{html}");
    }

    #[test]
    fn the_table_is_limited() {
        let html = view! { <LineChart chart=testing::co2(1_900) id="c" title="CO2" caption="".into_any()/> }.to_html();
        assert_eq!(html.matches("<tr>").count(), 501);
        assert!(html.contains("Shows the latest 500 periods."));
    }
}
