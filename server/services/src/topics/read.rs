//! Reading the taxonomy; all of it is public.

use domain::catalogue::{SearchPage, SearchQuery};
use domain::curation::{FiledTopics, TopicWeight};
use domain::dataset::NextRelease;
use domain::file::FileSight;
use domain::page::{Page, Paging};
use domain::policy::Reach;
use domain::refusal::Refusal;
use domain::topic::{Topic, in_tree_order, with_descendants};
use domain::views::{DatasetSummary, TopicPage};
use persistence::datasets::DatasetFilter;
use persistence::{dataset_topics, topic_redirects, topics};

use crate::memory::Taxonomy;
use crate::{Ctx, Result, ServiceError, Services, catalogue, datasets, uses};

/// The datasets of a topic of which is told what comes next.
const EXPECTED: usize = 5;
/// The datasets of a topic of which is told that they are used most.
const MOST_USED: u64 = 5;
/// The newest datasets with a drawing among which figures are looked for, and how many figures are shown.
const FIGURES: (usize, usize) = (5, 3);

/// What an id stands for.
#[derive(Clone, Debug)]
pub enum Found {
    /// A topic.
    Here(Topic),
    /// A topic that has another address now.
    Moved(String),
}

/// All topics, each followed by those below it.
pub async fn list(services: &Services) -> Result<Vec<Topic>> {
    Ok(in_tree_order(&topics::list(services.db.pool()).await?))
}

/// All topics, each followed by those below it, with how many datasets carry each; who asks has been looked at.
pub async fn filed(services: &Services) -> Result<FiledTopics> {
    let datasets = dataset_topics::counts(services.db.pool()).await?.into_iter().collect();
    Ok(FiledTopics { topics: list(services).await?, datasets })
}

/// The topic that is asked for with all below it, by their present ids; empty where none is asked for.
pub(crate) fn under(taxonomy: &Taxonomy, asked: Option<&String>) -> Vec<String> {
    let Some(asked) = asked.map(|id| taxonomy.redirects.get(id).unwrap_or(id)) else { return Vec::new() };
    match with_descendants(&taxonomy.topics, asked) {
        // Asked for by its name, it finds nothing; left out, it would find everything.
        none if none.is_empty() => vec![asked.clone()],
        found => found,
    }
}

/// What a merge of a topic would give to another.
pub async fn weight(services: &Services, all: &[Topic], id: &str) -> Result<TopicWeight> {
    let (db, wanted) = (services.db.pool(), [id.to_owned()]);
    let below = all.iter().filter(|topic| topic.parent_id.as_deref() == Some(id)).map(|topic| topic.title.clone());
    Ok(TopicWeight {
        datasets: dataset_topics::carrying(db, &wanted).await?.len(),
        public: dataset_topics::publicly_carrying(db, &wanted).await?.len(),
        below: below.collect(),
        addresses: topic_redirects::leading_to(db, id).await?,
    })
}

/// The topic, or where its address leads now.
pub async fn find(services: &Services, id: &str) -> Result<Found> {
    let db = services.db.pool();
    if let Some(topic) = topics::list(db).await?.into_iter().find(|topic| topic.id == id) {
        return Ok(Found::Here(topic));
    }
    Ok(Found::Moved(topic_redirects::find(db, id).await?.ok_or(Refusal::NotFound)?))
}

/// The datasets of a topic and of all below it that the caller sees: by title or by their last change, or the other way round.
pub async fn content(
    services: &Services,
    ctx: &Ctx,
    id: &str,
    (by_title, reversed): (bool, bool),
    paging: Paging,
) -> Result<Page<DatasetSummary>> {
    let under = with_descendants(&topics::list(services.db.pool()).await?, id);
    if under.is_empty() {
        return Err(Refusal::NotFound.into());
    }
    let filter = DatasetFilter { topics: under, by_title, reversed, ..DatasetFilter::default() };
    datasets::list(services, ctx, &filter, paging).await
}

/// The public page of a topic, or where its address leads now.
pub async fn page(services: &Services, ctx: &Ctx, id: &str, query: SearchQuery) -> Result<TopicPage> {
    match find(services, id).await? {
        Found::Moved(id) => Ok(TopicPage::Moved { id }),
        Found::Here(topic) => {
            let is_first = query.offset == 0;
            let query = SearchQuery { topics: vec![topic.id.clone()], ..query };
            let found: SearchPage = catalogue::search(services, query).await?;
            let ids: Vec<&str> = found.items.iter().map(|hit| hit.dataset_id.as_str()).collect();
            let (db, reach) = (services.db.pool(), Reach::PublishedOnly);
            let listed = persistence::datasets::list_of_visible_to(db, &reach, &ids).await?;
            let figures = if is_first { figures(services, &found, &listed).await? } else { Vec::new() };
            let expected = expected(ctx, listed);
            let topics = list(services).await?;
            let most_used = if is_first { most_used(services, ctx, &topics, &topic.id).await? } else { Vec::new() };
            Ok(TopicPage::Here { topic, topics, found, figures, expected, most_used })
        }
    }
}

/// The public datasets of a topic and of all below it whose data readers took most often lately, the most first.
async fn most_used(services: &Services, ctx: &Ctx, topics: &[Topic], id: &str) -> Result<Vec<DatasetSummary>> {
    let read = async {
        let most = uses::most(services, ctx, &with_descendants(topics, id), MOST_USED).await?;
        let ids: Vec<&str> = most.iter().map(String::as_str).collect();
        let reach = Reach::PublishedOnly;
        let listed = persistence::datasets::list_of_visible_to(services.db.pool(), &reach, &ids).await?;
        Ok::<_, ServiceError>(listed)
    };
    let until = uses::told(ctx.now).end;
    let found = services.memory.most_used(&services.db, until, id, read).await?;
    Ok(found.as_ref().clone())
}

/// The newest figures among the datasets found, in their order.
async fn figures(
    services: &Services,
    found: &SearchPage,
    listed: &[DatasetSummary],
) -> Result<Vec<(DatasetSummary, FileSight)>> {
    let is_drawn = |one: &&DatasetSummary| found.items.iter().any(|hit| hit.has_chart && hit.dataset_id == one.id);
    let (looked_at, wanted) = FIGURES;
    let mut figures = Vec::with_capacity(wanted);
    for summary in listed.iter().filter(is_drawn).take(looked_at) {
        if figures.len() == wanted {
            break;
        }
        if let Some(sight) = catalogue::newest_chart(services, summary).await? {
            figures.push((summary.clone(), sight));
        }
    }
    Ok(figures)
}

/// Those of the datasets found of which the public knows the day of what comes next, from today on, the soonest first.
fn expected(ctx: &Ctx, listed: Vec<DatasetSummary>) -> Vec<DatasetSummary> {
    let today = domain::uk_time::day(ctx.now);
    let day =
        |one: &DatasetSummary| one.metadata.next_release.as_deref().and_then(|words| NextRelease::of(words).day());
    let dated = listed.into_iter().filter_map(|one| Some((day(&one).filter(|day| *day >= today)?, one)));
    let mut dated: Vec<_> = dated.collect();
    dated.sort_by(|(a, one), (b, other)| a.cmp(b).then_with(|| one.id.cmp(&other.id)));
    dated.into_iter().map(|(_, one)| one).take(EXPECTED).collect()
}
