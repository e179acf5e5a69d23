//! The floor that `make bench` measures against: an axum handler that returns bytes from memory and does nothing else.
//!
//! `bare ADDRESS [PATH MEDIA-TYPE FILE]...` serves each file under its path.

use std::{collections::HashMap, env, fs, io};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{StatusCode, Uri, header},
    response::{IntoResponse, Response},
};

type Answers = &'static HashMap<String, (String, Bytes)>;

async fn answer(State(answers): State<Answers>, uri: Uri) -> Response {
    let asked = uri.path_and_query().map_or("/", |asked| asked.as_str());
    match answers.get(asked) {
        Some((media_type, bytes)) => ([(header::CONTENT_TYPE, media_type.as_str())], bytes.clone()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn read_answers(arguments: &[String]) -> io::Result<HashMap<String, (String, Bytes)>> {
    let (triples, rest) = arguments.as_chunks::<3>();
    if !rest.is_empty() {
        return Err(io::Error::other("every path needs a media type and a file"));
    }
    triples
        .iter()
        .map(|[path, media_type, file]| Ok((path.clone(), (media_type.clone(), Bytes::from(fs::read(file)?)))))
        .collect()
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let Some((address, files)) = arguments.split_first() else {
        return Err(io::Error::other("usage: bare ADDRESS [PATH MEDIA-TYPE FILE]..."));
    };
    let answers: Answers = Box::leak(Box::new(read_answers(files)?));
    let listener = tokio::net::TcpListener::bind(address).await?;
    axum::serve(listener, Router::new().fallback(answer).with_state(answers)).await
}
