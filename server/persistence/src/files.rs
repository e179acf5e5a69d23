//! Files of versions: what is known of them; the bytes are in storage.

mod formats;
mod newest;

pub use formats::come_as;
pub use newest::{FileFilter, list_newest_visible_to, note_uploader};

use std::collections::{HashMap, HashSet};

use domain::file::{File, FileSight, FileState};
use domain::policy::Reach;
use domain::table::Profile;
use domain::version::{Version, VersionState};
use sea_orm::sea_query::{Expr, NullOrdering, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, Order, QueryFilter, QueryOrder, QuerySelect,
};

use crate::convert::{count, instant, json, maybe_json, micros, whole, word};
use crate::entities::{file, file_sight, version};
use crate::error::Result;

/// A file together with where its bytes are.
#[derive(Clone, Debug)]
pub struct StoredFile {
    /// What is known of it.
    pub file: File,
    /// The version's row id.
    pub version_id: String,
    /// The key of its bytes in storage.
    pub object_key: String,
    /// The encoding that an editor chose for its text, by its name.
    pub read_as: Option<String>,
    /// The key of its copy in the public bucket, once it was to be copied there.
    pub public_key: Option<String>,
    /// Whether its version is public.
    pub is_public: bool,
    /// Whether its version is archived, so that its copy goes.
    pub is_archived: bool,
}

/// Adds a file at the end of its version; the name must be new within it.
pub async fn insert(db: &impl ConnectionTrait, stored: &StoredFile, sight: &FileSight) -> Result<()> {
    let file = &stored.file;
    let last = file::Entity::find()
        .filter(file::Column::VersionId.eq(&stored.version_id))
        .order_by_desc(file::Column::Position)
        .one(db)
        .await?;
    let row = file::Model {
        id: file.id.clone(),
        version_id: stored.version_id.clone(),
        position: last.map_or(0, |row| row.position + 1),
        filename: file.filename.clone(),
        title: file.title.clone(),
        media_type: file.media_type.clone(),
        format: file.format.clone(),
        size: whole(file.size),
        sha256: file.sha256.clone(),
        state: file.state.as_str().to_owned(),
        object_key: stored.object_key.clone(),
        licence: file.licence.clone(),
        licence_url: file.licence_url.clone(),
        profile: file.profile.as_ref().map(json).transpose()?,
        to_confirm: file.waits_to_be_confirmed(),
        confirmed: file.confirmed.clone(),
        read_as: stored.read_as.clone(),
        public_key: stored.public_key.clone(),
        uploaded_by: None,
        created_at: micros(file.created_at),
    };
    file::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    if *sight != FileSight::default() {
        let row = file_sight::Model { file_id: file.id.clone(), sight: json(sight)? };
        file_sight::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    }
    Ok(())
}

/// Notes why what was found in a file is meant; false where nothing waits for that.
pub async fn confirm(db: &impl ConnectionTrait, id: &str, why: &str) -> Result<bool> {
    let done = file::Entity::update_many()
        .col_expr(file::Column::ToConfirm, Expr::value(false))
        .col_expr(file::Column::Confirmed, Expr::value(why))
        .filter(file::Column::Id.eq(id))
        .filter(file::Column::ToConfirm.eq(true))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Gives a file another name and title; the name must be new within its version.
pub async fn rename(db: &impl ConnectionTrait, id: &str, filename: &str, title: &str) -> Result<bool> {
    let done = file::Entity::update_many()
        .col_expr(file::Column::Filename, Expr::value(filename))
        .col_expr(file::Column::Title, Expr::value(title))
        .filter(file::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Chooses the encoding of a file that was looked into, which then is in another state; false where it is looked into now.
pub async fn read_as(db: &impl ConnectionTrait, id: &str, encoding: &str, to: FileState) -> Result<bool> {
    let ended = [FileState::Ready, FileState::Failed].map(FileState::as_str);
    let done = file::Entity::update_many()
        .col_expr(file::Column::ReadAs, Expr::value(encoding))
        .col_expr(file::Column::State, Expr::value(to.as_str()))
        .filter(file::Column::Id.eq(id))
        .filter(file::Column::State.is_in(ended))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Keeps what was found in a file, in place of what was found and confirmed before.
pub async fn keep_found(
    db: &impl ConnectionTrait,
    id: &str,
    profile: Option<&Profile>,
    sight: &FileSight,
) -> Result<()> {
    file::Entity::update_many()
        .col_expr(file::Column::State, Expr::value(FileState::Ready.as_str()))
        .col_expr(file::Column::Profile, Expr::value(profile.map(json).transpose()?))
        .col_expr(file::Column::ToConfirm, Expr::value(profile.is_some_and(Profile::must_be_confirmed)))
        .col_expr(file::Column::Confirmed, Expr::value(None::<String>))
        .filter(file::Column::Id.eq(id))
        .exec(db)
        .await?;
    file_sight::Entity::delete_by_id(id).exec(db).await?;
    if *sight != FileSight::default() {
        let row = file_sight::Model { file_id: id.to_owned(), sight: json(sight)? };
        file_sight::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    }
    Ok(())
}

/// The files of a version that was found for the caller, in their order.
pub async fn list_of_version(db: &impl ConnectionTrait, version: &Version) -> Result<Vec<StoredFile>> {
    Ok(list_of_versions(db, std::slice::from_ref(version)).await?.remove(&version.id).unwrap_or_default())
}

/// The files of a version that was found for the caller, in their order, with those that were recalled.
pub async fn list_with_withdrawn(db: &impl ConnectionTrait, version: &Version) -> Result<Vec<StoredFile>> {
    let rows = file::Entity::find()
        .filter(file::Column::VersionId.eq(&version.id))
        .order_by_asc(file::Column::Position)
        .all(db)
        .await?;
    rows.iter().map(|row| stored(row, version)).collect()
}

/// The same without those that were recalled, but with what pages show of them, which is large.
pub async fn list_with_sights(db: &impl ConnectionTrait, version: &Version) -> Result<Vec<(StoredFile, FileSight)>> {
    let rows = file::Entity::find()
        .filter(file::Column::VersionId.eq(&version.id))
        .filter(file::Column::State.ne(FileState::Withdrawn.as_str()))
        .order_by_asc(file::Column::Position)
        .find_also_related(file_sight::Entity)
        .all(db)
        .await?;
    rows.iter()
        .map(|(row, sight)| {
            let sight: Option<FileSight> = maybe_json(sight.as_ref().map(|row| &row.sight))?;
            Ok((stored(row, version)?, sight.unwrap_or_default()))
        })
        .collect()
}

/// The files of several versions that were found for the caller, by the version's row id, in one statement.
pub async fn list_of_versions(
    db: &impl ConnectionTrait,
    versions: &[Version],
) -> Result<HashMap<String, Vec<StoredFile>>> {
    if versions.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = file::Entity::find()
        .filter(file::Column::VersionId.is_in(versions.iter().map(|version| version.id.as_str())))
        .filter(file::Column::State.ne(FileState::Withdrawn.as_str()))
        .order_by_asc(file::Column::VersionId)
        .order_by_asc(file::Column::Position)
        .all(db)
        .await?;
    let versions: HashMap<&str, &Version> = versions.iter().map(|version| (version.id.as_str(), version)).collect();
    let mut listed: HashMap<String, Vec<StoredFile>> = HashMap::with_capacity(versions.len());
    for row in &rows {
        if let Some(version) = versions.get(row.version_id.as_str()) {
            listed.entry(row.version_id.clone()).or_default().push(stored(row, version)?);
        }
    }
    Ok(listed)
}

/// Those of these files that are drawn as a chart, without reading the drawings.
pub async fn drawn_among(db: &impl ConnectionTrait, ids: &[&str]) -> Result<HashSet<String>> {
    // Quotes within texts are escaped in JSON, so that nothing but the drawing itself looks like this.
    let drawn = file_sight::Entity::find()
        .select_only()
        .column(file_sight::Column::FileId)
        .filter(file_sight::Column::FileId.is_in(ids.iter().copied()))
        .filter(file_sight::Column::Sight.like("%\"chart\":{%"))
        .into_tuple::<String>();
    Ok(drawn.all(db).await?.into_iter().collect())
}

/// The file with this id, if its version is seen by somebody of this reach.
pub async fn find_visible_to(db: &impl ConnectionTrait, reach: &Reach, id: &str) -> Result<Option<StoredFile>> {
    let Some(row) = file::Entity::find_by_id(id).one(db).await? else {
        return Ok(None);
    };
    let version = version::Entity::find_by_id(&row.version_id).filter(crate::versions::visible(reach)).one(db).await?;
    version.map(|version| to_file(&row, &version)).transpose()
}

/// The file of this name in the newest release that somebody of this reach sees, of a given edition and version if asked.
pub async fn find_download(
    db: &impl ConnectionTrait,
    reach: &Reach,
    dataset_id: &str,
    filename: &str,
    edition: Option<&str>,
    number: Option<u32>,
) -> Result<Option<StoredFile>> {
    let named = Query::select()
        .column(file::Column::VersionId)
        .from(file::Entity)
        .and_where(file::Column::Filename.eq(filename))
        .and_where(file::Column::State.ne(FileState::Withdrawn.as_str()))
        .to_owned();
    let mut query = version::Entity::find()
        .filter(version::Column::DatasetId.eq(dataset_id))
        .filter(version::Column::Id.in_subquery(named))
        .filter(crate::versions::visible(reach));
    if let Some(edition) = edition {
        query = query.filter(version::Column::Edition.eq(edition));
    }
    if let Some(number) = number {
        query = query.filter(version::Column::Number.eq(i64::from(number)));
    }
    let public_first = Expr::case(
        version::Column::State.is_in([VersionState::Published.as_str(), VersionState::Archived.as_str()]),
        0,
    )
    .finally(1);
    let version = query
        .order_by_asc(Expr::expr(public_first))
        .order_by_with_nulls(crate::versions::released(), Order::Desc, NullOrdering::Last)
        .order_by_desc(version::Column::Number)
        .one(db)
        .await?;
    let Some(version) = version else { return Ok(None) };
    let row = file::Entity::find()
        .filter(file::Column::VersionId.eq(&version.id))
        .filter(file::Column::Filename.eq(filename))
        .one(db)
        .await?;
    row.map(|row| to_file(&row, &version)).transpose()
}

/// Removes a file from a version that is not public; the bytes are removed by whoever calls.
pub async fn delete(db: &impl ConnectionTrait, id: &str) -> Result<bool> {
    Ok(file::Entity::delete_by_id(id).exec(db).await?.rows_affected == 1)
}

/// Notes that the bytes of a file are under another key; false where they were moved already.
pub async fn move_bytes(db: &impl ConnectionTrait, id: &str, from: &str, to: &str) -> Result<bool> {
    let done = file::Entity::update_many()
        .col_expr(file::Column::ObjectKey, Expr::value(to))
        .filter(file::Column::Id.eq(id))
        .filter(file::Column::ObjectKey.eq(from))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Makes the files of the versions that `ids` selects public; part of a publication.
pub(crate) async fn publish_of_versions(db: &impl ConnectionTrait, ids: SelectStatement) -> Result<()> {
    file::Entity::update_many()
        .col_expr(file::Column::State, Expr::value(FileState::Published.as_str()))
        .filter(file::Column::VersionId.in_subquery(ids))
        .filter(file::Column::State.eq(FileState::Ready.as_str()))
        .exec(db)
        .await?;
    Ok(())
}

/// Notes that a published file is in the public bucket too; false where it was noted before, or where the file or its version
/// is no longer published.
pub async fn mark_moved(db: &impl ConnectionTrait, id: &str) -> Result<bool> {
    let published = Query::select()
        .column(version::Column::Id)
        .from(version::Entity)
        .and_where(version::Column::State.eq(VersionState::Published.as_str()))
        .to_owned();
    let done = file::Entity::update_many()
        .col_expr(file::Column::State, Expr::value(FileState::Moved.as_str()))
        .filter(file::Column::Id.eq(id))
        .filter(file::Column::State.eq(FileState::Published.as_str()))
        .filter(file::Column::VersionId.in_subquery(published))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Notes that no file of a version is to be read from the public bucket any more; whether any was.
pub async fn unmark_moved(db: &impl ConnectionTrait, version_id: &str) -> Result<bool> {
    let done = file::Entity::update_many()
        .col_expr(file::Column::State, Expr::value(FileState::Published.as_str()))
        .filter(file::Column::VersionId.eq(version_id))
        .filter(file::Column::State.eq(FileState::Moved.as_str()))
        .exec(db)
        .await?;
    Ok(done.rows_affected > 0)
}

/// Keeps the key under which a file is copied to the public bucket, unless it has one; the one that it has then.
pub async fn keep_public_key(db: &impl ConnectionTrait, id: &str, key: &str) -> Result<Option<String>> {
    file::Entity::update_many()
        .col_expr(file::Column::PublicKey, Expr::value(key))
        .filter(file::Column::Id.eq(id))
        .filter(file::Column::PublicKey.is_null())
        .exec(db)
        .await?;
    Ok(file::Entity::find_by_id(id).one(db).await?.and_then(|row| row.public_key))
}

/// Takes a file from one of these states to another; false where it was in none of them.
pub async fn change_state(db: &impl ConnectionTrait, id: &str, from: &[FileState], to: FileState) -> Result<bool> {
    let done = file::Entity::update_many()
        .col_expr(file::Column::State, Expr::value(to.as_str()))
        .filter(file::Column::Id.eq(id))
        .filter(file::Column::State.is_in(from.iter().map(|state| state.as_str())))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// The files of a version that were recalled, in their order.
pub async fn withdrawn_of_version(db: &impl ConnectionTrait, version: &Version) -> Result<Vec<StoredFile>> {
    let rows = file::Entity::find()
        .filter(file::Column::VersionId.eq(&version.id))
        .filter(file::Column::State.eq(FileState::Withdrawn.as_str()))
        .order_by_asc(file::Column::Position)
        .all(db)
        .await?;
    rows.iter().map(|row| stored(row, version)).collect()
}

/// Those of these keys under which the bytes of a file are.
pub async fn known_keys(db: &impl ConnectionTrait, keys: &[String]) -> Result<HashSet<String>> {
    let rows: Vec<String> = file::Entity::find()
        .select_only()
        .column(file::Column::ObjectKey)
        .filter(file::Column::ObjectKey.is_in(keys.iter().map(String::as_str)))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Those of these files that there are, by their ids, each with the encoding that an editor chose for it.
pub async fn encodings_of(db: &impl ConnectionTrait, ids: &[&str]) -> Result<HashMap<String, Option<String>>> {
    let rows: Vec<(String, Option<String>)> = file::Entity::find()
        .select_only()
        .column(file::Column::Id)
        .column(file::Column::ReadAs)
        .filter(file::Column::Id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Every file's id with the key of its bytes.
pub async fn all_keys(db: &impl ConnectionTrait) -> Result<Vec<(String, String)>> {
    let query = file::Entity::find().select_only().column(file::Column::Id).column(file::Column::ObjectKey);
    Ok(query.order_by_asc(file::Column::Id).into_tuple().all(db).await?)
}

/// Files that are in the public bucket, by their ids, from beyond one on.
pub async fn list_moved(db: &impl ConnectionTrait, after: &str, limit: u64) -> Result<Vec<StoredFile>> {
    let rows = file::Entity::find()
        .filter(file::Column::State.eq(FileState::Moved.as_str()))
        .filter(file::Column::Id.gt(after))
        .order_by_asc(file::Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    let ids = rows.iter().map(|row| row.version_id.as_str());
    let versions = version::Entity::find().filter(version::Column::Id.is_in(ids)).all(db).await?;
    let version_of = |row: &file::Model| versions.iter().find(|version| version.id == row.version_id);
    rows.iter().filter_map(|row| Some(to_file(row, version_of(row)?))).collect()
}

/// The names of the files of a version in which something was found that nobody has confirmed, in their order.
pub async fn unconfirmed_of(db: &impl ConnectionTrait, version_id: &str) -> Result<Vec<String>> {
    let names = file::Entity::find()
        .select_only()
        .column(file::Column::Filename)
        .filter(file::Column::VersionId.eq(version_id))
        .filter(file::Column::ToConfirm.eq(true))
        .filter(file::Column::State.eq(FileState::Ready.as_str()))
        .order_by_asc(file::Column::Position);
    Ok(names.into_tuple().all(db).await?)
}

/// How many files of a version are fit to be published, and how many are not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Soundness {
    /// Those that are.
    pub sound: u32,
    /// Those that are not, and those that wait to be confirmed.
    pub unsound: u32,
    /// The first of these.
    pub first_unsound: Option<String>,
}

/// Sound and unsound files of these versions; a version without files is not told of.
pub async fn count_by_soundness_of(
    db: &impl ConnectionTrait,
    version_ids: &[&str],
) -> Result<HashMap<String, Soundness>> {
    let states: Vec<(String, String, String, bool)> = file::Entity::find()
        .select_only()
        .column(file::Column::VersionId)
        .column(file::Column::Id)
        .column(file::Column::State)
        .column(file::Column::ToConfirm)
        .filter(file::Column::VersionId.is_in(version_ids.iter().copied()))
        .filter(file::Column::State.ne(FileState::Withdrawn.as_str()))
        .order_by_asc(file::Column::Position)
        .into_tuple()
        .all(db)
        .await?;
    let mut counts: HashMap<String, Soundness> = HashMap::new();
    for (version_id, id, state, to_confirm) in states {
        let of_version = counts.entry(version_id).or_default();
        if !to_confirm && FileState::parse(&state).is_some_and(FileState::is_sound) {
            of_version.sound += 1;
        } else {
            of_version.unsound += 1;
            of_version.first_unsound.get_or_insert(id);
        }
    }
    Ok(counts)
}

/// Sound and unsound files of a version.
pub async fn count_by_soundness(db: &impl ConnectionTrait, version_id: &str) -> Result<(u32, u32)> {
    let counted = count_by_soundness_of(db, &[version_id]).await?.remove(version_id).unwrap_or_default();
    Ok((counted.sound, counted.unsound))
}

fn to_file(row: &file::Model, version: &version::Model) -> Result<StoredFile> {
    let state = word(VersionState::parse(&version.state), &version.state)?;
    made(row, &version.dataset_id, &version.edition, count(version.number)?, state)
}

fn stored(row: &file::Model, version: &Version) -> Result<StoredFile> {
    made(row, &version.dataset_id, &version.edition, version.version, version.state)
}

fn made(row: &file::Model, dataset_id: &str, edition: &str, version: u32, state: VersionState) -> Result<StoredFile> {
    Ok(StoredFile {
        file: File {
            id: row.id.clone(),
            dataset_id: dataset_id.to_owned(),
            edition: edition.to_owned(),
            version,
            filename: row.filename.clone(),
            title: row.title.clone(),
            media_type: row.media_type.clone(),
            format: row.format.clone(),
            size: count(row.size)?,
            sha256: row.sha256.clone(),
            state: word(FileState::parse(&row.state), &row.state)?,
            profile: maybe_json(row.profile.as_ref())?,
            licence: row.licence.clone(),
            licence_url: row.licence_url.clone(),
            confirmed: row.confirmed.clone(),
            created_at: instant(row.created_at)?,
        },
        version_id: row.version_id.clone(),
        object_key: row.object_key.clone(),
        read_as: row.read_as.clone(),
        public_key: row.public_key.clone(),
        is_public: matches!(state, VersionState::Published | VersionState::Archived),
        is_archived: state == VersionState::Archived,
    })
}
