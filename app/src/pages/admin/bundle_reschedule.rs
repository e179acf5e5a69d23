//! Giving several bundles another instant: what was chosen, what would happen to each, and the form that does it.

use domain::bundle::reschedule::{MoveFields, MovePlan, Moved};
use domain::{several, uk_time};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use rpc::Visit;

use super::query;
use crate::components::form::{Form, hidden};
use crate::components::portal::{empty, filter_input, filter_select, object_header, outcome_cell, panel, table};
use crate::layout::portal::{Section, Shown, portal};

/// Several bundles and where they are moved; everything that was chosen and typed stands in the address.
#[component]
pub fn BundlesReschedule() -> impl IntoView {
    let chosen = use_query_map().read_untracked().get_all("chosen").unwrap_or_default();
    let fields = MoveFields {
        how: query("how"),
        publication_date: query("publication_date"),
        publication_time: query("publication_time"),
        publication_clock: query("publication_clock"),
        days: query("days"),
        minutes: query("minutes"),
    };
    portal(Section::Bundles, rpc::bundles::reschedule_plan(chosen, fields), |plan, visit| shown(&plan, visit))
}

fn shown(plan: &MovePlan, visit: &Visit) -> Shown {
    let count = plan.bundles.len();
    let noun = if count == 1 { "bundle" } else { "bundles" };
    let meta = view! { <span>{format!("{count} {noun}")}</span> }.into_any();
    let body = if plan.bundles.is_empty() {
        let text = "Tick the bundles in the table, then choose \u{201c}Move those that are ticked\u{201d}.";
        empty("No bundle was chosen", text, Some(("Bundles", "/admin/bundles?state=scheduled")))
    } else if plan.done {
        list(plan)
    } else {
        view! { {where_to(plan)}{list(plan)}{do_it(plan, visit)} }.into_any()
    };
    let content =
        view! { {object_header("", "Move bundles", meta, None)}<div class="portal__content stack">{body}</div> };
    Shown::new("Move bundles", content.into_any()).under("Bundles", "/admin/bundles")
}

/// Where the bundles are moved; asked by the address, so that looking changes nothing.
fn where_to(plan: &MovePlan) -> AnyView {
    let fields = &plan.fields;
    let chosen: Vec<AnyView> = plan.bundles.iter().map(|moved| hidden("chosen", &moved.id)).collect();
    let problems: Vec<AnyView> = plan
        .problems
        .iter()
        .map(|problem| {
            let field = match problem.field.as_str() {
                "how" => "How: ",
                "publication_date" => "Date of the one instant: ",
                "publication_time" => "Its time: ",
                "publication_clock" => "Which of the two: ",
                "days" => "Days later: ",
                "minutes" => "Minutes later: ",
                _ => "",
            };
            view! { <p class="field__error">{field}{problem.message.clone()}</p> }.into_any()
        })
        .collect();
    let hows = [("to", "All to one instant"), ("by", "Each by as much")];
    let hows = hows.map(|(value, words)| (value.to_owned(), words.to_owned())).to_vec();
    let time = if fields.is_empty() { "09:30" } else { fields.publication_time.as_str() };
    let asks_clock = !fields.publication_clock.is_empty()
        || plan.problems.iter().any(|problem| problem.field == "publication_clock");
    let clock = asks_clock.then(|| {
        let clocks = [
            ("", "Choose one"),
            (uk_time::SUMMER, "The first, in summer time"),
            (uk_time::WINTER, "The second, in winter time"),
        ];
        let clocks = clocks.map(|(value, words)| (value.to_owned(), words.to_owned())).to_vec();
        filter_select("publication_clock", "Which of the two", clocks, &fields.publication_clock)
    });
    let content = view! {
        <form class="filter-bar" method="get" action="/admin/bundles/reschedule">
            {chosen}
            {filter_select("how", "How", hows, &fields.how)}
            {filter_input("publication_date", "Date of the one instant", "date", &fields.publication_date)}
            {filter_input("publication_time", "Its time, on a UK clock", "time", time)}
            {clock}
            {filter_input("days", "Or days later (- for earlier)", "number", &fields.days)}
            {filter_input("minutes", "And minutes later", "number", &fields.minutes)}
            <button class="button button--secondary button--small">"See what happens"</button>
        </form>
        <div role="status">{problems}</div>
        <p class="small muted">"Days are moved on a UK clock: half past nine stays half past nine when the clocks change."</p>
    };
    panel("Where to", true, None, content.into_any())
}

fn list(plan: &MovePlan) -> AnyView {
    let asked = plan.done || (!plan.fields.is_empty() && plan.problems.is_empty());
    let rows = plan.bundles.iter().map(|moved| row(moved, asked, plan.done)).collect();
    let headings = [("Bundle", false), ("Instant now", false), ("What happens", false)];
    let headings =
        if plan.done { [headings[0], ("Instant before", false), ("What happened", false)] } else { headings };
    table("Bundles to move", "moved-table", &headings, rows)
}

fn row(moved: &Moved, asked: bool, done: bool) -> AnyView {
    let (href, title) = (format!("/admin/bundles/{}", moved.id), moved.title.clone());
    let instant =
        |at: Option<chrono::DateTime<chrono::Utc>>| at.map_or_else(|| "not set".to_owned(), uk_time::date_time);
    let (class, words) = match (moved.refused.is_empty(), moved.after) {
        (true, Some(at)) if done => ("tag state--published", format!("Now {}", uk_time::date_time(at))),
        (true, Some(at)) => ("tag state--scheduled", format!("Moves to {}", uk_time::date_time(at))),
        _ if asked || !moved.refused.is_empty() => ("tag state--failed", "Stays as it is".to_owned()),
        _ => ("tag state--created", "Nothing yet".to_owned()),
    };
    let outcome = outcome_cell(class, words, &moved.refused);
    let before = if several::is_by_fault(&moved.refused) { "not read".to_owned() } else { instant(moved.before) };
    view! {
        <tr>
            <th scope="row"><a href=href>{title}</a></th>
            <td>{before}</td>
            {outcome}
        </tr>
    }
    .into_any()
}

/// The form that moves them, once it was shown what happens.
fn do_it(plan: &MovePlan, visit: &Visit) -> AnyView {
    let count = plan.moves();
    if count == 0 {
        return ().into_any();
    }
    let form = Form::of(visit, "bundles/reschedule");
    let fields = &plan.fields;
    let going = plan.bundles.iter().filter(|moved| moved.refused.is_empty() && moved.after.is_some());
    let chosen: Vec<AnyView> = going
        .map(|moved| {
            let value = format!("{} {}", moved.id, moved.revision);
            view! { <input type="hidden" name="chosen[]" value=value/> }.into_any()
        })
        .collect();
    let hint = format!("Type \u{201c}{}\u{201d}, so that no bundle moves by a slip.", plan.confirmation());
    let words = if count == 1 { "Move it".to_owned() } else { format!("Move {count} bundles") };
    let content = view! {
        <form class="stack stack--tight" method="post" action=form.action() novalidate=true>
            {chosen}
            {hidden("expected", count)}
            {hidden("how", &fields.how)}{hidden("days", &fields.days)}{hidden("minutes", &fields.minutes)}
            {hidden("publication_date", &fields.publication_date)}{hidden("publication_time", &fields.publication_time)}
            {hidden("publication_clock", &fields.publication_clock)}
            <p class="small muted">"Each bundle is moved by itself: one that is refused, or was changed meanwhile, does not keep the others."</p>
            {form.field("reason", "Why the bundles move").hint("Your colleagues read it in the history of each.").textarea()}
            {form.field("release_reason", "Why the releases move").optional().hint("Where the release calendar has promised a date, the public reads this beside the new one.").textarea()}
            {form.field("release_reason_cy", "The same in Welsh").optional().textarea()}
            {form.field("confirmation", "To confirm").short().hint(hint).autocomplete("off").input()}
            <button class="button button--warning">{words}</button>
        </form>
    };
    panel("Do it", false, None, content.into_any())
}
