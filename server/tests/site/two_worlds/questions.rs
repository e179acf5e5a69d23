//! Everything that an outsider may ask: each described operation, page and server function, about each thing of a plan, so
//! that nothing which is added to the program is left out here.

use leptos::server_fn::axum::server_fn_paths;
use serde_json::{Value, json};
use server::api::described::Document;
use server::config::Config;

use super::plan::{Plan, dataset_id, edition_id};
use super::things::{self, filled};
use super::values;

/// The pages as the program declares them.
const PAGES: &str = include_str!("../../../../app/src/addresses.rs");
/// What is served beside pages and the described API.
const ROUTER: &str = include_str!("../../../src/router.rs");

/// Server functions that would end the visit or change who visits.
const OF_THE_VISIT: [&str; 16] = [
    "own",
    "ways-in",
    "end-session",
    "end-all-sessions",
    "sign-in",
    "sign-out",
    "begin-second-factor",
    "confirm-second-factor",
    "second-factor-set-up",
    "renew-recovery-codes",
    "recovery-codes",
    "remove-second-factor",
    "remove-passkey",
    "second-step",
    "second-step-ways",
    "change-password",
];

/// Pages with what may stand behind their address.
const PAGES_WITH: &[&str] = &[
    "/search?q=prices",
    "/search?q=secret",
    "/cy/search?q=secret",
    "/search?topics=trade",
    "/search?departments=economy&sort=title",
    "/search?years=2026&formats=csv",
    "/search?sort=newest&page=2",
    "/topics/output?sort=title",
    "/topics/trade?page=2",
    "/releases?view=published",
    "/releases?view=cancelled",
    "/releases?q=secret",
    "/cy/releases?month=2027-12",
    "/releases?state=confirmed",
    "/releases?view=month",
    "/cy/releases?view=month&month=2027-12",
    "/releases?view=month&state=provisional&q=secret",
    "/releases?view=published&topic=trade",
    "/publication-log?dataset=secret",
    "/cy/publication-log?page=2",
    "/status.json",
    "/status.atom",
    "/catalogue.csv",
    "/sitemap.xml",
    "/sitemaps/pages.xml",
    "/sitemaps/datasets-1.xml",
    "/opensearch.xml",
    "/catalogue",
    "/cy/catalogue?letter=S",
    "/catalogue?topic=trade&department=economy",
    "/list?dataset=secret&dataset=series-0",
    "/cy/list?q=secret",
    "/corrections",
    "/corrections.json",
    "/corrections.atom",
    "/corrections.rss",
    "/releases.atom",
    "/releases.atom?page=2",
    "/cy/releases.atom?view=cancelled",
    "/releases.atom?view=published&topic=secret",
    "/cy/releases.rss?q=secret",
    "/releases.ics",
    "/releases.ics?q=secret",
    "/cy/releases.ics?view=published&topic=trade",
    "/releases/{id}/calendar.ics",
    "/releases/{id}/card.png",
    "/search/feed.atom?q=secret",
    "/search/feed.rss",
    "/search/feed.rss?page=2",
    "/cy/search/feed.atom?topics=trade&formats=csv",
    "/search/feed.ics?q=secret",
    "/topics/trade/feed.atom",
    "/cy/topics/trade/feed.ics",
    "/catalogue/secret/feed.atom",
    "/catalogue/{id}/feed.ics",
    "/catalogue/secret/card.png",
    "/cy/catalogue/{id}/card.png",
    "/catalogue/{id}/editions/{edition}/versions/{version}/card.png",
    "/catalogue/secret/quality",
    "/catalogue/{id}/editions",
    "/cy/catalogue/{id}/editions/{edition}/versions/",
    "/embed/{id}/editions/{edition}/versions/{version}?view=table",
    "/cy/embed/{id}/editions/{edition}/versions/{version}?dim.Year=2024",
    "/status",
    "/robots.txt",
    "/account",
    "/account/sign-in",
    "/datasets",
    "/publish-queue",
    "/wagtail/status/{bundle}",
];

/// Pages of the portal with what may stand behind their address.
const PORTAL_WITH: &[&str] = &[
    "/admin/bundles?state=scheduled",
    "/admin/bundles?q=Bundle",
    "/admin/bundles?page=2",
    "/admin/bundles.csv",
    "/admin/bundles/{id}/timeline?q=secret",
    "/admin/bundles/{id}/timeline.csv",
    "/admin/bundles?owner=me&sort=title",
    "/admin/bundles/new?version=series-0/edition-0/1",
    "/admin/bundles/new?version=own-figures/edition-0/1",
    "/admin/datasets?q=secret",
    "/admin/datasets?q=and",
    "/admin/datasets?page=2",
    "/admin/datasets?sort=next_release",
    "/admin/datasets?issue=no_next_release&sort=changed",
    "/admin/datasets?state=submitted",
    "/admin/datasets?state=none&topic=trade",
    "/admin/datasets.csv",
    "/admin/datasets.csv?issue=stale",
    "/admin/imports.csv",
    "/admin/review?claim=unclaimed&sort=newest",
    "/admin/datasets/{id}/editions/{edition}/versions/{version}/preview/page",
    "/admin/datasets/{id}/editions/{edition}/versions/{version}/preview/explore",
    "/admin/events?at=/admin/bundles/{id}",
    "/admin/events?at=/admin/datasets/{id}",
    "/admin/events?at=/admin/datasets/{id}/editions/{edition}/versions/{version}",
    "/admin/events?at=/admin/releases/{id}",
];

/// One question, with labels in braces for what each world numbers on its own.
#[derive(Clone, Debug)]
pub struct Question {
    /// The method.
    pub method: String,
    /// Path and query.
    pub address: String,
    /// The media type of the body, and the body.
    pub body: Option<(String, String)>,
    /// Header and value.
    pub headers: Vec<(&'static str, String)>,
}

impl Question {
    /// A plain GET.
    pub fn get(address: impl Into<String>) -> Self {
        Self { method: "GET".to_owned(), address: address.into(), body: None, headers: Vec::new() }
    }
}

/// The described operations: path under `/v1`, method in small letters, what is said of it.
fn described() -> (Value, Vec<(String, String, Value)>) {
    let document = Document::value(&Config::read(&|_| None).unwrap()).unwrap();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        // What stands without the prefix as well is answered by the same code.
        if path.starts_with("/v1") {
            let methods = item.as_object().unwrap();
            found.extend(methods.iter().map(|(method, said)| (path.clone(), method.clone(), said.clone())));
        }
    }
    assert!(found.len() > 100, "the description is not whole");
    (document, found)
}

/// Every page of the program: public ones and those of the portal, with words in braces as in the description.
pub fn pages() -> (Vec<String>, Vec<String>) {
    let braces =
        |segment: &str| segment.strip_prefix(':').map_or_else(|| segment.to_owned(), |name| format!("{{{name}}}"));
    let declared = PAGES.split("path!(\"").skip(1).filter_map(|rest| rest.split('"').next());
    let written = declared.map(|path| path.split('/').map(braces).collect::<Vec<_>>().join("/"));
    let beside = ROUTER.split(".route(\"").skip(1).filter_map(|rest| rest.split('"').next());
    let beside = beside.filter(|path| !path.contains("{*") && *path != "/developers/try").map(str::to_owned);
    let (portal, public): (Vec<String>, Vec<String>) =
        written.chain(beside).partition(|path| path.starts_with("/admin") || path.starts_with("/account"));
    assert!(public.len() > 25 && portal.len() > 10, "the pages are not all found");
    (public, portal)
}

/// What is read: everything described, and with `portal` the pages behind the way in.
///
/// What is about everything is asked with every value of each parameter, behind the way in with half of them. Each thing is
/// asked for, or `some` of them, others in each turn; and few of them with the parameters.
pub fn reads(plan: &Plan, portal: bool, turn: usize, some: usize) -> Vec<Question> {
    let (document, described) = described();
    let mut asked = Vec::new();
    for (number, (path, method, said)) in described.iter().enumerate() {
        if method != "get" {
            continue;
        }
        let (named, variants) = (filled(plan, path), values::queries(&document, said));
        if !path.contains('{') {
            let wanted = if portal { variants.len() / 2 } else { variants.len() };
            let all = spread(&variants, turn, wanted).map(|query| Question::get(format!("{path}?{query}")));
            asked.extend(std::iter::once(Question::get(path)).chain(all));
        } else {
            asked.extend(spread(&named, turn, some).map(Question::get));
            let few = spread(&named, turn, variants.len().min(4));
            let queries = spread(&variants, turn, 4);
            asked.extend(few.zip(queries).map(|(address, query)| Question::get(format!("{address}?{query}"))));
        }
        // The form makes the whole router anew each time, so few operations are asked through it in a turn.
        if !portal && (number + turn).is_multiple_of(6) {
            asked.extend(tried(path, said, &named, turn));
        }
    }
    let (public, of_portal) = pages();
    let shown = if portal { of_portal } else { Vec::new() };
    let with = PAGES_WITH.iter().chain(if portal { PORTAL_WITH } else { &[] });
    for page in public.into_iter().chain(shown).chain(with.map(|&page| page.to_owned())) {
        // A page is dearer than a line of JSON.
        asked.extend(spread(&filled(plan, &page), turn, some.min(12)).map(Question::get));
    }
    asked
}

/// As many of these as wanted, from all over the list and others in each turn.
fn spread(all: &[String], turn: usize, wanted: usize) -> impl Iterator<Item = &String> {
    let wanted = wanted.min(all.len());
    (0..wanted).map(move |place| &all[(place * all.len() / wanted + turn) % all.len()])
}

/// The form of the reference, for some of what the operation may be asked about.
fn tried(path: &str, said: &Value, named: &[String], turn: usize) -> Vec<Question> {
    let operation = said["operationId"].as_str().unwrap();
    let words: Vec<&str> = path.split('/').collect();
    let fields = |address: &String| {
        let given = words
            .iter()
            .zip(address.split('/'))
            .filter_map(|(word, value)| Some(format!("&{}={value}", word.strip_prefix('{')?.strip_suffix('}')?)));
        Question::get(format!("/developers/try?operation={operation}{}", given.collect::<String>()))
    };
    // Each time the whole router is made anew, so one thing is enough.
    spread(named, turn, 1).map(fields).collect()
}

/// What changes something where it is allowed: every described change of `some` things, others in each turn; and where a body
/// names things, each of these.
pub fn changes(plan: &Plan, turn: usize, some: usize) -> Vec<Question> {
    let (_, described) = described();
    let mut asked = Vec::new();
    for (path, method, said) in &described {
        if method == "get" {
            continue;
        }
        let content = said["requestBody"]["content"].as_object().into_iter().flatten().next();
        let bodies: Vec<(String, Value)> = content
            .into_iter()
            .flat_map(|(kind, media)| {
                let example = media.get("example").or_else(|| media["schema"].get("example"));
                let bodies = naming(plan, path, example.unwrap_or(&Value::Null));
                bodies.into_iter().map(move |body| (kind.clone(), body))
            })
            .collect();
        let named = filled(plan, path);
        let mut ask = |address: &str, body: Option<&(String, Value)>| {
            let revision = ["", "\"r0\"", "*"][(asked.len() + turn) % 3];
            asked.push(Question {
                method: method.to_uppercase(),
                address: address.to_owned(),
                body: body.map(|(kind, body)| values::encoded(kind, body)),
                headers: if revision.is_empty() { vec![] } else { vec![("if-match", revision.to_owned())] },
            });
        };
        // A hidden file is not told from an unknown one by who tries to delete it: each is tried, whatever the turn.
        let all = method == "delete" && (path.ends_with("/files/{id}") || path.ends_with("/images/{id}"));
        for address in spread(&named, turn, if all { usize::MAX } else { some }) {
            ask(address, bodies.first());
        }
        // What names something goes where the viewer may change things.
        let own = named.iter().find(|address| things::is_own(address) || !path.contains('{'));
        for body in bodies.iter().skip(1) {
            own.into_iter().for_each(|own| ask(own, Some(body)));
        }
    }
    asked
}

/// The example, and the same with what it names replaced by each hidden thing.
fn naming(plan: &Plan, path: &str, example: &Value) -> Vec<Value> {
    let mut bodies = vec![example.clone()];
    let with = |pairs: &[(&str, Value)]| {
        let mut body = if example.is_object() { example.clone() } else { json!({}) };
        let object = body.as_object_mut().unwrap();
        object.extend(pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        body
    };
    if example.get("dataset_id").is_some() {
        bodies.extend(plan.versions().into_iter().map(|(dataset, edition, version)| {
            with(&[
                ("dataset_id", dataset_id(dataset).into()),
                ("edition", edition_id(edition).into()),
                ("version", version.to_string().into()),
            ])
        }));
    }
    if path == "/v1/filters" {
        // A filter of what is public is made, with a secret of its own.
        bodies.extend(plan.left_out().into_iter().map(|(dataset, edition, version)| {
            let version = version.to_string();
            with(&[("dataset", json!({"id": dataset_id(dataset), "edition": edition_id(edition), "version": version}))])
        }));
    }
    if example.get("order").is_some() {
        bodies.extend(plan.labelled("item").into_iter().map(|item| with(&[("order", json!([item]))])));
    }
    if path.starts_with("/v1/releases") && !path.contains("}/") {
        bodies.extend(plan.labelled("bundle").into_iter().map(|bundle| {
            with(&[
                ("bundle_id", bundle.clone().into()),
                ("id", format!("of-{}", bundle.replace(['{', '}'], "")).into()),
                ("department", "health".into()),
            ])
        }));
    }
    bodies
}

/// Every server function about `some` things, others in each turn, by a form with everything that any of them reads.
pub fn functions(plan: &Plan, turn: usize, some: usize) -> Vec<Question> {
    let mut asked = Vec::new();
    let mut paths: Vec<(&str, String)> =
        server_fn_paths().map(|(path, method)| (path, method.as_str().to_owned())).collect();
    paths.sort();
    assert!(paths.len() > 60, "the server functions are not all registered");
    for (path, method) in paths {
        let mut words = path.trim_start_matches("/rpc/").split('/');
        let (group, name) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        if group == "account" && OF_THE_VISIT.contains(&name) {
            continue;
        }
        for form in spread(&things::forms(plan, group, name), turn, some) {
            let accept = if (asked.len() + turn).is_multiple_of(3) { "text/html" } else { "application/json" };
            let headers = vec![("accept", accept.to_owned()), ("sec-fetch-site", "same-origin".to_owned())];
            let (address, body) = match method.as_str() {
                "GET" => (format!("{path}?{form}"), None),
                _ => (path.to_owned(), Some(("application/x-www-form-urlencoded".to_owned(), form.clone()))),
            };
            asked.push(Question { method: method.clone(), address, body, headers });
        }
    }
    asked
}
