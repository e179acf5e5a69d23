//! Reading an import and its files part by part, never holding a file in memory.

use std::collections::BTreeMap;

use domain::curation::ImportReport;
use domain::refusal::Refusal;
use futures::TryStreamExt;
use leptos::server_fn::codec::MultipartData;
use services::imports::{self, Sent};

use crate::error::RpcError;

/// The longest text of the form, in bytes: a byte more than an import may have, so that one too long is refused as such.
const MAX_TEXT: usize = imports::MAX_BYTES + 1;
/// The most files of one import.
const MAX_FILES: usize = 100;

/// The text fields.
type Texts = BTreeMap<String, String>;

/// Whether the form asks for more than a rehearsal.
pub(super) fn is_for_good(texts: &Texts) -> bool {
    texts.get("step").is_some_and(|step| step == "carry-out")
}

/// Reads the form and runs the import that it holds.
pub(super) async fn receive(data: MultipartData) -> Result<(Texts, services::Result<ImportReport>), RpcError> {
    let (services, ctx) = crate::request::context()?;
    let mut parts = data.into_inner().ok_or(RpcError::Fault)?;
    let (mut texts, mut sent, mut count) = (Texts::new(), Sent::default(), 0);
    if let Err(refusal) = ctx.caller_with(domain::policy::Permission::DatasetsWrite) {
        return Ok((texts, Err(refusal.into())));
    }
    let stopped: Option<services::ServiceError> = loop {
        let mut part = match parts.next_field().await {
            Ok(Some(part)) => part,
            Ok(None) => break None,
            Err(_) => break Some(cut_off().into()),
        };
        let name = part.name().unwrap_or_default().to_owned();
        if name != "files" {
            let mut held = Vec::new();
            while let Ok(Some(more)) = part.chunk().await {
                let room = MAX_TEXT.saturating_sub(held.len()).min(more.len());
                held.extend_from_slice(&more[..room]);
            }
            if ["csv", "step"].contains(&name.as_str()) {
                texts.insert(name, String::from_utf8_lossy(&held).into_owned());
            }
            continue;
        }
        let filename = part.file_name().unwrap_or_default().to_owned();
        if filename.is_empty() {
            continue;
        }
        count += 1;
        if count > MAX_FILES {
            let message = format!("Send at most {MAX_FILES} files at once.");
            break Some(Refusal::field("files", "too_many", message).into());
        }
        if !is_for_good(&texts) {
            let mut size = 0;
            let read = loop {
                match part.chunk().await {
                    Ok(Some(more)) => size += more.len() as u64,
                    Ok(None) => break true,
                    Err(_) => break false,
                }
            };
            if !read {
                break Some(cut_off().into());
            }
            sent.look_at(&filename, size);
            continue;
        }
        match services::files::receive(&services, &ctx, part.map_err(std::io::Error::other)).await {
            Ok(received) => {
                if let Some(before) = sent.take(&filename, received) {
                    services::files::forget(&services, before).await;
                }
            }
            Err(error) => break Some(error),
        }
    };
    if let Some(error) = stopped {
        imports::give_up(&services, sent).await;
        return Ok((texts, Err(error)));
    }
    let csv = texts.get("csv").map(String::as_str).unwrap_or_default();
    let outcome = if is_for_good(&texts) {
        imports::carry_out(&services, &ctx, csv, sent).await
    } else {
        imports::rehearse(&services, &ctx, csv, sent).await
    };
    Ok((texts, outcome))
}

fn cut_off() -> Refusal {
    Refusal::field("files", "interrupted", "The sending stopped before everything had arrived. Send it again.")
}
