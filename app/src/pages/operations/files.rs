//! The queue of files that are looked into.

use domain::file::{File, FileJob, FileJobState};
use domain::operations::FileDesk as Data;
use domain::policy::Permission;
use leptos::prelude::*;
use rpc::Visit;

use super::{check_now, health_tag, look_again, span_words};
use crate::components::form::hidden;
use crate::components::portal::{
    Confirmed, desk_region, empty, moment, object_header, panel, sentence, size_words, table,
};
use crate::layout::portal::{Section, Shown, portal};

/// The files that wait, are looked into or have failed.
#[component]
pub fn FileQueue() -> impl IntoView {
    let load = async { Ok((rpc::live::desk_mark().await?, rpc::operations::file_desk_read().await?)) };
    portal(Section::OpsFiles, load, |(mark, data), visit| shown(mark, &data, visit))
}

fn shown(mark: String, data: &Data, visit: &Visit) -> Shown {
    let meta = view! { <span>{data.files.len()}" in the queue"</span> }.into_any();
    let tiles: Vec<AnyView> = data
        .depths
        .iter()
        .map(|(state, number, oldest)| {
            let note = oldest.filter(|_| *number > 0).map(|at| span_words((data.now - at).num_seconds()));
            let note = note.map(|span| view! { <span class="kpi__note">"oldest "{span}</span> });
            let class = if *state == FileJobState::Failed && *number > 0 { "kpi kpi--fail" } else { "kpi" };
            view! { <div class=class><dt>{sentence(state.as_str())}{note}</dt><dd class="num">{*number}</dd></div> }
                .into_any()
        })
        .collect();
    let may_retry = visit.caller.as_ref().is_some_and(|caller| caller.may(Permission::DatasetsWrite));
    let list = if data.files.is_empty() {
        empty(
            "The queue is empty",
            "Large files wait here to be looked into after their upload; small ones are at once.",
            None,
        )
    } else {
        let headings = [
            ("File", false),
            ("State", false),
            ("Progress", true),
            ("Tries", true),
            ("Queued", false),
            ("Action", false),
        ];
        table(
            "Files",
            "files-table",
            &headings,
            data.files.iter().map(|(file, job)| row(file, job, may_retry)).collect(),
        )
    };
    let content = view! {
        {object_header("", "File queue", meta, Some(look_again("/ops/files")))}
        <dl class="kpis">{tiles}</dl>
        {list}
        <div class="panels">{storage(data, visit)}{clear(data, visit)}</div>
    };
    let said = format!("File queue: {} in the queue.", data.files.len());
    Shown::new("File queue", desk_region(mark, said, content.into_any())).under("Operations", "/ops")
}

fn row(file: &File, job: &FileJob, may_retry: bool) -> AnyView {
    let href = domain::version::admin_version_path(&file.dataset_id, &file.edition, file.version);
    let of = format!("{}, {}, version {}", file.dataset_id, file.edition, file.version);
    let name = file.filename.clone();
    let (tag, words) = match job.state {
        FileJobState::Failed => ("tag state--failed", "Failed"),
        FileJobState::Running => ("tag state--publishing", "Looked into"),
        _ => ("tag state--scheduled", "Waiting"),
    };
    let error = job.last_error.clone().map(|error| view! { <span class="table__sub">{error}</span> });
    let retry = (may_retry && job.state == FileJobState::Failed).then(|| {
        view! {
            <form method="post" action="/rpc/files/retry">
                {hidden("id", &file.id)}
                <button class="link-button">"Try again"<span class="visually-hidden">": "{name.clone()}</span></button>
            </form>
        }
    });
    view! {
        <tr>
            <th scope="row"><a href=href>{file.filename.clone()}</a><span class="table__sub">{of}", "{size_words(file.size)}</span></th>
            <td class="wrap-cell"><span class=tag>{words}</span>{error}</td>
            <td class="num">{format!("{:.0} %", job.progress * 100.0)}</td>
            <td class="num">{job.attempts}</td>
            <td>{moment(job.created_at, "")}</td>
            <td>{retry}</td>
        </tr>
    }
    .into_any()
}

fn storage(data: &Data, visit: &Visit) -> AnyView {
    let content = match &data.storage {
        Some(storage) => {
            let message = sentence(&storage.message);
            view! { <p>{health_tag(&storage.status)}" "{message}". Looked at "{moment(storage.last_checked, "")}"."</p> }.into_any()
        }
        None => view! { <p class="muted">"Nobody has looked yet."</p> }.into_any(),
    };
    let operates = visit.caller.as_ref().is_some_and(|caller| caller.may(Permission::SystemOperate));
    let content = view! { {content}{operates.then(|| check_now("Check the storage now"))} };
    panel("Storage", false, Some(("Health", "/ops/health")), content.into_any())
}

fn clear(data: &Data, visit: &Visit) -> AnyView {
    let failed = data.files.iter().filter(|(_, job)| job.state == FileJobState::Failed).count();
    let operates = visit.caller.as_ref().is_some_and(|caller| caller.may(Permission::SystemOperate));
    let content = if failed == 0 {
        view! { <p class="muted">"Nothing failed."</p> }.into_any()
    } else if operates {
        let clear = Confirmed {
            words: "Clear what failed",
            about: "",
            note: "It is taken off the queue. The files stay failed until somebody removes, replaces or retries them.",
            action: "/rpc/operations/clear-failed",
            fields: ().into_any(),
        };
        view! { <p>{failed}" failed."</p>{clear.view()} }.into_any()
    } else {
        view! { <p class="muted">"An operator can clear what failed."</p> }.into_any()
    };
    panel("Failed", false, None, content)
}
