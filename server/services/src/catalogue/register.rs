//! The whole catalogue by title.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::dataset::Edition;
use domain::page::{MAX_LIMIT, Paging};
use domain::policy::Reach;
use domain::register::{OTHER, PAGE_DATASETS, RegisterPage, RegisterQuery, letter_of};
use domain::topic::in_tree_order;
use domain::views::DatasetSummary;
use persistence::datasets::{self, DatasetFilter};
use persistence::{editions, topics};

use crate::memory::ListOrder;
use crate::{Result, Services};

/// A page of the catalogue by title, published datasets only, whoever asks; a topic or department that is none has no datasets.
///
/// # Errors
/// Where the database fails.
pub async fn register(services: &Services, query: &RegisterQuery) -> Result<RegisterPage> {
    let db = services.db.pool();
    let reach = Reach::PublishedOnly;
    let taxonomy = services.memory.taxonomy(&services.db).await?;
    let under = crate::topics::under(&taxonomy, query.topic.as_ref());
    let whole = DatasetFilter {
        topics: under,
        department: query.department.clone(),
        by_title: true,
        language: query.language,
        ..DatasetFilter::default()
    };
    let initials = services.memory.initials(&services.db, &whole).await?;
    let mut letters: BTreeMap<char, u64> = BTreeMap::new();
    for (initial, count) in &*initials {
        *letters.entry(letter_of(initial)).or_default() += count;
    }
    let others = letters.remove_entry(&OTHER);
    let filter = DatasetFilter { initial: query.letter.map(|letter| letter_of(&letter.to_string())), ..whole };
    let order = services.memory.order(&services.db, &reach, &filter).await?;
    let paging = Paging { limit: PAGE_DATASETS, offset: (query.page.max(1) - 1).saturating_mul(PAGE_DATASETS) };
    let mut items = datasets::list_of_visible_to(db, &reach, &order.part(paging)).await?;
    datasets::date(db, &reach, &mut items).await?;
    Ok(RegisterPage {
        items,
        total_count: order.len(),
        letters: letters.into_iter().chain(others).collect(),
        topics: in_tree_order(&taxonomy.topics),
        departments: topics::departments(db).await?,
    })
}

/// The whole public catalogue by title, as it stood when it was opened, for whoever takes it away part by part.
#[derive(Clone, Debug)]
pub struct WholeRegister(Arc<ListOrder>);

impl WholeRegister {
    /// Opens it; published datasets only, whoever asks.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn open(services: &Services) -> Result<Self> {
        let filter = DatasetFilter { by_title: true, ..DatasetFilter::default() };
        Ok(Self(services.memory.order(&services.db, &Reach::PublishedOnly, &filter).await?))
    }

    /// The datasets from a place on, each with the edition that was released last, and where the next part begins; none at the end.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn part(
        &self,
        services: &Services,
        offset: u32,
    ) -> Result<Option<(Vec<(DatasetSummary, Option<Edition>)>, u32)>> {
        let ids = self.0.part(Paging { limit: MAX_LIMIT, offset });
        if ids.is_empty() {
            return Ok(None);
        }
        let (db, reach) = (services.db.pool(), Reach::PublishedOnly);
        let mut items = datasets::list_of_visible_to(db, &reach, &ids).await?;
        datasets::date(db, &reach, &mut items).await?;
        let mut listed = editions::list_of_datasets_visible_to(db, &reach, &ids).await?;
        let with_edition = |item: DatasetSummary| {
            let newest = listed.remove(&item.id).and_then(|editions| editions.into_iter().next());
            (item, newest)
        };
        Ok(Some((items.into_iter().map(with_edition).collect(), offset.saturating_add(MAX_LIMIT))))
    }
}
