//! All files of the datasets that somebody works on, newest first, and who sent them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::actor::Actor;
use domain::file::FileState;
use domain::policy::Reach;
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{StoredFile, to_file};
use crate::convert::{contains, micros};
use crate::entities::{dataset, file, version};
use crate::error::Result;

/// Which files are wanted; what is left open narrows nothing.
#[derive(Clone, Debug, Default)]
pub struct FileFilter {
    /// Where they stand.
    pub state: Option<FileState>,
    /// Their format.
    pub format: Option<String>,
    /// A part of their names.
    pub name: Option<String>,
    /// A part of the name of who sent them.
    pub uploader: Option<String>,
    /// They come after this one: when it was accepted, and its id.
    pub after: Option<(DateTime<Utc>, String)>,
}

impl FileFilter {
    fn condition(&self) -> Condition {
        let after = self.after.as_ref().map(|(at, id)| {
            let same = Condition::all().add(file::Column::CreatedAt.eq(micros(*at))).add(file::Column::Id.lt(id));
            Condition::any().add(file::Column::CreatedAt.lt(micros(*at))).add(same)
        });
        Condition::all()
            .add_option(self.state.map(|state| file::Column::State.eq(state.as_str())))
            .add_option(self.format.as_ref().map(|format| file::Column::Format.eq(format.as_str())))
            .add_option(self.name.as_ref().map(|name| contains(file::Column::Filename, name)))
            .add_option(self.uploader.as_ref().map(|name| contains(file::Column::UploadedBy, name)))
            .add_option(after)
    }
}

/// Keeps who sent a file.
pub async fn note_uploader(db: &impl ConnectionTrait, id: &str, by: &Actor) -> Result<()> {
    file::Entity::update_many()
        .col_expr(file::Column::UploadedBy, Expr::value(by.name.as_str()))
        .filter(file::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// The newest files of the datasets whose drafts somebody of this reach sees, each with the name of who sent it: what is public
/// of others is there with what was recalled, what failed and why something was meant, which is not for everybody.
pub async fn list_newest_visible_to(
    db: &impl ConnectionTrait,
    reach: &Reach,
    filter: &FileFilter,
    limit: u64,
) -> Result<Vec<(StoredFile, Option<String>)>> {
    let datasets = Query::select()
        .column(dataset::Column::Id)
        .from(dataset::Entity)
        .cond_where(crate::datasets::reading(reach))
        .to_owned();
    let seen = Query::select()
        .column(version::Column::Id)
        .from(version::Entity)
        .cond_where(version::Column::DatasetId.in_subquery(datasets))
        .to_owned();
    let rows = file::Entity::find()
        .filter(filter.condition())
        .filter(file::Column::VersionId.in_subquery(seen))
        .order_by_desc(file::Column::CreatedAt)
        .order_by_desc(file::Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    let ids = rows.iter().map(|row| row.version_id.as_str());
    let versions = version::Entity::find().filter(version::Column::Id.is_in(ids)).all(db).await?;
    let versions: HashMap<&str, &version::Model> = versions.iter().map(|row| (row.id.as_str(), row)).collect();
    let with_version = rows.iter().filter_map(|row| Some((row, *versions.get(row.version_id.as_str())?)));
    with_version.map(|(row, version)| Ok((to_file(row, version)?, row.uploaded_by.clone()))).collect()
}
