//! The whole history of a bundle: narrowed and searched by its address, with what each step changed, and as a file.

use domain::bundle::Bundle;
use domain::event::{Event, HistoryAsked};
use domain::page::{Page, Paging};
use domain::policy::{Permission, Reach};
use leptos::prelude::*;
use rpc::Visit;

use super::{param, query};
use crate::components::portal::{
    empty, entry_in_full, filter_input, filter_select, history_files, kinds_of, object_header, pagination, state_tag,
    state_words,
};
use crate::layout::portal::{Section, Shown, portal};

/// So many entries stand on a page.
const ENTRIES: u32 = 50;

/// Everything that happened to a bundle, newest first; what is shown of it stands in the address.
#[component]
pub fn BundleTimeline() -> impl IntoView {
    let asked = HistoryAsked::read(query);
    let page = query("page").parse().unwrap_or(1);
    portal(Section::Bundles, rpc::bundles::history(param("id")), move |(bundle, events), visit| {
        shown(&bundle, &events, (&asked, page), visit)
    })
}

fn shown(bundle: &Bundle, events: &[Event], (asked, page): (&HistoryAsked, u32), visit: &Visit) -> Shown {
    let (name, path) = (bundle.details.title.clone(), bundle.admin_path());
    let own = format!("{path}/timeline");
    let found: Vec<Event> = asked.find(events).into_iter().rev().collect();
    let offset = page.saturating_sub(1).saturating_mul(ENTRIES);
    let part = Page::of_whole(found, Paging { limit: ENTRIES, offset });
    let (total, noun) = (part.total_count, if part.total_count == 1 { "entry" } else { "entries" });
    let meta = view! { {state_tag(bundle.stage().as_str())}<span>{format!("{total} {noun}")}</span> };
    let list = if part.items.is_empty() {
        empty("Nothing of this happened", "Choose less, or look at everything.", Some(("Everything", &own)))
    } else {
        let items: Vec<AnyView> = part.items.iter().map(entry_in_full).collect();
        view! { <ol class="timeline">{items}</ol> }.into_any()
    };
    let query = asked.query();
    let file = format!("{own}.csv?{query}");
    let file =
        (total > 0).then(|| view! { <a class="button button--secondary" href=file download="">"CSV"</a> }.into_any());
    let content = view! {
        {object_header("History", &name, meta.into_any(), file)}
        {filter(&own, events, asked)}
        {list}
        {pagination(total, part.limit, part.offset, |n| format!("{own}?{query}&page={n}"))}
        {looks(bundle, visit)}
    };
    Shown::new("History", content.into_any()).under("Bundles", "/admin/bundles").under(name, path)
}

fn filter(own: &str, events: &[Event], asked: &HistoryAsked) -> AnyView {
    let mut kinds = vec![(String::new(), "Everything".to_owned())];
    kinds.extend(kinds_of(events).into_iter().map(|kind| (kind.clone(), state_words(&kind))));
    let own = own.to_owned();
    let clear = (!asked.query().is_empty()).then(|| {
        let href = own.clone();
        view! { <a href=href>"Clear"</a> }
    });
    view! {
        <form class="filter-bar" method="get" action=own role="search">
            {filter_select("event", "What happened", kinds, &asked.event)}
            {filter_input("q", "Words", "search", &asked.q)}
            <button class="button button--secondary button--small">"Find"</button>
            {clear}
        </form>
    }
    .into_any()
}

/// What the audit trail holds beside, for those who read all of it: who looked at the bundle early, and everything as files.
fn looks(bundle: &Bundle, visit: &Visit) -> Option<AnyView> {
    let caller = visit.caller.as_ref()?;
    if !caller.may(Permission::AuditRead) || caller.reach(Permission::AuditRead) != Reach::All {
        return None;
    }
    let id = &bundle.id;
    let (all, previews) = (format!("/admin/audit?bundle={id}"), format!("/admin/audit?bundle={id}&action=previewed"));
    Some(
        view! {
            <p class="cluster small">
                "In the audit trail: "
                <a href=all>"everything, with what is in it"</a>
                <a href=previews>"who looked at it early"</a>
            </p>
            {history_files(visit, &format!("bundle={id}"))}
        }
        .into_any(),
    )
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use domain::actor::Actor;
    use domain::bundle::{BundleDetails, BundleKind, BundleState};
    use serde_json::json;

    use super::*;

    fn bundle() -> Bundle {
        Bundle {
            id: "b-1".into(),
            details: BundleDetails {
                title: "Prices".into(),
                description: String::new(),
                kind: BundleKind::Scheduled,
                preview_teams: Vec::new(),
            },
            state: BundleState::Created,
            item_count: 0,
            created_by: Actor::system("test"),
            created_at: DateTime::UNIX_EPOCH,
            last_edited_by: Actor::system("test"),
            last_modified: DateTime::UNIX_EPOCH,
            attempts: 0,
            revision: 1,
        }
    }

    fn edited(n: i64) -> Event {
        Event {
            id: format!("e-{n}"),
            event_type: "edited".into(),
            resource_type: "bundle".into(),
            resource_id: "b-1".into(),
            actor: Actor::system("test"),
            from_state: None,
            to_state: None,
            reason: None,
            timestamp: DateTime::UNIX_EPOCH + TimeDelta::minutes(n),
            details: json!({}),
            before: Some(json!({"title": format!("Title {n}")})),
            after: Some(json!({"title": format!("Title {}", n + 1)})),
            bundle_id: None,
            via: None,
            client: None,
            trace_id: String::new(),
        }
    }

    #[test]
    fn a_long_history_has_pages_that_keep_what_was_asked() {
        let events: Vec<Event> = (1..=120).map(edited).collect();
        let asked = HistoryAsked { event: "edited".into(), q: String::new() };
        let html = shown(&bundle(), &events, (&asked, 2), &Visit::default()).content.to_html().replace("<!>", "");
        // The newest stand first, so the second page begins with the 51st from the end.
        assert!(html.contains("id=\"event-e-70\"") && !html.contains("id=\"event-e-71\""), "{html}");
        for part in [
            "120 entries",
            "/admin/bundles/b-1/timeline?event=edited&amp;page=3",
            "/admin/bundles/b-1/timeline.csv?event=edited",
            "title: Title 70 \u{2192} Title 71",
            "What it changed",
        ] {
            assert!(html.contains(part) || html.contains(&part.replace("&amp;", "&")), "{part}: {html}");
        }
        let none = HistoryAsked { q: "nowhere".into(), ..HistoryAsked::default() };
        let html = shown(&bundle(), &events, (&none, 1), &Visit::default()).content.to_html();
        assert!(html.contains("Nothing of this happened") && !html.contains("timeline.csv"), "{html}");
    }
}
