//! The statements that take most, and how much of what is asked is remembered.

use domain::operations::{CacheSight, StatementCost};
use leptos::prelude::*;

use crate::components::portal::{grouped, panel, table};

/// The statements, the costliest first; nothing where none was sent.
pub(super) fn statements(costs: &[StatementCost]) -> AnyView {
    if costs.is_empty() {
        return ().into_any();
    }
    let headings = [("Statement", false), ("Sent", true), ("p50", true), ("p95", true), ("In all", true)];
    let list = table("Statements", "statements-table", &headings, costs.iter().map(row).collect());
    let content = view! {
        {list}
        <p class="small muted">"Statements to the database that took most in all, without their values, in milliseconds; of this node since it started."</p>
    };
    panel("Statements", true, None, content.into_any())
}

fn row(cost: &StatementCost) -> AnyView {
    let slow = (cost.p95_us >= 100_000).then(|| view! { " "<span class="tag state--failed">"Slow"</span> });
    view! {
        <tr>
            <th scope="row" class="wrap-cell"><code>{cost.sql.clone()}</code>{slow}</th>
            <td class="num">{grouped(cost.count)}</td>
            <td class="num">{milliseconds(cost.p50_us)}</td>
            <td class="num">{milliseconds(cost.p95_us)}</td>
            <td class="num">{milliseconds(cost.total_us)}</td>
        </tr>
    }
    .into_any()
}

/// Microseconds as milliseconds: with a digit after the point where they are few.
fn milliseconds(micros: u64) -> String {
    if micros < 10_000 { format!("{}.{}", micros / 1000, micros % 1000 / 100) } else { grouped(micros / 1000) }
}

/// What is remembered, with how much of what was asked was found there.
pub(super) fn caches(sights: &[CacheSight]) -> AnyView {
    let headings = [("Remembered", false), ("Found", true), ("Made", true), ("Share", true), ("Kept", true)];
    let rows = sights.iter().map(cache_row).collect();
    panel("Memory", true, None, table("What is remembered", "caches-table", &headings, rows))
}

fn cache_row(cache: &CacheSight) -> AnyView {
    let share = cache.percent().map(|percent| format!("{percent}%"));
    view! {
        <tr>
            <th scope="row">{cache.name.clone()}</th>
            <td class="num">{grouped(cache.hits)}</td>
            <td class="num">{grouped(cache.misses)}</td>
            <td class="num">{share}</td>
            <td class="num">{grouped(cache.entries)}</td>
        </tr>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_times_have_a_digit_after_the_point() {
        assert_eq!([milliseconds(90), milliseconds(1_250), milliseconds(12_900)], ["0.0", "1.2", "12"]);
    }
}
