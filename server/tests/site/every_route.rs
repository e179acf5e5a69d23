//! Whatever the description names keeps the conventions of the API (product contract, section 4): every operation is asked
//! every way in which it can be refused, and read in every way in which it can be read.

mod edges;
mod operation;
mod rules;
mod walk;
mod world;

use std::collections::BTreeSet;

use testkit::on_both_databases;

use self::operation::operations;
use self::walk::Walk;
use self::world::World;
use crate::support::*;

/// What does not hold, with the reason: rule, operation (or the beginning of several, with `*` behind), why.
///
/// An entry that is no longer needed fails the test.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("parameters", "GET /v1/health*", "who watches gets an answer, whatever a proxy adds to the address"),
    ("parameters", "GET /v1/metrics", "who watches gets an answer, whatever a proxy adds to the address"),
    ("accept", "GET /v1/health*", "who watches gets an answer, whatever its library accepts"),
    ("accept", "GET /v1/metrics", "who watches gets an answer, whatever its library accepts"),
    ("pages", "GET /v1/search/suggest", "it names the likeliest few, and what comes after them is not worth a page"),
    (
        "parameters",
        "GET /v1/datasets/{id}/editions/{edition}/versions/{version}/data",
        "a page of rows may be longer than a page of things",
    ),
    ("tags", "GET /v1/filters*", "its address is all that protects it, so nobody but its reader keeps it"),
    ("rights", "POST /v1/filters*", "anybody may keep a selection, and whoever knows one may take it along"),
    ("reads", "GET /v1/filter-outputs/*", "its address is all that protects it, so nobody but its reader keeps it"),
    ("tags", "GET /v1/filter-outputs/*", "its address is all that protects it, so nobody but its reader keeps it"),
    ("rights", "POST /v1/filter-outputs/*", "whoever knows an output may have its files made"),
    ("reads", "GET /v1/filters*", "its address is all that protects it, so nobody but its reader keeps it"),
    ("rights", "POST /v1/subscriptions*", "anybody may ask, and whoever has the token may confirm"),
    ("rights", "DELETE /v1/subscriptions/{id}", "whoever has its token may end it"),
    ("tags", "GET /v1/health*", "it is of this moment and never read twice"),
    ("tags", "GET /v1/bundles/{id}/events", "it tells what happens, which is never the same twice"),
    ("tags", "GET /v1/metrics", "it is of this moment and never read twice"),
    ("records", "POST /v1/policies/check", "it asks, and changes nothing"),
    ("records", "DELETE /v1/subscriptions/{id}", "a subscription is of an address, and what ends is forgotten"),
];

fn excepts(entry: &(&str, &str, &str), rule: &str, operation: &str) -> bool {
    let fits = match entry.1.strip_suffix('*') {
        Some(beginning) => operation.starts_with(beginning),
        None => operation == entry.1,
    };
    entry.0 == rule && fits
}

on_both_databases! {
    async fn every_operation_keeps_the_conventions(db: TestDatabase) {
        let largest = rules::LARGEST_UPLOAD.to_string();
        let private = [("WEBHOOK_ALLOW_PRIVATE", "true"), ("SUBSCRIBER_WEBHOOK_ALLOW_PRIVATE", "true")];
        let settings = [&[("RATE_LIMIT_ENABLED", "false"), ("MAX_UPLOAD_BYTES", largest.as_str())][..], &private].concat();
        let site = Site::start_as(db, &settings).await;
        let world = World::make(&site).await;
        let document = site.public().get("/v1/openapi.json").await.must_be(200).json();
        let operations = operations(&document);
        assert!(operations.len() > 100, "the description is not whole");
        let mut walk = Walk::new(&site, world, operations).await;
        for operation in walk.operations() {
            rules::reads(&mut walk, &operation).await;
            rules::compressed(&mut walk, &operation).await;
            rules::pages(&mut walk, &operation).await;
            rules::methods(&mut walk, &operation).await;
            rules::credentials(&mut walk, &operation).await;
            rules::missing(&mut walk, &operation).await;
            rules::rights(&mut walk, &operation).await;
            rules::accept(&mut walk, &operation).await;
            rules::parameters(&mut walk, &operation).await;
            rules::bodies(&mut walk, &operation).await;
            rules::revisions(&mut walk, &operation).await;
        }
        rules::states_come_last(&mut walk).await;
        rules::replays(&mut walk).await;
        rules::records(&mut walk).await;
        let mut used = BTreeSet::new();
        let unexpected: Vec<String> = walk
            .wrong
            .iter()
            .filter(|(rule, operation, _)| {
                let known = EXCEPTIONS.iter().position(|entry| excepts(entry, rule, operation));
                known.is_none_or(|entry| { used.insert(entry); false })
            })
            .map(|(rule, operation, what)| format!("{rule}: {operation}: {what}"))
            .collect();
        let unneeded: Vec<_> = EXCEPTIONS.iter().enumerate().filter(|(i, _)| !used.contains(i)).map(|(_, entry)| entry).collect();
        assert!(unexpected.is_empty(), "{} do not hold:\n{}", unexpected.len(), unexpected.join("\n"));
        assert!(unneeded.is_empty(), "these exceptions are no longer needed: {unneeded:?}");
        // What was asked is worth something only if it was asked of many.
        for (rule, least) in [("reads", 50), ("compressed", 10), ("replays", 5), ("records", 30), ("pages", 10), ("neighbours", 8), ("missing", 90), ("rights", 70), ("bodies", 50), ("428", 15), ("412", 30), ("422", 25), ("forms", 15)] {
            let times = walk.times(rule);
            assert!(times >= least, "{rule} was asked {times} times, at least {least} were expected");
        }
    }
}
