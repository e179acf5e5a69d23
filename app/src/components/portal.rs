//! Parts of the portal: states, histories, lists and panels.

mod copying;
mod countdown;
mod difference;
mod differences;
mod drawn_anew;
mod event_words;
mod facts;
mod field_words;
mod history;
mod lists;
mod panels;
mod saved_views;

pub use copying::{copy_button, copying};
pub use countdown::countdown;
pub use difference::{difference, in_brief};
pub use differences::{changes_table, value_view};
pub use drawn_anew::{desk_region, followed, log_region, look_again_by_hand, queue_region};
pub use facts::{facts, filter_input, filter_select, secret_once, text};
pub use field_words::{alert_kinds, alert_name, designations, field_label, kinds_of_change, severities, titled};
pub use history::{
    Step, bundle_stepper, entry, entry_in_full, history_files, history_link, kinds_of, steps, timeline, timeline_of,
    version_stepper, words,
};
pub use lists::{bundle_table, empty, outcome_cell, pagination, stacked_table, table};
pub use panels::{
    Confirmed, check_counts, checklist, checklist_at, comments_panel, files_panel, history_panel, object_header, panel,
    progress, tabs,
};
pub use saved_views::saved_views;

use domain::refusal::Refusal;
use leptos::prelude::*;
use rpc::Visit;

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

/// The same in a table, where columns have little room.
#[must_use]
pub fn short_moment(at: chrono::DateTime<chrono::Utc>) -> AnyView {
    view! { <time datetime=at.to_rfc3339()>{domain::uk_time::short(at)}</time> }.into_any()
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

/// What somebody who publishes at once has to know while most releases come out; nothing at other times.
#[must_use]
pub fn peak_warning(now: chrono::DateTime<chrono::Utc>, times: &domain::office::PublicationTimes) -> Option<AnyView> {
    times.in_peak(now).then(|| {
        let (time, window, end) = (domain::uk_time::time(now), times.peak_words(), times.peak_end());
        let text = format!(
            "It is {time} on a UK clock, within the peak window from {window}: other releases come out now, and readers wait for \
             them. Unless it is urgent, publish it after {end}."
        );
        view! { <div class="banner banner--warning"><p>{text}</p></div> }.into_any()
    })
}

/// Why a page cannot be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusalPage {
    /// The status of the answer.
    pub status: u16,
    /// Its heading.
    pub heading: &'static str,
    /// What is in the way.
    pub cause: String,
    /// What can be done about it.
    pub advice: &'static str,
}

impl RefusalPage {
    /// What is in the way and what can be done, as sentences.
    #[must_use]
    pub fn words(&self) -> String {
        format!("{} {}", self.cause, self.advice)
    }
}

/// The id of the request, to be copied with one click for whoever is asked about it.
#[must_use]
pub fn reference(visit: &Visit) -> Option<AnyView> {
    let id = visit.request_id.clone();
    (!id.is_empty()).then(|| {
        view! {
            <p class="error-page__ref">"If you ask somebody about this, give the reference "<code class="secret">{id}</code>"."</p>
        }
        .into_any()
    })
}

/// Why a page cannot be shown, and what to do; without a refusal it is a fault.
#[must_use]
pub fn refusal_page(refusal: Option<&Refusal>) -> RefusalPage {
    let could_not = "This could not be done";
    let cause = refusal.map(causes).unwrap_or_default();
    let page = |status, heading, advice| RefusalPage { status, heading, cause: cause.clone(), advice };
    match refusal {
        None => RefusalPage {
            cause: "It is not your doing.".to_owned(),
            ..page(
                500,
                "Something went wrong",
                "Try again in a moment. If it stays, tell your operators, with the reference.",
            )
        },
        Some(Refusal::NotFound) => RefusalPage {
            cause: "It does not exist, it was deleted, or your rights do not reach it.".to_owned(),
            ..page(404, "There is nothing here", "Check the address, or look for it in its list.")
        },
        Some(Refusal::Forbidden { .. }) => page(403, "You may not see this", "Ask an administrator for it."),
        Some(Refusal::Unauthenticated) => page(401, "Nobody is signed in", "Then open the page again."),
        Some(Refusal::Unreadable { .. }) => page(400, could_not, "Go back and mend what is named."),
        Some(Refusal::Invalid { .. }) => page(422, could_not, "Go back and mend what is named."),
        Some(Refusal::Stale) => page(412, could_not, "Load the page again and repeat what you did."),
        Some(Refusal::RevisionNeeded) => page(428, could_not, "Load the page again and repeat what you did."),
        Some(Refusal::TooLarge { .. }) => page(413, could_not, "Send less at once."),
        Some(Refusal::TooMany { .. }) => page(429, could_not, "Then load the page again."),
        Some(Refusal::InvalidTransition { .. } | Refusal::FourEyes { .. } | Refusal::Blocked { .. }) => {
            page(409, could_not, "See to what is named, then try again.")
        }
    }
}

/// What a refusal says; of several problems each.
fn causes(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Invalid { problems } | Refusal::Unreadable { problems } if !problems.is_empty() => {
            problems.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
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

    #[test]
    fn only_conflicts_are_answered_as_conflicts() {
        let status = |refusal: Refusal| refusal_page(Some(&refusal)).status;
        let problem = Refusal::field("days", "count", "Choose fewer.");
        assert_eq!(refusal_page(Some(&problem)).cause, "Choose fewer.");
        assert_eq!(status(problem), 422);
        assert_eq!(status(Refusal::Unreadable { problems: Vec::new() }), 400);
        assert_eq!((status(Refusal::Stale), status(Refusal::RevisionNeeded)), (412, 428));
        assert_eq!((status(Refusal::TooLarge { limit: 1 }), status(Refusal::TooMany { seconds: 1 })), (413, 429));
        assert_eq!(status(Refusal::blocked("held", "It is held.")), 409);
        assert_eq!(status(Refusal::FourEyes { message: "Somebody else.".to_owned() }), 409);
        assert_eq!(refusal_page(None).status, 500);
    }

    #[test]
    fn publishing_at_once_is_warned_of_in_the_peak_window_alone() {
        let at = |text: &str| text.parse::<chrono::DateTime<chrono::Utc>>().unwrap();
        let times = domain::office::PublicationTimes::default();
        // Half past eleven in summer time, and noon.
        assert!(peak_warning(at("2026-07-01T10:30:00Z"), &times).is_some());
        assert!(peak_warning(at("2026-07-01T11:00:00Z"), &times).is_none());
    }
}
