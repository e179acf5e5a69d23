//! The forms of a release: its words and date, and the steps through its states.

use domain::curation::ReleaseSheet as Data;
use domain::policy::Permission;
use domain::release::{PreReleaseAccess, Release, ReleaseAction, ReleaseDate};
use leptos::prelude::*;
use rpc::Visit;

use crate::components::form::{Form, hidden};
use crate::components::portal::{Confirmed, panel, sentence};

/// The form of a new entry.
pub(super) fn new(data: &Data, visit: &Visit) -> AnyView {
    let form = Form::of(visit, "releases/create");
    let content = view! {
        <form class="stack" method="post" action=form.action() novalidate=true>
            {words(&form, data, None)}
            {date(&form, ReleaseDate::ToBeConfirmed)}
            {form.field("id", "Id").after("/releases/").optional().hint("Part of its address: lower case letters from a to z, digits and hyphens. It is made of the title, unless you give one.").input()}
            <button class="button">"Make the entry"</button>
        </form>
    };
    panel("Entry", true, None, content.into_any())
}

/// The form of an entry's words, bundle and date.
pub(super) fn edit(data: &Data, release: &Release, visit: &Visit) -> AnyView {
    let may = may(visit, Permission::ReleasesWrite) || may(visit, Permission::ReleasesApprove);
    if !may || ReleaseAction::Edit.check_from(release.state).is_err() {
        return ().into_any();
    }
    let form = Form::of(visit, "releases/edit");
    let promised = ReleaseAction::ChangeDate.check_from(release.state).is_ok();
    let why =
        promised.then(|| reason(&form, "Needed where the date changes: it was promised, and the public reads why."));
    let content = view! {
        <form class="stack" method="post" action=form.action() novalidate=true>
            {hidden("id", &release.id)}{hidden("revision", release.revision)}
            {words(&form, data, Some(release))}
            {date(&form, release.date)}
            {why}
            <button class="button button--secondary">"Save"</button>
        </form>
    };
    panel("Words, bundle and date", true, None, content.into_any())
}

fn may(visit: &Visit, permission: Permission) -> bool {
    visit.caller.as_ref().is_some_and(|caller| caller.may(permission))
}

fn words(form: &Form, data: &Data, present: Option<&Release>) -> AnyView {
    let details = present.map(|release| release.details.clone()).unwrap_or_default();
    let mut departments = vec![(String::new(), "The whole office".to_owned())];
    departments.extend(data.departments.iter().map(|of| (of.id.clone(), of.title.clone())));
    let mut bundles = vec![(String::new(), "None yet".to_owned())];
    bundles.extend(data.bundles.iter().cloned());
    let early = PreReleaseAccess::written(&details.pre_release_access);
    let bundle = present.and_then(|release| release.bundle_id.clone()).unwrap_or_default();
    view! {
        {form.field("title", "Title").value(&details.title).hint("As the calendar shows it.").input()}
        {form.field("title_cy", "Title in Welsh").value(&details.title_cy.unwrap_or_default()).optional().input()}
        {form.field("summary", "Summary").value(&details.summary).optional().hint("What will be in it. Never a figure.").textarea()}
        {form.field("summary_cy", "Summary in Welsh").value(&details.summary_cy.unwrap_or_default()).optional().textarea()}
        {form.field("department", "Department").value(&details.department.unwrap_or_default()).select(departments)}
        {form.field("bundle_id", "Bundle").value(&bundle).hint("It publishes the release. A scheduled bundle's instant becomes the date.").select(bundles)}
        {form.field("pre_release_access", "Pre-release access").value(&early).optional().hint("Who is given it before the public, one a line: the position, a comma and the organisation, with a semicolon between them where either has a comma of its own. No names and no addresses, since readers are told once it is published, and nobody outside before.").textarea()}
    }
    .into_any()
}

fn date(form: &Form, present: ReleaseDate) -> AnyView {
    let (day, time) = present.instant().map_or_else(Default::default, domain::uk_time::fields);
    let month = present.month().unwrap_or_default();
    let which = form.problem("release_clock").is_some().then(|| {
        let hours = [
            ("", "Choose one"),
            (domain::uk_time::SUMMER, "The first, in summer time (BST)"),
            (domain::uk_time::WINTER, "The second, in winter time (GMT)"),
        ];
        let options = hours.map(|(value, words)| (value.to_owned(), words.to_owned())).to_vec();
        form.field("release_clock", "Which of the two hours").select(options)
    });
    view! {
        <div class="field-row">
            {form.field("release_date", "Date").kind("date").value(&day).short().optional().input()}
            {form.field("release_time", "Time").kind("time").value(&time).short().optional().hint("On a UK clock; 9:30am where it is left out.").input()}
        </div>
        {which}
        {form.field("release_month", "Or only the month").kind("month").value(&month).short().optional().hint("Such as 2026-12. Without a day and a month the date is to be confirmed.").input()}
    }
    .into_any()
}

fn reason(form: &Form, hint: &str) -> AnyView {
    view! {
        {form.field("reason", "Reason, as the public reads it").hint(hint).textarea()}
        {form.field("reason_cy", "The same in Welsh").optional().textarea()}
    }
    .into_any()
}

/// The steps that may be taken from this state, by who may take them.
pub(super) fn steps(release: &Release, visit: &Visit) -> AnyView {
    let known = [
        (ReleaseAction::Announce, "releases/announce", "Announce it"),
        (ReleaseAction::Confirm, "releases/confirm", "Confirm the date"),
        (ReleaseAction::Postpone, "releases/postpone", "Postpone it"),
        (ReleaseAction::Cancel, "releases/cancel", "Cancel it"),
    ];
    let of_state: Vec<_> = known.into_iter().filter(|(action, ..)| action.check_from(release.state).is_ok()).collect();
    if of_state.is_empty() {
        return ().into_any();
    }
    let items: Vec<AnyView> = of_state
        .into_iter()
        .map(|(action, endpoint, button)| match may(visit, action.rule().permission) {
            true => step(release, (action, endpoint, button), visit),
            false => {
                let why = format!("{}: it needs the right {}.", sentence(action.label()), action.rule().permission);
                view! { <li class="muted">{why}</li> }.into_any()
            }
        })
        .collect();
    panel("Next steps", true, None, view! { <ul class="plain stack stack--tight">{items}</ul> }.into_any())
}

fn step(
    release: &Release,
    (action, endpoint, button): (ReleaseAction, &'static str, &'static str),
    visit: &Visit,
) -> AnyView {
    let form = Form::of(visit, endpoint);
    let open = form.was_refused();
    let fields = match action {
        ReleaseAction::Announce => {
            view! { <p>"From now on the public sees its title, summary and date."</p> }.into_any()
        }
        ReleaseAction::Confirm => {
            let told = release.date.instant().is_some();
            let present = if told { release.date } else { ReleaseDate::ToBeConfirmed };
            view! { <p>"From now on its exact date is a promise."</p>{date(&form, present)}{reason(&form, "Only where the date is another than the one that was told.")} }.into_any()
        }
        ReleaseAction::Postpone => {
            view! { {date(&form, ReleaseDate::ToBeConfirmed)}{reason(&form, "Why it is put off.")} }.into_any()
        }
        _ => reason(&form, "Why it will not come."),
    };
    let class = if action == ReleaseAction::Cancel { "button button--warning" } else { "button" };
    view! {
        <li>
            <details class="details" open=open>
                <summary>{button}</summary>
                <form class="details__body stack" method="post" action=form.action() novalidate=true>
                    {hidden("id", &release.id)}{hidden("revision", release.revision)}
                    {fields}
                    <button class=class>{button}</button>
                </form>
            </details>
        </li>
    }
    .into_any()
}

/// Deleting an entry that was never announced.
pub(super) fn delete(release: &Release, visit: &Visit) -> AnyView {
    let action = ReleaseAction::Delete;
    if action.check_from(release.state).is_err() || !may(visit, action.rule().permission) {
        return ().into_any();
    }
    let delete = Confirmed {
        words: "Delete the entry",
        about: "",
        note: "Nobody outside has seen it. This cannot be undone.",
        action: "/rpc/releases/delete",
        fields: view! { {hidden("id", &release.id)}{hidden("revision", release.revision)} }.into_any(),
    };
    panel("Delete", false, None, delete.view())
}
