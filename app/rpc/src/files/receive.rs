//! Reading an upload part by part, never holding the file in memory.

use std::collections::BTreeMap;

use axum::http::{header, request::Parts};
use domain::file::File;
use domain::refusal::{FieldProblem, Refusal};
use futures::{TryStream, TryStreamExt};
use leptos::prelude::use_context;
use leptos::server_fn::codec::MultipartData;
use services::ServiceError;
use services::files::NewFile;

use crate::error::RpcError;

/// The longest text field, in characters; what is longer is refused as too long by what it is for.
const MAX_TEXT: usize = 2000;
/// The text fields of a form; none of ours has as many.
const MAX_FIELDS: usize = 16;

/// The text fields that came before the file.
pub(crate) type Texts = BTreeMap<String, String>;

/// What became of the files of a form: the names of those that were taken, and why each of the others was not.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    taken: Vec<String>,
    refused: Vec<(String, Refusal)>,
    /// The file that the title went to.
    titled: Option<String>,
}

/// Reads the parts in their order and attaches each file. One that is refused keeps none of the others, unless the rest of it does
/// not come: then nothing more is read.
pub(super) async fn receive(data: MultipartData) -> Result<(Texts, services::Result<Outcome>), RpcError> {
    let mut parts = data.into_inner().ok_or(RpcError::Fault)?;
    let (mut texts, mut outcome) = (Texts::new(), Outcome::default());
    loop {
        let part = match parts.next_field().await {
            Ok(Some(part)) => part,
            Ok(None) => break,
            Err(_) => {
                outcome.refused.push((String::new(), cut_off()));
                break;
            }
        };
        let name = part.name().unwrap_or_default().to_owned();
        if name != "file" {
            read_text(&mut texts, name, part).await;
            continue;
        }
        let filename = part.file_name().unwrap_or_default().to_owned();
        if filename.is_empty() {
            continue;
        }
        let mut bytes = part.map_err(std::io::Error::other);
        match take(&texts, filename.clone(), &mut bytes).await? {
            Ok(file) => {
                // A title is of one file; whichever come after go by their own names.
                let title = texts.remove("title").filter(|title| !title.trim().is_empty());
                outcome.titled = outcome.titled.or_else(|| title.map(|_| file.filename.clone()));
                outcome.taken.push(file.filename);
            }
            Err(ServiceError::Refused(refusal)) if is_of_the_file(&refusal) => {
                outcome.refused.push((filename, refusal));
                let (services, _) = crate::request::context()?;
                if !services::files::read_past(&services, &mut bytes).await {
                    outcome.refused.push((String::new(), not_read()));
                    break;
                }
            }
            // What holds for the whole form need not be said of each file.
            Err(error) => return Ok((texts, Err(error))),
        }
    }
    if outcome.taken.is_empty() && outcome.refused.is_empty() {
        outcome.refused.push((String::new(), no_file()));
    }
    Ok((texts, Ok(outcome)))
}

/// Takes one file in and makes it one of the version's.
async fn take(
    texts: &Texts,
    filename: String,
    bytes: impl futures::Stream<Item = std::io::Result<bytes::Bytes>> + Send,
) -> Result<services::Result<File>, RpcError> {
    let (services, ctx) = crate::request::context()?;
    if let Err(refusal) = ctx.caller() {
        return Ok(Err(refusal.into()));
    }
    let new = new_file(texts, filename);
    // Who sends what where is judged before its bytes are read.
    if let Err(error) = services::files::expect(&services, &ctx, &new).await {
        return Ok(Err(error));
    }
    Ok(match services::files::receive(&services, &ctx, bytes).await {
        Ok(received) => services::files::attach(&services, &ctx, received, new).await,
        Err(error) => Err(error),
    })
}

/// Whether a refusal is about the file, so that another one might be taken.
const fn is_of_the_file(refusal: &Refusal) -> bool {
    !matches!(refusal, Refusal::Unauthenticated | Refusal::NotFound | Refusal::Forbidden { .. })
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
pub(super) fn answer(texts: &Texts, outcome: services::Result<Outcome>) -> Result<(), RpcError> {
    let key = new_file(texts, String::new()).version;
    let page = crate::versions::page_of(&key);
    let (notice, outcome) = match outcome {
        Ok(outcome) => {
            (notice(&outcome.taken, outcome.titled.as_deref()), all_taken(outcome.refused).map_err(ServiceError::from))
        }
        Err(error) => (String::new(), Err(error)),
    };
    let accepts_pages = use_context::<Parts>()
        .and_then(|parts| Some(parts.headers.get(header::ACCEPT)?.to_str().ok()?.contains("text/html")))
        .unwrap_or(false);
    if accepts_pages {
        let typed = texts.clone();
        return crate::form::done_in_part("files/upload", typed, outcome, &page, notice);
    }
    outcome?;
    let flash = crate::Flash { form: "files/upload".to_owned(), notice: Some(notice), ..Default::default() };
    crate::request::visit().leave(flash);
    Ok(())
}

/// Which files were taken, in a sentence, and which of several has the title; empty where none was.
fn notice(taken: &[String], titled: Option<&str>) -> String {
    match (taken, titled) {
        ([], _) => String::new(),
        ([one], _) => format!("{one} was uploaded."),
        ([all @ .., last], None) => format!("{} and {last} were uploaded.", all.join(", ")),
        ([all @ .., last], Some(one)) => {
            format!("{} and {last} were uploaded. The title is of {one}; the others go by their names.", all.join(", "))
        }
    }
}

/// Every problem of every file that was not taken, each with the file's name.
fn all_taken(refused: Vec<(String, Refusal)>) -> Result<(), Refusal> {
    let named = |filename: &str, message: &str| match filename {
        "" => message.to_owned(),
        _ => format!("{filename}: {message}"),
    };
    let mut problems = Vec::new();
    for (filename, refusal) in refused {
        match refusal {
            Refusal::Invalid { problems: found } | Refusal::Unreadable { problems: found } if !found.is_empty() => {
                problems.extend(
                    found
                        .into_iter()
                        .map(|problem| FieldProblem { message: named(&filename, &problem.message), ..problem }),
                );
            }
            other => problems.push(FieldProblem::new("file", "refused", named(&filename, &other.to_string()))),
        }
    }
    domain::refusal::all_valid(problems)
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

fn not_read() -> Refusal {
    let message =
        "It was refused before all of it had arrived, and no file after it was looked at. Send those again, if any.";
    Refusal::field("file", "not_read", message)
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
    fn each_file_that_is_not_taken_has_its_own_message() {
        let three = ["a.csv".to_owned(), "b.csv".to_owned(), "c.csv".to_owned()];
        assert_eq!(notice(&three[..1], Some("a.csv")), "a.csv was uploaded.");
        assert_eq!(notice(&three, None), "a.csv, b.csv and c.csv were uploaded.");
        let titled = "a.csv and b.csv were uploaded. The title is of a.csv; the others go by their names.";
        assert_eq!(notice(&three[..2], Some("a.csv")), titled);
        let broken = Refusal::field("file", "unreadable_table", "Line 2 is not closed.");
        let held = Refusal::blocked("held", "The version is being published.");
        let Err(Refusal::Invalid { problems }) = all_taken(vec![("b.csv".into(), broken), ("c.csv".into(), held)])
        else {
            panic!("nothing is refused");
        };
        let said: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
        assert_eq!(said, ["b.csv: Line 2 is not closed.", "c.csv: The version is being published."]);
        assert!(all_taken(Vec::new()).is_ok());
    }

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
