//! The parts of the API, in the order in which somebody who is new reads them.

use serde_json::{Value, json};

/// Every tag with its title and what it is about.
const TAGS: &[(&str, &str, &str)] = &[
    ("search", "Search", "Find published datasets by words and filters."),
    ("topics", "Topics", "The subjects that datasets are filed under."),
    ("datasets", "Datasets", "Series of releases with their descriptions, contacts and licences."),
    ("editions", "Editions", "Runs within a dataset, such as a time series or a census year."),
    ("versions", "Versions", "Releases of an edition, and their way from draft to approval."),
    ("files", "Files", "The bytes of versions: download them, upload them, see what was found in them."),
    ("data", "Data", "The figures themselves: any part of a table, in the form that suits."),
    ("filters", "Saved filters", "Parts of tables that are kept under an address, and files made of them."),
    ("images", "Images", "Pictures that belong to versions and become public with them, in several sizes."),
    ("metadata", "Metadata", "Descriptions of published data in the formats of other catalogues."),
    (
        "releases",
        "Releases",
        "The release calendar: what is announced, postponed, cancelled and out; and the log of what was published when.",
    ),
    ("bundles", "Bundles", "Versions that become public at one instant, and their way there."),
    ("contents", "Bundle contents", "The versions in a bundle."),
    ("publication", "Publication", "How scheduled and running publications stand."),
    ("subscriptions", "Subscriptions", "Being told of publications by letter or webhook, without an account."),
    ("deliveries", "Deliveries", "What other systems are told of a publication, and what they are still owed."),
    ("webhooks", "Webhooks", "Addresses of other programs that are told of publications, with signed messages."),
    ("accounts", "Accounts", "One's own account and sessions."),
    ("users", "Users", "People, their rights and their sessions."),
    ("invitations", "Invitations", "Accounts made for people, who get into them by a link that works once."),
    ("teams", "Teams", "Groups of people who may preview what is shared with them."),
    ("roles", "Roles", "What each role may do."),
    ("policies", "Policies", "Who holds which role, where and until when."),
    ("tokens", "Service tokens", "Keys for programs, each with its own rights."),
    ("departments", "Departments", "Who owns datasets; rights can be limited to departments."),
    ("imports", "Imports", "What was imported from files of many lines, and taking it back."),
    ("synonyms", "Synonyms", "Words that mean the same to the search."),
    ("pins", "Pinned results", "Datasets that come first for what somebody searches for."),
    ("audit", "Audit", "Who did what, when and why; it cannot be changed."),
    ("operations", "Operations", "Mending what is stuck."),
    ("incidents", "Incidents", "What went wrong, how it is dealt with, and by when."),
    (
        "settings",
        "Settings",
        "What an office changes while the catalogue runs: banner, maintenance, four eyes, times, sessions, rate limits.",
    ),
    ("health", "Health", "How the service is, and this description of it."),
];

/// The tags that operations use, each with its description.
pub(super) fn described(used: &[String]) -> Value {
    let known = TAGS.iter().filter(|(name, _, _)| used.iter().any(|tag| tag == name));
    let known = known.map(|(name, title, about)| json!({"name": name, "x-displayName": title, "description": about}));
    let others = used.iter().filter(|tag| TAGS.iter().all(|(name, _, _)| name != tag));
    let others = others.map(|tag| json!({"name": tag}));
    known.chain(others).collect()
}
