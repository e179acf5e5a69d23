//! Small multiples: a small chart for each series, all on the same scales.

use domain::table::{Chart, figure};
use leptos::prelude::*;

use super::{
    beside::{self, Beside},
    drawing::{self, unit},
    labels, path,
    reading::{self, Reading},
    scale::Axis,
    words::Words,
};

/// The space of a panel; lengths in units of its view box.
const WIDTH: f64 = 176.0;
const HEIGHT: f64 = 112.0;
const FONT: f64 = 11.0;
/// Steps that the value axis of a panel should have.
const STEPS: usize = 2;

/// A panel ready to be written down.
#[derive(Clone, Debug)]
struct Panel {
    left: f64,
    right: f64,
    bottom: f64,
    y_ticks: Vec<(f64, String)>,
    path: String,
    beside: Beside,
    /// Where the latest value stands, and the value in words.
    end: Option<(f64, f64, String)>,
    /// What is told to the script.
    reading: Reading,
}

/// All panels, each with its name above it.
pub(super) fn draw(chart: &Chart, id: &str, words: Words) -> Option<AnyView> {
    let panels = set_out(chart)?;
    let items: Vec<AnyView> = panels
        .iter()
        .enumerate()
        .map(|(at, panel)| item(chart, at, panel, &format!("{id}-panel-{at}"), words))
        .collect();
    Some(view! { <ul class="chart__panels">{items}</ul> }.into_any())
}

/// Whether the shared scale leaves zero out.
pub(super) fn is_cut(chart: &Chart) -> bool {
    axis(chart).is_some_and(|axis| axis.is_cut())
}

/// The scale of all panels, also of those on other pages.
fn axis(chart: &Chart) -> Option<Axis> {
    let (least, greatest) = chart.panels.as_ref()?.range;
    Some(Axis::new(least, greatest, false, STEPS))
}

fn set_out(chart: &Chart) -> Option<Vec<Panel>> {
    let axis = axis(chart)?;
    let gutter = axis.ticks.iter().map(|tick| labels::width(&axis.label(*tick), FONT)).fold(0.0, f64::max);
    let (left, right) = (gutter + 5.0, WIDTH - 5.0);
    let (top, bottom) = (FONT * 1.4, HEIGHT - FONT * 1.5);
    let (first, last) = (*chart.positions.first()?, *chart.positions.last()?);
    let x = |position: f64| left + (position - first) / (last - first).max(f64::EPSILON) * (right - left);
    let y = |value: f64| bottom - (value - axis.low) / (axis.high - axis.low) * (bottom - top);
    let places: Vec<f64> = chart.positions.iter().map(|position| x(*position)).collect();
    let panels = chart.series.iter().enumerate().map(|(at, series)| {
        let points: Vec<(f64, Option<f64>)> =
            places.iter().zip(&series.values).map(|(place, value)| (*place, value.map(y))).collect();
        let latest = chart.positions.iter().zip(&series.values).rev().find_map(|(at, value)| value.map(|v| (*at, v)));
        Panel {
            left,
            right,
            bottom,
            y_ticks: axis.ticks.iter().map(|tick| (y(*tick), axis.label(*tick))).collect(),
            path: path::line(&points),
            beside: beside::of_series(chart, at, (0, &places), &y),
            end: latest.map(|(at, value)| (x(at), y(value), figure(value))),
            reading: reading::of((left, right), (top, bottom), &axis, &chart.positions),
        }
    });
    Some(panels.collect())
}

fn item(chart: &Chart, at: usize, panel: &Panel, id: &str, words: Words) -> AnyView {
    let series = &chart.series[at];
    let (name_id, text_id) = (format!("{id}-name"), format!("{id}-text"));
    let both = format!("{name_id} {text_id}");
    let (left, right, bottom) = (panel.left, panel.right, panel.bottom);
    let grid = panel
        .y_ticks
        .iter()
        .map(|(y, label)| {
            view! {
                <line class="chart__grid" x1=unit(left) x2=unit(right) y1=unit(*y) y2=unit(*y)></line>
                <text class="chart__tick" text-anchor="end" x=unit(left - 4.0) y=unit(*y + FONT * 0.35)>{label.clone()}</text>
            }
        })
        .collect_view();
    let ends = [(chart.x.first(), "start", left), (chart.x.last(), "end", right)].map(|(label, anchor, x)| {
        // Two long names of periods would meet in the middle.
        let label = label.map(|label| labels::shorten(label, 11));
        view! { <text class="chart__tick" text-anchor=anchor x=unit(x) y=unit(HEIGHT - 2.0)>{label}</text> }
    });
    let dot = panel.end.as_ref().map(|(x, y, value)| {
        let above = if *y > FONT * 2.8 { y - 6.0 } else { y + FONT + 5.0 };
        view! {
            <circle class="chart__dot series-1" cx=unit(*x) cy=unit(*y) r="2.5"></circle>
            <text class="chart__label series-1" text-anchor="end" x=unit(right) y=unit(above)>{value.clone()}</text>
        }
    });
    let summary = words.of_series(chart, series);
    let summary = if summary.is_empty() { words.missing() } else { summary };
    view! {
        <li class="chart__panel">
            <p class="chart__panel-name" id=name_id lang=words.mark(&series.label)>{series.label.clone()}</p>
            <svg class="chart__panel-svg" viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" font-size=FONT aria-labelledby=both
                data-plot=panel.reading.plot.clone() data-periods=panel.reading.periods.to_string() data-places=panel.reading.places.clone()>
                <desc id=text_id>{summary}</desc>
                <g aria-hidden="true">
                    {grid}
                    <line class="chart__grid chart__grid--zero" x1=unit(left) x2=unit(right) y1=unit(bottom) y2=unit(bottom)></line>
                    {ends.into_iter().collect_view()}
                    {drawing::band(&panel.beside, "series-1")}
                    <path class="chart__line series-1" d=panel.path.clone()></path>
                    {dot}
                </g>
            </svg>
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::{super::testing, HEIGHT, WIDTH, set_out};

    #[test]
    fn all_panels_share_their_scales_and_stay_in_the_picture() {
        let chart = testing::panels(48, 30);
        let drawn = set_out(&chart).expect("panels");
        assert_eq!(drawn.len(), 24);
        for panel in &drawn {
            assert_eq!((panel.left, panel.y_ticks.clone()), (drawn[0].left, drawn[0].y_ticks.clone()));
            let (x, y, _) = panel.end.as_ref().expect("an end");
            assert!(*x <= WIDTH && *y > 0.0 && *y <= panel.bottom + 0.1 && panel.bottom < HEIGHT);
        }
        // The panels of another page are on the same scale.
        let mut other = chart.clone();
        other.series.truncate(2);
        assert_eq!(set_out(&other).expect("panels")[0].y_ticks, drawn[0].y_ticks);
    }
}
