//! What browsers send from plain forms is read as meant, and what they leave out is not a fault.
#![expect(clippy::unwrap_used, reason = "tests")]

use axum::body::Body;
use axum::http::Request;
use leptos::server_fn::codec::{FromReq, PostUrl};
use rpc::RpcError;

fn read<T>(body: &str) -> Result<T, RpcError>
where
    T: FromReq<PostUrl, Request<Body>, RpcError>,
{
    let request = Request::post("/rpc")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(body.to_owned()))
        .unwrap();
    futures::executor::block_on(T::from_req(request))
}

#[test]
fn ticked_boxes_and_rows_arrive_as_lists() {
    let form: rpc::datasets::Create = read(
        "id=gdp&department=economy&title=GDP+%26+more&topics%5B%5D=economy&topics%5B%5D=trade\
         &contacts%5B0%5D%5Bname%5D=Nia&contacts%5B0%5D%5Bemail%5D=nia%40example.org&contacts%5B0%5D%5Btelephone%5D=",
    )
    .unwrap();
    assert_eq!(form.id, "gdp");
    assert_eq!(form.fields.title, "GDP & more");
    assert_eq!(form.fields.topics, ["economy", "trade"]);
    assert_eq!(form.fields.contacts[0].email, "nia@example.org");

    let one: rpc::bundles::Schedule =
        read("id=1&release_reason=Late&publication_time=09:30:00&notification_channels%5B%5D=email").unwrap();
    assert_eq!(one.notification_channels, ["email"]);
    assert_eq!((one.moment.release_reason.as_str(), one.moment.publication_time.as_str()), ("Late", "09:30:00"));
}

#[test]
fn rows_of_notes_and_changes_keep_their_order() {
    let body: String = (0..12).map(|i| format!("&usage_notes%5B{i}%5D%5Bnote%5D=n{i}")).collect();
    let form: rpc::versions::Edit =
        read(&format!("version=2&revision=3{body}&latest_changes%5B0%5D%5Btype%5D=revision")).unwrap();
    let notes: Vec<&str> = form.fields.usage_notes.iter().map(|note| note.note.as_str()).collect();
    assert_eq!(notes.first(), Some(&"n0"));
    assert_eq!(notes.last(), Some(&"n11"));
    assert_eq!(form.fields.latest_changes[0].kind, "revision");
}

#[test]
fn what_a_dataset_is_derived_from_and_what_is_said_of_columns_arrive() {
    let form: rpc::datasets::Edit = read(
        "is_based_on%5B%40type%5D=dataset&is_based_on%5B%40id%5D=%2Fcatalogue%2Fwages\
         &related_datasets%5B0%5D%5Btitle%5D=Wages&related_datasets%5B0%5D%5Bhref%5D=%2Fcatalogue%2Fwages",
    )
    .unwrap();
    let based_on = form.fields.is_based_on;
    assert_eq!((based_on.kind.as_str(), based_on.id.as_str()), ("dataset", "/catalogue/wages"));
    assert_eq!(form.fields.related_datasets[0].title, "Wages");

    let form: rpc::versions::Edit = read(
        "version=1&revision=1&temporal%5B0%5D%5Bstart_date%5D=2023&lowest_geography=ltla\
         &column_notes%5B0%5D%5Bname%5D=Year&column_notes%5B0%5D%5Bquality_statement_url%5D=%2Fquality",
    )
    .unwrap();
    assert_eq!((form.fields.temporal[0].start_date.as_str(), form.fields.lowest_geography.as_str()), ("2023", "ltla"));
    assert_eq!(form.fields.column_notes[0].quality_statement_url, "/quality");
}

#[test]
fn an_empty_form_is_read() {
    assert!(read::<rpc::datasets::Create>("").unwrap().fields.topics.is_empty());
    assert!(read::<rpc::datasets::Edit>("").is_ok());
    assert!(read::<rpc::bundles::Create>("").unwrap().fields.title.is_empty());
    assert!(read::<rpc::bundles::Schedule>("").unwrap().moment.publication_date.is_empty());
    assert!(read::<rpc::versions::Edit>("").unwrap().fields.release_date.is_empty());
    assert!(read::<rpc::versions::SendBack>("").unwrap().reason.is_empty());
}

#[test]
fn what_tells_how_fields_stood_is_no_field() {
    let form: rpc::datasets::Edit = read(
        "id=gdp&title=GDP&stood%3Atitle=af63dc4c8601ec8c&stood%3Acontacts.0.name=af63dc4c8601ec8c\
         &contacts%5B0%5D%5Bname%5D=Nia&stood%3Ais_based_on.%40id=cbf29ce484222325",
    )
    .unwrap();
    assert_eq!((form.fields.title.as_str(), form.fields.contacts[0].name.as_str()), ("GDP", "Nia"));
    assert_eq!(form.fields.contacts.len(), 1);
}
