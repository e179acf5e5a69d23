//! The whole catalogue by title.

use std::collections::BTreeMap;

use domain::page::Paging;
use domain::policy::Reach;
use domain::register::{OTHER, PAGE_DATASETS, RegisterPage, RegisterQuery, letter_of};
use domain::topic::{in_tree_order, with_descendants};
use persistence::datasets::{self, DatasetFilter};
use persistence::{topic_redirects, topics};

use crate::{Result, Services};

/// A page of the catalogue by title, published datasets only, whoever asks; a topic or department that is none has no datasets.
///
/// # Errors
/// Where the database fails.
pub async fn register(services: &Services, query: &RegisterQuery) -> Result<RegisterPage> {
    let db = services.db.pool();
    let reach = Reach::PublishedOnly;
    let all = topics::list(db).await?;
    let asked: Vec<String> = query.topic.iter().cloned().collect();
    let asked = topic_redirects::follow(db, &asked).await?;
    let under: Vec<String> = asked
        .iter()
        .flat_map(|id| match with_descendants(&all, id) {
            // Asked for by its name, it finds nothing; left out, it would find everything.
            none if none.is_empty() => vec![id.clone()],
            found => found,
        })
        .collect();
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
