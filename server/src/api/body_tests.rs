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
    assert_eq!(problem_of::<DatasetMetadata>(json!([])).0, 400);
}

/// Every problem with its status, as `field code`.
fn problems_of<T: DeserializeOwned>(value: Value) -> (u16, Vec<String>) {
    let refusal = decode::<T>(value).err().unwrap();
    let status = Problem::from(refusal.clone()).status().as_u16();
    let (Refusal::Unreadable { problems } | Refusal::Invalid { problems }) = refusal else { unreachable!() };
    (status, problems.into_iter().map(|problem| format!("{} {}", problem.field, problem.code)).collect())
}

#[test]
fn a_time_that_is_none_is_told_in_words() {
    for text in ["soon", "2026-12-24T09:30:00", "2026-11-30", "", "2026-13-01T00:00:00Z"] {
        for (place, value) in [
            ("release_date", json!({"release_date": text})),
            ("alerts.0.date", json!({"alerts": [{"type": "alert", "description": "x", "date": text}]})),
        ] {
            let refusal = decode::<VersionMetadata>(value).unwrap_err();
            let Refusal::Unreadable { problems } = refusal else { panic!("{place} {text}") };
            assert_eq!(problems.len(), 1, "{problems:?}");
            assert_eq!((problems[0].field.as_str(), problems[0].code.as_str()), (place, "wrong_type"));
            assert_eq!(problems[0].message, "Give a time such as 2026-12-11T09:30:00Z.");
        }
    }
    assert!(decode::<VersionMetadata>(json!({"release_date": "2026-12-24T09:30:00+01:00"})).is_ok());
}

#[test]
fn everything_that_does_not_fit_is_told_at_once() {
    let sent = json!({"titel": "GDP", "description": 5, "quality_designation": "splendid", "contacts": [{"name": 1}, {"phone": "2", "email": []}]});
    let told = [
        "contacts.0.name wrong_type",
        "contacts.1.email wrong_type",
        "contacts.1.phone unknown_field",
        "description wrong_type",
        "quality_designation invalid_value",
        "titel unknown_field",
    ];
    let (status, mut problems) = problems_of::<DatasetMetadata>(sent);
    problems.sort();
    assert_eq!((status, problems), (400, told.map(str::to_owned).to_vec()));
    let rules = json!({"quality_designation": "splendid"});
    assert_eq!(problems_of::<DatasetMetadata>(rules), (422, vec!["quality_designation invalid_value".to_owned()]));
}

#[test]
fn what_is_missing_is_named_where_it_is_missing() {
    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "what is read is not looked at")]
    struct Needing {
        name: String,
        size: u32,
        parts: Vec<Part>,
        at: chrono::DateTime<chrono::Utc>,
    }
    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "what is read is not looked at")]
    struct Part {
        id: String,
        is_whole: bool,
    }
    let (status, mut problems) =
        problems_of::<Needing>(json!({"parts": [{"is_whole": true}, 7, {"id": 1, "more": 2}]}));
    problems.sort();
    let told = [
        "at required",
        "name required",
        "parts.0.id required",
        "parts.1 wrong_type",
        "parts.2.id wrong_type",
        "parts.2.is_whole required",
        "parts.2.more unknown_field",
        "size required",
    ];
    assert_eq!((status, problems), (400, told.map(str::to_owned).to_vec()));
}

#[test]
fn what_is_kept_and_what_does_not_fit_are_told_together() {
    let Value::Object(sent) = json!({"id": "cpi", "type": 5, "titel": "x"}) else { unreachable!() };
    let fixed = [("id", "gdp"), ("type", "static")];
    let problem = decode_beside::<DatasetMetadata>(sent.clone(), &fixed).unwrap_err();
    assert!(matches!(problem, Refusal::Unreadable { .. }), "{problem:?}");
    let merged = merged_beside(&DatasetMetadata::default(), sent, &fixed).unwrap_err();
    assert_eq!(merged.status().as_u16(), 400);
    let Value::Object(same) = json!({"id": "gdp", "title": "GDP"}) else { unreachable!() };
    assert_eq!(decode_beside::<DatasetMetadata>(same, &fixed).unwrap().title, "GDP");
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
    let nul = r#"{"title":"\u0000","contacts":[{"name":"a"},{"na\u0000me":"b\u0000"}]}"#;
    assert_eq!(read(Some("application/json"), nul).await, Some(422));
    let mut places = nul_places(&serde_json::from_str(nul).unwrap());
    places.sort();
    assert_eq!(places, ["contacts.1.name", "title"]);
    let long = format!("\"{}\"", "x".repeat(MAX_BODY));
    assert_eq!(read(Some("application/json"), &long).await, Some(413));
}

#[test]
fn of_very_much_that_may_not_stand_there_little_is_told() {
    // A name that is as long as a body may be, before as many texts as fit: each of them had a copy of it once.
    let name = format!("\0{}", "x".repeat(MAX_BODY / 2));
    let many = json!({ (name.as_str()): vec!["\0"; MAX_BODY / 8] });
    let places = nul_places(&many);
    assert_eq!(places.len(), wrong::MOST);
    assert_eq!(
        (places[0].as_str(), places[1].as_str()),
        ("x".repeat(SHOWN).as_str(), format!("{}.0", "x".repeat(SHOWN)).as_str())
    );
    let sound = json!({ ("x".repeat(MAX_BODY / 2)): vec![0; MAX_BODY / 8], "last": ["a", "b\0"] });
    assert_eq!(nul_places(&sound), ["last.1"]);
    let mut deep = json!("\0");
    for _ in 0..120 {
        deep = json!([deep, deep["none"]]);
    }
    assert_eq!(nul_places(&deep), ["0".to_owned() + &".0".repeat(119)]);
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
