//! The search desk: how search stands, what was asked for, what comes first, and trying a query.

use domain::language::Language;
use domain::policy::Permission;
use domain::search_desk::{AskedQuery, KEPT_DAYS, MAX_PINNED, PinSight, SHOWN_FROM, SearchDesk as Data, Trial};
use domain::text::escaped;
use leptos::prelude::*;
use rpc::Visit;

use super::super::administration::query;
use crate::components::form::{Form, hidden};
use crate::components::portal::{
    Confirmed, filter_input, filter_select, grouped, history_link, moment, object_header, panel, table,
};
use crate::layout::portal::{Section, Shown, portal};

/// The desk; what is tried stands in the address.
#[component]
pub fn SearchDesk() -> impl IntoView {
    let (q, language) = (query("q"), readers());
    portal(Section::Search, rpc::search_desk::search_desk_read(q.clone(), language), move |data, visit| {
        shown(&data, &q, language, visit)
    })
}

/// The language of the readers as whom something is tried, which the address names.
pub(super) fn readers() -> Language {
    language_of(&query("language"))
}

fn language_of(tag: &str) -> Language {
    Language::ALL.into_iter().find(|language| language.as_str() == tag).unwrap_or_default()
}

/// The languages of readers to choose from.
pub(super) fn all_readers() -> Vec<(String, String)> {
    let words = |language: Language| if language == Language::Cy { "Welsh" } else { "English" };
    Language::ALL.into_iter().map(|language| (language.as_str().to_owned(), words(language).to_owned())).collect()
}

/// Whether the visitor may change what the search goes by.
pub(super) fn may_change(visit: &Visit) -> bool {
    visit.caller.as_ref().is_some_and(|caller| caller.may(Permission::TopicsWrite))
}

fn shown(data: &Data, q: &str, language: Language, visit: &Visit) -> Shown {
    let (class, words) = match (data.failed_at, data.behind, data.held == data.public) {
        (Some(_), ..) => ("tag state--failed", "The index could not be made anew"),
        (None, 0, true) => ("tag state--published", "As the catalogue is"),
        (None, 0, false) => ("tag state--failed", "Not as the catalogue is"),
        (None, ..) => ("tag state--scheduled", "Behind"),
    };
    let failed = data.failed_at.map(|at| view! { <span>"failed "{moment(at, "")}</span> });
    let watches = visit
        .caller
        .as_ref()
        .is_some_and(|caller| caller.may(Permission::SystemOperate) || caller.may(Permission::UsersManage));
    let index = watches.then(|| {
        view! { <a class="button button--secondary" href="/ops/search-index">"The index, and making it anew"</a> }
            .into_any()
    });
    let meta = view! { <span class=class>{words}</span>{failed} }.into_any();
    let (on, all) = data.rules;
    let content = view! {
        {object_header("", "Search", meta, index)}
        <dl class="kpis">
            {tile("Datasets found by search", data.held)}
            {tile("Public datasets", data.public)}
            {tile("Revisions behind", data.behind)}
            {tile("Groups and rules of synonyms in use", on)}
        </dl>
        <p class="small muted">"Each node has an index of its own; these are the figures of the node that answered. "<a href="/admin/search/synonyms">"All "{grouped(all)}" groups and rules of synonyms"</a></p>
        <div class="panels">
            {attempt(q, language, data.trial.as_ref())}
            {queries(data, visit)}
            {pins(data, visit)}
        </div>
    };
    Shown::new("Search", content.into_any())
}

fn tile(words: &'static str, number: u64) -> AnyView {
    view! { <div class="kpi"><dt>{words}</dt><dd class="num">{grouped(number)}</dd></div> }.into_any()
}

fn attempt(q: &str, language: Language, trial: Option<&Trial>) -> AnyView {
    let content = view! {
        <form class="filter-bar" method="get" action="/admin/search">
            {filter_input("q", "What somebody searches for", "search", q)}
            {filter_select("language", "On pages in", all_readers(), language.as_str())}
            <button class="button button--secondary button--small">"Try it"</button>
        </form>
        {trial.map(|trial| trial_view(trial, "Without synonyms", "As it is"))}
    };
    panel("Try it", true, None, content.into_any())
}

/// What a query becomes and finds before and after.
pub(super) fn trial_view(trial: &Trial, before: &str, after: &str) -> AnyView {
    let list = |words: &[String]| {
        let words = if words.is_empty() { "nothing else".to_owned() } else { words.join(", ") };
        view! { <td class="wrap-cell">{words}</td> }
    };
    let words = trial.words.iter().map(|tried| {
        let word = tried.word.clone();
        view! { <tr><th scope="row">{word}</th>{list(&tried.before)}{list(&tried.after)}</tr> }.into_any()
    });
    let words = table(
        "What is also looked for",
        "trial-words",
        &[("Word", false), (before, false), (after, false)],
        words.collect(),
    );
    let most = trial.before.first.len().max(trial.after.first.len());
    let hit = |hits: &[(String, String, Language)], place: usize| {
        let link = hits.get(place).cloned().map(|(id, title, language)| {
            let other = (language != Language::default()).then_some(language.as_str());
            view! { <a href=format!("/catalogue/{id}") lang=other>{title}</a> }
        });
        view! { <td class="wrap-cell">{link}</td> }
    };
    let hits = (0..most).map(|place| {
        let (was, is) = (hit(&trial.before.first, place), hit(&trial.after.first, place));
        view! { <tr><th scope="row">{place + 1}</th>{was}{is}</tr> }.into_any()
    });
    let hits =
        table("The first datasets", "trial-hits", &[("Place", false), (before, false), (after, false)], hits.collect());
    let (was, is) = (grouped(trial.before.total), grouped(trial.after.total));
    let pages = if trial.language == Language::Cy { " on Welsh pages" } else { "" };
    let totals = format!("“{}” finds {was} datasets{pages}: {}. {is}: {}.", trial.q, lower(before), lower(after));
    view! { <p role="status">{totals}</p>{words}{hits} }.into_any()
}

/// Words as they stand within a sentence.
fn lower(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

fn queries(data: &Data, visit: &Visit) -> AnyView {
    let note = if data.is_counted {
        format!(
            "Words alone are counted, once a day for each reader whichever server answers, for {KEPT_DAYS} days; what was asked for less than {SHOWN_FROM} times on a day is not shown and is forgotten with it. Within a minute they are here."
        )
    } else {
        "Nothing is counted: SEARCH_QUERIES_COUNTED is false.".to_owned()
    };
    let changes = may_change(visit);
    let content = view! {
        <p class="small muted">{note}</p>
        <h3>"Most asked for"</h3>
        {asked("Most asked for", "asked-most", &data.most, false, changes)}
        <h3>"Nothing found"</h3>
        {asked("Nothing found", "asked-nothing", &data.unanswered, true, changes)}
    };
    panel("What readers search for", true, None, content.into_any())
}

fn asked(title: &str, id: &'static str, found: &[AskedQuery], unanswered: bool, changes: bool) -> AnyView {
    if found.is_empty() {
        return view! { <p class="muted">"Nothing yet."</p> }.into_any();
    }
    let rows = found.iter().map(|one| {
        let times = if unanswered { one.unanswered } else { one.asked };
        let words = one.query.clone();
        let (search, add) = links(&words);
        let add = changes.then(|| {
            view! { <a href=add>"Add a synonym"<span class="visually-hidden">" for "{words.clone()}</span></a> }
        });
        view! {
            <tr>
                <th scope="row" class="wrap-cell"><a href=search>{one.query.clone()}</a></th>
                <td class="num">{grouped(times)}</td>
                <td>{add}</td>
            </tr>
        }
        .into_any()
    });
    table(title, id, &[("Words", false), ("Times", true), ("", false)], rows.collect())
}

/// Where a query is tried, and where a synonym of it is added.
fn links(words: &str) -> (String, String) {
    let words = escaped(words);
    (format!("/admin/search?q={words}"), format!("/admin/search/synonyms/new?words={words}"))
}

fn pins(data: &Data, visit: &Visit) -> AnyView {
    let changes = may_change(visit);
    let list = if data.pins.is_empty() {
        view! { <p class="muted">"Nothing is put first."</p> }.into_any()
    } else {
        let rows = data.pins.iter().map(|sight| pin_row(sight, changes, visit)).collect();
        let headings = [("Query", false), ("Come first", false), ("By", false), ("", false)];
        table("Queries for which datasets come first", "pins-table", &headings, rows)
    };
    let form = Form::of(visit, "search-desk/add-pin");
    let add = changes.then(|| {
        view! {
            <form class="stack" method="post" action=form.action() novalidate=true>
                {form.field("query", "When somebody searches for").value("").hint("These words alone, in this order; accents and capitals make no difference.").input()}
                {form.field("datasets", "These come first").value("").hint(format!("Up to {MAX_PINNED} ids of datasets, one a line.")).textarea()}
                <button class="button">"Put them first"</button>
            </form>
        }
    });
    let content = view! {
        <p class="small muted">"Only public datasets are ever shown. One that is not public yet stands in its place from the moment that it is."</p>
        {list}{add}
    };
    panel("What comes first", true, None, content.into_any())
}

fn pin_row(sight: &PinSight, changes: bool, visit: &Visit) -> AnyView {
    let pin = &sight.pin;
    let datasets: Vec<AnyView> = pin
        .datasets
        .iter()
        .map(|id| {
            let inert = (!sight.shown.contains(id)).then_some(" (not public: shown to nobody)");
            view! { <li><code>{id.clone()}</code>{inert}</li> }.into_any()
        })
        .collect();
    let remove = changes.then(|| {
        Confirmed {
            words: "Remove",
            about: &pin.query,
            note: "Search puts these in the order that it gives them.",
            action: "/rpc/search-desk/remove-pin",
            fields: hidden("id", &pin.id),
        }
        .view()
    });
    view! {
        <tr>
            <th scope="row" class="wrap-cell">{pin.query.clone()}</th>
            <td class="wrap-cell"><ol class="plain">{datasets}</ol></td>
            <td>{pin.changed_by.clone()}", "{moment(pin.changed_at, "")}<span class="table__sub">{history_link(visit, "search_pin", &pin.id, &pin.query)}</span></td>
            <td>{remove}</td>
        </tr>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_asked_for_leads_to_a_trial_and_to_a_rule() {
        let (search, add) = links("house & home");
        assert_eq!(search, "/admin/search?q=house%20%26%20home");
        assert_eq!(add, "/admin/search/synonyms/new?words=house%20%26%20home");
        assert_eq!(lower("As it is"), "as it is");
    }

    #[test]
    fn what_is_tried_is_tried_in_a_language_of_the_site() {
        assert_eq!(["cy", "en", "", "fr"].map(language_of), [Language::Cy, Language::En, Language::En, Language::En]);
        assert_eq!(all_readers()[1], ("cy".to_owned(), "Welsh".to_owned()));
    }
}
