//! All files that one may see, newest first: what they are, who sent them, and what is wrong with them.

use domain::file::{File, FileState, FilesAsked, ListedFile, ListedFiles};
use domain::policy::Permission;
use leptos::prelude::*;
use rpc::Visit;

use super::query;
use crate::components::portal::{
    empty, filter_input, filter_select, moment, object_header, size_words, state_tag, state_words, table,
};
use crate::layout::portal::{Section, Shown, portal};

/// The formats that are taken.
const FORMATS: [&str; 10] = ["csv", "csvw", "xlsx", "xls", "ods", "json", "sdmx", "pdf", "zip", "txt"];

/// The files; the filters and the place in the list stand in the address.
#[component]
pub fn Files() -> impl IntoView {
    let asked = FilesAsked {
        state: query("state"),
        format: query("format"),
        q: query("q"),
        by: query("by"),
        after: query("after"),
    };
    let load = rpc::files::newest_files_read(asked.clone());
    portal(Section::Files, load, move |list, visit| shown(&list, &asked, visit))
}

fn shown(list: &ListedFiles, asked: &FilesAsked, visit: &Visit) -> Shown {
    let meta = view! { <span>"newest first"</span><span>"at most "{size_words(list.max_bytes)}" each"</span> };
    let watches = [Permission::SystemOperate, Permission::UsersManage];
    let watches = visit.caller.as_ref().is_some_and(|caller| watches.into_iter().any(|right| caller.may(right)));
    let queue =
        watches.then(|| view! { <a class="button button--secondary" href="/ops/files">"File queue"</a> }.into_any());
    let rows = if list.files.is_empty() {
        let text = "Files are sent on the page of their version. Choose less to see more of them.";
        empty("No file fits", text, Some(("All files", "/admin/files")))
    } else {
        let headings = [
            ("File", false),
            ("State", false),
            ("Format", false),
            ("Size", true),
            ("Used in", false),
            ("Sent", false),
            ("SHA-256", false),
        ];
        table("Files", "files-table", &headings, list.files.iter().map(row).collect())
    };
    let newest = (!asked.after.is_empty()).then(|| view! { <a rel="prev" href=asked.address("")>"Newest"</a> });
    let older = list.next.as_ref().map(|after| view! { <a rel="next" href=asked.address(after)>"Older"</a> });
    let pages = (newest.is_some() || older.is_some())
        .then(|| view! { <nav class="pagination" aria-label="Pages">{newest}{older}</nav> });
    let content = view! {
        {object_header("", "Files", meta.into_any(), queue)}
        {filters(asked)}
        {rows}
        {pages}
    };
    Shown::new("Files", content.into_any())
}

fn filters(asked: &FilesAsked) -> AnyView {
    let mut states = vec![(String::new(), "Every state".to_owned())];
    states.extend(FileState::ALL.iter().map(|state| (state.as_str().to_owned(), state_words(state.as_str()))));
    let mut formats = vec![(String::new(), "Every format".to_owned())];
    formats.extend(FORMATS.map(|format| (format.to_owned(), format.to_uppercase())));
    view! {
        <form class="filter-bar" method="get" action="/admin/files" role="search">
            {filter_input("q", "Name", "search", &asked.q)}
            {filter_select("state", "State", states, &asked.state)}
            {filter_select("format", "Format", formats, &asked.format)}
            {filter_input("by", "Sent by", "search", &asked.by)}
            <button class="button button--secondary button--small">"Filter"</button>
        </form>
    }
    .into_any()
}

fn row(listed: &ListedFile) -> AnyView {
    let file: &File = &listed.file;
    let version = domain::version::admin_version_path(&file.dataset_id, &file.edition, file.version);
    let href = format!("{version}?tab=files");
    let of = format!("{}, {}, version {}", file.dataset_id, file.edition, file.version);
    let problem = listed.problem.clone().map(|problem| view! { <span class="table__sub">{problem}</span> });
    let by = listed.uploaded_by.clone().map(|by| view! { <span class="table__sub">"by "{by}</span> });
    let title = (file.title != file.filename).then(|| view! { <span class="table__sub">{file.title.clone()}</span> });
    view! {
        <tr>
            <th scope="row">{file.filename.clone()}{title}</th>
            <td class="wrap-cell">{state_tag(file.state.as_str())}{problem}</td>
            <td>{file.format.to_uppercase()}</td>
            <td class="num">{size_words(file.size)}</td>
            <td><a href=href>{of}</a></td>
            <td>{moment(file.created_at, "")}{by}</td>
            <td class="wrap-cell"><code class="secret">{file.sha256.clone()}</code></td>
        </tr>
    }
    .into_any()
}
