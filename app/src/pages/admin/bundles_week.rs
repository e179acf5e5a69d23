//! Bundles of one week: each day with its instants, and where in it the present is.

use chrono::{Days, NaiveDate};
use domain::bundle::desk::{BundleCard, BundleDesk, BundleQuery};
use domain::uk_time;
use leptos::prelude::*;

use super::bundles_calendar::{load, of_day};
use crate::components::portal::{counted, state_words};

/// The week with what is published on each of its days, and when.
pub(super) fn week(desk: &BundleDesk, may_move: bool) -> AnyView {
    let days = desk.query.days(desk.now);
    let monday = days.first().copied().unwrap_or_default();
    let to = |week: String| BundleQuery { week, page: 1, ..desk.query.clone() }.address();
    let other = |day: Option<NaiveDate>| to(day.unwrap_or(monday).to_string());
    let (before, after) = (monday.checked_sub_days(Days::new(7)), monday.checked_add_days(Days::new(7)));
    let today = uk_time::day(desk.now);
    let this = (!days.contains(&today)).then(|| view! { <a href=to(String::new())>"This week"</a> });
    let title = format!("Week of {}", monday.format("%-d %B %Y"));
    let shown: Vec<AnyView> = days.iter().map(|day| day_view(desk, *day, *day == today)).collect();
    view! {
        <div class="cluster cluster--spread">
            <h2 id="week">{title}</h2>
            <nav class="cluster small" aria-label="Weeks">
                <a rel="prev" href=other(before)>"Week before"</a>
                {this}
                <a rel="next" href=other(after)>"Week after"</a>
            </nav>
        </div>
        <div class="week">{shown}</div>
        {load(desk, may_move)}
    }
    .into_any()
}

fn day_view(desk: &BundleDesk, day: NaiveDate, is_today: bool) -> AnyView {
    let cards = of_day(desk, day);
    let none = cards.is_empty().then(|| view! { <p class="small muted">"Nothing"</p> });
    let (passed, coming): (Vec<&BundleCard>, Vec<&BundleCard>) =
        cards.into_iter().partition(|card| card.at().is_some_and(|at| at <= desk.now));
    let now = is_today.then(|| {
        let text = format!("Now, {}", uk_time::time(desk.now));
        view! { <li class="week__now">{text}</li> }.into_any()
    });
    let items: Vec<AnyView> = passed.into_iter().map(entry).chain(now).chain(coming.into_iter().map(entry)).collect();
    let list = (!items.is_empty()).then(|| view! { <ul class="month__list">{items}</ul> });
    let class = if is_today { "week__day week__day--today" } else { "week__day" };
    let title = day.format("%a %-d %b").to_string();
    view! { <section class=class><h3 class="week__title">{title}</h3>{list}{none}</section> }.into_any()
}

fn entry(card: &BundleCard) -> AnyView {
    let bundle = &card.bundle;
    let (href, title, time) = (bundle.admin_path(), bundle.details.title.clone(), card.at().map(uk_time::time));
    let class = format!("month__entry state--{}", bundle.stage());
    let versions = counted(bundle.item_count, "version");
    let note = format!("{}, {versions}", state_words(bundle.stage().as_str()));
    view! {
        <li class=class><span class="month__time">{time}</span>" "<a href=href>{title}</a><span class="table__sub">{note}</span></li>
    }
    .into_any()
}
