//! What somebody may have meant whose address of a dataset is nothing.

use domain::catalogue::{Hit, Offer, OfferKind, SearchQuery};
use leptos::prelude::*;

use super::site::Frame;
use crate::components::written::Written;
use crate::i18n::t;

/// The most datasets that are offered.
const MOST: usize = 5;

/// Published datasets that are called like the one in the page's address, by path and title; none for other addresses.
///
/// Nothing but what is published is looked through, so that what is hidden and what never was are the same.
pub async fn nearest(frame: &Frame) -> Vec<(String, Written)> {
    let words = words_of(&frame.path);
    if words.is_empty() {
        return Vec::new();
    }
    let offers = rpc::catalogue::suggest(words.clone(), frame.lang).await.unwrap_or_default();
    let datasets = offers.into_iter().filter(|offer| offer.kind == OfferKind::Dataset);
    let named = |offer: Offer| (offer.path, Written::told(frame.lang, offer.title, offer.language));
    let begun: Vec<(String, Written)> = datasets.map(named).take(MOST).collect();
    if begun.is_empty() { found(frame, words).await } else { begun }
}

/// What a search for the words finds, or for those that it says were meant.
async fn found(frame: &Frame, words: String) -> Vec<(String, Written)> {
    let mut asked = Some(words);
    // Another spelling is tried once.
    for _ in 0..2 {
        let Some(q) = asked.take() else { break };
        let limit = u32::try_from(MOST).unwrap_or_default();
        let query = SearchQuery { q, limit, language: frame.lang, ..SearchQuery::default() };
        let Ok(page) = rpc::catalogue::search(query, false).await else { break };
        if !page.items.is_empty() {
            let hits = page.items.into_iter();
            let named = |hit: Hit| {
                let title = Written::told(frame.lang, hit.title, hit.title_language);
                (OfferKind::Dataset.path(&hit.dataset_id), title)
            };
            return hits.map(named).collect();
        }
        asked = page.suggestion.or(page.broader);
    }
    Vec::new()
}

/// The id of a dataset in an address as words.
fn words_of(path: &str) -> String {
    let bare = path.split('?').next().unwrap_or("");
    let id = bare.strip_prefix("/catalogue/").and_then(|rest| rest.split('/').next()).unwrap_or("");
    let plain = |c: char| if c.is_alphanumeric() { c } else { ' ' };
    id.chars().take(domain::slug::MAX_SLUG).map(plain).collect::<String>().trim().to_owned()
}

/// The list of what may have been meant; nothing where there is none.
pub fn offered(frame: &Frame, nearest: Vec<(String, Written)>) -> Option<AnyView> {
    let link = |(path, title): (String, Written)| {
        view! { <li><a href=frame.href(&path) lang=title.lang>{title.text}</a></li> }
    };
    let items: Vec<_> = nearest.into_iter().map(link).collect();
    (!items.is_empty()).then(|| view! { <h2>{t(frame.lang, "not-found-nearest")}</h2><ul>{items}</ul> }.into_any())
}

#[cfg(test)]
mod tests {
    use super::words_of;

    #[test]
    fn only_the_id_of_a_dataset_is_looked_for() {
        assert_eq!(words_of("/catalogue/gdp-monthly/editions/2026?x=1"), "gdp monthly");
        assert_eq!(words_of("/catalogue/%22gdp%22"), "22gdp 22");
        assert_eq!(
            (words_of("/catalogue"), words_of("/releases/gdp"), words_of("/catalogue/--")),
            ("".into(), "".into(), "".into())
        );
    }
}
