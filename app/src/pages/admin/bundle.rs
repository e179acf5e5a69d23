//! The page of a bundle.

use domain::bundle::{BundleAction, BundleStage, ContentItem, item_anchor};
use domain::progress::Course;
use domain::views;
use leptos::prelude::*;
use rpc::Visit;

use super::bundle_deliveries::deliveries;
use super::bundle_edit::{add_content, edit_details};
use super::bundle_order::moves;
use super::bundle_other_steps::offers_of_reasons;
use super::bundle_remarks::{comments, sign_off};
use super::bundle_repeat::repeat;
use super::bundle_steps::{barred, primary, retry, schedule, submit};
use super::bundle_undo::undo_form;
use super::queue::after_instant_words;
use super::{param, query};
use crate::components::form::{blockers, hidden};
use crate::components::portal::{
    Confirmed, bundle_stepper, checklist_at, countdown, empty, followed, history_files, history_panel,
    look_again_by_hand, moment, object_header, panel, short_moment, stacked_table, state_tag, timeline_of,
};
use crate::layout::portal::{Section, Shown, portal};

/// A bundle: where it stands, what is in it, and what comes next.
#[component]
pub fn BundlePage() -> impl IntoView {
    let event = query("event");
    portal(Section::Bundles, rpc::bundles::page(param("id")), move |page, visit| shown(&page, &event, visit))
}

fn shown(page: &views::BundlePage, event: &str, visit: &Visit) -> Shown {
    let bundle = &page.bundle;
    let title = bundle.details.title.clone();
    let count = if bundle.item_count == 1 { "1 version".to_owned() } else { format!("{} versions", bundle.item_count) };
    let maker = format!("Created by {}", bundle.created_by.name);
    let path = bundle.admin_path();
    let links = (!page.contents.is_empty()).then(|| {
        let (preview, approve) = (format!("{path}/preview"), format!("{path}/approve"));
        view! { <a href=preview>"Preview"</a><a href=approve>"What becomes public"</a> }
    });
    let meta = view! { {state_tag(bundle.stage().as_str())}<span>{count}</span><span>{maker}</span>{links} }.into_any();
    let description = bundle.details.description.clone();
    let description = (!description.is_empty()).then(|| view! { <p class="measure">{description}</p> });
    let (history, whole) = (timeline_of(&path, &page.timeline, event), format!("{path}/timeline"));
    let history = view! { {history}{history_files(visit, &format!("bundle={}", bundle.id))} }.into_any();
    let content = view! {
        {object_header("Bundle", &title, meta, primary(page, visit))}
        {bundle_stepper(bundle, &page.timeline)}
        <div class="portal__body">
            <div class="portal__content stack">
                {description}
                {standing(page)}
                {contents(page, visit)}
                {deliveries(page, visit)}
                {readiness(page, visit)}
                {repeat(page, visit)}
                {schedule(page, visit)}
                {retry(page, visit)}
                {offers_of_reasons(page, visit)}
                {edit_details(page, visit)}
                {comments(page, visit, None)}
            </div>
            <aside class="portal__aside stack">
                {publication(page)}
                {panel("Shared with", false, None, teams(page))}
                {history_panel(Some(("All of it, with what changed", &whole)), history)}
            </aside>
        </div>
    };
    // Before its instant the countdown loads the page again; from then on it is followed.
    let last_event = page.timeline.last().map_or("", |event| event.id.as_str());
    let course = Course { bundle, steps: &page.steps, is_paused: false, last_event };
    let follows = bundle.stage() != BundleStage::Scheduled && course.goes_on();
    Shown::new(title, followed(course, follows, content.into_any())).under("Bundles", "/admin/bundles")
}

/// What the state means for people now.
fn standing(page: &views::BundlePage) -> AnyView {
    let banner = |modifier: &'static str, title: &'static str, text: String| {
        let class = format!("banner banner--{modifier}");
        view! { <section class=class><h2 class="banner__title">{title}</h2><p>{text}</p></section> }.into_any()
    };
    let reasons = barred(page);
    let is_barred = reasons.is_some();
    let said = match page.bundle.stage() {
        BundleStage::Created => banner(
            "information",
            "Nothing is in this bundle yet",
            "Add the versions that are to become public together.".to_owned(),
        ),
        BundleStage::InProgress => ().into_any(),
        BundleStage::ReadyForReview | BundleStage::Approved if is_barred => ().into_any(),
        BundleStage::ReadyForReview => banner(
            "information",
            "Waiting for approval",
            "An approver who did not create it, nor edit it or its datasets last, approves it.".to_owned(),
        ),
        BundleStage::Approved => banner(
            "information",
            "Approved",
            "Nothing here is public yet. An approver gives it a date and a time.".to_owned(),
        ),
        BundleStage::Scheduled => banner(
            "information",
            "Nothing here is public yet",
            "All versions become public together at the instant. Nobody can edit them until then.".to_owned(),
        ),
        BundleStage::Publishing => view! {
            <section class="banner banner--warning">
                <h2 class="banner__title">"Being published"</h2>
                <p>"Everything becomes public at once, or nothing does."</p>
                {look_again_by_hand(page.bundle.admin_path())}
            </section>
        }
        .into_any(),
        BundleStage::Published => published(page),
        BundleStage::Failed => failed(page),
    };
    view! { {said}{reasons} }.into_any()
}

fn published(page: &views::BundlePage) -> AnyView {
    let state = &page.bundle.state;
    let Some(at) = state.published_at() else {
        return ().into_any();
    };
    let due = state.schedule().map(|schedule| schedule.publication_date);
    let lateness = due.map(|due| format!(", {}", after_instant_words((at - due).num_milliseconds())));
    let links: Vec<AnyView> = page
        .contents
        .iter()
        .map(|item| {
            let href = format!("/catalogue/{}/editions/{}/versions/{}", item.dataset_id, item.edition, item.version);
            let text = format!("{}, {}, version {}", item.title, item.edition_title, item.version);
            view! { <li><a href=href>{text}</a></li> }.into_any()
        })
        .collect();
    view! {
        <section class="banner banner--success">
            <h2 class="banner__title">"Public"</h2>
            <p>"Published "{moment(at, "")}{lateness}"."</p>
            <ul>{links}</ul>
        </section>
    }
    .into_any()
}

fn failed(page: &views::BundlePage) -> AnyView {
    let Some(failure) = page.bundle.state.failure() else {
        return ().into_any();
    };
    let message = failure.message.clone();
    view! {
        <section class="banner banner--error">
            <h2 class="banner__title">"Publication failed, nothing became public"</h2>
            <p>{message}</p>
            <p class="small">{moment(failure.at, "")}</p>
        </section>
        {blockers("What stood in the way", "in-the-way", &failure.blockers)}
    }
    .into_any()
}

fn contents(page: &views::BundlePage, visit: &Visit) -> AnyView {
    let may_remove =
        page.offers.iter().any(|offer| offer.action == BundleAction::RemoveContent && offer.blockers.is_empty());
    let list = if page.contents.is_empty() {
        empty("No versions yet", "Only approved versions that are in no other bundle can be added.", None)
    } else {
        let rows =
            page.contents.iter().enumerate().map(|(at, item)| row((at, item), page, visit, may_remove)).collect();
        let mut headings = vec![("Version", false), ("State", false), ("Files", true), ("Signed off", false)];
        if may_remove {
            headings.push(("Action", false));
        }
        stacked_table("Contents", "contents-table", &headings, rows)
    };
    panel("Contents", false, None, view! { {undo_form(page, visit)}{list}{add_content(page, visit)} }.into_any())
}

fn row((at, item): (usize, &ContentItem), page: &views::BundlePage, visit: &Visit, may_remove: bool) -> AnyView {
    let href = domain::version::admin_version_path(&item.dataset_id, &item.edition, item.version);
    let (title, id, files) = (item.title.clone(), item.dataset_id.clone(), item.sound_files);
    let which = format!("{}, version {}", item.edition_title, item.version);
    let (preview, previewed) = (
        format!("{}/preview?item={}", page.bundle.admin_path(), item.id),
        format!(": {}, version {}", item.title, item.version),
    );
    let remove = may_remove.then(|| {
        let name = format!("{}, version {}", item.title, item.version);
        let bundle = &page.bundle;
        let remove = Confirmed {
            words: "Remove",
            about: &name,
            note: "It is taken out of the bundle and its sign-offs with it. It can be added again.",
            action: "/rpc/bundles/remove-content",
            fields:
                view! { {hidden("id", &bundle.id)}{hidden("revision", bundle.revision)}{hidden("item_id", &item.id)}{hidden("version", item.reference())} }
                    .into_any(),
        };
        view! { <td data-label="Action">{remove.view()}{moves(page, at, item)}</td> }
    });
    // Whoever moves it comes back to it.
    view! {
        <tr id=item_anchor(&item.id) tabindex="-1">
            <th scope="row"><a href=href>{title}</a><span class="table__sub">{which}</span><span class="table__sub mono">{id}</span></th>
            <td data-label="State">{state_tag(item.state.as_str())}<span class="table__sub">"checked "{short_moment(item.last_validated)}</span>
                <ul class="plain cluster small"><li><a href=preview>"Preview"<span class="visually-hidden">{previewed}</span></a></li></ul>
            </td>
            <td data-label="Files" class="num">{files}</td>
            <td data-label="Signed off">{sign_off(page, visit, item)}</td>
            {remove}
        </tr>
    }
    .into_any()
}

/// Every check, and under them the tick for those that could be better, where the bundle is to go to review.
fn readiness(page: &views::BundlePage, visit: &Visit) -> AnyView {
    if matches!(page.bundle.stage(), BundleStage::Published | BundleStage::Publishing) {
        return ().into_any();
    }
    let list = checklist_at(&page.bundle.admin_path(), &page.checks);
    panel("Readiness", false, None, view! { {list}{submit(page, visit)} }.into_any())
}

fn publication(page: &views::BundlePage) -> AnyView {
    let watch =
        view! { <p><a href=format!("{}/publication", page.bundle.admin_path())>"Watch the publication"</a></p> };
    let Some(schedule) = page.bundle.state.schedule() else {
        let begun =
            matches!(page.bundle.stage(), BundleStage::Publishing | BundleStage::Published | BundleStage::Failed);
        return if begun { panel("Publication", false, None, watch.into_any()) } else { ().into_any() };
    };
    let at = schedule.publication_date;
    let channels: Vec<&str> = schedule.notification_channels.iter().map(|channel| channel.as_str()).collect();
    let told = if channels.is_empty() { String::new() } else { format!("Channels chosen: {}.", channels.join(", ")) };
    let clock = match page.bundle.stage() {
        BundleStage::Scheduled => countdown(at, page.now, "Publishes in", true),
        _ => view! { <p>"Due "{moment(at, "")}</p> }.into_any(),
    };
    panel("Publication", false, None, view! { {clock}<p class="muted">{told}</p>{watch} }.into_any())
}

/// The teams that may look at the bundle before it is public.
fn teams(page: &views::BundlePage) -> AnyView {
    let wanted = &page.bundle.details.preview_teams;
    let names: Vec<&str> =
        page.teams.iter().filter(|team| wanted.contains(&team.id)).map(|team| team.name.as_str()).collect();
    let text = if names.is_empty() { "No team.".to_owned() } else { format!("{}.", names.join(", ")) };
    view! { <p class="muted">{text}</p> }.into_any()
}
