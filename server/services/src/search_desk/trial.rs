//! Trying a query: what it becomes and finds before and after a change that nobody has saved.

use std::collections::HashMap;

use domain::catalogue::SearchQuery;
use domain::refusal::Refusal;
use domain::search_desk::{SynonymEntry, SynonymRule, SynonymSheet, Trial, TriedResult, TriedWord};
use search::{Guidance, SearchIndex, normalised};

use super::{guided_by, list};
use crate::{Ctx, Result, Services, catalogue};

/// How many datasets a trial shows.
const FIRST: u32 = 5;

/// One rule, or none to begin one with, and what `q` becomes with `tried` in its place.
///
/// # Errors
/// `NotFound` where there is no such rule; `Unauthenticated` or `Forbidden` without the right.
pub async fn sheet(
    services: &Services,
    ctx: &Ctx,
    id: Option<&str>,
    tried: Option<SynonymRule>,
    q: &str,
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
    let before = guided_by(&entries, HashMap::new());
    put(&mut entries, id, rule);
    let after = guided_by(&entries, HashMap::new());
    let trial = run(services, q, before, after).await?;
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

/// What `q` becomes and finds without any synonyms, and with those that are on.
pub(super) async fn without_and_with(services: &Services, q: &str, entries: &[SynonymEntry]) -> Result<Option<Trial>> {
    let (before, after) = (guided_by(&[], HashMap::new()), guided_by(entries, HashMap::new()));
    run(services, q, before, after).await
}

async fn run(services: &Services, q: &str, before: Guidance, after: Guidance) -> Result<Option<Trial>> {
    let q = q.trim().to_owned();
    if q.is_empty() {
        return Ok(None);
    }
    let index = services.index.clone();
    let trial = catalogue::run_search(move || {
        let was = found(&index, &q, &before)?;
        let is = found(&index, &q, &after)?;
        let words = before.meanings(&q).into_iter().zip(after.meanings(&q));
        let words = words.map(|((word, before), (_, after))| TriedWord { word, before, after }).collect();
        Ok(Trial { words, before: was, after: is, q })
    });
    Ok(Some(trial.await?))
}

fn found(index: &SearchIndex, q: &str, guidance: &Guidance) -> std::result::Result<TriedResult, search::SearchError> {
    let query = SearchQuery { q: q.to_owned(), limit: FIRST, ..SearchQuery::default() };
    let page = index.search_with(&query, guidance)?;
    let first = page.items.into_iter().map(|hit| (hit.dataset_id, hit.title)).collect();
    Ok(TriedResult { total: page.total_count, first })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_tried_in_its_own_place_or_after_all() {
        let mut entries = Vec::new();
        put(&mut entries, None, SynonymRule::of_lines("", "a\nb"));
        entries[0].id = "one".to_owned();
        entries[0].is_on = false;
        put(&mut entries, Some("one"), SynonymRule::of_lines("a", "c"));
        assert_eq!((entries.len(), entries[0].is_on, entries[0].rule.in_words()), (1, true, "a → c".to_owned()));
        assert_eq!(guided_by(&entries, HashMap::new()).meanings("a"), [("a".to_owned(), vec!["c".to_owned()])]);
    }
}
