//! Request bodies, read only once the caller is known to be allowed to send one.

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
        let placed = |(at, value): (usize, Value)| {
            decode(value).map_err(|refusal| match refusal {
                Refusal::Unreadable { problems } => Refusal::Unreadable { problems: within(at, problems) },
                Refusal::Invalid { problems } => Refusal::Invalid { problems: within(at, problems) },
                other => other,
            })
        };
        Ok(values.into_iter().enumerate().map(placed).collect::<Result<_, Refusal>>()?)
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
        if holds_nul(&value) {
            // It is sound JSON, so it was read; no text here may hold it.
            return Err(Refusal::field("", "control_characters", "Leave out the character U+0000.").into());
        }
        Ok(Some(value))
    }
}

/// The problems of a thing in a list.
fn within(at: usize, problems: Vec<FieldProblem>) -> Vec<FieldProblem> {
    let place = |problem: FieldProblem| FieldProblem { field: format!("{at}.{}", problem.field), ..problem };
    problems.into_iter().map(place).collect()
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

/// Gives a value the shape `T`, or tells which field does not fit.
///
/// A wrong type or an unknown field cannot be read (400); a value of the right type that is none of those allowed breaks a rule (422).
pub fn decode<T: DeserializeOwned>(value: Value) -> Result<T, Refusal> {
    if !value.is_object() {
        return Err(unreadable("", "wrong_type", "Send a JSON object."));
    }
    serde_path_to_error::deserialize(value).map_err(|error| {
        let field = match error.path().to_string() {
            root if root == "." => String::new(),
            path => path.replace(['[', ']'], ".").replace("..", ".").trim_matches('.').to_owned(),
        };
        let text = error.inner().to_string();
        let begins = |words: &str| text.starts_with(words);
        if begins("unknown field") {
            unreadable(&field, "unknown_field", "There is no such field here.")
        } else if begins("missing field") {
            Refusal::Invalid { problems: vec![FieldProblem::required(text.split('`').nth(1).unwrap_or(&field))] }
        } else if begins("invalid type") || begins("duplicate field") || begins("invalid length") {
            unreadable(&field, "wrong_type", format!("This cannot be read: {text}."))
        } else {
            Refusal::field(&field, "invalid_value", format!("This value is not possible here: {text}."))
        }
    })
}

/// Puts the fields of `patch` over those of `current` (RFC 7396) and reads the result.
pub fn merged<T: Serialize + DeserializeOwned>(current: &T, patch: Map<String, Value>) -> Result<T, Problem> {
    let mut value = serde_json::to_value(current)?;
    merge(&mut value, Value::Object(patch));
    Ok(decode(value)?)
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

/// Takes out fields that never change; one that differs is refused.
pub fn keep_fixed(object: &mut Map<String, Value>, fixed: &[(&str, &str)]) -> Result<(), Refusal> {
    let mut problems = Vec::new();
    for (name, current) in fixed {
        if take_text(object, name)?.is_some_and(|sent| sent != *current) {
            problems.push(FieldProblem::new(name, "immutable", "This cannot be changed."));
        }
    }
    domain::refusal::all_valid(problems)
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_nul),
        Value::Object(object) => object.iter().any(|(name, value)| name.contains('\0') || holds_nul(value)),
        _ => false,
    }
}

fn unreadable(field: &str, code: &str, message: impl Into<String>) -> Refusal {
    Refusal::Unreadable { problems: vec![FieldProblem::new(field, code, message)] }
}

#[cfg(test)]
#[path = "body_tests.rs"]
mod tests;
