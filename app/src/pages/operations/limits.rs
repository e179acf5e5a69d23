//! How much one caller may ask for: limits of rate with what they refused and how they are changed, who asks most, and bounds of
//! size and time.

use domain::operations::{LimitSight, LimitsDesk, Readings};
use leptos::prelude::*;
use rpc::Visit;

use super::callers::{blocked, top};
use super::look_again;
use super::setting_forms::form_of;
use super::settings::{back, words};
use crate::components::portal::{empty, facts, grouped, moment, object_header, panel, table, text};
use crate::layout::portal::{Section, Shown, portal};

/// Each limit by its name in answers: whom it counts, and the setting of the environment.
const POLICIES: [(&str, &str, &str); 4] = [
    ("default", "Every request, by address; all of an IPv6 network of /64 as one", "RATE_LIMIT_PER_MINUTE"),
    ("caller", "Every request with a token or a session, by that", "RATE_LIMIT_CALLER_PER_MINUTE"),
    ("sign-in", "Passwords, codes, ways around them, and letters, by address", "RATE_LIMIT_SIGN_IN_PER_MINUTE"),
    ("search", "Searches and suggestions, by address", "RATE_LIMIT_SEARCH_PER_MINUTE"),
];

/// What the audit trail keeps of changes of the limits.
const HISTORY: &str = "/admin/audit?resource_type=setting&resource_id=rate-limits";

/// Settings that bound one request or one file, with what they bound.
const BOUNDS: [(&str, &str); 8] = [
    ("MAX_UPLOAD_BYTES", "The largest file that is taken, in bytes"),
    ("EXAMINE_AT_ONCE_BYTES", "Files above this size, in bytes, wait in the file queue"),
    ("OUTPUT_AT_ONCE_CELLS", "Filtered tables above so many cells are prepared first"),
    ("COMPARE_AT_ONCE_CELLS", "Two tables above so many cells together are compared beside the requests"),
    ("OUTPUT_MAX_BYTES", "The room of all prepared tables together, in bytes"),
    ("FILTERS_KEPT_MAX", "Filters that are kept for one caller at most"),
    (
        "REQUEST_TIMEOUT",
        "How long one request may take; sending and fetching files may take longer, but not stand still for longer",
    ),
    ("DATABASE_MAX_POOL_SIZE", "Connections to the database at most"),
];

/// The limits of the node that answers.
#[component]
pub fn Limits() -> impl IntoView {
    portal(Section::OpsLimits, rpc::operations::limits_desk_read(), |data, visit| shown(&data, visit))
}

fn shown(desk: &LimitsDesk, visit: &Visit) -> Shown {
    let data = &desk.readings;
    let refused: u64 = data.limits.iter().map(|limit| refusals(data, &limit.policy)).sum();
    let meta = view! { <span>{grouped(refused)}" refused"</span><span>"since "{moment(data.started_at, "")}</span> };
    let list = if data.limits.is_empty() {
        empty(
            "Nothing is counted",
            "RATE_LIMIT_ENABLED is false: whoever asks, and how often, is answered, whatever limits are set.",
            None,
        )
    } else {
        let headings =
            [("Limit", false), ("At most", true), ("Counted now", true), ("Refused", true), ("Setting", false)];
        table("Limits of rate", "limits-table", &headings, data.limits.iter().map(|limit| row(data, limit)).collect())
    };
    let bounds = BOUNDS.iter().filter_map(|(name, words)| {
        let (_, value) = data.settings.iter().find(|(setting, _)| setting == name)?;
        let value = value.parse().map_or_else(|_| value.clone(), grouped);
        Some(
            view! { <tr><th scope="row">{*words}</th><td class="num">{value}</td><td><code>{*name}</code></td></tr> }
                .into_any(),
        )
    });
    let headings = [("Bound", false), ("Value", true), ("Setting", false)];
    let content = view! {
        {object_header("", "Limits", meta.into_any(), Some(look_again("/ops/limits")))}
        {panel("How often", true, None, list)}
        <p class="small muted">"Who asks more is answered 429 with "<code>"Retry-After"</code>", and may go on as time gives the quota back; every answer says in "<code>"RateLimit"</code>" how much is left. Counts are of this node, and begin anew where a limit is changed."</p>
        {changing(desk, visit)}
        {top(desk, visit)}
        {blocked(desk, visit)}
        {panel("Size and time", true, None, table("Bounds of size and time", "bounds-table", &headings, bounds.collect()))}
    };
    Shown::new("Limits", content.into_any()).under("Operations", "/ops")
}

/// What was set while the catalogue runs, and the forms for those who may change it.
fn changing(desk: &LimitsDesk, visit: &Visit) -> AnyView {
    let sheet = &desk.setting;
    let standing = if sheet.set.is_some() { "set here" } else { "as the environment says" };
    let in_force = format!("{} ({standing})", words(sheet.in_force()));
    let mut rows = vec![("In force", text(in_force)), ("The environment", text(words(sheet.default.as_ref())))];
    if let Some(change) = &sheet.changed {
        let (by, at) = (change.by.clone(), moment(change.at, ""));
        rows.push(("Last change", view! { {by}", "{at} }.into_any()));
        rows.push(("Reason", text(change.reason.clone())));
    }
    let forms = desk.may_change.then(|| view! { {form_of(sheet, visit)}{back(sheet, visit)} });
    let content = view! {
        <p>"Other limits than those of the environment are in force at once on every node, until somebody goes back to the default. "<code>"RATE_LIMIT_ENABLED"</code>" stays the master switch: where the environment says false, nothing is counted, whatever is set here. Tries to sign in are never more than the environment says."</p>
        {facts(rows)}
        <p><a href=HISTORY>"How they were changed before"</a></p>
        {forms}
    };
    panel("Change the limits", true, None, content.into_any())
}

/// How often a limit has refused since the start.
fn refusals(data: &Readings, policy: &str) -> u64 {
    let value = data.labelled("rate_limit_refusals_total", "policy", policy).unwrap_or(0.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts are whole and not negative")]
    let count = value as u64;
    count
}

fn row(data: &Readings, limit: &LimitSight) -> AnyView {
    let known = POLICIES.iter().find(|(name, _, _)| *name == limit.policy);
    let (whom, setting) = known.map_or(("", ""), |(_, whom, setting)| (*whom, *setting));
    let refused = refusals(data, &limit.policy);
    let sick = (refused > 0).then(|| view! { " "<span class="tag state--scheduled">"Refusing"</span> });
    let quota = format!("{} in {} s", grouped(u64::from(limit.quota)), limit.window);
    view! {
        <tr>
            <th scope="row"><code>{limit.policy.clone()}</code>{sick}<span class="table__sub">{whom}</span></th>
            <td class="num">{quota}</td>
            <td class="num">{grouped(limit.counted)}</td>
            <td class="num">{grouped(refused)}</td>
            <td><code>{setting}</code></td>
        </tr>
    }
    .into_any()
}
