//! Bundles on a board, a column for each state.

use domain::bundle::BundleStage;
use domain::bundle::desk::{BundleCard, BundleDesk, BundleQuery, BundleView};
use domain::page::Page;
use leptos::prelude::*;

use super::bundles::left;
use crate::components::portal::{empty, moment, progress, state_words};

/// The states in the order of the work, each with its bundles; what moves a bundle on is on its page.
pub(super) fn board(desk: &BundleDesk) -> AnyView {
    if desk.cards.total_count == 0 {
        return empty("No bundles here", "No bundle is as the filters ask. Choose others.", None);
    }
    let columns: Vec<AnyView> = desk.columns.iter().map(|(stage, page)| column(desk, *stage, page)).collect();
    view! { <div class="board" tabindex="0" role="region" aria-label="Bundles by state">{columns}</div> }.into_any()
}

fn column(desk: &BundleDesk, stage: BundleStage, page: &Page<BundleCard>) -> AnyView {
    let title = state_words(stage.as_str());
    let total = page.total_count;
    let cards: Vec<AnyView> = page.items.iter().map(|card| card_view(desk, card)).collect();
    let more = total.saturating_sub(page.items.len() as u64);
    let more = (more > 0).then(|| {
        let href =
            BundleQuery { view: BundleView::Table, state: Some(stage), ready: false, page: 1, ..desk.query.clone() }.address();
        view! { <p class="small"><a href=href>{format!("{more} more")}<span class="visually-hidden">{format!(": {title}")}</span></a></p> }
    });
    let none = page.items.is_empty().then(|| view! { <p class="small muted">"None"</p> });
    let class = format!("board__column state--{stage}");
    let title = title.clone();
    view! {
        <section class=class>
            <h2 class="board__title">{title}" "<span class="board__n">{total}</span></h2>
            <ul class="board__list">{cards}</ul>
            {none}
            {more}
        </section>
    }
    .into_any()
}

fn card_view(desk: &BundleDesk, card: &BundleCard) -> AnyView {
    let bundle = &card.bundle;
    let (href, title) = (bundle.admin_path(), bundle.details.title.clone());
    let items = if bundle.item_count == 1 { "1 item".to_owned() } else { format!("{} items", bundle.item_count) };
    let when = card.at().map(|at| moment(at, ""));
    let open = bundle.state.published_at().is_none();
    let ready = open.then(|| progress(card.percent, &format!("Readiness of {title}")));
    view! {
        <li class="board__card">
            <a href=href>{title}</a>
            <p class="small muted">{items}</p>
            {when.map(|when| view! { <p class="small">{when}{left(card, desk)}</p> })}
            {ready}
        </li>
    }
    .into_any()
}
