//! Reading an import and its files part by part, never holding a file in memory.

use std::collections::BTreeMap;
use std::string::FromUtf8Error;

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
            if let Err(refusal) = keep(&mut texts, name, held) {
                break Some(refusal.into());
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

/// Keeps a field that the import reads; a file that was chosen takes the place of the text that was typed.
fn keep(texts: &mut Texts, name: String, held: Vec<u8>) -> Result<(), Refusal> {
    match name.as_str() {
        // Browsers send the control along where nothing was chosen.
        "csv_file" if held.is_empty() => {}
        "csv_file" => {
            // A character may be cut in two where the file is too long, which it is then refused for.
            let is_whole = held.len() < MAX_TEXT;
            let text = match String::from_utf8(held) {
                Ok(text) => text,
                Err(error) if is_whole => return Err(not_unicode(&error)),
                Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
            };
            texts.insert("csv".to_owned(), text);
        }
        "csv" | "step" => {
            texts.insert(name, String::from_utf8_lossy(&held).into_owned());
        }
        _ => {}
    }
    Ok(())
}

fn not_unicode(error: &FromUtf8Error) -> Refusal {
    let read = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
    let line = read.split(|byte| *byte == b'\n').count();
    let message =
        format!("Line {line} is not in UTF-8. Save the file as \u{201c}CSV UTF-8\u{201d}, and choose it again.");
    Refusal::field("csv_file", "not_unicode", message)
}

fn cut_off() -> Refusal {
    Refusal::field("files", "interrupted", "The sending stopped before everything had arrived. Send it again.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(fields: &[(&str, &[u8])]) -> Result<Texts, Refusal> {
        let mut texts = Texts::new();
        for (name, held) in fields {
            keep(&mut texts, (*name).to_owned(), held.to_vec())?;
        }
        Ok(texts)
    }

    #[test]
    fn a_file_that_was_chosen_takes_the_place_of_what_was_typed() {
        let both = kept(&[("step", b"rehearse"), ("csv", b"id\ntyped\n"), ("csv_file", b"id\nchosen\n")]).unwrap();
        assert_eq!(both.get("csv").map(String::as_str), Some("id\nchosen\n"));
        let none = kept(&[("csv", b"id\ntyped\n"), ("csv_file", b""), ("colour", b"red")]).unwrap();
        assert_eq!((none.len(), none.get("csv").map(String::as_str)), (1, Some("id\ntyped\n")));
    }

    #[test]
    fn a_file_in_another_encoding_is_refused_by_its_line() {
        let Err(Refusal::Invalid { problems }) = kept(&[("csv_file", b"id,title\ncpi,Caf\xe9\n")]) else {
            panic!("it was taken");
        };
        assert_eq!(problems.len(), 1);
        assert!(problems.iter().all(|problem| problem.field == "csv_file" && problem.message.contains("Line 2")));
        let long = [&b"a".repeat(MAX_TEXT - 1)[..], &"\u{e9}".as_bytes()[..1]].concat();
        assert!(kept(&[("csv_file", &long)]).is_ok(), "its length is refused by who reads it");
    }
}
