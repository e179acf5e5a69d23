//! The publish queue.

use domain::page::Page;
use domain::views::QueueEntry;
use leptos::prelude::*;

use crate::components::portal::{empty, moment, object_header, state_tag, table};
use crate::layout::portal::{Section, Shown, portal};

/// What is scheduled or being published, soonest first.
#[component]
pub fn Queue() -> impl IntoView {
    portal(Section::Queue, rpc::bundles::queue(), |page, _| shown(&page))
}

fn shown(page: &Page<QueueEntry>) -> Shown {
    let list = if page.items.is_empty() {
        let text = "Bundles appear here once an approver has given them a date and a time.";
        empty(
            "Nothing is waiting to be published",
            text,
            Some(("Bundles that are approved", "/admin/bundles?state=approved")),
        )
    } else {
        let headings = [
            ("Bundle", false),
            ("State", false),
            ("Progress", false),
            ("Due", false),
            ("Time", false),
            ("Items", true),
            ("Tries", true),
            ("Node", false),
        ];
        table("Publish queue", "queue-table", &headings, page.items.iter().map(row).collect())
    };
    let count = page.total_count;
    let meta = view! { <span>{count}" waiting"</span> }.into_any();
    let content = view! { {object_header("", "Publish queue", meta, None)}{list} };
    Shown::new("Publish queue", content.into_any())
}

fn row(entry: &QueueEntry) -> AnyView {
    let bundle = &entry.bundle;
    let (href, title) = (bundle.admin_path(), bundle.details.title.clone());
    let due = bundle.state.schedule().map(|schedule| moment(schedule.publication_date, ""));
    let (items, tries) = (bundle.item_count, bundle.attempts);
    let progress = format!("{href}/publication");
    let node = entry.lease.as_ref().map_or_else(|| "-".to_owned(), |(node, _)| node.clone());
    view! {
        <tr>
            <th scope="row"><a href=href>{title.clone()}</a></th>
            <td>{state_tag(bundle.stage().as_str())}</td>
            <td><a href=progress>"Watch"<span class="visually-hidden">" the publication of "{title}</span></a></td>
            <td>{due}</td>
            <td>{lateness_words(entry.lateness_ms)}</td>
            <td class="num">{items}</td>
            <td class="num">{tries}</td>
            <td class="mono">{node}</td>
        </tr>
    }
    .into_any()
}

/// How late or early, in words: "in 2 h 5 min", "340 ms late".
#[must_use]
pub fn lateness_words(ms: i64) -> String {
    let words = span_words(ms.unsigned_abs());
    if ms < 0 { format!("in {words}") } else { format!("{words} late") }
}

/// How long it was from a bundle's instant to its publication; only by hand it can be published before.
#[must_use]
pub fn after_instant_words(ms: i64) -> String {
    let words = span_words(ms.unsigned_abs());
    if ms < 0 { format!("{words} before its instant, by hand") } else { format!("{words} after its instant") }
}

fn span_words(size: u64) -> String {
    match size {
        0..1_000 => format!("{size} ms"),
        1_000..60_000 => format!("{} s", size / 1_000),
        60_000..3_600_000 => format!("{} min", size / 60_000),
        3_600_000..86_400_000 => format!("{} h {} min", size / 3_600_000, size / 60_000 % 60),
        _ => format!("{} d {} h", size / 86_400_000, size / 3_600_000 % 24),
    }
}

#[cfg(test)]
mod tests {
    use super::{after_instant_words, lateness_words};

    #[test]
    fn lateness_reads_well() {
        assert_eq!(lateness_words(340), "340 ms late");
        assert_eq!(lateness_words(-7_500_000), "in 2 h 5 min");
        assert_eq!(lateness_words(-90_000_000), "in 1 d 1 h");
        assert_eq!(after_instant_words(12), "12 ms after its instant");
        assert_eq!(after_instant_words(-90_000_000), "1 d 1 h before its instant, by hand");
    }
}
