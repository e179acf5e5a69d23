//! Sharing several bundles with a team: what was ticked, with whom it is shared now, and the form that changes it.

use domain::bundle::share::{Shared, SharingPlan};
use domain::several;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use rpc::Visit;

use crate::components::form::Form;
use crate::components::portal::{empty, object_header, outcome_cell, panel, table};
use crate::layout::portal::{Section, Shown, portal};

/// Several bundles and the teams that may preview them; what was ticked stands in the address.
#[component]
pub fn BundlesShare() -> impl IntoView {
    let chosen = use_query_map().read_untracked().get_all("chosen").unwrap_or_default();
    portal(Section::Bundles, rpc::bundles::share_plan(chosen), |plan, visit| shown(&plan, visit))
}

fn shown(plan: &SharingPlan, visit: &Visit) -> Shown {
    let count = plan.bundles.len();
    let noun = if count == 1 { "bundle" } else { "bundles" };
    let meta = view! { <span>{format!("{count} {noun}")}</span> }.into_any();
    let body = if plan.bundles.is_empty() {
        let text = "Tick the bundles in the table, then choose \u{201c}Share those that are ticked\u{201d}.";
        empty("No bundle was chosen", text, Some(("Bundles", "/admin/bundles")))
    } else if plan.teams.is_empty() {
        empty("There is no team yet", "An administrator makes teams and says who belongs to them.", None)
    } else {
        view! { {list(plan)}{do_it(plan, visit)} }.into_any()
    };
    let content =
        view! { {object_header("", "Share bundles", meta, None)}<div class="portal__content stack">{body}</div> };
    Shown::new("Share bundles", content.into_any()).under("Bundles", "/admin/bundles")
}

fn list(plan: &SharingPlan) -> AnyView {
    let rows = plan.bundles.iter().map(|shared| row(shared, plan.done)).collect();
    let last = if plan.done { "What happened" } else { "What can be done" };
    let headings = [("Bundle", false), ("Shared with", false), (last, false)];
    table("Bundles to share", "shared-table", &headings, rows)
}

fn row(shared: &Shared, done: bool) -> AnyView {
    let (href, title) = (format!("/admin/bundles/{}", shared.id), shared.title.clone());
    let teams = match shared.teams.as_slice() {
        [] if several::is_by_fault(&shared.refused) => "not read".to_owned(),
        [] => "no team".to_owned(),
        teams => teams.join(", "),
    };
    let (class, words) = match (shared.refused.is_empty(), done) {
        (true, true) => ("tag state--published", "Changed"),
        (true, false) => ("tag state--created", "Nothing yet"),
        (false, _) => ("tag state--failed", "Stays as it is"),
    };
    let outcome = outcome_cell(class, words, &shared.refused);
    view! {
        <tr>
            <th scope="row"><a href=href>{title}</a></th>
            <td class="wrap-cell">{teams}</td>
            {outcome}
        </tr>
    }
    .into_any()
}

/// The form that shares those that can be shared.
fn do_it(plan: &SharingPlan, visit: &Visit) -> AnyView {
    let count = plan.fit();
    if plan.done || count == 0 {
        return ().into_any();
    }
    let form = Form::of(visit, "bundles/share-several");
    let going = plan.bundles.iter().filter(|shared| shared.refused.is_empty());
    let chosen: Vec<AnyView> = going
        .map(|shared| {
            let value = format!("{} {}", shared.id, shared.revision);
            view! { <input type="hidden" name="chosen[]" value=value/> }.into_any()
        })
        .collect();
    let option = |value: &str, words: &str| (value.to_owned(), words.to_owned());
    let changes = vec![option("with", "Share them with the team"), option("without", "Take them from the team")];
    let mut teams = vec![option("", "Choose a team")];
    teams.extend(plan.teams.iter().map(|team| (team.id.clone(), team.name.clone())));
    let words = if count == 1 { "Change it".to_owned() } else { format!("Change {count} bundles") };
    let content = view! {
        <form class="stack stack--tight" method="post" action=form.action() novalidate=true>
            {chosen}
            <p class="small muted">"Each bundle is changed by itself: one that is refused, or was changed meanwhile, does not keep the others."</p>
            {form.field("change", "What to do").short().select(changes)}
            {form.field("team", "Team").short().hint("Its members preview the bundles before they are public.").select(teams)}
            <button class="button">{words}</button>
        </form>
    };
    panel("Do it", false, None, content.into_any())
}
