//! One entry of the release calendar: its steps, its words and date, its bundle and its public change log.

use domain::curation::ReleaseSheet as Data;
use domain::release::Release;
use leptos::prelude::*;
use rpc::Visit;

use super::super::administration::param;
use super::release_forms::{delete, edit, new, steps};
use super::releases::date_view;
use crate::components::portal::{empty, history_panel, moment, object_header, panel, state_tag, state_words, timeline};
use crate::layout::portal::{Section, Shown, portal};

/// One entry.
#[component]
pub fn ReleasePage() -> impl IntoView {
    portal(Section::Releases, rpc::releases::release_read(param("id")), |data, visit| shown(&data, visit))
}

fn shown(data: &Data, visit: &Visit) -> Shown {
    let Some(release) = &data.release else {
        return Shown::new("Releases", empty("There is no entry", "", Some(("All releases", "/admin/releases"))));
    };
    let public = release.is_announced().then(|| {
        let href = format!("/releases/{}", release.id);
        view! { <a href=href>"Public page"</a> }
    });
    let meta = view! { {state_tag(release.state.as_str())}<span>{date_view(release.date)}</span>{bundle(data, release)}{public} };
    let history = data.history.as_ref().map(|events| {
        let all = format!("/admin/audit?resource_type=release&resource_id={}", release.id);
        history_panel(Some(("All of it", &all)), timeline(events))
    });
    let content = view! {
        {object_header("Release", &release.details.title, meta.into_any(), None)}
        <div class="portal__body">
            <div class="portal__content stack">{steps(release, visit)}{edit(data, release, visit)}</div>
            <aside class="portal__aside stack">{changes(release)}{delete(release, visit)}{history}</aside>
        </div>
    };
    Shown::new(release.details.title.clone(), content.into_any()).under("Releases", "/admin/releases")
}

fn bundle(data: &Data, release: &Release) -> Option<AnyView> {
    let id = release.bundle_id.as_ref()?;
    let title =
        data.bundles.iter().find(|(known, _)| known == id).map_or_else(|| "Its bundle".to_owned(), |(_, t)| t.clone());
    let href = format!("/admin/bundles/{id}");
    Some(view! { <span>"Bundle: "<a href=href>{title}</a></span> }.into_any())
}

/// What the public reads about changes of the date.
fn changes(release: &Release) -> AnyView {
    if release.changes.is_empty() {
        let none = view! { <p class="muted">"No date was changed."</p> };
        return panel("Public change log", false, None, none.into_any());
    }
    let items: Vec<AnyView> = release
        .changes
        .iter()
        .rev()
        .map(|change| {
            let (kind, reason) = (state_words(change.kind.as_str()), change.reason.text.clone());
            view! {
                <li class="timeline__event">
                    <p class="timeline__title"><strong>{kind}</strong>": "{date_view(change.previous)}" to "{date_view(change.date)}</p>
                    {moment(change.at, "timeline__time")}
                    <blockquote class="timeline__reason">{reason}</blockquote>
                </li>
            }
            .into_any()
        })
        .collect();
    panel("Public change log", false, None, view! { <ol class="timeline">{items}</ol> }.into_any())
}

/// The form of a new entry.
#[component]
pub fn NewRelease() -> impl IntoView {
    portal(Section::Releases, rpc::releases::new_release_read(), |data, visit| {
        let content = view! {
            {object_header("", "Make an entry", ().into_any(), None)}
            <div class="portal__content stack">{new(&data, visit)}</div>
        };
        Shown::new("Make an entry", content.into_any()).under("Releases", "/admin/releases")
    })
}
