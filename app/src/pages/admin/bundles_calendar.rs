//! Bundles by the day of their publication: a month as a grid, and as an agenda where that is too narrow.

use chrono::NaiveDate;
use domain::bundle::desk::{BundleCard, BundleDesk, BundleQuery, Slot, slots};
use domain::bundle::reschedule::MOST;
use domain::month::Month;
use domain::uk_time;
use leptos::prelude::*;

use crate::components::portal::{empty, moment, state_tag, table};

/// The month with what is published on each of its days.
pub(super) fn calendar(desk: &BundleDesk, may_move: bool) -> AnyView {
    let to = |month: Month| BundleQuery { month: month.address(), page: 1, ..desk.query.clone() }.address();
    let month = desk.month;
    let this = Month::of(desk.now);
    let today = (this != month).then(|| view! { <a href=to(this)>"This month"</a> });
    let body = if desk.cards.items.is_empty() {
        let text = "No bundle is published or due in this month, as far as the filters ask.";
        empty("Nothing in this month", text, None)
    } else {
        view! { {grid(desk)}{agenda(desk)}{load(desk, may_move)} }.into_any()
    };
    view! {
        <div class="cluster cluster--spread">
            <h2 id="month">{month.title()}</h2>
            <nav class="cluster small" aria-label="Months">
                <a rel="prev" href=to(month.previous())>{month.previous().title()}</a>
                {today}
                <a rel="next" href=to(month.next())>{month.next().title()}</a>
            </nav>
        </div>
        {body}
    }
    .into_any()
}

/// The bundles of a day, soonest first.
pub(super) fn of_day(desk: &BundleDesk, day: NaiveDate) -> Vec<&BundleCard> {
    desk.cards.items.iter().filter(|card| card.at().is_some_and(|at| uk_time::day(at) == day)).collect()
}

fn grid(desk: &BundleDesk) -> AnyView {
    let heads: Vec<AnyView> = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
        .into_iter()
        .map(|day| view! { <th scope="col">{day}</th> }.into_any())
        .collect();
    let today = uk_time::day(desk.now);
    let weeks: Vec<AnyView> = desk
        .month
        .weeks()
        .into_iter()
        .map(|week| {
            let days: Vec<AnyView> = week.into_iter().map(|day| day_cell(desk, day, today)).collect();
            view! { <tr>{days}</tr> }.into_any()
        })
        .collect();
    view! {
        <table class="month" aria-labelledby="month">
            <thead><tr>{heads}</tr></thead>
            <tbody>{weeks}</tbody>
        </table>
    }
    .into_any()
}

fn day_cell(desk: &BundleDesk, day: NaiveDate, today: NaiveDate) -> AnyView {
    let inside = desk.month.holds(day);
    let items: Vec<AnyView> = if inside { of_day(desk, day).into_iter().map(entry).collect() } else { Vec::new() };
    let list = (!items.is_empty()).then(|| view! { <ul class="month__list">{items}</ul> });
    let class = match (inside, day == today) {
        (false, _) => "month__day month__day--outside",
        (true, true) => "month__day month__day--today",
        (true, false) => "month__day",
    };
    let (machine, number) = (day.format("%Y-%m-%d").to_string(), day.format("%-d").to_string());
    view! { <td class=class><time class="month__n" datetime=machine>{number}</time>{list}</td> }.into_any()
}

fn entry(card: &BundleCard) -> AnyView {
    let bundle = &card.bundle;
    let (href, title) = (bundle.admin_path(), bundle.details.title.clone());
    let time = card.at().map(uk_time::time);
    let class = format!("month__entry state--{}", bundle.stage());
    view! { <li class=class><span class="month__time">{time}</span>" "<a href=href>{title}</a></li> }.into_any()
}

/// The same as a list, for phones and for who reads by ear.
fn agenda(desk: &BundleDesk) -> AnyView {
    let rows: Vec<AnyView> = desk
        .cards
        .items
        .iter()
        .map(|card| {
            let bundle = &card.bundle;
            let (href, title) = (bundle.admin_path(), bundle.details.title.clone());
            let (day, time) = (card.at().map(uk_time::date), card.at().map(uk_time::time));
            view! {
                <li class="ledger__row">
                    <span class="ledger__when">{day}</span>
                    <span class="ledger__what"><a href=href>{title}</a><span class="ledger__sub">{state_tag(bundle.stage().as_str())}</span></span>
                    <span class="ledger__end">{time}</span>
                </li>
            }
            .into_any()
        })
        .collect();
    view! { <ul class="ledger agenda">{rows}</ul> }.into_any()
}

/// How much is due at each instant of what is shown, with a way to move it.
pub(super) fn load(desk: &BundleDesk, may_move: bool) -> Option<AnyView> {
    let slots = slots(&desk.cards.items);
    if slots.is_empty() {
        return None;
    }
    let rows = slots.iter().map(|slot| slot_row(slot, may_move)).collect();
    let mut headings = vec![("Instant", false), ("Bundles", false), ("Versions", true)];
    if may_move {
        headings.push(("Move", false));
    }
    Some(view! { <h3>"What is due at each instant"</h3>{table("What is due at each instant", "slots-table", &headings, rows)} }.into_any())
}

fn slot_row(slot: &Slot<'_>, may_move: bool) -> AnyView {
    let bundles: Vec<AnyView> = slot
        .bundles
        .iter()
        .map(|bundle| {
            let (href, title) = (bundle.admin_path(), bundle.details.title.clone());
            view! { <li><a href=href>{title}</a></li> }.into_any()
        })
        .collect();
    let moves = may_move.then(|| {
        let chosen: Vec<String> =
            slot.bundles.iter().take(MOST).map(|bundle| format!("chosen={}", bundle.id)).collect();
        let href = format!("/admin/bundles/reschedule?{}", chosen.join("&"));
        let name = format!("Move what is due {}", uk_time::date_time(slot.at));
        view! { <td><a href=href aria-label=name>"Move"</a></td> }
    });
    view! {
        <tr>
            <th scope="row">{moment(slot.at, "")}</th>
            <td><ul class="plain">{bundles}</ul></td>
            <td class="num">{slot.versions}</td>
            {moves}
        </tr>
    }
    .into_any()
}
