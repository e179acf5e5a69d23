//! A list of chosen datasets, which is its address: nothing is kept of it, here or in the browser.

use domain::catalogue::{Hit, SearchQuery};
use domain::language::Language;
use domain::refusal::Refusal;
use domain::slug::Slug;
use domain::views::VersionPage;
use leptos::prelude::*;
use leptos_meta::Meta;
use rpc::RpcError;

use super::copying::{copied, copy};
use super::search_query::pairs;
use super::{citation, escaped, which};
use crate::components::written::Written;
use crate::i18n::{date, t, ta, text};
use crate::layout::site::{Frame, Shown, loading};

/// The most datasets of one list.
const MOST: usize = 20;
/// Datasets that are offered to be added.
const OFFERED: u32 = 10;

/// The datasets on the list, and words by which others are looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Asked {
    ids: Vec<String>,
    words: String,
}

/// What is there: each dataset asked for with its newest version, where it is public, and others that could be added.
struct Found {
    listed: Vec<(String, Option<VersionPage>)>,
    offered: Vec<Hit>,
}

/// The list; every dataset on it is in the address.
#[component]
pub fn ListPage() -> impl IntoView {
    let frame = Frame::of_visit(true);
    let asked = read(&frame.path);
    let load = find(frame.lang, asked.clone());
    loading(frame, "", load, move |found, frame| shown(frame, &asked, &found))
}

/// The address of the list that begins with one dataset.
pub(super) fn beginning_with(id: &str) -> String {
    write(&[id])
}

/// Reads the query of an address: each dataset once, in their order, and not more than fit.
fn read(path: &str) -> Asked {
    let pairs = pairs(path);
    let mut asked = Asked::default();
    for (name, value) in pairs {
        match name.as_str() {
            // What is no id names no dataset, and what somebody else wrote into the address is not repeated.
            "dataset" if is_wanted(&asked.ids, &value) => asked.ids.push(value),
            "q" => value.trim().clone_into(&mut asked.words),
            _ => {}
        }
    }
    asked
}

/// Whether a word is the id of a dataset that is not on the list yet, and there is room for it.
fn is_wanted(ids: &[String], word: &str) -> bool {
    let is_new = !ids.iter().any(|id| id == word);
    ids.len() < MOST && is_new && Slug::parse("dataset", word).is_ok()
}

/// The address of a list.
fn write(ids: &[&str]) -> String {
    let parts: Vec<String> = ids.iter().map(|id| format!("dataset={}", escaped(id))).collect();
    if parts.is_empty() { "/list".to_owned() } else { format!("/list?{}", parts.join("&")) }
}

async fn find(language: Language, asked: Asked) -> Result<Found, RpcError> {
    let mut listed = Vec::with_capacity(asked.ids.len());
    for id in asked.ids {
        let page = match rpc::catalogue::newest_version(id.clone()).await {
            Ok(page) => Some(page),
            Err(RpcError::Refused(Refusal::NotFound)) => None,
            Err(error) => return Err(error),
        };
        listed.push((id, page));
    }
    if asked.words.is_empty() {
        return Ok(Found { listed, offered: Vec::new() });
    }
    let query = SearchQuery { q: asked.words, limit: OFFERED, language, ..SearchQuery::default() };
    let offered = rpc::catalogue::search(query, true).await?.items;
    Ok(Found { listed, offered })
}

fn shown(frame: &Frame, asked: &Asked, found: &Found) -> Shown {
    let lang = frame.lang;
    let ids: Vec<&str> = asked.ids.iter().map(String::as_str).collect();
    let there: Vec<(&str, &VersionPage)> =
        found.listed.iter().filter_map(|(id, page)| Some((id.as_str(), page.as_ref()?))).collect();
    let title = t(lang, "list-title");
    let content = view! {
        <Meta name="robots" content="noindex"/>
        <header class="page-title"><h1>{title.clone()}</h1><p class="lead">{t(lang, "list-lead")}</p></header>
        {missing(frame, found)}
        {datasets(frame, &ids, &there)}
        {add(frame, asked, &ids, &found.offered)}
        {along(frame, &ids, &there)}
    };
    Shown { title, description: t(lang, "list-lead"), content: content.into_any() }
}

/// Which of them are not public, whether they will be or never were.
fn missing(frame: &Frame, found: &Found) -> Option<AnyView> {
    let missing: Vec<&str> =
        found.listed.iter().filter(|(_, page)| page.is_none()).map(|(id, _)| id.as_str()).collect();
    let words = ta(frame.lang, "list-missing", &[("names", text(missing.join(", ")))]);
    let label = t(frame.lang, "alert");
    (!missing.is_empty())
        .then(|| view! { <aside class="banner banner--information" aria-label=label><p>{words}</p></aside> }.into_any())
}

fn datasets(frame: &Frame, ids: &[&str], there: &[(&str, &VersionPage)]) -> AnyView {
    let lang = frame.lang;
    if there.is_empty() {
        return view! {
            <div class="empty-state section"><h2>{t(lang, "list-empty")}</h2><p>{t(lang, "list-empty-text")}</p></div>
        }
        .into_any();
    }
    let rows: Vec<AnyView> = there.iter().map(|(id, page)| row(frame, ids, id, page)).collect();
    view! {
        <section class="section" aria-labelledby="listed">
            <div class="section__head"><h2 id="listed">{t(lang, "list-here")}</h2></div>
            <ul class="ledger">{rows}</ul>
        </section>
    }
    .into_any()
}

fn row(frame: &Frame, ids: &[&str], id: &str, page: &VersionPage) -> AnyView {
    let lang = frame.lang;
    let title = titled(lang, page);
    let about = Written { text: format!(": {}", title.text), lang: title.lang };
    let when = page.version.metadata.release_date;
    let when = when.map(|at| view! { <time datetime=at.to_rfc3339()>{date(lang, at)}</time> });
    let others: Vec<&str> = ids.iter().copied().filter(|other| *other != id).collect();
    let href = frame.href(&format!("/catalogue/{}", escaped(id)));
    let zip = archive(page).map(|zip| {
        view! { <li><a href=zip download="">"ZIP"<span class="visually-hidden" lang=about.lang>{about.text.clone()}</span></a></li> }
    });
    view! {
        <li class="ledger__row">
            <span class="ledger__when">{when}</span>
            <span class="ledger__what">
                <a href=href lang=title.lang>{title.text}</a><span class="ledger__sub">{which(frame, page)}</span>
            </span>
            <div class="ledger__end">
                <ul class="plain cluster">
                    {zip}
                    <li><a href=frame.href(&write(&others))>{t(lang, "list-take-off")}<span class="visually-hidden" lang=about.lang>{about.text.clone()}</span></a></li>
                </ul>
            </div>
        </li>
    }
    .into_any()
}

fn titled(lang: Language, page: &VersionPage) -> Written {
    let metadata = page.dataset.shown();
    Written::of(lang, &metadata.title, metadata.title_cy.as_deref())
}

/// Where all files of a version are in one archive, if it has any.
fn archive(page: &VersionPage) -> Option<String> {
    if page.files.is_empty() {
        return None;
    }
    let version = &page.version;
    let (id, edition, number) = (&version.dataset_id, &version.edition, version.version);
    Some(format!("/v1/datasets/{id}/editions/{edition}/versions/{number}/files.zip"))
}

/// The form that looks for datasets, and those that it found.
fn add(frame: &Frame, asked: &Asked, ids: &[&str], offered: &[Hit]) -> AnyView {
    let lang = frame.lang;
    let body = if ids.len() >= MOST {
        view! { <p>{t(lang, "list-full")}</p> }.into_any()
    } else {
        let kept: Vec<_> =
            asked.ids.iter().map(|id| view! { <input type="hidden" name="dataset" value=id.clone()/> }).collect();
        let others: Vec<AnyView> = offered
            .iter()
            .filter(|hit| !ids.contains(&hit.dataset_id.as_str()))
            .map(|hit| offer(frame, ids, hit))
            .collect();
        let found = match (others.is_empty(), asked.words.is_empty()) {
            (false, _) => Some(view! { <ul class="ledger">{others}</ul> }.into_any()),
            (true, false) => {
                let words = ta(lang, "search-empty", &[("q", text(asked.words.as_str()))]);
                Some(view! { <p class="muted" role="status">{words}</p> }.into_any())
            }
            (true, true) => None,
        };
        view! {
            <form class="calendar-filters" action=frame.href("/list") method="get" aria-label=t(lang, "list-add")>
                {kept}
                <div class="field">
                    <label class="field__label" for="list-words">{t(lang, "search-label")}</label>
                    <input id="list-words" name="q" type="search" value=asked.words.clone()/>
                </div>
                <button class="button button--secondary">{t(lang, "search-button")}</button>
            </form>
            {found}
        }
        .into_any()
    };
    view! {
        <section class="section" aria-labelledby="add">
            <div class="section__head"><h2 id="add">{t(lang, "list-add")}</h2></div>
            {body}
        </section>
    }
    .into_any()
}

/// A dataset that was found, with the way to the list that holds it, too.
fn offer(frame: &Frame, ids: &[&str], hit: &Hit) -> AnyView {
    let lang = frame.lang;
    let title = Written::told(lang, hit.title.as_str(), hit.title_language);
    let about = Written { text: format!(": {}", title.text), lang: title.lang };
    let href = frame.href(&format!("/catalogue/{}", escaped(&hit.dataset_id)));
    let with: Vec<&str> = ids.iter().copied().chain([hit.dataset_id.as_str()]).collect();
    view! {
        <li class="ledger__row ledger__row--plain">
            <span class="ledger__what"><a href=href lang=title.lang>{title.text}</a></span>
            <span class="ledger__end">
                <a href=frame.href(&write(&with))>{t(lang, "list-add-this")}<span class="visually-hidden" lang=about.lang>{about.text}</span></a>
            </span>
        </li>
    }
    .into_any()
}

/// The list to send on, to cite and to fetch; nothing where nothing is on it.
fn along(frame: &Frame, ids: &[&str], there: &[(&str, &VersionPage)]) -> Option<AnyView> {
    if there.is_empty() {
        return None;
    }
    let lang = frame.lang;
    let address = frame.absolute(&frame.public_href(&write(ids)));
    let cited = there.iter().map(|(_, page)| {
        let own = frame.absolute(&page.version.page_path());
        // What is copied has a line for each.
        view! { <li>{citation(frame, page, titled(lang, page), &own)}</li>"\n" }.into_any()
    });
    let cited: Vec<AnyView> = cited.collect();
    let fetched: String = there
        .iter()
        .filter_map(|(id, page)| Some(format!("curl -fL -o {id}.zip '{}'\n", frame.absolute(&archive(page)?))))
        .collect();
    Some(
        view! {
            <section class="section" aria-labelledby="along">
                <div class="section__head"><h2 id="along">{t(lang, "list-along")}</h2></div>
                <div class="stack measure">
                    <h3>{t(lang, "list-address")}</h3>
                    <p class="long" id="list-address">{address}</p>
                    {copy(lang, "list-address", &t(lang, "list-address"))}
                    <h3>{t(lang, "list-cite")}</h3>
                    <ul class="long" id="list-cite">{cited}</ul>
                    {copy(lang, "list-cite", &t(lang, "list-cite"))}
                    <details class="details">
                        <summary>{t(lang, "list-curl")}</summary>
                        {copy(lang, "list-curl", &t(lang, "list-curl"))}
                        <pre tabindex="0" id="list-curl"><code>{fetched}</code></pre>
                    </details>
                    {copied(lang)}
                </div>
            </section>
        }
        .into_any(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_written_as_it_is_read() {
        let asked = read("/list?dataset=gdp&dataset=&dataset=A%20b&dataset=cpi&dataset=gdp&x=1&q=+prices%20");
        assert_eq!(asked, Asked { ids: vec!["gdp".into(), "cpi".into()], words: "prices".into() });
        assert_eq!(write(&["gdp", "a b"]), "/list?dataset=gdp&dataset=a%20b");
        assert_eq!((write(&[]), beginning_with("cpi")), ("/list".to_owned(), "/list?dataset=cpi".to_owned()));
        let many: String = (0..30).map(|at| format!("&dataset=d{at}")).collect();
        assert_eq!(read(&format!("/list?{many}")).ids.len(), MOST);
    }
}
