//! `…/versions/{version}/files.zip`: everything of a version at once.

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{Method, StatusCode, header};
use axum::response::IntoResponse;
use chrono::DateTime;
use domain::file::is_same_filename;
use domain::refusal::Refusal;
use domain::views::VersionPage;
use persistence::files::StoredFile;
use services::audit;
use services::files::{self, Companion};
use sha2::{Digest, Sha256};

use crate::api::Answer;
use crate::api::answer::{caching, put};
use crate::api::ctx::{Asked, Path};
use crate::api::described::VersionPath;
use crate::api::documents::{Beside, documents_beside};
use crate::api::etag::none_match_holds;
use crate::api::versions::{Words, key_of};
use crate::http::remembered::Streamed;
use crate::state::AppState;

/// 1 January 1980, the first day that archives can name, in seconds since 1970.
const EARLIEST: i64 = 315_532_800;

/// Downloads a whole version as a ZIP archive.
///
/// Every file exactly as it was sent, with `SHA256SUMS`, a plain description and the metadata documents beside them. The
/// archive is made while it is sent, so its length is not known before and there are no ranges; `HEAD` answers the headers alone. Where a
/// file is recalled before the archive has come to it, the answer breaks off.
#[utoipa::path(
    get, path = "/datasets/{id}/editions/{edition}/versions/{version}/files.zip", tag = "files",
    params(VersionPath),
    responses((status = 200, description = "The archive", body = Vec<u8>, content_type = "application/zip")),
)]
pub async fn whole(State(state): State<AppState>, method: Method, asked: Asked, Path(words): Words) -> Answer {
    let key = key_of(words)?;
    let stored = files::list_of(&state.services, &asked.ctx, &key).await?;
    asked.no_params()?;
    if stored.is_empty() {
        return Err(Refusal::NotFound.into());
    }
    let Beside { page, documents } = documents_beside(&state, &asked, &key).await?;
    let folder = format!("{}-{}-v{}", key.dataset_id, key.edition, key.version);
    let mut companions = vec![
        Companion { path: "SHA256SUMS".to_owned(), bytes: sums(&stored).into_bytes() },
        Companion { path: "README.txt".to_owned(), bytes: readme(&page, &state.config.public_url).into_bytes() },
    ];
    companions.extend(documents.into_iter().map(|(path, bytes)| Companion { path, bytes }));
    // A file of the version that has such a name is the one that was asked for.
    companions.retain(|companion| !stored.iter().any(|of| is_same_filename(&of.file.filename, &companion.path)));
    let mut headers = caching(&asked.ctx);
    let tag = tag_of(&folder, &companions);
    put(&mut headers, header::ETAG, &tag);
    put(&mut headers, header::CONTENT_TYPE, "application/zip");
    put(&mut headers, header::CONTENT_DISPOSITION, &super::disposition(&format!("{folder}.zip")));
    put(&mut headers, header::ACCEPT_RANGES, "none");
    put(&mut headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if none_match_holds(&asked.headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    if method == Method::HEAD {
        return Ok((headers, Body::empty()).into_response());
    }
    for file in &stored {
        audit::preview_of_file(&state.services, &asked.ctx, file).await?;
    }
    let is_public = stored.iter().all(|file| file.is_public);
    let earliest = DateTime::from_timestamp(EARLIEST, 0).unwrap_or_default();
    let dated = page.version.metadata.release_date.unwrap_or_default().max(earliest);
    let bytes = files::zip(&state.services, &asked.ctx, folder, stored, companions, dated);
    let body = super::counted(&state, &asked, (&key.dataset_id, is_public), bytes);
    Ok((Extension(Streamed), headers, body).into_response())
}

/// The same archive for the same files and documents: the sums name every file.
fn tag_of(folder: &str, companions: &[Companion]) -> String {
    let mut hash = Sha256::new();
    hash.update(concat!(env!("CARGO_PKG_VERSION"), "\n"));
    hash.update(folder);
    for companion in companions {
        hash.update(&companion.path);
        hash.update(&companion.bytes);
    }
    format!("\"zip-{}\"", hex::encode(hash.finalize()))
}

/// Each file's digest and name, as `sha256sum --check` reads them.
fn sums(stored: &[StoredFile]) -> String {
    stored.iter().map(|stored| format!("{}  {}\n", stored.file.sha256, stored.file.filename)).collect()
}

fn readme(page: &VersionPage, base: &str) -> String {
    let metadata = page.dataset.shown();
    let version = &page.version;
    let address = format!(
        "{}/catalogue/{}/editions/{}/versions/{}",
        base.trim_end_matches('/'),
        version.dataset_id,
        version.edition,
        version.version
    );
    let mut lines = vec![metadata.title.clone(), "=".repeat(metadata.title.chars().count()), String::new()];
    lines.push(metadata.description.clone());
    lines.push(String::new());
    let mut fact = |name: &str, value: &str| {
        if !value.is_empty() {
            lines.push(format!("{name}: {value}"));
        }
    };
    fact("Edition", &page.edition.title);
    fact("Version", &version.version.to_string());
    fact("Released", &version.metadata.release_date.map(|at| at.to_rfc3339()).unwrap_or_default());
    fact("Publisher", &metadata.publisher);
    fact("Licence", &format!("{} {}", metadata.licence, metadata.licence_url));
    fact("Source", &address);
    for contact in &metadata.contacts {
        fact("Contact", &format!("{} {} {}", contact.name, contact.email, contact.telephone));
    }
    lines.push(String::new());
    lines.push("Files:".to_owned());
    for (file, _) in &page.files {
        lines.push(format!("  {}  {} ({} bytes, SHA-256 {})", file.filename, file.title, file.size, file.sha256));
    }
    lines.push(String::new());
    lines.join("\n")
}
