//! Trying a query: what it becomes and finds before and after a change that nobody has saved.

use domain::catalogue::SearchQuery;
use domain::language::Language;
use domain::refusal::Refusal;
use domain::search_desk::{Pin, SynonymEntry, SynonymRule, SynonymSheet, Trial, TriedResult, TriedWord};
use search::{Guidance, SearchIndex, normalised};

use super::{guided_by, list};
use crate::{Ctx, Result, Services, catalogue};

/// How many datasets a trial shows.
const FIRST: u32 = 5;

/// One rule, or none to begin one with, and what `q` becomes for readers of a language with `tried` in its place.
///
/// # Errors
/// `NotFound` where there is no such rule; `Unauthenticated` or `Forbidden` without the right.
pub async fn sheet(
    services: &Services,
    ctx: &Ctx,
    id: Option<&str>,
    tried: Option<SynonymRule>,
    q: &str,
    language: Language,
) -> Result<SynonymSheet> {
    let mut entries = list(services, ctx).await?;
    let entry = match id {
        Some(id) => Some(entries.iter().find(|entry| entry.id == id).cloned().ok_or(Refusal::NotFound)?),
        None => None,
    };
    let problems = tried.as_ref().map(|rule| rule.problems(normalised)).unwrap_or_default();
    let Some(rule) = tried.filter(|_| problems.is_empty()) else {
        return Ok(SynonymSheet { entry, trial: None, problems });
    };
    let pins = persistence::search_desk::pins(services.db.pool()).await?;
    let before = guided_by(&entries, &pins);
    put(&mut entries, id, rule);
    let trial = run(services, q, language, before, guided_by(&entries, &pins)).await?;
    Ok(SynonymSheet { entry, trial, problems })
}

/// Puts a rule in the place of the one with this id, or after all.
fn put(entries: &mut Vec<SynonymEntry>, id: Option<&str>, rule: SynonymRule) {
    match entries.iter_mut().find(|entry| id == Some(entry.id.as_str())) {
        Some(entry) => (entry.rule, entry.is_on) = (rule, true),
        None => entries.push(SynonymEntry {
            id: String::new(),
            rule,
            is_on: true,
            built_in: None,
            changed: None,
            revision: 0,
        }),
    }
}

/// What `q` becomes and finds without any synonyms, and with those that are on; what is put first is so in both.
pub(super) async fn without_and_with(
    services: &Services,
    q: &str,
    language: Language,
    entries: &[SynonymEntry],
    pins: &[Pin],
) -> Result<Option<Trial>> {
    run(services, q, language, guided_by(&[], pins), guided_by(entries, pins)).await
}

async fn run(
    services: &Services,
    q: &str,
    language: Language,
    before: Guidance,
    after: Guidance,
) -> Result<Option<Trial>> {
    let q = q.trim().to_owned();
    if q.is_empty() {
        return Ok(None);
    }
    let index = services.index.clone();
    let trial = catalogue::run_search(move || {
        let query = SearchQuery { q, language, limit: FIRST, ..SearchQuery::default() };
        let was = found(&index, &query, &before)?;
        let is = found(&index, &query, &after)?;
        let q = query.q;
        let words = before.meanings(&q).into_iter().zip(after.meanings(&q));
        let words = words.map(|((word, before), (_, after))| TriedWord { word, before, after }).collect();
        Ok(Trial { words, before: was, after: is, q, language })
    });
    Ok(Some(trial.await?))
}

fn found(
    index: &SearchIndex,
    query: &SearchQuery,
    guidance: &Guidance,
) -> std::result::Result<TriedResult, search::SearchError> {
    let page = index.search_with(query, guidance)?;
    let first = page.items.into_iter().map(|hit| (hit.dataset_id, hit.title, hit.title_language)).collect();
    Ok(TriedResult { total: page.total_count, first })
}

#[cfg(test)]
mod tests {
    use domain::catalogue::SearchDocument;
    use serde_json::json;

    use super::*;

    fn document(id: &str, title: &str) -> SearchDocument {
        let document = json!({
            "dataset_id": id, "title": title, "title_cy": format!("{title} yn Gymraeg"), "description": "", "keywords": [],
            "topics": [], "topic_ancestors": [], "department": {"id": "weather", "title": "Weather"}, "publisher": "Office",
            "formats": [], "release_date": "2026-01-01T00:00:00Z", "editions": [],
        });
        serde_json::from_value(document).unwrap()
    }

    #[test]
    fn what_comes_first_and_the_language_of_readers_hold_in_a_trial() {
        let index = SearchIndex::in_memory().unwrap();
        index.apply(1, &[document("rain", "Rain"), document("snow", "Snow")], &[]).unwrap();
        let pin = Pin {
            id: "1".to_owned(),
            query: "rain".to_owned(),
            datasets: vec!["snow".to_owned()],
            changed_by: "Ann".to_owned(),
            changed_at: chrono::DateTime::UNIX_EPOCH,
        };
        let titles = |language, pins: &[Pin]| -> Vec<String> {
            let query = SearchQuery { q: "rain".to_owned(), language, ..SearchQuery::default() };
            let tried = found(&index, &query, &guided_by(&[], pins)).unwrap();
            assert!(tried.first.iter().all(|(.., of_title)| *of_title == language));
            tried.first.into_iter().map(|(_, title, _)| title).collect()
        };
        assert_eq!(titles(Language::En, &[]), ["Rain"]);
        assert_eq!(titles(Language::Cy, &[pin]), ["Snow yn Gymraeg", "Rain yn Gymraeg"]);
    }

    #[test]
    fn a_rule_is_tried_in_its_own_place_or_after_all() {
        let mut entries = Vec::new();
        put(&mut entries, None, SynonymRule::of_lines("", "a\nb"));
        entries[0].id = "one".to_owned();
        entries[0].is_on = false;
        put(&mut entries, Some("one"), SynonymRule::of_lines("a", "c"));
        assert_eq!((entries.len(), entries[0].is_on, entries[0].rule.in_words()), (1, true, "a → c".to_owned()));
        assert_eq!(guided_by(&entries, &[]).meanings("a"), [("a".to_owned(), vec!["c".to_owned()])]);
    }
}
