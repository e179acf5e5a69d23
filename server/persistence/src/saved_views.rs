//! Views of the portal's lists that somebody keeps under a name.

use domain::saved_view::{ListOfViews, SavedView};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::convert::{instant, micros};
use crate::entities::saved_view;
use crate::error::{PersistenceError, Result};

/// Adds a view; of one list nobody keeps two of one name.
pub async fn insert(db: &impl ConnectionTrait, view: &SavedView) -> Result<()> {
    let row = saved_view::Model {
        id: view.id.clone(),
        list: view.list.as_str().to_owned(),
        name: view.name.clone(),
        query: view.query.clone(),
        owner_id: view.owner_id.clone(),
        owner_name: view.owner_name.clone(),
        team_id: view.team.clone(),
        created_at: micros(view.created_at),
    };
    saved_view::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}

/// The views of a list that somebody keeps or one of these teams sees, by name.
pub async fn list_seen_by(
    db: &impl ConnectionTrait,
    list: ListOfViews,
    owner_id: &str,
    teams: &[String],
) -> Result<Vec<SavedView>> {
    let seen =
        Condition::any().add(saved_view::Column::OwnerId.eq(owner_id)).add(saved_view::Column::TeamId.is_in(teams));
    let rows = saved_view::Entity::find()
        .filter(saved_view::Column::List.eq(list.as_str()))
        .filter(seen)
        .order_by_asc(saved_view::Column::Name)
        .order_by_asc(saved_view::Column::Id)
        .all(db)
        .await?;
    rows.into_iter().map(to_view).collect()
}

/// The views of a list that somebody keeps, by name.
pub async fn list_of(db: &impl ConnectionTrait, list: ListOfViews, owner_id: &str) -> Result<Vec<SavedView>> {
    list_seen_by(db, list, owner_id, &[]).await
}

/// The view with this id, if this account keeps it.
pub async fn find_of(db: &impl ConnectionTrait, id: &str, owner_id: &str) -> Result<Option<SavedView>> {
    let found = saved_view::Entity::find_by_id(id).filter(saved_view::Column::OwnerId.eq(owner_id)).one(db).await?;
    found.map(to_view).transpose()
}

/// Removes a view.
pub async fn delete(db: &impl ConnectionTrait, id: &str) -> Result<()> {
    saved_view::Entity::delete_by_id(id).exec(db).await?;
    Ok(())
}

fn to_view(row: saved_view::Model) -> Result<SavedView> {
    Ok(SavedView {
        list: ListOfViews::parse(&row.list)
            .ok_or_else(|| PersistenceError::Inconsistent(format!("a saved view of the list {}", row.list)))?,
        id: row.id,
        name: row.name,
        query: row.query,
        owner_id: row.owner_id,
        owner_name: row.owner_name,
        team: row.team_id,
        created_at: instant(row.created_at)?,
    })
}
