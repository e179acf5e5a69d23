//! Which page shows what a JSON address tells.

use domain::bundle::BundleStage;
use domain::release::{CalendarView, ReleaseState};
use domain::selection::DataQuery;
use domain::text::escaped;
use services::catalogue::Scope;

use crate::api::ctx::version_number;
use crate::api::params::Params;

/// Parameters of the search that its page knows by the same names.
const OF_SEARCH: &[(&str, &str)] = &[
    ("q", "q"),
    ("topics", "topics"),
    ("formats", "formats"),
    ("years", "years"),
    ("frequency", "frequency"),
    ("designation", "designation"),
    ("geography", "geography"),
    ("publishers", "publishers"),
    ("departments", "departments"),
    ("has_chart", "has_chart"),
    ("sort", "sort"),
];
/// Parameters of the list of datasets, each with its name on the page of the search.
const OF_DATASETS: &[(&str, &str)] =
    &[("q", "q"), ("topic", "topics"), ("department", "departments"), ("sort", "sort")];
/// Parameters of the audit trail that its page knows; its days are read apart.
const OF_AUDIT: &[(&str, &str)] = &[
    ("actor", "actor"),
    ("action", "action"),
    ("resource_type", "resource_type"),
    ("resource_id", "resource_id"),
    ("bundle", "bundle"),
    ("q", "q"),
];
/// Parameters of the list of bundles that its page knows by the same names; its states and days are read apart.
const OF_BUNDLES: &[(&str, &str)] = &[("type", "type"), ("q", "q"), ("team", "team")];
const OF_LOG: &[(&str, &str)] = &[("dataset", "dataset"), ("release", "release")];
const OF_INCIDENTS: &[(&str, &str)] = &[("state", "state"), ("severity", "severity"), ("q", "q")];
const OF_FEEDBACK: &[(&str, &str)] = &[("state", "state"), ("kind", "kind"), ("q", "q")];
const OF_USERS: &[(&str, &str)] = &[("q", "q"), ("role", "role"), ("department", "department")];
const WORDS: &[(&str, &str)] = &[("q", "q")];

/// The page for a JSON address, relative to where the API is mounted; whoever names a format in the address gets that.
pub fn page_for(path: &str, query: Option<&str>) -> Option<String> {
    let query = query.unwrap_or("");
    if Params::parse(query).text("format").is_some() {
        return None;
    }
    let words: Vec<&str> = path.trim_matches('/').split('/').collect();
    of_readers(&words, query).or_else(|| of_the_portal(&words, query))
}

/// What of a dataset a JSON address tells, with the part of a preview that shows it; nothing for addresses of anything else.
pub fn previewed(path: &str) -> Option<(Scope, &'static str)> {
    let words: Vec<&str> = path.trim_matches('/').split('/').collect();
    let ["datasets", dataset, rest @ ..] = words.as_slice() else { return None };
    let (edition, version, part) = match rest {
        [] | ["editions"] => (None, None, "page"),
        ["editions", edition] | ["editions", edition, "versions"] => (Some(edition), None, "page"),
        ["editions", _, "versions", _, "comments"] => return None,
        ["editions", edition, "versions", version, rest @ ..] => {
            let part = match rest {
                ["data"] => "explore",
                ["changes"] => "compare",
                _ => "page",
            };
            (Some(edition), Some(version_number(version)?), part)
        }
        _ => return None,
    };
    let edition = edition.map(|edition| (*edition).to_owned());
    Some((Scope { dataset_id: (*dataset).to_owned(), edition, version }, part))
}

/// Pages that everybody may read.
fn of_readers(words: &[&str], query: &str) -> Option<String> {
    Some(match words {
        ["datasets"] => with("/search", carried(query, OF_DATASETS)),
        ["search"] => with(search_in(query), carried(query, OF_SEARCH)),
        ["search", "suggest"] => with(search_in(query), carried(query, WORDS)),
        ["topics"] => "/topics".to_owned(),
        ["topics", id] | ["topics", id, "subtopics" | "content"] => format!("/topics/{id}"),
        ["releases"] => with("/releases", of_calendar(query)),
        ["releases", id] => format!("/releases/{id}"),
        ["publication-log"] => with("/publication-log", carried(query, OF_LOG)),
        ["filter-outputs", id] => format!("/outputs/{id}"),
        ["datasets", id] | ["datasets", id, "editions"] => format!("/catalogue/{id}"),
        ["datasets", id, "editions", edition] | ["datasets", id, "editions", edition, "versions"] => {
            format!("/catalogue/{id}/editions/{edition}")
        }
        ["datasets", id, "editions", edition, "versions", version, rest @ ..] => {
            let edition = format!("/catalogue/{id}/editions/{edition}");
            return of_version(&edition, version, rest, query);
        }
        _ => return None,
    })
}

/// The public page of a version.
pub fn version_page(dataset: &str, edition: &str, version: u32) -> String {
    format!("/catalogue/{dataset}/editions/{edition}/versions/{version}")
}

/// Pages of a version and of its table.
fn of_version(edition: &str, version: &str, rest: &[&str], query: &str) -> Option<String> {
    let page = format!("{edition}/versions/{version}");
    Some(match rest {
        [] | ["metadata" | "dimensions" | "alerts" | "images"] | ["dimensions", _, "options"] => page,
        ["data"] => with(&format!("{page}/explore"), selected(query)),
        ["changes"] => {
            let before =
                version.parse::<u32>().ok().filter(|number| *number > 1).map(|number| (number - 1).to_string());
            let from = Params::parse(query).text("from").or(before).map(|from| format!("from={}", escaped(&from)));
            with(&format!("{edition}/compare"), from.into_iter().chain([format!("to={version}")]))
        }
        _ => return None,
    })
}

/// Pages for those who sign in.
fn of_the_portal(words: &[&str], query: &str) -> Option<String> {
    Some(match words {
        ["datasets", id, "editions", edition, "versions", version, "comments"] => {
            format!("/admin/datasets/{id}/editions/{edition}/versions/{version}#comments")
        }
        ["bundles"] => return of_bundles(query),
        ["bundles", id, part @ ("preview" | "timeline")] => format!("/admin/bundles/{id}/{part}"),
        ["bundles", id, ..] => format!("/admin/bundles/{id}"),
        ["wagtail", "status", id] => format!("/admin/bundles/{id}"),
        ["publish-queue"] => "/admin/queue".to_owned(),
        ["files", "queue", "status"] => "/ops/files".to_owned(),
        ["incidents"] => with("/ops/alerts", carried(query, OF_INCIDENTS)),
        ["incidents", id] => format!("/ops/incidents/{id}"),
        ["feedback"] => with("/admin/feedback", carried(query, OF_FEEDBACK)),
        ["audit"] => with("/admin/audit", of_trail(query)),
        ["audit", "verify"] => "/admin/audit?verify=yes".to_owned(),
        ["users"] => {
            let state = flag(query, "disabled", ["open", "suspended"]);
            with("/admin/users", carried(query, OF_USERS).into_iter().chain(state))
        }
        ["invitations"] => "/admin/users".to_owned(),
        ["search", "synonyms"] => with("/admin/search/synonyms", carried(query, WORDS)),
        ["search", "synonyms", id] => format!("/admin/search/synonyms/{id}"),
        ["search", "pins"] | ["search", "pins", _] => "/admin/search".to_owned(),
        ["users", "me"] => "/account".to_owned(),
        ["users" | "invitations", id] | ["users", id, "sessions" | "passkeys"] => format!("/admin/users/{id}"),
        ["teams"] => with("/admin/teams", carried(query, WORDS)),
        ["teams", id] => format!("/admin/teams/{id}"),
        ["roles"] | ["roles", _] => "/admin/roles".to_owned(),
        ["service-tokens"] => {
            let state = flag(query, "live", ["ended", "live"]);
            with("/admin/service-tokens", carried(query, WORDS).into_iter().chain(state))
        }
        ["service-tokens", _] => "/admin/service-tokens".to_owned(),
        ["imports"] => "/admin/imports".to_owned(),
        ["imports", id] => format!("/admin/imports/{id}"),
        ["webhooks"] => "/admin/webhooks".to_owned(),
        ["webhooks", id] | ["webhooks", id, "deliveries"] => format!("/admin/webhooks/{id}"),
        ["settings"] | ["settings", _] => "/admin/settings".to_owned(),
        ["departments", id, "archive-policy" | "archive-report"] => format!("/admin/archive?department={id}"),
        _ => return None,
    })
}

/// An address with parameters, which are encoded already.
fn with(page: &str, parameters: impl IntoIterator<Item = String>) -> String {
    let parameters: Vec<String> = parameters.into_iter().collect();
    if parameters.is_empty() { page.to_owned() } else { format!("{page}?{}", parameters.join("&")) }
}

/// What a query asks for in the words of a page, which has pages of its own length and so no place in the list.
fn carried(query: &str, names: &[(&str, &str)]) -> Vec<String> {
    let mut params = Params::parse(query);
    let of = |(name, on_page): &(&str, &str)| {
        // Words may be searched for with a comma between them; of everything else a comma parts the values.
        let values = if *name == "q" { params.text(name).into_iter().collect() } else { params.list(name) };
        values.iter().map(|value| format!("{on_page}={}", escaped(value))).collect::<Vec<_>>()
    };
    names.iter().flat_map(of).collect()
}

/// A yes or no in the words of a page.
fn flag(query: &str, name: &str, [no, yes]: [&str; 2]) -> Option<String> {
    let word = match Params::parse(query).text(name)?.as_str() {
        "true" => yes,
        "false" => no,
        _ => return None,
    };
    Some(format!("state={word}"))
}

/// The page of the search in the language that is asked for.
fn search_in(query: &str) -> &'static str {
    if Params::parse(query).text("lang").as_deref() == Some("cy") { "/cy/search" } else { "/search" }
}

/// The part of the calendar that holds the state that is asked for; of several states to come it shows all.
fn of_calendar(query: &str) -> Vec<String> {
    let mut parameters = Vec::new();
    let states = Params::parse(query).list("state");
    if let [state] = states.as_slice() {
        parameters.extend(match ReleaseState::parse(state) {
            Some(ReleaseState::Published) => Some(format!("view={}", CalendarView::Published)),
            Some(ReleaseState::Cancelled) => Some(format!("view={}", CalendarView::Cancelled)),
            Some(state) if ReleaseState::UPCOMING.contains(&state) => Some(format!("state={state}")),
            _ => None,
        });
    }
    parameters.extend(carried(query, WORDS));
    parameters
}

/// The list of bundles in the words of its page, in that page's own order; nothing where the page could not narrow it as far: it knows
/// one state, or those that are ready.
fn of_bundles(query: &str) -> Option<String> {
    let asked = Params::parse(query).list("state");
    let states = asked.iter().map(|word| BundleStage::parse(word)).collect::<Option<Vec<_>>>()?;
    let state = match states.as_slice() {
        [] => None,
        [state] => Some(format!("state={state}")),
        [BundleStage::Approved, BundleStage::Scheduled] | [BundleStage::Scheduled, BundleStage::Approved] => {
            Some("ready=yes".to_owned())
        }
        _ => return None,
    };
    let days = days(query, [("publish_date_from", "from"), ("publish_date_to", "to")]);
    Some(with("/admin/bundles", state.into_iter().chain(carried(query, OF_BUNDLES)).chain(days)))
}

/// A question to the audit trail.
fn of_trail(query: &str) -> Vec<String> {
    carried(query, OF_AUDIT).into_iter().chain(days(query, [("from", "from"), ("to", "to")])).collect()
}

/// Instants as days, each under the name that the page knows it by: pages know days only.
fn days(query: &str, names: [(&str, &str); 2]) -> Vec<String> {
    let mut params = Params::parse(query);
    let of = |(name, on_page): (&str, &str)| {
        let day = params.text(name).and_then(|instant| instant.get(..10).map(str::to_owned))?;
        Some(format!("{on_page}={}", escaped(&day)))
    };
    names.into_iter().filter_map(of).collect()
}

/// The rows that are asked for; what the explorer cannot read it leaves out, too.
fn selected(query: &str) -> Vec<String> {
    let asked = DataQuery::parse(query).unwrap_or_default();
    let file = asked.others.iter().find(|(name, value)| name == "file" && !value.is_empty());
    let file = file.map(|(_, name)| format!("file={}", escaped(name)));
    let rows = Some(asked.selection.to_query()).filter(|rows| !rows.is_empty());
    file.into_iter().chain(rows).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::api::described::Document;
    use crate::config::Config;

    /// Addresses that lead to no page: how they begin, and why.
    const WITHOUT_PAGE: &[(&str, &str)] = &[
        ("/health", "it is for machines that watch; people read /status and /ops/health"),
        ("/healthcheck", "it is for machines that watch, and the page of the state leads to it"),
        ("/metrics", "it is for machines that watch"),
        ("/openapi.json", "the document itself is wanted, and every page leads to it"),
        ("/catalog.ttl", "its suffix asks for a notation"),
        ("/catalog.jsonld", "its suffix asks for a notation"),
        ("/publication-log/verify", "the page of the log leads to it as its proof"),
        ("/datasets/{id}/editions/{edition}/versions/{version}/{document}", "its suffix asks for a notation"),
        ("/datasets/{id}/editions/{edition}/versions/{version}/files.zip", "it is a file"),
        ("/datasets/{id}/editions/{edition}/versions/{version}/archive-hold", "no page shows a hold that is not there"),
        ("/datasets/{id}/tracking-status", "the state is that of another system, which has the page"),
        ("/departments", "everybody may read them, and their pages are for those who manage people"),
        ("/departments/{id}", "everybody may read them, and their pages are for those who manage people"),
        ("/files/downloads/{dataset}/{filename}", "it is a file"),
        ("/files/uploads/{upload}", "an upload that goes on is seen by who sends it"),
        ("/files/{id}", "its handler knows which page it is"),
        ("/files/{id}/content", "it is a file"),
        ("/files/{id}/status", "its handler knows which page it is"),
        ("/filter-outputs/{id}/downloads/{format}", "it is a file"),
        ("/filters/{id}", "its handler knows which page it is"),
        ("/filters/{id}/dimensions", "its handler knows which page it is"),
        ("/filters/{id}/dimensions/{name}", "its handler knows which page it is"),
        ("/filters/{id}/dimensions/{name}/options", "its handler knows which page it is"),
        ("/images/{id}", "its handler knows which page it is"),
        ("/images/{id}/downloads", "its handler knows which page it is"),
        ("/images/{id}/downloads/{variant}", "it is a picture"),
        ("/policies", "a grant is shown with who holds it"),
        ("/policies/{id}", "its handler knows which page it is"),
        ("/subscriptions/{id}", "its page needs the token, which never stands in this address"),
    ];

    fn page(path: &str, query: &str) -> String {
        page_for(path, Some(query).filter(|query| !query.is_empty())).unwrap_or_default()
    }

    /// Every address that can be read, as the description names it, without the version of the API.
    fn addresses() -> BTreeSet<String> {
        let document = Document::value(&Config::read(&|_| None).unwrap()).unwrap();
        let paths = document["paths"].as_object().unwrap();
        let read = paths.iter().filter(|(_, item)| item.get("get").is_some() || item.get("head").is_some());
        read.map(|(path, _)| path.trim_start_matches("/v1").to_owned()).collect()
    }

    #[test]
    fn every_address_of_the_api_leads_to_a_page_or_says_why_not() {
        let addresses = addresses();
        assert!(addresses.len() > 70, "the description is not whole");
        for address in &addresses {
            let reasons = WITHOUT_PAGE.iter().filter(|(without, _)| without == address).count();
            let found = page_for(address, None);
            assert_eq!(reasons, usize::from(found.is_none()), "{address} leads to {found:?}");
        }
        let gone: Vec<_> = WITHOUT_PAGE.iter().filter(|(without, _)| !addresses.contains(*without)).collect();
        assert!(gone.is_empty(), "these are not among the addresses: {gone:?}");
    }

    #[test]
    fn things_lead_to_where_they_are_shown() {
        let version = "/catalogue/a/editions/b/versions/2";
        let of_version = |rest: &str| page(&format!("/datasets/a/editions/b/versions/2{rest}"), "");
        for rest in ["", "/metadata", "/dimensions", "/dimensions/Year/options", "/alerts", "/images"] {
            assert_eq!(of_version(rest), version, "{rest}");
        }
        assert_eq!(of_version("/data"), format!("{version}/explore"));
        // Who asks for a notation by its suffix wants that.
        assert_eq!(of_version("/metadata.ttl"), "");
        for (path, expected) in [
            ("/datasets/gdp", "/catalogue/gdp"),
            ("/bundles/x/status", "/admin/bundles/x"),
            ("/bundles/x/preview", "/admin/bundles/x/preview"),
            ("/bundles/x/timeline", "/admin/bundles/x/timeline"),
            ("/wagtail/status/x", "/admin/bundles/x"),
            ("/topics", "/topics"),
            ("/topics/prices/content", "/topics/prices"),
            ("/releases/gdp", "/releases/gdp"),
            ("/users/me", "/account"),
            ("/users/x/sessions", "/admin/users/x"),
            ("/users/x/passkeys", "/admin/users/x"),
            ("/invitations", "/admin/users"),
            ("/invitations/x", "/admin/users/x"),
            ("/search/synonyms/x", "/admin/search/synonyms/x"),
            ("/search/pins/x", "/admin/search"),
            ("/files/queue/status", "/ops/files"),
            ("/incidents", "/ops/alerts"),
            ("/incidents/x", "/ops/incidents/x"),
            ("/audit/verify", "/admin/audit?verify=yes"),
            ("/departments/economy/archive-report", "/admin/archive?department=economy"),
            ("/files/downloads/a/b.csv", ""),
        ] {
            assert_eq!(page(path, ""), expected, "{path}");
        }
    }

    #[test]
    fn what_is_asked_for_goes_along_in_the_words_of_the_page() {
        let data = "/datasets/a/editions/b/versions/2/data";
        let changes = "/datasets/a/editions/b/versions/2/changes";
        for (path, query, expected) in [
            (
                "/datasets",
                "q=price%20index&topic=trade,output&limit=5",
                "/search?q=price%20index&topics=trade&topics=output",
            ),
            ("/search", "q=a%2Cb&formats=csv&offset=20", "/search?q=a%2Cb&formats=csv"),
            ("/search", "q=glaw&lang=cy", "/cy/search?q=glaw"),
            ("/search/synonyms", "q=glaw&limit=5", "/admin/search/synonyms?q=glaw"),
            ("/releases", "state=provisional&q=gdp", "/releases?state=provisional&q=gdp"),
            ("/releases", "state=published", "/releases?view=published"),
            ("/releases", "state=provisional,confirmed", "/releases"),
            ("/publication-log", "dataset=gdp&limit=3", "/publication-log?dataset=gdp"),
            ("/bundles", "state=InProgress&limit=5", "/admin/bundles?state=in_progress"),
            (
                "/bundles",
                "publish_date_from=2026-11-01T00:00:00Z&publish_date_to=2026-11-30&type=manual&team=press&q=a%2Cb&sort=-title",
                "/admin/bundles?type=manual&q=a%2Cb&team=press&from=2026-11-01&to=2026-11-30",
            ),
            ("/bundles", "state=scheduled,approved", "/admin/bundles?ready=yes"),
            // Its page would show more than was asked for, or what nobody asked for.
            ("/bundles", "state=failed,publishing", ""),
            ("/bundles", "state=nonsense", ""),
            ("/users", "q=lee&disabled=true", "/admin/users?q=lee&state=suspended"),
            ("/service-tokens", "live=true", "/admin/service-tokens?state=live"),
            ("/incidents", "severity=p1", "/ops/alerts?severity=p1"),
            ("/feedback", "kind=problem", "/admin/feedback?kind=problem"),
            ("/audit", "action=previewed&from=2026-11-01T00:00:00Z", "/admin/audit?action=previewed&from=2026-11-01"),
            (
                data,
                "dim.Year=2023,2024&sort=-Year&limit=5&file=b.csv",
                "/catalogue/a/editions/b/versions/2/explore?file=b.csv&dim.Year=2023,2024&sort=-Year",
            ),
            (changes, "", "/catalogue/a/editions/b/compare?from=1&to=2"),
            ("/datasets/a/editions/b/versions/1/changes", "", "/catalogue/a/editions/b/compare?to=1"),
            ("/datasets/a/editions/b/versions/9/changes", "from=3", "/catalogue/a/editions/b/compare?from=3&to=9"),
        ] {
            assert_eq!(page(path, query), expected, "{path}?{query}");
        }
    }

    #[test]
    fn what_is_shared_with_a_bundle_is_shown_by_parts_of_its_preview() {
        let of = |path: &str| {
            let (scope, part) = previewed(path)?;
            Some(format!("{} {:?} {:?} {part}", scope.dataset_id, scope.edition, scope.version))
        };
        let version = "/datasets/a/editions/b/versions/2";
        for (path, expected) in [
            ("/datasets/a".to_owned(), Some("a None None page")),
            ("/datasets/a/editions".to_owned(), Some("a None None page")),
            ("/datasets/a/editions/b/versions".to_owned(), Some("a Some(\"b\") None page")),
            (version.to_owned(), Some("a Some(\"b\") Some(2) page")),
            (format!("{version}/dimensions/Year/options"), Some("a Some(\"b\") Some(2) page")),
            (format!("{version}/data"), Some("a Some(\"b\") Some(2) explore")),
            (format!("{version}/changes"), Some("a Some(\"b\") Some(2) compare")),
            (format!("{version}/comments"), None),
            ("/datasets/a/editions/b/versions/none".to_owned(), None),
            ("/datasets".to_owned(), None),
            ("/topics/a".to_owned(), None),
        ] {
            assert_eq!(of(&path).as_deref(), expected, "{path}");
        }
    }

    #[test]
    fn who_names_a_format_gets_it() {
        let data = "/datasets/a/editions/b/versions/1/data";
        for (path, query) in
            [("/audit", "format=csv"), (data, "format=json&limit=all"), ("/search", "q=a&format=jsonl")]
        {
            assert_eq!(page_for(path, Some(query)), None, "{path}?{query}");
        }
    }
}
