//! The home page.

use domain::correction::Correction;
use domain::topic::Topic;
use domain::views::{DatasetSummary, HomePage};
use leptos::prelude::*;

use super::corrections;
use super::files::figure_card;
use crate::components::written::Written;
use crate::i18n::{Argument, date, t, ta};
use crate::layout::site::{Frame, Shown, loading, search_form};

/// What is new, what there is, and one figure to open with.
#[component]
pub fn Home() -> impl IntoView {
    let frame = Frame::of_visit(false);
    loading(frame, "page--home", rpc::catalogue::home(), |home, frame| {
        let lang = frame.lang;
        let HomePage { latest, topics, dataset_count, headline, corrections } = home;
        let count = ta(lang, "home-count", &[("n", Argument::Count(dataset_count))]);
        let figure = headline.and_then(|(summary, sight)| {
            let title = Written::of(lang, &summary.metadata.title, summary.metadata.title_cy.as_deref());
            let href = frame.href(&format!("/catalogue/{}", summary.id));
            let unit = summary.metadata.unit_of_measure.clone();
            let dates = (summary.release_date, summary.metadata.next_release.clone());
            figure_card(frame, &sight, (title, Some(href)), unit, dates)
        });
        let content = view! {
            <section class="hero">
                <div class="hero__text">
                    <h1>{t(lang, "home-title")}</h1>
                    <p class="lead">{t(lang, "home-lead")}</p>
                    {search_form(frame, "q-home", "search-form--large", "")}
                    <p class="hero__hint">{count}" · "{t(lang, "search-hint")}</p>
                </div>
                <aside class="hero__next" aria-label=t(lang, "home-headline")>{figure}</aside>
            </section>
            <section class="section">
                <div class="section__head">
                    <h2>{t(lang, "home-latest")}</h2>
                    <a href=frame.href("/search")>{t(lang, "home-all")}</a>
                </div>
                <ul class="ledger">{latest.into_iter().map(|summary| row(frame, summary)).collect_view()}</ul>
            </section>
            {corrected(frame, &corrections)}
            <section class="section">
                <div class="section__head"><h2>{t(lang, "home-topics")}</h2></div>
                <ul class="topic-grid">{topics.into_iter().map(|(topic, n)| card(frame, topic, n)).collect_view()}</ul>
            </section>
        };
        Shown { title: t(lang, "home-title"), description: t(lang, "home-lead"), content: content.into_any() }
    })
}

/// The latest corrections and notices; nothing where there are none.
fn corrected(frame: &Frame, corrections: &[Correction]) -> Option<AnyView> {
    let lang = frame.lang;
    let items: Vec<AnyView> = corrections.iter().map(|one| corrections::row(frame, one)).collect();
    (!items.is_empty()).then(|| {
        view! {
            <section class="section" aria-labelledby="home-corrections">
                <div class="section__head">
                    <h2 id="home-corrections">{t(lang, "home-corrections")}</h2>
                    <a href=frame.href("/corrections")>{t(lang, "home-corrections-all")}</a>
                </div>
                <ul class="ledger">{items}</ul>
            </section>
        }
        .into_any()
    })
}

fn row(frame: &Frame, summary: DatasetSummary) -> AnyView {
    let lang = frame.lang;
    let metadata = summary.metadata;
    let title = Written::of(lang, &metadata.title, metadata.title_cy.as_deref());
    let publisher = Written::english(lang, metadata.publisher);
    let href = frame.href(&format!("/catalogue/{}", summary.id));
    let when = summary.release_date.map(|at| {
        let machine = at.to_rfc3339();
        view! { <time class="ledger__when" datetime=machine>{date(lang, at)}</time> }
    });
    view! {
        <li class="ledger__row">
            {when}
            <span class="ledger__what"><a href=href lang=title.lang>{title.text}</a><span class="ledger__sub" lang=publisher.lang>{publisher.text}</span></span>
        </li>
    }
    .into_any()
}

fn card(frame: &Frame, topic: Topic, count: u64) -> AnyView {
    let lang = frame.lang;
    let href = frame.href(&format!("/topics/{}", topic.id));
    let title = Written::of(lang, &topic.title, topic.title_cy.as_deref());
    let about = Written::of(lang, &topic.description, topic.description_cy.as_deref());
    view! {
        <li class="topic-card">
            <a class="topic-card__link" href=href><span class="topic-card__title" lang=title.lang>{title.text}</span></a>
            <span class="topic-card__n num">{count}</span>
            <p class="topic-card__text" lang=about.lang>{about.text}</p>
        </li>
    }
    .into_any()
}
