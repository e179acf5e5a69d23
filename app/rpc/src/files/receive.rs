//! Reading an upload part by part, never holding the file in memory.

use std::collections::BTreeMap;

use axum::http::{header, request::Parts};
use domain::file::File;
use domain::refusal::Refusal;
use futures::TryStreamExt;
use leptos::prelude::use_context;
use leptos::server_fn::codec::MultipartData;
use services::files::NewFile;

use crate::error::RpcError;

/// The longest text field, in bytes.
const MAX_TEXT: usize = 2000;

/// The text fields that came before the file.
pub(crate) type Texts = BTreeMap<String, String>;

/// Reads the parts in their order and attaches the first file.
pub(super) async fn receive(data: MultipartData) -> Result<(Texts, services::Result<File>), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let mut parts = data.into_inner().ok_or(RpcError::Fault)?;
    let mut texts = Texts::new();
    loop {
        let part = match parts.next_field().await {
            Ok(Some(part)) => part,
            Ok(None) => return Ok((texts, Err(no_file().into()))),
            Err(_) => return Ok((texts, Err(cut_off().into()))),
        };
        let name = part.name().unwrap_or_default().to_owned();
        if name != "file" {
            let text = part.text().await.unwrap_or_default();
            texts.insert(name, text.chars().take(MAX_TEXT).collect());
            continue;
        }
        let filename = part.file_name().unwrap_or_default().to_owned();
        if filename.is_empty() {
            return Ok((texts, Err(no_file().into())));
        }
        let bytes = part.map_err(std::io::Error::other);
        let outcome = match services::files::receive(&services, &ctx, bytes).await {
            Ok(received) => services::files::attach(&services, &ctx, received, new_file(&texts, filename)).await,
            Err(error) => Err(error),
        };
        return Ok((texts, outcome));
    }
}

/// Sends people back to the version's page, and tells scripts how it came out.
pub(super) fn answer(texts: &Texts, outcome: services::Result<File>) -> Result<(), RpcError> {
    let key = new_file(texts, String::new()).version;
    let page = domain::version::admin_version_path(&key.dataset_id, &key.edition, key.version);
    let notice = |file: &File| format!("{} was uploaded.", file.filename);
    let accepts_pages = use_context::<Parts>()
        .and_then(|parts| Some(parts.headers.get(header::ACCEPT)?.to_str().ok()?.contains("text/html")))
        .unwrap_or(false);
    if accepts_pages {
        let typed = texts.clone();
        return crate::form::done_keeping("files/upload", typed, outcome, &page, |file| (page.clone(), notice(file)));
    }
    let file = outcome?;
    let flash = crate::Flash { form: "files/upload".to_owned(), notice: Some(notice(&file)), ..Default::default() };
    crate::request::visit().leave(flash);
    Ok(())
}

fn new_file(texts: &Texts, filename: String) -> NewFile {
    let text = |name: &str| texts.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    NewFile {
        version: crate::versions::key(&text("dataset_id"), &text("edition"), &text("version")),
        filename,
        title: Some(text("title")).filter(|title| !title.is_empty()),
        licence: None,
        licence_url: None,
    }
}

fn no_file() -> Refusal {
    Refusal::field("file", "required", "Choose a file to upload.")
}

fn cut_off() -> Refusal {
    Refusal::field("file", "interrupted", "The upload stopped before the whole file had arrived. Send it again.")
}
