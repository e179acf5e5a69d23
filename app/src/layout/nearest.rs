//! What somebody may have meant whose address of a dataset is nothing.

use domain::catalogue::{OfferKind, SearchQuery};
use leptos::prelude::*;

use super::site::Frame;
use crate::i18n::t;

/// The most datasets that are offered.
const MOST: usize = 5;

/// Published datasets that are called like the one in the page's address, by path and title; none for other addresses.
///
/// Nothing but what is published is looked through, so that what is hidden and what never was are the same.
pub async fn nearest(frame: &Frame) -> Vec<(String, String)> {
    let words = words_of(&frame.path);
    if words.is_empty() {
        return Vec::new();
    }
    let offers = rpc::catalogue::suggest(words.clone(), frame.lang).await.unwrap_or_default();
    let datasets = offers.into_iter().filter(|offer| offer.kind == OfferKind::Dataset);
    let begun: Vec<(String, String)> = datasets.map(|offer| (offer.path, offer.title)).take(MOST).collect();
    if begun.is_empty() { found(frame, words).await } else { begun }
}

/// What a search for the words finds, or for those that it says were meant.
async fn found(frame: &Frame, words: String) -> Vec<(String, String)> {
    let mut asked = Some(words);
    // Another spelling is tried once.
    for _ in 0..2 {
        let Some(q) = asked.take() else { break };
        let limit = u32::try_from(MOST).unwrap_or_default();
        let query = SearchQuery { q, limit, language: frame.lang, ..SearchQuery::default() };
        let Ok(page) = rpc::catalogue::search(query, false).await else { break };
        if !page.items.is_empty() {
            let hits = page.items.into_iter();
            return hits.map(|hit| (OfferKind::Dataset.path(&hit.dataset_id), hit.title)).collect();
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
pub fn offered(frame: &Frame, nearest: Vec<(String, String)>) -> Option<AnyView> {
    let link = |(path, title): (String, String)| view! { <li><a href=frame.href(&path)>{title}</a></li> };
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
