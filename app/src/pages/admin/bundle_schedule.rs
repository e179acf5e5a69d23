//! Giving a bundle its instant: suggestions, the week around it, and what speaks against a time.

use domain::bundle::plan::{Coming, Proposal, SchedulePlan};
use domain::bundle::{BundleAction, BundleStage};
use domain::uk_time;
use leptos::prelude::*;
use rpc::Visit;

use super::bundle_other_steps::cancel_schedule;
use super::bundle_steps::{offer, schedule_at};
use super::publication_steps::took;
use super::{param, query};
use crate::components::form::blockers;
use crate::components::portal::{countdown, object_header, panel, state_tag};
use crate::layout::portal::{Section, Shown, portal};

/// The schedule of a bundle; `date` and `time` in the address name an instant to look at, `date` alone a week.
#[component]
pub fn BundleSchedule() -> impl IntoView {
    let load = rpc::bundles::plan(param("id"), query("date"), query("time"));
    portal(Section::Bundles, load, |plan, visit| shown(&plan, visit))
}

fn shown(plan: &SchedulePlan, visit: &Visit) -> Shown {
    let bundle = &plan.page.bundle;
    let (name, path) = (bundle.details.title.clone(), bundle.admin_path());
    let meta = view! { {state_tag(bundle.stage().as_str())}<span>"All times are on a UK clock"</span> };
    let due = bundle.state.schedule().map(|schedule| schedule.publication_date);
    let clock = due.filter(|_| bundle.stage() == BundleStage::Scheduled);
    let clock = clock.map(|at| panel("Publication", false, None, countdown(at, plan.page.now, "Publishes in", true)));
    let content = view! {
        {object_header("Schedule", &name, meta.into_any(), None)}
        <div class="portal__body">
            <div class="portal__content stack">
                {suggestions(plan)}
                {week(plan)}
                {form(plan, visit)}
            </div>
            <aside class="portal__aside stack">{clock}{cancel_schedule(&plan.page, visit)}</aside>
        </div>
    };
    Shown::new("Schedule", content.into_any()).under("Bundles", "/admin/bundles").under(name, path)
}

/// Where the page looks at an instant.
fn at_path(plan: &SchedulePlan, at: chrono::DateTime<chrono::Utc>) -> String {
    let (day, time) = uk_time::fields(at);
    let time = time.get(..5).unwrap_or_default().to_owned();
    format!("{}/schedule?date={day}&time={time}", plan.page.bundle.admin_path())
}

fn suggestions(plan: &SchedulePlan) -> AnyView {
    let items: Vec<AnyView> = plan
        .suggestions
        .iter()
        .map(|proposal| {
            let (href, text) = (at_path(plan, proposal.at), uk_time::date_time(proposal.at));
            let (modifier, note) = match proposal.warnings.len() {
                0 => ("pass", "Free".to_owned()),
                _ => ("warn", proposal.warnings.join(" ")),
            };
            view! {
                <li class=format!("check check--{modifier}")>
                    <span class="check__text"><a href=href>{text}</a>" "<span class="muted">{weekday(proposal)}</span></span>
                    <span class="check__note">{note}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    panel("Usual times", false, None, view! { <ul class="checklist">{items}</ul> }.into_any())
}

fn weekday(proposal: &Proposal) -> String {
    uk_time::day(proposal.at).format("%A").to_string()
}

fn week(plan: &SchedulePlan) -> AnyView {
    let path = format!("{}/schedule", plan.page.bundle.admin_path());
    let monday = plan.week.first().map(|(day, _)| *day).unwrap_or_default();
    let other = |days: i64| {
        let day = monday + chrono::TimeDelta::days(days);
        format!("{path}?date={day}")
    };
    let days: Vec<AnyView> = plan
        .week
        .iter()
        .map(|(day, coming)| {
            let title = day.format("%a %-d %b").to_string();
            let items: Vec<AnyView> = coming.iter().map(|one| coming_view(plan, one)).collect();
            let none = items.is_empty().then(|| view! { <p class="small muted">"Nothing"</p> });
            view! { <section class="week__day"><h3 class="week__title">{title}</h3><ul class="month__list">{items}</ul>{none}</section> }
                .into_any()
        })
        .collect();
    let content = view! {
        <nav class="cluster small" aria-label="Weeks"><a rel="prev" href=other(-7)>"Week before"</a><a rel="next" href=other(7)>"Week after"</a></nav>
        <div class="week">{days}</div>
    };
    panel("What else comes out in that week", false, None, content.into_any())
}

fn coming_view(plan: &SchedulePlan, one: &Coming) -> AnyView {
    let own = one.path == plan.page.bundle.admin_path();
    let (href, title) = (one.path.clone(), one.title.clone());
    let class = format!("month__entry state--{}", one.kind.split(' ').next().unwrap_or_default());
    let title = if own { format!("{title} (this bundle)") } else { title };
    let time = uk_time::time(one.at);
    view! { <li class=class><span class="month__time">{time}</span>" "<a href=href>{title}</a></li> }.into_any()
}

fn form(plan: &SchedulePlan, visit: &Visit) -> AnyView {
    let unread = plan.unread.clone().map(|text| view! { <p class="field__error" role="status">{text}</p> });
    let warnings = plan.chosen.as_ref().map(warned);
    let barred = match offer(&plan.page, BundleAction::Schedule) {
        None => Some(view! { <p class="muted">"An approved bundle is scheduled by somebody with the right to approve bundles."</p> }.into_any()),
        Some(offer) if !offer.blockers.is_empty() => {
            Some(blockers("Why this cannot be scheduled", "why-not", &offer.blockers))
        }
        Some(_) => None,
    };
    let form = barred.unwrap_or_else(|| schedule_at(&plan.page, visit, plan.chosen.as_ref().map(|chosen| chosen.at)));
    view! { {unread}{warnings}{estimate(plan)}{form} }.into_any()
}

/// How long it should take, and beside how many others.
fn estimate(plan: &SchedulePlan) -> AnyView {
    let took = took(chrono::TimeDelta::milliseconds(plan.expected_ms));
    let others = match plan.beside {
        0 => "No other bundle that you see is due at the same instant.".to_owned(),
        1 => "One other bundle is due at the same instant; both are published side by side.".to_owned(),
        many => format!("{many} other bundles are due at the same instant; all are published side by side."),
    };
    view! { <p class="small muted">{format!("Its publication should take about {took} once it is begun. {others}")}</p> }
        .into_any()
}

fn warned(chosen: &Proposal) -> AnyView {
    let text = uk_time::date_time(chosen.at);
    if chosen.warnings.is_empty() {
        return view! { <section class="banner banner--success"><p>{format!("{text} is free: nothing speaks against it.")}</p></section> }.into_any();
    }
    let items: Vec<AnyView> =
        chosen.warnings.iter().map(|warning| view! { <li>{warning.clone()}</li> }.into_any()).collect();
    view! {
        <section class="banner banner--warning">
            <h2 class="banner__title">{format!("What to know of {text}")}</h2>
            <ul>{items}</ul>
        </section>
    }
    .into_any()
}
