//! Every operation of the API for everybody: a new operation that is not in this table fails the test.

use std::collections::BTreeMap;

use domain::policy::{Grant, Role};
use reqwest::Method;
use serde_json::json;
use server::api::described::Document;
use server::config::Config;
use testkit::on_both_databases;

use crate::support::*;

/// One sign for each who asks, in this order: anonymous, previewer of the team, editor, reviewer, approver, operator,
/// administrator, editor of another department, previewer of another team.
///
/// `1` is 401, `3` 403, `4` 404, `+` succeeds, `~` is let in and then refused for what was sent (400, 409, 412, 415, 422 or 428).
/// Changes are sent a body that cannot be read, or a revision that does not hold, so that nothing changes.
/// `{d}` is a dataset that is not public, of version 1 in a bundle `{b}` shared with the team and version 2 in preparation.
const TABLE: &[(&str, &str)] = &[
    ("GET /health", "+++++++++"),
    ("GET /healthcheck", "+++++++++"),
    ("GET /metrics", "44444+444"),
    ("GET /openapi.json", "+++++++++"),
    ("GET /topics", "+++++++++"),
    ("POST /topics", "133333~33"),
    ("GET /topics/output", "+++++++++"),
    ("PUT /topics/output", "133333~33"),
    ("PATCH /topics/output", "133333~33"),
    ("DELETE /topics/output", "133333~33"),
    ("GET /topics/output/subtopics", "+++++++++"),
    ("GET /topics/output/content", "+++++++++"),
    ("POST /topics/output/merge", "133333~33"),
    ("GET /releases", "+++++++++"),
    ("POST /releases", "13~3333~3"),
    ("GET /releases/{r}", "44+++++44"),
    ("PATCH /releases/{r}", "14~3~3344"),
    ("DELETE /releases/{r}", "14~333344"),
    ("PUT /releases/{r}/announce", "14~333344"),
    ("PUT /releases/{r}/confirm", "1433~3344"),
    ("PUT /releases/{r}/postpone", "1433~3344"),
    ("PUT /releases/{r}/cancel", "1433~3344"),
    ("GET /publication-log", "+++++++++"),
    ("GET /publication-log/verify", "+++++++++"),
    ("GET /audit", "1333+++33"),
    ("GET /feedback", "13333+333"),
    ("GET /incidents", "13333++33"),
    ("POST /incidents", "13333~333"),
    ("GET /incidents/{n}", "13333++33"),
    ("POST /incidents/{n}/updates", "13333~333"),
    ("PUT /incidents/{n}/acknowledge", "13333~333"),
    ("PUT /incidents/{n}/severity", "13333~333"),
    ("PUT /incidents/{n}/mitigate", "13333~333"),
    ("PUT /incidents/{n}/resolve", "13333~333"),
    ("PUT /incidents/{n}/reopen", "13333~333"),
    ("GET /audit/verify", "1333+++33"),
    ("GET /search", "+++++++++"),
    ("GET /search/suggest?q=x", "+++++++++"),
    ("GET /search/synonyms", "13333++33"),
    ("POST /search/synonyms", "133333~33"),
    ("GET /search/synonyms/{y}", "13333++33"),
    ("PUT /search/synonyms/{y}", "133333~33"),
    ("PATCH /search/synonyms/{y}", "133333~33"),
    ("PUT /search/synonyms/{y}/switch-on", "133333~33"),
    ("PUT /search/synonyms/{y}/switch-off", "133333~33"),
    ("DELETE /search/synonyms/{y}", "133333~33"),
    ("GET /search/pins", "13333++33"),
    ("POST /search/pins", "133333~33"),
    ("GET /search/pins/{x}", "13333++33"),
    ("DELETE /search/pins/{x}", "133333+33"),
    ("GET /departments/economy/archive-policy", "13333+333"),
    ("PUT /departments/economy/archive-policy", "13333~333"),
    ("GET /departments/economy/archive-report", "13333+333"),
    ("GET /datasets/{d}/editions/time-series/versions/1/archive-hold", "13333+344"),
    ("PUT /datasets/{d}/editions/time-series/versions/1/archive-hold", "13333~344"),
    ("DELETE /datasets/{d}/editions/time-series/versions/1/archive-hold", "133334344"),
    ("POST /filters", "~~~~~~~~~"),
    ("GET /filters/{v}", "4++++++44"),
    ("PUT /filters/{v}", "133333344"),
    ("PATCH /filters/{v}", "133333344"),
    ("DELETE /filters/{v}", "133333344"),
    ("POST /filters/{v}/submit", "4++++++44"),
    ("GET /filter-outputs/{q}", "4++++++44"),
    ("GET /filter-outputs/{q}/downloads/csv", "4++++++44"),
    ("POST /filter-outputs/{q}/retry", "4~~~~~~44"),
    ("GET /filters/{v}/dimensions", "4++++++44"),
    ("GET /filters/{v}/dimensions/Year", "4++++++44"),
    ("PUT /filters/{v}/dimensions/Year", "133333344"),
    ("PATCH /filters/{v}/dimensions/Year", "133333344"),
    ("DELETE /filters/{v}/dimensions/Year", "133333344"),
    ("GET /filters/{v}/dimensions/Year/options", "4++++++44"),
    ("PUT /filters/{v}/dimensions/Year/options/2023", "133333344"),
    ("DELETE /filters/{v}/dimensions/Year/options/2023", "133333344"),
    ("POST /images", "13~3333~3"),
    ("GET /datasets/{d}/editions/time-series/versions/1/images", "4++++++44"),
    ("GET /images/{i}", "44+++++44"),
    ("PUT /images/{i}", "14~333344"),
    ("DELETE /images/{i}", "14~333344"),
    ("PUT /images/{i}/withdraw", "1433~3344"),
    ("PUT /images/{i}/reinstate", "1433~3344"),
    ("GET /images/{i}/downloads", "44+++++44"),
    ("GET /images/{i}/downloads/original", "44+++++44"),
    ("GET /departments", "+++++++++"),
    ("GET /departments/economy", "+++++++++"),
    ("POST /departments", "133333~33"),
    ("PUT /departments/economy", "133333~33"),
    ("DELETE /departments/economy", "133333~33"),
    ("GET /datasets", "+++++++++"),
    ("POST /datasets", "13~3333~3"),
    ("GET /datasets/{d}", "4++++++44"),
    ("PUT /datasets/{d}", "13~333344"),
    ("PATCH /datasets/{d}", "13~333344"),
    ("DELETE /datasets/{d}", "13~333344"),
    ("GET /datasets/{d}/editions", "4++++++44"),
    ("POST /datasets/{d}/editions", "13~333344"),
    ("GET /datasets/{d}/editions/time-series", "4++++++44"),
    ("GET /datasets/{d}/editions/time-series/versions", "4++++++44"),
    ("POST /datasets/{d}/editions/time-series/versions", "13~333344"),
    ("GET /datasets/{d}/editions/time-series/versions/1", "4++++++44"),
    ("GET /datasets/{d}/editions/time-series/versions/2", "44+++++44"),
    ("PATCH /datasets/{d}/editions/time-series/versions/1", "13~333344"),
    ("DELETE /datasets/{d}/editions/time-series/versions/1", "13~333344"),
    ("GET /datasets/{d}/editions/time-series/versions/1/files.zip", "4++++++44"),
    ("GET /datasets/{d}/editions/time-series/versions/1/data", "4++++++44"),
    ("GET /datasets/{d}/editions/time-series/versions/1/changes", "4++++++44"),
    ("GET /datasets/{d}/editions/time-series/versions/1/metadata", "4++++++44"),
    ("PUT /datasets/{d}/editions/time-series/versions/1/submit", "13~333344"),
    ("PUT /datasets/{d}/editions/time-series/versions/1/approve", "133~~3344"),
    ("PUT /datasets/{d}/editions/time-series/versions/1/return", "133~~3344"),
    ("PUT /datasets/{d}/editions/time-series/versions/1/reopen", "133~~3344"),
    ("GET /catalog.ttl", "+++++++++"),
    ("GET /catalog.jsonld", "+++++++++"),
    ("PUT /datasets/{d}/publish-metadata", "1333~3344"),
    ("PATCH /datasets/{d}/editions/time-series", "13~333344"),
    ("DELETE /datasets/{d}/editions/time-series", "13~333344"),
    ("PUT /datasets/{d}/editions/time-series/versions/1", "13~333344"),
    ("PUT /datasets/{d}/editions/time-series/versions/1/archive", "13333~344"),
    ("PUT /datasets/{d}/editions/time-series/versions/1/restore", "13333~344"),
    ("GET /datasets/{d}/editions/time-series/versions/1/comments", "13+++++44"),
    ("POST /datasets/{d}/editions/time-series/versions/1/comments", "13~~~~~44"),
    ("GET /datasets/{d}/editions/time-series/versions/1/alerts", "4++++++44"),
    ("POST /datasets/{d}/editions/time-series/versions/1/alerts", "1333~3344"),
    ("DELETE /datasets/{d}/editions/time-series/versions/1/alerts/none", "144444444"),
    ("GET /datasets/{d}/editions/time-series/versions/1/dimensions", "4++++++44"),
    ("GET /datasets/{d}/editions/time-series/versions/1/dimensions/Year/options", "4++++++44"),
    ("GET /bundles", "1++++++++"),
    ("POST /bundles", "13~3333~3"),
    ("GET /bundles/{b}", "1++++++44"),
    ("PATCH /bundles/{b}", "13~333344"),
    ("PUT /bundles/{b}", "13~333344"),
    ("DELETE /bundles/{b}", "13~333344"),
    ("GET /bundles/{b}/contents", "1++++++44"),
    ("POST /bundles/{b}/contents", "13~333344"),
    ("PUT /bundles/{b}/contents", "13~333344"),
    ("PATCH /bundles/{b}/contents", "13~333344"),
    ("GET /bundles/{b}/contents/{c}", "1++++++44"),
    ("DELETE /bundles/{b}/contents/{c}", "13~333344"),
    ("GET /bundles/{b}/comments", "1++++++44"),
    ("POST /bundles/{b}/comments", "1~~~~~~44"),
    ("GET /bundles/{b}/sign-offs", "1++++++44"),
    ("PUT /bundles/{b}/contents/{c}/sign-off", "133~~3344"),
    ("DELETE /bundles/{b}/contents/{c}/sign-off", "133443344"),
    ("PUT /bundles/{b}/submit", "13~333344"),
    ("PUT /bundles/{b}/reject", "133~~3344"),
    ("PUT /bundles/{b}/approve", "1333~3344"),
    ("PUT /bundles/{b}/request-changes", "13~3~3344"),
    ("PUT /bundles/{b}/schedule", "1333~3344"),
    ("DELETE /bundles/{b}/schedule", "1333~~344"),
    ("PUT /bundles/{b}/retry", "1333~~344"),
    ("PUT /bundles/{b}/reset-to-approved", "13333~344"),
    ("POST /bundles/{b}/publish", "13333~344"),
    ("GET /bundles/{b}/status", "1++++++44"),
    ("GET /bundles/{b}/events", "1++++++44"),
    ("GET /bundles/{b}/timeline", "1++++++44"),
    ("GET /bundles/{b}/readiness", "1++++++44"),
    ("GET /bundles/{b}/preview", "1++++++44"),
    ("GET /bundles/{b}/access-list", "1333+++44"),
    ("POST /bundles/{b}/steps/search_index/skip", "13333~344"),
    ("POST /bundles/{b}/steps/search_index/replay", "13333~344"),
    ("GET /wagtail/status/{b}", "1++++++44"),
    ("GET /datasets/{d}/tracking-status", "1++++++44"),
    ("GET /webhooks", "133333+33"),
    ("POST /webhooks", "133333~33"),
    ("GET /webhooks/{w}", "133333+33"),
    ("PATCH /webhooks/{w}", "133333~33"),
    ("DELETE /webhooks/{w}", "133333~33"),
    ("POST /webhooks/{w}/rotate-secret", "133333+33"),
    ("GET /webhooks/{w}/deliveries", "133333+33"),
    ("POST /webhooks/{w}/deliveries/none/replay", "144444444"),
    ("POST /webhooks/{w}/test", "133333~33"),
    ("GET /imports", "13+3333+3"),
    ("GET /imports/none", "134333343"),
    ("POST /imports/none/undo", "134333343"),
    ("POST /subscriptions", "~~~~~~~~~"),
    ("POST /subscriptions/confirm", "~~~~~~~~~"),
    ("GET /subscriptions/none", "111111111"),
    ("DELETE /subscriptions/none", "111111111"),
    ("GET /publish-queue", "1++++++++"),
    ("POST /publish-queue/pause", "13333~333"),
    ("POST /publish-queue/resume", "13333~333"),
    ("POST /files/upload", "13~3333~3"),
    ("POST /files/uploads", "13~3333~3"),
    ("GET /files/uploads/{o}", "14+444444"),
    ("PATCH /files/uploads/{o}", "14~444444"),
    ("DELETE /files/uploads/{o}", "14~444444"),
    ("GET /files/{f}", "1++++++44"),
    ("PATCH /files/{f}", "13~333344"),
    ("DELETE /files/{f}", "13~333344"),
    ("PUT /files/{f}/withdraw", "1333~3344"),
    ("PUT /files/{f}/reinstate", "1333~3344"),
    ("PUT /files/{f}/confirm", "13~333344"),
    ("PUT /files/{f}/encoding", "13~333344"),
    ("POST /files/{f}/retry", "13~333344"),
    ("GET /files/queue/status", "1++++++++"),
    ("DELETE /files/queue/clear-failed", "13333+333"),
    ("GET /files/{f}/status", "1++++++44"),
    ("GET /files/{f}/content", "4++++++44"),
    ("GET /files/downloads/{d}/{d}.csv", "4++++++44"),
    ("GET /users", "133333+33"),
    ("POST /users", "133333~33"),
    ("GET /users/me", "1++++++++"),
    ("GET /users/{u}", "133333+33"),
    ("PUT /users/{u}", "133333~33"),
    ("PATCH /users/{u}", "133333~33"),
    ("DELETE /users/{u}", "133333~33"),
    ("PUT /users/{u}/password", "133333~33"),
    ("GET /users/{u}/passkeys", "133333+33"),
    ("DELETE /users/{u}/passkeys/{k}", "133333+33"),
    ("DELETE /users/{u}/second-factor", "133333~33"),
    ("GET /users/{u}/sessions", "133333+33"),
    ("DELETE /users/{u}/sessions", "133333+33"),
    ("GET /invitations", "133333+33"),
    ("POST /invitations", "133333~33"),
    ("GET /invitations/{e}", "133333+33"),
    ("POST /invitations/{e}/send", "133333+33"),
    ("DELETE /invitations/{e}", "133333+33"),
    ("GET /teams", "133333+33"),
    ("POST /teams", "133333~33"),
    ("GET /teams/press", "133333+33"),
    ("PUT /teams/press", "133333~33"),
    ("PATCH /teams/press", "133333~33"),
    ("DELETE /teams/press", "133333~33"),
    ("GET /roles", "133333+33"),
    ("GET /roles/editor", "133333+33"),
    ("GET /policies", "133333+33"),
    ("POST /policies", "133333~33"),
    ("POST /policies/check", "133333~33"),
    ("GET /policies/{p}", "133333+33"),
    ("PUT /policies/{p}", "133333~33"),
    ("DELETE /policies/{p}", "133333~33"),
    ("GET /service-tokens", "133333+33"),
    ("POST /service-tokens", "133333~33"),
    ("GET /service-tokens/{t}", "133333+33"),
    ("DELETE /service-tokens/{t}", "133333+33"),
    ("GET /settings", "133333+33"),
    ("GET /settings/banner", "133333+33"),
    ("PUT /settings/banner", "133333~33"),
    ("GET /settings/rate-limits", "13333++33"),
    ("PUT /settings/rate-limits", "13333~~33"),
    ("POST /admin/database/reset-connections", "13333+333"),
];

/// Operations that are not asked of everybody here, each with the reason and the test that asks them.
const ELSEWHERE: &[(&str, &str)] = &[];

/// A template of the description as a pattern: every word in braces fits one segment.
fn fits(template: &str, path: &str) -> bool {
    let (template, path): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
    template.len() == path.len()
        && template.iter().zip(&path).all(|(word, segment)| word.starts_with('{') || word == segment)
}

/// The operations that the program describes, relative to `/v1`.
fn described() -> Vec<(String, String)> {
    let document = Document::value(&Config::read(&|_| None).unwrap()).unwrap();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let path = path.strip_prefix("/v1").unwrap_or(path);
        found.extend(item.as_object().unwrap().keys().map(|method| (method.to_uppercase(), path.to_owned())));
    }
    found.sort();
    found.dedup();
    found
}

#[test]
fn every_operation_is_in_the_table() {
    let described = described();
    let exact = |path: &str| described.iter().any(|(_, template)| template == path);
    // A fixed address is not also an example of a template beside it.
    let is_of = |template: &str, path: &str| template == path || (!exact(path) && fits(template, path));
    let listed: Vec<(&str, &str)> = TABLE
        .iter()
        .chain(ELSEWHERE)
        .filter_map(|(row, _)| row.split_once(' '))
        .map(|(method, address)| (method, address.split('?').next().unwrap_or(address)))
        .collect();
    let missing: Vec<_> = described
        .iter()
        .filter(|(method, template)| !listed.iter().any(|(m, path)| m == method && is_of(template, path)))
        .collect();
    let gone: Vec<_> = listed
        .iter()
        .filter(|(method, path)| !described.iter().any(|(m, template)| m == method && is_of(template, path)))
        .collect();
    assert!(missing.is_empty() && gone.is_empty(), "not in the table: {missing:?}\nnot in the program: {gone:?}");
}

fn kind_of(status: u16) -> char {
    match status {
        401 => '1',
        403 => '3',
        404 => '4',
        200..=299 => '+',
        400 | 409 | 412 | 415 | 422 | 428 => '~',
        _ => '!',
    }
}

async fn ask(who: &Caller, method: &str, path: &str) -> char {
    let method: Method = method.parse().unwrap();
    let asked = who.request(method.clone(), path);
    let asked = match method.as_str() {
        "GET" => asked,
        // Nothing there has this revision; where none is asked for, the state refuses or it is done again and again.
        "DELETE" => asked.header("if-match", "\"r0\""),
        _ if path.ends_with("/reset-connections") => asked,
        // Not JSON, under a type that is, so that only the body is wrong.
        _ => asked.header("content-type", "application/json").header("if-match", "\"r0\"").body("{"),
    };
    kind_of(who.send(asked).await.status.as_u16())
}

/// Everybody who asks, in the table's order.
async fn everybody(site: &Site) -> Vec<Caller> {
    let (press, press_id) = site.person("press@example.org", &[Grant::of(Role::Previewer)]).await;
    let (other, other_id) = site.person("other@example.org", &[Grant::of(Role::Previewer)]).await;
    for (name, member) in [("Press", press_id), ("Other", other_id)] {
        site.environment().post("/teams", json!({"name": name, "members": [member]})).await.must_be(201);
    }
    let elsewhere = Grant { departments: vec!["prices".into()], ..Grant::of(Role::Editor) };
    let mut all = vec![site.public(), press];
    for role in [Role::Editor, Role::Reviewer, Role::Approver, Role::Operator, Role::Admin] {
        all.push(site.service(role.as_str(), &[role]).await);
    }
    all.push(site.service_with("elsewhere", &[elsewhere], false).await);
    all.push(other);
    all
}

/// What the table's words in braces stand for.
async fn prepare(site: &Site, editor: &Caller, approver: &Caller) -> BTreeMap<&'static str, String> {
    let file = approved_version(editor, approver, "hidden", "Hidden").await;
    let versions = "/datasets/hidden/editions/time-series/versions";
    editor.post(versions, json!({"release_date": "2026-11-23T09:30:00Z"})).await.must_be(201);
    let id = |answer: Answer| answer.must_be(201).json()["id"].as_str().unwrap().to_owned();
    let body = json!({"title": "Shared", "type": "scheduled", "preview_teams": ["press"]});
    let bundle = id(editor.post("/bundles", body).await);
    let item = json!({"dataset_id": "hidden", "edition": "time-series", "version": "1"});
    let content = id(editor.post(&format!("/bundles/{bundle}/contents"), item).await);
    let release = json!({"title": "Draft", "department": "economy"});
    let release = id(editor.post("/v1/releases", release).await);
    let root = site.environment();
    let user = json!({"email": "somebody@example.org", "name": "Somebody", "grants": [{"role": "editor"}]});
    let user = root.post("/users", user).await.must_be(201).json();
    let key = crate::passkeys::stored(site, user["id"].as_str().unwrap(), "Blue key").await;
    let invited = json!({"email": "invited@example.org", "name": "Invited"});
    let invited = id(root.post("/v1/invitations", invited).await);
    let synonym = id(root.post("/v1/search/synonyms", json!({"words": ["zebedee", "magic"]})).await);
    let pin = id(root.post("/v1/search/pins", json!({"query": "zebedee", "datasets": ["hidden"]})).await);
    let token = id(root.post("/service-tokens", json!({"name": "any", "grants": [{"role": "editor"}]})).await);
    let hook = id(root.post("/webhooks", json!({"url": "https://example.org/hook", "enabled": false})).await);
    let incident = id(root.post("/v1/incidents", json!({"title": "Slow", "severity": "p3"})).await);
    let filter = json!({
        "dataset": {"id": "hidden", "edition": "time-series", "version": "1"},
        "dimensions": [{"name": "Year", "options": ["2023"]}],
    });
    let filter = id(root.post("/filters", filter).await);
    let output = id(root.post(&format!("/filters/{filter}/submit"), json!(null)).await);
    let picture = reqwest::multipart::Part::bytes(DOT).file_name("dot.png");
    let form = reqwest::multipart::Form::new().text("dataset_id", "hidden").text("edition", "time-series");
    let form = form.text("version", "2").text("alt", "A dot").part("file", picture);
    let image = id(editor.send(editor.request(Method::POST, "/images").multipart(form)).await);
    let upload = crate::uploads::begin_for(editor, "hidden", "time-series", "2").await;
    BTreeMap::from([
        ("{q}", output),
        ("{v}", filter),
        ("{o}", upload),
        ("{i}", image),
        ("{r}", release),
        ("{d}", "hidden".to_owned()),
        ("{b}", bundle),
        ("{c}", content),
        ("{f}", file),
        ("{u}", user["id"].as_str().unwrap().to_owned()),
        ("{p}", user["grants"][0]["id"].as_str().unwrap().to_owned()),
        ("{t}", token),
        ("{w}", hook),
        ("{n}", incident),
        ("{e}", invited),
        ("{k}", key),
        ("{y}", synonym),
        ("{x}", pin),
    ])
}

on_both_databases! {
    async fn everybody_gets_what_the_table_says_of_every_operation(db: TestDatabase) {
        // Everybody here is on this machine, from which the metrics are open unless told otherwise.
        let site = Site::start_as(db, &[("METRICS_ALLOW", "none")]).await;
        site.department("prices").await;
        let everybody = everybody(&site).await;
        let words = prepare(&site, &everybody[2], &everybody[4]).await;
        let mut wrong = Vec::new();
        for (row, expected) in TABLE {
            let (method, address) = row.split_once(' ').unwrap();
            let mut path = if address.starts_with("/health") || address == "/metrics" { address.to_owned() } else { format!("/v1{address}") };
            for (word, value) in &words {
                path = path.replace(word, value);
            }
            let mut got = String::new();
            for who in &everybody {
                got.push(ask(who, method, &path).await);
            }
            if got != *expected {
                wrong.push(format!("{row}: expected {expected}, got {got}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
