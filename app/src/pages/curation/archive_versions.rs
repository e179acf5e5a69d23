//! The versions of a department with what becomes of each, and those that are archived.

use domain::archiving::{Candidate, Fate};
use domain::curation::ArchiveDesk as Data;
use domain::version::admin_version_path;
use leptos::prelude::*;
use rpc::Visit;

use crate::components::form::{Form, hidden};
use crate::components::portal::{Confirmed, empty, moment, panel, size_words, table};

/// The most versions shown; what leaves and what is held comes first.
const MOST: usize = 200;

/// The published versions, with holding and letting go.
pub(super) fn versions(data: &Data, visit: &Visit) -> AnyView {
    if data.versions.is_empty() {
        return panel("Published versions", true, None, empty("Nothing is published here", "", None));
    }
    let mut listed: Vec<&(Candidate, Fate)> = data.versions.iter().collect();
    listed.sort_by_key(|(_, fate)| match fate {
        Fate::Archive => 0,
        Fate::Held => 1,
        _ => 2,
    });
    let more = listed.len().saturating_sub(MOST);
    let rows = listed.into_iter().take(MOST).map(|(candidate, fate)| row(candidate, *fate, visit)).collect();
    let headings = [("Version", false), ("Published", false), ("Size", true), ("Becomes", false), ("Action", false)];
    let note = (more > 0).then(|| view! { <p class="small muted">{more}" more stay and are not listed."</p> });
    let content = view! { {table("Published versions", "candidates-table", &headings, rows)}{note} };
    panel("Published versions", true, None, content.into_any())
}

fn row(candidate: &Candidate, fate: Fate, visit: &Visit) -> AnyView {
    let href = admin_version_path(&candidate.dataset_id, &candidate.edition, candidate.version);
    let name = format!("{}, {}, version {}", candidate.dataset_id, candidate.edition, candidate.version);
    let (class, words) = match fate {
        Fate::Archive => ("tag state--archived", "Archived next"),
        Fate::Newest => ("tag state--published", "Stays: the newest"),
        Fate::AmongNewest => ("tag state--published", "Stays: among the newest"),
        Fate::Recent => ("tag state--published", "Stays: recent"),
        Fate::Held => ("tag state--scheduled", "Held"),
    };
    let hold = candidate.hold.clone().map(|reason| view! { <span class="table__sub">{reason}</span> });
    view! {
        <tr>
            <th scope="row"><a href=href>{name}</a></th>
            <td>{candidate.published_at.map(|at| moment(at, ""))}</td>
            <td class="num">{size_words(candidate.bytes)}</td>
            <td class="wrap-cell"><span class=class>{words}</span>{hold}</td>
            <td>{action(candidate, fate, visit)}</td>
        </tr>
    }
    .into_any()
}

fn identity(candidate: &Candidate) -> AnyView {
    view! {
        {hidden("dataset_id", &candidate.dataset_id)}{hidden("edition", &candidate.edition)}
        {hidden("version", candidate.version)}{hidden("which", &candidate.id)}
    }
    .into_any()
}

fn action(candidate: &Candidate, fate: Fate, visit: &Visit) -> AnyView {
    let name = format!(": {} {} {}", candidate.dataset_id, candidate.edition, candidate.version);
    match fate {
        Fate::Held => {
            let let_go = Confirmed {
                words: "Let go",
                about: name.trim_start_matches(": "),
                note: "Its files go to the archive when its time has come. It can be held again.",
                action: "/rpc/archive/let-go",
                fields: identity(candidate),
            };
            let_go.view()
        }
        Fate::Archive => {
            let form = Form::of(visit, "archive/hold").where_is("which", &candidate.id);
            let open = form.was_refused();
            view! {
                <details class="details" open=open>
                    <summary>"Hold"<span class="visually-hidden">{name}</span></summary>
                    <form class="details__body stack stack--tight" method="post" action=form.action() novalidate=true>
                        {identity(candidate)}
                        {form.field("reason", "Reason").hint("Such as an inquiry that needs the bytes at once.").input()}
                        <button class="button button--secondary">"Hold it"</button>
                    </form>
                </details>
            }
            .into_any()
        }
        _ => ().into_any(),
    }
}

/// The archived versions; each is restored on its own page.
pub(super) fn archived(data: &Data) -> AnyView {
    if data.archived.is_empty() {
        return panel("In the archive", true, None, view! { <p class="muted">"Nothing yet."</p> }.into_any());
    }
    let items: Vec<AnyView> = data
        .archived
        .iter()
        .map(|(dataset, edition, number)| {
            let href = admin_version_path(dataset, edition, *number);
            let name = format!("{dataset}, {edition}, version {number}");
            view! { <li><a href=href>{name}</a></li> }.into_any()
        })
        .collect();
    let content = view! { <p class="small muted">"A version is restored on its page."</p><ul>{items}</ul> };
    panel("In the archive", true, None, content.into_any())
}
