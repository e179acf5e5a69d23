//! Where an outsider looks: everything that the program describes and every public page, so that none can be forgotten.

use server::api::described::Document;
use server::config::Config;

use super::plan::{Plan, dataset_id, edition_id};
use super::world::NOTHING;

/// The pages as the program declares them.
const PAGES: &str = include_str!("../../../../app/src/addresses.rs");
/// What is served beside pages and the described API.
const ROUTER: &str = include_str!("../../../src/router.rs");

/// Edition and version: public ones of a plan, hidden ones, and some that never are.
const SCOPES: [(usize, u32); 5] = [(0, 1), (0, 3), (1, 1), (2, 1), (0, 2)];
/// The metadata of a version in every form.
const DOCUMENTS: [&str; 6] = [
    "metadata.ttl",
    "metadata.jsonld",
    "metadata.schema.jsonld",
    "metadata.csvw.json",
    "metadata.datapackage.json",
    "metadata.json",
];
/// What the searched texts are made of, what only hidden things hold, and an id.
const TEXTS: [&str; 4] = ["rainfall", "secret", "joint", "series-1"];

/// Lists by what they may be narrowed to or sorted by, where the description holds no list of values.
const NARROWED: &[&str] = &[
    "/v1/datasets?sort=title&limit=2",
    "/v1/datasets?sort=last_updated&limit=2",
    "/v1/datasets?limit=1000&offset=2",
    "/v1/datasets?state=created",
    "/v1/datasets?state=submitted",
    "/v1/datasets?state=approved",
    "/v1/datasets?state=published",
    "/v1/datasets?state=archived",
    "/v1/datasets?topic=output",
    "/v1/datasets?topic=trade,people",
    "/v1/datasets?department=economy",
    "/v1/datasets?q=and&sort=title&limit=2",
    "/v1/datasets?id=series-0,series-1,series-2",
    "/v1/bundles?state=scheduled",
    "/v1/bundles?state=published&sort=title",
    "/v1/releases?state=provisional",
    "/v1/search?q=prices&sort=newest",
    "/v1/search?sort=title&limit=2",
    "/v1/search?sort=newest&limit=1&offset=1",
    "/v1/search?topics=trade",
    "/v1/search?departments=economy",
    "/v1/search?q=rainfal",
    "/v1/search/suggest?q=r",
    "/datasets",
    "/search?q=prices",
    "/cy/search?q=secret",
    "/search?topics=trade",
    "/releases?view=published",
    "/sitemap.xml",
    "/robots.txt",
];

/// Addresses that speak of the machine and its clock, and of nothing in the catalogue.
const OF_THE_MACHINE: [&str; 3] = ["/v1/health", "/v1/healthcheck", "/v1/metrics"];

/// Every described read, relative to the site, with the names of its query parameters.
fn described() -> Vec<(String, Vec<String>)> {
    let document = Document::value(&Config::read(&|_| None).unwrap()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    for (path, item) in paths {
        let Some(get) = item.get("get") else { continue };
        let path = if path.starts_with("/v1") { path.clone() } else { format!("/v1{path}") };
        let asked = get["parameters"].as_array().into_iter().flatten();
        let names = asked.filter(|of| of["in"] == "query").filter_map(|of| of["name"].as_str().map(str::to_owned));
        if !OF_THE_MACHINE.contains(&path.as_str()) && !found.iter().any(|(known, _)| *known == path) {
            found.push((path, names.collect()));
        }
    }
    found
}

/// Every public page, with parameters in braces as in the description.
fn pages() -> Vec<String> {
    let declared = PAGES.split("path!(\"").skip(1).filter_map(|rest| rest.split('"').next());
    let public = declared.filter(|path| {
        let own = path.strip_prefix("/cy").unwrap_or(path);
        !["/account", "/admin", "/ops"].iter().any(|portal| own.starts_with(portal))
    });
    let braces =
        |segment: &str| segment.strip_prefix(':').map_or_else(|| segment.to_owned(), |name| format!("{{{name}}}"));
    let written = public.map(|path| path.split('/').map(braces).collect::<Vec<_>>().join("/"));
    let beside = ROUTER.split(".route(\"").skip(1).filter_map(|rest| rest.split('"').next());
    written.chain(beside.filter(|path| !path.contains("{*")).map(str::to_owned)).collect()
}

/// Where this viewer looks: every public address, for what is public, what is hidden and what never was.
///
/// A previewer of nothing reads the public's things as the public does, so only lists and bundles are asked for.
pub fn of(plan: &Plan, viewer: &str) -> Vec<String> {
    let mut addresses: Vec<String> = NARROWED.iter().map(|&address| address.to_owned()).collect();
    for (place, (template, queries)) in described().into_iter().enumerate() {
        if viewer == "previewer" && template.contains('{') && !template.contains("/bundles/") {
            continue;
        }
        let is_list = !template.contains('{');
        for address in filled(plan, &template, place, if viewer == "nobody" { 2 } else { 1 }) {
            if queries.iter().any(|name| name == "limit") {
                addresses.push(format!("{address}?limit=1&offset=1"));
            }
            if is_list && queries.iter().any(|name| name == "q") {
                addresses.extend(TEXTS.map(|text| format!("{address}?q={text}")));
            }
            if address.contains("/downloads/") {
                let (edition, version) = SCOPES[(place + address.len()) % SCOPES.len()];
                addresses.push(format!("{address}?edition={}&version={version}", edition_id(edition)));
            }
            addresses.push(address);
        }
    }
    if viewer == "nobody" {
        let pages = pages().into_iter().enumerate();
        addresses.extend(pages.flat_map(|(place, template)| filled(plan, &template, place, 1)));
    }
    addresses
}

/// The template with what stands for its words in braces; of editions and versions `scopes` each, other ones each time.
fn filled(plan: &Plan, template: &str, place: usize, scopes: usize) -> Vec<String> {
    let of_dataset = ["/datasets/{", "/catalogue/{", "/downloads/{"].iter().any(|part| template.contains(part));
    if !of_dataset {
        return things_named_in(plan, template);
    }
    let scopes = if template.contains("{edition}") || template.contains("{document}") { scopes } else { 1 };
    let mut addresses = Vec::new();
    for dataset in 0..=plan.datasets {
        for turn in 0..scopes {
            let turn = place + dataset * 2 + turn;
            let (edition, version) = SCOPES[turn % SCOPES.len()];
            let segment = |segment: &str| match segment {
                "{id}" | "{dataset}" => dataset_id(dataset),
                "{filename}" => format!("{}.csv", dataset_id(dataset)),
                "{edition}" => edition_id(edition),
                "{version}" => version.to_string(),
                "{document}" => DOCUMENTS[turn % DOCUMENTS.len()].to_owned(),
                "{name}" => ["Year", "Value"][turn % 2].to_owned(),
                other => plain(other, template),
            };
            addresses.push(template.split('/').map(segment).collect::<Vec<_>>().join("/"));
        }
    }
    addresses
}

/// The same for what belongs to no dataset.
fn things_named_in(plan: &Plan, template: &str) -> Vec<String> {
    let Some(at) = template.find('{') else { return vec![template.to_owned()] };
    let kind = template[..at].trim_end_matches('/').rsplit('/').next().unwrap();
    let ids: Vec<String> = match kind {
        "topics" => ["output", "trade", "nothing"].map(str::to_owned).to_vec(),
        "releases" => {
            (0..3).flat_map(|dataset| ["release", "announced"].map(|what| format!("{what}-{dataset}"))).collect()
        }
        "departments" => ["economy", "health", "nothing"].map(str::to_owned).to_vec(),
        "bundles" => plan.labelled("bundle"),
        "files" => plan.labelled("file"),
        "developers" => ["datasets", "nothing"].map(str::to_owned).to_vec(),
        "users" | "teams" | "roles" | "policies" | "service-tokens" => vec![NOTHING.to_owned()],
        _ => panic!("say what stands in the braces of {template}"),
    };
    // Of what is under each of them some, others under another address.
    let part = matches!(kind, "bundles" | "files") && !template.ends_with('}');
    let ids: Vec<String> = if part { ids.into_iter().skip(template.len() % 4).step_by(4).collect() } else { ids };
    let end = template[at..].find('}').unwrap() + at + 1;
    let rest = template[end..].split('/').map(|segment| match segment {
        "{item}" => NOTHING.to_owned(),
        other => plain(other, template),
    });
    let rest = rest.collect::<Vec<_>>().join("/");
    ids.iter().map(|id| format!("{}{id}{rest}", &template[..at])).collect()
}

fn plain(segment: &str, template: &str) -> String {
    assert!(!segment.contains('{'), "say what stands for {segment} in {template}");
    segment.to_owned()
}

/// What of the description's parameters would be of no use here without a test noticing.
pub fn every_sort_of_address_is_there(addresses: &[String]) {
    for part in [
        "/metadata.ttl",
        "/metadata.jsonld",
        "/metadata.schema.jsonld",
        "/metadata.csvw.json",
        "/metadata.datapackage.json",
        "/catalog.ttl",
        "/cy/catalogue/",
        "/cy/topics/",
        "/releases.ics",
        "/options",
        "/dimensions",
        "/downloads/",
        "limit=1&offset=1",
        "/suggest?q=secret",
    ] {
        assert!(addresses.iter().any(|address| address.contains(part)), "nobody looks at {part}");
    }
}
