//! The names of what one can subscribe to.

use std::collections::BTreeMap;

use domain::catalogue::{FILTERS, FacetCount, SearchQuery};
use domain::language::Language;
use domain::policy::Reach;
use domain::refusal::Refusal;
use domain::slug::Slug;
use domain::subscription::{Narrowing, SubscribePage, Target, TargetView};
use persistence::{datasets, topics};

use crate::topics::Found;
use crate::{Result, Services, catalogue};

/// What the page to subscribe shows; a dataset that is not public is as unknown as one that never was.
pub async fn subscribe_page(
    services: &Services,
    dataset: Option<&str>,
    topic: Option<&str>,
    search: Option<&str>,
) -> Result<SubscribePage> {
    let target = public_target(services, dataset, topic, search).await?;
    let about = name(services, &target).await?;
    Ok(SubscribePage { about, by_mail: services.accounts.mailer.is_some() })
}

/// What is public under these ids, whoever asks; without any, everything. A topic that has another address now is that topic.
pub(super) async fn public_target(
    services: &Services,
    dataset: Option<&str>,
    topic: Option<&str>,
    search: Option<&str>,
) -> Result<Target> {
    let db = services.db.pool();
    // What is no slug names nothing, and is not asked of the database.
    let is_slug = |id: &str| Slug::parse("id", id).is_ok();
    match (dataset, topic) {
        (None, None) => match search {
            Some(query) => Ok(Target::of_search(query).ok_or(Refusal::NotFound)?),
            None => Ok(Target::Everything),
        },
        (Some(id), _) if is_slug(id) => {
            let found = datasets::find_visible_to(db, &Reach::PublishedOnly, id).await?.ok_or(Refusal::NotFound)?;
            Ok(Target::Dataset(found.id))
        }
        (None, Some(id)) if is_slug(id) => Ok(match crate::topics::find(services, id).await? {
            Found::Here(topic) => Target::Topic(topic.id),
            Found::Moved(now) => Target::Topic(now),
        }),
        _ => Err(Refusal::NotFound.into()),
    }
}

/// A target with its public names; empty ones where there is no such thing in public.
pub async fn name(services: &Services, target: &Target) -> Result<TargetView> {
    let db = services.db.pool();
    let mut narrowed = Vec::new();
    let names = match target {
        Target::Dataset(id) => datasets::find_visible_to(db, &Reach::PublishedOnly, id).await?.map(|dataset| {
            let shown = dataset.shown();
            (shown.title, shown.title_cy)
        }),
        Target::Topic(id) => {
            let found = topics::list(db).await?.into_iter().find(|topic| topic.id == *id);
            found.map(|topic| (topic.title, topic.title_cy))
        }
        Target::Search(query) => {
            let query = SearchQuery::of_address(query);
            narrowed = self::narrowed(services, &query).await?;
            Some((query.q, None))
        }
        Target::Everything => None,
    };
    let (title, title_cy) = names.unwrap_or_default();
    Ok(TargetView { target: target.clone(), title, title_cy, narrowed })
}

/// The values chosen in the filters of a search, with their names in both languages; what nothing public has keeps its own.
async fn narrowed(services: &Services, query: &SearchQuery) -> Result<Vec<Narrowing>> {
    let query = catalogue::with_present_topics(services, query.clone()).await?;
    // What is chosen is counted and named whatever the words find.
    let asked = |language| SearchQuery { q: String::new(), limit: 0, language, ..query.clone() };
    let english = catalogue::search(services, asked(Language::En)).await?.facets;
    let welsh = catalogue::search(services, asked(Language::Cy)).await?.facets;
    let find = |facets: &BTreeMap<String, Vec<FacetCount>>, filter: &str, value: &str| {
        facets.get(filter)?.iter().find(|count| count.value.eq_ignore_ascii_case(value)).cloned()
    };
    let mut narrowed = Vec::new();
    for filter in FILTERS {
        for value in query.chosen(filter) {
            let in_welsh = find(&welsh, filter, &value).filter(|count| count.language == Language::Cy);
            narrowed.push(Narrowing {
                filter: filter.to_owned(),
                label: find(&english, filter, &value).map_or_else(|| value.clone(), |count| count.label),
                label_cy: in_welsh.map(|count| count.label),
                value,
            });
        }
    }
    Ok(narrowed)
}
