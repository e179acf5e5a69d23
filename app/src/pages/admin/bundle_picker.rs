//! Choosing many versions for a bundle at once.

use domain::bundle::desk::{BundlePicker, PickerRow};
use domain::text::escaped;
use leptos::prelude::*;
use rpc::Visit;

use super::{param, query};
use crate::components::form::{Form, hidden};
use crate::components::portal::{empty, object_header, pagination, state_tag, table};
use crate::layout::portal::{Section, Shown, portal};

/// Versions that can go into the bundle, to tick; those that cannot are greyed, with the reason.
#[component]
pub fn BundleContentsAdd() -> impl IntoView {
    let page = query("page").parse().unwrap_or(1);
    let load = rpc::bundles::picker(param("id"), query("q"), page);
    portal(Section::Bundles, load, |picker, visit| shown(&picker, visit))
}

fn shown(picker: &BundlePicker, visit: &Visit) -> Shown {
    let bundle = &picker.bundle;
    let (path, name) = (bundle.admin_path(), bundle.details.title.clone());
    let items = if bundle.item_count == 1 { "1 version".to_owned() } else { format!("{} versions", bundle.item_count) };
    let meta = view! { {state_tag(bundle.stage().as_str())}<span>{name.clone()}</span><span>{format!("{items} in it")}</span> };
    let body = match &picker.barred {
        Some(reason) => empty("Nothing can be added now", reason, Some(("To the bundle", &path))),
        None => view! { {search(picker)}{choose(picker, visit)} }.into_any(),
    };
    let content = view! { {object_header("", "Add versions", meta.into_any(), None)}{body} };
    Shown::new("Add versions", content.into_any()).under("Bundles", "/admin/bundles").under(name, path)
}

fn search(picker: &BundlePicker) -> AnyView {
    let action = format!("{}/contents/add", picker.bundle.admin_path());
    let q = picker.q.clone();
    view! {
        <form class="filter-bar" method="get" action=action role="search">
            <div><label for="q">"Dataset or edition"</label><input id="q" type="search" name="q" value=q/></div>
            <button class="button button--secondary button--small">"Find"</button>
        </form>
    }
    .into_any()
}

fn choose(picker: &BundlePicker, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "bundles/add-contents");
    let chosen = form.chosen("versions", &[]);
    let path = picker.bundle.admin_path();
    let list = if picker.rows.items.is_empty() {
        let text = "Versions stand here while they are prepared; once they are approved they can be added.";
        empty("No version is found", text, Some(("Datasets", "/admin/datasets")))
    } else {
        let headings = [("Add", false), ("Version", false), ("State", false), ("Why not", false)];
        let rows = picker.rows.items.iter().map(|row| row_view(row, &chosen)).collect();
        table("Versions to choose from", "picker-table", &headings, rows)
    };
    let (total, limit, offset) = (picker.rows.total_count, picker.rows.limit, picker.rows.offset);
    let pages = pagination(total, limit, offset, |n| format!("{path}/contents/add?q={}&page={n}", escaped(&picker.q)));
    view! {
        <form class="stack" method="post" action=form.action() novalidate=true>
            {hidden("id", &picker.bundle.id)}{hidden("revision", picker.bundle.revision)}
            {list}
            {form.field("pasted", "Or paste names").hint("As dataset/edition/number, one a line.").optional().textarea()}
            <div class="button-group">
                <button class="button">"Add to the bundle"</button>
                <a href=path>"Back to the bundle"</a>
            </div>
        </form>
        {pages}
    }
    .into_any()
}

fn row_view(row: &PickerRow, chosen: &[String]) -> AnyView {
    let version = &row.version;
    let reference = version.reference();
    let name = format!("{}, {}, version {}", row.title, version.edition_title, version.version);
    let (href, title) = (version.admin_path(), row.title.clone());
    let sub = format!("{}, version {}", version.edition_title, version.version);
    let free = row.reason.is_none();
    let checked = free && chosen.contains(&reference);
    let why = row.reason.clone().map(|reason| match row.fix_url.clone() {
        Some(href) => view! { <a href=href>{reason}</a> }.into_any(),
        None => reason.into_any(),
    });
    view! {
        <tr class=(!free).then_some("table__row--off")>
            <td>
                <input type="checkbox" class="tick" name="versions[]" value=reference aria-label=format!("Add {name}") checked=checked disabled=!free/>
            </td>
            <th scope="row"><a href=href>{title}</a><span class="table__sub">{sub}</span></th>
            <td>{state_tag(version.state.as_str())}</td>
            <td class="wrap-cell">{why}</td>
        </tr>
    }
    .into_any()
}
