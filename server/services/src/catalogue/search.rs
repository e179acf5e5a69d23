//! Searching what is public.

use domain::catalogue::{SearchPage, SearchQuery, Suggestion, TopicRef};
use domain::language::Language;
use domain::topic::Topic;

use crate::{Result, ServiceError, Services};

/// Searches the public catalogue; the index holds published content only.
///
/// Topics that were merged or renamed are asked for by their present ids.
pub async fn search(services: &Services, query: SearchQuery) -> Result<SearchPage> {
    let asked = persistence::topic_redirects::follow(services.db.pool(), &query.topics).await?;
    let query = SearchQuery { topics: asked, ..query };
    let index = services.index.clone();
    let language = query.language;
    let mut page = run(move || index.search(&query)).await?;
    let topics = persistence::topics::list(services.db.pool()).await?;
    name_topics(&mut page, &topics, language);
    if page.total_count == 0 {
        let tops = topics.into_iter().filter(|topic| topic.parent_id.is_none());
        page.browse = tops.map(|t| TopicRef { id: t.id, title: t.title, title_cy: t.title_cy }).collect();
    }
    Ok(page)
}

/// Topics are named as they are called now: the index learns of it a moment later, and never of those above.
fn name_topics(page: &mut SearchPage, topics: &[Topic], language: Language) {
    let find = |id: &str| topics.iter().find(|topic| topic.id == id);
    for count in page.facets.get_mut("topics").into_iter().flatten() {
        if let Some(topic) = find(&count.value) {
            count.parent.clone_from(&topic.parent_id);
            count.label = language.pick(&topic.title, topic.title_cy.as_deref()).to_owned();
        }
    }
    for carried in page.items.iter_mut().flat_map(|hit| &mut hit.topics) {
        if let Some(topic) = find(&carried.id) {
            carried.title.clone_from(&topic.title);
            carried.title_cy.clone_from(&topic.title_cy);
        }
    }
}

/// Titles that begin like what was typed.
pub async fn suggest(services: &Services, prefix: String, language: Language) -> Result<Vec<Suggestion>> {
    let index = services.index.clone();
    run(move || index.suggest(&prefix, 8, language)).await
}

async fn run<T: Send + 'static>(
    work: impl FnOnce() -> std::result::Result<T, search::SearchError> + Send + 'static,
) -> Result<T> {
    let joined = tokio::task::spawn_blocking(work).await;
    Ok(joined.map_err(|e| ServiceError::Internal(format!("a search thread stopped: {e}")))??)
}
