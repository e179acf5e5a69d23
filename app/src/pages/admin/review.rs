//! The queue of what waits for review.

use chrono::{DateTime, Utc};
use domain::review::{ReviewQueue as Queue, WaitingBundle, WaitingVersion};
use domain::saved_view::{ListOfViews, SavedViews};
use domain::views::{Check, Outcome};
use leptos::prelude::*;
use rpc::Visit;

use super::query;
use crate::components::portal::{
    check_counts, counted, empty, moment, object_header, panel, saved_views, size_words, table, tabs,
};
use crate::layout::portal::{Section, Shown, portal};

/// Submitted versions and bundles that are ready for review, the oldest first.
#[component]
pub fn ReviewQueue() -> impl IntoView {
    let show = query("show");
    let load = async {
        Ok((rpc::versions::waiting().await?, rpc::saved_views::saved_views_read(ListOfViews::Versions).await?))
    };
    portal(Section::Review, load, move |(queue, kept), visit| shown(&queue, &show, &kept, visit))
}

fn shown(queue: &Queue, show: &str, kept: &SavedViews, visit: &Visit) -> Shown {
    let (versions, bundles) = (queue.versions.len(), queue.bundles.len());
    let first = queue.versions.iter().find(|waiting| !waiting.own).map(|waiting| waiting.version.admin_path());
    let first = first.or_else(|| queue.bundles.iter().find(|w| !w.own).map(approval_path));
    let begin = first.map(|href| view! { <a class="button" href=href>"Begin with the oldest"</a> }.into_any());
    let meta = view! { <span>{counted(versions, "version")}</span><span>{counted(bundles, "bundle")}</span> };
    let link = |word: &str, text: String| {
        let href = if word.is_empty() { "/admin/review".to_owned() } else { format!("/admin/review?show={word}") };
        (text, href, word == show)
    };
    let links = vec![
        link("", format!("All ({})", versions + bundles)),
        link("versions", format!("Versions ({versions})")),
        link("bundles", format!("Bundles ({bundles})")),
        link("open", "Not my own".to_owned()),
    ];
    let (of_versions, of_bundles) = (show != "bundles", show != "versions");
    let others = show == "open";
    let content = view! {
        {object_header("", "Review", meta.into_any(), begin)}
        {tabs("What to show", links)}
        {saved_views(ListOfViews::Versions, kept, visit)}
        {of_versions.then(|| version_list(queue, others))}
        {of_bundles.then(|| bundle_list(queue, others))}
    };
    Shown::new("Review", content.into_any())
}

fn version_list(queue: &Queue, others: bool) -> AnyView {
    let waiting = queue.versions.iter().filter(|waiting| !(others && waiting.own));
    let rows: Vec<AnyView> = waiting.map(|waiting| version_row(waiting, queue.now)).collect();
    let body = if rows.is_empty() {
        empty("No version waits for you", "Versions appear here once an editor has submitted them.", None)
    } else {
        let headings = [("Version", false), ("Waits", false), ("Sent by", false), ("Checks", false), ("Size", true)];
        table("Versions that wait for review", "waiting-versions", &headings, rows)
    };
    panel("Versions", false, None, body)
}

fn version_row(waiting: &WaitingVersion, now: DateTime<Utc>) -> AnyView {
    let version = &waiting.version;
    let (href, title) = (version.admin_path(), waiting.title.clone());
    let sub = format!("{}, version {}", version.edition_title, version.version);
    let who = version.last_edited_by.name.clone();
    view! {
        <tr>
            <th scope="row"><a href=href>{title}<span class="visually-hidden">{format!(", {sub}")}</span></a><span class="table__sub" aria-hidden="true">{sub.clone()}</span></th>
            <td>{age(version.last_updated, now)}</td>
            <td>{who}{own(waiting.own)}</td>
            <td>{verdict(&waiting.checks)}</td>
            <td class="num">{size_words(waiting.size)}</td>
        </tr>
    }
    .into_any()
}

fn bundle_list(queue: &Queue, others: bool) -> AnyView {
    let waiting = queue.bundles.iter().filter(|waiting| !(others && waiting.own));
    let rows: Vec<AnyView> = waiting.map(|waiting| bundle_row(waiting, queue.now)).collect();
    let body = if rows.is_empty() {
        empty("No bundle waits for review", "Bundles appear here once an editor has sent them for review.", None)
    } else {
        let headings = [("Bundle", false), ("Waits", false), ("Sent by", false), ("Items", true)];
        table("Bundles that wait for review", "waiting-bundles", &headings, rows)
    };
    panel("Bundles", false, None, body)
}

fn approval_path(waiting: &WaitingBundle) -> String {
    format!("{}/approve", waiting.bundle.admin_path())
}

fn bundle_row(waiting: &WaitingBundle, now: DateTime<Utc>) -> AnyView {
    let (href, title) = (approval_path(waiting), waiting.bundle.details.title.clone());
    let (who, items) = (waiting.sent_by.clone(), waiting.bundle.item_count);
    view! {
        <tr>
            <th scope="row"><a href=href>{title}</a></th>
            <td>{age(waiting.since, now)}</td>
            <td>{who}{own(waiting.own)}</td>
            <td class="num">{items}</td>
        </tr>
    }
    .into_any()
}

fn own(own: bool) -> Option<AnyView> {
    own.then(|| view! { <span class="table__sub">"Yours: somebody else approves it"</span> }.into_any())
}

/// How the checks came out, with a word before the numbers.
fn verdict(checks: &[Check]) -> AnyView {
    let (modifier, word) = match checks.iter().map(|check| check.outcome).max() {
        Some(Outcome::Fail) => ("failed", "To mend"),
        Some(Outcome::Warn) => ("scheduled", "To look at"),
        _ => ("published", "All green"),
    };
    let class = format!("tag state--{modifier}");
    let counts = check_counts(checks);
    view! { <span class=class>{word}</span><span class="table__sub">{counts}</span> }.into_any()
}

/// For how long something has waited, with its moment.
fn age(since: DateTime<Utc>, now: DateTime<Utc>) -> AnyView {
    let words = age_words((now - since).num_minutes());
    view! { {words}<span class="table__sub">{moment(since, "")}</span> }.into_any()
}

/// Minutes in words that are as rough as a queue needs them.
fn age_words(minutes: i64) -> String {
    match minutes {
        ..1 => "just now".to_owned(),
        1..60 => counted(minutes, "minute"),
        60..1440 => counted(minutes / 60, "hour"),
        _ => counted(minutes / 1440, "day"),
    }
}

#[cfg(test)]
mod tests {
    use super::age_words;

    #[test]
    fn ages_read_well() {
        assert_eq!(age_words(0), "just now");
        assert_eq!(age_words(1), "1 minute");
        assert_eq!(age_words(125), "2 hours");
        assert_eq!(age_words(3000), "2 days");
    }
}
