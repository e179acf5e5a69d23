//! The editions of a dataset with their versions and forms.

use domain::dataset::{Edition, EditionMove};
use domain::version::Version;
use domain::views::DatasetAdminPage;
use leptos::prelude::*;
use rpc::Visit;

use crate::components::form::{Form, hidden};
use crate::components::portal::{counted, empty, moment, pagination, panel, state_tag};

/// So many editions stand on a page.
const EDITIONS: u32 = 10;
/// So many versions of an edition are shown at once; those before can be opened.
const VERSIONS: usize = 10;

/// A page of the editions, counted from 1, and the form for another.
pub(super) fn editions(page: &DatasetAdminPage, part: u32, visit: &Visit) -> AnyView {
    let (total, offset) = (page.editions.len(), offset(page.editions.len(), part));
    let shown = page.editions.iter().enumerate().skip(offset as usize).take(EDITIONS as usize);
    let mut list: Vec<AnyView> =
        shown.map(|(at, (edition, versions))| edition_view(page, (at, edition), versions, visit)).collect();
    if list.is_empty() {
        let text = "An edition is a run within the dataset, such as a time series or a year. It holds the versions.";
        list.push(empty("No editions yet", text, None));
    }
    let new = page.can_edit.then(|| new_edition(page, visit));
    let id = &page.dataset.id;
    let pages = pagination(total as u64, EDITIONS, offset, |part| format!("/admin/datasets/{id}?editions={part}"));
    let order = (total > 1 && (page.can_edit || page.can_correct)).then(|| {
        view! { <p class="muted">"Readers see public editions in this order; a new one stands first until it is moved. Moving one public edition past another takes the right to correct, and so does a move that gives a public one its first place. Which edition is the latest goes by its release."</p> }
    });
    panel("Editions", false, None, view! { <div class="stack">{order}{list}{pages}{new}</div> }.into_any())
}

/// How many editions stand on the pages before; beyond the last page it is the last one.
fn offset(total: usize, part: u32) -> u32 {
    let last = u32::try_from(total.saturating_sub(1)).unwrap_or(u32::MAX) / EDITIONS;
    part.saturating_sub(1).min(last) * EDITIONS
}

fn edition_view(
    page: &DatasetAdminPage,
    (at, edition): (usize, &Edition),
    versions: &[Version],
    visit: &Visit,
) -> AnyView {
    let (title, slug, own) = (edition.title.clone(), edition.edition.clone(), edition.admin_path());
    let list = if versions.is_empty() {
        view! { <p class="muted">"No versions yet."</p> }.into_any()
    } else {
        version_rows(page, versions)
    };
    view! {
        <section class="stack stack--tight">
            <h3><a href=own>{title}</a>" "<span class="mono small muted">{slug}</span></h3>
            {moves(page, at, edition)}
            {list}
            {forms(page, edition, versions, visit)}
        </section>
    }
    .into_any()
}

/// What the viewer may do to an edition: begin its next version, change its titles, delete it while it is empty.
pub(super) fn forms(page: &DatasetAdminPage, edition: &Edition, versions: &[Version], visit: &Visit) -> AnyView {
    let new = page.can_edit.then(|| new_version(page, edition, versions.first(), visit));
    let may_rename = if edition.published_at.is_some() { page.can_correct } else { page.can_edit };
    let rename = may_rename.then(|| edit_edition(edition, visit));
    let is_empty = versions.is_empty() && edition.published_at.is_none();
    let delete = (page.can_edit && is_empty).then(|| delete_edition(edition, visit));
    view! { {new}{rename}{delete} }.into_any()
}

/// Buttons that move an edition past those beside it, as far as the viewer may.
fn moves(page: &DatasetAdminPage, at: usize, edition: &Edition) -> Option<AnyView> {
    let may_pass = |other: &&Edition| {
        let both_public = edition.published_at.is_some() && other.published_at.is_some();
        page.can_correct || (page.can_edit && page.is_order_settled && !both_public)
    };
    let beside = |at: Option<usize>| at.and_then(|at| page.editions.get(at)).map(|(other, _)| other).filter(may_pass);
    let up = beside(at.checked_sub(1)).map(|other| move_form(edition, EditionMove::Up, other));
    let down = beside(at.checked_add(1)).map(|other| move_form(edition, EditionMove::Down, other));
    (up.is_some() || down.is_some()).then(|| view! { <div class="cluster">{up}{down}</div> }.into_any())
}

fn move_form(edition: &Edition, way: EditionMove, past: &Edition) -> AnyView {
    let words = match way {
        EditionMove::Up => "Move up",
        EditionMove::Down => "Move down",
    };
    let about = format!(": {}, past {}", edition.title, past.title);
    view! {
        <form method="post" action="/rpc/datasets/move-edition">
            {hidden("dataset_id", &edition.dataset_id)}{hidden("edition", &edition.edition)}{hidden("way", way)}{hidden("past", &past.edition)}
            <button class="button button--secondary button--small">{words}<span class="visually-hidden">{about}</span></button>
        </form>
    }
    .into_any()
}

fn version_rows(page: &DatasetAdminPage, versions: &[Version]) -> AnyView {
    let mut rows: Vec<AnyView> = versions
        .iter()
        .map(|version| {
            let href = version.admin_path();
            let text = format!("Version {}", version.version);
            let release = version.metadata.release_date.map(domain::uk_time::date);
            let bundle = page.bundles.get(&version.id).map(|bundle| {
                let (href, title) = (bundle.admin_path(), bundle.details.title.clone());
                view! { <span class="ledger__sub">"in "<a href=href>{title}</a></span> }
            });
            view! {
                <li class="ledger__row">
                    <span class="ledger__when">{release}</span>
                    <span class="ledger__what"><a href=href>{text}</a><span class="ledger__sub">"Changed "{moment(version.last_updated, "")}</span>{bundle}</span>
                    <span class="ledger__end">{state_tag(version.state.as_str())}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    let earlier = rows.split_off(rows.len().min(VERSIONS));
    let earlier = (!earlier.is_empty()).then(|| {
        let words = counted(earlier.len(), "earlier version");
        view! { <details class="details"><summary>{words}</summary><ul class="ledger">{earlier}</ul></details> }
    });
    view! { <ul class="ledger">{rows}</ul>{earlier} }.into_any()
}

/// Where a version of an edition is begun step by step.
pub(super) fn new_version_path(edition: &Edition) -> String {
    format!("{}/versions/new", edition.admin_path())
}

fn new_version(page: &DatasetAdminPage, edition: &Edition, last: Option<&Version>, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "versions/create").where_is("edition", &edition.edition);
    let words = format!("New version of {}", edition.title);
    let step_by_step = new_version_path(edition);
    let carry = last.map(|last| {
        let words = format!("Carry over from version {}", last.version);
        let hint = "Its quality designation, the time and the smallest places that it covers, its usage notes and what it says of columns. What changed is said anew.";
        let option = vec![("yes".to_owned(), words, hint.to_owned())];
        form.ticked("carry", "Begin with", option, true)
    });
    view! {
        <details class="details" open=form.was_refused()>
            <summary>{words}</summary>
            <form class="details__body stack stack--tight" method="post" action=form.action() novalidate=true>
                <p><a href=step_by_step>"Step by step, with what is copied from the last version"</a></p>
                {hidden("dataset_id", &page.dataset.id)}{hidden("edition", &edition.edition)}
                {form.field("release_date", "Release date").kind("date").short().hint("The date that readers see.").input()}
                {carry}
                <button class="button">"Create version"</button>
            </form>
        </details>
    }
    .into_any()
}

fn new_edition(page: &DatasetAdminPage, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "datasets/create-edition");
    view! {
        <details class="details" open=form.was_refused() || page.editions.is_empty()>
            <summary>"New edition"</summary>
            <form class="details__body stack stack--tight" method="post" action=form.action() novalidate=true>
                {hidden("dataset_id", &page.dataset.id)}
                {form.field("title", "Edition title").hint("Such as Time series, or January 2026.").input()}
                {form.field("title_cy", "Edition title in Welsh").optional().input()}
                {form.field("edition", "Edition id").hint("Part of the address: lower-case letters, digits and hyphens.").input()}
                <button class="button">"Create edition"</button>
            </form>
        </details>
    }
    .into_any()
}

fn edit_edition(edition: &Edition, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "datasets/edit-edition").where_is("edition", &edition.edition);
    let words = format!("Titles of {}", edition.title);
    let note = edition.published_at.is_some().then(|| {
        view! { <p class="muted">"The edition is public: readers see new titles at once."</p> }
    });
    let welsh = edition.title_cy.clone().unwrap_or_default();
    view! {
        <details class="details" open=form.was_refused()>
            <summary>{words}</summary>
            <form class="details__body stack stack--tight" method="post" action=form.action() novalidate=true>
                {identity(edition)}
                {note}
                {form.field("title", "Edition title").value(&edition.title).input()}
                {form.field("title_cy", "Edition title in Welsh").value(&welsh).optional().input()}
                <button class="button button--secondary">"Save titles"</button>
            </form>
        </details>
    }
    .into_any()
}

fn delete_edition(edition: &Edition, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "datasets/delete-edition");
    let words = format!("Delete {}", edition.title);
    view! {
        <details class="details">
            <summary>{words}</summary>
            <form class="details__body stack stack--tight" method="post" action=form.action()>
                {identity(edition)}
                <p>"It holds no versions. This cannot be undone."</p>
                <button class="button button--warning">"Delete edition"</button>
            </form>
        </details>
    }
    .into_any()
}

fn identity(edition: &Edition) -> AnyView {
    view! {
        {hidden("dataset_id", &edition.dataset_id)}{hidden("edition", &edition.edition)}{hidden("revision", edition.revision)}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::offset;

    #[test]
    fn editions_stand_on_pages() {
        assert_eq!((offset(0, 1), offset(10, 1), offset(10, 2)), (0, 0, 0));
        assert_eq!((offset(11, 2), offset(35, 3), offset(35, 9), offset(35, 0)), (10, 20, 30, 0));
    }
}
