//! Versions that carry alerts or corrections.

use domain::policy::Reach;
use domain::version::Version;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::entities::version;
use crate::error::Result;

/// The versions with alerts that somebody of this reach sees, those published last first.
pub async fn list_visible_to(db: &impl ConnectionTrait, reach: &Reach, limit: u32) -> Result<Vec<Version>> {
    let query = version::Entity::find()
        .filter(version::Column::Alerted.eq(true))
        .filter(crate::versions::visible(reach))
        .order_by_desc(version::Column::PublishedAt)
        .order_by_asc(version::Column::Id)
        .limit(u64::from(limit));
    crate::versions::many(query, db).await
}
