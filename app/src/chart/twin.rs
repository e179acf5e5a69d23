//! The table that says the same as the drawing.

use domain::table::{Chart, Marking, Series, exact_figure, figure};
use leptos::prelude::*;

use super::words::Words;
use crate::components::written::{Written, joined};

/// Rows that the table may have; the whole table is in the download.
pub(super) const MOST: usize = 500;

/// The figures of the chart as a table behind a disclosure, the latest periods where there are too many.
pub(super) fn table(chart: &Chart, id: &str, title: &Written, words: Words) -> impl IntoView + use<> {
    let (skipped, missing) = (chart.x.len().saturating_sub(MOST), words.missing());
    let latest = (skipped > 0).then(|| Written::own(format!(". {}", words.latest(MOST))));
    let caption = joined([title.clone()].into_iter().chain(latest).collect());
    let heads = chart
        .series
        .iter()
        .map(|series| {
            view! {
                <th scope="col" class="chart__number" lang=words.mark(&series.label)>{series.label.clone()}</th>
                {heads_beside(chart, series, words)}
            }
        })
        .collect_view();
    let rows = (skipped..chart.x.len())
        .map(|at| {
            let cells = chart
                .series
                .iter()
                .enumerate()
                .map(|(place, series)| {
                    let text = text(series, at, figure, &missing);
                    // What was rounded for the eye is told exactly to whoever points at it, with its bounds.
                    let exact = Some(read(series, at, words, &missing)).filter(|exact| *exact != text);
                    view! {
                        <td class="chart__number" data-exact=exact>{text}</td>
                        {cells_beside(chart, (place, series), at, &missing)}
                    }
                })
                .collect_view();
            view! { <tr><th scope="row" lang=words.mark(&chart.x[at])>{chart.x[at].clone()}</th>{cells}</tr> }
        })
        .collect_view();
    let caption_id = format!("{id}-table");
    view! {
        <details class="chart__twin">
            <summary>{words.show_table()}</summary>
            <div class="chart__scroll" role="region" tabindex="0" aria-labelledby=caption_id.clone()>
                <table class="chart__table">
                    <caption id=caption_id.clone()>{caption}</caption>
                    <thead><tr><th scope="col" lang=words.mark(&chart.x_label)>{chart.x_label.clone()}</th>{heads}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
}

/// A figure with its marking, or what stands in its place.
pub(super) fn text(series: &Series, at: usize, written: fn(f64) -> String, missing: &str) -> String {
    let marking = marking(series, at).map(|marking| format!("[{marking}]"));
    match (series.values.get(at).copied().flatten(), marking) {
        (Some(value), None) => written(value),
        (Some(value), Some(marking)) => format!("{} {marking}", written(value)),
        (None, Some(marking)) => marking,
        (None, None) => missing.to_owned(),
    }
}

/// What the script reads out of a figure.
fn read(series: &Series, at: usize, words: Words, missing: &str) -> String {
    let exact = text(series, at, exact_figure, missing);
    let Some((lower, upper)) = bounds(series, at) else { return exact };
    format!("{exact} ({})", words.between(&exact_figure(lower), &exact_figure(upper)))
}

fn marking(series: &Series, at: usize) -> Option<Marking> {
    series.markings.iter().find(|(place, _)| *place == at).map(|(_, marking)| *marking)
}

fn bounds(series: &Series, at: usize) -> Option<(f64, f64)> {
    series.interval.as_ref()?.bounds.get(at).copied().flatten()
}

/// The headings of what stands beside a series; the script passes them over.
fn heads_beside(chart: &Chart, series: &Series, words: Words) -> Vec<AnyView> {
    let bounds = series.interval.iter().flat_map(|_| words.bounds());
    let ghost = chart.ghost.iter().map(|ghost| words.version(ghost.version));
    let name = |what: String| {
        view! {
            <th scope="col" class="chart__number chart__beside">
                <span lang=words.mark(&series.label)>{series.label.clone()}</span>", "{what}
            </th>
        }
        .into_any()
    };
    bounds.chain(ghost).map(name).collect()
}

/// The bounds of a figure, and what it was before.
fn cells_beside(chart: &Chart, (place, series): (usize, &Series), at: usize, missing: &str) -> Vec<AnyView> {
    let (lower, upper) = bounds(series, at).unzip();
    let of_bounds = series.interval.iter().flat_map(|_| [lower, upper]);
    let of_ghost = chart.ghost.iter().map(|ghost| ghost.values.get(place).and_then(|values| *values.get(at)?));
    let cell = |value: Option<f64>| {
        let text = value.map_or_else(|| missing.to_owned(), figure);
        view! { <td class="chart__number chart__beside">{text}</td> }.into_any()
    };
    of_bounds.chain(of_ghost).map(cell).collect()
}
