//! What a department's published versions take in standard storage, by dataset and by age.

use domain::archiving::{Taken, by_age, by_dataset};
use domain::curation::ArchiveDesk as Data;
use leptos::prelude::*;

use crate::components::portal::{grouped, panel, progress, size_words, table};

/// The most datasets shown, those that take the most.
const MOST: usize = 50;

/// Both tables; nothing where nothing is published.
pub(super) fn sizes(data: &Data) -> AnyView {
    if data.versions.is_empty() {
        return ().into_any();
    }
    let datasets = by_dataset(&data.versions);
    let whole = datasets.iter().fold(0_u64, |sum, (_, taken)| sum.saturating_add(taken.bytes));
    let smaller = datasets.len().saturating_sub(MOST);
    let rows = datasets.into_iter().take(MOST).map(|(id, taken)| {
        let href = format!("/admin/datasets/{id}");
        let name = view! { <a href=href>{id.clone()}</a> };
        row(name.into_any(), &id, &taken, whole)
    });
    let rows = rows.collect();
    let more =
        (smaller > 0).then(|| view! { <p class="small muted">{smaller}" more take less and are not listed."</p> });
    let of_datasets = view! { {table("Size by dataset", "sizes-table", &headings("Dataset"), rows)}{more} };
    let ages = by_age(&data.versions, data.now);
    let ages = ages.into_iter().map(|(age, taken)| row(view! { {age} }.into_any(), age, &taken, whole)).collect();
    let of_ages = table("Size by age", "ages-table", &headings("Since its publication"), ages);
    view! {
        {panel("Size by age", true, None, of_ages)}
        {panel("Size by dataset", true, None, of_datasets.into_any())}
    }
    .into_any()
}

fn headings(first: &'static str) -> [(&'static str, bool); 5] {
    [(first, false), ("Versions", true), ("Size", true), ("Of the whole", false), ("Archived next", true)]
}

fn row(name: AnyView, words: &str, taken: &Taken, whole: u64) -> AnyView {
    let share = taken.bytes.saturating_mul(100).checked_div(whole).unwrap_or_default();
    let share = progress(u8::try_from(share).unwrap_or(100), &format!("Share of {words}"));
    let leaving = if taken.leaving > 0 { size_words(taken.leaving) } else { "-".to_owned() };
    view! {
        <tr>
            <th scope="row">{name}</th>
            <td class="num">{grouped(taken.versions)}</td>
            <td class="num">{size_words(taken.bytes)}</td>
            <td>{share}</td>
            <td class="num">{leaving}</td>
        </tr>
    }
    .into_any()
}
