//! The parts of the portal, and the rail that lists those that the caller may open.

use domain::actor::Caller;
use domain::policy::Permission as P;
use domain::presence::RailCounts;
use leptos::prelude::*;

/// A part of the portal, as the rail lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// The start page.
    Dashboard,
    /// What the person is told.
    Notifications,
    /// Datasets.
    Datasets,
    /// All files.
    Files,
    /// What waits for review.
    Review,
    /// Bundles.
    Bundles,
    /// The publish queue.
    Queue,
    /// People with accounts.
    Users,
    /// Teams.
    Teams,
    /// Departments.
    Departments,
    /// What roles hold.
    Roles,
    /// Service tokens.
    Tokens,
    /// Webhooks.
    Webhooks,
    /// The public's subscriptions.
    Subscribers,
    /// The topics.
    Topics,
    /// What the search goes by, and what is asked for.
    Search,
    /// Entries of the release calendar.
    Releases,
    /// Archiving.
    Archive,
    /// Corrections of what is public.
    Corrections,
    /// What readers told.
    Feedback,
    /// Importing metadata.
    Imports,
    /// The audit trail.
    Audit,
    /// What the node was told at start.
    Settings,
    /// How everything stands.
    Ops,
    /// Alerts and incidents.
    OpsAlerts,
    /// Every component.
    OpsHealth,
    /// The publish queue with hands.
    OpsQueue,
    /// Publications under way or at an end.
    OpsPublications,
    /// Guided recovery.
    OpsFailures,
    /// The queue of files.
    OpsFiles,
    /// Receivers.
    OpsIntegrations,
    /// Slow endpoints.
    OpsPerformance,
    /// The search index.
    OpsSearchIndex,
    /// Limits of rate and size.
    OpsLimits,
    /// The database.
    OpsDatabase,
    /// The log.
    OpsLogs,
    /// The runbook.
    OpsRunbook,
    /// The account of the person signed in.
    Account,
    /// Shortcuts, states and guides.
    Help,
}

/// One line of the rail: who holds any of the rights may open it; without any, everybody may.
struct Line(Section, &'static str, &'static str, &'static [P]);

const BUNDLES: &[P] = &[P::BundlesRead, P::BundlesPreview];
const WATCH: &[P] = &[P::SystemOperate, P::UsersManage];
const PEOPLE: &[P] = &[P::UsersManage];

/// The groups of the rail with their lines.
const GROUPS: &[(&str, &[Line])] = &[
    (
        "Work",
        &[
            Line(Section::Dashboard, "Dashboard", "/admin", &[]),
            Line(Section::Notifications, "Notifications", "/admin/notifications", &[]),
            Line(Section::Datasets, "Datasets", "/admin/datasets", &[]),
            Line(Section::Files, "Files", "/admin/files", &[P::DatasetsRead]),
            Line(Section::Review, "Review", "/admin/review", &[]),
            Line(Section::Bundles, "Bundles", "/admin/bundles", &[]),
            Line(Section::Queue, "Publish queue", "/admin/queue", &[]),
            Line(Section::Releases, "Releases", "/admin/releases", &[P::ReleasesRead]),
            Line(Section::Imports, "Import metadata", "/admin/imports", &[P::DatasetsWrite]),
            Line(Section::Corrections, "Corrections", "/admin/corrections", &[P::DatasetsCorrect, P::AuditRead]),
        ],
    ),
    (
        "Administration",
        &[
            Line(Section::Users, "People", "/admin/users", PEOPLE),
            Line(Section::Teams, "Teams", "/admin/teams", PEOPLE),
            Line(Section::Departments, "Departments", "/admin/departments", PEOPLE),
            Line(Section::Roles, "Roles", "/admin/roles", PEOPLE),
            Line(Section::Tokens, "Service tokens", "/admin/service-tokens", PEOPLE),
            Line(Section::Webhooks, "Webhooks", "/admin/webhooks", PEOPLE),
            Line(Section::Subscribers, "Subscribers", "/admin/subscribers", WATCH),
            Line(Section::Topics, "Topics", "/admin/topics", &[P::TopicsWrite]),
            Line(Section::Search, "Search", "/admin/search", &[P::TopicsWrite, P::SystemOperate]),
            Line(Section::Archive, "Archive", "/admin/archive", &[P::VersionsArchive]),
            Line(Section::Feedback, "Feedback", "/admin/feedback", &[P::SystemOperate]),
            Line(Section::Audit, "Audit trail", "/admin/audit", &[P::AuditRead]),
            Line(Section::Settings, "Settings", "/admin/settings", WATCH),
        ],
    ),
    (
        "Operations",
        &[
            Line(Section::Ops, "Overview", "/ops", WATCH),
            Line(Section::OpsAlerts, "Alerts", "/ops/alerts", WATCH),
            Line(Section::OpsHealth, "Health", "/ops/health", WATCH),
            Line(Section::OpsQueue, "Queue desk", "/ops/queue", BUNDLES),
            Line(Section::OpsPublications, "Publications", "/ops/publications", BUNDLES),
            Line(Section::OpsFailures, "Guided recovery", "/ops/failures", BUNDLES),
            Line(Section::OpsFiles, "File queue", "/ops/files", WATCH),
            Line(Section::OpsIntegrations, "Integrations", "/ops/integrations", WATCH),
            Line(Section::OpsPerformance, "Performance", "/ops/performance", WATCH),
            Line(Section::OpsSearchIndex, "Search index", "/ops/search-index", WATCH),
            Line(Section::OpsLimits, "Limits", "/ops/limits", WATCH),
            Line(Section::OpsDatabase, "Database", "/ops/database", WATCH),
            Line(Section::OpsLogs, "Logs", "/ops/logs", &[P::SystemOperate]),
            Line(Section::OpsRunbook, "Runbook", "/ops/runbook", WATCH),
        ],
    ),
    ("You", &[Line(Section::Account, "Account", "/account", &[]), Line(Section::Help, "Help", "/admin/help", &[])]),
];

/// What can be made anew from anywhere: the right that it takes, its words, and the address of its form.
const MAKES: &[(P, &str, &str)] = &[
    (P::BundlesWrite, "Create a bundle", "/admin/bundles/new"),
    (P::DatasetsWrite, "Create a dataset", "/admin/datasets/new"),
    (P::ReleasesWrite, "Make a release of the calendar", "/admin/releases/new"),
    (P::DatasetsCorrect, "Correct a public version", "/admin/corrections/new"),
    (P::UsersManage, "Make an account", "/admin/users/new"),
];

/// The shortcuts: keys, what they do, and for those that go somewhere the address.
pub const SHORTCUTS: &[(&str, &str, &str)] = &[
    ("g h", "Dashboard", "/admin"),
    ("g d", "Datasets", "/admin/datasets"),
    ("g b", "Bundles", "/admin/bundles"),
    ("g w", "Review", "/admin/review"),
    ("g s", "Publish queue", "/admin/queue"),
    ("g r", "Releases", "/admin/releases"),
    ("g u", "People", "/admin/users"),
    ("g a", "Audit trail", "/admin/audit"),
    ("g o", "Operations", "/ops"),
    ("g f", "Guided recovery", "/ops/failures"),
    ("g i", "Alerts and incidents", "/ops/alerts"),
    ("/", "Find on this page", ""),
    ("Ctrl K", "Go anywhere", ""),
    ("Ctrl S", "Send the form that you are in", ""),
    ("j", "Next row of a list", ""),
    ("k", "Row before", ""),
    ("Enter", "Open the row that you are in", ""),
    ("x", "Tick the row that you are in, or take the tick away", ""),
    ("e", "Edit what the page is about, or the row that you are in", ""),
    ("n", "Next in the review, in a preview or in a list", ""),
    ("p", "The one before", ""),
    ("→", "Next item of a preview", ""),
    ("←", "Item before", ""),
    ("a", "Go to the button that approves", ""),
    ("r", "Send back, with a reason", ""),
    ("c", "Write a comment", ""),
    ("?", "List the shortcuts", ""),
];

/// The shortcuts that the caller can use, for the script that listens for them.
fn keys_of(caller: &Caller) -> String {
    let lines = || GROUPS.iter().flat_map(|(_, lines)| lines.iter());
    let opens = |href: &str| href.is_empty() || lines().any(|line| line.2 == href && may_open(line, caller));
    let usable: Vec<_> = SHORTCUTS.iter().filter(|(_, _, href)| opens(href)).collect();
    serde_json::to_string(&usable).unwrap_or_default()
}

/// What the caller may make anew, for the script that offers it anywhere.
fn makes_of(caller: &Caller) -> String {
    let may = MAKES.iter().filter(|(right, ..)| caller.may(*right));
    let named: Vec<(&str, &str)> = may.map(|(_, words, href)| (*words, *href)).collect();
    serde_json::to_string(&named).unwrap_or_default()
}

fn may_open(line: &Line, caller: &Caller) -> bool {
    line.3.is_empty() || line.3.iter().any(|right| caller.may(*right))
}

/// The rail: the parts that the caller may open, in their groups; narrow screens show it when its link is followed.
pub(super) fn rail(section: Section, caller: &Caller, counts: RailCounts) -> AnyView {
    let opens = |line: &&Line| may_open(line, caller);
    let here = GROUPS.iter().flat_map(|(_, lines)| lines.iter()).find(|line| line.0 == section).map(|line| line.1);
    let groups: Vec<AnyView> = GROUPS
        .iter()
        .filter(|(_, lines)| lines.iter().any(|line| opens(&line)))
        .map(|(title, lines)| {
            let lines: Vec<AnyView> = lines.iter().filter(opens).map(|line| link(line, section, counts)).collect();
            view! { <p class="rail__title">{*title}</p><ul class="rail__list">{lines}</ul> }.into_any()
        })
        .collect();
    view! {
        <nav class="rail-open" aria-label="Where you are"><a href="#rail">"Menu"</a><span>{here}</span></nav>
        <nav class="portal__rail rail" id="rail" aria-label="Portal" data-keys=keys_of(caller) data-makes=makes_of(caller)>
            <a class="rail__close" href="#main">"Close the menu"</a>
            {groups}
        </nav>
    }
    .into_any()
}

fn link(line: &Line, section: Section, counts: RailCounts) -> AnyView {
    let current = (line.0 == section).then_some("page");
    let (text, href) = (line.1, line.2);
    let count = counted(line.0).and_then(|wanted| counts.named().into_iter().find(|(name, _)| *name == wanted));
    // Without a word where nothing waits, so that a number is worth a look.
    let count = count.map(|(name, number)| {
        let number = (number > 0).then_some(number);
        view! { <span class="rail__n" data-count=name>{number}</span> }
    });
    view! { <li><a class="rail__link" href=href aria-current=current>{text}" "{count}</a></li> }.into_any()
}

/// Which count stands beside a line, by the name that [`RailCounts::named`] gives it.
const fn counted(section: Section) -> Option<&'static str> {
    match section {
        Section::Review => Some("review"),
        Section::Bundles => Some("bundles"),
        Section::OpsAlerts => Some("incidents"),
        Section::OpsFailures => Some("failures"),
        Section::Feedback => Some("feedback"),
        Section::Notifications => Some("notifications"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use domain::actor::Actor;
    use domain::policy::{Grant, Role};

    use super::*;

    fn keys(role: Role) -> String {
        let caller = Caller { grants: vec![Grant::of(role)], all_permissions: false, ..Caller::system("test") };
        assert_eq!(caller.actor, Actor::system("test"));
        keys_of(&caller)
    }

    #[test]
    fn keys_lead_only_where_the_caller_may_go() {
        assert!(keys(Role::Editor).contains("/admin/bundles") && !keys(Role::Editor).contains("/ops\""));
        assert!(keys(Role::Operator).contains("\"/ops\"") && !keys(Role::Operator).contains("/admin/users"));
    }

    #[test]
    fn what_is_offered_to_be_made_is_what_the_caller_may_make() {
        let of = |role: Role| {
            makes_of(&Caller { grants: vec![Grant::of(role)], all_permissions: false, ..Caller::system("test") })
        };
        assert!(of(Role::Editor).contains("/admin/bundles/new") && !of(Role::Editor).contains("/admin/users/new"));
        assert!(of(Role::Admin).contains("/admin/users/new"));
        assert_eq!(of(Role::Previewer), "[]");
    }

    #[test]
    fn every_key_that_the_script_listens_for_is_listed() {
        let script = std::fs::read_to_string("../public/portal-keys.js").unwrap_or_default();
        let bound = script.split_once("const does = {").and_then(|(_, rest)| rest.split_once("}[event.key]"));
        let bound = bound.map(|(bound, _)| bound).unwrap_or_default();
        let name = |line: &str| line.split_once(": ").map(|(name, _)| name.trim().trim_matches('"').to_owned());
        let heard: Vec<String> = bound
            .lines()
            .filter(|line| line.starts_with("    ") && !line.starts_with("     "))
            .filter_map(name)
            .collect();
        assert!(heard.len() > 8, "{heard:?}");
        for key in heard.iter().filter(|key| key.len() == 1) {
            assert!(SHORTCUTS.iter().any(|(listed, ..)| listed.split(' ').next() == Some(key)), "{key} is not listed");
        }
        let keys = SHORTCUTS.iter().filter(|(key, _, _)| key.len() == 1 && key.is_ascii());
        for (key, ..) in keys {
            assert!(
                bound.contains(&format!("\n    {key}: ")) || bound.contains(&format!("\n    \"{key}\": ")),
                "{key}"
            );
        }
    }

    #[test]
    fn every_count_has_a_line() {
        let lines = || GROUPS.iter().flat_map(|(_, lines)| lines.iter());
        for (name, _) in RailCounts::default().named() {
            assert!(lines().any(|line| counted(line.0) == Some(name)), "{name}");
        }
    }

    #[test]
    fn every_key_that_goes_somewhere_has_a_line_in_the_rail() {
        let hrefs: Vec<&str> = GROUPS.iter().flat_map(|(_, lines)| lines.iter()).map(|line| line.2).collect();
        for (keys, _, href) in SHORTCUTS.iter().filter(|(_, _, href)| !href.is_empty()) {
            assert!(hrefs.contains(href), "{keys}: {href}");
        }
    }
}
