//! Reading an upload part by part, never holding the file in memory.

use std::collections::BTreeMap;

use axum::http::{header, request::Parts};
use domain::file::File;
use domain::refusal::Refusal;
use futures::{TryStream, TryStreamExt};
use leptos::prelude::use_context;
use leptos::server_fn::codec::MultipartData;
use services::files::NewFile;

use crate::error::RpcError;

/// The longest text field, in characters; what is longer is refused as too long by what it is for.
const MAX_TEXT: usize = 2000;
/// The text fields of a form; none of ours has as many.
const MAX_FIELDS: usize = 16;

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
            read_text(&mut texts, name, part).await;
            continue;
        }
        let filename = part.file_name().unwrap_or_default().to_owned();
        if filename.is_empty() {
            return Ok((texts, Err(no_file().into())));
        }
        let new = new_file(&texts, filename);
        // Who sends what where is judged before its bytes are read.
        if let Err(error) = services::files::expect(&services, &ctx, &new).await {
            return Ok((texts, Err(error)));
        }
        let bytes = part.map_err(std::io::Error::other);
        let outcome = match services::files::receive(&services, &ctx, bytes).await {
            Ok(received) => services::files::attach(&services, &ctx, received, new).await,
            Err(error) => Err(error),
        };
        return Ok((texts, outcome));
    }
}

/// Takes a text field in, as far as any is wanted; what comes beyond that is read past and not held.
pub(crate) async fn read_text<E>(
    texts: &mut Texts,
    name: String,
    mut part: impl TryStream<Ok = bytes::Bytes, Error = E> + Unpin,
) {
    let mut held = Vec::new();
    while let Ok(Some(more)) = part.try_next().await {
        let room = (4 * MAX_TEXT).saturating_sub(held.len()).min(more.len());
        held.extend_from_slice(&more[..room]);
    }
    if texts.len() < MAX_FIELDS {
        texts.insert(name, String::from_utf8_lossy(&held).chars().take(MAX_TEXT).collect());
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

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use futures::executor::block_on;
    use futures::stream;

    use super::*;

    #[test]
    fn a_text_without_end_is_read_past_and_not_held() {
        let sent = Cell::new(0_usize);
        let pieces = (0..1000).map(|_| {
            sent.set(sent.get() + 1);
            Ok::<_, std::io::Error>(bytes::Bytes::from(vec![b'a'; 65_536]))
        });
        let mut texts = Texts::new();
        block_on(read_text(&mut texts, "title".to_owned(), stream::iter(pieces)));
        assert_eq!((texts["title"].len(), sent.get()), (MAX_TEXT, 1000));
        for i in 0..100 {
            let nothing = stream::iter([Ok::<_, std::io::Error>(bytes::Bytes::new())]);
            block_on(read_text(&mut texts, format!("field-{i}"), nothing));
        }
        assert_eq!(texts.len(), MAX_FIELDS);
    }
}
