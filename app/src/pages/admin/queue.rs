//! The publish queue.

use domain::bundle::BundleStage;
use domain::bundle::missing::MissingRelease;
use domain::page::Page;
use domain::views::QueueEntry;
use leptos::prelude::*;
use rpc::Visit;

use crate::components::portal::{empty, moment, object_header, panel, queue_region, state_tag, table};
use crate::layout::portal::{Section, Shown, portal};

/// What is scheduled or being published, soonest first.
#[component]
pub fn Queue() -> impl IntoView {
    let load = async { Ok((rpc::live::queue_mark().await?, rpc::bundles::queue().await?)) };
    portal(Section::Queue, load, |(mark, (page, missing)), visit| shown(mark, (&page, missing.as_slice()), visit))
}

fn shown(mark: String, (page, missing): (&Page<QueueEntry>, &[MissingRelease]), visit: &Visit) -> Shown {
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
    let promised =
        (!missing.is_empty()).then(|| view! { <div class="panels">{missing_releases(missing)}</div> }.into_any());
    let count = page.total_count;
    let meta = view! { <span>{count}" waiting"</span> }.into_any();
    let again = view! { <a class="button button--secondary" href="/admin/queue">"Look again"</a> }.into_any();
    let content = view! { {object_header("", "Publish queue", meta, Some(again))}{list}{promised} };
    let again = again_in(&page.items, visit.office.paused.is_some());
    Shown::new("Publish queue", queue_region(mark, queue_words(&page.items), again, content.into_any()))
}

/// What the calendar has promised for the coming days and nothing would publish; nothing where every promise would be kept.
#[must_use]
pub fn missing_releases(missing: &[MissingRelease]) -> AnyView {
    if missing.is_empty() {
        return ().into_any();
    }
    let item = |missing: &MissingRelease| {
        let (href, title) = (format!("/admin/releases/{}", missing.release.id), missing.release.details.title.clone());
        let (why, when) = (missing.why(), missing.release.date.instant().map(|at| moment(at, "")));
        view! {
            <li class="check check--warn">
                <span class="check__text"><a href=href>{title}</a>" is in the release calendar, but "{why}"."</span>
                <span class="check__note">{when}</span>
            </li>
        }
        .into_any()
    };
    let items: Vec<AnyView> = missing.iter().map(item).collect();
    let list = view! { <ul class="checklist">{items}</ul> }.into_any();
    panel("Promised to the public and not scheduled", true, Some(("Release calendar", "/admin/releases")), list)
}

/// How the queue stands, for those who only hear that it has changed.
#[must_use]
pub fn queue_words(entries: &[QueueEntry]) -> String {
    let publishing = entries.iter().filter(|entry| entry.bundle.stage() == BundleStage::Publishing).count();
    format!("Publish queue: {publishing} being published, {} waiting.", entries.len() - publishing)
}

/// After how many milliseconds a page of the queue is made anew although nobody tells of a change: a little after the next instant,
/// soon while something is under way, and as often as the words of time change.
#[must_use]
pub fn again_in(entries: &[QueueEntry], is_paused: bool) -> i64 {
    const SOON: i64 = 5_000;
    const MINUTE: i64 = 60_000;
    let is_begun = |entry: &QueueEntry| {
        entry.bundle.stage() == BundleStage::Publishing || (0..MINUTE).contains(&entry.lateness_ms)
    };
    if !is_paused && entries.iter().any(is_begun) {
        return SOON;
    }
    let next = entries.iter().map(|entry| entry.lateness_ms.saturating_neg()).filter(|left| *left > 0).min();
    next.map_or(MINUTE, |left| (left + 700).min(if left < MINUTE { 2 * SOON } else { MINUTE }))
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
    use chrono::{DateTime, Utc};
    use domain::actor::Actor;
    use domain::bundle::{Bundle, BundleDetails, BundleKind, BundleState, Mark};

    use super::*;

    fn entry(lateness_ms: i64, is_begun: bool) -> QueueEntry {
        let (by, at) = (Actor::system("test"), DateTime::<Utc>::UNIX_EPOCH);
        let approval = Mark { by: by.clone(), at };
        let state = if is_begun {
            BundleState::Publishing { approval, schedule: None, started_at: at, told: None }
        } else {
            BundleState::Approved { approval, kept_channels: Vec::new() }
        };
        let details = BundleDetails {
            title: "Prices".into(),
            description: String::new(),
            kind: BundleKind::Scheduled,
            preview_teams: Vec::new(),
        };
        let bundle = Bundle {
            id: "b".into(),
            details,
            state,
            item_count: 1,
            created_by: by.clone(),
            created_at: at,
            last_edited_by: by,
            last_modified: at,
            attempts: 0,
            revision: 1,
        };
        QueueEntry { bundle, lateness_ms, lease: None }
    }

    #[test]
    fn the_queue_is_made_anew_when_what_it_says_is_true_no_longer() {
        let again =
            |late: &[i64], paused| again_in(&late.iter().map(|ms| entry(*ms, false)).collect::<Vec<_>>(), paused);
        assert_eq!((again(&[], false), again(&[-3_600_000], false)), (60_000, 60_000));
        assert_eq!((again(&[-4_000, -90_000], false), again(&[-55_000], false)), (4_700, 10_000));
        assert_eq!((again(&[200, -4_000], false), again(&[200], true)), (5_000, 60_000));
        // What is overdue for long is not asked for again and again.
        assert_eq!(again(&[60_000], false), 60_000);
        let begun = [entry(90_000, true), entry(-90_000, false)];
        assert_eq!((again_in(&begun, false), again_in(&begun, true)), (5_000, 60_000));
        assert_eq!(queue_words(&begun), "Publish queue: 1 being published, 1 waiting.");
    }

    #[test]
    fn lateness_reads_well() {
        assert_eq!(lateness_words(340), "340 ms late");
        assert_eq!(lateness_words(-7_500_000), "in 2 h 5 min");
        assert_eq!(lateness_words(-90_000_000), "in 1 d 1 h");
        assert_eq!(after_instant_words(12), "12 ms after its instant");
        assert_eq!(after_instant_words(-90_000_000), "1 d 1 h before its instant, by hand");
    }
}
