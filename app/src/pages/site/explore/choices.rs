//! The form in which rows, columns and order are chosen, and the choices that were made.

use domain::explore::{ExplorePage, Facet, LISTED_OPTIONS};
use domain::language::Language;
use domain::selection::{Selection, Sort};
use domain::table::{Column, ColumnKind};
use leptos::prelude::*;

use super::query::{AS_PUBLISHED, path, write};
use crate::components::portal::grouped;
use crate::components::written::{Written, joined, mark, of_tables};
use crate::i18n::{t, ta, text};
use crate::layout::site::Frame;
use crate::pages::site::chip;

/// Columns that the form lists.
const LISTED_COLUMNS: usize = 60;

/// The form; without scripts its button applies the choices.
pub fn form(frame: &Frame, page: &ExplorePage) -> AnyView {
    let lang = frame.lang;
    let selection = &page.query.selection;
    let on = selection.dimensions.iter().map(|filter| filter.options.len()).sum::<usize>() + selection.ranges.len();
    let number = (on > 0).then(|| view! { " "<span class="facets__count">{on}</span> });
    let groups: Vec<AnyView> = page.facets.iter().map(|facet| group(frame, page, facet)).collect();
    let ranges: Vec<AnyView> = all_columns(page)
        .iter()
        .filter(|column| is_measured(column))
        .map(|column| range(frame, page, column))
        .collect();
    view! {
        <form class="facets" aria-label=t(lang, "explore-choose") action=frame.href(&path(page)) method="get">
            {tables(frame, page)}
            {drawn_as(page)}
            <details class="facets__panel">
                <summary>{t(lang, "explore-choose")}{number}</summary>
                {groups}
                {ranges}
                {columns(frame, page)}
                {order(frame, page)}
                {kept(page)}
                <div class="facets__actions">
                    <button class="button button--small">{t(lang, "explore-apply")}</button>
                    <a href=frame.href(&write(page, &Selection::default(), 1))>{t(lang, "explore-clear")}</a>
                </div>
            </details>
        </form>
    }
    .into_any()
}

/// How the rows are drawn and laid out, which other rows keep.
fn drawn_as(page: &ExplorePage) -> AnyView {
    let drawing = &page.query.drawing;
    let kind = drawing.kind.map(|kind| view! { <input type="hidden" name="chart" value=kind.as_str()/> });
    let by = drawing.by.clone().map(|name| view! { <input type="hidden" name="by" value=name/> });
    let earlier = drawing.earlier.then(|| view! { <input type="hidden" name="earlier" value="show"/> });
    let (name, value) = AS_PUBLISHED;
    let laid_out = page.query.as_published.then(|| view! { <input type="hidden" name=name value=value/> });
    view! { {kind}{by}{earlier}{laid_out} }.into_any()
}

/// What was chosen and has no control in the form, as hidden fields, so that its button keeps it.
fn kept(page: &ExplorePage) -> Vec<AnyView> {
    let field = |(name, value): (String, String)| view! { <input type="hidden" name=name value=value/> }.into_any();
    without_control(page).into_iter().map(field).collect()
}

/// Names and values of what was chosen and has no control in the form.
fn without_control(page: &ExplorePage) -> Vec<(String, String)> {
    let selection = &page.query.selection;
    let mut kept = Vec::new();
    for filter in &selection.dimensions {
        let facet = page.facets.iter().find(|facet| facet.column.name == filter.name);
        let is_listed = |option: &String| {
            facet.is_some_and(|facet| facet.options.iter().any(|one| one.code == *option || one.label == *option))
        };
        let others = filter.options.iter().filter(|option| !is_listed(option));
        kept.extend(others.map(|option| (format!("dim.{}", filter.name), option.clone())));
    }
    let has_bounds = |name: &str| {
        let of_time = page.facets.iter().any(|facet| facet.column.name == name && is_of_time(&facet.column));
        of_time || all_columns(page).iter().any(|column| column.name == name && is_measured(column))
    };
    for range in selection.ranges.iter().filter(|range| !has_bounds(&range.name)) {
        let bounds = [("from", &range.from), ("to", &range.to)];
        let given = bounds.into_iter().filter_map(|(bound, value)| Some((bound, value.clone()?)));
        kept.extend(given.map(|(bound, value)| (format!("{bound}.{}", range.name), value)));
    }
    let listed = listed_columns(page);
    let others = selection.columns.iter().filter(|name| !listed.iter().any(|column| column.name == **name));
    kept.extend(others.map(|name| ("columns".to_owned(), name.clone())));
    kept
}

/// The columns that can be ticked: none where there is no choice.
fn listed_columns(page: &ExplorePage) -> &[Column] {
    match all_columns(page) {
        [_] => &[],
        all => all.get(..LISTED_COLUMNS).unwrap_or(all),
    }
}

fn all_columns(page: &ExplorePage) -> &[Column] {
    page.file.profile.as_ref().map(|profile| profile.columns.as_slice()).unwrap_or_default()
}

/// Columns of figures, which are chosen by their size.
fn is_measured(column: &Column) -> bool {
    column.kind.is_numeric() && column.role == domain::table::ColumnRole::Measure
}

/// Dimensions of periods, which are also chosen by the first and the last.
fn is_of_time(column: &Column) -> bool {
    column.kind == ColumnKind::Time
}

fn tables(frame: &Frame, page: &ExplorePage) -> Option<AnyView> {
    let current = &page.file.filename;
    let options: Vec<_> = page
        .tables
        .iter()
        .map(|name| view! { <option value=name.clone() selected=name == current>{name.clone()}</option> })
        .collect();
    (page.tables.len() > 1).then(|| {
        view! {
            <label class="field explore__table-choice">
                <span class="field__label">{t(frame.lang, "explore-table")}</span>
                <select name="file">{options}</select>
            </label>
        }
        .into_any()
    })
}

fn group(frame: &Frame, page: &ExplorePage, facet: &Facet) -> AnyView {
    let lang = frame.lang;
    let name = &facet.column.name;
    let chosen = page.query.selection.dimensions.iter().find(|filter| filter.name == *name);
    let is_on = |option: &domain::table::OptionCount| {
        chosen.is_some_and(|filter| filter.options.iter().any(|one| *one == option.code || *one == option.label))
    };
    let field = format!("dim.{name}");
    let options: Vec<AnyView> = facet
        .options
        .iter()
        .map(|option| {
            let words = if option.code.is_empty() { t(lang, "option-blank") } else { option.label.clone() };
            // What is not of the table is in the language of the page.
            let own = of_tables(lang).filter(|_| option.code.is_empty()).map(|_| lang.as_str());
            view! {
                <label class="facet__option">
                    <input type="checkbox" name=field.clone() value=option.code.clone() checked=is_on(option)/>
                    <span class="facet__label" lang=own>{words}</span>
                    <span class="facet__n num">{grouped(option.count)}</span>
                </label>
            }
            .into_any()
        })
        .collect();
    let looked_for = page.query.find.iter().find(|(of, _)| of == name).map(|(_, words)| words.clone());
    let many = facet.total > u64::from(LISTED_OPTIONS) || looked_for.is_some();
    let find = many.then(|| {
        let listed = ta(
            lang,
            if facet.complete { "explore-listed" } else { "explore-listed-of-more" },
            &[("shown", text(grouped(facet.options.len() as u64))), ("n", text(grouped(facet.total)))],
        );
        let label = ta(lang, "explore-find", &[("name", text(facet.column.heading().to_owned()))]);
        view! {
            <input class="facet__find" type="search" name=format!("find.{name}") value=looked_for aria-label=label.clone() placeholder=label/>
            <p class="small muted">{listed}</p>
        }
    });
    let bounds = is_of_time(&facet.column).then(|| bounds(frame, page, &facet.column));
    let paste = many.then(|| paste(frame, facet));
    view! {
        <fieldset class="facet">
            <legend lang=mark(lang, facet.column.heading(), Language::En)>{facet.column.heading().to_owned()}</legend>
            {bounds}
            {find}
            <div class="facet__options" lang=of_tables(lang)>{options}</div>
            {paste}
        </fieldset>
    }
    .into_any()
}

/// How much of a list is taken at a time, in characters: with short codes a longer one would not fit into an address.
const LONGEST_LIST: &str = "3000";

/// Where a list of options is pasted, which are then chosen all at once.
fn paste(frame: &Frame, facet: &Facet) -> AnyView {
    let lang = frame.lang;
    let label = ta(lang, "explore-paste", &[("name", text(facet.column.heading().to_owned()))]);
    view! {
        <details class="facet__more">
            <summary>{label.clone()}</summary>
            <p class="small muted">{t(lang, "explore-paste-help")}</p>
            <textarea class="facet__find" name=format!("list.{}", facet.column.name) rows="4" maxlength=LONGEST_LIST aria-label=label></textarea>
        </details>
    }
    .into_any()
}

fn range(frame: &Frame, page: &ExplorePage, column: &Column) -> AnyView {
    view! {
        <fieldset class="facet">
            <legend lang=mark(frame.lang, column.heading(), Language::En)>{column.heading().to_owned()}</legend>
            {bounds(frame, page, column)}
        </fieldset>
    }
    .into_any()
}

fn bounds(frame: &Frame, page: &ExplorePage, column: &Column) -> AnyView {
    let lang = frame.lang;
    let range = page.query.selection.ranges.iter().find(|range| range.name == column.name);
    let (from, to) = range.map(|range| (range.from.clone(), range.to.clone())).unwrap_or_default();
    let mode = if column.kind.is_numeric() { "decimal" } else { "text" };
    view! {
        <div class="explore__bounds">
            <label><span>{t(lang, "explore-from")}</span><input type="text" inputmode=mode name=format!("from.{}", column.name) value=from size="8"/></label>
            <label><span>{t(lang, "explore-to")}</span><input type="text" inputmode=mode name=format!("to.{}", column.name) value=to size="8"/></label>
        </div>
    }
    .into_any()
}

fn columns(frame: &Frame, page: &ExplorePage) -> Option<AnyView> {
    let chosen = &page.query.selection.columns;
    let listed = listed_columns(page);
    let boxes: Vec<AnyView> = listed
        .iter()
        .map(|column| {
            view! {
                <label class="facet__option">
                    <input type="checkbox" name="columns" value=column.name.clone() checked=chosen.contains(&column.name)/>
                    <span class="facet__label">{column.heading().to_owned()}</span>
                </label>
            }
            .into_any()
        })
        .collect();
    (!listed.is_empty()).then(|| {
        view! {
            <fieldset class="facet">
                <legend>{t(frame.lang, "explore-columns")}</legend>
                <p class="small muted">{t(frame.lang, "explore-columns-help")}</p>
                <div class="facet__options" lang=of_tables(frame.lang)>{boxes}</div>
            </fieldset>
        }
        .into_any()
    })
}

/// The order by one column or, where the address names several, by each of them.
fn order(frame: &Frame, page: &ExplorePage) -> Vec<AnyView> {
    let mut keys: Vec<Option<&Sort>> = page.query.selection.sort.iter().map(Some).collect();
    if keys.is_empty() {
        keys.push(None);
    }
    keys.into_iter().enumerate().map(|(place, key)| order_by(frame, page, place == 0, key)).collect()
}

fn order_by(frame: &Frame, page: &ExplorePage, is_first: bool, key: Option<&Sort>) -> AnyView {
    let lang = frame.lang;
    let now = key.map(Sort::written);
    let options: Vec<AnyView> = all_columns(page)
        .iter()
        .flat_map(|column| {
            [(column.name.clone(), "explore-up"), (format!("-{}", column.name), "explore-down")]
                .map(|(value, words)| (value, ta(lang, words, &[("name", text(column.heading().to_owned()))])))
        })
        .map(|(value, words)| {
            let selected = now.as_ref() == Some(&value);
            view! { <option value=value selected=selected>{words}</option> }.into_any()
        })
        .collect();
    let label = if is_first { t(lang, "explore-order") } else { t(lang, "explore-then") };
    view! {
        <label class="field facet">
            <span class="field__label">{label}</span>
            <select name="sort"><option value="">{t(lang, "explore-as-published")}</option>{options}</select>
        </label>
    }
    .into_any()
}

/// Each choice with a link that takes it back.
pub fn chips(frame: &Frame, page: &ExplorePage) -> Option<AnyView> {
    let selection = &page.query.selection;
    let label_of = |name: &str| {
        all_columns(page)
            .iter()
            .find(|column| column.name == name)
            .map_or(name.to_owned(), |column| column.heading().to_owned())
    };
    let lang = frame.lang;
    let mut made: Vec<(Vec<Written>, Selection)> = Vec::new();
    for filter in &selection.dimensions {
        let facet = page.facets.iter().find(|facet| facet.column.name == filter.name);
        for option in &filter.options {
            let known = facet.and_then(|facet| facet.options.iter().find(|one| one.code == *option));
            let words = Written::option(lang, known.map_or(option, |one| &one.label));
            let mut without = selection.clone();
            for other in without.dimensions.iter_mut().filter(|other| other.name == filter.name) {
                other.options.retain(|one| one != option);
            }
            without.dimensions.retain(|other| !other.options.is_empty());
            made.push((vec![Written::english(lang, format!("{}: ", label_of(&filter.name))), words], without));
        }
    }
    for range in &selection.ranges {
        let mut without = selection.clone();
        without.ranges.retain(|other| other.name != range.name);
        let (from, to) = (range.from.clone().unwrap_or_default(), range.to.clone().unwrap_or_default());
        let words = format!("{}: {from} – {to}", label_of(&range.name));
        made.push((vec![Written::english(lang, words)], without));
    }
    let chips: Vec<AnyView> = made
        .into_iter()
        .map(|(words, without)| chip(frame, joined(words), frame.href(&write(page, &without, 1))))
        .collect();
    (!chips.is_empty()).then(|| view! { <ul class="chips">{chips}</ul> }.into_any())
}
