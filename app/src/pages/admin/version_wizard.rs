//! Preparing a version step by step: files, details, checks, and sending it for approval. Each step saves by itself.

use domain::review::{Progress, ReviewPart, VersionReview, WizardStep};
use leptos::prelude::*;
use rpc::Visit;

use super::param;
use super::version::looked_over;
use super::version_details::details;
use super::version_files::files;
use super::version_images::images;
use super::version_origins::Origins;
use super::version_steps::{barred, standing, submission};
use crate::components::portal::{Step, check_counts, counted, object_header, panel, state_tag, steps};
use crate::layout::portal::{Section, Shown, portal};

/// One step of preparing a version.
#[component]
pub fn VersionWizard() -> impl IntoView {
    let version = param("version").parse().unwrap_or_default();
    let step = WizardStep::parse(&param("step")).unwrap_or(WizardStep::Files);
    // Figures are compared only where they are shown.
    let part = if step == WizardStep::Checks { ReviewPart::All } else { ReviewPart::Overview };
    let load = rpc::versions::review(param("id"), param("edition"), version, part, None, 1);
    portal(Section::Datasets, load, move |review, visit| shown(&review, step, visit))
}

fn shown(review: &VersionReview, step: WizardStep, visit: &Visit) -> Shown {
    let page = &review.page;
    let (version, name) = (&page.version, page.dataset.working().title);
    let heading = format!("{}, version {}", version.edition_title, version.version);
    let title = format!("{heading}, {}", words(step).to_lowercase());
    let (above, own) = (format!("/admin/datasets/{}", page.dataset.id), version.admin_path());
    let whole = own.clone();
    let meta = view! { {state_tag(version.state.as_str())}<span>{name.clone()}</span><a href=whole>"Everything on one page"</a> };
    let content = view! {
        {object_header("Prepare a version", &heading, meta.into_any(), None)}
        {stepper(review, step)}
        {(!page.can_edit).then(|| standing(page))}
        <div class="stack">{body(review, step, visit)}</div>
        {ways(review, step)}
    };
    Shown::new(title, content.into_any()).under("Datasets", "/admin/datasets").under(name, above).under(heading, own)
}

const fn words(step: WizardStep) -> &'static str {
    match step {
        WizardStep::Files => "Files",
        WizardStep::Details => "Details",
        WizardStep::Checks => "Checks",
        WizardStep::Submit => "Submit",
    }
}

/// The steps of a version that is not begun yet.
pub(super) fn steps_to_come() -> AnyView {
    let of = |step: &WizardStep| Step { name: words(*step), href: None, modifier: "todo", note: "", current: false };
    steps(WizardStep::ALL.iter().map(of).collect())
}

/// The steps with how far each is.
fn stepper(review: &VersionReview, shown: WizardStep) -> AnyView {
    let page = &review.page;
    let own = page.version.admin_path();
    let of = |step: &WizardStep| {
        let progress = step.progress(page.version.state, !page.files.is_empty(), &review.checks);
        let (modifier, note) = match progress {
            Progress::Todo => ("todo", "To do"),
            Progress::Done => ("done", "Done"),
            Progress::ToLookAt => ("todo", "To look at"),
            Progress::ToMend => ("failed", "To mend"),
        };
        let current = *step == shown;
        let modifier = if current && modifier != "failed" { "current" } else { modifier };
        Step { name: words(*step), href: Some(step.path(&own)), modifier, note, current }
    };
    steps(WizardStep::ALL.iter().map(of).collect())
}

fn body(review: &VersionReview, step: WizardStep, visit: &Visit) -> AnyView {
    let page = &review.page;
    match step {
        WizardStep::Files => view! { {files(page, visit)}{images(page, visit)} }.into_any(),
        WizardStep::Details => details(page, visit, Some(&Origins::of_review(review))),
        WizardStep::Checks => looked_over(review),
        WizardStep::Submit => view! { {summary(review)}{barred(page)}{submission(page, visit)} }.into_any(),
    }
}

/// What is sent for approval, with the way back to each part.
fn summary(review: &VersionReview) -> AnyView {
    let page = &review.page;
    let metadata = &page.version.metadata;
    let own = page.version.admin_path();
    let date = metadata.release_date.map_or_else(|| "not set".to_owned(), domain::uk_time::date);
    let differing = review
        .before
        .as_ref()
        .map(|before| format!("{} unlike version {}", counted(review.details.len(), "field"), before.version));
    let said = counted(metadata.latest_changes.len(), "change");
    let row = |label: &'static str, text: String, step: WizardStep| {
        let href = step.path(&own);
        view! {
            <div>
                <dt>{label}</dt>
                <dd>{text}" "<a href=href>"Look"<span class="visually-hidden">{format!(" at: {label}")}</span></a></dd>
            </div>
        }
        .into_any()
    };
    let rows = view! {
        <dl class="metadata">
            {row("Files", counted(page.files.len(), "file"), WizardStep::Files)}
            {row("Release date", date, WizardStep::Details)}
            {row("What is said to have changed", said, WizardStep::Details)}
            {differing.map(|text| row("Details", text, WizardStep::Checks))}
            {row("Checks", check_counts(&review.checks), WizardStep::Checks)}
        </dl>
        <p class="muted">"Somebody else approves it. It becomes public with a bundle."</p>
    };
    panel("What is sent for approval", false, None, rows.into_any())
}

/// The ways to the steps before and after; what was typed is saved by the step's own buttons.
fn ways(review: &VersionReview, step: WizardStep) -> AnyView {
    let own = review.page.version.admin_path();
    let link = |step: WizardStep, rel: &'static str, class: &'static str, way: &str| {
        let text = format!("{way}: {}", words(step).to_lowercase());
        view! { <a rel=rel class=class href=step.path(&own)>{text}</a> }
    };
    // The details go on by their own button, which saves them.
    let class = if step == WizardStep::Details && review.page.can_edit { "button button--secondary" } else { "button" };
    let before = step.previous().map(|step| link(step, "prev", "button button--secondary", "Back"));
    let after = step.next().map(|next| link(next, "next", class, "Next"));
    view! { <p class="cluster">{before}{after}</p> }.into_any()
}
