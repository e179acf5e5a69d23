//! The table that says the same as the drawing.

use domain::table::{Chart, exact_figure, figure};
use leptos::prelude::*;

use super::words::Words;
use crate::components::written::{Written, joined};

/// Rows that the table may have; the whole table is in the download.
pub(super) const MOST: usize = 500;

/// The figures of the chart as a table behind a disclosure, the latest periods where there are too many.
pub(super) fn table(chart: &Chart, id: &str, title: &Written, words: Words) -> impl IntoView + use<> {
    let skipped = chart.x.len().saturating_sub(MOST);
    let latest = (skipped > 0).then(|| Written::own(format!(". {}", words.latest(MOST))));
    let caption = joined([title.clone()].into_iter().chain(latest).collect());
    let heads = chart
        .series
        .iter()
        .map(|series| view! { <th scope="col" class="chart__number" lang=words.mark(&series.label)>{series.label.clone()}</th> })
        .collect_view();
    let rows = (skipped..chart.x.len())
        .map(|at| {
            let cells = chart
                .series
                .iter()
                .map(|series| {
                    let value = series.values.get(at).copied().flatten();
                    let text = value.map_or_else(|| words.missing.to_owned(), figure);
                    // What was rounded for the eye is told exactly to whoever points at it.
                    let exact = value.map(exact_figure).filter(|exact| *exact != text);
                    view! { <td class="chart__number" data-exact=exact>{text}</td> }
                })
                .collect_view();
            view! { <tr><th scope="row" lang=words.mark(&chart.x[at])>{chart.x[at].clone()}</th>{cells}</tr> }
        })
        .collect_view();
    let caption_id = format!("{id}-table");
    view! {
        <details class="chart__twin">
            <summary>{words.show_table}</summary>
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
