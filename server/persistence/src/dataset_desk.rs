//! The portal's list of datasets: narrowed and sorted by what stands beside the drafts, as far as somebody sees those.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::dataset::desk::{DatasetIssue, DatasetOrder, Latest};
use domain::dataset::{Dataset, DatasetMetadata};
use domain::page::Paging;
use domain::policy::Reach;
use domain::version::Version;
use sea_orm::sea_query::{Expr, Order, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select,
};

use crate::convert::{contains, count, micros};
use crate::datasets::{reading, shown_as_updated, visible};
use crate::entities::{dataset, dataset_issue, dataset_outlook, edition, version};
use crate::error::Result;

/// Behind every day that can be named.
const NO_DAY: &str = "9999-99-99";

/// Which datasets are asked for, and in which order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskFilter {
    /// Only those whose title or id holds this text.
    pub text: Option<String>,
    /// Only those whose newest version stands here.
    pub latest: Option<Latest>,
    /// Only those that carry one of these topics.
    pub topics: Vec<String>,
    /// Only those of this department.
    pub department: Option<String>,
    /// Only those with this issue; nothing is told of drafts out of reach.
    pub issue: Option<DatasetIssue>,
    /// The day on a UK clock before which a next release has passed.
    pub today: NaiveDate,
    /// How they are sorted.
    pub order: DatasetOrder,
}

/// How many datasets somebody of this reach finds.
pub async fn count_visible_to(db: &impl ConnectionTrait, reach: &Reach, filter: &DeskFilter) -> Result<u64> {
    Ok(found(reach, filter).count(db).await?)
}

/// Other datasets that somebody of this reach sees, listed by the same title, whatever its capitals and accents; so many at most.
pub async fn namesakes(
    db: &impl ConnectionTrait,
    reach: &Reach,
    (id, metadata): (&str, &DatasetMetadata),
    most: u64,
) -> Result<Vec<Dataset>> {
    let same = crate::title_order::keys(metadata).english;
    if same.is_empty() {
        return Ok(Vec::new());
    }
    let query = dataset::Entity::find()
        .filter(visible(reach))
        .filter(dataset::Column::SortEn.eq(same))
        .filter(dataset::Column::Id.ne(id))
        .order_by_asc(dataset::Column::Id)
        .limit(most);
    crate::datasets::all_seen(db, reach, &query.all(db).await?).await
}

/// A part of the datasets that somebody of this reach finds, in their order.
pub async fn part_visible_to(
    db: &impl ConnectionTrait,
    reach: &Reach,
    filter: &DeskFilter,
    paging: Paging,
) -> Result<Vec<Dataset>> {
    let query = found(reach, filter);
    let ordered = match filter.order {
        DatasetOrder::Title => query.order_by_asc(dataset::Column::SortEn),
        DatasetOrder::Changed => query.order_by_desc(shown_as_updated(reach)),
        DatasetOrder::NextRelease => query.order_by_asc(expected(reach)).order_by_asc(dataset::Column::SortEn),
    };
    let part =
        ordered.order_by_asc(dataset::Column::Id).limit(u64::from(paging.limit)).offset(u64::from(paging.offset));
    crate::datasets::all_seen(db, reach, &part.all(db).await?).await
}

/// How many of the datasets that the filter finds, whatever issue it names, have each issue.
pub async fn issues_visible_to(
    db: &impl ConnectionTrait,
    reach: &Reach,
    filter: &DeskFilter,
) -> Result<Vec<(DatasetIssue, u64)>> {
    let whole = DeskFilter { issue: None, ..filter.clone() };
    let ids = Query::select()
        .column((dataset::Entity, dataset::Column::Id))
        .from(dataset::Entity)
        .cond_where(visible(reach))
        .cond_where(matching(&whole, reach))
        .cond_where(reading(reach))
        .to_owned();
    let standing: Vec<(String, i64)> = dataset_issue::Entity::find()
        .select_only()
        .column(dataset_issue::Column::Issue)
        .column_as(dataset_issue::Column::DatasetId.count(), "datasets")
        .filter(dataset_issue::Column::DatasetId.in_subquery(ids))
        .group_by(dataset_issue::Column::Issue)
        .into_tuple()
        .all(db)
        .await?;
    let mut counts: HashMap<DatasetIssue, u64> = HashMap::new();
    for (word, number) in standing {
        if let Some(issue) = DatasetIssue::parse(&word) {
            counts.insert(issue, count(number)?);
        }
    }
    let stale = DeskFilter { issue: Some(DatasetIssue::Stale), ..whole };
    counts.insert(DatasetIssue::Stale, count_visible_to(db, reach, &stale).await?);
    Ok(DatasetIssue::ALL.iter().map(|issue| (*issue, counts.get(issue).copied().unwrap_or(0))).collect())
}

/// The newest version of each of these datasets among those that somebody of this reach sees.
pub async fn newest_versions(db: &impl ConnectionTrait, reach: &Reach, ids: &[&str]) -> Result<Vec<Version>> {
    let newest = Query::select()
        .expr(version::Column::Id.max())
        .from(version::Entity)
        .and_where(version::Column::DatasetId.is_in(ids.iter().copied()))
        .cond_where(crate::versions::visible(reach))
        .group_by_col((version::Entity, version::Column::DatasetId))
        .to_owned();
    crate::versions::many(version::Entity::find().filter(version::Column::Id.in_subquery(newest)), db).await
}

/// How many editions of each of these datasets somebody of this reach sees.
pub async fn edition_counts(db: &impl ConnectionTrait, reach: &Reach, ids: &[&str]) -> Result<HashMap<String, usize>> {
    let counted: Vec<(String, i64)> = edition::Entity::find()
        .select_only()
        .column(edition::Column::DatasetId)
        .column_as(edition::Column::Id.count(), "editions")
        .filter(edition::Column::DatasetId.is_in(ids.iter().copied()))
        .filter(crate::editions::visible(reach))
        .group_by(edition::Column::DatasetId)
        .into_tuple()
        .all(db)
        .await?;
    counted.into_iter().map(|(id, number)| Ok((id, count(number)?))).collect()
}

/// Gives a dataset to another department if the revision still holds; false where somebody was faster.
pub async fn give_to(
    db: &impl ConnectionTrait,
    dataset: &Dataset,
    department: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = dataset::Entity::update_many()
        .col_expr(dataset::Column::Department, Expr::value(department))
        .col_expr(dataset::Column::LastUpdated, Expr::value(micros(now)))
        .col_expr(dataset::Column::Revision, Expr::value(dataset.revision + 1))
        .col_expr(dataset::Column::SortedRevision, crate::title_order::as_sorted_as_before())
        .filter(dataset::Column::Id.eq(&dataset.id))
        .filter(dataset::Column::Revision.eq(dataset.revision))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

fn found(reach: &Reach, filter: &DeskFilter) -> Select<dataset::Entity> {
    dataset::Entity::find().filter(visible(reach)).filter(matching(filter, reach))
}

fn matching(filter: &DeskFilter, reach: &Reach) -> Condition {
    let mut all = Condition::all();
    if let Some(text) = &filter.text {
        let either =
            Condition::any().add(contains(dataset::Column::Title, text)).add(contains(dataset::Column::Id, text));
        all = all.add(either);
    }
    if !filter.topics.is_empty() {
        all = all.add(crate::dataset_topics::shown_with(&filter.topics, reach));
    }
    if let Some(department) = &filter.department {
        all = all.add(dataset::Column::Department.eq(department));
    }
    match filter.latest {
        None => {}
        Some(Latest::Missing) => all = all.add(Expr::exists(versions_of(reach)).not()),
        Some(Latest::In(state)) => {
            let newest =
                versions_of(reach).order_by((version::Entity, version::Column::Id), Order::Desc).limit(1).to_owned();
            all = all.add(Expr::value(state.as_str()).in_subquery(newest));
        }
    }
    if let Some(issue) = filter.issue {
        all = all.add(reading(reach)).add(dataset::Column::Id.in_subquery(with_issue(issue, filter.today)));
    }
    all
}

/// The states of the versions of the dataset of the row at hand that somebody of this reach sees.
fn versions_of(reach: &Reach) -> SelectStatement {
    Query::select()
        .column((version::Entity, version::Column::State))
        .from(version::Entity)
        .and_where(
            Expr::col((version::Entity, version::Column::DatasetId)).equals((dataset::Entity, dataset::Column::Id)),
        )
        .cond_where(crate::versions::visible(reach))
        .to_owned()
}

/// The ids of the datasets with an issue, whoever asks.
fn with_issue(issue: DatasetIssue, today: NaiveDate) -> SelectStatement {
    if issue == DatasetIssue::Stale {
        return Query::select()
            .column(dataset_outlook::Column::DatasetId)
            .from(dataset_outlook::Entity)
            .and_where(dataset_outlook::Column::NextRelease.lt(today.format("%Y-%m-%d").to_string()))
            .to_owned();
    }
    Query::select()
        .column(dataset_issue::Column::DatasetId)
        .from(dataset_issue::Entity)
        .and_where(dataset_issue::Column::Issue.eq(issue.as_str()))
        .to_owned()
}

/// The day of the next release of the row at hand, as far as its draft may be read; behind all others where none is named.
fn expected(reach: &Reach) -> Expr {
    let day = Query::select()
        .column((dataset_outlook::Entity, dataset_outlook::Column::NextRelease))
        .from(dataset_outlook::Entity)
        .and_where(
            Expr::col((dataset_outlook::Entity, dataset_outlook::Column::DatasetId))
                .equals((dataset::Entity, dataset::Column::Id)),
        )
        .cond_where(reading(reach))
        .to_owned();
    Expr::SubQuery(None, Box::new(day.into())).if_null(Expr::value(NO_DAY))
}
