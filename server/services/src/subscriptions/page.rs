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
    let labels = Labels::of(services, std::slice::from_ref(target)).await?;
    view(services, target, &labels).await
}

/// The same of many targets.
pub(super) async fn names(services: &Services, targets: &[Target]) -> Result<Vec<TargetView>> {
    let labels = Labels::of(services, targets).await?;
    let mut views = Vec::new();
    for target in targets {
        views.push(view(services, target, &labels).await?);
    }
    Ok(views)
}

/// The same for the letter that asks to confirm, which says no words of a search.
pub(super) async fn name_to_confirm(services: &Services, target: &Target) -> Result<TargetView> {
    if matches!(target, Target::Search(_)) {
        return Ok(TargetView { target: target.clone(), title: String::new(), title_cy: None, narrowed: Vec::new() });
    }
    name(services, target).await
}

async fn view(services: &Services, target: &Target, labels: &Labels) -> Result<TargetView> {
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
            let query = catalogue::with_present_topics(services, SearchQuery::of_address(query)).await?;
            narrowed = labels.narrowed(&query);
            Some((query.q, None))
        }
        Target::Everything => None,
    };
    let (title, title_cy) = names.unwrap_or_default();
    Ok(TargetView { target: target.clone(), title, title_cy, narrowed })
}

/// What the values chosen in the filters of some searches are called.
#[derive(Default)]
struct Labels {
    english: BTreeMap<String, Vec<FacetCount>>,
    welsh: BTreeMap<String, Vec<FacetCount>>,
}

impl Labels {
    /// Asks once for all of the searches among these targets, and not at all where no filter is chosen.
    async fn of(services: &Services, targets: &[Target]) -> Result<Self> {
        let mut chosen = SearchQuery { limit: 0, ..SearchQuery::default() };
        for target in targets {
            // What is chosen is counted and named whatever the words find.
            if let Target::Search(query) = target {
                chosen.choose_also(SearchQuery::of_address(query));
            }
        }
        if FILTERS.iter().all(|filter| chosen.chosen(filter).is_empty()) {
            return Ok(Self::default());
        }
        let asked = |language| SearchQuery { language, ..chosen.clone() };
        Ok(Self {
            english: catalogue::search(services, asked(Language::En)).await?.facets,
            welsh: catalogue::search(services, asked(Language::Cy)).await?.facets,
        })
    }

    /// The values chosen in the filters of a search, with their names in both languages; what nothing public has keeps its own.
    fn narrowed(&self, query: &SearchQuery) -> Vec<Narrowing> {
        let find = |facets: &BTreeMap<String, Vec<FacetCount>>, filter: &str, value: &str| {
            facets.get(filter)?.iter().find(|count| count.value.eq_ignore_ascii_case(value)).cloned()
        };
        let mut narrowed = Vec::new();
        for filter in FILTERS {
            for value in query.chosen(filter) {
                let in_welsh = find(&self.welsh, filter, &value).filter(|count| count.language == Language::Cy);
                narrowed.push(Narrowing {
                    filter: filter.to_owned(),
                    label: find(&self.english, filter, &value).map_or_else(|| value.clone(), |count| count.label),
                    label_cy: in_welsh.map(|count| count.label),
                    value,
                });
            }
        }
        narrowed
    }
}
