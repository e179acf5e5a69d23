//! The page of a version.

use domain::review::{ReviewPart, VersionReview};
use domain::text::escaped;
use domain::version::version_preview_path;
use domain::views::VersionAdminPage;
use leptos::prelude::*;
use rpc::Visit;

use super::version_alerts::alerts;
use super::version_bundling::{bundling, way_on};
use super::version_columns::columns;
use super::version_compared::{compared_with, details_changed, files_changed};
use super::version_details::details;
use super::version_figures::figures;
use super::version_files::files;
use super::version_images::images;
use super::version_remarks::comments;
use super::version_steps::{barred, offers_of_reasons, primary, standing};
use super::{param, query};
use crate::components::portal::{
    check_counts, checklist, history_files, history_panel, object_header, panel, state_tag, tabs, timeline_of,
    version_stepper,
};
use crate::layout::portal::{Section, Shown, portal};

/// A version: where it stands, what differs from the one before, its files, what is said about it, and what comes next.
#[component]
pub fn VersionPage() -> impl IntoView {
    let version = param("version").parse().unwrap_or_default();
    let part = ReviewPart::parse(&query("tab")).unwrap_or(ReviewPart::Overview);
    let against = query("against").parse().ok();
    let page = query("page").parse().unwrap_or(1);
    let event = query("event");
    let load = rpc::versions::review(param("id"), param("edition"), version, part, against, page);
    portal(Section::Datasets, load, move |review, visit| shown(&review, &event, visit))
}

fn shown(review: &VersionReview, event: &str, visit: &Visit) -> Shown {
    let page = &review.page;
    let (version, dataset) = (&page.version, &page.dataset);
    let heading = format!("{}, version {}", version.edition_title, version.version);
    let title = match review.part {
        ReviewPart::Overview => heading.clone(),
        ReviewPart::All => format!("{heading}, everything that differs"),
        part => format!("{heading}, {part}"),
    };
    let name = dataset.working().title;
    let step = primary(page, visit).or_else(|| way_on(page)).or_else(|| public(page));
    let content = view! {
        {object_header("Version", &heading, meta(page, &name), step)}
        {queue(review)}
        {version_stepper(version, &page.timeline)}
        {parts(review)}
        {barred(page)}
        {part(review, event, visit)}
    };
    let shown = Shown::new(title, content.into_any());
    let shown = match (&page.comments, &page.bundle) {
        // Who is not shown the comments does not read the dataset either, and comes from the bundle that is shared with them.
        (None, Some(bundle)) => {
            shown.under("Bundles", "/admin/bundles").under(bundle.details.title.clone(), bundle.admin_path())
        }
        _ => shown.under("Datasets", "/admin/datasets").under(name, format!("/admin/datasets/{}", dataset.id)),
    };
    if review.part == ReviewPart::Overview { shown } else { shown.under(heading, version.admin_path()) }
}

fn meta(page: &VersionAdminPage, name: &str) -> AnyView {
    let version = &page.version;
    let editor = format!("Last edited by {}", version.last_edited_by.name);
    let bundle = page.bundle.as_ref().map(|bundle| {
        let (href, title) = (bundle.admin_path(), bundle.details.title.clone());
        view! { <span>"In the bundle "<a href=href>{title}</a></span> }
    });
    // Who reads the comments reads the dataset before it is public.
    let ahead = (page.comments.is_some() && !version.is_public()).then(|| {
        // In a bundle it is seen as of the bundle's instant, beside what comes with it.
        let alone = || version_preview_path(&version.dataset_id, &version.edition, version.version, "page");
        let href = page.bundle.as_ref().map_or_else(alone, |bundle| format!("{}/preview", bundle.admin_path()));
        view! { <a href=href>"As readers will find it"</a> }
    });
    let name = name.to_owned();
    view! { {state_tag(version.state.as_str())}<span>{name}</span><span>{editor}</span>{bundle}{ahead} }.into_any()
}

fn public(page: &VersionAdminPage) -> Option<AnyView> {
    let version = &page.version;
    version
        .is_public()
        .then(|| view! { <a class="button button--secondary" href=version.page_path()>"Public page"</a> }.into_any())
}

/// The way to the versions that wait before and after this one.
fn queue(review: &VersionReview) -> Option<AnyView> {
    let place = review.queue.as_ref()?;
    let link = |version: &domain::version::Version, rel: &'static str, words: &'static str| {
        let (href, name) = (version.admin_path(), version.reference());
        view! { <a rel=rel href=href>{words}<span class="visually-hidden">{format!(": {name}")}</span></a> }
    };
    let words = if place.place > 0 {
        format!("{} of {} that wait for review", place.place, place.total)
    } else {
        format!("{} wait for review", place.total)
    };
    let previous = place.previous.as_ref().map(|version| link(version, "prev", "Previous"));
    let next = place.next.as_ref().map(|version| link(version, "next", "Next"));
    Some(
        view! {
            <nav class="review-nav cluster small" aria-label="Review queue">
                {previous}<a href="/admin/review">{words}</a>{next}
            </nav>
        }
        .into_any(),
    )
}

fn parts(review: &VersionReview) -> AnyView {
    let path = review.page.version.admin_path();
    let against = match (&review.before, review.earlier.first()) {
        (Some(before), Some(last)) if before.version != *last => format!("&against={}", before.version),
        _ => String::new(),
    };
    let link = |part: ReviewPart, text: &str| {
        let href = if part == ReviewPart::Overview { path.clone() } else { format!("{path}?tab={part}{against}") };
        (text.to_owned(), href, part == review.part)
    };
    let links = vec![
        link(ReviewPart::Overview, "Overview"),
        link(ReviewPart::Details, "Details"),
        link(ReviewPart::Data, "Data"),
        link(ReviewPart::Files, "Files"),
        link(ReviewPart::All, "All, to print"),
    ];
    tabs("Parts of the version", links)
}

fn part(review: &VersionReview, event: &str, visit: &Visit) -> AnyView {
    let page = &review.page;
    let said = comments(page, visit);
    match review.part {
        ReviewPart::Overview => overview(review, said, event, visit),
        ReviewPart::Details => {
            view! { <div class="stack">{compared_with(review)}{details_changed(review)}{said}</div> }.into_any()
        }
        ReviewPart::Data => {
            view! { <div class="stack">{compared_with(review)}{figures(review)}{columns(page)}{said}</div> }.into_any()
        }
        ReviewPart::Files => {
            view! { <div class="stack">{compared_with(review)}{files_changed(review)}{files(page, visit)}{said}</div> }
                .into_any()
        }
        ReviewPart::All => view! { <div class="stack">{looked_over(review)}{said}</div> }.into_any(),
    }
}

/// All that a reviewer looks at: what was checked, and what differs from the version before.
pub(super) fn looked_over(review: &VersionReview) -> AnyView {
    view! {
        {compared_with(review)}
        {checks(review)}
        {details_changed(review)}
        {figures(review)}
        {columns(&review.page)}
        {files_changed(review)}
    }
    .into_any()
}

fn overview(review: &VersionReview, said: Option<AnyView>, event: &str, visit: &Visit) -> AnyView {
    let page = &review.page;
    let history = timeline_of(&page.version.admin_path(), &page.timeline, event);
    let of = format!("resource_type=version&resource_id={}", escaped(&page.version.reference()));
    let history = view! { {history}{history_files(visit, &of)} }.into_any();
    view! {
        <div class="portal__body">
            <div class="portal__content stack">
                {standing(page)}
                {bundling(page, visit)}
                {alerts(page, visit)}
                {checks(review)}
                {files(page, visit)}
                {images(page, visit)}
                {details(page, visit, None)}
                {said}
                {offers_of_reasons(page, visit)}
            </div>
            <aside class="portal__aside stack">{history_panel(None, history)}</aside>
        </div>
    }
    .into_any()
}

/// What was checked, with how it came out.
fn checks(review: &VersionReview) -> AnyView {
    let counts = check_counts(&review.checks);
    let list = view! { <p class="small muted">{counts}</p>{checklist(&review.checks)} };
    panel("Checks", false, None, list.into_any())
}
