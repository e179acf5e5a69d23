//! Images of versions: what is known of them; the bytes are in storage.

use std::collections::{HashMap, HashSet};

use domain::image::{Image, ImageTexts, ImageVariant};
use domain::policy::Reach;
use domain::version::{Version, VersionState};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};

use crate::convert::{count, instant, micros, whole, word};
use crate::entities::{image, image_variant, version};
use crate::error::Result;

/// An image together with its version.
#[derive(Clone, Debug)]
pub struct StoredImage {
    /// What is known of it.
    pub image: Image,
    /// The version's row id.
    pub version_id: String,
    /// Whether its version is public.
    pub is_public: bool,
}

/// Adds an image at the end of its version.
pub async fn insert(db: &impl ConnectionTrait, version_id: &str, image: &Image) -> Result<()> {
    let last = image::Entity::find()
        .filter(image::Column::VersionId.eq(version_id))
        .order_by_desc(image::Column::Position)
        .one(db)
        .await?;
    let row = image::Model {
        id: image.id.clone(),
        version_id: version_id.to_owned(),
        position: last.map_or(0, |row| row.position + 1),
        alt: image.texts.alt.clone(),
        caption: image.texts.caption.clone(),
        title: image.texts.title.clone(),
        created_at: micros(image.created_at),
        revision: image.revision,
        withdrawn: image.withdrawn,
    };
    image::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    let variants = image.variants.iter().map(|variant| {
        image_variant::Model {
            image_id: image.id.clone(),
            variant: variant.variant.clone(),
            media_type: variant.media_type.clone(),
            width: i64::from(variant.width),
            height: i64::from(variant.height),
            size: whole(variant.size),
            sha256: variant.sha256.clone(),
        }
        .into_active_model()
    });
    image_variant::Entity::insert_many(variants).exec_without_returning(db).await?;
    Ok(())
}

/// The image with this id, if its version is seen by somebody of this reach.
pub async fn find_visible_to(db: &impl ConnectionTrait, reach: &Reach, id: &str) -> Result<Option<StoredImage>> {
    let Some(row) = image::Entity::find_by_id(id).one(db).await? else {
        return Ok(None);
    };
    let version = version::Entity::find_by_id(&row.version_id).filter(crate::versions::visible(reach)).one(db).await?;
    let Some(version) = version else { return Ok(None) };
    let mut variants = variants_of(db, &[&row.id]).await?;
    let of = Of { dataset_id: &version.dataset_id, edition: &version.edition, number: count(version.number)? };
    let state = word(VersionState::parse(&version.state), &version.state)?;
    made(&row, &of, state, variants.remove(id).unwrap_or_default()).map(Some)
}

/// The images of a version that was found for the caller, in their order.
pub async fn list_of_version(db: &impl ConnectionTrait, version: &Version) -> Result<Vec<StoredImage>> {
    let mut all = list_with_withdrawn(db, version).await?;
    all.retain(|stored| !stored.image.withdrawn);
    Ok(all)
}

/// The same with those that were recalled.
pub async fn list_with_withdrawn(db: &impl ConnectionTrait, version: &Version) -> Result<Vec<StoredImage>> {
    let rows = image::Entity::find()
        .filter(image::Column::VersionId.eq(&version.id))
        .order_by_asc(image::Column::Position)
        .all(db)
        .await?;
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let mut variants = variants_of(db, &ids).await?;
    let of = Of { dataset_id: &version.dataset_id, edition: &version.edition, number: version.version };
    rows.iter().map(|row| made(row, &of, version.state, variants.remove(&row.id).unwrap_or_default())).collect()
}

/// Saves what is written about an image, and counts the change; false where somebody changed it since.
pub async fn save_texts(db: &impl ConnectionTrait, image: &Image) -> Result<bool> {
    let done = image::Entity::update_many()
        .col_expr(image::Column::Alt, Expr::value(image.texts.alt.as_str()))
        .col_expr(image::Column::Caption, Expr::value(image.texts.caption.clone()))
        .col_expr(image::Column::Title, Expr::value(image.texts.title.clone()))
        .col_expr(image::Column::Revision, Expr::col(image::Column::Revision).add(1))
        .filter(image::Column::Id.eq(&image.id))
        .filter(image::Column::Revision.eq(image.revision))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Recalls an image, or gives it out again; false where that was done before.
pub async fn set_withdrawn(db: &impl ConnectionTrait, id: &str, withdrawn: bool) -> Result<bool> {
    let done = image::Entity::update_many()
        .col_expr(image::Column::Withdrawn, Expr::value(withdrawn))
        .filter(image::Column::Id.eq(id))
        .filter(image::Column::Withdrawn.eq(!withdrawn))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Those of these ids that are an image's.
pub async fn known(db: &impl ConnectionTrait, ids: &[&str]) -> Result<HashSet<String>> {
    let rows: Vec<String> = image::Entity::find()
        .select_only()
        .column(image::Column::Id)
        .filter(image::Column::Id.is_in(ids.iter().copied()))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Removes an image from a version that is not public; the bytes are removed by whoever calls.
pub async fn delete(db: &impl ConnectionTrait, id: &str) -> Result<bool> {
    Ok(image::Entity::delete_by_id(id).exec(db).await?.rows_affected == 1)
}

struct Of<'a> {
    dataset_id: &'a str,
    edition: &'a str,
    number: u32,
}

async fn variants_of(db: &impl ConnectionTrait, ids: &[&str]) -> Result<HashMap<String, Vec<ImageVariant>>> {
    let mut variants: HashMap<String, Vec<ImageVariant>> = HashMap::with_capacity(ids.len());
    if ids.is_empty() {
        return Ok(variants);
    }
    let rows = image_variant::Entity::find()
        .filter(image_variant::Column::ImageId.is_in(ids.iter().copied()))
        .order_by_asc(image_variant::Column::Width)
        .all(db)
        .await?;
    for row in rows {
        variants.entry(row.image_id).or_default().push(ImageVariant {
            variant: row.variant,
            media_type: row.media_type,
            width: count(row.width)?,
            height: count(row.height)?,
            size: count(row.size)?,
            sha256: row.sha256,
        });
    }
    Ok(variants)
}

fn made(row: &image::Model, of: &Of<'_>, state: VersionState, variants: Vec<ImageVariant>) -> Result<StoredImage> {
    Ok(StoredImage {
        image: Image {
            id: row.id.clone(),
            dataset_id: of.dataset_id.to_owned(),
            edition: of.edition.to_owned(),
            version: of.number,
            texts: ImageTexts { alt: row.alt.clone(), caption: row.caption.clone(), title: row.title.clone() },
            variants,
            created_at: instant(row.created_at)?,
            revision: row.revision,
            withdrawn: row.withdrawn,
        },
        version_id: row.version_id.clone(),
        is_public: matches!(state, VersionState::Published | VersionState::Archived),
    })
}
