//! Charts drawn on the server as SVG, each with its table; they need no script.

mod bars;
mod beside;
mod drawing;
mod labels;
mod lines;
mod multiples;
mod path;
mod reading;
mod scale;
mod sparkline;
mod stack;
mod twin;
mod words;

pub use sparkline::{Sparkline, course};
pub use words::meaning_of;

use domain::{
    language::Language,
    table::{Chart, ChartKind},
};
use leptos::prelude::*;

use crate::components::written::{Written, joined};
use crate::i18n;
use beside::Note;
use words::Words;

/// The chart with its periods named in this language, as far as the catalogue wrote their names itself.
#[must_use]
pub fn in_language(mut chart: Chart, language: Language) -> Chart {
    // The bars of a chart have names from the table.
    if chart.kind != ChartKind::Bar {
        for name in &mut chart.x {
            if let Some(named) = i18n::named_period(language, name) {
                *name = named;
            }
        }
    }
    chart
}

/// The space a drawing has; lengths in units of the view box, which are pixels at its natural size.
#[derive(Clone, Copy, Debug)]
struct Size {
    class: &'static str,
    width: f64,
    height: f64,
    font: f64,
    /// How many steps the value axis should have.
    steps: usize,
    /// How many letters a line of a label may have.
    letters: usize,
}

const WIDE: Size =
    Size { class: "chart__svg chart__svg--wide", width: 720.0, height: 380.0, font: 14.0, steps: 5, letters: 20 };
const NARROW: Size =
    Size { class: "chart__svg chart__svg--narrow", width: 330.0, height: 290.0, font: 13.0, steps: 4, letters: 11 };

/// A chart with its title, unit, source line and table; drawn once for wide and once for narrow places, small multiples once for all.
#[component]
pub fn LineChart(
    /// What to draw.
    chart: Chart,
    /// An id that nothing else on the page has.
    #[prop(into)]
    id: String,
    /// The title of the chart, usually that of the dataset.
    #[prop(into)]
    title: Written,
    /// Source and release, shown under the drawing.
    caption: AnyView,
    /// The language of the words around the figures.
    #[prop(optional)]
    language: Language,
    /// Whether its title is the heading of the page.
    #[prop(optional)]
    is_page: bool,
) -> impl IntoView {
    let words = Words::of(language);
    let mut chart = in_language(chart, language);
    for series in chart.series.iter_mut().filter(|series| series.label.trim().is_empty()) {
        series.label = words.whole();
    }
    let subtitle = subtitle(&chart, &title.text, words);
    let notes: Vec<AnyView> = notes(&chart, words).into_iter().map(note).collect();
    let drawings = match chart.kind {
        ChartKind::Multiples => multiples::draw(&chart, &id, words),
        _ => {
            let drawings = [WIDE, NARROW].map(|size| drawing::draw(&chart, size, &id, &title, words));
            Some(drawings.into_iter().collect_view().into_any())
        }
    };
    let heading = format!("{id}-heading");
    let name = match is_page {
        true => view! { <h1 class="chart__title" lang=title.lang>{title.text.clone()}</h1> }.into_any(),
        false => view! { <span class="chart__title" lang=title.lang>{title.text.clone()}</span> }.into_any(),
    };
    view! {
        <figure class="chart" id=id.clone() aria-labelledby=heading.clone()>
            <figcaption class="chart__caption" id=heading.clone()>
                {name}
                {(!subtitle.is_empty()).then(|| view! { <span class="chart__unit">{joined(subtitle)}</span> })}
            </figcaption>
            <div class="chart__stage" data-read=words.read() data-earlier=words.earlier()>{drawings}</div>
            {notes}
            <p class="chart__source">{caption}</p>
            {twin::table(&chart, &id, &title, words)}
        </figure>
    }
}

/// A sentence under the drawing.
fn note(note: Note) -> AnyView {
    let swatch = note.swatch.map(|class| view! { <span class=class aria-hidden="true"></span> });
    view! { <p class="chart__note">{swatch}{note.text}</p> }.into_any()
}

/// What has to be known to read the drawing.
fn notes(chart: &Chart, words: Words) -> Vec<Note> {
    let mut notes = Vec::new();
    let cut = words.cut_axis();
    match chart.kind {
        ChartKind::Line => {
            let (is_cut, latest) = lines::set_out(chart, WIDE).map_or((false, None), |lines| (lines.cut, lines.latest));
            notes.extend(is_cut.then_some(cut));
            notes.extend(latest.map(|periods| words.latest(periods)));
        }
        ChartKind::Area => {
            notes.push(words.stacked());
            let gaps = stack::set_out(chart, WIDE).is_some_and(|stack| stack.gaps);
            notes.extend(gaps.then(|| words.gaps()));
        }
        ChartKind::Multiples => {
            notes.extend(chart.panels.as_ref().map(|panels| words.panels(panels, chart.series.len())));
            notes.push(words.same_scales());
            notes.extend(multiples::is_cut(chart).then_some(cut));
        }
        ChartKind::Bar => {}
    }
    beside::notes(chart, words).into_iter().chain(notes.into_iter().map(Note::plain)).collect()
}

/// Headings of dimensions that say no more than that their options say what is measured.
const OF_MEASURES: [&str; 5] = ["series", "indicator", "aggregate", "measure", "measure type"];

/// What is measured, of which part of the table, in which unit and, where not all periods are drawn, from when until when; without what
/// the title says already. What the table says is in its own language; periods are in that of the page where the catalogue wrote them.
fn subtitle(chart: &Chart, title: &str, words: Words) -> Vec<Written> {
    let mut parts: Vec<&str> = Vec::new();
    if chart.title != title && !matches!(chart.title.as_str(), "" | "Value") {
        parts.push(&chart.title);
    }
    for part in chart.selection.iter().map(String::as_str) {
        let (heading, option) = part.split_once(": ").unwrap_or(("", part));
        // An option that already names the figure is not said twice.
        if option != chart.title {
            parts.push(if OF_MEASURES.contains(&heading.to_lowercase().as_str()) { option } else { part });
        }
    }
    parts.extend(chart.unit.as_deref().filter(|unit| *unit != chart.title));
    let said = parts.join(" · ");
    let period = drawn(chart);
    let between = period.is_some() && !said.is_empty();
    let mut pieces = vec![words.written(said)];
    pieces.extend(between.then(|| Written::own(" · ")));
    if let Some((first, last)) = period {
        pieces.extend([words.written(first), Written::own(" – "), words.written(last)]);
    }
    pieces.retain(|piece| !piece.text.is_empty());
    pieces
}

/// The first and the last of the periods drawn, where a chart over time does not show all that the table has.
fn drawn(chart: &Chart) -> Option<(&str, &str)> {
    let skipped = chart.x.len().saturating_sub(lines::periods(chart));
    if chart.kind != ChartKind::Line || skipped == 0 {
        return None;
    }
    Some((chart.x.get(skipped)?.as_str(), chart.x.last()?.as_str()))
}

#[cfg(test)]
mod testing {
    use chrono::DateTime;
    use domain::table::{Chart, ChartKind, Ghost, Interval, Marking, Series};

    fn line(periods: u32, series: Vec<Series>) -> Chart {
        let positions: Vec<f64> = (0..periods).map(|month| 1958.0 + f64::from(month) / 12.0).collect();
        Chart {
            title: "Average".into(),
            unit: Some("Parts per million".into()),
            kind: ChartKind::Line,
            x_label: "Date".into(),
            x: (0..periods).map(|month| format!("{}-{:02}", 1958 + month / 12, month % 12 + 1)).collect(),
            positions,
            selection: Vec::new(),
            series,
            panels: None,
            ghost: None,
        }
    }

    fn wave(periods: u32, base: f64) -> Vec<Option<f64>> {
        (0..periods).map(|at| (at % 50 != 7).then(|| base + f64::from(at).sin() * 3.0 + f64::from(at) * 0.01)).collect()
    }

    pub(super) fn co2(periods: u32) -> Chart {
        line(periods, vec![Series { label: "Average".into(), values: wave(periods, 315.0), ..Series::default() }])
    }

    /// A line from 10 up with bounds at most of its points, a confidential gap, a provisional end and earlier figures.
    pub(super) fn bounded(periods: u32) -> Chart {
        let last = usize::try_from(periods).unwrap_or_default() - 1;
        let values: Vec<Option<f64>> = (0..periods).map(|at| (at != 2).then(|| f64::from(at + 10))).collect();
        let around = |value: &Option<f64>| value.map(|value| (value - 5.0, value + 5.0));
        let mut bounds: Vec<Option<(f64, f64)>> = values.iter().map(around).collect();
        bounds[last] = Some((12.0, 30.0));
        let interval = Interval { level: Some("95".into()), is_confidence: true, bounds };
        let markings = vec![(2, Marking::Confidential), (last, Marking::Provisional)];
        let was = (0..periods).map(|at| [Some(9.0), Some(30.0)].get(at as usize).copied().flatten()).collect();
        let series = Series { label: "Average".into(), values, interval: Some(interval), markings };
        let ghost = Ghost { version: 1, released: DateTime::from_timestamp(0, 0), values: vec![was] };
        Chart { ghost: Some(ghost), ..line(periods, vec![series]) }
    }

    pub(super) fn countries(periods: u32) -> Chart {
        let names = ["uk", "england", "wales", "scotland", "northern ireland"];
        let of = |name: &&str| Series { label: (*name).into(), values: wave(periods, 100.0), ..Series::default() };
        let series = names.iter().map(of).collect();
        line(periods, series)
    }

    pub(super) fn parts(periods: u32) -> Chart {
        let names = ["north", "south and the islands", "east", "west"];
        let values = |of: u32| (0..periods).map(|at| Some(f64::from(10 + of * 3 + at % 7))).collect();
        let of = |(of, name): (u32, &str)| Series { label: name.into(), values: values(of), ..Series::default() };
        let series = (0..).zip(names).map(of).collect();
        Chart { kind: ChartKind::Area, ..line(periods, series) }
    }

    pub(super) fn panels(periods: u32, count: u32) -> Chart {
        let values = |at: u32| wave(periods, 100.0 + f64::from(at));
        let of = |at: u32| Series { label: format!("area {at}"), values: values(at), ..Series::default() };
        domain::table::panels(line(periods, (0..count).map(of).collect()), "Area", 1).expect("panels")
    }

    pub(super) fn areas() -> Chart {
        let names = ["Hartlepool", "Redcar and Cleveland", "York", "Bournemouth, Christchurch and Poole <x>"];
        let values = vec![Some(12.5), None, Some(-3.0), Some(1234.0)];
        Chart {
            title: "Rate".into(),
            unit: None,
            kind: ChartKind::Bar,
            x_label: "Area".into(),
            x: names.map(str::to_owned).to_vec(),
            positions: vec![0.0, 1.0, 2.0, 3.0],
            selection: Vec::new(),
            series: vec![Series { label: "Rate".into(), values, ..Series::default() }],
            panels: None,
            ghost: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::language::Language;
    use domain::table::{Chart, ChartKind};

    use super::{Words, in_language, testing};

    fn subtitle(chart: &Chart, title: &str) -> String {
        super::subtitle(chart, title, Words::of(Language::En)).into_iter().map(|piece| piece.text).collect()
    }

    #[test]
    fn periods_have_their_names_in_the_language_of_the_page() {
        let mut chart = testing::co2(2);
        chart.x = vec!["September 2021".into(), "14 August 2026".into()];
        assert_eq!(in_language(chart.clone(), Language::En).x, chart.x);
        assert_eq!(in_language(chart.clone(), Language::Cy).x, ["Medi 2021", "14 Awst 2026"]);
        chart.kind = ChartKind::Bar;
        assert_eq!(in_language(chart.clone(), Language::Cy).x, chart.x, "names from the table");
    }

    #[test]
    fn the_title_line_says_which_part_is_drawn_in_which_unit() {
        let mut chart = testing::co2(24);
        chart.title = "Value".into();
        chart.unit = Some("Percentage (%)".into());
        chart.selection = vec!["Country: Wales".into(), "Series: Seasonally adjusted".into()];
        assert_eq!(subtitle(&chart, "Unemployment"), "Country: Wales · Seasonally adjusted · Percentage (%)");
        // What names the figure is not said twice.
        chart.title = "Seasonally adjusted".into();
        assert_eq!(subtitle(&chart, "Unemployment"), "Seasonally adjusted · Country: Wales · Percentage (%)");
        chart.selection.clear();
        assert_eq!(subtitle(&chart, "Seasonally adjusted"), "Percentage (%)");
        let (mut price, dollars) = (testing::co2(24), Some("US dollars per barrel"));
        (price.title, price.unit) = ("Price".into(), None);
        assert_eq!(subtitle(&price.clone().in_words(dollars), "Brent"), "Price · US dollars per barrel");
        assert_eq!(subtitle(&price, "Brent"), "Price");
    }

    #[test]
    fn the_title_line_says_the_periods_where_not_all_are_drawn() {
        let mut rain = testing::countries(1_200);
        (rain.title, rain.unit) = ("Value".into(), Some("Millimetres".into()));
        assert_eq!(subtitle(&rain, "Monthly rainfall since 1862"), "Millimetres · 2053-01 – 2057-12");
        rain.x = (0..1_200).map(|day| format!("{} August {}", day % 28 + 1, 1900 + day / 28)).collect();
        let rain_cy = in_language(rain.clone(), Language::Cy);
        let pieces = super::subtitle(&rain_cy, "Rain", Words::of(Language::Cy));
        let marked: Vec<_> = pieces.iter().map(|piece| (piece.text.as_str(), piece.lang)).collect();
        let (period, words) = (&rain_cy.x[1_199], "Millimetres");
        assert!(period.contains("Awst"), "{period}");
        assert!(marked.contains(&(words, Some("en"))) && marked.contains(&(period.as_str(), None)), "{marked:?}");
        rain.series.truncate(1);
        assert_eq!(subtitle(&rain, "Monthly rainfall since 1862"), "Millimetres");
    }
}
