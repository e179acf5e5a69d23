//! `/admin/script-faults`: what went wrong in the scripts and islands of a page of the portal, as the browser tells it.
//!
//! It is written to the log, where `/ops/logs` shows it, and counted. Nothing of it says who looked at the page, and public pages tell
//! nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Extension;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use domain::event::ViaKind;
use rpc::Visit;
use serde::Deserialize;
use services::Ctx;

use crate::state::AppState;

/// Where it is told.
pub const PATH: &str = "/admin/script-faults";
/// The most bytes of what is told.
const MOST_BYTES: usize = 8 << 10;
/// The most letters of the words, of a page's path and of a script's name.
const MOST_WORDS: usize = 300;
const MOST_OF_PATH: usize = 200;
const MOST_OF_NAME: usize = 60;
/// The letters after which `public/faults.js` cuts a message.
const CUT_BY_BROWSERS: usize = 500;
/// The most that is noted of one person's pages within an hour, and of all: so much leaves what the program itself warns of in its memory.
const OF_ONE: u32 = 10;
const IN_ALL: u32 = 60;

/// How much was told of late; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct ScriptFaults(Arc<Mutex<Hour>>);

/// An hour, with how much was told in it.
#[derive(Debug, Default)]
struct Hour {
    number: i64,
    people: HashMap<String, u32>,
    in_all: u32,
}

impl ScriptFaults {
    /// Whether one more of somebody's is noted.
    fn takes(&self, person: &str, now: DateTime<Utc>) -> bool {
        let mut hour = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = now.timestamp().div_euclid(3600);
        if hour.number != number {
            *hour = Hour { number, ..Hour::default() };
        }
        let own = hour.people.get(person).copied().unwrap_or_default();
        if hour.in_all >= IN_ALL || own >= OF_ONE {
            return false;
        }
        hour.in_all += 1;
        hour.people.insert(person.to_owned(), own + 1);
        true
    }
}

/// What went wrong.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Fault {
    /// The words of the error.
    message: String,
    /// The script.
    script: String,
    /// Its line.
    line: u32,
    /// The path of the page.
    page: String,
}

/// Notes what went wrong in a page of somebody signed in.
pub async fn tell(
    State(state): State<AppState>,
    Extension(ctx): Extension<Ctx>,
    Extension(visit): Extension<Visit>,
    request: Request,
) -> StatusCode {
    let by_session = ctx.via.as_ref().is_some_and(|via| via.kind == ViaKind::Session);
    let Some(caller) = ctx.caller.as_ref().filter(|_| by_session) else { return StatusCode::UNAUTHORIZED };
    if !state.faults.takes(&caller.actor.id, ctx.now) {
        count("refused");
        return StatusCode::TOO_MANY_REQUESTS;
    }
    let Ok(bytes) = to_bytes(request.into_body(), MOST_BYTES).await else { return StatusCode::PAYLOAD_TOO_LARGE };
    let Ok(fault) = serde_json::from_slice::<Fault>(&bytes) else { return StatusCode::BAD_REQUEST };
    let browser = visit.browser.split(" on ").next().unwrap_or_default();
    // Outside of the request, whose line tells from where it came.
    tracing::warn!(
        parent: None,
        said = words_of(&fault.message),
        script = name_of(&fault.script),
        line = fault.line,
        page = page_of(&fault.page),
        browser,
        "a script of a page failed in a browser"
    );
    count("noted");
    StatusCode::NO_CONTENT
}

fn count(outcome: &'static str) {
    metrics::counter!("script_faults_total", "outcome" => outcome).increment(1);
}

/// The words of an error without what somebody may have typed: what browsers quote is left out, and so are what is asked in addresses
/// and what may be an address of a person.
fn words_of(message: &str) -> String {
    // What is quoted may hold quotes itself, and a message that a browser has cut has lost its last one.
    let whole = message.encode_utf16().count() < CUT_BY_BROWSERS;
    let quoted_nothing = match (message.split_once('"'), message.rsplit_once('"')) {
        (Some((before, rest)), Some((_, after))) if whole && rest.contains('"') => format!("{before}\"…\"{after}"),
        (Some((before, _)), _) => format!("{before}\"…"),
        (None, _) => message.to_owned(),
    };
    let words = quoted_nothing.split_whitespace().map(|word| match word {
        word if word.contains('@') => "…",
        word if word.contains("://") => word.split(['?', '#']).next().unwrap_or_default(),
        word => word,
    });
    words.collect::<Vec<_>>().join(" ").chars().filter(|letter| !letter.is_control()).take(MOST_WORDS).collect()
}

/// The name of a script, without where it is from.
fn name_of(script: &str) -> String {
    let name = script.rsplit('/').next().unwrap_or_default();
    let is_plain = |letter: &char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
    name.chars().filter(is_plain).take(MOST_OF_NAME).collect()
}

/// Which page it is: its path without what is asked there, and without ids, which hold digits and may be those of people.
fn page_of(path: &str) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let parts =
        path.split('/').map(|part| if part.contains(|c: char| c.is_ascii_digit() || c == '@') { "…" } else { part });
    parts.collect::<Vec<_>>().join("/").chars().filter(|letter| !letter.is_control()).take(MOST_OF_PATH).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_was_typed_or_names_somebody_is_noted() {
        for (message, noted) in [
            ("Cannot read properties of null (reading 'focus')", "Cannot read properties of null (reading 'focus')"),
            ("Unexpected token 'h', \"hello my n\"... is not JSON", "Unexpected token 'h', \"…\"... is not JSON"),
            ("cut \"off within", "cut \"…"),
            (
                "Unexpected token 'x', \"{\"to\":\"Bob\",\"b\":x}\" is not JSON",
                "Unexpected token 'x', \"…\" is not JSON",
            ),
            ("loading https://a.example/b?email=c failed\nat d@example.org", "loading https://a.example/b failed at …"),
        ] {
            assert_eq!(words_of(message), noted);
        }
        assert_eq!(words_of(&"é".repeat(5_000)).chars().count(), MOST_WORDS);
        assert_eq!(words_of(&format!("it says \"a\", \"{}", "b".repeat(600))), "it says \"…");
        assert_eq!(name_of("https://a.example/assets/desk.js"), "desk.js");
        assert_eq!(name_of("desk.js\u{1b}[31m?x=<b>").as_str(), "desk.js31mxb");
        let user = "/admin/users/0198f3b0-5c1e-7d3a-9b1e-2f6d0c4a7e51?tab=rights";
        assert_eq!((page_of(user), page_of("/ops/logs")), ("/admin/users/…".to_owned(), "/ops/logs".to_owned()));
    }

    #[test]
    fn so_much_is_noted_of_one_person_and_of_all_within_an_hour() {
        let (faults, now) = (ScriptFaults::default(), DateTime::UNIX_EPOCH);
        let noted = |person: &str, at: DateTime<Utc>| (0..100).filter(|_| faults.takes(person, at)).count();
        assert_eq!(noted("ann", now), 10);
        assert_eq!((1..=9).map(|i| noted(&i.to_string(), now)).sum::<usize>(), 50);
        assert_eq!(noted("ann", now + chrono::TimeDelta::hours(1)), 10);
    }
}
