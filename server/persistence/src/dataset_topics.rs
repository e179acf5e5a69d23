//! Which datasets carry which topics: the public copies and the drafts apart.

use std::collections::{BTreeSet, HashMap};

use domain::dataset::DatasetMetadata;
use domain::policy::Reach;
use sea_orm::sea_query::{Expr, OnConflict, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::convert::{count, from_json, json, maybe_json};
use crate::entities::{dataset, dataset_topic, draft_topic};
use crate::error::Result;

/// Notes the topics of a dataset's public copy.
pub async fn save_public(db: &impl ConnectionTrait, dataset_id: &str, topics: &[String]) -> Result<()> {
    dataset_topic::Entity::delete_many().filter(dataset_topic::Column::DatasetId.eq(dataset_id)).exec(db).await?;
    for topic_id in topics {
        let row = dataset_topic::Model { dataset_id: dataset_id.to_owned(), topic_id: topic_id.clone() };
        let kept = OnConflict::columns([dataset_topic::Column::DatasetId, dataset_topic::Column::TopicId])
            .do_nothing()
            .to_owned();
        dataset_topic::Entity::insert(row.into_active_model()).on_conflict(kept).exec_without_returning(db).await?;
    }
    Ok(())
}

/// Notes that many datasets are public with the topics of their drafts; those that stay as they are cost nothing.
pub(crate) async fn save_all_public(
    db: &impl ConnectionTrait,
    wanted: &[(dataset::Model, DatasetMetadata)],
) -> Result<()> {
    use dataset_topic::{Column, Entity, Model};
    let ids = wanted.iter().map(|(row, _)| row.id.as_str());
    let mut old: BTreeSet<(String, String)> = BTreeSet::new();
    for row in Entity::find().filter(Column::DatasetId.is_in(ids)).all(db).await? {
        old.insert((row.dataset_id, row.topic_id));
    }
    let carried =
        wanted.iter().flat_map(|(row, draft)| draft.topics.iter().map(move |topic| (row.id.clone(), topic.clone())));
    let new: BTreeSet<(String, String)> = carried.collect();
    let mut changed: Vec<&String> = old.symmetric_difference(&new).map(|(dataset, _)| dataset).collect();
    changed.dedup();
    if changed.is_empty() {
        return Ok(());
    }
    Entity::delete_many().filter(Column::DatasetId.is_in(changed.iter().copied())).exec(db).await?;
    let rows: Vec<_> = new
        .iter()
        .filter(|(dataset, _)| changed.binary_search(&dataset).is_ok())
        .map(|(dataset_id, topic_id)| {
            Model { dataset_id: dataset_id.clone(), topic_id: topic_id.clone() }.into_active_model()
        })
        .collect();
    if !rows.is_empty() {
        Entity::insert_many(rows).exec_without_returning(db).await?;
    }
    Ok(())
}

/// Notes the topics of a dataset's draft.
pub async fn save_draft(db: &impl ConnectionTrait, dataset_id: &str, topics: &[String]) -> Result<()> {
    use draft_topic::{Column, Entity, Model};
    Entity::delete_many().filter(Column::DatasetId.eq(dataset_id)).exec(db).await?;
    for topic_id in topics {
        let row = Model { dataset_id: dataset_id.to_owned(), topic_id: topic_id.clone() };
        let kept = OnConflict::columns([Column::DatasetId, Column::TopicId]).do_nothing().to_owned();
        Entity::insert(row.into_active_model()).on_conflict(kept).exec_without_returning(db).await?;
    }
    Ok(())
}

/// The datasets that carry one of these topics, in public or in their drafts, whoever asks.
pub async fn carrying(db: &impl ConnectionTrait, topics: &[String]) -> Result<Vec<String>> {
    let any = Condition::any()
        .add(dataset::Column::Id.in_subquery(public_with(topics)))
        .add(dataset::Column::Id.in_subquery(drafts_with(topics)));
    ids(db, any).await
}

/// The public datasets whose public copies carry one of these topics.
pub async fn publicly_carrying(db: &impl ConnectionTrait, topics: &[String]) -> Result<Vec<String>> {
    ids(db, Condition::all().add(dataset::Column::Id.in_subquery(public_with(topics)))).await
}

/// How many datasets carry each topic, drafts included, and how many of these in public; topics that none carries are not among them.
pub async fn counts(db: &impl ConnectionTrait) -> Result<HashMap<String, (u64, u64)>> {
    let of_public: Vec<(String, i64)> = dataset_topic::Entity::find()
        .select_only()
        .column(dataset_topic::Column::TopicId)
        .column_as(dataset_topic::Column::DatasetId.count(), "datasets")
        .group_by(dataset_topic::Column::TopicId)
        .into_tuple()
        .all(db)
        .await?;
    let in_public = Query::select()
        .expr(Expr::value(1))
        .from(dataset_topic::Entity)
        .and_where(
            Expr::col((dataset_topic::Entity, dataset_topic::Column::DatasetId))
                .equals((draft_topic::Entity, draft_topic::Column::DatasetId)),
        )
        .and_where(
            Expr::col((dataset_topic::Entity, dataset_topic::Column::TopicId))
                .equals((draft_topic::Entity, draft_topic::Column::TopicId)),
        )
        .to_owned();
    let of_drafts_alone: Vec<(String, i64)> = draft_topic::Entity::find()
        .select_only()
        .column(draft_topic::Column::TopicId)
        .column_as(draft_topic::Column::DatasetId.count(), "datasets")
        .filter(Condition::all().add(Expr::exists(in_public).not()))
        .group_by(draft_topic::Column::TopicId)
        .into_tuple()
        .all(db)
        .await?;
    let mut counts: HashMap<String, (u64, u64)> = HashMap::new();
    for (topic, datasets) in of_public {
        let datasets = count(datasets)?;
        counts.insert(topic, (datasets, datasets));
    }
    for (topic, datasets) in of_drafts_alone {
        let datasets: u64 = count(datasets)?;
        counts.entry(topic).or_default().0 += datasets;
    }
    Ok(counts)
}

/// Puts one topic in the place of another, in the public copy and in the draft; the revision goes up, so that no edit
/// based on the old state brings the old topic back.
///
/// The row is locked from reading to writing.
pub async fn replace(db: &impl ConnectionTrait, dataset_id: &str, old: &str, new: &str) -> Result<()> {
    let Some(row) = dataset::Entity::find_by_id(dataset_id).lock_exclusive().one(db).await? else {
        return Ok(());
    };
    let mut draft: DatasetMetadata = from_json(&row.draft)?;
    let mut published: Option<DatasetMetadata> = maybe_json(row.published.as_ref())?;
    substitute(&mut draft.topics, old, new);
    save_draft(db, dataset_id, &draft.topics).await?;
    if let Some(published) = &mut published {
        substitute(&mut published.topics, old, new);
        save_public(db, dataset_id, &published.topics).await?;
    }
    dataset::Entity::update_many()
        .col_expr(dataset::Column::Draft, Expr::value(json(&draft)?))
        .col_expr(dataset::Column::Published, Expr::value(published.as_ref().map(json).transpose()?))
        .col_expr(dataset::Column::Revision, Expr::col(dataset::Column::Revision).add(1))
        .col_expr(dataset::Column::SortedRevision, crate::title_order::as_sorted_as_before())
        .filter(dataset::Column::Id.eq(dataset_id))
        .exec(db)
        .await?;
    Ok(())
}

/// The datasets that a filter by topic shows: by the public copy, or by the draft where nothing is public yet.
pub(crate) fn shown_with(topics: &[String], reach: &Reach) -> Condition {
    if *reach == Reach::PublishedOnly {
        return Condition::all().add(dataset::Column::Id.in_subquery(public_with(topics)));
    }
    let unpublished = Condition::all()
        .add(dataset::Column::PublishedAt.is_null())
        .add(dataset::Column::Id.in_subquery(drafts_with(topics)));
    Condition::any().add(dataset::Column::Id.in_subquery(public_with(topics))).add(unpublished)
}

/// The ids of the datasets whose public copies carry one of these topics.
pub(crate) fn public_with(topics: &[String]) -> SelectStatement {
    Query::select()
        .column(dataset_topic::Column::DatasetId)
        .from(dataset_topic::Entity)
        .and_where(dataset_topic::Column::TopicId.is_in(topics))
        .to_owned()
}

fn drafts_with(topics: &[String]) -> SelectStatement {
    Query::select()
        .column(draft_topic::Column::DatasetId)
        .from(draft_topic::Entity)
        .and_where(draft_topic::Column::TopicId.is_in(topics))
        .to_owned()
}

async fn ids(db: &impl ConnectionTrait, condition: Condition) -> Result<Vec<String>> {
    let query = dataset::Entity::find().select_only().column(dataset::Column::Id).filter(condition);
    Ok(query.order_by_asc(dataset::Column::Id).into_tuple().all(db).await?)
}

/// Replaces a topic where it stands; one that is there already stays in the better place.
fn substitute(topics: &mut Vec<String>, old: &str, new: &str) {
    let mut kept: Vec<String> = Vec::with_capacity(topics.len());
    for topic in topics.drain(..) {
        let topic = if topic == old { new.to_owned() } else { topic };
        if !kept.contains(&topic) {
            kept.push(topic);
        }
    }
    *topics = kept;
}

#[cfg(test)]
mod tests {
    use super::substitute;

    #[test]
    fn the_canonical_topic_stays_first_and_none_is_there_twice() {
        for (before, after) in [
            (vec!["old", "x"], vec!["new", "x"]),
            (vec!["x", "old", "new"], vec!["x", "new"]),
            (vec!["new", "old"], vec!["new"]),
            (vec!["x"], vec!["x"]),
        ] {
            let mut topics: Vec<String> = before.into_iter().map(str::to_owned).collect();
            substitute(&mut topics, "old", "new");
            assert_eq!(topics, after);
        }
    }
}
