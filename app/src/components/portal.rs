//! Parts of the portal: states, histories, lists and panels.

mod countdown;
mod difference;
mod differences;
mod facts;
mod history;
mod lists;
mod panels;
mod saved_views;

pub use countdown::countdown;
pub use difference::difference;
pub use differences::{changes_table, value_view};
pub use facts::{facts, filter_input, filter_select, secret_once, text};
pub use history::{bundle_stepper, entry, timeline, version_stepper, words};
pub use lists::{bundle_table, empty, pagination, table};
pub use panels::{Confirmed, check_counts, checklist, history_panel, object_header, panel, progress, tabs};
pub use saved_views::saved_views;

use domain::refusal::Refusal;
use leptos::prelude::*;

/// A state as a word with its own shape.
#[must_use]
pub fn state_tag(state: &str) -> AnyView {
    let class = format!("tag state--{state}");
    let text = state_words(state);
    view! { <span class=class>{text}</span> }.into_any()
}

/// The words for a state: `ready_for_review` becomes "Ready for review".
#[must_use]
pub fn state_words(state: &str) -> String {
    sentence(&state.replace('_', " "))
}

/// Words with a capital letter at their beginning.
#[must_use]
pub fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// A moment on a UK clock.
#[must_use]
pub fn moment(at: chrono::DateTime<chrono::Utc>, class: &'static str) -> AnyView {
    let machine = at.to_rfc3339();
    let text = domain::uk_time::date_time(at);
    view! { <time class=class datetime=machine>{text}</time> }.into_any()
}

/// Bytes in words.
#[must_use]
pub fn size_words(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        1_000_000..1_000_000_000 => format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
        _ => format!("{}.{} GB", bytes / 1_000_000_000, bytes / 100_000_000 % 10),
    }
}

/// A number with its noun: "1 version", "2 versions".
#[must_use]
pub fn counted(number: impl std::fmt::Display, noun: &str) -> String {
    let number = number.to_string();
    let plural = if number == "1" { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// A whole number with commas.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Why a page cannot be shown, as status, heading and sentence.
#[must_use]
pub fn refusal_page(refusal: Option<&Refusal>) -> (u16, &'static str, String) {
    match refusal {
        Some(Refusal::NotFound) => (
            404,
            "There is nothing here",
            "It does not exist, it was deleted, or your rights do not reach it.".to_owned(),
        ),
        Some(refusal @ Refusal::Forbidden { .. }) => {
            (403, "You may not see this", format!("{refusal} Ask an administrator for it."))
        }
        Some(other) => (409, "This could not be done", other.to_string()),
        None => (500, "Something went wrong", "It is not your doing. Try again in a moment.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_states_read_well() {
        assert_eq!(grouped(31_554), "31,554");
        assert_eq!(grouped(999), "999");
        assert_eq!(size_words(434_999), "435 kB");
        assert_eq!(size_words(3_140_000), "3.1 MB");
        assert_eq!((counted(1, "item"), counted(0, "item")), ("1 item".to_owned(), "0 items".to_owned()));
        assert_eq!(state_words("ready_for_review"), "Ready for review");
    }
}
