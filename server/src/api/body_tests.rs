use domain::dataset::{Contact, DatasetMetadata};
use domain::version::VersionMetadata;
use serde_json::json;

use super::*;

fn problem_of<T: DeserializeOwned>(value: Value) -> (u16, String, String) {
    let refusal = decode::<T>(value).err().unwrap();
    let status = Problem::from(refusal.clone()).status().as_u16();
    match refusal {
        Refusal::Unreadable { mut problems } | Refusal::Invalid { mut problems } => {
            let first = problems.remove(0);
            (status, first.field, first.code)
        }
        other => panic!("{other:?}"),
    }
}

fn triple(status: u16, field: &str, code: &str) -> (u16, String, String) {
    (status, field.to_owned(), code.to_owned())
}

#[test]
fn what_does_not_fit_is_named_by_its_path() {
    let contacts = json!({"contacts": [{"name": "a"}, {"email": 5}]});
    assert_eq!(problem_of::<DatasetMetadata>(contacts), triple(400, "contacts.1.email", "wrong_type"));
    assert_eq!(problem_of::<DatasetMetadata>(json!({"colour": "red"})), triple(400, "colour", "unknown_field"));
    let designation = json!({"quality_designation": "splendid"});
    assert_eq!(problem_of::<DatasetMetadata>(designation), triple(422, "quality_designation", "invalid_value"));
    assert_eq!(
        problem_of::<VersionMetadata>(json!({"release_date": "soon"})),
        triple(422, "release_date", "invalid_value")
    );
    assert_eq!(problem_of::<DatasetMetadata>(json!([])).0, 400);
}

#[test]
fn a_patch_merges_and_null_removes() {
    let current = DatasetMetadata {
        title: "Old".to_owned(),
        survey: Some("A survey".to_owned()),
        contacts: vec![Contact::default()],
        ..DatasetMetadata::default()
    };
    let Value::Object(patch) = json!({"title": "New", "survey": null, "keywords": ["a"]}) else { unreachable!() };
    let merged = merged(&current, patch).unwrap();
    assert_eq!((merged.title.as_str(), merged.survey), ("New", None));
    assert_eq!((merged.keywords.len(), merged.contacts.len()), (1, 1));
}

#[test]
fn ids_never_change() {
    let object = |id: &str| json!({"id": id}).as_object().cloned().unwrap();
    assert!(keep_fixed(&mut object("gdp"), &[("id", "gdp")]).is_ok());
    assert!(matches!(keep_fixed(&mut object("cpi"), &[("id", "gdp")]), Err(Refusal::Invalid { .. })));
}

fn body(media_type: Option<&str>, text: &str) -> Body {
    Body {
        media_type: media_type.map(str::to_owned),
        query: None,
        key: None,
        body: axum::body::Body::from(text.to_owned()),
    }
}

#[tokio::test]
async fn types_and_broken_json_are_told_apart() {
    let read = async |media_type, text: &str| {
        body(media_type, text).read::<DatasetMetadata>().await.err().map(|p| p.status().as_u16())
    };
    assert_eq!(read(Some("application/json; charset=utf-8"), "{}").await, None);
    assert_eq!(read(Some("application/merge-patch+json"), "{}").await, None);
    assert_eq!(read(Some("text/plain"), "{}").await, Some(415));
    assert_eq!(read(None, "{}").await, Some(415));
    assert_eq!(read(Some("application/json"), "{").await, Some(400));
    assert_eq!(read(Some("application/json"), "").await, Some(400));
    assert_eq!(read(Some("application/json"), r#"{"title":"\u0000"}"#).await, Some(422));
    let long = format!("\"{}\"", "x".repeat(MAX_BODY));
    assert_eq!(read(Some("application/json"), &long).await, Some(413));
}

#[tokio::test]
async fn actions_take_any_type_and_an_empty_body() {
    let form = Some("application/x-www-form-urlencoded");
    let read =
        async |text: &str| body(form, text).read_action::<VersionMetadata>().await.map_err(|p| p.status().as_u16());
    assert_eq!(read("").await, Ok(VersionMetadata::default()));
    assert_eq!(read(r#"{"temporal_coverage":"2024"}"#).await.unwrap().temporal_coverage.as_deref(), Some("2024"));
    assert_eq!(read("a=b").await, Err(400));
}
