//! Reading an image and what is written about it out of a form.

use bytes::{Bytes, BytesMut};
use domain::image::{Image, ImageTexts};
use domain::refusal::Refusal;
use leptos::server_fn::codec::MultipartData;
use services::images::{self, NewImage};
use services::versions::VersionKey;

use crate::error::RpcError;
use crate::files::receive::{Texts, read_text};

/// Reads the form and adds its picture.
pub(super) async fn receive(data: MultipartData) -> Result<(Texts, services::Result<Image>), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let mut parts = data.into_inner().ok_or(RpcError::Fault)?;
    let (mut texts, mut picture) = (Texts::new(), Bytes::new());
    let most = images::most_bytes(&services);
    loop {
        let mut part = match parts.next_field().await {
            Ok(Some(part)) => part,
            Ok(None) => break,
            Err(_) => return Ok((texts, Err(cut_off().into()))),
        };
        let name = part.name().unwrap_or_default().to_owned();
        if name != "file" {
            read_text(&mut texts, name, part).await;
            continue;
        }
        if let Err(refusal) = ctx.caller() {
            return Ok((texts, Err(refusal.into())));
        }
        let mut whole = BytesMut::new();
        loop {
            match part.chunk().await {
                Ok(Some(chunk)) => whole.extend_from_slice(&chunk),
                Ok(None) => break,
                Err(_) => return Ok((texts, Err(cut_off().into()))),
            }
            if whole.len() as u64 > most {
                return Ok((texts, Err(Refusal::TooLarge { limit: most }.into())));
            }
        }
        picture = whole.freeze();
    }
    if picture.is_empty() {
        return Ok((texts, Err(Refusal::field("file", "required", "Choose an image to add.").into())));
    }
    let text = |name: &str| texts.get(name).cloned().unwrap_or_default();
    let written = ImageTexts::new(text("alt"), Some(text("caption")), None);
    let new = NewImage { version: key(&texts), texts: written, bytes: picture };
    let outcome = images::add(&services, &ctx, new).await;
    Ok((texts, outcome))
}

/// The version that the form is about.
pub(super) fn key(texts: &Texts) -> VersionKey {
    let text = |name: &str| texts.get(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    crate::versions::key(&text("dataset_id"), &text("edition"), &text("version"))
}

fn cut_off() -> Refusal {
    Refusal::field("file", "interrupted", "The upload stopped before the whole image had arrived. Send it again.")
}
