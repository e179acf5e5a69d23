//! Request bodies, read only once the caller is known to be allowed to send one; whatever is wrong with one is told at once.

mod reading;
mod wrong;

pub use reading::decode;
pub use wrong::Wrong;

use std::fmt::Write as _;

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use domain::refusal::{FieldProblem, Refusal};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::ctx::{UnsoundKey, bare_head};
use super::problem::Problem;

/// The largest JSON body, in bytes.
const MAX_BODY: usize = 1 << 20;
/// The most characters that are told of a name which nobody may send.
const SHOWN: usize = 100;

/// A body that nobody has read yet.
#[derive(Debug)]
pub struct Body {
    media_type: Option<String>,
    query: Option<String>,
    key: Option<FieldProblem>,
    body: axum::body::Body,
}

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let media_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        Ok(Self {
            media_type: media_type.map(str::to_owned),
            query: request.uri().query().map(str::to_owned),
            key: request.extensions().get::<UnsoundKey>().map(|unsound| unsound.0.clone()),
            body: request.into_body(),
        })
    }
}

impl Body {
    /// Reads JSON of the shape `T`.
    pub async fn read<T: DeserializeOwned>(self) -> Result<T, Problem> {
        self.must_be_json()?;
        Ok(decode(self.value().await?.unwrap_or(Value::Null))?)
    }

    /// Reads a JSON list of things of the shape `T`; a problem names the place of the thing, from 0.
    pub async fn read_list<T: DeserializeOwned>(self) -> Result<Vec<T>, Problem> {
        self.must_be_json()?;
        let Some(Value::Array(values)) = self.value().await? else {
            return Err(unreadable("", "wrong_type", "Send a JSON list.").into());
        };
        let (mut wrong, mut read) = (Wrong::default(), Vec::with_capacity(values.len()));
        for (at, value) in values.into_iter().enumerate() {
            read.extend(wrong.keep_within(at, decode(value)));
            if wrong.is_much() {
                break;
            }
        }
        Ok(wrong.or(read)?)
    }

    /// Reads the body of an action: JSON under whatever type, or nothing.
    pub async fn read_action<T: DeserializeOwned + Default>(self) -> Result<T, Problem> {
        Ok(match self.value().await? {
            Some(value) => decode(value)?,
            None => T::default(),
        })
    }

    /// Reads JSON of the shape `T`, or nothing.
    pub async fn read_optional<T: DeserializeOwned + Default>(self) -> Result<T, Problem> {
        if self.media_type.is_some() {
            self.must_be_json()?;
        }
        self.read_action().await
    }

    /// Reads a JSON object without looking into it.
    pub async fn read_object(self) -> Result<Map<String, Value>, Problem> {
        self.must_be_json()?;
        match self.value().await? {
            Some(Value::Object(object)) => Ok(object),
            _ => Err(unreadable("", "wrong_type", "Send a JSON object.").into()),
        }
    }

    fn must_be_json(&self) -> Result<(), Problem> {
        let essence =
            self.media_type.as_deref().map(|text| text.split(';').next().unwrap_or("").trim().to_ascii_lowercase());
        let is_json =
            |text: &String| text == "application/json" || (text.starts_with("application/") && text.ends_with("+json"));
        // JSON is UTF-8 (RFC 8259 section 8.1); what names another charset would be read wrongly.
        let charset = self.media_type.as_deref().and_then(|text| {
            text.to_ascii_lowercase().split_once("charset=").map(|(_, name)| name.trim_matches(['"', ' ']).to_owned())
        });
        let utf8 = charset.is_none_or(|name| matches!(name.as_str(), "utf-8" | "utf8"));
        if utf8 && essence.as_ref().is_some_and(is_json) {
            return Ok(());
        }
        Err(Problem::of_status(StatusCode::UNSUPPORTED_MEDIA_TYPE))
    }

    /// The JSON value, or nothing where the body is empty. Nothing that is sent a body takes parameters.
    async fn value(self) -> Result<Option<Value>, Problem> {
        bare_head(self.query.as_deref(), self.key.as_ref())?;
        let bytes = to_bytes(self.body, MAX_BODY).await.map_err(|error| {
            let too_large =
                std::error::Error::source(&error).is_some_and(|cause| cause.to_string().contains("length limit"));
            if too_large {
                Problem::from(Refusal::TooLarge { limit: MAX_BODY as u64 })
            } else {
                unreadable("", "interrupted", "The body did not arrive whole.").into()
            }
        })?;
        if bytes.trim_ascii().is_empty() {
            return Ok(None);
        }
        let mut value = serde_json::from_slice(&bytes)
            .map_err(|error| unreadable("", "broken_json", format!("This is not JSON: {error}.")))?;
        whole_numbers(&mut value);
        // It is sound JSON, so it was read; no text here may hold it.
        let mut wrong = Wrong::default();
        for place in nul_places(&value) {
            wrong.add(FieldProblem::new(&place, "control_characters", "Leave out the character U+0000."));
        }
        wrong.or(())?;
        Ok(Some(value))
    }
}

/// Writes figures such as `599.0` as the whole numbers that they are (JSON Schema, "integer").
fn whole_numbers(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() => {
            let figure = number.as_f64().unwrap_or(f64::NAN);
            if let Ok(whole) = format!("{figure:.0}").parse::<i64>()
                && figure.fract() == 0.0
            {
                *value = whole.into();
            }
        }
        Value::Array(values) => values.iter_mut().for_each(whole_numbers),
        Value::Object(fields) => fields.values_mut().for_each(whole_numbers),
        _ => {}
    }
}

/// Gives what is left of an object the shape `T`, unless something was wrong with it already; both are told together.
pub fn decode_with<T: DeserializeOwned>(mut wrong: Wrong, object: Map<String, Value>) -> Result<T, Refusal> {
    let read = wrong.keep(decode(Value::Object(object)));
    wrong.or_none(read)
}

/// Gives an object the shape `T`, but for fields that never change: one of those that differs is refused.
pub fn decode_beside<T: DeserializeOwned>(mut object: Map<String, Value>, fixed: &Fixed<'_>) -> Result<T, Refusal> {
    let mut wrong = Wrong::default();
    wrong.keep(keep_fixed(&mut object, fixed));
    decode_with(wrong, object)
}

/// Puts the fields of `patch` over those of `current` (RFC 7396) and reads the result.
pub fn merged<T: Serialize + DeserializeOwned>(current: &T, patch: Map<String, Value>) -> Result<T, Problem> {
    merged_with(Wrong::default(), current, patch)
}

/// The same of what is left of a patch, unless something was wrong with it already; both are told together.
pub fn merged_with<T: Serialize + DeserializeOwned>(
    mut wrong: Wrong,
    current: &T,
    patch: Map<String, Value>,
) -> Result<T, Problem> {
    let mut value = serde_json::to_value(current)?;
    merge(&mut value, Value::Object(patch));
    let read = wrong.keep(decode(value));
    Ok(wrong.or_none(read)?)
}

/// The same of a patch that may also hold fields which never change: one of those that differs is refused.
pub fn merged_beside<T: Serialize + DeserializeOwned>(
    current: &T,
    mut patch: Map<String, Value>,
    fixed: &Fixed<'_>,
) -> Result<T, Problem> {
    let mut wrong = Wrong::default();
    wrong.keep(keep_fixed(&mut patch, fixed));
    merged_with(wrong, current, patch)
}

fn merge(target: &mut Value, patch: Value) {
    let Value::Object(patch) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(object) = target else { return };
    for (name, value) in patch {
        if value.is_null() {
            object.remove(&name);
        } else {
            merge(object.entry(name).or_insert(Value::Null), value);
        }
    }
}

/// Takes a text out of an object.
pub fn take_text(object: &mut Map<String, Value>, name: &str) -> Result<Option<String>, Refusal> {
    match object.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(unreadable(name, "wrong_type", "This has to be a text.")),
    }
}

/// Fields that never change, with what they hold.
pub type Fixed<'f> = [(&'static str, &'f str)];

/// Takes out fields that never change; one that differs is refused.
pub fn keep_fixed(object: &mut Map<String, Value>, fixed: &Fixed<'_>) -> Result<(), Refusal> {
    let mut wrong = Wrong::default();
    for (name, current) in fixed {
        let sent = wrong.keep(take_text(object, name)).flatten();
        if sent.is_some_and(|sent| sent != *current) {
            wrong.add(FieldProblem::new(name, "immutable", "This cannot be changed."));
        }
    }
    wrong.or(())
}

/// A step on the way to a value within a body.
#[derive(Clone, Copy)]
enum Step<'v> {
    Name(&'v str),
    Item(usize),
}

impl std::fmt::Display for Step<'_> {
    fn fmt(&self, into: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Name(name) => {
                name.chars().filter(|one| *one != '\0').take(SHOWN).try_for_each(|one| into.write_char(one))
            }
            Self::Item(at) => write!(into, "{at}"),
        }
    }
}

/// The first places of texts, and of names, that hold U+0000.
fn nul_places(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    find_nul(value, &mut Vec::new(), &mut found);
    found
}

/// Looks at everything once, and puts the way there into words for what is told alone: a body may be very large, and anybody may send it.
fn find_nul<'v>(value: &'v Value, way: &mut Vec<Step<'v>>, found: &mut Vec<String>) {
    if found.len() >= wrong::MOST {
        return;
    }
    match value {
        Value::String(text) if text.contains('\0') => tell(way, found),
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                way.push(Step::Item(at));
                find_nul(item, way, found);
                way.pop();
            }
        }
        Value::Object(fields) => {
            for (name, value) in fields {
                way.push(Step::Name(name));
                if name.contains('\0') {
                    tell(way, found);
                }
                find_nul(value, way, found);
                way.pop();
            }
        }
        _ => {}
    }
}

/// Puts a place into words, once and unless enough are told.
fn tell(way: &[Step<'_>], found: &mut Vec<String>) {
    if found.len() >= wrong::MOST {
        return;
    }
    let steps: Vec<String> = way.iter().map(ToString::to_string).collect();
    let place = steps.join(".");
    if found.last() != Some(&place) {
        found.push(place);
    }
}

fn unreadable(field: &str, code: &str, message: impl Into<String>) -> Refusal {
    Refusal::Unreadable { problems: vec![FieldProblem::new(field, code, message)] }
}

#[cfg(test)]
#[path = "body_tests.rs"]
mod tests;
