//! What disturbed the site lately: incidents as operators tell of them, and how each of the last days was.

use chrono::NaiveDate;
use domain::status::{PartState, PublicIncident, PublicUpdate};
use leptos::prelude::*;

use crate::components::written::Written;
use crate::i18n::{Argument, date_time, day, t, ta, text};
use crate::layout::site::Frame;

/// The width of a day in the drawing, with the gap beside it.
const STEP: usize = 8;
/// The height of the drawing.
const HEIGHT: usize = 48;

/// The incidents that the public was told of; that there were none is said, too.
pub fn incidents(frame: &Frame, incidents: &[PublicIncident]) -> AnyView {
    let lang = frame.lang;
    let items: Vec<AnyView> = incidents.iter().map(|one| incident(frame, one)).collect();
    let list = if items.is_empty() {
        view! { <p class="muted">{t(lang, "status-incidents-none")}</p> }.into_any()
    } else {
        view! { <ul class="plain stack">{items}</ul> }.into_any()
    };
    view! {
        <section class="section" aria-labelledby="incidents">
            <div class="section__head"><h2 id="incidents">{t(lang, "status-incidents")}</h2></div>
            {list}
        </section>
    }
    .into_any()
}

fn incident(frame: &Frame, one: &PublicIncident) -> AnyView {
    let lang = frame.lang;
    let class = match one.harm() {
        _ if !one.is_live() => "tag state--published",
        PartState::Down => "tag state--failed",
        _ => "tag state--scheduled",
    };
    let since = ta(lang, "status-since", &[("when", text(date_time(lang, one.since)))]);
    let until = one.until.map(|at| {
        let words = ta(lang, "status-until", &[("when", text(date_time(lang, at)))]);
        view! { <span><time datetime=at.to_rfc3339()>{words}</time></span> }
    });
    let updates: Vec<AnyView> = one.updates.iter().rev().map(|update| said(frame, update)).collect();
    view! {
        <li class="stack stack--tight">
            <h3>{t(lang, &format!("status-severity-{}", one.severity))}</h3>
            <p class="meta">
                <span class=class>{t(lang, &format!("status-incident-{}", one.state))}</span>
                <span><time datetime=one.since.to_rfc3339()>{since}</time></span>{until}
            </p>
            <ol class="timeline">{updates}</ol>
        </li>
    }
    .into_any()
}

/// An update in the language of the page, or else in the other, marked as that.
fn said(frame: &Frame, update: &PublicUpdate) -> AnyView {
    let lang = frame.lang;
    let words = Written::of(lang, &update.text, update.text_cy.as_deref());
    view! {
        <li class="timeline__event" id=update.place()>
            <time class="timeline__time" datetime=update.at.to_rfc3339()>{date_time(lang, update.at)}</time>
            <p class="long" lang=words.lang>{words.text}</p>
        </li>
    }
    .into_any()
}

/// How each of the last days was, drawn and in words.
pub fn days(frame: &Frame, days: &[(NaiveDate, PartState)]) -> AnyView {
    let lang = frame.lang;
    let spoiled: Vec<&(NaiveDate, PartState)> = days.iter().filter(|(_, state)| *state != PartState::Working).collect();
    let clear = u64::try_from(days.len() - spoiled.len()).unwrap_or_default();
    let sentence =
        ta(lang, "status-days-clear", &[("n", Argument::Count(clear)), ("all", text(days.len().to_string()))]);
    let bars: Vec<AnyView> = days.iter().enumerate().map(|(place, (_, state))| bar(place, *state)).collect();
    let width = days.len() * STEP;
    let told: Vec<AnyView> = spoiled
        .into_iter()
        .rev()
        .map(|(on, state)| view! { <li>{day(lang, *on)}": "{t(lang, &format!("status-is-{state}"))}</li> }.into_any())
        .collect();
    let told = (!told.is_empty()).then(|| {
        view! {
            <details class="details"><summary>{t(lang, "status-days-marked")}</summary><ul class="small">{told}</ul></details>
        }
    });
    view! {
        <section class="section" aria-labelledby="days">
            <div class="section__head"><h2 id="days">{t(lang, "status-days")}</h2></div>
            <div class="stack">
                <p class="measure">{sentence}</p>
                <svg class="status-days" viewBox=format!("0 0 {width} {HEIGHT}") aria-hidden="true">{bars}</svg>
                {told}
                <p class="small muted measure">{t(lang, "status-days-text")}</p>
            </div>
        </section>
    }
    .into_any()
}

/// A day; what was worse stands lower, so that colour alone tells nothing.
fn bar(place: usize, state: PartState) -> AnyView {
    let (class, height) = match state {
        PartState::Down => ("status-days__down", HEIGHT / 3),
        PartState::Disturbed => ("status-days__disturbed", HEIGHT * 2 / 3),
        PartState::Working | PartState::Unknown => ("status-days__working", HEIGHT),
    };
    let (x, y) = (place * STEP, HEIGHT - height);
    view! { <rect class=class x=x y=y width=STEP - 2 height=height></rect> }.into_any()
}
