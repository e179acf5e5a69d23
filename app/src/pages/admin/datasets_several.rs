//! Changing several datasets of the list at once, and what became of each.

use domain::dataset::desk::{ChangedDataset, DatasetChange, DatasetDesk, DatasetsChanged, MOST};
use leptos::prelude::*;

use super::datasets::topic_options;
use crate::components::form::Form;
use crate::components::portal::{outcome_cell, panel, table};

/// The table with boxes to tick, and the form that changes what is ticked; works without scripts.
pub(super) fn several(form: &Form, desk: &DatasetDesk, table: AnyView, pages: AnyView) -> AnyView {
    let none = |text: &str| vec![(String::new(), text.to_owned())];
    let changes = DatasetChange::ALL.iter().map(|change| (change.to_string(), words(*change).to_owned()));
    let mut all_changes = none("Choose what to change");
    all_changes.extend(changes);
    let mut topics = none("Choose a topic");
    topics.extend(topic_options(&desk.topics));
    let mut departments = none("Choose a department");
    departments.extend(desk.departments.iter().map(|one| (one.id.clone(), one.title.clone())));
    let problem = form.problem("chosen").map(|text| view! { <p class="field__error">{text}</p> });
    let id = form.id("chosen");
    view! {
        <form method="post" action=form.action() novalidate=true>
            {table}
            {pages}
            <details class="details" open=form.was_refused() id=id>
                <summary>"Change those that are ticked"</summary>
                <div class="details__body stack stack--tight">
                    {problem}
                    <p class="small muted">
                        {format!("At most {MOST} of this page. Each is changed by itself: one that is refused, or was changed meanwhile, does not keep the others.")}
                    </p>
                    {form.field("change", "What to change").short().select(all_changes)}
                    {form.field("topic", "New main topic").optional().hint("Its other topics stay behind it.").select(topics)}
                    {form.field("department", "New department").optional().hint("You need the right to edit in both. Not while a version is in a bundle that is not public yet.").select(departments)}
                    {form.field("next_release", "New next release").optional().short().hint("In words or as a date, such as 2026-11-23.").input()}
                    <p><button class="button button--secondary">"Change them"</button></p>
                </div>
            </details>
        </form>
    }
    .into_any()
}

const fn words(change: DatasetChange) -> &'static str {
    match change {
        DatasetChange::Topic => "The main topic",
        DatasetChange::Department => "The department",
        DatasetChange::NextRelease => "The next release",
    }
}

/// What the last change did to each dataset.
pub(super) fn outcome(changed: &DatasetsChanged) -> AnyView {
    let rows = changed.datasets.iter().map(row).collect();
    let list = table("What became of each", "changed-table", &[("Dataset", false), ("What happened", false)], rows);
    panel("The last change", true, None, list)
}

fn row(one: &ChangedDataset) -> AnyView {
    let (href, title) = (format!("/admin/datasets/{}", one.id), one.title.clone());
    let (class, words) = if one.refused.is_empty() {
        ("tag state--published", "Changed")
    } else {
        ("tag state--failed", "Stays as it is")
    };
    let outcome = outcome_cell(class, words, &one.refused);
    view! {
        <tr>
            <th scope="row"><a href=href>{title}</a></th>
            {outcome}
        </tr>
    }
    .into_any()
}
