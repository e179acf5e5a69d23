//! Giving JSON a shape: what does not fit is told field by field, all of it at once.

use chrono::{DateTime, FixedOffset};
use domain::refusal::{FieldProblem, Refusal};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use serde_path_to_error::{Path, Segment};

use super::Wrong;

/// How often a value is read again to find what else does not fit.
const ROUNDS: usize = 40;

/// What stands in for something that could not be read, one after the other, until one of them can be.
const STAND_INS: [fn() -> Value; 6] = [
    || Value::from("1970-01-01T00:00:00Z"),
    || Value::Array(Vec::new()),
    || Value::Object(Map::new()),
    || Value::from(0),
    || Value::Bool(false),
    || Value::Null,
];

/// A step on the way to a place in a value, such as `contacts.1.email`.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Name(String),
    Place(usize),
}

/// Something that stands in at a place, and how many did before.
type StandIn = (Vec<Step>, usize);

/// Gives a value the shape `T`, or tells which fields do not fit.
///
/// A wrong type, an unknown field or a time that is none cannot be read (400); a value of the right type that is none of those allowed
/// breaks a rule (422). A reader stops at the first of them, so that is told and put right, and the value read again.
///
/// # Errors
/// With everything that was found.
pub fn decode<T: DeserializeOwned>(mut value: Value) -> Result<T, Refusal> {
    let mut wrong = Wrong::default();
    if !value.is_object() {
        wrong.add_unreadable(FieldProblem::new("", "wrong_type", "Send a JSON object."));
        return wrong.or_none(None);
    }
    let mut stand_ins: Vec<StandIn> = Vec::new();
    for _ in 0..ROUNDS {
        let error = match serde_path_to_error::deserialize::<_, T>(&value) {
            Ok(read) => return wrong.or(read),
            Err(error) => error,
        };
        let (text, place) = (error.inner().to_string(), steps(error.path()));
        let missing = text.starts_with("missing field").then(|| text.split('`').nth(1)).flatten();
        let at = match (&place, missing) {
            (Some(place), Some(name)) => Some([place.as_slice(), &[Step::Name(name.to_owned())]].concat()),
            (place, _) => place.clone(),
        };
        let name = named(error.path(), missing);
        let is_ours = at.as_ref().is_some_and(|at| innermost_of(at, &stand_ins).is_some());
        if !is_ours && !wrong.names(&name) {
            let found = match &at {
                Some(at) => find(&mut value, at),
                None => None,
            };
            tell(&mut wrong, &name, &text, found.as_deref());
        }
        let Some(at) = at.filter(|at| !at.is_empty() && !wrong.is_much()) else { break };
        if !put_right(&mut value, at, missing.is_some(), &mut stand_ins) {
            break;
        }
    }
    // Nothing can stand in for the rest, of which no more is known.
    wrong.or_none(None)
}

/// What one thing that does not fit is called; `found` is what stands there.
fn tell(wrong: &mut Wrong, name: &str, text: &str, found: Option<&Value>) {
    let begins = |words: &str| text.starts_with(words);
    if begins("unknown field") {
        wrong.add_unreadable(FieldProblem::new(name, "unknown_field", "There is no such field here."));
    } else if begins("missing field") {
        wrong.add(FieldProblem::required(name));
    } else if begins("invalid type") || begins("duplicate field") || begins("invalid length") {
        wrong.add_unreadable(FieldProblem::new(name, "wrong_type", format!("This cannot be read: {text}.")));
    } else if found.is_some_and(|found| is_no_time(found, text)) {
        wrong.add_unreadable(FieldProblem::new(name, "wrong_type", "Give a time such as 2026-12-11T09:30:00Z."));
    } else {
        wrong.add(FieldProblem::new(name, "invalid_value", format!("This value is not possible here: {text}.")));
    }
}

/// Whether a text was read as a time, which it is not: what the reader of times says of it is what was said.
fn is_no_time(found: &Value, said: &str) -> bool {
    let text = found.as_str();
    text.is_some_and(|text| text.parse::<DateTime<FixedOffset>>().is_err_and(|error| error.to_string() == said))
}

/// Takes what does not fit out of the value, or puts something in its place that may; false where nothing does.
fn put_right(value: &mut Value, mut at: Vec<Step>, is_missing: bool, stand_ins: &mut Vec<StandIn>) -> bool {
    let Some(mut innermost) = innermost_of(&at, stand_ins) else {
        if !is_missing && let Some((Step::Name(name), above)) = at.split_last() {
            // Where it is needed, it is asked for when the rest is read.
            let object = find(value, above).and_then(Value::as_object_mut);
            return object.is_some_and(|object| object.remove(name).is_some());
        }
        return stand_in(value, at, stand_ins);
    };
    if is_missing && stand_ins.get(innermost).is_some_and(|(place, _)| *place != at) {
        return stand_in(value, at, stand_ins);
    }
    // The next one, there or, where none is left, in place of what is around it.
    while !try_next(value, stand_ins.get_mut(innermost)) {
        (at, _) = stand_ins.remove(innermost);
        at.pop();
        match innermost_of(&at, stand_ins) {
            Some(around) => innermost = around,
            None => return stand_in(value, at, stand_ins),
        }
    }
    true
}

/// The last of those that stand in for something around a place, or there.
fn innermost_of(at: &[Step], stand_ins: &[StandIn]) -> Option<usize> {
    stand_ins.iter().rposition(|(place, _)| at.starts_with(place))
}

/// Has the first of those that may stand in do so.
fn stand_in(value: &mut Value, at: Vec<Step>, stand_ins: &mut Vec<StandIn>) -> bool {
    let [first, ..] = STAND_INS;
    let done = put(value, &at, first());
    stand_ins.push((at, 0));
    done
}

/// Has the next of those that may stand in at a place do so; false where none is left.
fn try_next(value: &mut Value, stand_in: Option<&mut StandIn>) -> bool {
    let Some((place, tried)) = stand_in else { return false };
    *tried += 1;
    STAND_INS.get(*tried).is_some_and(|next| put(value, place, next()))
}

/// Puts something at a place of which all but the last step is there.
fn put(value: &mut Value, at: &[Step], new: Value) -> bool {
    let Some((last, above)) = at.split_last() else { return false };
    match (last, find(value, above)) {
        (Step::Name(name), Some(Value::Object(object))) => {
            object.insert(name.clone(), new);
            true
        }
        (Step::Place(place), Some(Value::Array(items))) => items.get_mut(*place).map(|old| *old = new).is_some(),
        _ => false,
    }
}

/// What stands at a place.
fn find<'v>(value: &'v mut Value, at: &[Step]) -> Option<&'v mut Value> {
    at.iter().try_fold(value, |value, step| match step {
        Step::Name(name) => value.as_object_mut()?.get_mut(name),
        Step::Place(place) => value.as_array_mut()?.get_mut(*place),
    })
}

/// The steps of a path; none where the reader has lost its way.
fn steps(path: &Path) -> Option<Vec<Step>> {
    let step = |segment: &Segment| match segment {
        Segment::Map { key } => Some(Step::Name(key.clone())),
        Segment::Seq { index } => Some(Step::Place(*index)),
        Segment::Enum { .. } | Segment::Unknown => None,
    };
    path.iter().map(step).collect()
}

/// The name of a field by its path, with dots for nesting, and of one that is missing there.
fn named(path: &Path, missing: Option<&str>) -> String {
    let word = |segment: &Segment| match segment {
        Segment::Map { key } => key.clone(),
        Segment::Seq { index } => index.to_string(),
        Segment::Enum { variant } => variant.clone(),
        Segment::Unknown => "?".to_owned(),
    };
    let words: Vec<String> = path.iter().map(word).chain(missing.map(str::to_owned)).collect();
    words.join(".")
}
