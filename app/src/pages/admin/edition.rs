//! The page of one edition: its versions, page by page, and what is done to it.

use domain::dataset::Edition;
use domain::page::{Page, Paging};
use domain::refusal::Refusal;
use domain::version::Version;
use domain::views::{ComesAs, DatasetAdminPage};
use leptos::prelude::*;
use rpc::{RpcError, Visit};

use super::dataset_editions::{forms, new_version_path};
use super::{param, query};
use crate::components::portal::{
    counted, empty, moment, object_header, pagination, panel, size_words, stacked_table, state_tag,
};
use crate::layout::portal::{Section, Shown, portal};

/// So many versions stand on a page.
const VERSIONS: u32 = 20;

/// An edition of a dataset, in an address that can be sent on.
#[component]
pub fn EditionPage() -> impl IntoView {
    let (id, edition) = (param("id"), param("edition"));
    let part = query("page").parse().unwrap_or(1);
    let load = async move {
        let page = rpc::datasets::admin_page(id).await?;
        let found = page.editions.iter().find(|(known, _)| known.edition == edition).cloned();
        let (edition, versions) = found.ok_or(RpcError::Refused(Refusal::NotFound))?;
        Ok((page, edition, versions))
    };
    portal(Section::Datasets, load, move |(page, edition, versions), visit| {
        shown(&page, (&edition, &versions), part, visit)
    })
}

fn shown(page: &DatasetAdminPage, (edition, versions): (&Edition, &[Version]), part: u32, visit: &Visit) -> Shown {
    let name = page.dataset.working().title;
    let (slug, path) = (edition.edition.clone(), edition.admin_path());
    let meta = view! {
        {state_tag(edition.state())}<span class="mono">{slug}</span><span>{name.clone()}</span><span>{counted(versions.len(), "version")}</span>
    };
    let begin = page
        .can_edit
        .then(|| view! { <a class="button" href=new_version_path(edition)>"Prepare a new version"</a> }.into_any());
    let public = edition.published_at.is_some().then(|| {
        let href = format!("/catalogue/{}/editions/{}", edition.dataset_id, edition.edition);
        view! { <a class="button button--secondary" href=href>"Public page"</a> }.into_any()
    });
    let actions = (begin.is_some() || public.is_some()).then(|| view! { {begin}{public} }.into_any());
    let offset = part.saturating_sub(1).saturating_mul(VERSIONS);
    let shown = Page::of_whole(versions.to_vec(), Paging { limit: VERSIONS, offset });
    let pages = pagination(shown.total_count, shown.limit, shown.offset, |n| format!("{path}?page={n}"));
    let list = view! { {list(page, &shown.items)}{pages} };
    let content = view! {
        {object_header("Edition", &edition.title, meta.into_any(), actions)}
        <div class="portal__content stack">
            {panel("Versions", false, None, list.into_any())}
            <div class="stack stack--tight">{forms(page, edition, versions, visit)}</div>
        </div>
    };
    let above = format!("/admin/datasets/{}", page.dataset.id);
    Shown::new(edition.title.clone(), content.into_any()).under("Datasets", "/admin/datasets").under(name, above)
}

fn list(page: &DatasetAdminPage, versions: &[Version]) -> AnyView {
    if versions.is_empty() {
        return empty("No versions here", "A version holds the files of one release.", None);
    }
    let headings = [
        ("Version", false),
        ("State", false),
        ("Release date", false),
        ("Files", false),
        ("Last changed", false),
        ("Bundle", false),
    ];
    stacked_table("Versions", "versions-table", &headings, versions.iter().map(|one| row(page, one)).collect())
}

fn row(page: &DatasetAdminPage, version: &Version) -> AnyView {
    let (href, text) = (version.admin_path(), format!("Version {}", version.version));
    let release = version.metadata.release_date.map_or_else(|| "not set".to_owned(), domain::uk_time::date);
    let bundle = page.bundles.get(&version.id).map(|bundle| {
        let (href, title) = (bundle.admin_path(), bundle.details.title.clone());
        view! { <a href=href>{title}</a> }
    });
    let is_of = |of: &&ComesAs| of.edition == version.edition && of.version == version.version;
    let formats: Vec<String> = page
        .comes_as
        .iter()
        .filter(is_of)
        .flat_map(|of| &of.formats)
        .map(|of| format!("{} {}", of.format.to_uppercase(), size_words(of.bytes)))
        .collect();
    let editor = version.last_edited_by.name.clone();
    view! {
        <tr>
            <th scope="row"><a href=href>{text}</a></th>
            <td data-label="State">{state_tag(version.state.as_str())}</td>
            <td data-label="Release date">{release}</td>
            <td data-label="Files">{formats.join(", ")}</td>
            <td data-label="Last changed">{moment(version.last_updated, "")}<span class="table__sub">"by "{editor}</span></td>
            <td data-label="Bundle">{bundle}</td>
        </tr>
    }
    .into_any()
}
