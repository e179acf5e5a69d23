//! `/files/uploads`: uploads that come in several requests, by the tus protocol 1.0.

pub mod head;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use axum::response::IntoResponse;
use domain::policy::Permission;
use domain::upload::UploadState;
use futures::StreamExt;
use services::uploads::{self, Incoming, Progress, UploadError};
use services::versions::VersionKey;

use super::Answer;
use super::answer;
use super::ctx::{Asked, Path};
use super::described::{ErrorEnvelope, TusAdding, TusBeginning, TusSpeaking, UploadPath};
use super::guards::version_to_change;
use super::problem::Problem;
use super::v1::{UploadBody, file_path, upload_path};
use crate::state::AppState;

/// Begins an upload that may come in several requests.
///
/// The protocol is tus 1.0; `OPTIONS` tells its extensions and the largest upload. `Upload-Metadata` names what the form of
/// `POST /files/upload` does: `filename`, `dataset_id`, `edition`, `version`, and if need be `title`, `licence` and
/// `licence_url`, each with its value in base64. Rights, name and size are checked now. Bytes may come along as
/// `application/offset+octet-stream`. An upload to which nothing was added for 24 hours ends. Its length is told at once, and uploads
/// are not joined: `Upload-Defer-Length` and `Upload-Concat` are refused. Where bytes that came along are not taken, or not all of them,
/// `Location` names the upload all the same.
#[utoipa::path(
    post, path = "/files/uploads", tag = "files",
    params(TusBeginning),
    responses(
        (status = 201, description = "The new upload; `Upload-Offset` tells how much was taken along", body = UploadBody),
        (status = 404, description = "There is no such version, or the caller may not know that there is", body = ErrorEnvelope),
        (status = 408, description = "The sender was silent for too long; what came is kept", body = ErrorEnvelope),
        (status = 412, description = "Another version of the protocol was asked for", body = ErrorEnvelope),
        (status = 413, description = "It would be larger than uploads may be", body = ErrorEnvelope),
        (status = 415, description = "Bytes came along under another type", body = ErrorEnvelope),
        (status = 422, description = "The name, size or title breaks a rule, or all bytes came along and are no sound file", body = ErrorEnvelope),
        (status = 460, description = "The bytes are not those of `Upload-Checksum`", body = ErrorEnvelope),
    ),
    security(("bearer" = [Permission::DatasetsWrite]), ("session" = [Permission::DatasetsWrite])),
)]
pub async fn begin(State(state): State<AppState>, asked: Asked, request: Request) -> Answer {
    asked.ctx.caller_with(Permission::DatasetsWrite)?;
    asked.no_params()?;
    head::speaks(&asked.headers)?;
    let meant = head::meant(&asked.headers)?;
    let key =
        VersionKey { dataset_id: meant.dataset_id.clone(), edition: meant.edition.clone(), version: meant.version };
    version_to_change(&state, &asked.ctx, Permission::DatasetsWrite, &key).await?;
    let length = head::length_of_new(&asked.headers)?;
    let brings = head::brings_bytes(&asked.headers)?;
    let checksum = head::checksum(&asked.headers)?;
    let mut upload = uploads::begin(&state.services, &asked.ctx, meant, length).await?;
    let mut file = None;
    if brings {
        let incoming = incoming(&state, &asked, request, 0, checksum);
        let progress = uploads::append(&state.services, &asked.ctx, &upload.id, incoming).await;
        // Whoever is refused or was cut goes on there, or reads there why nothing came of it.
        let begun = |error: UploadError| Problem::from(error).with_header(header::LOCATION, &upload_path(&upload.id));
        let progress = progress.map_err(begun)?;
        (upload, file) = (progress.upload, progress.file);
    }
    let mut answer = answer::created(&upload_path(&upload.id), None, &UploadBody::from(&upload))?;
    tell(answer.headers_mut(), &Progress { upload, file });
    Ok(answer)
}

/// Tells how an upload stands.
///
/// `HEAD` tells it in `Upload-Offset`, as the protocol wants; the body is for people and for programs that speak no tus. Only
/// who began an upload sees it.
#[utoipa::path(
    get, path = "/files/uploads/{upload}", tag = "files",
    params(UploadPath),
    responses(
        (status = 200, description = "How it stands", body = UploadBody),
        (status = 410, description = "It has ended without a file", body = ErrorEnvelope),
    ),
    security(("bearer" = [Permission::DatasetsWrite]), ("session" = [Permission::DatasetsWrite])),
)]
pub async fn look(State(state): State<AppState>, method: Method, asked: Asked, Path(id): Path<String>) -> Answer {
    asked.ctx.caller()?;
    let upload = uploads::look(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    if method == Method::HEAD && upload.state == UploadState::Refused {
        return Err(UploadError::Gone.into());
    }
    let mut answer = answer::read(&asked, None, &UploadBody::from(&upload))?;
    let headers = answer.headers_mut();
    answer::put(headers, HeaderName::from_static("upload-length"), &upload.length.to_string());
    answer::put(headers, HeaderName::from_static("upload-metadata"), &head::metadata(&upload.meant));
    tell(headers, &Progress { upload, file: None });
    Ok(answer)
}

/// Adds bytes to an upload.
///
/// They begin where `Upload-Offset` says, which must be where the upload ends. With the last byte it becomes a file, whose
/// address is in `Content-Location`; it is checked as by `POST /files/upload`. What came before a cut is kept. Where a line lets no PATCH
/// through, a POST with `X-HTTP-Method-Override: PATCH` is taken for one.
#[utoipa::path(
    patch, path = "/files/uploads/{upload}", tag = "files",
    params(UploadPath, TusAdding),
    request_body(content = String, content_type = "application/offset+octet-stream", example = json!("month,growth\\n2025-10,0.1\\n")),
    responses(
        (status = 204, description = "Taken; `Upload-Offset` tells where the upload ends now"),
        (status = 408, description = "The sender was silent for too long; what came is kept", body = ErrorEnvelope),
        (status = 409, description = "The upload ends elsewhere, or something stands in the way of the file", body = ErrorEnvelope),
        (status = 410, description = "It has ended", body = ErrorEnvelope),
        (status = 412, description = "Another version of the protocol was asked for", body = ErrorEnvelope),
        (status = 423, description = "Another request is adding to it", body = ErrorEnvelope),
        (status = 460, description = "The bytes are not those of `Upload-Checksum`; none of them were taken", body = ErrorEnvelope),
    ),
    security(("bearer" = [Permission::DatasetsWrite]), ("session" = [Permission::DatasetsWrite])),
    extensions(("x-if-match" = json!("none"))),
)]
pub async fn add(State(state): State<AppState>, asked: Asked, Path(id): Path<String>, request: Request) -> Answer {
    asked.ctx.caller()?;
    let upload = uploads::look(&state.services, &asked.ctx, &id).await?;
    if upload.state != UploadState::Open {
        return Err(UploadError::Gone.into());
    }
    asked.no_params()?;
    head::speaks(&asked.headers)?;
    if asked.headers.get(header::CONTENT_TYPE).is_none() || !head::brings_bytes(&asked.headers)? {
        let message = format!("Send bytes with Content-Type: {}.", head::BYTES);
        return Err(Problem::of(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", message));
    }
    let offset = head::number(&asked.headers, "Upload-Offset")?;
    let checksum = head::checksum(&asked.headers)?;
    if offset != upload.received {
        return Err(UploadError::Offset { offset: upload.received }.into());
    }
    let announced = head::length(&asked.headers).unwrap_or(0);
    if announced > upload.length.saturating_sub(offset) {
        return Err(domain::refusal::Refusal::TooLarge { limit: upload.length }.into());
    }
    let incoming = incoming(&state, &asked, request, offset, checksum);
    let progress = uploads::append(&state.services, &asked.ctx, &id, incoming).await?;
    let mut answer = (StatusCode::NO_CONTENT, [(header::CACHE_CONTROL, "private, no-store")]).into_response();
    tell(answer.headers_mut(), &progress);
    Ok(answer)
}

/// Ends an upload.
///
/// Its bytes are forgotten.
#[utoipa::path(
    delete, path = "/files/uploads/{upload}", tag = "files",
    params(UploadPath, TusSpeaking),
    responses(
        (status = 204, description = "Ended"),
        (status = 410, description = "It has ended already", body = ErrorEnvelope),
        (status = 412, description = "Another version of the protocol was asked for", body = ErrorEnvelope),
        (status = 423, description = "A request is adding to it", body = ErrorEnvelope),
    ),
    security(("bearer" = [Permission::DatasetsWrite]), ("session" = [Permission::DatasetsWrite])),
    extensions(("x-if-match" = json!("none"))),
)]
pub async fn end(State(state): State<AppState>, asked: Asked, Path(id): Path<String>) -> Answer {
    asked.ctx.caller()?;
    uploads::look(&state.services, &asked.ctx, &id).await?;
    asked.no_params()?;
    head::speaks(&asked.headers)?;
    uploads::end(&state.services, &asked.ctx, &id).await?;
    Ok(answer::deleted())
}

/// The bytes of a request, which end early when the program does, so that what has come is kept.
fn incoming(
    state: &AppState,
    asked: &Asked,
    request: Request<Body>,
    offset: u64,
    checksum: Option<uploads::Checksum>,
) -> Incoming<impl futures::Stream<Item = std::io::Result<bytes::Bytes>> + Send + 'static> {
    let bytes = request.into_body().into_data_stream().map(|chunk| chunk.map_err(std::io::Error::other));
    let bytes = bytes.take_until(state.ending.clone().cancelled_owned());
    Incoming { offset, announced: head::length(&asked.headers), checksum, bytes }
}

/// Where the upload ends, until when it waits for more, and the file that it became.
fn tell(headers: &mut HeaderMap, progress: &Progress) {
    let upload = &progress.upload;
    answer::put(headers, HeaderName::from_static("upload-offset"), &upload.received.to_string());
    if upload.state == UploadState::Open {
        let end = std::time::SystemTime::from(upload.expires_at);
        answer::put(headers, HeaderName::from_static("upload-expires"), &httpdate::fmt_http_date(end));
    }
    if progress.file.is_some() || upload.state == UploadState::Finished {
        answer::put(headers, header::CONTENT_LOCATION, &file_path(&upload.id));
    }
}

impl From<UploadError> for Problem {
    fn from(error: UploadError) -> Self {
        match error {
            UploadError::Service(error) => error.into(),
            UploadError::Held => Self::of(
                StatusCode::LOCKED,
                "UPLOAD_LOCKED",
                "Another request is adding to this upload. Wait for it to end, and ask where the upload stands.",
            ),
            UploadError::Gone => {
                Self::of(StatusCode::GONE, "UPLOAD_ENDED", "This upload has ended. Begin another one.")
            }
            UploadError::Offset { offset } => {
                Self::of(StatusCode::CONFLICT, "CONFLICT", format!("The upload has {offset} bytes. Go on from there."))
                    .with("offset", offset)
            }
            UploadError::Checksum => Self::of(
                StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST),
                "CHECKSUM_MISMATCH",
                "The bytes are not those of the checksum. None of them were taken; send them again.",
            ),
            UploadError::Cut => Self::of(
                StatusCode::REQUEST_TIMEOUT,
                "TIMEOUT",
                "The bytes stopped coming. What came is kept; ask where the upload stands and go on from there.",
            ),
        }
    }
}
