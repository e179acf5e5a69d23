//! Searching what is public.

use domain::catalogue::{Offer, OfferKind, SearchPage, SearchQuery, Suggestion, TopicRef};
use domain::language::Language;
use domain::page::Paging;
use domain::policy::Reach;
use domain::release::ReleaseState;
use domain::topic::Topic;
use persistence::datasets::{self, DatasetFilter};
use persistence::releases::{self, ReleaseFilter};

use crate::memory::Upcoming;
use crate::{Result, ServiceError, Services, search_desk};

/// How many topics and how many releases are offered beside the datasets.
const OTHERS: usize = 2;

/// Searches the public catalogue; the index holds published content only.
///
/// Topics that were merged or renamed are asked for by their present ids. Synonyms and pins are those of the search desk.
pub async fn search(services: &Services, query: SearchQuery) -> Result<SearchPage> {
    let taxonomy = services.memory.taxonomy(&services.db).await?;
    let query = with_present_topics(services, query).await?;
    let index = services.index.clone();
    let (language, is_for_everything) = (query.language, query.is_for_everything());
    let guidance = search_desk::guidance(services).await?;
    let mut page = run(move || index.search_with(&query, &guidance)).await?;
    name_topics(&mut page, &taxonomy.topics, language);
    if page.total_count == 0 {
        let tops = taxonomy.topics.iter().filter(|topic| topic.parent_id.is_none()).cloned();
        page.browse = tops.map(|t| TopicRef { id: t.id, title: t.title, title_cy: t.title_cy }).collect();
    }
    if page.total_count == 0 && is_for_everything {
        // An index that is still being filled finds nothing either.
        let all = DatasetFilter::default();
        let public = datasets::count_visible_to(services.db.pool(), &Reach::PublishedOnly, &all).await?;
        page.is_nothing_public = public == 0;
    }
    Ok(page)
}

/// Those of these datasets that a search finds, wherever in its list they stand: what its page would show, without what is guessed.
pub(crate) async fn found_among(services: &Services, query: SearchQuery, datasets: Vec<String>) -> Result<Vec<String>> {
    let query = with_present_topics(services, query).await?;
    let index = services.index.clone();
    let guidance = search_desk::guidance(services).await?;
    run(move || index.found_among(&query, &guidance, &datasets)).await
}

/// The same search by the present ids of topics that were merged or renamed.
pub(crate) async fn with_present_topics(services: &Services, query: SearchQuery) -> Result<SearchQuery> {
    let taxonomy = services.memory.taxonomy(&services.db).await?;
    let now = |id: &String| taxonomy.redirects.get(id).unwrap_or(id).clone();
    Ok(SearchQuery { topics: query.topics.iter().map(now).collect(), ..query })
}

/// Topics are named as they are called now: the index learns of it a moment later, and never of those above.
fn name_topics(page: &mut SearchPage, topics: &[Topic], language: Language) {
    let find = |id: &str| topics.iter().find(|topic| topic.id == id);
    for count in page.facets.get_mut("topics").into_iter().flatten() {
        if let Some(topic) = find(&count.value) {
            count.parent.clone_from(&topic.parent_id);
            count.label = language.pick(&topic.title, topic.title_cy.as_deref()).to_owned();
            count.language = language.of(&topic.title, topic.title_cy.as_deref());
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

/// Datasets, topics and releases to come whose titles begin like what was typed, for the search field of the site.
///
/// Whoever asks is offered what is public: announced releases only, and datasets of the index.
pub async fn offers(services: &Services, prefix: String, language: Language) -> Result<Vec<Offer>> {
    let datasets = suggest(services, prefix.clone(), language).await?;
    let offer =
        |kind: OfferKind, id: &str, title: String, language| Offer { kind, path: kind.path(id), title, language };
    let mut offers: Vec<Offer> =
        datasets.into_iter().map(|one| offer(OfferKind::Dataset, &one.dataset_id, one.title, one.language)).collect();
    let taxonomy = services.memory.taxonomy(&services.db).await?;
    let topics = taxonomy.topics.iter().filter_map(|topic| {
        let title = language.pick(&topic.title, topic.title_cy.as_deref()).to_owned();
        let written = language.of(&topic.title, topic.title_cy.as_deref());
        search::begins_like(&title, &prefix).then(|| offer(OfferKind::Topic, &topic.id, title, written))
    });
    offers.extend(topics.take(OTHERS));
    let upcoming = services.memory.upcoming(&services.db, upcoming(services)).await?;
    let releases = upcoming.iter().filter_map(|release| {
        let title = language.pick(&release.title, release.title_cy.as_deref());
        let written = language.of(&release.title, release.title_cy.as_deref());
        search::begins_like(title, &prefix).then(|| offer(OfferKind::Release, &release.id, title.to_owned(), written))
    });
    offers.extend(releases.take(OTHERS));
    Ok(offers)
}

/// The public releases to come; read once for each revision of the catalogue, as it is asked for with every letter typed.
async fn upcoming(services: &Services) -> Result<Vec<Upcoming>> {
    let filter = ReleaseFilter { states: ReleaseState::UPCOMING.to_vec(), ..ReleaseFilter::default() };
    let found = releases::list_visible_to(services.db.pool(), &Reach::PublishedOnly, &filter, Paging::WHOLE).await?;
    let upcoming = |release: domain::release::Release| {
        let domain::release::Release { id, details, .. } = release;
        Upcoming { id, title: details.title, title_cy: details.title_cy }
    };
    Ok(found.items.into_iter().map(upcoming).collect())
}

/// Does what blocks on the index in a thread of its own.
pub(crate) async fn run<T: Send + 'static>(
    work: impl FnOnce() -> std::result::Result<T, search::SearchError> + Send + 'static,
) -> Result<T> {
    let joined = tokio::task::spawn_blocking(work).await;
    Ok(joined.map_err(|e| ServiceError::Internal(format!("a search thread stopped: {e}")))??)
}
