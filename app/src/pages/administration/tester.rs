//! The tester of rights: may this person do that, and by which grant.

use domain::administration::{TestedRight, UserPage as Data};
use domain::policy::Permission;
use domain::rights::Outcome;
use leptos::prelude::*;

use super::grants::grant_words;
use crate::components::portal::{filter_input, filter_select, panel, table};

/// The question as a form, and the answer where it was asked.
pub(super) fn tester(data: &Data) -> AnyView {
    let tested = data.tested.as_ref();
    let mut options = vec![(String::new(), "Choose a right".to_owned())];
    options.extend(
        Permission::ALL
            .iter()
            .map(|right| (right.as_str().to_owned(), format!("{}: {}", right.as_str(), right.description()))),
    );
    let chosen = tested.map_or("", |tested| tested.permission.as_str());
    let dataset = tested.map_or("", |tested| tested.dataset.as_str());
    let action = format!("/admin/users/{}#tester", data.user.id);
    let content = view! {
        <form class="filter-bar" method="get" action=action>
            {filter_select("permission", "May this person", options, chosen)}
            {filter_input("dataset", "For the dataset (its id, or any)", "text", dataset)}
            <button class="button button--secondary button--small">"Test"</button>
        </form>
        {tested.map(|tested| answer(tested, &data.user.name))}
    };
    view! { <div id="tester">{panel("What they can do", true, None, content.into_any())}</div> }.into_any()
}

fn answer(tested: &TestedRight, name: &str) -> AnyView {
    let (class, word) =
        if tested.allowed { ("banner banner--success", "may") } else { ("banner banner--error", "may not") };
    let for_what = if tested.dataset.is_empty() { String::new() } else { format!(" for {}", tested.dataset) };
    let title = format!("{name} {word} {}{for_what}", tested.permission);
    let message = tested.message.clone();
    let rows: Vec<AnyView> = tested
        .grants
        .iter()
        .map(|(policy, outcome)| {
            let role = policy.grant.role.title();
            let holder = format!("{}: {}", policy.subject.kind, policy.subject.name);
            view! {
                <tr>
                    <th scope="row">{role}<span class="table__sub">{grant_words(&policy.grant)}</span></th>
                    <td>{holder}</td>
                    <td>{outcome_words(*outcome)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    let looked_at = (!rows.is_empty()).then(|| {
        table(
            "Grants that were looked at",
            "tested-table",
            &[("Grant", false), ("Held by", false), ("It says", false)],
            rows,
        )
    });
    view! {
        <section class=class aria-label="Answer"><h3 class="banner__title">{title}</h3><p>{message}</p></section>
        {looked_at}
    }
    .into_any()
}

const fn outcome_words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Allows => "allows it",
        Outcome::LacksPermission => "its role does not hold the right",
        Outcome::OutOfReach => "it does not reach so far",
        Outcome::Expired => "it has ended",
    }
}
