//! What can be done to a bundle in its state, with the reasons why not.

use domain::bundle::readiness::to_acknowledge;
use domain::bundle::{BundleAction, BundleKind, BundleStage};
use domain::uk_time;
use domain::views::{BundlePage, Offer};
use leptos::prelude::*;
use rpc::Visit;

use crate::components::form::{Form, blockers, hidden};
use crate::components::portal::{counted, panel, state_words};

/// The one thing to do next, for this state and viewer.
pub(super) fn primary(page: &BundlePage, visit: &Visit) -> Option<AnyView> {
    let link = |part: &str, words: &'static str| {
        let href = format!("{}/{part}", page.bundle.admin_path());
        view! { <a class="button" href=href>{words}</a> }.into_any()
    };
    match page.bundle.stage() {
        BundleStage::Created => {
            return offer(page, BundleAction::AddContent).map(|_| link("contents/add", "Add versions"));
        }
        BundleStage::Publishing => return Some(link("publication", "Watch the publication")),
        _ => {}
    }
    let (offer, endpoint, words) = next(page)?;
    if !offer.blockers.is_empty() {
        let button = view! { <button class="button" type="button" aria-disabled="true" aria-describedby="why-not">{words}</button> };
        return Some(button.into_any());
    }
    if endpoint.starts_with('#') {
        return Some(view! { <a class="button" href=endpoint>{words}</a> }.into_any());
    }
    if let Some(part) = endpoint.strip_prefix('/') {
        return Some(link(part, words));
    }
    let form = Form::of(visit, endpoint);
    Some(
        view! {
            <form method="post" action=form.action()>{identity(page)}<button class="button">{words}</button></form>
        }
        .into_any(),
    )
}

/// The step that the button in the page's head takes, with its endpoint, its place on the page or a page below, and its words.
fn next(page: &BundlePage) -> Option<(&Offer<BundleAction>, &'static str, &'static str)> {
    let manual = page.bundle.details.kind == BundleKind::Manual;
    let (action, endpoint, words) = match page.bundle.stage() {
        BundleStage::InProgress if to_acknowledge(&page.checks).is_empty() => {
            (BundleAction::Submit, "bundles/submit", "Send for review")
        }
        BundleStage::InProgress => (BundleAction::Submit, "#submit", "Send for review"),
        // Approved is what was looked at, so the button leads to all of it.
        BundleStage::ReadyForReview => (BundleAction::Approve, "/approve", "Look at it and approve"),
        BundleStage::Approved if manual => (BundleAction::PublishNow, "#publish-now", "Publish now"),
        BundleStage::Approved => (BundleAction::Schedule, "#schedule", "Schedule"),
        BundleStage::Scheduled => (BundleAction::Schedule, "#schedule", "Change the time"),
        BundleStage::Failed => (BundleAction::Retry, "#retry", "Make it ready for another try"),
        BundleStage::Created | BundleStage::Publishing | BundleStage::Published => return None,
    };
    Some((offer(page, action)?, endpoint, words))
}

/// Why that step is barred now; the button in the page's head points here.
pub(super) fn barred(page: &BundlePage) -> Option<AnyView> {
    let offer = next(page).map(|(offer, ..)| offer).filter(|offer| !offer.blockers.is_empty())?;
    let title = match offer.action {
        BundleAction::Submit => "Why this cannot be sent for review yet",
        BundleAction::Approve => "Why you cannot approve this",
        BundleAction::Retry => "Why this cannot be tried again",
        BundleAction::PublishNow => "Why this cannot be published now",
        _ => "Why this cannot be scheduled",
    };
    Some(blockers(title, "why-not", &offer.blockers))
}

/// The form under the checklist that sends the bundle for review where some of its checks are amber: these have to be looked at first.
pub(super) fn submit(page: &BundlePage, visit: &Visit) -> Option<AnyView> {
    let amber = to_acknowledge(&page.checks);
    if amber.is_empty() || offer(page, BundleAction::Submit).is_none_or(|offer| !offer.blockers.is_empty()) {
        return None;
    }
    let form = Form::of(visit, "bundles/submit");
    let points = counted(amber.len(), "point");
    let label = "I have looked at each, and it goes to review like this".to_owned();
    let choice = vec![(amber.len().to_string(), label, String::new())];
    Some(
        view! {
            <form id="submit" class="stack stack--tight" method="post" action=form.action() novalidate=true>
                {identity(page)}
                <p class="small">{format!("{points} above could be better. Look at each before others spend their time on it.")}</p>
                {form.ticked("acknowledged", "What could be better", choice, false)}
                <button class="button">"Send for review"</button>
            </form>
        }
        .into_any(),
    )
}

/// The form that gives the bundle its instant, with the way to the plan of the week.
pub(super) fn schedule(page: &BundlePage, visit: &Visit) -> AnyView {
    if offer(page, BundleAction::Schedule).is_none_or(|offer| !offer.blockers.is_empty()) {
        return ().into_any();
    }
    schedule_at(page, visit, None)
}

/// The same form, filled in with an instant that was looked at.
pub(super) fn schedule_at(
    page: &BundlePage,
    visit: &Visit,
    looked_at: Option<chrono::DateTime<chrono::Utc>>,
) -> AnyView {
    let form = Form::of(visit, "bundles/schedule");
    let present = page.bundle.state.schedule();
    let (day, time) =
        present.map_or_else(|| (String::new(), "09:30:00".to_owned()), |s| uk_time::fields(s.publication_date));
    let (day, time) = looked_at.map_or((day, time), uk_time::fields);
    let plan =
        looked_at.is_none().then(|| ("Suggestions and the week", format!("{}/schedule", page.bundle.admin_path())));
    let told: Vec<String> = page.bundle.state.channels().iter().map(ToString::to_string).collect();
    let channels = channels(page, &form, &told);
    let words = if present.is_some() { "Change the time" } else { "Schedule" };
    let content = view! {
        <form class="stack stack--tight" method="post" action=form.action() novalidate=true>
            {identity(page)}
            <div class="field-row">
                {form.field("publication_date", "Date").kind("date").value(&day).short().input()}
                {form.field("publication_time", "Time").kind("time").value(&time).short().hint("On a UK clock, often 9:30am.").input()}
            </div>
            {which_hour(&form, present.and_then(|s| uk_time::which(s.publication_date)))}
            {reason_to_move(page, &form)}
            {public_reason(&form)}
            {channels}
            <button class="button">{words}</button>
        </form>
    };
    let plan = plan.as_ref().map(|(words, href)| (*words, href.as_str()));
    view! { <div id="schedule">{panel("Schedule", false, plan, content.into_any())}</div> }.into_any()
}

/// Asks which of two, where the time given comes twice because the clocks go back.
pub(crate) fn which_hour(form: &Form, present: Option<&'static str>) -> Option<AnyView> {
    let field = "publication_clock";
    let chosen = form.value(field, present.unwrap_or_default());
    (form.problem(field).is_some() || !chosen.is_empty()).then(|| {
        let hours = [
            ("", "Choose one"),
            (uk_time::SUMMER, "The first, in summer time (BST)"),
            (uk_time::WINTER, "The second, in winter time (GMT)"),
        ];
        let options = hours.map(|(value, words)| (value.to_owned(), words.to_owned())).to_vec();
        form.field(field, "Which of the two")
            .value(present.unwrap_or_default())
            .hint("In this night the clocks go back, and the hour from 1am comes twice.")
            .select(options)
    })
}

/// Asks for the reason that colleagues read, where an instant that they count on is given up.
fn reason_to_move(page: &BundlePage, form: &Form) -> Option<AnyView> {
    let hint = "Your colleagues read it in the history of the bundle.";
    (page.bundle.stage() == BundleStage::Scheduled)
        .then(|| form.field("reason", "Why the time changes").hint(hint).textarea())
}

/// Asks for the reason that the public reads, where a date moves that the release calendar has confirmed.
pub(crate) fn public_reason(form: &Form) -> Option<AnyView> {
    let fields = ["release_reason", "release_reason_cy"];
    let asked = fields.iter().any(|field| form.problem(field).is_some() || !form.value(field, "").is_empty());
    asked.then(|| {
        let english = form.field(fields[0], "Why the release moves");
        let welsh = form.field(fields[1], "The same in Welsh").optional();
        view! {
            {english.hint("The release calendar has promised another date, so the public reads this beside the new one.").textarea()}
            {welsh.textarea()}
        }
        .into_any()
    })
}

/// The channels that are configured, to tick.
fn channels(page: &BundlePage, form: &Form, told: &[String]) -> AnyView {
    if page.channels.is_empty() {
        return view! { <p class="field__hint">"No channel is configured on which people could be told."</p> }
            .into_any();
    }
    let options = page.channels.iter();
    let options = options.map(|channel| (channel.to_string(), state_words(channel.as_str()), String::new())).collect();
    form.tick_boxes("notification_channels", "Channels to tell", options, told)
}

/// The way back from a failure.
pub(super) fn retry(page: &BundlePage, visit: &Visit) -> AnyView {
    if offer(page, BundleAction::Retry).is_none_or(|offer| !offer.blockers.is_empty()) {
        return ().into_any();
    }
    let form = Form::of(visit, "bundles/retry");
    let content = view! {
        <form class="stack stack--tight" method="post" action=form.action() novalidate=true>
            {identity(page)}
            {form.field("reason", "Reason").hint("What was mended. It is kept in the history.").textarea()}
            <div class="field-row">
                {form.field("publication_date", "New date").kind("date").optional().short().hint("Without one the bundle becomes approved, and still needs a time.").input()}
                {form.field("publication_time", "New time").kind("time").optional().short().hint("On a UK clock.").input()}
            </div>
            {which_hour(&form, None)}
            {public_reason(&form)}
            <button class="button">"Make it ready for another try"</button>
        </form>
    };
    view! { <div id="retry">{panel("Another try", false, None, content.into_any())}</div> }.into_any()
}

/// The bundle and the revision that the viewer looked at.
pub(super) fn identity(page: &BundlePage) -> AnyView {
    view! { {hidden("id", &page.bundle.id)}{hidden("revision", page.bundle.revision)} }.into_any()
}

/// The offer of an action, where the state holds it and the viewer has the right.
pub(super) fn offer(page: &BundlePage, action: BundleAction) -> Option<&Offer<BundleAction>> {
    page.offers.iter().find(|offer| offer.action == action)
}
