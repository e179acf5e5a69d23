//! The operations desk.

mod alerts;
mod answering;
mod callers;
mod clocks;
mod costs;
mod database;
mod failure;
mod failure_files;
mod failures;
mod files;
mod health;
mod incident;
mod integrations;
mod limits;
mod logs;
mod overview;
mod performance;
mod publications;
mod queue;
mod queue_pause;
mod runbook;
mod runbook_steps;
mod search_index;
mod setting_forms;
mod settings;
mod silences;

pub(in crate::pages) use clocks::incident_item;

pub use alerts::Alerts;
pub use database::Database;
pub use failures::Failures;
pub use files::FileQueue;
pub use health::Health;
pub use incident::IncidentPage;
pub use integrations::Integrations;
pub use limits::Limits;
pub use logs::Logs;
pub use overview::Overview;
pub use performance::Performance;
pub use publications::Publications;
pub use queue::QueueDesk;
pub use runbook::Runbook;
pub use search_index::SearchIndex;
pub use settings::Settings;

use domain::operations::Grade;
use leptos::prelude::*;

/// A state of health as a word with its own shape.
fn health_tag(status: &str) -> AnyView {
    let (class, words) = match status {
        "OK" => ("tag state--published", "OK"),
        "WARNING" => ("tag state--scheduled", "Warning"),
        _ => ("tag state--failed", "Critical"),
    };
    view! { <span class=class>{words}</span> }.into_any()
}

/// How a measure stands, as a word with its own shape.
fn grade_tag(grade: Grade) -> AnyView {
    let (class, words) = match grade {
        Grade::Good => ("tag state--published", "Within"),
        Grade::Warning => ("tag state--scheduled", "Outside"),
        Grade::Alarm => ("tag state--failed", "Alarm"),
    };
    view! { <span class=class>{words}</span> }.into_any()
}

/// A span of time in words, to its two largest units.
fn span_words(seconds: i64) -> String {
    match seconds {
        ..60 => format!("{} s", seconds.max(0)),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..86_400 => format!("{} h {} min", seconds / 3_600, seconds / 60 % 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds / 3_600 % 24),
    }
}

/// A link that loads the page again, so that it shows how things stand now.
fn look_again(address: &'static str) -> AnyView {
    view! { <a class="button button--secondary" href=address>"Look again"</a> }.into_any()
}

/// A button that has every component looked at now, instead of at the next round.
fn check_now(words: &'static str) -> AnyView {
    view! {
        <form method="post" action="/rpc/operations/check-now">
            <button class="button button--secondary">{words}</button>
        </form>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::span_words;

    #[test]
    fn spans_read_well() {
        assert_eq!(span_words(-3), "0 s");
        assert_eq!(span_words(7_500), "2 h 5 min");
        assert_eq!(span_words(90_000), "1 d 1 h");
    }
}
