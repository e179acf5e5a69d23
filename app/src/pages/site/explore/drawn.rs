//! The drawing of the rows: the form that chooses its kind, the drawing, and the way to more panels.

use domain::explore::ExplorePage;
use domain::language::Language;
use domain::table::{ChartKind, ColumnRole, Drawing, NotDrawn};
use leptos::prelude::*;

use super::query::{fields, path, write_drawn};
use crate::chart::LineChart;
use crate::components::written::{Written, mark};
use crate::i18n::t;
use crate::layout::site::Frame;
use crate::pages::site::{chart_source, paging};

/// The drawing with its choices; nothing where there is no row.
pub fn section(frame: &Frame, page: &ExplorePage, title: &Written) -> Option<AnyView> {
    let lang = frame.lang;
    if page.total_rows == 0 {
        return None;
    }
    let chart = chart(frame, page, title, false);
    let comes_alive = chart.is_some().then(|| view! { <script r#type="module" src="/assets/chart.js"></script> });
    Some(
        view! {
            <details class="explore__chart" open=true>
                <summary>{t(lang, "chart")}</summary>
                {form(frame, page)}
                {page.not_drawn.map(|why| refused(frame, page, why))}
                {chart}
                {earlier(frame, page)}
                {more_panels(frame, page)}
                {comes_alive}
            </details>
        }
        .into_any(),
    )
}

/// The drawing alone, where there is one; `is_page` where nothing else heads the page.
pub fn chart(frame: &Frame, page: &ExplorePage, title: &Written, is_page: bool) -> Option<AnyView> {
    let of_dataset = page.version.dataset.shown().unit_of_measure;
    let mut chart = page.chart.clone()?;
    // What readers chose is not in the drawing, which knows no other part of the table.
    chart.selection = chosen(frame.lang, &page.chosen).into_iter().chain(chart.selection).collect();
    let mut chart = chart.in_words(of_dataset.as_deref());
    let (lang, source) = (frame.lang, source(frame, page));
    chart.ghost = page.earlier.clone();
    let title = title.clone();
    Some(
        view! { <LineChart chart=chart id="chart-figure" title=title caption=source language=lang is_page=is_page/> }
            .into_any(),
    )
}

/// The choices in words, as blank cells are called so in the language of the page.
pub fn chosen(lang: Language, choices: &[String]) -> Vec<String> {
    let told = |choice: &String| match choice.ends_with(": ") {
        true => format!("{choice}{}", t(lang, "option-blank")),
        false => choice.clone(),
    };
    choices.iter().map(told).collect()
}

/// Who published the figures, when, and in which unit they are.
pub fn source(frame: &Frame, page: &ExplorePage) -> AnyView {
    chart_source(frame, &page.version, page.chart.as_ref())
}

/// Draws also what was published before, where figures were revised since, or no longer.
fn earlier(frame: &Frame, page: &ExplorePage) -> Option<AnyView> {
    let (lang, is_shown) = (frame.lang, page.query.drawing.earlier);
    if is_shown && page.earlier.is_none() {
        return page
            .chart
            .is_some()
            .then(|| view! { <p class="chart__earlier">{t(lang, "chart-earlier-none")}</p> }.into_any());
    }
    if !is_shown && !page.is_revised {
        return None;
    }
    let drawing = Drawing { earlier: !is_shown, ..page.query.drawing.clone() };
    let href = frame.href(&format!("{}#chart-figure", write_drawn(page, &drawing)));
    let words = if is_shown { t(lang, "chart-earlier-hide") } else { t(lang, "chart-earlier-show") };
    Some(view! { <p class="chart__earlier"><a href=href>{words}</a></p> }.into_any())
}

/// The choice of the kind and of the dimension; all other choices of the address come along unseen.
fn form(frame: &Frame, page: &ExplorePage) -> AnyView {
    let lang = frame.lang;
    let kinds: Vec<AnyView> = ChartKind::ALL
        .iter()
        .map(|kind| {
            let selected = page.query.drawing.kind == Some(*kind);
            view! { <option value=kind.as_str() selected=selected>{t(lang, &format!("chart-kind-{kind}"))}</option> }
                .into_any()
        })
        .collect();
    let by = page.query.drawing.by.as_deref();
    let columns = page.facets.iter().map(|facet| &facet.column).filter(|column| column.role == ColumnRole::Dimension);
    let dimensions: Vec<AnyView> = columns
        .map(|column| {
            let selected = by == Some(column.name.as_str());
            let marked = mark(lang, column.heading(), Language::En);
            view! { <option value=column.name.clone() selected=selected lang=marked>{column.heading().to_owned()}</option> }
                .into_any()
        })
        .collect();
    let sought = page.query.find.iter().map(|(column, words)| (format!("find.{column}"), words.clone()));
    let kept = Drawing { earlier: page.query.drawing.earlier, ..Drawing::default() };
    let kept: Vec<AnyView> = fields(&write_drawn(page, &kept))
        .into_iter()
        .chain(sought)
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> }.into_any())
        .collect();
    view! {
        <form class="explore__draw" aria-label=t(lang, "chart-choose") action=frame.href(&path(page)) method="get">
            {kept}
            <label class="field">
                <span class="field__label">{t(lang, "chart-kind")}</span>
                <select name="chart"><option value="">{t(lang, "chart-kind-any")}</option>{kinds}</select>
            </label>
            <label class="field">
                <span class="field__label">{t(lang, "chart-by")}</span>
                <select name="by"><option value="">{t(lang, "chart-by-any")}</option>{dimensions}</select>
            </label>
            <button class="button button--secondary button--small">{t(lang, "chart-draw")}</button>
        </form>
    }
    .into_any()
}

/// Why the rows are not drawn as was asked, and what to do about it.
fn refused(frame: &Frame, page: &ExplorePage, why: NotDrawn) -> AnyView {
    let lang = frame.lang;
    let otherwise = page.chart.is_some().then(|| format!(" {}", t(lang, "chart-otherwise")));
    view! { <p class="banner banner--information" role="status">{t(lang, &format!("chart-not-{why}"))}{otherwise}</p> }
        .into_any()
}

/// The way to the panels that are not drawn.
fn more_panels(frame: &Frame, page: &ExplorePage) -> Option<AnyView> {
    let panels = page.chart.as_ref()?.panels.as_ref()?;
    let href = |number: u32| {
        let drawing = Drawing { panels: number, ..page.query.drawing.clone() };
        frame.href(&format!("{}#chart-figure", write_drawn(page, &drawing)))
    };
    paging::pagination(frame, panels.page(), panels.pages(), href)
}

#[cfg(test)]
mod tests {
    use domain::language::Language::{Cy, En};

    use super::chosen;

    #[test]
    fn a_blank_choice_has_words() {
        let choices = ["Sex: ".to_owned(), "Area: Wales".to_owned()];
        assert_eq!(chosen(En, &choices), ["Sex: (blank)", "Area: Wales"]);
        assert_eq!(chosen(Cy, &choices), ["Sex: (gwag)", "Area: Wales"]);
    }
}
