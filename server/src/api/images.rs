//! `/images`: pictures that belong to versions and become public with them.

pub mod downloads;

use axum::extract::{FromRequest, Multipart, Request, State};
use axum::response::Response;
use bytes::{Bytes, BytesMut};
use domain::image::Image;
use domain::page::Page;
use domain::policy::Permission;
use domain::refusal::{FieldProblem, Refusal};
use domain::version::admin_version_path;
use persistence::images::StoredImage;
use services::files::Recall;
use services::images::{self, NewImage};
use services::versions::VersionKey;

use super::Answer;
use super::accept::{page_of_version_instead, version_page};
use super::answer;
use super::body::Body;
use super::ctx::{Asked, Path};
use super::described::{ErrorEnvelope, ImageForm, ImagePath, PageOf, Paging, VersionPath};
use super::files::RecallInput;
use super::form::{Fields, broken, key_of, not_a_form, read_text, unreadable};
use super::guards::{dataset_to_change, version_to_change};
use super::problem::Problem;
use super::v1::{ImageBody, ImageInput, image_path};
use super::versions::{Words, key_of as key_of_words};
use crate::state::AppState;

const FIELDS: [&str; 6] = ["dataset_id", "edition", "version", "alt", "caption", "title"];

/// Adds an image to a version.
///
/// The version must be `created`. The picture is decoded and written anew, so that nothing but its pixels is kept, and offered in
/// several sizes. It becomes public with its version.
#[utoipa::path(
    post, path = "/images", tag = "images",
    request_body(content = ImageForm, content_type = "multipart/form-data", example = json!({
        "dataset_id": "gdp-monthly", "edition": "time-series", "version": "1",
        "alt": "A line that rises from 2020 to 2026", "file": "the bytes of a picture"
    })),
    responses(
        (status = 201, description = "The new image", body = ImageBody),
        (status = 404, description = "There is no such version, or the caller may not know that there is", body = ErrorEnvelope),
    ),
    security(("bearer" = [Permission::DatasetsWrite]), ("session" = [Permission::DatasetsWrite])),
)]
pub async fn create(State(state): State<AppState>, asked: Asked, request: Request) -> Answer {
    asked.ctx.caller_with(Permission::DatasetsWrite)?;
    asked.no_params()?;
    let mut parts = Multipart::from_request(request, &()).await.map_err(|_| not_a_form())?;
    let (mut fields, bytes) = read_form(&mut parts, images::most_bytes(&state.services)).await?;
    let version = key_of(&fields)?;
    version_to_change(&state, &asked.ctx, Permission::DatasetsWrite, &version).await?;
    let bytes = bytes.ok_or_else(|| Refusal::Invalid { problems: vec![FieldProblem::required("file")] })?;
    let alt = fields.remove("alt").unwrap_or_default();
    let texts = domain::image::ImageTexts::new(alt, fields.remove("caption"), fields.remove("title"));
    let image = images::add(&state.services, &asked.ctx, NewImage { version, texts, bytes }).await?;
    answer::created(&image_path(&image.id), Some(image.revision), &ImageBody::new(&image, false))
}

async fn read_form(parts: &mut Multipart, most: u64) -> Result<(Fields, Option<Bytes>), Problem> {
    let (mut fields, mut bytes) = (Fields::new(), None);
    while let Some(mut field) = parts.next_field().await.map_err(|error| broken(&error))? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" && bytes.is_none() {
            let mut whole = BytesMut::new();
            while let Some(chunk) = field.chunk().await.map_err(|error| broken(&error))? {
                whole.extend_from_slice(&chunk);
                if whole.len() as u64 > most {
                    return Err(Refusal::TooLarge { limit: most }.into());
                }
            }
            bytes = Some(whole.freeze());
        } else if !FIELDS.contains(&name.as_str()) && name != "file" {
            return Err(unreadable(&name, "unknown_field", "There is no such field here."));
        } else if name == "file" || fields.contains_key(&name) {
            return Err(unreadable(&name, "repeated", "Send this once."));
        } else {
            let text = read_text(&name, field).await?;
            fields.insert(name, text);
        }
    }
    Ok((fields, bytes))
}

/// Lists the images of a version.
///
/// In their order, without those that were withdrawn.
#[utoipa::path(
    get, path = "/datasets/{id}/editions/{edition}/versions/{version}/images", tag = "images",
    params(VersionPath, Paging),
    responses((status = 200, description = "Its images", body = PageOf<ImageBody>)),
)]
pub async fn list(State(state): State<AppState>, asked: Asked, Path(words): Words) -> Answer {
    let key = key_of_words(words)?;
    let stored = images::list(&state.services, &asked.ctx, &key).await?;
    let mut params = asked.params();
    let paging = params.paging();
    params.finish()?;
    let bodies = stored.iter().map(|stored| ImageBody::new(&stored.image, stored.is_public)).collect();
    answer::page(&asked, Page::of_whole(bodies, paging))
}

/// Reads what is known of an image.
///
/// One that was withdrawn is there for those alone who work on the dataset.
#[utoipa::path(
    get, path = "/images/{id}", tag = "images",
    params(ImagePath),
    responses((status = 200, description = "The image", body = ImageBody)),
)]
pub async fn read(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let stored = images::find(&state.services, &asked.ctx, &id).await?;
    if let Some(page) = shown_instead(&state, &asked, &stored).await? {
        return Ok(page);
    }
    asked.no_params()?;
    answer::read(&asked, Some(stored.image.revision), &ImageBody::new(&stored.image, stored.is_public))
}

/// The way to where an image is shown, for whoever would rather have HTML.
async fn shown_instead(state: &AppState, asked: &Asked, stored: &StoredImage) -> Result<Option<Response>, Problem> {
    let Image { dataset_id, edition, version, .. } = &stored.image;
    let key = VersionKey { dataset_id: dataset_id.clone(), edition: edition.clone(), version: *version };
    page_of_version_instead(state, asked, key, || page_of(stored)).await
}

/// Where an image is shown: on the public page of its version, or on the portal's while nobody outside gets it.
fn page_of(stored: &StoredImage) -> String {
    let image = &stored.image;
    let page = if stored.is_public && !image.withdrawn { version_page } else { admin_version_path };
    page(&image.dataset_id, &image.edition, image.version)
}

/// Replaces what is written about an image.
///
/// Only while its version is `created` and in no bundle that is being prepared. The picture itself stays; another one is another image.
#[utoipa::path(
    put, path = "/images/{id}", tag = "images",
    params(ImagePath),
    request_body(content = ImageInput, content_type = "application/json",
        example = json!({"alt": "A line that rises from 2020 to 2026", "caption": "Index, 2020 = 100"})),
    responses((status = 200, description = "The image as it is now", body = ImageBody)),
    security(("bearer" = [Permission::DatasetsWrite]), ("session" = [Permission::DatasetsWrite])),
)]
pub async fn replace(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let revision = to_change(&state, &asked, &id).await?;
    let sent: ImageInput = body.read().await?;
    let if_match = asked.if_match();
    let edited = images::edit(&state.services, &asked.ctx, &id, if_match.required(revision), sent.into()).await;
    let image = edited.map_err(|error| if_match.explain(error))?;
    answer::changed(Some(image.revision), &ImageBody::new(&image, false))
}

/// Removes an image.
///
/// Only while its version is `created` and in no bundle that is being prepared.
#[utoipa::path(
    delete, path = "/images/{id}", tag = "images",
    params(ImagePath),
    responses((status = 204, description = "Removed")),
    security(("bearer" = [Permission::DatasetsWrite]), ("session" = [Permission::DatasetsWrite])),
)]
pub async fn delete(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let revision = to_change(&state, &asked, &id).await?;
    asked.no_params()?;
    let if_match = asked.if_match();
    let done = images::delete(&state.services, &asked.ctx, &id, if_match.required(revision)).await;
    done.map_err(|error| if_match.explain(error))?;
    Ok(answer::deleted())
}

/// Recalls a public image.
///
/// From then on nobody gets it, in any size, and no page shows it. With a `notice` readers of the version's page are told.
#[utoipa::path(
    put, path = "/images/{id}/withdraw", tag = "images",
    params(ImagePath),
    request_body(content = RecallInput, content_type = "application/json",
        example = json!({"reason": "It shows somebody who did not agree.", "notice": "A picture is being replaced."})),
    responses(
        (status = 200, description = "The image", body = ImageBody),
        (status = 409, description = "The image is not public yet, or was withdrawn already", body = ErrorEnvelope),
    ),
    security(("bearer" = [Permission::DatasetsCorrect]), ("session" = [Permission::DatasetsCorrect])),
    extensions(("x-if-match" = json!("none"))),
)]
pub async fn withdraw(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let recall = recall(&state, &asked, &id, body).await?;
    let image = images::withdraw(&state.services, &asked.ctx, &id, recall).await?;
    answer::changed(None, &ImageBody::new(&image, true))
}

/// Gives a recalled image out again.
///
/// In the place among the version's images that it had.
#[utoipa::path(
    put, path = "/images/{id}/reinstate", tag = "images",
    params(ImagePath),
    request_body(content = RecallInput, content_type = "application/json",
        example = json!({"reason": "Everybody on it agreed.", "notice": "The picture is here again, unchanged."})),
    responses(
        (status = 200, description = "The image", body = ImageBody),
        (status = 409, description = "The image was not withdrawn", body = ErrorEnvelope),
    ),
    security(("bearer" = [Permission::DatasetsCorrect]), ("session" = [Permission::DatasetsCorrect])),
    extensions(("x-if-match" = json!("none"))),
)]
pub async fn reinstate(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, body: Body) -> Answer {
    let recall = recall(&state, &asked, &id, body).await?;
    let image = images::reinstate(&state.services, &asked.ctx, &id, recall).await?;
    answer::changed(None, &ImageBody::new(&image, true))
}

async fn recall(state: &AppState, asked: &Asked, id: &str, body: Body) -> Result<Recall, Problem> {
    asked.ctx.caller()?;
    let image = images::find(&state.services, &asked.ctx, id).await?.image;
    dataset_to_change(state, &asked.ctx, Permission::DatasetsCorrect, &image.dataset_id).await?;
    asked.no_params()?;
    Ok(body.read::<RecallInput>().await?.checked()?)
}

/// The revision of the image, for somebody who may write its dataset.
async fn to_change(state: &AppState, asked: &Asked, id: &str) -> Result<i64, Problem> {
    asked.ctx.caller()?;
    let image = images::find(&state.services, &asked.ctx, id).await?.image;
    dataset_to_change(state, &asked.ctx, Permission::DatasetsWrite, &image.dataset_id).await?;
    Ok(image.revision)
}
