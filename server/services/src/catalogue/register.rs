//! The whole catalogue by title.

use std::collections::BTreeMap;

use domain::page::Paging;
use domain::policy::Reach;
use domain::register::{OTHER, PAGE_DATASETS, RegisterPage, RegisterQuery, letter_of};
use domain::topic::in_tree_order;
use persistence::datasets::{self, DatasetFilter};
use persistence::topics;

use crate::{Result, Services};

/// A page of the catalogue by title, published datasets only, whoever asks; a topic or department that is none has no datasets.
///
/// # Errors
/// Where the database fails.
pub async fn register(services: &Services, query: &RegisterQuery) -> Result<RegisterPage> {
    let db = services.db.pool();
    let reach = Reach::PublishedOnly;
    let all = crate::topics::all(services).await?;
    let under = crate::topics::under(services, &all, query.topic.as_ref()).await?;
    let whole = DatasetFilter {
        topics: under,
        department: query.department.clone(),
        by_title: true,
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
        topics: in_tree_order(&all),
        departments: topics::departments(db).await?,
    })
}
