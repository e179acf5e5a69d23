//! `/images/{id}/downloads`: the pictures themselves, in their sizes.

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Method, StatusCode, header};
use axum::response::IntoResponse;
use domain::page::Page;
use services::images;

use super::shown_instead;
use crate::api::Answer;
use crate::api::answer::{self, caching, put};
use crate::api::ctx::{Asked, Path};
use crate::api::described::{ImagePath, ImageSizePath, PageOf, Paging};
use crate::api::etag::none_match_holds;
use crate::api::v1::ImageSizeBody;
use crate::http::remembered::Streamed;
use crate::state::AppState;

/// Lists the sizes of an image.
///
/// The narrowest first. An image is never enlarged, so that a small one is offered as `original` alone.
#[utoipa::path(
    get, path = "/images/{id}/downloads", tag = "images",
    params(ImagePath, Paging),
    responses((status = 200, description = "Its sizes", body = PageOf<ImageSizeBody>)),
)]
pub async fn list_sizes(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    let stored = images::find(&state.services, &asked.ctx, &id).await?;
    if let Some(page) = shown_instead(&state, &asked, &stored).await? {
        return Ok(page);
    }
    let image = stored.image;
    let mut params = asked.params();
    let paging = params.paging();
    params.finish()?;
    let sizes = image.variants.iter().map(|made| ImageSizeBody::new(&image, made)).collect();
    answer::page(&asked, Page::of_whole(sizes, paging))
}

/// Downloads an image in one size.
///
/// For those who may see its version. `HEAD` answers the headers alone.
#[utoipa::path(
    get, path = "/images/{id}/downloads/{variant}", tag = "images",
    params(ImageSizePath),
    responses((status = 200, description = "The picture", content(
        (Vec<u8> = "image/png"), (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/webp"),
    ))),
)]
pub async fn download_size(
    State(state): State<AppState>,
    method: Method,
    asked: Asked,
    Path((id, variant)): Path<(String, String)>,
) -> Answer {
    let (stored, made) = images::find_variant(&state.services, &asked.ctx, &id, &variant).await?;
    asked.no_params()?;
    let mut headers = caching(&asked.ctx);
    let tag = format!("\"sha256-{}\"", made.sha256);
    put(&mut headers, header::ETAG, &tag);
    put(&mut headers, header::CONTENT_TYPE, &made.media_type);
    put(&mut headers, header::CONTENT_DISPOSITION, "inline");
    put(&mut headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if none_match_holds(&asked.headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    put(&mut headers, header::CONTENT_LENGTH, &made.size.to_string());
    if method == Method::HEAD {
        return Ok((headers, Body::empty()).into_response());
    }
    let bytes = images::bytes(&state.services, &asked.ctx, &stored, &made).await?;
    Ok((Extension(Streamed), headers, Body::from_stream(bytes)).into_response())
}
