//! The queue of what waits for review.

use chrono::{DateTime, Utc};
use domain::review::{
    Claim, ClaimFilter, DecidedVersion, ReviewQuery, ReviewQueue as Queue, Reviewed, WaitingBundle, WaitingVersion,
};
use domain::saved_view::{ListOfViews, SavedViews};
use domain::views::{Check, Outcome};
use leptos::prelude::*;
use rpc::Visit;

use super::query;
use crate::components::form::{Form, hidden};
use crate::components::portal::{
    check_counts, counted, empty, filter_select, moment, object_header, outcome_cell, panel, progress, saved_views,
    size_words, table, tabs,
};
use crate::layout::portal::{Section, Shown, portal};

/// Submitted versions and bundles that are ready for review; what is shown of them stands in the address.
#[component]
pub fn ReviewQueue() -> impl IntoView {
    let asked = ReviewQuery::read(query);
    let load = async {
        Ok((rpc::versions::waiting().await?, rpc::saved_views::saved_views_read(ListOfViews::Versions).await?))
    };
    portal(Section::Review, load, move |(queue, kept), visit| shown(&queue, &asked, &kept, visit))
}

fn shown(queue: &Queue, asked: &ReviewQuery, kept: &SavedViews, visit: &Visit) -> Shown {
    let (versions, bundles) = (queue.versions.len(), queue.bundles.len());
    let first = queue.versions.iter().find(|waiting| !waiting.own).map(|waiting| waiting.version.admin_path());
    let first = first.or_else(|| queue.bundles.iter().find(|w| !w.own).map(approval_path));
    let begin = first.map(|href| view! { <a class="button" href=href>"Begin with the oldest"</a> }.into_any());
    let meta = view! { <span>{counted(versions, "version")}</span><span>{counted(bundles, "bundle")}</span> };
    let link = |word: &str, text: String| {
        let to = ReviewQuery { show: word.to_owned(), ..asked.clone() };
        (text, to.address(), word == asked.show)
    };
    let links = vec![
        link("", format!("All ({})", versions + bundles)),
        link("versions", format!("Versions ({versions})")),
        link("bundles", format!("Bundles ({bundles})")),
        link("open", "Not my own".to_owned()),
    ];
    let (of_versions, of_bundles) = (asked.show != "bundles", asked.show != "versions");
    let content = view! {
        {object_header("", "Review", meta.into_any(), begin)}
        {tabs("What to show", links)}
        {filter(asked)}
        {saved_views(ListOfViews::Versions, kept, visit)}
        {decided(queue)}
        {of_versions.then(|| version_list(queue, asked, visit))}
        {of_bundles.then(|| bundle_list(queue, asked, visit))}
    };
    Shown::new("Review", content.into_any())
}

fn filter(asked: &ReviewQuery) -> AnyView {
    let claims = choices(&[("", "Anybody or nobody"), ("mine", "Me"), ("unclaimed", "Nobody yet")]);
    let orders = choices(&[("", "The oldest first"), ("newest", "The newest first")]);
    let show = (!asked.show.is_empty()).then(|| hidden("show", &asked.show));
    let clear = asked.claim.map(|_| {
        let href = ReviewQuery { claim: None, ..asked.clone() }.address();
        view! { <a href=href>"Clear"</a> }
    });
    view! {
        <form class="filter-bar" method="get" action="/admin/review">
            {show}
            {filter_select("claim", "Reviewed by", claims, asked.claim.map_or("", ClaimFilter::as_str))}
            {filter_select("sort", "Sort by age", orders, if asked.newest_first { "newest" } else { "" })}
            <button class="button button--secondary button--small">"Show"</button>
            {clear}
        </form>
    }
    .into_any()
}

fn choices(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(value, text)| ((*value).to_owned(), (*text).to_owned())).collect()
}

/// The id of who looks.
fn me(visit: &Visit) -> &str {
    visit.caller.as_ref().map_or("", |caller| caller.actor.id.as_str())
}

fn version_list(queue: &Queue, asked: &ReviewQuery, visit: &Visit) -> AnyView {
    let shows = |waiting: &&WaitingVersion| asked.shows(waiting.claim.as_ref(), me(visit), waiting.own);
    let mut waiting: Vec<&WaitingVersion> = queue.versions.iter().filter(shows).collect();
    if asked.newest_first {
        waiting.reverse();
    }
    if waiting.is_empty() {
        let body = empty("No version waits for you", "Versions appear here once an editor has submitted them.", None);
        return panel("Versions", false, None, body);
    }
    let form = Form::of(visit, "reviews/approve-several");
    let ticked = form.chosen("chosen", &[]);
    let rows: Vec<AnyView> = waiting.iter().map(|waiting| version_row(waiting, queue.now, &ticked, visit)).collect();
    let headings = [
        ("Choose", false),
        ("Version", false),
        ("Waits", false),
        ("Sent by", false),
        ("Reviewed by", false),
        ("Checks", false),
        ("Size", true),
    ];
    let list = table("Versions that wait for review", "waiting-versions", &headings, rows);
    let any = waiting.iter().any(|waiting| is_tickable(waiting));
    let several = any.then(|| approve_several(&form));
    panel("Versions", false, None, view! { {list}{several} }.into_any())
}

/// Whether a version can be approved together with others: all its checks are green and somebody else edited it.
fn is_tickable(waiting: &WaitingVersion) -> bool {
    !waiting.own && waiting.checks.iter().all(|check| check.outcome == Outcome::Pass)
}

fn version_row(waiting: &WaitingVersion, now: DateTime<Utc>, ticked: &[String], visit: &Visit) -> AnyView {
    let version = &waiting.version;
    let (href, title) = (version.admin_path(), waiting.title.clone());
    let sub = format!("{}, version {}", version.edition_title, version.version);
    let who = version.last_edited_by.name.clone();
    let name = format!("{title}, {sub}");
    let reference = version.reference();
    let tick = is_tickable(waiting).then(|| {
        let value = format!("{reference} {}", version.revision);
        let checked = ticked.contains(&value);
        let label = format!("Choose {name}");
        view! {
            <input type="checkbox" name="chosen[]" value=value checked=checked form=SEVERAL aria-label=label/>
        }
    });
    let claimed = claim(&Reviewed::Version(reference), waiting.claim.as_ref(), &name, visit);
    view! {
        <tr>
            <td>{tick}</td>
            <th scope="row"><a href=href>{title}<span class="visually-hidden">{format!(", {sub}")}</span></a><span class="table__sub" aria-hidden="true">{sub.clone()}</span></th>
            <td>{age(version.last_updated, now)}</td>
            <td>{who}{own(waiting.own)}</td>
            <td>{claimed}</td>
            <td>{verdict(&waiting.checks)}</td>
            <td class="num">{size_words(waiting.size)}</td>
        </tr>
    }
    .into_any()
}

/// The id of the form to which the boxes of the table belong; each row has forms of its own.
const SEVERAL: &str = "approve-several";

fn approve_several(form: &Form) -> AnyView {
    let looked = vec![("yes".to_owned(), "I have looked at each of them".to_owned(), String::new())];
    let problem = form.problem("chosen").map(|text| view! { <p class="field__error">{text}</p> });
    view! {
        <form id=SEVERAL class="stack stack--tight" method="post" action=form.action() novalidate=true>
            <div id=form.id("chosen")>{problem}</div>
            <p class="small muted">
                "Versions whose checks are all green can be approved together. Each is decided by itself: one that you have not opened since it last changed stays."
            </p>
            {form.ticked("looked", "Before you approve", looked, false)}
            <p><button class="button button--secondary">"Approve those that are ticked"</button></p>
        </form>
    }
    .into_any()
}

/// Who reviews something, and the button that takes it or gives it up.
fn claim(of: &Reviewed, claim: Option<&Claim>, name: &str, visit: &Visit) -> AnyView {
    let mine = claim.is_some_and(|claim| claim.by.id == me(visit));
    let said = claim.map(|claim| {
        let who = if mine { "You".to_owned() } else { claim.by.name.clone() };
        view! { {who}<span class="table__sub">"since "{moment(claim.since, "")}</span> }
    });
    let (endpoint, words) = match (claim, mine) {
        (None, _) => ("/rpc/reviews/claim", "Take it"),
        (Some(_), true) => ("/rpc/reviews/release", "Give it up"),
        (Some(_), false) => ("/rpc/reviews/claim", "Take it over"),
    };
    let about = format!(": {name}");
    view! {
        {said}
        <form method="post" action=endpoint>
            {hidden("object", of.key())}
            <button class="button button--secondary button--small">{words}<span class="visually-hidden">{about}</span></button>
        </form>
    }
    .into_any()
}

/// What the last approval of several did to each.
fn decided(queue: &Queue) -> Option<AnyView> {
    if queue.decided.is_empty() {
        return None;
    }
    let rows = queue.decided.iter().map(decided_row).collect();
    let list = table("What became of each", "decided-table", &[("Version", false), ("What happened", false)], rows);
    Some(panel("The last approval of several", true, None, list))
}

fn decided_row(one: &DecidedVersion) -> AnyView {
    let (href, reference) = (one.page.clone(), one.reference.clone());
    let (class, words) = if one.refused.is_empty() {
        ("tag state--approved", "Approved")
    } else {
        ("tag state--failed", "Stays as it is")
    };
    let outcome = outcome_cell(class, words, &one.refused);
    view! {
        <tr>
            <th scope="row"><a href=href class="mono">{reference}</a></th>
            {outcome}
        </tr>
    }
    .into_any()
}

fn bundle_list(queue: &Queue, asked: &ReviewQuery, visit: &Visit) -> AnyView {
    let shows = |waiting: &&WaitingBundle| asked.shows(waiting.claim.as_ref(), me(visit), waiting.own);
    let mut waiting: Vec<&WaitingBundle> = queue.bundles.iter().filter(shows).collect();
    if asked.newest_first {
        waiting.reverse();
    }
    let form = Form::of(visit, "reviews/ask");
    let (asks, ticked) = (!queue.reviewers.is_empty(), form.chosen("chosen", &[]));
    let rows: Vec<AnyView> = waiting
        .into_iter()
        .map(|waiting| bundle_row(waiting, queue.now, asks.then_some(ticked.as_slice()), visit))
        .collect();
    let body = if rows.is_empty() {
        empty("No bundle waits for review", "Bundles appear here once an editor has sent them for review.", None)
    } else {
        let mut headings = if asks { vec![("Choose", false)] } else { Vec::new() };
        headings.extend([
            ("Bundle", false),
            ("Waits", false),
            ("Sent by", false),
            ("Reviewed by", false),
            ("Readiness", false),
            ("Items", true),
        ]);
        let list = table("Bundles that wait for review", "waiting-bundles", &headings, rows);
        view! { {list}{asks.then(|| ask(&form, &queue.reviewers))} }.into_any()
    };
    panel("Bundles", false, None, body)
}

/// The id of the form to which the boxes of the bundles belong.
const ASK: &str = "ask-for-review";

/// The form that asks somebody to review the bundles that are ticked.
fn ask(form: &Form, reviewers: &[(String, String)]) -> AnyView {
    let mut people = vec![(String::new(), "Choose somebody".to_owned())];
    people.extend(reviewers.iter().cloned());
    let problem = form.problem("chosen").map(|text| view! { <p class="field__error">{text}</p> });
    let hint = "They are told among their notifications, and the queue shows them as the one who reviews it.";
    view! {
        <form id=ASK class="stack stack--tight" method="post" action=form.action() novalidate=true>
            <div id=form.id("chosen")>{problem}</div>
            {form.field("to", "Who is to review them").short().hint(hint).select(people)}
            <p><button class="button button--secondary">"Ask about those that are ticked"</button></p>
        </form>
    }
    .into_any()
}

fn approval_path(waiting: &WaitingBundle) -> String {
    format!("{}/approve", waiting.bundle.admin_path())
}

fn bundle_row(waiting: &WaitingBundle, now: DateTime<Utc>, ticked: Option<&[String]>, visit: &Visit) -> AnyView {
    let tick = ticked.map(|ticked| {
        let (id, label) = (waiting.bundle.id.clone(), format!("Choose {}", waiting.bundle.details.title));
        let checked = ticked.contains(&id);
        view! { <td><input type="checkbox" name="chosen[]" value=id checked=checked form=ASK aria-label=label/></td> }
    });
    let (href, title) = (approval_path(waiting), waiting.bundle.details.title.clone());
    let (who, items) = (waiting.sent_by.clone(), waiting.bundle.item_count);
    let ready = progress(waiting.percent, &format!("Readiness of {title}"));
    let claimed = claim(&Reviewed::Bundle(waiting.bundle.id.clone()), waiting.claim.as_ref(), &title, visit);
    view! {
        <tr>
            {tick}
            <th scope="row"><a href=href>{title}</a></th>
            <td>{age(waiting.since, now)}</td>
            <td>{who}{own(waiting.own)}</td>
            <td>{claimed}</td>
            <td>{ready}</td>
            <td class="num">{items}</td>
        </tr>
    }
    .into_any()
}

fn own(own: bool) -> Option<AnyView> {
    own.then(|| view! { <span class="table__sub">"Yours: somebody else approves it"</span> }.into_any())
}

/// How the checks came out, with a word before the numbers.
fn verdict(checks: &[Check]) -> AnyView {
    let (modifier, word) = match checks.iter().map(|check| check.outcome).max() {
        Some(Outcome::Fail) => ("failed", "To mend"),
        Some(Outcome::Warn) => ("scheduled", "To look at"),
        _ => ("published", "All green"),
    };
    let class = format!("tag state--{modifier}");
    let counts = check_counts(checks);
    view! { <span class=class>{word}</span><span class="table__sub">{counts}</span> }.into_any()
}

/// For how long something has waited, with its moment.
fn age(since: DateTime<Utc>, now: DateTime<Utc>) -> AnyView {
    let words = age_words((now - since).num_minutes());
    view! { {words}<span class="table__sub">{moment(since, "")}</span> }.into_any()
}

/// Minutes in words that are as rough as a queue needs them.
fn age_words(minutes: i64) -> String {
    match minutes {
        ..1 => "just now".to_owned(),
        1..60 => counted(minutes, "minute"),
        60..1440 => counted(minutes / 60, "hour"),
        _ => counted(minutes / 1440, "day"),
    }
}

#[cfg(test)]
mod tests {
    use super::age_words;

    #[test]
    fn ages_read_well() {
        assert_eq!(age_words(0), "just now");
        assert_eq!(age_words(1), "1 minute");
        assert_eq!(age_words(125), "2 hours");
        assert_eq!(age_words(3000), "2 days");
    }
}
